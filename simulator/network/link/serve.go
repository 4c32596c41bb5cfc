package link

import (
	"slices"
	"time"
)

// counted knows what waits for the serialiser: for queues whose limit is no time.
type counted struct {
	traced
	ring       []waiting // its length is a power of two
	head, tail uint32
	bytes      int64
}

// waiting is an accepted packet until its last bit has left.
type waiting struct {
	sent  int64
	bytes int
}

func (c *counted) at(i uint32) *waiting { return &c.ring[i&uint32(len(c.ring)-1)] }

func (c *counted) add(sent int64, bytes int) {
	if int(c.tail-c.head) == len(c.ring) {
		bigger := make([]waiting, max(firstRing, 2*len(c.ring)))
		for i := c.head; i != c.tail; i++ {
			bigger[i&uint32(len(bigger)-1)] = *c.at(i)
		}
		c.ring = bigger
	}
	*c.at(c.tail) = waiting{sent, bytes}
	c.tail++
	c.bytes += int64(bytes)
}

// fits tells whether the queue takes one more packet of that length.
func (c *counted) fits(bytes int, now int64, opt *Options) bool {
	for c.head != c.tail && c.at(c.head).sent <= now {
		c.bytes -= int64(c.at(c.head).bytes)
		c.head++
	}
	if opt.QueuePackets > 0 && int(c.tail-c.head) >= opt.QueuePackets {
		return false
	}
	return c.bytes+int64(bytes) <= opt.queueBytes()
}

func (c *counted) clear() { c.head, c.tail, c.bytes = 0, 0, 0 }

func (o *Options) scale() float64 {
	if o.TraceScale == 0 {
		return 1
	}
	return o.TraceScale
}

// serve is when the last of n bytes leaves a serialiser that turns to them at a time.
func (l *Link) serve(from int64, n int) int64 {
	switch {
	case l.opt.Trace != nil:
		return l.counted.serve(from, n)
	case l.opt.RateBPS > 0:
		return from + bytesTime(n, l.opt.RateBPS)
	}
	return from
}

// reserve has what waits leave the serialiser by the new options.
func (l *Link) reserve(before Options, now int64) {
	was := l.counted != nil
	if l.opt.counted() && !was {
		l.counted = &counted{}
	} else if !l.opt.counted() {
		l.counted = nil
	}
	if l.opt.Trace != before.Trace && l.opt.Trace != nil || l.opt.Trace != nil && l.opt.scale() != before.scale() {
		l.counted.begin(l.opt.Trace, l.opt.scale(), now)
	}
	same := l.opt.RateBPS == before.RateBPS && l.opt.Trace == before.Trace && l.opt.scale() == before.scale()
	switch {
	case same && was == (l.counted != nil), l.busy <= now:
	case l.opt.Trace == nil && before.Trace == nil:
		l.rescale(now, before.RateBPS)
		l.recount(now)
	default:
		l.redo(now, before)
	}
}

// recount takes stock of what waits. Packets that are to be lost behind the serialiser
// are known no more, and free their place in the queue.
func (l *Link) recount(now int64) {
	if l.counted == nil {
		return
	}
	l.counted.clear()
	for _, f := range l.waiting(now) {
		l.counted.add(f.sent, f.p.Bytes)
	}
}

// waiting are the packets whose last bit has not left, in the order of the serialiser.
func (l *Link) waiting(now int64) []*flying {
	var wait []*flying
	for i := l.head; i != l.tail; i++ {
		if f := l.at(i); f.sent > now {
			wait = append(wait, f)
		}
	}
	slices.SortStableFunc(wait, func(a, b *flying) int { return int(a.sent - b.sent) })
	return wait
}

// rescale moves the serialiser's schedule from one constant rate to another.
func (l *Link) rescale(now, old int64) {
	factor := 0.0
	if l.opt.RateBPS > 0 {
		factor = float64(old) / float64(l.opt.RateBPS)
	}
	move := func(at int64) int64 { return now + int64(float64(at-now)*factor) }
	l.busy = move(l.busy)
	l.last = now
	for i := l.head; i != l.tail; i++ {
		f := l.at(i)
		if f.sent > now {
			l.move(f, move(f.sent))
		}
		l.last = max(l.last, f.arrive)
	}
	l.sort()
}

// move gives a packet another time of leaving the serialiser.
func (l *Link) move(f *flying, sent int64) {
	flight := f.arrive - f.sent
	f.sent = sent
	f.arrive = sent + flight
	if !l.overtaking() {
		f.arrive = max(f.arrive, l.last)
	}
}

// redo makes the serialiser's schedule anew, from packets of the same lengths in the
// same order; those that are to be lost free their time. Of the packet that is being
// sent, a trace begins anew.
func (l *Link) redo(now int64, before Options) {
	wait := l.waiting(now)
	l.busy, l.last = now, now
	for i, f := range wait {
		bytes := f.p.Bytes
		if i == 0 && before.RateBPS > 0 {
			bytes = min(bytes, int(float64(f.sent-now)*float64(before.RateBPS)/8e9)+1)
		}
		l.busy = l.serve(l.busy, bytes)
		l.move(f, l.busy)
		l.last = max(l.last, f.arrive)
	}
	l.recount(now)
	l.sort()
	for i := l.head; i != l.tail; i++ {
		l.last = max(l.last, l.at(i).arrive)
	}
}

// sort puts packets under way into the order of their arrival again.
func (l *Link) sort() {
	for i := l.head; i != l.tail; i++ {
		for k := i; k != l.head && l.at(k-1).arrive > l.at(k).arrive; k-- {
			*l.at(k), *l.at(k - 1) = *l.at(k - 1), *l.at(k)
		}
	}
	if l.head != l.tail {
		l.timer.Set(time.Duration(l.at(l.head).arrive))
	}
}
