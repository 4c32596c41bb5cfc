package wechat

import "time"

// sound is one received unit of sound, analysed; its bytes are not needed any more.
type sound struct {
	start time.Duration // media time
	uid   int64         // -1: not stamped
	level int32         // 1/100 dB full scale
	seq   uint32        // of the unit, which finds its samples
}

// view is one received picture, not decoded yet, or a decoder configuration.
type view struct {
	at     time.Duration // media time
	data   []byte
	config bool
	key    bool
}

// fifo is a queue that keeps its memory.
type fifo[T any] struct {
	items []T
	head  int
}

func (q *fifo[T]) len() int  { return len(q.items) - q.head }
func (q *fifo[T]) front() *T { return &q.items[q.head] }
func (q *fifo[T]) push(x T)  { q.items = append(q.items, x) }

func (q *fifo[T]) pop() T {
	x := q.items[q.head]
	var zero T
	q.items[q.head] = zero
	q.head++
	if q.head == len(q.items) {
		q.items, q.head = q.items[:0], 0
	} else if q.head >= 256 && q.head >= len(q.items)/2 {
		n := copy(q.items, q.items[q.head:])
		clear(q.items[n:])
		q.items, q.head = q.items[:n], 0
	}
	return x
}

// clear empties it.
func (q *fifo[T]) clear() {
	clear(q.items)
	q.items, q.head = q.items[:0], 0
}

// contiguous is how far a unit's millisecond timestamp may be from the end of the
// unit before it, to be the next one: well below a unit, well above rounding.
const contiguous = 12 * time.Millisecond

// jitterBuffer holds what has been received and not been played. Media time is the
// stream's own, unwrapped from its 32-bit milliseconds.
type jitterBuffer struct {
	sounds    fifo[sound]
	views     fifo[view]
	unit      time.Duration // how long one unit of sound lasts
	soundsEnd time.Duration // end of the newest unit
	viewsEnd  time.Duration // time of the newest picture
	heard     bool          // a unit has come
	seen      bool          // a picture has come
	stamp     uint32        // newest timestamp, and
	stamped   time.Duration // the media time that it meant
}

// restarted is how far a timestamp must lie behind the newest to mean that the
// publisher began anew: much more than sound and pictures may lie apart.
// Fidelity: assumed.
const restarted = 2 * time.Second

// media unwraps a timestamp. A stream that begins anew goes on where it was.
func (b *jitterBuffer) media(stamp uint32) time.Duration {
	if !b.heard && !b.seen {
		b.stamp, b.stamped = stamp, time.Duration(stamp)*time.Millisecond
	}
	t := b.stamped + time.Duration(int32(stamp-b.stamp))*time.Millisecond
	if t < b.stamped-restarted {
		b.stamp, t = stamp, b.stamped
	}
	if t > b.stamped {
		b.stamp, b.stamped = stamp, t
	}
	return t
}

func (b *jitterBuffer) addSound(stamp uint32, s sound) {
	s.start = b.media(stamp)
	if d := s.start - b.soundsEnd; b.heard && -contiguous <= d && d <= contiguous {
		s.start = b.soundsEnd
	}
	b.heard = true
	b.soundsEnd = max(b.soundsEnd, s.start+b.unit)
	b.sounds.push(s)
}

func (b *jitterBuffer) addView(stamp uint32, v view) {
	v.at = b.media(stamp)
	if !v.config {
		b.seen = true
		b.viewsEnd = max(b.viewsEnd, v.at)
	}
	b.views.push(v)
}

// newest is the end of what has been received.
func (b *jitterBuffer) newest() time.Duration {
	switch {
	case !b.seen:
		return b.soundsEnd
	case !b.heard:
		return b.viewsEnd
	}
	return max(b.soundsEnd, b.viewsEnd)
}

// next is the media time of the first thing to play; false when there is none.
func (b *jitterBuffer) next() (time.Duration, bool) {
	switch {
	case b.sounds.len() == 0 && b.views.len() == 0:
		return 0, false
	case b.sounds.len() == 0:
		return b.views.front().at, true
	case b.views.len() == 0:
		return b.sounds.front().start, true
	}
	return min(b.sounds.front().start, b.views.front().at), true
}

// reset forgets everything, for a new connection.
func (b *jitterBuffer) reset() { *b = jitterBuffer{unit: b.unit} }
