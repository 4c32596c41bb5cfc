package link

import (
	"math"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/network/packet"
)

// CoDel's parameters.
// Source: RFC 8289 section 4.3 and 4.4; fidelity: documented.
const (
	codelTarget   = int64(5 * time.Millisecond)
	codelInterval = int64(100 * time.Millisecond)
	codelMTU      = 1500
	// recent is within how many intervals a new dropping state takes up the last one's
	// rate. Source: RFC 8289 section 5.5; fidelity: documented.
	recent = 16
	// codelPackets is the limit of a queue that names none.
	// Source: Linux sch_codel DEFAULT_CODEL_LIMIT 1000; fidelity: documented.
	codelPackets = 1000
)

// codel is a queue that packets wait in until the serialiser turns to them, and the
// state of RFC 8289 section 5.
type codel struct {
	timer      engine.Timer
	ring       []queued // its length is a power of two
	head, tail uint32
	bytes      int64

	above     int64 // when dropping may begin; 0: what left last hadn't waited too long
	next      int64 // when the next packet is dropped
	count     int   // drops since dropping began
	lastCount int
	dropping  bool
}

type queued struct {
	p      *packet.Packet
	handed int64
}

func (c *codel) len() int { return int(c.tail - c.head) }

func (c *codel) at(i uint32) *queued { return &c.ring[i&uint32(len(c.ring)-1)] }

func (c *codel) push(p *packet.Packet, now int64) {
	if c.len() == len(c.ring) {
		bigger := make([]queued, max(firstRing, 2*len(c.ring)))
		for i := c.head; i != c.tail; i++ {
			bigger[i&uint32(len(bigger)-1)] = *c.at(i)
		}
		c.ring = bigger
	}
	*c.at(c.tail) = queued{p, now}
	c.tail++
	c.bytes += int64(p.Bytes)
}

func (c *codel) pop() queued {
	q := *c.at(c.head)
	c.at(c.head).p = nil
	c.head++
	c.bytes -= int64(q.p.Bytes)
	return q
}

func (c *codel) clear(each func(*packet.Packet)) {
	for c.head != c.tail {
		each(c.pop().p)
	}
}

// setCoDel puts the queue in place, or takes it away and lets what waits in it go the
// way of drop-tail.
func (l *Link) setCoDel() {
	switch {
	case l.opt.CoDel && l.codel == nil:
		l.codel = &codel{}
		l.codel.timer = l.e.NewTimer(l.timer.Actor(), opServe)
	case l.opt.CoDel:
		if l.codel.len() > 0 {
			l.codel.timer.Set(time.Duration(l.busy))
		}
	case l.codel != nil:
		c := l.codel
		l.codel = nil
		c.clear(func(p *packet.Packet) { l.accept(p, int64(l.e.Now())) })
	}
}

func (l *Link) enqueue(p *packet.Packet, now int64) {
	c := l.codel
	limit := l.opt.QueuePackets
	if limit == 0 && l.opt.QueueBytes == 0 && l.opt.QueueTime == 0 {
		limit = codelPackets
	}
	full := limit > 0 && c.len() >= limit
	if l.opt.QueueBytes > 0 || l.opt.QueueTime > 0 {
		full = full || c.bytes+int64(p.Bytes) > l.opt.queueBytes()
	}
	if full {
		l.drop(p, Refused, 0)
		return
	}
	c.push(p, now)
	if c.len() == 1 {
		l.turn(max(now, l.busy), now)
	}
}

// turn has the serialiser look at the queue at that time.
func (l *Link) turn(at, now int64) {
	if at > now {
		l.codel.timer.Set(time.Duration(at))
		return
	}
	l.serveNext(now)
}

func (l *Link) onServe() {
	if l.codel == nil || !l.codel.timer.Due() {
		return
	}
	l.serveNext(int64(l.e.Now()))
}

// serveNext takes packets out of the queue until the serialiser has one to send.
func (l *Link) serveNext(now int64) {
	if l.busy > now {
		l.codel.timer.Set(time.Duration(l.busy))
		return
	}
	if q, ok := l.choose(now); ok {
		l.busy = l.serve(now, q.p.Bytes)
		l.depart(q.p, l.busy)
		if l.codel.len() > 0 {
			l.codel.timer.Set(time.Duration(l.busy))
		}
	}
}

// peek takes the next packet out and tells whether it may be dropped.
// Source: RFC 8289 section 5.6 (dodequeue); fidelity: documented.
func (c *codel) peek(now int64) (q queued, ok, late bool) {
	if c.len() == 0 {
		c.above = 0
		return q, false, false
	}
	q = c.pop()
	switch {
	case now-q.handed < codelTarget || c.bytes <= codelMTU:
		c.above = 0
	case c.above == 0:
		c.above = now + codelInterval
	case now >= c.above:
		late = true
	}
	return q, true, late
}

func (c *codel) law(t int64) int64 {
	return t + int64(float64(codelInterval)/math.Sqrt(float64(c.count)))
}

// choose is the packet to be sent next; those before it are dropped.
// Source: RFC 8289 section 5.5 (dequeue); fidelity: documented.
func (l *Link) choose(now int64) (queued, bool) {
	c := l.codel
	q, ok, late := c.peek(now)
	switch {
	case c.dropping && !late:
		c.dropping = false
	case c.dropping:
		for c.dropping && now >= c.next {
			l.drop(q.p, Shed, now)
			c.count++
			q, ok, late = c.peek(now)
			if !late {
				c.dropping = false
			} else {
				c.next = c.law(c.next)
			}
		}
	case late:
		l.drop(q.p, Shed, now)
		q, ok, _ = c.peek(now)
		c.dropping = true
		delta := c.count - c.lastCount
		c.count = 1
		if delta > 1 && now-c.next < recent*codelInterval {
			c.count = delta
		}
		c.next = c.law(now)
		c.lastCount = c.count
	}
	return q, ok
}
