package wechat

import (
	"net/netip"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/rtmp"
	"minilab/simulator/rtmp/amf0"
)

// fakeNet is a network of one server: bytes arrive after a delay, at a rate, in order,
// and wait while an outage lasts. It loses nothing.
type fakeNet struct {
	proc   *engine.Proc
	delay  time.Duration
	upBPS  int64 // 0: unlimited
	accept func(sockets.Socket) sockets.Handler
	// dialError is what every Dial ends with, if set.
	dialError error
	out       bool // an outage lasts
	held      []func()
	pairs     [][2]*fakeSocket
}

func newFakeNet(e *engine.Engine) *fakeNet {
	return &fakeNet{proc: e.Proc("net"), delay: 20 * time.Millisecond}
}

const fakeBufferBytes = 64 << 10

type fakeSocket struct {
	n       *fakeNet
	peer    *fakeSocket
	h       sockets.Handler
	up      bool
	unacked int
	full    bool
	closed  bool
	freeAt  time.Duration // when the wire is free again
}

func (n *fakeNet) Dial(_ string, port uint16, h sockets.Handler) sockets.Socket {
	a, b := &fakeSocket{n: n, h: h, up: true}, &fakeSocket{n: n}
	a.peer, b.peer = b, a
	if n.dialError != nil {
		n.proc.After(n.delay, func() {
			if !a.closed {
				a.closed = true
				h.OnClose(a, n.dialError)
			}
		})
		return a
	}
	n.pairs = append(n.pairs, [2]*fakeSocket{a, b})
	n.pass(a, func() {
		if a.closed || b.closed {
			return
		}
		b.h = n.accept(b)
		b.h.OnOpen(b)
		a.h.OnOpen(a)
	})
	return a
}

func (n *fakeNet) Listen(uint16, func(sockets.Socket) sockets.Handler) (func(), error) {
	panic("not used")
}

// pass has f happen at the far end.
func (n *fakeNet) pass(_ *fakeSocket, f func()) {
	if n.out {
		n.held = append(n.held, f)
		return
	}
	n.proc.After(2*n.delay, f)
}

// outage holds everything back for that long.
func (n *fakeNet) outage(d time.Duration) {
	n.out = true
	n.proc.After(d, func() {
		n.out = false
		held := n.held
		n.held = nil
		for _, f := range held { // before what is on its way
			f()
		}
	})
}

// cut ends every connection with err, and further dials too.
func (n *fakeNet) cut(err error) {
	for _, p := range n.pairs {
		for _, s := range p {
			if s.closed {
				continue
			}
			s.closed = true
			if s.h != nil {
				s.h.OnClose(s, err)
			}
		}
	}
	n.pairs = nil
}

func (s *fakeSocket) Send(p []byte) {
	if s.closed {
		return
	}
	s.unacked += len(p)
	if s.Free() <= 0 {
		s.full = true
	}
	deliver := func() {
		s.unacked -= len(p)
		if !s.peer.closed {
			s.peer.h.OnData(s.peer, p)
		}
		if s.full && s.Free() > fakeBufferBytes/2 && !s.closed {
			s.full = false
			s.h.OnWritable(s)
		}
	}
	arrive := func() {
		if s.n.out {
			s.n.held = append(s.n.held, deliver)
			return
		}
		deliver()
	}
	s.freeAt = max(s.freeAt, s.n.proc.Now())
	if s.up && s.n.upBPS > 0 {
		s.freeAt += time.Duration(int64(len(p)) * 8 * int64(time.Second) / s.n.upBPS)
	}
	s.n.proc.At(s.freeAt+s.n.delay, arrive)
}

func (s *fakeSocket) Free() int    { return fakeBufferBytes - s.unacked }
func (s *fakeSocket) Unacked() int { return s.unacked }
func (s *fakeSocket) Receive(bool) {}
func (s *fakeSocket) Abort()       { s.Close() }
func (s *fakeSocket) Close() {
	if s.closed {
		return
	}
	s.closed = true
	s.n.pass(s, func() {
		if !s.peer.closed && s.peer.h != nil {
			s.peer.closed = true
			s.peer.h.OnClose(s.peer, nil)
		}
	})
}
func (s *fakeSocket) Local() netip.AddrPort  { return netip.MustParseAddrPort("10.0.0.2:40000") }
func (s *fakeSocket) Remote() netip.AddrPort { return netip.MustParseAddrPort("10.0.0.1:1935") }

