package engine

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime/debug"
	"runtime/pprof"
	"testing"
	"testing/synctest"
	"time"
)

const (
	// defaultWakeUp is the time from an event to the moment when a server process
	// has been scheduled and sees it. Source: 1-5 ms is usual for a busy Linux host;
	// fidelity: assumed.
	defaultWakeUp = 2 * time.Millisecond
	// defaultPatience is how long a world may make no progress in real time.
	defaultPatience = 30 * time.Second
	// defaultInstantEvents is how many events may follow each other without virtual
	// time moving.
	defaultInstantEvents = 4 << 20
	// endGrace is the virtual time that library goroutines get to end once all
	// their connections are closed: more than any close time-out of a library we use.
	endGrace = time.Minute
	// pulseEvents is how many events pass between two signs of life.
	pulseEvents = 1 << 8
)

// World says how one world is run.
type World struct {
	Key    Key
	Length time.Duration // virtual; it ends sooner if the model calls Stop

	WakeUp    time.Duration // from an event to the library code that it wakes; 0: 2 ms
	Lookahead time.Duration // how far library code may run ahead, at most WakeUp; 0: WakeUp. Changes speed, never results

	Patience      time.Duration // real time without progress after which the world is given up; 0: 30 s
	InstantEvents uint64        // events without virtual progress after which it is; 0: 4 Mi
}

func (w *World) complete() error {
	if w.WakeUp == 0 {
		w.WakeUp = defaultWakeUp
	}
	if w.Lookahead == 0 {
		w.Lookahead = w.WakeUp
	}
	if w.Patience == 0 {
		w.Patience = defaultPatience
	}
	if w.InstantEvents == 0 {
		w.InstantEvents = defaultInstantEvents
	}
	switch {
	case w.Length <= 0:
		return fmt.Errorf("length %v is not positive", w.Length)
	case w.WakeUp < 0 || w.Lookahead < 0 || w.Lookahead > w.WakeUp:
		return fmt.Errorf("lookahead %v is not within the wake-up latency %v", w.Lookahead, w.WakeUp)
	case w.Patience < 0:
		return fmt.Errorf("patience %v is negative", w.Patience)
	}
	return nil
}

// Run runs one world in a bubble of its own, from time zero to its length: build
// makes the model and schedules its first events. Worlds may run side by side.
//
// However a world fails, Run returns an error that says so (BuildError, PanicError,
// DeadlockError, LeakError, StuckError) and other worlds go on. What can't be
// caught is a panic in a goroutine that a library started: it kills the process
// (with GODEBUG=tracebacklabels=1, the crash names the world).
func Run(w World, build func(e *Engine) error) error {
	if err := w.complete(); err != nil {
		return &BuildError{place: place{Key: w.Key}, Err: err}
	}
	r := newRun(w)
	go r.inBubble(build)
	return r.watch()
}

// RunWall runs a world against the wall clock, until ctx is done, the model calls
// Stop, or its length, if it has one, is over. Library goroutines are handed things
// at once and what they did is taken as it comes, so no two runs are alike.
func RunWall(ctx context.Context, w World, build func(e *Engine) error) error {
	if w.Length == 0 {
		w.Length = math.MaxInt64
	}
	if err := w.complete(); err != nil {
		return &BuildError{place: place{Key: w.Key}, Err: err}
	}
	r := newRun(w)
	clock := wallClock{newClock()}
	s := r.e.Seam()
	s.drive(clock, clock.epoch, 0, 0, false)
	r.e.horizon = 0
	defer context.AfterFunc(ctx, s.quit)()
	return r.events(build)
}

// run is a world while it runs.
type run struct {
	world  World
	pulse  *pulse
	e      *Engine
	bubble []byte // how the runtime marks its goroutines
	err    error
	result chan error
	frozen chan struct{} // never closed, made outside the bubble: who waits here stops the bubble's time
}

func newRun(w World) *run {
	r := &run{world: w, e: New(w.Key.Seed), pulse: &pulse{limit: w.InstantEvents}, result: make(chan error, 4), frozen: make(chan struct{})}
	r.e.pulse = r.pulse
	return r
}

