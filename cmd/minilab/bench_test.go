package main

import (
	"context"
	"runtime"
	"syscall"
	"testing"
	"time"

	"minilab/simulator"
)

// cost is what a room takes for a virtual second once everybody is in, and to begin.
type cost struct{ events, allocs, begin float64 }

// roomCosts are the costs as they were measured, by room. They hardly depend on the
// machine and not at all on its load. Who makes a room dearer must say so here; who makes
// one cheaper lowers the figure, so that it stays cheaper.
var roomCosts = map[string]cost{
	"call-1v1":         {848, 655, 12000},
	"call-1v1-samples": {848, 665, 11700},
	"room-7":           {8476, 2845, 83500},
	"room-7-sparse":    {2058, 542, 86300},
	"audio-17":         {22207, 3538, 440700},
}

// TestRoomsKeepTheirCosts: an event more, or garbage in a hot path, shows in each room.
func TestRoomsKeepTheirCosts(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector allocates too")
	}
	const within = 0.1
	for _, room := range rooms {
		runRoom(t, room, 2*time.Second) // what is read and made once a process
		short, long := runRoom(t, room, 20*time.Second), runRoom(t, room, 40*time.Second)
		got := cost{events: (long.events - short.events) / 20, allocs: (long.allocs - short.allocs) / 20}
		got.begin = short.allocs - 20*got.allocs
		t.Logf("%-16s %6.0f events and %5.0f allocations a virtual second, %6.0f allocations to begin", room.name, got.events, got.allocs, got.begin)
		want := roomCosts[room.name]
		for _, c := range []struct {
			what      string
			got, want float64
		}{
			{"events a virtual second", got.events, want.events},
			{"allocations a virtual second", got.allocs, want.allocs},
			{"allocations to begin", got.begin, want.begin},
		} {
			if c.got > c.want*(1+within) || c.got < c.want*(1-within) {
				t.Errorf("%s: %.0f %s, %.0f were measured", room.name, c.got, c.what, c.want)
			}
		}
	}
}

// TestSamplesAreAffordable: sound on samples costs a call of two at most 40 ms of the
// processor a virtual second. The best of some runs counts: a busy machine only adds.
func TestSamplesAreAffordable(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time, and the race detector takes some")
	}
	const length, most = 10 * time.Second, 40 * time.Millisecond
	for _, room := range rooms {
		if room.name != "call-1v1-samples" {
			continue
		}
		best := time.Hour
		for range 3 {
			best = min(best, runRoom(t, room, length).processor/10)
		}
		t.Logf("%v of the processor a virtual second", best)
		if best > most {
			t.Errorf("%v of the processor a virtual second, at most %v", best, most)
		}
		return
	}
	t.Error("there is no room on samples")
}

type roomRun struct {
	events, allocs float64
	processor      time.Duration
}

func runRoom(t *testing.T, room benchRoom, length time.Duration) roomRun {
	t.Helper()
	s, err := room.scenario(length)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := processorTime(t)
	r, err := simulator.Run(context.Background(), simulator.Options{Scenario: s, Seed: defaultSeed})
	if err != nil {
		t.Fatal(err)
	}
	took := processorTime(t) - start
	runtime.ReadMemStats(&after)
	return roomRun{events: float64(r.Events), allocs: float64(after.Mallocs - before.Mallocs), processor: took}
}

// processorTime is what this process has used, so that other processes don't count.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
