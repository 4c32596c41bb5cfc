package engine

import "time"

const never = int64(-1)

// Timer is a deadline of an actor that can be moved cheaply. It keeps at most one
// live event in the queue: moving the deadline later costs nothing, and the event
// that comes too early puts itself back.
//
// The actor calls Due first thing when it receives the timer's op, and does its
// work only if Due says so.
type Timer struct {
	e        *Engine
	id       ActorID
	op       uint64
	deadline int64
	pending  int64 // time of the live event
}

// NewTimer makes a stopped timer that sends op to actor id.
func (e *Engine) NewTimer(id ActorID, op uint64) Timer {
	return Timer{e: e, id: id, op: op, deadline: never, pending: never}
}

// Set moves the deadline to that time; one that has passed means now.
func (t *Timer) Set(at time.Duration) {
	t.deadline = max(int64(at), t.e.now)
	if t.pending == never || t.deadline < t.pending {
		t.pending = t.deadline
		t.e.Schedule(time.Duration(t.deadline), t.id, t.op)
	}
}

// Clear stops the timer.
func (t *Timer) Clear() { t.deadline = never }

// Actor is whose timer it is.
func (t *Timer) Actor() ActorID { return t.id }

// Armed tells whether a deadline is set.
func (t *Timer) Armed() bool { return t.deadline != never }

// Deadline is the time set last; meaningful only while Armed.
func (t *Timer) Deadline() time.Duration { return time.Duration(t.deadline) }

// Due tells the actor, on receiving the timer's op, whether the deadline has been
// reached; if so the timer is stopped.
func (t *Timer) Due() bool {
	if t.pending != t.e.now {
		t.e.stale++
		return false
	}
	t.pending = never
	switch {
	case t.deadline == never:
		t.e.stale++
		return false
	case t.deadline > t.e.now:
		t.e.stale++
		t.pending = t.deadline
		t.e.Schedule(time.Duration(t.deadline), t.id, t.op)
		return false
	}
	t.deadline = never
	return true
}
