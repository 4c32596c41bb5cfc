package link

import (
	"math"
	"math/rand/v2"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/network/packet"
)

// Sink takes the packets that come out of a link, and owns them.
type Sink interface{ Deliver(p *packet.Packet) }

// Link is one direction of a link. Only its first packet to arrive stands in the
// engine's queue; the others wait in a ring.
type Link struct {
	e       *engine.Engine
	pool    *packet.Pool
	sink    Sink
	timer   engine.Timer
	name    string
	opt     Options
	queue   int64 // what the queue holds at most, in ns of the rate
	busy    int64 // when all that was accepted has left the serialiser
	last    int64 // latest arrival so far
	until   int64 // end of the outage called by Break
	loss    loss
	jitter  *rand.Rand
	tap     Tap // nil: nobody looks
	mishaps *mishaps
	counted *counted // what waits, if the queue can't be told from busy
	codel   *codel
	totals  Totals

	ring       []flying // its length is a power of two
	head, tail uint32
}

// flying is a packet under way.
type flying struct {
	p      *packet.Packet
	sent   int64 // when its last bit leaves the serialiser
	arrive int64
}

// The timers of a link: the low bits of its ops.
const (
	opArrive = iota
	opServe  // the serialiser turns to the CoDel queue
)

// New makes a link whose random draws follow from its name.
func New(e *engine.Engine, pool *packet.Pool, name string, opt Options, sink Sink) *Link {
	l := &Link{e: e, pool: pool, sink: sink, name: name, jitter: e.Rand(name + "/jitter")}
	l.loss.rand, l.loss.opt = e.Rand(name), &l.opt.Loss
	l.timer = e.NewTimer(e.Add(name, l), opArrive)
	l.Set(opt)
	return l
}

// Options are the parameters now in force.
func (l *Link) Options() Options { return l.opt }

// Totals are the counts so far.
func (l *Link) Totals() Totals { return l.totals }

// Live is how many packets are on the link.
func (l *Link) Live() int {
	n := int(l.tail - l.head)
	if l.codel != nil {
		n += l.codel.len()
	}
	return n
}

// Backlog is how much time the serialiser needs for what it has accepted; of a CoDel
// queue, which promises nothing, only what it has turned to.
func (l *Link) Backlog() time.Duration { return max(0, time.Duration(l.busy)-l.e.Now()) }

// Set changes the parameters from now on. Packets that still wait for the
// serialiser leave it at the new rate.
func (l *Link) Set(opt Options) {
	now := int64(l.e.Now())
	before := l.opt
	l.opt = opt
	if opt.Loss != before.Loss {
		l.loss.set(&l.opt.Loss, now, func() *rand.Rand { return l.e.Rand(l.name + "/chain") })
	}
	l.queue = queueTime(opt)
	l.setMishaps()
	l.reserve(before, now)
	l.setCoDel()
}

// queueTime is the queue of a link whose rate turns bytes into time.
func queueTime(opt Options) int64 {
	switch {
	case opt.RateBPS == 0:
		return 0
	case opt.QueueBytes > 0:
		return bytesTime(opt.QueueBytes, opt.RateBPS)
	case opt.QueueTime > 0:
		return max(int64(opt.QueueTime), bytesTime(minQueueBytes, opt.RateBPS))
	}
	return max(int64(DefaultQueue), bytesTime(minQueueBytes, opt.RateBPS))
}

// bytesTime is how long a serialiser takes for n bytes; for those that no 64 bits hold
// in ns, for ever.
func bytesTime(n int, rateBPS int64) int64 {
	if n > 1<<30 {
		return int64(min(float64(n)*8e9/float64(rateBPS), maxTime))
	}
	return int64(n) * 8e9 / rateBPS
}

// maxTime is longer than any world, and short enough to be added to a time.
const maxTime = float64(math.MaxInt64 / 4)

// Break lets packets vanish from now on for that long.
func (l *Link) Break(length time.Duration) {
	l.until = max(l.until, int64(l.e.Now()+length))
}

func (l *Link) out(now int64) bool {
	if now < l.until {
		return true
	}
	for _, w := range l.opt.Outages {
		if since := now - int64(w.Start); since >= 0 && since < int64(w.Length) {
			return true
		}
	}
	return false
}

