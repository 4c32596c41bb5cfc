package engine

import "time"

// Proc is an actor whose events are callbacks: the convenient way for model code
// that is not hot (scripts, the SDK, control messages). Hot code implements Actor.
type Proc struct {
	e    *Engine
	id   ActorID
	fns  []func()
	free []uint32
	held held
}

// Proc makes a callback actor.
func (e *Engine) Proc(name string) *Proc {
	p := &Proc{e: e}
	p.id = e.Add(name, p)
	return p
}

// Now is the engine's virtual time.
func (p *Proc) Now() time.Duration { return p.e.Now() }

// Engine is the engine that this actor belongs to.
func (p *Proc) Engine() *Engine { return p.e }

// At has f called at that virtual time.
func (p *Proc) At(at time.Duration, f func()) { p.e.Schedule(at, p.id, p.keep(f)) }

// After has f called d from now.
func (p *Proc) After(d time.Duration, f func()) {
	p.At(time.Duration(saturated(p.e.now, int64(d))), f)
}

// Alarm makes a stopped Alarm that calls f.
func (p *Proc) Alarm(f func()) *Alarm {
	a := &Alarm{p: p}
	op := p.keep(func() {
		switch {
		case !a.Due():
		case p.held.waits():
			a.overdue = true
			p.held.keep(func() {
				if a.overdue {
					a.overdue = false
					f()
				}
			})
		default:
			f()
		}
	})
	a.Timer = p.e.NewTimer(p.id, op|sticky)
	return a
}

// Alarm is a Timer that calls a function.
type Alarm struct {
	Timer
	p       *Proc
	overdue bool // fell due while the actor was held
}

// Set moves the deadline to that time; one that has passed means now.
func (a *Alarm) Set(at time.Duration) {
	a.overdue = false
	a.Timer.Set(at)
}

// Clear stops the alarm.
func (a *Alarm) Clear() {
	a.overdue = false
	a.Timer.Clear()
}

// Drop stops the alarm for good and lets go of its function and all that it holds.
func (a *Alarm) Drop() {
	a.Clear()
	a.p.fns[uint32(a.op)] = a.e.passOver
}

// In moves the deadline to d from now.
func (a *Alarm) In(d time.Duration) {
	a.Set(time.Duration(saturated(a.e.now, int64(d))))
}

const sticky = 1 << 32 // marks an op whose callback stays after the event

func (p *Proc) keep(f func()) uint64 {
	if n := len(p.free); n > 0 {
		i := p.free[n-1]
		p.free = p.free[:n-1]
		p.fns[i] = f
		return uint64(i)
	}
	p.fns = append(p.fns, f)
	return uint64(len(p.fns) - 1)
}

// HandleEvent implements Actor.
func (p *Proc) HandleEvent(op uint64) {
	i := uint32(op)
	f := p.fns[i]
	if op&sticky == 0 {
		p.fns[i] = nil
		p.free = append(p.free, i)
		p.Do(f)
		return
	}
	f()
}
