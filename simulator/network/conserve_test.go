package network

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/link"
	"minilab/simulator/trace"
)

// talker sends bytes that follow from its key, checks those of its peer, and pauses
// reading now and then.
type talker struct {
	t      *rapid.T
	p      *engine.Proc
	name   string
	out    *rand.Rand
	in     *rand.Rand
	left   int
	chunk  int
	pause  time.Duration
	s      sockets.Socket
	closed bool
	err    error
	got    int
	after  bool // a callback came after the end
	ending bool // closes when it has sent all
}

func stream(key uint64) *rand.Rand { return rand.New(rand.NewPCG(key, 7)) }

func (k *talker) OnOpen(s sockets.Socket) {
	k.s = s
	k.OnWritable(s)
}

func (k *talker) OnWritable(s sockets.Socket) {
	k.after = k.after || k.closed
	for s.Free() > 0 && k.left > 0 {
		b := make([]byte, min(k.chunk, k.left))
		for i := range b {
			b[i] = byte(k.out.Uint32())
		}
		k.left -= len(b)
		s.Send(b)
	}
	if k.left == 0 && k.ending {
		k.ending = false
		k.p.After(0, s.Close)
		k.closed = true
	}
}

func (k *talker) OnData(s sockets.Socket, p []byte) {
	k.after = k.after || k.closed
	want := make([]byte, len(p))
	for i := range want {
		want[i] = byte(k.in.Uint32())
	}
	if !bytes.Equal(p, want) {
		k.t.Fatalf("%s: wrong bytes at %d", k.name, k.got)
	}
	k.got += len(p)
	if k.pause > 0 {
		s.Receive(false)
		k.p.After(k.pause, func() { s.Receive(true) })
	}
}

func (k *talker) OnClose(_ sockets.Socket, err error) {
	k.after = k.after || k.closed
	k.closed, k.err = true, err
}

var conserveTrace, _ = link.ParseTrace("t", []byte("10\n30\n30\n31\n200\n"))

func drawLink(t *rapid.T, name string) LinkOptions {
	o := LinkOptions{
		RateBPS:    rapid.SampledFrom([]int64{0, 64e3, 1e6, 20e6}).Draw(t, name+" rate"),
		QueueBytes: rapid.SampledFrom([]int{0, 3000, 30000}).Draw(t, name+" queue"),
		Delay:      time.Duration(rapid.IntRange(0, 300).Draw(t, name+" delay")) * time.Millisecond,
		Jitter:     time.Duration(rapid.IntRange(0, 100).Draw(t, name+" jitter")) * time.Millisecond,
	}
	o.Loss.Rate = rapid.SampledFrom([]float64{0, 0.01, 0.1, 0.2}).Draw(t, name+" loss")
	if rapid.Bool().Draw(t, name+" mishaps") {
		o.DuplicateRate, o.CorruptRate, o.AheadRate = 0.02, 0.02, 0.02
		o.Reorder = rapid.Bool().Draw(t, name+" reorder")
	}
	if rapid.Bool().Draw(t, name+" traced") {
		o.RateBPS, o.Trace = 0, conserveTrace
	}
	o.CoDel = (o.RateBPS > 0 || o.Trace != nil) && rapid.Bool().Draw(t, name+" codel")
	if rapid.Bool().Draw(t, name+" chain") {
		o.Loss.Markov = link.Markov{P: 0.02, R: 0.4, LossBad: 0.7}
	}
	o.Loss.BurstMean = rapid.SampledFrom([]time.Duration{0, 0, 50 * time.Millisecond}).Draw(t, name+" burst")
	return o
}

