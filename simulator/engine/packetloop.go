package engine

import (
	"net/netip"

	"minilab/simulator/engine/sockets"
)

// packetLoop is what belongs to the loop of a PacketConn: only events touch it.
type packetLoop struct {
	sock        sockets.Datagram
	inbox       []datagram // come, and not yet handed over
	held, room  int        // memory of what waits to be read, and of the queue, as the loop knows it
	unreachable bool       // to be handed over
	pending     bool       // a hand-over is scheduled
	ended       bool
}

// packetEvents is the DatagramHandler of a PacketConn.
type packetEvents PacketConn

// OnDatagram implements DatagramHandler.
func (h *packetEvents) OnDatagram(_ sockets.Datagram, p []byte, from netip.AddrPort) bool {
	l := &h.loop
	d := datagram{p, from}
	if l.held > 0 && l.held+d.memory() > l.room {
		return false
	}
	l.held += d.memory()
	l.inbox = append(l.inbox, d)
	(*PacketConn)(h).wake()
	return true
}

// OnUnreachable implements DatagramHandler. As with Linux, only a connected socket
// is told.
func (h *packetEvents) OnUnreachable(sockets.Datagram, netip.AddrPort) {
	if h.remote != nil {
		h.loop.unreachable = true
		(*PacketConn)(h).wake()
	}
}

// wake schedules a hand-over, unless one is on its way.
func (c *PacketConn) wake() {
	if !c.loop.pending {
		c.loop.pending = true
		c.port.hand(handing{})
	}
}

// packetEnd is the portEnd of a PacketConn.
type packetEnd PacketConn

func (h *packetEnd) flush() bool {
	l := &h.loop
	h.mu.Lock()
	h.looked()
	out, closed := h.out, h.closed
	h.out = nil
	l.held -= h.read
	l.room = h.room
	h.read = 0
	h.mu.Unlock()
	if l.ended {
		return false
	}
	for _, d := range out {
		l.sock.Send(d.data, d.peer)
	}
	if closed {
		l.ended = true
		l.sock.Close()
	}
	return false
}

func (h *packetEnd) handOver() bool {
	l := &h.loop
	l.pending = false
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, d := range l.inbox {
		h.in.push(d)
	}
	clear(l.inbox)
	l.inbox = l.inbox[:0]
	h.refused = h.refused || l.unreachable
	l.unreachable = false
	h.changed.Broadcast()
	return h.waiting > 0
}
