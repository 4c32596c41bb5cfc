package mediaserver

import (
	"net/netip"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
)

// memory is a network of one host for the tests: fixed latency, no loss, a bounded
// send buffer.
type memory struct {
	e      *engine.Engine
	delay  time.Duration
	buffer int
	ports  map[uint16]func(sockets.Socket) sockets.Handler
	opened int
	server []*memSocket
	forget bool // don't keep them
	client byte // where the next connection comes from: 10.0.0.client
}

// open counts the server's sockets that it hasn't ended.
func (n *memory) open() int {
	count := 0
	for _, s := range n.server {
		if !s.done {
			count++
		}
	}
	return count
}

func newMemory(e *engine.Engine) *memory {
	return &memory{e: e, delay: 10 * time.Millisecond, buffer: 64 << 10, client: 2, ports: map[uint16]func(sockets.Socket) sockets.Handler{}}
}

func (n *memory) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (func(), error) {
	if n.ports[port] != nil {
		return nil, sockets.ErrAddressInUse
	}
	n.ports[port] = accept
	return func() { delete(n.ports, port) }, nil
}

func (n *memory) Dial(_ string, port uint16, h sockets.Handler) sockets.Socket {
	n.opened++
	here := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, n.client}), uint16(20000+n.opened))
	there := netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, 0, 1}), port)
	a := &memSocket{n: n, p: n.e.Proc("memory/client"), h: h, local: here, remote: there, on: true}
	b := &memSocket{n: n, p: n.e.Proc("memory/server"), local: there, remote: here, on: true}
	a.peer, b.peer = b, a
	if !n.forget {
		n.server = append(n.server, b)
	}
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

type memSocket struct {
	n             *memory
	p             *engine.Proc
	h             sockets.Handler
	peer          *memSocket
	local, remote netip.AddrPort
	inFlight      int
	held          [][]byte // arrived while Receive was off
	heldBytes     int
	full, on      bool
	done, aborted bool
}

func (s *memSocket) Send(p []byte) {
	if s.done {
		return
	}
	s.inFlight += len(p)
	s.full = s.full || s.Free() <= 0
	s.p.After(s.n.delay, func() {
		o := s.peer
		switch {
		case o.done:
			s.inFlight -= len(p)
		case o.on:
			s.inFlight -= len(p)
			o.h.OnData(o, p)
		default:
			o.held = append(o.held, p)
			o.heldBytes += len(p)
		}
		s.room()
	})
}

func (s *memSocket) room() {
	if s.full && !s.done && s.Free() > s.n.buffer/2 {
		s.full = false
		s.h.OnWritable(s)
	}
}

func (s *memSocket) Free() int    { return s.n.buffer - s.inFlight }
func (s *memSocket) Unacked() int { return s.inFlight }

func (s *memSocket) Receive(on bool) {
	s.on = on
	for s.on && len(s.held) > 0 {
		p := s.held[0]
		s.held = s.held[1:]
		s.heldBytes -= len(p)
		s.peer.inFlight -= len(p)
		s.h.OnData(s, p)
	}
	s.peer.p.After(0, s.peer.room)
}

func (s *memSocket) finish(err error) {
	if !s.done {
		s.done = true
		s.h.OnClose(s, err)
	}
}

func (s *memSocket) end(err error) {
	if !s.done {
		s.done = true
		s.p.After(s.n.delay, func() {
			if s.peer.h != nil {
				s.peer.finish(err)
			}
		})
	}
}

func (s *memSocket) Close()                { s.end(nil) }
func (s *memSocket) Abort()                { s.aborted = true; s.end(sockets.ErrReset) }
func (s *memSocket) Local() netip.AddrPort { return s.local }

func (s *memSocket) Remote() netip.AddrPort { return s.remote }
