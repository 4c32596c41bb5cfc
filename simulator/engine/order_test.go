package engine

import (
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// noting is an actor that notes what it receives.
type noting struct {
	e   *Engine
	id  ActorID
	log *[]string
}

func (n *noting) HandleEvent(op uint64) {
	*n.log = append(*n.log, fmt.Sprintf("%d/%d/%d", n.e.now, n.id, op))
}

func TestOrderIsTimeActorSequence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := New(1)
		var log []string
		actors := make([]*noting, 5)
		for i := range actors {
			actors[i] = &noting{e: e, log: &log}
			actors[i].id = e.Add("a", actors[i])
		}
		type key struct{ at, actor, op int }
		var want []key
		for op := range rapid.IntRange(0, 60).Draw(t, "n") {
			k := key{rapid.IntRange(0, 6).Draw(t, "at"), rapid.IntRange(0, 4).Draw(t, "actor"), op}
			e.Schedule(time.Duration(k.at), actors[k.actor].id, uint64(op))
			want = append(want, k)
		}
		slices.SortStableFunc(want, func(a, b key) int {
			if a.at != b.at {
				return a.at - b.at
			}
			return a.actor - b.actor
		})
		e.RunUntil(10)
		for i, k := range want {
			if s := fmt.Sprintf("%d/%d/%d", k.at, k.actor, k.op); log[i] != s {
				t.Fatalf("event %d is %s, want %s", i, log[i], s)
			}
		}
	})
}

// TestTimer compares a Timer with a deadline that is looked at every nanosecond.
func TestTimer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := New(1)
		p := e.Proc("p")
		var fired, want []int64
		alarm := p.Alarm(func() { fired = append(fired, e.now) })
		deadline := never
		sets := 0
		for now := int64(1); now <= 60; now++ {
			e.RunUntil(time.Duration(now))
			if deadline == now {
				want = append(want, now)
				deadline = never
			}
			switch rapid.IntRange(0, 3).Draw(t, "do") {
			case 0:
				deadline = now + rapid.Int64Range(1, 20).Draw(t, "in")
				alarm.Set(time.Duration(deadline))
				sets++
			case 1:
				deadline = never
				alarm.Clear()
			}
			if alarm.Armed() != (deadline != never) {
				t.Fatalf("at %d: armed %v, deadline %d", now, alarm.Armed(), deadline)
			}
		}
		if !slices.Equal(fired, want) {
			t.Fatalf("fired at %v, want %v", fired, want)
		}
		if got := e.Events(); got != uint64(len(fired)) {
			t.Fatalf("%d events counted, %d fired", got, len(fired))
		}
	})
}

func TestTimerMovedLaterCostsOneEvent(t *testing.T) {
	e := New(1)
	p := e.Proc("p")
	fired := time.Duration(-1)
	alarm := p.Alarm(func() { fired = e.Now() })
	for i := range 1000 {
		alarm.Set(time.Duration(100 + i))
	}
	if n := len(e.queue.nodes); n != 1 {
		t.Errorf("%d events in the queue", n)
	}
	e.RunUntil(time.Second)
	if fired != 1099 || e.Events() != 1 {
		t.Errorf("fired at %v, %d events", fired, e.Events())
	}
}

func TestProc(t *testing.T) {
	e := New(1)
	p := e.Proc("p")
	var log []string
	note := func(s string) func() { return func() { log = append(log, s) } }
	p.After(5, func() {
		log = append(log, "5")
		p.After(0, note("5+0"))
		p.At(1, note("past"))
		p.After(-1, note("before"))
		p.After(math.MaxInt64, note("never"))
	})
	p.After(5, note("5 too"))
	var alarm *Alarm
	alarm = p.Alarm(func() {
		log = append(log, "alarm")
		if e.Now() < 30 {
			alarm.In(10)
		}
	})
	alarm.In(10)
	e.RunUntil(100)
	if got, want := fmt.Sprint(log), "[5 5 too 5+0 past before alarm alarm alarm]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if len(p.fns) > 7 {
		t.Errorf("%d callbacks kept", len(p.fns))
	}
}

func TestRandIsNamed(t *testing.T) {
	a, b := New(7), New(7)
	b.Rand("other").Uint64()
	if x, y := a.Rand("link").Uint64(), b.Rand("link").Uint64(); x != y {
		t.Error("another stream's use changed this one")
	}
	if x, y := a.Rand("link").Uint64(), New(8).Rand("link").Uint64(); x == y {
		t.Error("another seed gave the same numbers")
	}
	if x, y := a.Rand("link").Uint64(), a.Rand("knil").Uint64(); x == y {
		t.Error("another name gave the same numbers")
	}
}

func BenchmarkQueue(b *testing.B) {
	for _, pending := range []int{100, 1000, 100_000} {
		b.Run(fmt.Sprint(pending), func(b *testing.B) {
			e := New(1)
			r := e.Rand("bench")
			delays := make([]time.Duration, 1<<12)
			for i := range delays {
				delays[i] = time.Duration(r.Int64N(1e6))
			}
			a := &again{e: e, delays: delays}
			a.id = e.Add("a", a)
			for range pending {
				a.HandleEvent(0)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for e.events = 0; e.events < uint64(b.N); {
				e.step()
			}
		})
	}
}

// again schedules itself anew.
type again struct {
	e      *Engine
	id     ActorID
	delays []time.Duration
	i      int
}

func (a *again) HandleEvent(uint64) {
	a.i++
	a.e.Schedule(a.e.Now()+a.delays[a.i&(1<<12-1)], a.id, 0)
}

func TestDroppedAlarmLetsGo(t *testing.T) {
	e := New(1)
	p := e.Proc("p")
	rang := false
	a := p.Alarm(func() { rang = true })
	a.In(time.Second)
	a.Drop()
	before := e.Events()
	e.RunUntil(2 * time.Second)
	if rang || e.Events() != before {
		t.Errorf("rang %v, %d events", rang, e.Events()-before)
	}
}
