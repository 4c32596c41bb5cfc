package link

import (
	"math/rand/v2"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/network/packet"
)

// Sink takes the packets that come out of a link, and owns them.
type Sink interface{ Deliver(p *packet.Packet) }

// Totals count what became of the packets that were handed to a link:
// Sent = Delivered + Lost + Refused + Blacked + those still on their way.
type Totals struct {
	Sent      int64 // handed over
	Delivered int64
	Lost      int64 // at random
	Refused   int64 // by the full queue
	Blacked   int64 // in an outage
	Bytes     int64 // delivered
}

// Link is one direction of a link. Only its first packet to arrive stands in the
// engine's queue; the others wait in a ring.
type Link struct {
	e      *engine.Engine
	pool   *packet.Pool
	sink   Sink
	timer  engine.Timer
	opt    Options
	queue  int64 // what the queue holds at most, in ns of the rate
	busy   int64 // when all that was accepted has left the serialiser
	last   int64 // latest arrival so far
	until  int64 // end of the outage called by Break
	loss   loss
	jitter *rand.Rand
	tap    Tap // nil: nobody looks
	totals Totals

	ring       []flying // its length is a power of two
	head, tail uint32
}

// flying is a packet under way.
type flying struct {
	p      *packet.Packet
	sent   int64 // when its last bit leaves the serialiser
	arrive int64
}

// New makes a link whose random draws follow from its name.
func New(e *engine.Engine, pool *packet.Pool, name string, opt Options, sink Sink) *Link {
	l := &Link{e: e, pool: pool, sink: sink, jitter: e.Rand(name + "/jitter")}
	l.loss.rand = e.Rand(name)
	l.timer = e.NewTimer(e.Add(name, l), 0)
	l.Set(opt)
	return l
}

// Options are the parameters now in force.
func (l *Link) Options() Options { return l.opt }

// Totals are the counts so far.
func (l *Link) Totals() Totals { return l.totals }

// Backlog is how much time the serialiser needs for what it has accepted.
func (l *Link) Backlog() time.Duration { return max(0, time.Duration(l.busy)-l.e.Now()) }

// Set changes the parameters from now on. Packets that still wait for the
// serialiser leave it at the new rate.
func (l *Link) Set(opt Options) {
	now := int64(l.e.Now())
	before := l.opt
	l.opt = opt
	if opt.Loss != before.Loss {
		l.loss.set(opt.Loss, now)
	}
	l.queue = queueTime(opt)
	if opt.RateBPS != before.RateBPS && l.busy > now {
		l.rescale(now, before.RateBPS)
	}
}

func queueTime(opt Options) int64 {
	switch {
	case opt.RateBPS == 0:
		return 0
	case opt.QueueBytes == 0:
		return max(int64(DefaultQueue), bytesTime(minQueueBytes, opt.RateBPS))
	}
	return bytesTime(opt.QueueBytes, opt.RateBPS)
}

func bytesTime(n int, rateBPS int64) int64 { return int64(n) * 8e9 / rateBPS }

// rescale moves the serialiser's schedule to the new rate.
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
			flight := f.arrive - f.sent
			f.sent = move(f.sent)
			f.arrive = max(f.sent+flight, l.last)
		}
		l.last = max(l.last, f.arrive)
	}
	if l.head != l.tail {
		l.timer.Set(time.Duration(l.at(l.head).arrive))
	}
}

// Break lets packets vanish from now on for that long.
func (l *Link) Break(length time.Duration) {
	l.until = max(l.until, int64(l.e.Now()+length))
}

func (l *Link) out(now int64) bool {
	if now < l.until {
		return true
	}
	for _, w := range l.opt.Outages {
		if start := int64(w.Start); now >= start && now < start+int64(w.Length) {
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
		l.totals.Blacked++
		l.drop(p, Blacked, 0)
		return
	}
	sent := max(l.busy, now)
	if l.opt.RateBPS > 0 {
		took := bytesTime(p.Bytes, l.opt.RateBPS)
		if sent-now+took > l.queue {
			l.totals.Refused++
			l.drop(p, Refused, 0)
			return
		}
		sent += took
		l.busy = sent
	}
	if l.loss.hits(sent) {
		l.totals.Lost++
		l.drop(p, Lost, sent)
		return
	}
	arrive := sent + int64(l.opt.Delay)
	if j := int64(l.opt.Jitter); j > 0 {
		arrive = max(sent, arrive+l.jitter.Int64N(2*j+1)-j)
	}
	arrive = max(arrive, l.last)
	l.last = arrive
	l.push(flying{p, sent, arrive})
}

func (l *Link) at(i uint32) *flying { return &l.ring[i&uint32(len(l.ring)-1)] }

const firstRing = 16

func (l *Link) push(f flying) {
	if int(l.tail-l.head) == len(l.ring) {
		bigger := make([]flying, max(firstRing, 2*len(l.ring)))
		for i := l.head; i != l.tail; i++ {
			bigger[i&uint32(len(bigger)-1)] = *l.at(i)
		}
		l.ring = bigger
	}
	*l.at(l.tail) = f
	l.tail++
	if l.tail-l.head == 1 {
		l.timer.Set(time.Duration(f.arrive))
	}
}

// HandleEvent delivers what has arrived. It implements engine.Actor.
func (l *Link) HandleEvent(uint64) {
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
		p := f.p
		f.p = nil
		l.head++
		l.totals.Delivered++
		l.totals.Bytes += int64(p.Bytes)
		if l.tap != nil {
			l.tap.Ended(p, Delivered, time.Duration(f.sent))
		}
		l.sink.Deliver(p)
	}
}
