package engine

import (
	"slices"
	"testing"
	"time"
)

// heldRun has an actor stand still from 2 s to 6 s; told is what it did, and when.
func heldRun(t *testing.T, plan func(e *Engine, p *Proc, note func(string))) (told []string, at []time.Duration) {
	t.Helper()
	e := New(1)
	p := e.Proc("app")
	other := e.Proc("host")
	note := func(s string) { told, at = append(told, s), append(at, e.Now()) }
	plan(e, p, note)
	other.At(2*time.Second, p.Hold)
	other.At(6*time.Second, p.Release)
	e.RunUntil(20 * time.Second)
	return told, at
}

func TestHeldActorCatchesUpInOrder(t *testing.T) {
	told, at := heldRun(t, func(e *Engine, p *Proc, note func(string)) {
		host := e.Proc("events")
		for _, s := range []time.Duration{1, 3, 5, 7} {
			p.At(s*time.Second, func() { note("timer") })
		}
		host.At(4*time.Second, func() { p.Do(func() { note("event") }) })
		host.At(6*time.Second, func() { p.Do(func() { note("late event") }) })
	})
	if want := []string{"timer", "timer", "event", "timer", "late event", "timer"}; !slices.Equal(told, want) {
		t.Errorf("%v, want %v", told, want)
	}
	for i, want := range []time.Duration{1, 6, 6, 6, 6, 7} {
		if at[i] != want*time.Second {
			t.Errorf("%s at %v, want %d s", told[i], at[i], want)
		}
	}
}

func TestHeldAlarmRingsOnce(t *testing.T) {
	told, at := heldRun(t, func(e *Engine, p *Proc, note func(string)) {
		var ping *Alarm
		ping = p.Alarm(func() { note("ping"); ping.In(time.Second) })
		ping.In(1500 * time.Millisecond)
	})
	if len(at) < 3 || at[0] != 1500*time.Millisecond || at[1] != 6*time.Second || at[2] != 7*time.Second {
		t.Errorf("%v at %v", told, at)
	}
}

// What was held may find on its return that it isn't wanted any more.
func TestHeldAlarmCanBeCleared(t *testing.T) {
	for name, stop := range map[string]func(a *Alarm){
		"clear": func(a *Alarm) { a.Clear() }, "drop": func(a *Alarm) { a.Drop() }, "set": func(a *Alarm) { a.In(time.Hour) }, "left alone": nil,
	} {
		told, _ := heldRun(t, func(e *Engine, p *Proc, note func(string)) {
			a := p.Alarm(func() { note("rang") })
			if stop != nil {
				e.Proc("events").At(2500*time.Millisecond, func() { p.Do(func() { stop(a) }) })
			}
			a.In(3 * time.Second)
		})
		if rang := len(told) > 0; rang != (stop == nil) {
			t.Errorf("%s: %v", name, told)
		}
	}
}

func TestHeldAgainWhileCatchingUp(t *testing.T) {
	told, at := heldRun(t, func(e *Engine, p *Proc, note func(string)) {
		host := e.Proc("events")
		host.At(3*time.Second, func() { p.Do(func() { note("first"); p.Hold() }) })
		host.At(4*time.Second, func() { p.Do(func() { note("second") }) })
		host.At(9*time.Second, p.Release)
	})
	if want := []string{"first", "second"}; !slices.Equal(told, want) || at[0] != 6*time.Second || at[1] != 9*time.Second {
		t.Errorf("%v at %v", told, at)
	}
}

func TestEndedActorIsSilent(t *testing.T) {
	told, _ := heldRun(t, func(e *Engine, p *Proc, note func(string)) {
		a := p.Alarm(func() { note("alarm") })
		a.In(5 * time.Second)
		p.At(4*time.Second, func() { note("timer") })
		p.At(8*time.Second, func() { note("later") })
		host := e.Proc("events")
		host.At(3*time.Second, func() { p.Do(func() { note("event") }) })
		host.At(5500*time.Millisecond, p.End)
		host.At(9*time.Second, func() { p.Do(func() { note("event") }) })
	})
	if len(told) > 0 {
		t.Errorf("an ended actor did %v", told)
	}
}