// Send hands a packet over. The link owns it from now on.
func (l *Link) Send(p *packet.Packet) {
	now := int64(l.e.Now())
	l.totals.Sent++
	if l.tap != nil {
		l.tap.Sent(p)
	}
	if l.out(now) {
		l.drop(p, Blacked, 0)
		return
	}
	if l.mishaps != nil && l.mishaps.doubled(l.opt.DuplicateRate) {
		c := l.pool.Copy(p)
		l.totals.Duplicated++
		if l.tap != nil {
			l.tap.Sent(c)
		}
		l.accept(p, now)
		l.accept(c, now)
		return
	}
	l.accept(p, now)
}

// accept lets a packet into the queue, or doesn't.
func (l *Link) accept(p *packet.Packet, now int64) {
	if l.codel != nil {
		l.enqueue(p, now)
		return
	}
	sent := max(l.busy, now)
	switch {
	case l.counted != nil:
		if !l.counted.fits(p.Bytes, now, &l.opt) {
			l.drop(p, Refused, 0)
			return
		}
		sent = l.serve(sent, p.Bytes)
		l.busy = sent
		l.counted.add(sent, p.Bytes)
	case l.opt.RateBPS > 0:
		took := bytesTime(p.Bytes, l.opt.RateBPS)
		if sent-now+took > l.queue {
			l.drop(p, Refused, 0)
			return
		}
		sent += took
		l.busy = sent
	}
	l.depart(p, sent)
}

// depart decides what becomes of a packet behind the serialiser.
func (l *Link) depart(p *packet.Packet, sent int64) {
	if l.loss.hits(sent) {
		l.drop(p, Lost, sent)
		return
	}
	arrive := sent + int64(l.opt.Delay)
	if j := int64(l.opt.Jitter); j > 0 {
		arrive = max(sent, arrive+spread(l.jitter, l.opt.Distribution, j))
	}
	f := flying{p: p, sent: sent}
	if m := l.mishaps; m != nil {
		p.Damaged = m.damaged(l.opt.CorruptRate)
		if m.ahead(l.opt.AheadRate) {
			arrive = sent
		}
	}
	if !l.overtaking() {
		arrive = max(arrive, l.last)
	}
	l.last = max(l.last, arrive)
	f.arrive = arrive
	l.push(f)
}

func (l *Link) overtaking() bool { return l.opt.Reorder || l.opt.AheadRate > 0 }

func (l *Link) at(i uint32) *flying { return &l.ring[i&uint32(len(l.ring)-1)] }

const firstRing = 16

// push puts a packet in its place among those under way, which is the last one
// unless it overtakes.
func (l *Link) push(f flying) {
	if int(l.tail-l.head) == len(l.ring) {
		bigger := make([]flying, max(firstRing, 2*len(l.ring)))
		for i := l.head; i != l.tail; i++ {
			bigger[i&uint32(len(bigger)-1)] = *l.at(i)
		}
		l.ring = bigger
	}
	place := l.tail
	l.tail++
	for place != l.head && l.at(place-1).arrive > f.arrive {
		*l.at(place) = *l.at(place - 1)
		place--
	}
	*l.at(place) = f
	if place == l.head {
		l.timer.Set(time.Duration(f.arrive))
	}
}

// HandleEvent delivers what has arrived. It implements engine.Actor.
func (l *Link) HandleEvent(op uint64) {
	if op == opServe {
		l.onServe()
		return
	}
	if !l.timer.Due() {
		return
	}
	now := int64(l.e.Now())
	for l.head != l.tail {
		f := l.at(l.head)
		if f.arrive > now {
			l.timer.Set(time.Duration(f.arrive))
			return
		}
		p, sent := f.p, f.sent
		f.p = nil
		l.head++
		if p.Damaged {
			l.drop(p, Corrupted, sent)
			continue
		}
		l.totals.Delivered++
		l.totals.Bytes += int64(p.Bytes)
		if l.tap != nil {
			l.tap.Ended(p, Delivered, time.Duration(sent))
		}
		l.sink.Deliver(p)
	}
}

// Strand drops all packets that are on the link: it has been taken away.
func (l *Link) Strand() {
	for l.head != l.tail {
		f := l.at(l.head)
		p, sent := f.p, f.sent
		f.p = nil
		l.head++
		l.drop(p, Stranded, sent)
	}
	if l.codel != nil {
		l.codel.clear(func(p *packet.Packet) { l.drop(p, Stranded, int64(l.e.Now())) })
	}
	if l.counted != nil {
		l.counted.clear()
	}
	l.busy, l.last = int64(l.e.Now()), int64(l.e.Now())
}
