package engine

import (
	"runtime/debug"
	"slices"
	"sync/atomic"
	"time"
)

// Port is the actor that stands for one library connection or session. Several
// goroutines may use one port, but only one at a time may Call.
type Port struct {
	s    *Seam
	id   ActorID
	name string
	end  portEnd // the Conn or Listener on this port, if any

	// Guarded by the seam's mutex.
	marked bool
	posted []*call

	// The loop's own.
	calls    fifo[*call]
	handings fifo[handing]
	awaited  []*call // handled, and to be answered in a later event

	running atomic.Int32 // goroutines started by Go
}

// portEnd is library-side state that is written to by both sides.
type portEnd interface {
	flush() bool       // loop: take what the library side did; true if that woke a goroutine
	handOver() bool    // loop: give it what has come; true likewise
	expire(i int) bool // loop: deadline i's instant has come; true likewise
	stop()             // the world is over
}

type call struct {
	fn   func()
	ask  func(answer func()) // in place of fn: answered when answer is called
	done chan error
}

// handing is one hand-over: a function, the answer to a call, or what has come for
// the port's end.
type handing struct {
	fn   func()
	call *call
}

const (
	opFlush = iota
	opCall
	opHand
	opDeadline // and opDeadline+1
)

// Call has fn run on the loop and waits until it has: the way library code touches
// the model. It may be called by library goroutines only. Calls are served in order
// of (time, port, the port's own sequence).
func (p *Port) Call(fn func()) error {
	return p.post(&call{fn: fn, done: make(chan error, 1)})
}

// Await is a Call for what takes time: it waits until the loop has called answer,
// once, in the event that runs ask or in a later one.
func (p *Port) Await(ask func(answer func())) error {
	return p.post(&call{ask: ask, done: make(chan error, 1)})
}

func (p *Port) post(c *call) error {
	p.s.mu.Lock()
	if p.s.over {
		p.s.mu.Unlock()
		p.s.e.pulse.park()
		return ErrEnded
	}
	p.posted = append(p.posted, c)
	p.s.mu.Unlock()
	p.s.mark(p)
	return <-c.done
}

// Deliver has fn run one wake-up latency from now: the way the model hands
// something to library code. fn runs on the loop and must not block: it appends to
// a buffer and signals, no more. What it wakes has settled before the next event.
func (p *Port) Deliver(fn func()) { p.hand(handing{fn: fn}) }

// Go starts a library goroutine, one wake-up latency from now. If it panics, the
// world ends with that panic; if it outlives the world, that is a leak.
func (p *Port) Go(fn func()) {
	p.Deliver(func() {
		p.running.Add(1)
		go func() {
			defer p.running.Add(-1)
			defer p.catch()
			fn()
		}()
	})
}

func (p *Port) catch() {
	v := recover()
	if v == nil {
		return
	}
	p.s.mu.Lock()
	if p.s.fault == nil {
		p.s.fault = &PanicError{place: place{At: p.s.driver.Now()}, Actor: p.name, Value: v, Stack: debug.Stack()}
	}
	p.s.mu.Unlock()
	p.s.poke()
}

func (p *Port) hand(h handing) {
	at := saturated(p.s.e.now, p.s.latency)
	p.handings.push(h)
	p.s.e.Schedule(time.Duration(at), p.id, opHand)
	p.s.hold(at)
}

// wakeAt schedules a deadline of the port's end.
func (p *Port) wakeAt(at int64, i int) {
	p.s.e.Schedule(time.Duration(at), p.id, opDeadline+uint64(i))
	p.s.hold(at)
}

// collect makes events of what library goroutines left with the port.
func (p *Port) collect(at time.Duration) {
	p.s.mu.Lock()
	p.marked = false
	posted := p.posted
	p.posted = nil
	p.s.mu.Unlock()
	if p.end != nil {
		p.s.e.Schedule(at, p.id, opFlush)
	}
	for _, c := range posted {
		p.calls.push(c)
		p.s.e.Schedule(at, p.id, opCall)
	}
}

// HandleEvent implements Actor.
func (p *Port) HandleEvent(op uint64) {
	p.s.aligned(p)
	woke := false
	switch op {
	case opFlush:
		woke = p.end.flush()
	case opCall:
		p.serve(p.calls.pop())
	case opHand:
		switch h := p.handings.pop(); {
		case h.call != nil:
			h.call.done <- nil
			woke = true
		case h.fn != nil:
			h.fn()
			woke = true
		default:
			woke = p.end.handOver()
		}
	default:
		woke = p.end.expire(int(op - opDeadline))
	}
	if woke {
		p.s.settle()
	}
}

func (p *Port) serve(c *call) {
	if c.ask == nil {
		c.fn()
		p.hand(handing{call: c})
		return
	}
	p.awaited = append(p.awaited, c)
	c.ask(func() {
		i := slices.Index(p.awaited, c)
		if i < 0 {
			panic("engine: a second answer on port " + p.name)
		}
		p.awaited = slices.Delete(p.awaited, i, i+1)
		p.hand(handing{call: c})
	})
}

// stop ends everything that library goroutines may be waiting for on this port.
func (p *Port) stop() {
	for _, c := range p.awaited {
		c.done <- ErrEnded
	}
	p.awaited = nil
	if p.end != nil {
		p.end.stop()
	}
	for p.calls.len() > 0 {
		p.calls.pop().done <- ErrEnded
	}
	for p.handings.len() > 0 {
		if h := p.handings.pop(); h.call != nil {
			h.call.done <- ErrEnded
		}
	}
	p.s.mu.Lock()
	posted := p.posted
	p.posted = nil
	p.s.mu.Unlock()
	for _, c := range posted {
		c.done <- ErrEnded
	}
}

// fifo is a queue that reuses its room.
type fifo[T any] struct {
	items []T
	head  int
}

func (f *fifo[T]) len() int { return len(f.items) - f.head }

func (f *fifo[T]) push(v T) {
	if f.head > 32 && f.head > len(f.items)/2 {
		n := copy(f.items, f.items[f.head:])
		clear(f.items[n:])
		f.items, f.head = f.items[:n], 0
	}
	f.items = append(f.items, v)
}

func (f *fifo[T]) pop() T {
	var zero T
	v := f.items[f.head]
	f.items[f.head] = zero
	f.head++
	if f.head == len(f.items) {
		f.items, f.head = f.items[:0], 0
	}
	return v
}

// openPorts names the ports whose goroutines have not ended.
func (e *Engine) openPorts() []string {
	var names []string
	if e.seam == nil {
		return nil
	}
	for _, p := range e.seam.ports {
		if p.running.Load() > 0 {
			names = append(names, p.name)
		}
	}
	return names
}
