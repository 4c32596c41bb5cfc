package engine

import (
	"fmt"
	"net"
	"net/netip"
	"time"

	"minilab/simulator/engine/sockets"
)

// Listen is a blocking net.Listener over event sockets. Each accepted connection
// gets a port of its own, in the order in which the network accepted them; Accept
// returns it once it stands, one wake-up latency later. It is called on the loop. The
// listener also has SetDeadline.
func Listen(e *Engine, name string, s sockets.Stack, port uint16) (net.Listener, error) {
	l := &listener{addr: net.TCPAddrFromAddrPort(netip.AddrPortFrom(netip.IPv4Unspecified(), port))}
	l.init(e.Seam().Port(name), (*listenerEnd)(l))
	unlisten, err := s.Listen(port, l.accept)
	if err != nil {
		return nil, fmt.Errorf("listen on %s port %d: %w", name, port, err)
	}
	l.unlisten = unlisten
	return l, nil
}

type listener struct {
	blocking
	addr     net.Addr
	unlisten func()
	inbox    fifo[*Conn] // the loop's: accepted, not yet handed over
	accepted int
	ready    fifo[*Conn] // guarded by the lock
}

// accept is called by the network, on the loop.
func (l *listener) accept(s sockets.Socket) sockets.Handler {
	var events sockets.Handler
	l.accepted++
	p := l.port.s.Port(fmt.Sprintf("%s/%d", l.port.name, l.accepted))
	c := NewConn(p, func(h sockets.Handler) sockets.Socket {
		events = h
		return s
	})
	c.loop.accepted = func() {
		l.inbox.push(c)
		l.port.hand(handing{})
	}
	return events
}

// Accept implements net.Listener.
func (l *listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		if err := l.trouble(reading); err != nil {
			return nil, l.opError("accept", err)
		}
		if l.ready.len() > 0 {
			return l.ready.pop(), nil
		}
		l.wait()
	}
}

// SetDeadline bounds how long Accept waits.
func (l *listener) SetDeadline(t time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return l.opError("set", net.ErrClosed)
	}
	l.setDeadlines(t, reading)
	return nil
}

func (l *listener) opError(op string, err error) error {
	l.port.s.e.pulse.park()
	return &net.OpError{Op: op, Net: "tcp", Addr: l.addr, Err: err}
}

// Close implements net.Listener.
func (l *listener) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return l.opError("close", net.ErrClosed)
	}
	l.closed = true
	l.changed.Broadcast()
	l.mark()
	return nil
}

// Addr implements net.Listener.
func (l *listener) Addr() net.Addr { return l.addr }

// listenerEnd is the portEnd of a listener.
type listenerEnd listener

func (h *listenerEnd) flush() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.looked()
	if !h.closed {
		return false
	}
	h.unlisten()
	for h.ready.len() > 0 {
		h.ready.pop().refuse()
	}
	return false
}

func (h *listenerEnd) handOver() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	c := h.inbox.pop()
	if h.closed {
		c.refuse()
		return false
	}
	h.ready.push(c)
	h.changed.Signal()
	return h.waiting > 0
}
