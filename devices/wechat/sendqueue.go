package wechat

import (
	"time"

	"minilab/simulator/rtmp"
)

// queued is a message that waits to be sent.
type queued struct {
	at      time.Duration // when it was queued
	number  int64         // of a picture
	key     bool
	message rtmp.Message
}

func (q *queued) video() bool { return q.message.Type == rtmp.TypeVideo }

// sendQueue is what the live-pusher holds while its socket takes no more. When the
// pictures in it grow too old, they are dropped up to the next key frame, so that
// what is sent can always be decoded; sound is kept longer.
type sendQueue struct {
	items   []queued
	head    int
	frames  int // pictures in it
	waitKey bool
}

func (q *sendQueue) len() int { return len(q.items) - q.head }

func (q *sendQueue) pop() queued {
	x := q.items[q.head]
	q.items[q.head] = queued{}
	q.head++
	if x.video() {
		q.frames--
	}
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
	return x
}

// span is how long the oldest message has been waiting.
func (q *sendQueue) span(now time.Duration) time.Duration {
	if q.len() == 0 {
		return 0
	}
	return now - q.items[q.head].at
}

// addVideo queues a picture. If one has been waiting longer than bound, the pictures
// up to the next key frame go, whether it is queued already or yet to come.
func (q *sendQueue) addVideo(x queued, bound time.Duration, dropped func(number int64)) {
	if q.waitKey && !x.key {
		dropped(x.number)
		return
	}
	q.waitKey = false
	q.add(x)
	q.frames++
	if oldest := q.oldest(true); oldest >= 0 && x.at-q.items[oldest].at > bound {
		q.dropToKey(oldest, dropped)
	}
}

// addAudio queues sound; what has been waiting longer than bound goes.
func (q *sendQueue) addAudio(x queued, bound time.Duration) {
	q.add(x)
	for {
		oldest := q.oldest(false)
		if oldest < 0 || x.at-q.items[oldest].at <= bound {
			return
		}
		q.remove(oldest, oldest+1, func(y *queued) bool { return !y.video() }, nil)
	}
}

func (q *sendQueue) add(x queued) {
	if q.head > 64 && q.head > len(q.items)/2 {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	q.items = append(q.items, x)
}

// oldest finds the first picture, or sound.
func (q *sendQueue) oldest(video bool) int {
	for i := q.head; i < len(q.items); i++ {
		if q.items[i].video() == video {
			return i
		}
	}
	return -1
}

// dropToKey drops pictures from index from on, until a key frame other than that.
func (q *sendQueue) dropToKey(from int, dropped func(number int64)) {
	to := from + 1
	for to < len(q.items) && !(q.items[to].video() && q.items[to].key) {
		to++
	}
	q.waitKey = to == len(q.items)
	q.remove(from, to, (*queued).video, dropped)
}

// remove takes out what gone picks between two indexes.
func (q *sendQueue) remove(from, to int, gone func(*queued) bool, dropped func(number int64)) {
	keep := from
	for i := from; i < len(q.items); i++ {
		x := q.items[i]
		if i < to && gone(&x) {
			if x.video() {
				q.frames--
			}
			if dropped != nil {
				dropped(x.number)
			}
			continue
		}
		q.items[keep] = x
		keep++
	}
	clear(q.items[keep:])
	q.items = q.items[:keep]
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	}
}

// drop empties the queue and reports its pictures.
func (q *sendQueue) drop(dropped func(number int64)) {
	for q.len() > 0 {
		if x := q.pop(); x.video() {
			dropped(x.number)
		}
	}
	q.waitKey = false
}

// clear empties the queue without a report.
func (q *sendQueue) clear() {
	clear(q.items)
	*q = sendQueue{items: q.items[:0]}
}

// age is how long the oldest picture, or sound, has been waiting.
func (q *sendQueue) age(video bool, now time.Duration) time.Duration {
	if i := q.oldest(video); i >= 0 {
		return now - q.items[i].at
	}
	return 0
}