// fakeServer speaks enough RTMP to publish and play, and relays what is published to
// whoever plays.
type fakeServer struct {
	refuse   bool // publish and play
	silent   bool // answers nothing on connections that are new
	sessions []*fakeSession
	got      []rtmp.Message          // from publishers
	lose     func(rtmp.Message) bool // what is not relayed; nil: all is
	// change is what becomes of a message on its way in; nil: nothing.
	change  func(rtmp.Message) rtmp.Message
	backlog bool // new players get everything since the start at once
}

type fakeSession struct {
	s      *fakeServer
	silent bool
	sock   sockets.Socket
	hello  int // handshake bytes of the client so far
	in     *rtmp.Reader
	out    rtmp.Writer
	plays  bool
}

func (s *fakeServer) accept(sock sockets.Socket) sockets.Handler {
	x := &fakeSession{s: s, silent: s.silent, sock: sock, in: rtmp.NewReader(rtmp.DefaultLimits)}
	s.sessions = append(s.sessions, x)
	return x
}

func (x *fakeSession) OnOpen(sockets.Socket)         {}
func (x *fakeSession) OnWritable(sockets.Socket)     {}
func (x *fakeSession) OnClose(sockets.Socket, error) { x.plays = false }

func (x *fakeSession) OnData(_ sockets.Socket, p []byte) {
	if x.silent {
		return
	}
	const first, all = 1 + 1536, 1 + 2*1536
	if x.hello < all {
		before := x.hello
		n := min(all-x.hello, len(p))
		x.hello += n
		p = p[n:]
		if before < first && x.hello >= first {
			greeting := make([]byte, all)
			greeting[0] = 3
			x.sock.Send(greeting)
		}
	}
	if err := x.in.Feed(p, x.message); err != nil {
		panic(err)
	}
}

func (x *fakeSession) send(m rtmp.Message) { x.sock.Send(x.out.Append(nil, m)) }

func (x *fakeSession) answer(stream uint32, name string, transaction float64, args ...any) {
	x.send(rtmp.Message{CSID: 3, Type: rtmp.TypeCommand, Stream: stream, Payload: rtmp.AppendCommand(nil, name, transaction, args...)})
}

func (x *fakeSession) status(code string) {
	x.answer(1, "onStatus", 0, nil, amf0.Object{{Name: "level", Value: "status"}, {Name: "code", Value: code}, {Name: "description", Value: ""}})
}

func (x *fakeSession) message(m rtmp.Message) error {
	switch m.Type {
	case rtmp.TypeAudio, rtmp.TypeVideo:
		if x.s.change != nil {
			m = x.s.change(m)
		}
		x.s.got = append(x.s.got, m)
		lost := x.s.lose != nil && x.s.lose(m)
		for _, y := range x.s.sessions {
			if y.plays && !lost {
				y.relay(m)
			}
		}
	case rtmp.TypeData:
		for _, y := range x.s.sessions {
			if y.plays {
				y.relay(m)
			}
		}
	case rtmp.TypeCommand:
		c, err := rtmp.ParseCommand(m.Payload, rtmp.DefaultLimits)
		if err != nil {
			return err
		}
		x.command(c)
	}
	return nil
}

func (x *fakeSession) relay(m rtmp.Message) {
	m.Stream = 1
	x.send(m)
}

func (x *fakeSession) command(c rtmp.Command) {
	switch c.Name {
	case "connect":
		x.answer(0, "_result", c.Transaction, amf0.Object{}, amf0.Object{{Name: "level", Value: "status"}, {Name: "code", Value: "NetConnection.Connect.Success"}})
	case "createStream":
		x.answer(0, "_result", c.Transaction, nil, 1.0)
	case "publish":
		if x.s.refuse {
			x.status("NetStream.Publish.BadName")
			return
		}
		x.status("NetStream.Publish.Start")
	case "play":
		if x.s.refuse {
			x.status("NetStream.Play.StreamNotFound")
			return
		}
		x.status("NetStream.Play.Start")
		x.plays = true
		// The configurations, and the backlog if asked for.
		seen := map[uint8]bool{}
		for _, m := range x.s.got {
			if !seen[m.Type] || x.s.backlog {
				x.relay(m)
			}
			seen[m.Type] = true
		}
	}
}
