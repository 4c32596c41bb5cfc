package engine

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"
)

// ActorID names an actor. Events of one instant run in the order of their actors'
// ids, so ids must be given in an order that the scenario alone decides.
type ActorID uint32

// Actor is a part of the model that receives events. op is what the actor itself
// passed to Schedule; the engine doesn't look into it.
type Actor interface {
	HandleEvent(op uint64)
}

// Engine is the event loop of one world. All its methods belong to the loop: only
// model code, running in an event or before the first one, may call them. Library
// goroutines go through a Seam.
type Engine struct {
	now     int64
	horizon int64 // events up to here may run; past it, the seam says how far library code has come
	queue   queue
	actors  []actor
	current uint64 // key of the event that runs, for error messages
	events  uint64
	stale   uint64
	seed    uint64
	ended   bool
	seam    *Seam
	pulse   *pulse
	onEnd   []func()
}

type actor struct {
	Actor
	name string
	seq  uint32
}

// New makes an engine at time zero whose random streams all follow from seed.
func New(seed uint64) *Engine { return &Engine{seed: seed, horizon: math.MaxInt64} }

// Now is the virtual time since the world began.
func (e *Engine) Now() time.Duration { return time.Duration(e.now) }

// Events counts the events that reached an actor. Stale timer pops don't count.
func (e *Engine) Events() uint64 { return e.events - e.stale }

// passOver handles an event that nobody waits for any more.
func (e *Engine) passOver() { e.stale++ }

// Seed is what every random stream of this world follows from.
func (e *Engine) Seed() uint64 { return e.seed }

// Add registers an actor under a name that error messages can use.
func (e *Engine) Add(name string, a Actor) ActorID {
	e.actors = append(e.actors, actor{Actor: a, name: name})
	return ActorID(len(e.actors) - 1)
}

// Schedule asks for HandleEvent(op) of actor id at the given virtual time. A time
// that has passed means now: the event runs after those already due for that actor.
func (e *Engine) Schedule(at time.Duration, id ActorID, op uint64) {
	a := &e.actors[id]
	e.queue.push(node{at: max(int64(at), e.now), key: uint64(id)<<32 | uint64(a.seq), op: op})
	a.seq++
}

// Rand is the random stream of that name: the same (seed, name) gives the same
// numbers, whatever other streams exist and however much they were used. Each call
// starts the stream anew, so keep what it returns.
func (e *Engine) Rand(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(e.seed, h.Sum64()))
}

// Stop ends the world after the event that is running.
func (e *Engine) Stop() { e.ended = true }

// OnEnd has f called when the world ends, in reverse order of the calls: the place
// to close what would otherwise outlive it.
func (e *Engine) OnEnd(f func()) { e.onEnd = append(e.onEnd, f) }

// RunUntil runs events up to and including that time, then sets the clock to it.
// It is the loop of a world without library code; Run is the one with.
func (e *Engine) RunUntil(end time.Duration) {
	e.loop(int64(end))
	if !e.ended {
		e.now = max(e.now, int64(end))
	}
}

func (e *Engine) loop(end int64) {
	for !e.ended {
		next, due := end, false
		if len(e.queue.nodes) > 0 && e.queue.nodes[0].at <= end {
			next, due = e.queue.nodes[0].at, true
		}
		switch {
		case next > e.horizon:
			e.seam.reach(next, end)
		case due:
			e.step()
		default:
			return
		}
	}
}

func (e *Engine) step() {
	n := e.queue.pop()
	e.current = n.key
	if n.at < e.now {
		panic(fmt.Sprintf("engine: event of %s at %v, but the clock stands at %v", e.running(), time.Duration(n.at), e.Now()))
	}
	e.now = n.at
	e.events++
	if e.events%pulseEvents == 0 {
		e.pulse.beat(e)
	}
	e.actors[n.key>>32].HandleEvent(n.op)
}

// running names the actor whose event runs, or ran last.
func (e *Engine) running() string {
	if i := e.current >> 32; i < uint64(len(e.actors)) {
		return e.actors[i].name
	}
	return ""
}

// saturated is a+b that stops at the end of time instead of wrapping.
func saturated(a, b int64) int64 {
	if b > 0 && a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}
