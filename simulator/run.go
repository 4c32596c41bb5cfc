package simulator

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"minilab/devices/app"
	"minilab/simulator/engine"
	"minilab/simulator/network"
	"minilab/simulator/trace"
)

// Hooks see what phones receive and show; either may be nil. They run inside the
// world, so they must not block, and time.Now is not the time of day there.
type Hooks = app.Hooks

// Options say what to run.
type Options struct {
	Scenario *Scenario
	Seed     uint64
	Hooks    Hooks
	// Tap, if not nil, sees all packets on the members' access links. What holds for
	// hooks holds for it.
	Tap network.Tap
	// Progress, if not nil, holds how far the world has come, in virtual nanoseconds.
	Progress *atomic.Int64
}

// Validate tells what is missing.
func (o Options) Validate() error {
	switch {
	case o.Scenario == nil:
		return errors.New("no scenario")
	case len(o.Scenario.Members) == 0:
		return fmt.Errorf("%s: the cast is empty", o.Scenario.Name)
	case o.Scenario.Length <= 0:
		return fmt.Errorf("%s: length %v", o.Scenario.Name, o.Scenario.Length)
	}
	return nil
}

// Result is a finished run.
type Result struct {
	Record *trace.Record
	Events uint64        // of the engine
	Wall   time.Duration // how long the world took to run
}

// heartbeat is how often a running world looks whether it should stop, and says how
// far it has come.
const heartbeat = 250 * time.Millisecond

// Run runs a scenario with a seed. When ctx is done the world ends early and Run
// returns ctx's error. Other errors are the simulator's failures (see engine.Run),
// never the product's.
func Run(ctx context.Context, o Options) (*Result, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	r := &Result{}
	var sealed error
	start := time.Now()
	err := engine.Run(engine.World{Key: engine.Key{Scenario: o.Scenario.Name, Seed: o.Seed}, Length: o.Scenario.Length}, func(e *engine.Engine) error {
		w := &world{e: e, s: o.Scenario, hooks: o.Hooks, tap: o.Tap}
		built := false
		e.OnEnd(func() { // the first registered runs last: all others have had their word
			if built {
				w.network.Totals()
				r.Events = e.Events()
				r.Record, sealed = w.log.Seal()
			}
		})
		if err := w.build(o.Seed); err != nil {
			return err
		}
		built = true
		beat(ctx, e, o.Progress)
		return nil
	})
	r.Wall = time.Since(start)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := errors.Join(err, sealed); err != nil {
		return nil, err
	}
	return r, nil
}

func beat(ctx context.Context, e *engine.Engine, progress *atomic.Int64) {
	p := e.Proc("heartbeat")
	var next func()
	next = func() {
		if progress != nil {
			progress.Store(int64(e.Now()))
		}
		if ctx.Err() != nil {
			e.Stop()
			return
		}
		p.After(heartbeat, next)
	}
	p.After(0, next)
}
