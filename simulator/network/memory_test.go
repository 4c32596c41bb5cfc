package network

import (
	"fmt"
	"runtime"
	"syscall"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// TestMemoryOfIdleConnections: both ends of a connection that has exchanged something
// and is idle now.
func TestMemoryOfIdleConnections(t *testing.T) {
	const count, most = 5000, 8 << 10
	e := engine.New(1)
	n := New(e, nil, Options{})
	var hosts [2]*Host
	for i := range hosts {
		access := LinkOptions{RateBPS: 1e9, Delay: 20 * time.Millisecond}
		h, err := n.AddHost(HostOptions{Name: fmt.Sprint("h", i), Actor: trace.Nobody, Access: &AccessOptions{Up: access, Down: access}})
		if err != nil {
			t.Fatal(err)
		}
		hosts[i] = h
	}
	hosts[1].Listen(1935, func(sockets.Socket) sockets.Handler { return answer{} })
	e.RunUntil(time.Second)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	greeting := make([]byte, 1000)
	for range count {
		s := hosts[0].Dial(hosts[1].Addr().String(), 1935, &messages{})
		s.Send(greeting)
		e.RunUntil(e.Now() + time.Millisecond)
	}
	e.RunUntil(e.Now() + time.Minute)
	if live := n.Live(); live > 0 {
		t.Fatalf("%d packets under way", live)
	}
	per := (heap() - before) / count
	t.Logf("%d bytes a connection, both ends", per)
	if per > most {
		t.Errorf("%d bytes a connection, at most %d", per, most)
	}
	runtime.KeepAlive(hosts)
}

// answer sends back what it gets.
type answer struct{}

func (answer) OnOpen(sockets.Socket)             {}
func (answer) OnData(s sockets.Socket, p []byte) { s.Send(p) }
func (answer) OnWritable(sockets.Socket)         {}
func (answer) OnClose(sockets.Socket, error)     {}

// TestNoAllocations: in steady state an event costs no memory.
func TestNoAllocations(t *testing.T) {
	e, _ := bulkWorld(t, 4, LinkOptions{RateBPS: 10e6, QueueBytes: 125000, Delay: 20 * time.Millisecond, Loss: LossOptions{Rate: 0.005}})
	e.RunUntil(20 * time.Second)
	before := e.Events()
	allocs := testing.AllocsPerRun(1, func() { e.RunUntil(e.Now() + 20*time.Second) })
	if events := float64(e.Events()-before) / 2; allocs > events/1000 {
		t.Errorf("%.0f allocations in %.0f events", allocs, events)
	}
}

// TestCostIsLinear: an event among 10,000 connections costs little more of the
// processor than one among 1,000, whose state fits the caches.
func TestCostIsLinear(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	per := func(count int) float64 {
		e, _ := viewersWorld(t, count)
		e.RunUntil(5 * time.Second)
		before, start := e.Events(), processorTime(t)
		for e.Events()-before < 300_000 {
			e.RunUntil(e.Now() + 10*time.Millisecond)
		}
		return float64(processorTime(t)-start) / float64(e.Events()-before)
	}
	small, large := per(1000), per(10000)
	t.Logf("%.0f ns an event among 1,000 connections, %.0f among 10,000", small, large)
	if large > 7*small {
		t.Error("cost grows faster than the number of connections")
	}
}

// processorTime is what this process has used, so that other processes don't count.
func processorTime(t *testing.T) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