// inBubble is the life of the goroutine that the bubble belongs to.
func (r *run) inBubble(build func(e *Engine) error) {
	defer func() {
		if v := recover(); v != nil {
			// The runtime found goroutines that nothing can wake any more.
			r.err = errors.Join(r.err, &LeakError{place: r.place(), Ports: r.e.openPorts(), Stacks: stacks(r.bubble)})
		}
		r.result <- r.err
	}()
	synctest.Test(new(testing.T), func(*testing.T) { r.err = r.live(build) })
}

func (r *run) place() place {
	return place{Key: r.world.Key, At: time.Duration(r.pulse.now.Load())}
}

// live is the world from birth to end, inside the bubble.
func (r *run) live(build func(e *Engine) error) error {
	pprof.SetGoroutineLabels(pprof.WithLabels(context.Background(), pprof.Labels("world", r.world.Key.String())))
	r.bubble = bubbleMark()
	clock := bubbleClock{newClock()}
	r.e.Seam().drive(clock, clock.epoch, r.world.Lookahead, r.world.WakeUp, true)
	// While the loop waits for something inside an event, library timers go on. Once
	// they are past the world's end, the loop will never return.
	deadlock := time.AfterFunc(time.Duration(saturated(int64(r.world.Length), int64(time.Hour))), r.deadlocked)
	err := r.events(build)
	if len(r.e.seam.ports) > 0 {
		time.Sleep(endGrace)
		synctest.Wait()
		if err == nil && r.e.seam.fault != nil {
			err = r.panicked(r.e.seam.fault)
		}
	}
	deadlock.Stop()
	return err
}

// events builds the model, runs its events and closes what it holds.
func (r *run) events(build func(e *Engine) error) error {
	e := r.e
	err := r.guarded(func() error {
		if err := build(e); err != nil {
			return &BuildError{place: r.place(), Err: err}
		}
		e.loop(int64(r.world.Length))
		if !e.ended {
			e.now = max(e.now, int64(r.world.Length))
		}
		return nil
	})
	return errors.Join(err, r.end())
}

// end closes what the world holds, so that library goroutines end too.
func (r *run) end() error {
	var err error
	r.e.ended = true
	r.pulse.beat(r.e)
	for i := len(r.e.onEnd) - 1; i >= 0; i-- {
		err = errors.Join(err, r.guarded(func() error {
			r.e.onEnd[i]()
			return nil
		}))
	}
	r.e.seam.stop()
	return err
}

// guarded runs a part of the model and makes an error of its panic.
func (r *run) guarded(f func() error) (err error) {
	defer func() {
		if v := recover(); v != nil {
			r.pulse.now.Store(r.e.now)
			err = r.panicked(v)
		}
	}()
	return f()
}

func (r *run) panicked(v any) error {
	switch v := v.(type) {
	case *StuckError:
		v.place = r.place()
		return v
	case *PanicError: // of a library goroutine, which said when
		v.Key = r.world.Key
		return v
	}
	return &PanicError{place: r.place(), Actor: r.e.running(), Value: v, Stack: debug.Stack()}
}

// deadlocked runs in the bubble, in a goroutine of a timer.
func (r *run) deadlocked() {
	synctest.Wait() // what the loop did has happened before what follows
	r.pulse.now.Store(r.e.now)
	r.result <- &DeadlockError{place: r.place(), Actor: r.e.running(), Stacks: stacks(r.bubble)}
	<-r.frozen
}

// watch waits for the world, in real time.
func (r *run) watch() error {
	tick := time.NewTicker(max(r.world.Patience/4, time.Millisecond))
	defer tick.Stop()
	last, since := r.pulse.beats.Load(), time.Now()
	for {
		select {
		case err := <-r.result:
			return err
		case now := <-tick.C:
			if beats := r.pulse.beats.Load(); beats != last {
				last, since = beats, now
			} else if now.Sub(since) >= r.world.Patience {
				return r.giveUp()
			}
		}
	}
}

// giveUp leaves a world behind that can't be stopped from outside.
func (r *run) giveUp() error {
	r.pulse.stop.Store(true)
	err := &StuckError{place: r.place(), Reason: fmt.Sprintf("nothing happened for %v of real time", r.world.Patience), Stacks: stacks(nil)}
	select {
	case <-r.result:
	case <-time.After(r.world.Patience / 4):
	}
	return err
}
