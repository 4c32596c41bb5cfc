package tlsmodel

import (
	"bytes"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
)

const delay = 50 * time.Millisecond

// wire is a pair of sockets that deliver bytes after a delay, in pieces of a fixed
// size, and counts them per direction.
type wire struct {
	p      *engine.Proc
	piece  int
	accept func(sockets.Socket) sockets.Handler
	ends   [2]*end // client's, server's
}

type end struct {
	w      *wire
	h      sockets.Handler
	peer   *end
	sent   int
	on     bool
	held   []func()
	closed bool
}

func (w *wire) Listen(_ uint16, accept func(sockets.Socket) sockets.Handler) (func(), error) {
	w.accept = accept
	return func() {}, nil
}

func (w *wire) Dial(_ string, _ uint16, h sockets.Handler) sockets.Socket {
	a, b := &end{w: w, h: h, on: true}, &end{w: w, on: true}
	a.peer, b.peer = b, a
	w.ends = [2]*end{a, b}
	w.p.After(delay, func() {
		b.h = w.accept(b)
		b.h.OnOpen(b)
	})
	w.p.After(2*delay, func() { a.h.OnOpen(a) })
	return a
}

func (s *end) Send(p []byte) {
	s.sent += len(p)
	for len(p) > 0 {
		q := p[:min(len(p), s.w.piece)]
		p = p[len(q):]
		s.later(func() { s.peer.h.OnData(s.peer, q) })
	}
}

func (s *end) later(f func()) {
	s.w.p.After(delay, func() {
		if s.peer.held = append(s.peer.held, f); s.peer.on {
			s.peer.Receive(true)
		}
	})
}

func (s *end) Receive(on bool) {
	s.on = on
	for s.on && len(s.held) > 0 && !s.closed {
		f := s.held[0]
		s.held = s.held[1:]
		f()
	}
}

func (s *end) Close() {
	s.closed = true
	s.later(func() { s.peer.h.OnClose(s.peer, nil) })
}

func (s *end) Abort() {
	s.closed = true
	s.later(func() { s.peer.h.OnClose(s.peer, sockets.ErrReset) })
}

func (s *end) Free() int              { return 1 << 20 }
func (s *end) Unacked() int           { return 0 }
func (s *end) Local() netip.AddrPort  { return netip.AddrPort{} }
func (s *end) Remote() netip.AddrPort { return netip.AddrPort{} }

// user notes what it is told.
type user struct {
	p      *engine.Proc
	log    []string
	data   []byte
	opened time.Duration
	onData func(s sockets.Socket)
}

func (u *user) OnOpen(sockets.Socket)     { u.opened = u.p.Now(); u.log = append(u.log, "open") }
func (u *user) OnWritable(sockets.Socket) {}
func (u *user) OnData(s sockets.Socket, p []byte) {
	u.data = append(u.data, p...)
	if u.onData != nil {
		u.onData(s)
	}
}
func (u *user) OnClose(_ sockets.Socket, err error) { u.log = append(u.log, fmt.Sprint("close ", err)) }

type world struct {
	e              *engine.Engine
	w              *wire
	client, server *user
	a, b           sockets.Socket
}

func connect(piece int) *world {
	e := engine.New(1)
	p := e.Proc("test")
	x := &world{e: e, w: &wire{p: p, piece: piece}, client: &user{p: p}, server: &user{p: p}}
	x.w.Listen(443, Accept(func(s sockets.Socket) sockets.Handler { x.b = s; return x.server }))
	x.a = Dial(x.w, "host", 443, x.client)
	return x
}

func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i * 7)
	}
	return b
}