// TestConservation: whatever the link does, the bytes that arrive are a beginning of
// those sent, all of them if nobody says otherwise; each packet has one fate.
func TestConservation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := engine.New(rapid.Uint64().Draw(t, "seed"))
		n := New(e, nil, Options{})
		a, err := n.AddHost(HostOptions{Name: "a", Actor: trace.Nobody, TCP: TCPOptions{CC: rapid.SampledFrom([]string{"cubic", "reno"}).Draw(t, "cc"), Nagle: rapid.Bool().Draw(t, "nagle")},
			Access: &AccessOptions{Up: drawLink(t, "up"), Down: drawLink(t, "down")}})
		if err != nil {
			t.Fatal(err)
		}
		b, _ := n.AddHost(HostOptions{Name: "b", Actor: trace.Nobody})
		proc := e.Proc("script")
		size := func(name string) int { return rapid.SampledFrom([]int{0, 1, 5000, 200000}).Draw(t, name) }
		up, down := size("up bytes"), size("down bytes")
		mk := func(name string, out, in uint64, left int) *talker {
			return &talker{t: t, p: proc, name: name, out: stream(out), in: stream(in), left: left,
				chunk: rapid.SampledFrom([]int{100, 1448, 10000}).Draw(t, name+" chunk"), pause: rapid.SampledFrom([]time.Duration{0, 0, 20 * time.Millisecond}).Draw(t, name+" pause")}
		}
		client, server := mk("client", 1, 2, up), mk("server", 2, 1, down)
		b.Listen(80, func(sockets.Socket) sockets.Handler { return server })
		a.Dial("b", 80, client)
		for i := range rapid.IntRange(0, 2).Draw(t, "outages") {
			at := time.Duration(rapid.IntRange(0, 20000).Draw(t, fmt.Sprint("outage ", i))) * time.Millisecond
			length := time.Duration(rapid.IntRange(1, 10000).Draw(t, fmt.Sprint("length ", i))) * time.Millisecond
			proc.At(at, func() { a.Outage(length) })
		}
		rate := rapid.SampledFrom([]int64{0, 32e3, 5e6}).Draw(t, "new rate")
		proc.At(time.Duration(rapid.IntRange(0, 20000).Draw(t, "change"))*time.Millisecond, func() {
			if a.Link().Up.CoDel {
				rate = max(rate, 32e3) // nothing waits without a rate
			}
			if err := a.Apply(LinkChange{Up: &DirectionChange{RateBPS: &rate}}); err != nil {
				t.Fatal(err)
			}
		})
		e.RunUntil(24 * time.Hour) // back-off makes bad links very slow
		if client.after || server.after {
			t.Fatal("a callback came after the end")
		}
		if client.got > down || server.got > up {
			t.Fatalf("more arrived than was sent: %d of %d, %d of %d", client.got, down, server.got, up)
		}
		if client.err == nil && server.err == nil && (client.got < down || server.got < up) {
			t.Fatalf("no error, yet %d of %d and %d of %d arrived", client.got, down, server.got, up)
		}
		if k, m := client.got, server.got; client.s == nil && !client.closed {
			t.Fatalf("never opened, never closed: %d %d", k, m)
		}
		wantFates(t, n)
	})
}

// wantFates: when nothing moves any more, each packet has one named fate.
func wantFates(t interface{ Fatalf(string, ...any) }, n *Network) {
	for _, h := range n.hosts {
		up, down := h.Traffic()
		for _, l := range []struct {
			name string
			t    link.Totals
		}{{"up", up}, {"down", down}} {
			if l.t.Sent+l.t.Duplicated != l.t.Ended() {
				t.Fatalf("%s %s: %+v", h.name, l.name, l.t)
			}
		}
	}
	if live := n.Live(); live != 0 {
		t.Fatalf("%d packets are still under way", live)
	}
}

// TestOrderlyEnd: both ends may close at any time; afterwards hosts remember nothing.
func TestOrderlyEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := engine.New(rapid.Uint64().Draw(t, "seed"))
		n := New(e, nil, Options{})
		a, _ := n.AddHost(HostOptions{Name: "a", Actor: trace.Nobody, Access: &AccessOptions{Up: drawLink(t, "up"), Down: drawLink(t, "down")}})
		b, _ := n.AddHost(HostOptions{Name: "b", Actor: trace.Nobody})
		proc := e.Proc("script")
		client := &talker{t: t, p: proc, name: "client", out: stream(1), in: stream(2), left: 20000, chunk: 1000, ending: rapid.Bool().Draw(t, "client closes")}
		server := &talker{t: t, p: proc, name: "server", out: stream(2), in: stream(1), left: 20000, chunk: 1000, ending: rapid.Bool().Draw(t, "server closes")}
		b.Listen(80, func(sockets.Socket) sockets.Handler { return server })
		s := a.Dial("b", 80, client)
		if rapid.Bool().Draw(t, "abort") {
			proc.At(time.Duration(rapid.IntRange(0, 3000).Draw(t, "at"))*time.Millisecond, func() { s.Abort(); client.closed = true })
		}
		e.RunUntil(time.Hour)
		if client.closed || server.closed {
			for _, h := range n.hosts {
				if len(h.table) > 1 || (client.closed && server.closed && len(h.table) > 0) {
					t.Fatalf("%s still has %d connections", h.name, len(h.table))
				}
			}
		}
		for _, k := range []*talker{client, server} {
			if k.err != nil && !errors.Is(k.err, sockets.ErrReset) && !errors.Is(k.err, sockets.ErrTimeout) && !errors.Is(k.err, sockets.ErrConnectTimeout) && !errors.Is(k.err, sockets.ErrNameTimeout) {
				t.Fatalf("%s: %v", k.name, k.err)
			}
		}
		wantFates(t, n)
	})
}
