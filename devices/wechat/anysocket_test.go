package wechat

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// life is what one socket told its app.
type life struct {
	task          *SocketTask
	opened, ended int
	closing       bool // the app has closed it
	endedAt       time.Duration
	closedAt      time.Duration
}

// TestSocketsInAnyOrder does anything to a few sockets, on a server that does
// anything: each tells its end once and last, in bounded time when the app asked for
// it, and nothing is left.
func TestSocketsInAnyOrder(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := newNetWorld(t, func() sockets.Handler { return moody(t, r) })
		var lives []*life
		for at := time.Duration(0); at < 30*time.Second; at += time.Duration(r.IntN(2000)) * time.Millisecond {
			w.net.proc.At(at, func() { w.anything(t, r, &lives) })
		}
		w.net.proc.At(31*time.Second, func() {
			for _, l := range lives {
				l.close(w)
			}
		})
		w.e.RunUntil(2 * time.Minute)
		for i, l := range lives {
			where := fmt.Sprintf("seed %d, socket %d", seed, i)
			if l.ended != 1 || l.opened > 1 {
				t.Fatalf("%s opened %d times and ended %d times", where, l.opened, l.ended)
			}
			if l.closing && l.endedAt-l.closedAt > closeTimeout {
				t.Fatalf("%s ended %v after the app closed it", where, l.endedAt-l.closedAt)
			}
		}
		if w.host.sockets != 0 {
			t.Fatalf("seed %d: %d sockets counted at the end", seed, w.host.sockets)
		}
		rec, err := w.log.Seal()
		if err != nil {
			t.Fatal(err)
		}
		checkNumbers(t, rec)
	}
}

// moody is a server that answers frames as it likes.
func moody(t *testing.T, r *rand.Rand) *onRequest {
	return upgraded(t, func(s sockets.Socket, op ws.OpCode, p []byte) {
		frame := func(f ws.Frame) { s.Send(ws.MustCompileFrame(f)) }
		switch r.IntN(6) {
		case 0:
			s.Close()
		case 1: // nothing
		case 2:
			frame(ws.NewTextFrame(p))
			frame(ws.NewPingFrame(nil))
		case 3:
			frame(ws.NewCloseFrame(ws.NewCloseFrameBody(1001, "bye")))
		case 4:
			s.Send([]byte{0xff, 0xff}) // no frame
		default:
			if op == ws.OpClose {
				frame(ws.NewTextFrame([]byte("late")))
				frame(ws.NewCloseFrame(p))
				s.Close()
			}
		}
	})
}

// anything has the app or the network do one thing.
func (w *netWorld) anything(t *testing.T, r *rand.Rand, lives *[]*life) {
	l := &life{}
	if n := len(*lives); n > 0 {
		l = (*lives)[r.IntN(n)]
	}
	switch r.IntN(6) {
	case 0, 1:
		l = &life{task: w.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/api", Timeout: 5 * time.Second})}
		alive := func(what string) {
			if l.ended > 0 {
				t.Errorf("%s after the end", what)
			}
		}
		end := func() { alive("an end"); l.ended++; l.endedAt = w.e.Now() }
		l.task.OnOpen = func() { alive("open"); l.opened++ }
		l.task.OnMessage = func([]byte) { alive("a message") }
		l.task.OnClose = func(int, string) { end() }
		l.task.OnError = func(string) { end() }
		*lives = append(*lives, l)
	case 2:
		w.net.cut(sockets.ErrReset)
	case 3:
		w.net.outage(time.Duration(r.IntN(15000)) * time.Millisecond)
	case 4:
		if l.task != nil {
			if err := l.task.SendAs("ping", []byte("x")); err == nil && (l.closing || l.ended > 0) {
				t.Error("a closed socket took a message")
			}
		}
	case 5:
		l.close(w)
	}
}

func (l *life) close(w *netWorld) {
	if l.task == nil || l.ended > 0 || l.closing {
		return
	}
	l.closing, l.closedAt = true, w.e.Now()
	l.task.Close(1000, "")
}

// checkNumbers wants each socket dialled once, closed as often as opened, and nothing
// sent on one that isn't open.
func checkNumbers(t *testing.T, r *trace.Record) {
	t.Helper()
	dialled, open := map[int64]bool{}, map[int64]bool{}
	for _, ev := range r.Events {
		n := ev.V[0]
		bad := false
		switch ev.Kind {
		case trace.SocketDialled:
			bad = dialled[n]
			dialled[n] = true
		case trace.SocketOpened:
			bad = !dialled[n] || open[n]
			open[n] = true
		case trace.SocketSent:
			bad = !open[n]
		case trace.SocketClosed:
			bad = !open[n]
			delete(open, n)
		}
		if bad {
			t.Fatalf("%v of socket %d at %v", ev.Kind, n, ev.At)
		}
	}
	if len(open) > 0 {
		t.Fatalf("%d sockets stay open", len(open))
	}
}
