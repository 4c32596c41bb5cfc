package realnet

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"

	"minilab/simulator/engine/sockets"
)

// sendRoomBytes is what a socket takes before it asks its user to wait, on top of what
// the kernel holds. Source: none; fidelity: assumed.
const sendRoomBytes = 64 << 10

// socket is the loop's side of a connection. It implements sockets.Half. Its
// fields belong to the loop, but for the pump, which has a lock of its own.
type socket struct {
	n      *Net
	h      sockets.Handler
	port   uint16 // that it was accepted on; 0: dialled
	undial context.CancelFunc
	pump   *pump // nil until the connection stands

	local, remote netip.AddrPort

	over     bool // no callback follows
	finished bool // the outgoing stream has ended
	unsent   int  // bytes given to Send and not taken by the kernel
	full     bool // Free has been at or below zero since OnWritable
	deaf     bool // Receive(false)
	held     []byte
	waiting  bool     // the reader waits for leave to go on
	early    [][]byte // given to Send before the connection stood
}

var _ sockets.Half = (*socket)(nil)

func newSocket(n *Net, c net.Conn) *socket {
	s := &socket{n: n}
	if c != nil {
		s.adopt(c)
	}
	return s
}

// adopt gives the socket its connection.
func (s *socket) adopt(c net.Conn) {
	s.pump = newPump(s, c)
	s.local, s.remote = addrOf(c.LocalAddr()), addrOf(c.RemoteAddr())
}

func addrOf(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		at := tcp.AddrPort()
		return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
	}
	return netip.AddrPort{}
}

// open begins: the connection stands and has its handler.
func (s *socket) open() {
	s.pump.begin()
	for _, p := range s.early {
		s.pump.send(p)
	}
	s.early = nil
	s.h.OnOpen(s)
}

// Send implements sockets.Socket.
func (s *socket) Send(p []byte) {
	if s.over || s.finished || len(p) == 0 {
		return
	}
	s.unsent += len(p)
	s.full = s.full || s.Free() <= 0
	if s.pump == nil {
		s.early = append(s.early, p)
		return
	}
	s.pump.send(p)
}

// Free implements sockets.Socket.
func (s *socket) Free() int { return sendRoomBytes - s.unsent }

// Unacked implements sockets.Socket, as far as can be seen: what the kernel hasn't taken.
func (s *socket) Unacked() int { return s.unsent }

// sent: the kernel has taken that many bytes.
func (s *socket) sent(bytes int) {
	s.unsent -= bytes
	if s.full && !s.over && s.Free() > sendRoomBytes/2 {
		s.full = false
		s.h.OnWritable(s)
	}
}

// Receive implements sockets.Socket. What the reader has read already is handed over in
// a later event.
func (s *socket) Receive(on bool) {
	s.deaf = !on
	if on && s.waiting {
		s.n.proc.After(0, s.resume)
	}
}

func (s *socket) resume() {
	if s.deaf || s.over || !s.waiting {
		return
	}
	if p := s.held; p != nil {
		s.held = nil
		s.h.OnData(s, p)
	}
	s.proceed()
}

// arrived is what the reader has read; it waits for leave to read more.
func (s *socket) arrived(p []byte) {
	if s.over {
		return
	}
	s.waiting = true
	if s.deaf {
		s.held = p
		return
	}
	s.h.OnData(s, p)
	s.proceed()
}

// proceed lets the reader go on, unless nobody wants to hear it.
func (s *socket) proceed() {
	if !s.deaf && !s.over && s.waiting && s.held == nil {
		s.waiting = false
		s.pump.proceed()
	}
}

// inEnded: the reader has come to an end.
func (s *socket) inEnded(err error) {
	if s.over {
		return
	}
	if !errors.Is(err, io.EOF) {
		s.fail(err)
		return
	}
	if h, half := s.h.(sockets.HalfHandler); half && !s.finished {
		h.OnEnd(s)
		return
	}
	s.Close()
	s.h.OnClose(s, nil)
}

// fail ends the connection for a reason.
func (s *socket) fail(err error) {
	if s.over {
		return
	}
	s.Abort()
	s.h.OnClose(s, cause(err))
}

// cause puts an error of package net into the model's words.
func cause(err error) error {
	var name *net.DNSError
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		return sockets.ErrNameNotFound
	case errors.As(err, &name) && name.IsTimeout:
		return sockets.ErrNameTimeout
	case errors.As(err, &name):
		return sockets.ErrNameFailure
	case errors.Is(err, syscall.ECONNREFUSED):
		return sockets.ErrRefused
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, sockets.ErrNoRoute):
		return sockets.ErrNoRoute
	case errors.Is(err, context.DeadlineExceeded):
		return sockets.ErrConnectTimeout
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, syscall.ETIMEDOUT):
		return sockets.ErrTimeout
	}
	return sockets.ErrReset
}

// CloseWrite implements sockets.Half.
func (s *socket) CloseWrite() {
	if s.over || s.finished {
		return
	}
	s.finished = true
	if s.pump != nil {
		s.pump.finish()
	}
}

// Close implements sockets.Socket.
func (s *socket) Close() {
	if s.over {
		return
	}
	s.over, s.held = true, nil
	if s.pump == nil {
		s.undial()
		return
	}
	s.pump.close()
}

// Abort implements sockets.Socket.
func (s *socket) Abort() {
	if s.over {
		return
	}
	s.over, s.held, s.early = true, nil, nil
	if s.pump == nil {
		s.undial()
		return
	}
	s.pump.abort()
}

// Local implements sockets.Socket.
func (s *socket) Local() netip.AddrPort { return s.local }

// Remote implements sockets.Socket.
func (s *socket) Remote() netip.AddrPort { return s.remote }
