package engine

import (
	"fmt"
	"time"
)

// Key names one run: with the same build it gives the same record.
type Key struct {
	Scenario string
	Seed     uint64
}

// String is scenario@seed, as the command line takes it.
func (k Key) String() string { return fmt.Sprintf("%s@%d", k.Scenario, k.Seed) }

// place is where a world failed.
type place struct {
	Key Key
	At  time.Duration // virtual
}

func (p place) String() string { return fmt.Sprintf("%v at %v", p.Key, p.At) }

// BuildError: the world could not be built.
type BuildError struct {
	place
	Err error
}

func (e *BuildError) Error() string {
	return fmt.Sprintf("%v: cannot build the world: %v", e.place, e.Err)
}
func (e *BuildError) Unwrap() error { return e.Err }

// PanicError: the model panicked, or a library goroutine that Port.Go started.
type PanicError struct {
	place
	Actor string // whose event or goroutine it was
	Value any
	Stack []byte
}

func (e *PanicError) Error() string {
	return fmt.Sprintf("%v: panic in %s: %v", e.place, e.Actor, e.Value)
}

func (e *PanicError) Unwrap() error {
	err, _ := e.Value.(error)
	return err
}

// DeadlockError: the loop waits for something that can't come, because only the
// loop moves the world.
type DeadlockError struct {
	place
	Actor  string // whose event waits
	Stacks []byte
}

func (e *DeadlockError) Error() string {
	return fmt.Sprintf("%v: deadlock: the event of %s never returns", e.place, e.Actor)
}

// LeakError: goroutines outlived the world although all connections were closed.
// They stay parked; the process goes on.
type LeakError struct {
	place
	Ports  []string // on which Port.Go started those that it started
	Stacks []byte
}

func (e *LeakError) Error() string {
	return fmt.Sprintf("%v: goroutines outlived the world (started on ports %q)", e.place, e.Ports)
}

// StuckError: the world makes no progress.
type StuckError struct {
	place
	Actor  string // whose event runs, or ran last
	Reason string
	Stacks []byte // empty if the loop itself noticed
}

func (e *StuckError) Error() string {
	return fmt.Sprintf("%v: no progress: %s; last event: %s", e.place, e.Reason, e.Actor)
}