func TestBytesAndRoundTrips(t *testing.T) {
	for _, piece := range []int{1, 3, 1448, 1 << 20} {
		x := connect(piece)
		up, down := pattern(40_000), pattern(100)
		x.a.Send(up) // before it is open
		x.e.RunUntil(time.Second)
		x.b.Send(down)
		x.e.RunUntil(2 * time.Second)
		if x.client.opened != 6*delay || x.server.opened != 5*delay {
			t.Errorf("piece %d: open after %v and %v, want three and two and a half round trips", piece, x.client.opened, x.server.opened)
		}
		if !bytes.Equal(x.server.data, up) || !bytes.Equal(x.client.data, down) {
			t.Errorf("piece %d: %d and %d bytes came out", piece, len(x.server.data), len(x.client.data))
		}
		if got, want := x.w.ends[0].sent, 517+126+40_000+3*29; got != want {
			t.Errorf("piece %d: client sent %d bytes, want %d", piece, got, want)
		}
		if got, want := x.w.ends[1].sent, 3600+51+100+29; got != want {
			t.Errorf("piece %d: server sent %d bytes, want %d", piece, got, want)
		}
	}
}

func TestRecordComesWhole(t *testing.T) {
	x := connect(1448)
	x.e.RunUntil(time.Second)
	x.b.(*conn).sock.Send([]byte{dataRecord, 3, 3, 0, 34, 1, 2})
	x.e.RunUntil(2 * time.Second)
	if len(x.client.data) != 0 {
		t.Fatalf("%v came from half a record", x.client.data)
	}
	x.b.(*conn).sock.Send(make([]byte, 32))
	x.e.RunUntil(3 * time.Second)
	if want := []byte{1, 2, 0, 0, 0, 0, 0, 0, 0, 0}; !bytes.Equal(x.client.data, want) {
		t.Errorf("got %v, want %v", x.client.data, want)
	}
}

func TestCloseComesAfterHeldData(t *testing.T) {
	x := connect(1 << 20)
	x.e.RunUntil(time.Second)
	x.client.onData = func(s sockets.Socket) { s.Receive(false) }
	x.b.Send(pattern(50_000)) // four records
	x.b.Close()
	x.e.RunUntil(2 * time.Second)
	if len(x.client.data) != maxPayloadBytes || len(x.client.log) != 1 {
		t.Fatalf("while off: %d bytes, %v", len(x.client.data), x.client.log)
	}
	x.client.onData = nil
	x.a.Receive(true)
	x.e.RunUntil(3 * time.Second)
	if !bytes.Equal(x.client.data, pattern(50_000)) || fmt.Sprint(x.client.log) != "[open close <nil>]" {
		t.Errorf("%d bytes, %v", len(x.client.data), x.client.log)
	}
	if got, want := x.w.ends[1].sent, 3600+51+50_000+4*29+31; got != want {
		t.Errorf("server sent %d bytes, want %d", got, want)
	}
}

func TestTrouble(t *testing.T) {
	t.Run("closed during the handshake", func(t *testing.T) {
		x := connect(1448)
		x.e.RunUntil(delay + time.Millisecond)
		x.b.Close()
		x.e.RunUntil(time.Second)
		if len(x.client.log) != 1 || x.client.opened != 0 {
			t.Errorf("client was told %v", x.client.log)
		}
	})
	t.Run("not a record", func(t *testing.T) {
		x := connect(1448)
		x.e.RunUntil(time.Second)
		x.b.(*conn).sock.Send([]byte("HTTP/1.1 400"))
		x.e.RunUntil(2 * time.Second)
		if want := "close malformed TLS record: " + sockets.ErrReset.Error(); len(x.client.log) != 2 || x.client.log[1] != want {
			t.Errorf("client was told %q", x.client.log)
		}
	})
	t.Run("no callback after close", func(t *testing.T) {
		x := connect(1448)
		x.e.RunUntil(time.Second)
		x.b.Send(pattern(100))
		x.a.Close()
		x.e.RunUntil(2 * time.Second)
		if len(x.client.data) != 0 || len(x.client.log) != 1 {
			t.Errorf("client was told %v, %d bytes", x.client.log, len(x.client.data))
		}
		if fmt.Sprint(x.server.log) != "[open close <nil>]" {
			t.Errorf("server was told %v", x.server.log)
		}
	})
}
