package engine

import (
	"net/netip"
	"time"

	"minilab/simulator/engine/sockets"
)

// loopback is a network of one host for the tests: fixed latency, no loss, a send
// buffer that fills at a fixed rate, in order.
type loopback struct {
	e       *Engine
	delay   time.Duration
	buffer  int           // send buffer, bytes
	perByte time.Duration // serialisation
	ports   map[uint16]func(sockets.Socket) sockets.Handler
	opened  int
	log     func(format string, a ...any) // every Send and end, or nil
}

func (n *loopback) note(format string, a ...any) {
	if n.log != nil {
		n.log(format, a...)
	}
}

func newLoopback(e *Engine, delay time.Duration) *loopback {
	return &loopback{e: e, delay: delay, buffer: 32 << 10, ports: map[uint16]func(sockets.Socket) sockets.Handler{}}
}

func (n *loopback) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (func(), error) {
	if n.ports[port] != nil {
		return nil, sockets.ErrAddressInUse
	}
	n.ports[port] = accept
	return func() { delete(n.ports, port) }, nil
}

func (n *loopback) Dial(_ string, port uint16, h sockets.Handler) sockets.Socket {
	n.opened++
	here := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), uint16(40000+n.opened))
	there := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
	a := &loopSocket{n: n, p: n.e.Proc("loop/a"), h: h, local: here, remote: there, on: true}
	b := &loopSocket{n: n, p: n.e.Proc("loop/b"), local: there, remote: here, on: true}
	a.peer, b.peer = b, a
	a.p.After(n.delay, func() {
		accept := n.ports[port]
		if accept == nil {
			a.p.After(n.delay, func() { a.finish(sockets.ErrRefused) })
			return
		}
		b.h = accept(b)
		b.h.OnOpen(b)
		a.p.After(n.delay, func() {
			if !a.done {
				a.h.OnOpen(a)
			}
		})
	})
	return a
}

type loopSocket struct {
	n             *loopback
	p             *Proc
	h             sockets.Handler
	peer          *loopSocket
	local, remote netip.AddrPort
	inFlight      int
	busy          time.Duration // when what was sent will have left
	full          bool
	on            bool
	done          bool
	held          [][]byte
	heldEnd       func()
}

func (s *loopSocket) Send(p []byte) {
	if s.done {
		return
	}
	s.n.note("%v %v->%v sends %q", s.p.Now(), s.local, s.remote, p)
	s.inFlight += len(p)
	s.full = s.full || s.Free() <= 0
	s.later(func() {
		s.inFlight -= len(p)
		s.peer.arrive(p)
		if s.full && !s.done && s.Free() > s.n.buffer/2 {
			s.full = false
			s.h.OnWritable(s)
		}
	}, len(p))
}

// later has f called when what is sent now has arrived.
func (s *loopSocket) later(f func(), size int) {
	s.busy = max(s.busy, s.p.Now()) + time.Duration(size)*s.n.perByte
	s.p.At(s.busy+s.n.delay, f)
}

func (s *loopSocket) arrive(p []byte) {
	switch {
	case s.done:
	case s.on:
		s.h.OnData(s, p)
	default:
		s.held = append(s.held, p)
	}
}

func (s *loopSocket) Free() int    { return s.n.buffer - s.inFlight - s.peer.heldBytes() }
func (s *loopSocket) Unacked() int { return s.inFlight }

func (s *loopSocket) heldBytes() int {
	n := 0
	for _, p := range s.held {
		n += len(p)
	}
	return n
}

func (s *loopSocket) Receive(on bool) {
	s.on = on
	if !on {
		return
	}
	for len(s.held) > 0 && s.on {
		p := s.held[0]
		s.held = s.held[1:]
		s.h.OnData(s, p)
	}
	if s.heldEnd != nil && len(s.held) == 0 {
		s.heldEnd()
	}
	if o := s.peer; o.full && !o.done && o.Free() > 0 {
		o.full = false
		o.p.After(o.n.delay, func() {
			if !o.done {
				o.h.OnWritable(o)
			}
		})
	}
}

func (s *loopSocket) finish(err error) {
	if s.done {
		return
	}
	if len(s.held) > 0 && err == nil {
		s.heldEnd = func() { s.finish(nil) }
		return
	}
	s.done = true
	s.h.OnClose(s, err)
}

func (s *loopSocket) Close() {
	if !s.done {
		s.n.note("%v %v->%v closes", s.p.Now(), s.local, s.remote)
		s.done = true
		s.later(func() { s.peer.finish(nil) }, 0)
	}
}

func (s *loopSocket) Abort() {
	if !s.done {
		s.done = true
		s.p.After(s.n.delay, func() { s.peer.finish(sockets.ErrReset) })
	}
}

func (s *loopSocket) Local() netip.AddrPort  { return s.local }
func (s *loopSocket) Remote() netip.AddrPort { return s.remote }
