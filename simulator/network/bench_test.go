package network

import (
	"fmt"
	"runtime"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// BenchmarkBulk runs bulk flows over lossy links; an operation is an event.
func BenchmarkBulk(b *testing.B) {
	e, n := bulkWorld(b, 8, LinkOptions{RateBPS: 10e6, QueueBytes: 125000, Delay: 20 * time.Millisecond, Loss: LossOptions{Rate: 0.005}})
	benchmark(b, e, n)
}

// BenchmarkClean runs bulk flows over links without loss.
func BenchmarkClean(b *testing.B) {
	e, n := bulkWorld(b, 8, LinkOptions{RateBPS: 10e6, QueueBytes: 125000, Delay: 20 * time.Millisecond})
	benchmark(b, e, n)
}

// BenchmarkAudio is the packets of a room of 17 who talk and listen to each other:
// 289 flows of 25 messages a second.
func BenchmarkAudio(b *testing.B) {
	const members = 17
	e := engine.New(1)
	n := New(e, nil, Options{})
	server, _ := n.AddHost(HostOptions{Name: "server", Actor: trace.Nobody})
	access := LinkOptions{RateBPS: 20e6, Delay: 20 * time.Millisecond}
	var hosts []*Host
	for i := range members {
		h, err := n.AddHost(HostOptions{Name: fmt.Sprintf("phone-%d", i), Actor: trace.Nobody, Access: &AccessOptions{Up: access, Down: access}})
		if err != nil {
			b.Fatal(err)
		}
		hosts = append(hosts, h)
	}
	play := func() sockets.Handler {
		return &messages{p: e.Proc("play"), every: 40 * time.Millisecond, msg: make([]byte, 240)}
	}
	server.Listen(1935, func(sockets.Socket) sockets.Handler { return &messages{} })
	server.Listen(1936, func(sockets.Socket) sockets.Handler { return play() })
	for _, h := range hosts {
		h.Dial("server", 1935, play())
		for range members - 1 {
			h.Dial("server", 1936, &messages{})
		}
	}
	benchmark(b, e, n)
}

// messages sends one message every so often, if it has one.
type messages struct {
	p     *engine.Proc
	every time.Duration
	msg   []byte
	s     sockets.Socket
	next  func()
}

func (m *messages) OnOpen(s sockets.Socket) {
	if m.p == nil {
		return
	}
	m.s = s
	m.next = func() {
		m.s.Send(m.msg)
		m.p.After(m.every, m.next)
	}
	m.next()
}
func (m *messages) OnData(sockets.Socket, []byte) {}
func (m *messages) OnWritable(sockets.Socket)     {}
func (m *messages) OnClose(sockets.Socket, error) {}

func bulkWorld(t testing.TB, flows int, o LinkOptions) (*engine.Engine, *Network) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	server, err := n.AddHost(HostOptions{Name: "server", Actor: trace.Nobody})
	if err != nil {
		t.Fatal(err)
	}
	server.Listen(1935, func(sockets.Socket) sockets.Handler { return &messages{} })
	back := o
	back.Loss = LossOptions{}
	for i := range flows {
		h, err := n.AddHost(HostOptions{Name: fmt.Sprintf("h%d", i), Actor: trace.Nobody, Access: &AccessOptions{Up: o, Down: back}})
		if err != nil {
			t.Fatal(err)
		}
		h.Dial("server", 1935, &source{p: e.Proc("source"), bulk: true, frame: make([]byte, 65536)})
	}
	return e, n
}

func benchmark(b *testing.B, e *engine.Engine, n *Network) {
	e.RunUntil(20 * time.Second) // until buffers have their size
	before, start := e.Events(), e.Now()
	var packets int64
	count := func() (sum int64) {
		for _, h := range n.hosts {
			up, down := h.Traffic()
			sum += up.Sent + down.Sent
		}
		return
	}
	packets = count()
	b.ReportAllocs()
	b.ResetTimer()
	for e.Events()-before < uint64(b.N) {
		e.RunUntil(e.Now() + 10*time.Millisecond)
	}
	b.StopTimer()
	wall := b.Elapsed().Seconds()
	b.ReportMetric(float64(e.Events()-before)/wall/1e6, "Mevents/s")
	b.ReportMetric(float64(count()-packets)/wall/1e6, "Mpackets/s")
	b.ReportMetric((e.Now()-start).Seconds()/wall, "xreal")
}

// BenchmarkViewers is many connections of one message a second each: what a
// connection costs when thousands are there.
func BenchmarkViewers(b *testing.B) {
	for _, count := range []int{100, 1000, 10000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			e, n := viewersWorld(b, count)
			benchmark(b, e, n)
			runtime.GC()
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/float64(count)/1024, "kB/viewer")
			runtime.KeepAlive(n)
		})
	}
}

// viewersWorld is that many hosts who get a message a second each from a server.
func viewersWorld(t testing.TB, count int) (*engine.Engine, *Network) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	server, err := n.AddHost(HostOptions{Name: "server", Actor: trace.Nobody})
	if err != nil {
		t.Fatal(err)
	}
	server.Listen(1935, func(sockets.Socket) sockets.Handler {
		return &messages{p: e.Proc("play"), every: time.Second, msg: make([]byte, 1000)}
	})
	access := LinkOptions{RateBPS: 20e6, Delay: 20 * time.Millisecond}
	for i := range count {
		h, err := n.AddHost(HostOptions{Name: fmt.Sprint("v", i), Actor: trace.Nobody, Access: &AccessOptions{Up: access, Down: access}})
		if err != nil {
			t.Fatal(err)
		}
		h.Dial("server", 1935, &messages{})
	}
	return e, n
}
