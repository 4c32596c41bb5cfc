package engine

import (
	"errors"
	"fmt"
	"math"
	"sync"
	"time"
)

// ErrEnded is what library goroutines get once the world is over.
var ErrEnded = errors.New("the world has ended")

// Seam is where library goroutines and the loop meet. Library code runs in the
// bubble, whose clock may lead the loop's but never lags behind it: before an event
// runs, the bubble has come to the event's time and settled, so whatever a library
// timer did until then is known.
//
// Letting the bubble run ahead is safe because the loop hands nothing to a library
// sooner than one wake-up latency after the event that causes it. So with the next
// event at t, the bubble may run freely to t + lookahead or to the next hand-over
// already scheduled, whichever is sooner. A library's write wakes the loop at the
// write's own instant. Hand-overs happen one at a time, each followed by a settle;
// what several goroutines did in one settle is put in order of their ports. What
// remains without order is what libraries do among themselves when several of their
// own timers fire at one instant.
type Seam struct {
	e         *Engine
	driver    driver
	epoch     time.Time
	virtual   bool
	lookahead int64
	latency   int64
	bubble    int64 // how far library code has come
	holds     times // instants that the bubble must not pass unasked

	wake chan struct{}

	mu    sync.Mutex // held for a few instructions, never while waiting
	ports []*Port
	dirty []*Port
	taken []*Port // collect's scratch
	over  bool
	asked bool        // to end the world
	fault *PanicError // of a library goroutine that we started
}

// Seam is the engine's seam, made on first use.
func (e *Engine) Seam() *Seam {
	if e.seam == nil {
		e.seam = &Seam{e: e, wake: make(chan struct{}, 1)}
	}
	return e.seam
}

// drive gives the seam its clock. Without one, ports can't be used.
func (s *Seam) drive(d driver, epoch time.Time, lookahead, latency time.Duration, virtual bool) {
	s.driver, s.epoch, s.virtual = d, epoch, virtual
	s.lookahead, s.latency = int64(lookahead), int64(latency)
}

// Port makes an actor that stands for one library connection or session. Ports
// must be made in an order that the scenario alone decides. From the first port on,
// the loop keeps step with library code.
func (s *Seam) Port(name string) *Port {
	if s.driver == nil {
		panic("engine: a port outside Run: " + name)
	}
	p := &Port{s: s, name: name}
	p.id = s.e.Add(name, p)
	s.mu.Lock()
	s.ports = append(s.ports, p)
	s.mu.Unlock()
	if s.e.horizon == math.MaxInt64 { // the first: library code starts here
		s.driver.Wait(s.e.Now(), nil)
		s.bubble = int64(s.driver.Now())
		s.e.horizon = s.bubble
	}
	return p
}

// reach lets library code run until the event at next may be handled, or until it
// has done something that the loop must see first.
func (s *Seam) reach(next, end int64) {
	for len(s.holds) > 0 && s.holds[0] <= s.bubble {
		s.holds.pop()
	}
	until := min(saturated(next, s.lookahead), max(end, next))
	if len(s.holds) > 0 {
		until = min(until, s.holds[0])
	}
	s.e.pulse.beat(s.e)
	s.driver.Wait(time.Duration(until), s.wake)
	s.settle()
}

// settle lets library code come to rest, then makes events of what it did.
func (s *Seam) settle() {
	s.driver.Settle()
	s.bubble = int64(s.driver.Now())
	s.e.horizon = s.bubble
	select {
	case <-s.wake:
	default:
	}
	s.mu.Lock()
	s.taken, s.dirty = s.dirty, s.taken[:0]
	fault := s.fault
	s.e.ended = s.e.ended || s.asked
	s.mu.Unlock()
	if fault != nil {
		panic(fault)
	}
	// In whatever order they came: the queue puts events of one instant in order of
	// their ports.
	for _, p := range s.taken {
		p.collect(time.Duration(s.bubble))
	}
}

// hold makes sure that the bubble stops at that time.
func (s *Seam) hold(at int64) { s.holds.push(at) }

// aligned checks that the bubble stands at the loop's time, as it must whenever
// something is handed over.
func (s *Seam) aligned(p *Port) {
	if s.virtual && s.bubble != s.e.now {
		panic(fmt.Sprintf("engine: hand-over to %s at %v while library code is at %v", p.name, s.e.Now(), time.Duration(s.bubble)))
	}
}

// mark says that a port has something for the loop. Called by library goroutines.
func (s *Seam) mark(p *Port) {
	s.mu.Lock()
	if !p.marked {
		p.marked = true
		s.dirty = append(s.dirty, p)
	}
	s.mu.Unlock()
	s.poke()
}

func (s *Seam) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// Time is an instant of the engine as library code knows it.
func (s *Seam) Time(at time.Duration) time.Time { return s.epoch.Add(at) }

// clockTime is the virtual time that a library means by t.
func (s *Seam) clockTime(t time.Time) int64 { return int64(t.Sub(s.epoch)) }

// times is a binary min-heap of instants.
type times []int64

func (h *times) push(t int64) {
	a := append(*h, t)
	i := len(a) - 1
	for i > 0 && a[(i-1)/2] > t {
		a[i] = a[(i-1)/2]
		i = (i - 1) / 2
	}
	a[i] = t
	*h = a
}

func (h *times) pop() {
	a := *h
	t := a[len(a)-1]
	a = a[:len(a)-1]
	*h = a
	i := 0
	for {
		c := 2*i + 1
		if c >= len(a) {
			break
		}
		if c+1 < len(a) && a[c+1] < a[c] {
			c++
		}
		if a[c] >= t {
			break
		}
		a[i] = a[c]
		i = c
	}
	if len(a) > 0 {
		a[i] = t
	}
}

// quit asks the loop to end, from any goroutine.
func (s *Seam) quit() {
	s.mu.Lock()
	s.asked = true
	s.mu.Unlock()
	s.poke()
}

// stop ends the seam: whoever waits on a port learns that the world is over.
func (s *Seam) stop() {
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	for _, p := range s.ports {
		p.stop()
	}
}
