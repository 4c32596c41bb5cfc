package network

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// drawMoves draws an access link with all that a plan can have: a translator, phases
// that may come with a new address, and flows of others, each for a while.
func drawMoves(t *rapid.T) AccessOptions {
	o := AccessOptions{Up: drawLink(t, "up"), Down: drawLink(t, "down")}
	o.NAT.Idle = rapid.SampledFrom([]time.Duration{0, time.Second, 30 * time.Second}).Draw(t, "idle")
	o.NAT.Reset = rapid.Bool().Draw(t, "reset")
	at := time.Duration(0)
	for i := range rapid.IntRange(0, 3).Draw(t, "phases") {
		name := fmt.Sprint("phase ", i)
		at += time.Duration(rapid.IntRange(1, 8000).Draw(t, name)) * time.Millisecond
		o.Phases = append(o.Phases, Phase{At: at, Up: drawLink(t, name+" up"), Down: drawLink(t, name+" down"),
			NewAddress: rapid.Bool().Draw(t, name+" moves")})
	}
	for i := range rapid.IntRange(0, 2).Draw(t, "flows") {
		name := fmt.Sprint("flow ", i)
		c := CrossOptions{Up: rapid.Bool().Draw(t, name+" up"), TCP: rapid.Bool().Draw(t, name+" tcp"),
			RateBPS: rapid.SampledFrom([]int64{20e3, 300e3}).Draw(t, name+" rate"),
			Start:   time.Duration(rapid.IntRange(0, 3000).Draw(t, name+" start")) * time.Millisecond, On: 5 * time.Second}
		o.Cross = append(o.Cross, c)
	}
	return o
}

// wantDelivered: what an end has sent is a beginning of what the other has got, and
// all of it if the sender has heard of no error. A receiver may be left half open.
func wantDelivered(t *rapid.T, from, to *talker, size int) {
	if to.got > size {
		t.Fatalf("%s got %d of %d bytes", to.name, to.got, size)
	}
	if from.s != nil && from.err == nil && !from.closed && to.got < size {
		t.Fatalf("%s got %d of %d bytes, and %s knows of no error", to.name, to.got, size, from.name)
	}
}

// TestConservationOnTheMove: handovers, forgotten mappings, other people's traffic and
// phases of a link may end a connection, but neither change nor lose what it carries
// without the sender being told; and each packet has one named fate.
func TestConservationOnTheMove(t *testing.T) {
	var whole, ended, moved int
	rapid.Check(t, func(t *rapid.T) {
		e := engine.New(rapid.Uint64().Draw(t, "seed"))
		n := New(e, nil, Options{})
		o := drawMoves(t)
		a, err := n.AddHost(HostOptions{Name: "a", Actor: trace.Nobody, Access: &o,
			TCP: TCPOptions{OS: rapid.SampledFrom([]string{"linux", "android", "ios"}).Draw(t, "os")}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := n.AddHost(HostOptions{Name: "b", Actor: trace.Nobody})
		if err != nil {
			t.Fatal(err)
		}
		proc := e.Proc("script")
		const up, down = 60_000, 150_000
		client := &talker{t: t, p: proc, name: "client", out: stream(1), in: stream(2), left: up, chunk: 1448}
		server := &talker{t: t, p: proc, name: "server", out: stream(2), in: stream(1), left: down, chunk: 10_000,
			pause: rapid.SampledFrom([]time.Duration{0, 20 * time.Millisecond}).Draw(t, "pause")}
		b.Listen(80, func(sockets.Socket) sockets.Handler { return server })
		a.Dial("b", 80, client)
		home := a.Addr()
		for i := range rapid.IntRange(0, 2).Draw(t, "handovers") {
			name := fmt.Sprint("handover ", i)
			to := drawMoves(t)
			at := time.Duration(rapid.IntRange(0, 10000).Draw(t, name)) * time.Millisecond
			change := LinkChange{Access: &to, NewAddress: rapid.Bool().Draw(t, name+" moves")}
			proc.At(at, func() {
				if err := a.Apply(change); err != nil {
					t.Fatal(err)
				}
			})
		}
		e.RunUntil(24 * time.Hour)
		if client.after || server.after {
			t.Fatal("a callback came after the end")
		}
		wantDelivered(t, client, server, up)
		wantDelivered(t, server, client, down)
		if client.s == nil && !client.closed {
			t.Fatal("never opened, never closed")
		}
		wantFates(t, n)
		if a.Addr() != home {
			moved++
		}
		if client.err != nil || server.err != nil {
			ended++
		} else if server.got == up && client.got == down {
			whole++
		}
	})
	if whole == 0 || ended == 0 || moved == 0 {
		t.Errorf("%d whole, %d ended, %d moved: the property has seen no such run", whole, ended, moved)
	}
}
