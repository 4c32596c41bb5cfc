package network

import (
	"fmt"
	"net/netip"
	"syscall"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

const (
	// udpHeaderBytes: Source: RFC 791, RFC 768; fidelity: documented.
	udpHeaderBytes = 28
	// fragmentBytes is the payload of an IP fragment with an MTU of 1500, and
	// fragmentHeaderBytes the header of each.
	// Source: RFC 791; fidelity: documented.
	fragmentBytes, fragmentHeaderBytes = 1480, 20
	// icmpHeaderBytes and quotedBytes: what a message about a datagram adds to it,
	// and how much of it is quoted at most.
	// Source: RFC 792, RFC 1812 section 4.3.2.3 (576 bytes in all); fidelity: documented.
	icmpHeaderBytes, quotedBytes = 28, 548
)

// udpBytes is the length on the wire of a datagram. One that is longer than the MTU
// crosses a link as a single packet as long as its fragments together: it is lost
// whole, as it would be with any fragment, but with the odds of one packet.
func udpBytes(payload int) int {
	n := payload + udpHeaderBytes - fragmentHeaderBytes
	return n + (n+fragmentBytes-1)/fragmentBytes*fragmentHeaderBytes
}

// everywhere as the local address of a socket stands for all the host's addresses.
const everywhere = ^packet.Addr(0)

// udpSocket implements sockets.Datagram.
type udpSocket struct {
	h       *Host
	handler sockets.DatagramHandler
	local   packet.Endpoint
	peer    packet.Endpoint // of a connected socket
	closed  bool
}

// ListenUDP opens a UDP socket. An unspecified local address stands for all of the
// host's, port 0 for a free one. A port can be in use only once, whatever the address.
func (h *Host) ListenUDP(local netip.AddrPort, handler sockets.DatagramHandler) (sockets.Datagram, error) {
	addr, err := h.own(local.Addr())
	if err != nil {
		return nil, err
	}
	port := local.Port()
	if port == 0 {
		if port, err = h.portFor(); err != nil {
			return nil, err
		}
	}
	if h.udp[port] != nil {
		return nil, fmt.Errorf("UDP port %d of %s: %w", port, h.name, sockets.ErrAddressInUse)
	}
	s := &udpSocket{h: h, handler: handler, local: packet.Endpoint{Addr: addr, Port: port}}
	h.udp[port] = s.receive
	return s, nil
}

// own finds one of the host's own addresses.
func (h *Host) own(ip netip.Addr) (packet.Addr, error) {
	ip = ip.Unmap()
	switch {
	case !ip.IsValid() || ip.IsUnspecified():
		return everywhere, nil
	case ip == h.Addr():
		return h.addr, nil
	case ip.IsLoopback():
		return h.loopback(), nil
	}
	return 0, fmt.Errorf("%v isn't an address of %s: %w", ip, h.name, syscall.EADDRNOTAVAIL)
}

// loopback is the host's address for itself. It has one only once somebody asks.
func (h *Host) loopback() packet.Addr {
	if h.loop == 0 {
		h.loop = h.n.addAddr(localhost, h)
	}
	return h.loop
}

var localhost = netip.AddrFrom4([4]byte{127, 0, 0, 1})

// route finds an address as seen from this host, and the host's own address on the
// way there.
func (h *Host) route(ip netip.Addr) (from, to packet.Addr, ok bool) {
	ip = ip.Unmap()
	if ip.IsLoopback() || ip.IsUnspecified() {
		return h.loopback(), h.loopback(), true
	}
	to, ok = h.n.lookupAddr(ip)
	return h.addr, to, ok
}

// Local implements sockets.Datagram.
func (s *udpSocket) Local() netip.AddrPort {
	switch {
	case s.local.Addr != everywhere:
		return s.h.Address(s.local)
	case s.h.Addr().Is4():
		return netip.AddrPortFrom(netip.IPv4Unspecified(), s.local.Port)
	}
	return netip.AddrPortFrom(netip.IPv6Unspecified(), s.local.Port)
}

// Connect implements sockets.Datagram. To a peer that can't be reached nothing
// is sent, and nothing comes from there.
func (s *udpSocket) Connect(to netip.AddrPort) {
	from, addr, ok := s.h.route(to.Addr())
	s.peer = packet.Endpoint{Addr: everywhere, Port: to.Port()}
	if ok {
		s.peer.Addr = addr
	}
	if s.local.Addr == everywhere {
		s.local.Addr = from
	}
}

// Send implements sockets.Datagram.
func (s *udpSocket) Send(data []byte, to netip.AddrPort) {
	if s.closed {
		return
	}
	from, addr, ok := s.h.route(to.Addr())
	if s.local.Addr != everywhere {
		ok = ok && (from == s.local.Addr || addr == s.local.Addr || from != s.h.loop && s.local.Addr != s.h.loop)
		from = s.local.Addr
	}
	if !ok || len(data) > sockets.MaxDatagram {
		s.h.n.noise.NoRoute++
		return
	}
	s.h.transmitUDP(packet.Endpoint{Addr: from, Port: s.local.Port}, packet.Endpoint{Addr: addr, Port: to.Port()}, data)
}

// Close implements sockets.Datagram.
func (s *udpSocket) Close() {
	if !s.closed {
		s.closed = true
		delete(s.h.udp, s.local.Port)
	}
}

// receive takes a packet for the socket's port.
func (s *udpSocket) receive(p *packet.Packet) {
	mine := (s.local.Addr == everywhere || s.local.Addr == p.Dst.Addr) && (s.peer.Port == 0 || s.peer == p.Src)
	switch {
	case p.Proto == packet.ICMP:
		if mine {
			s.handler.OnUnreachable(s, s.h.Address(p.Src))
		}
	case !mine:
		s.h.unheard(p)
	case !s.handler.OnDatagram(s, p.Data, s.h.Address(p.Src)):
		s.h.n.noise.Overflowed++
	}
}

// unheard tells the sender of a datagram that nobody is at this port. The message
// comes from the datagram's destination and goes to its source. (Linux sends at most
// one a second to a peer after a burst of six; here each datagram has its answer.)
func (h *Host) unheard(p *packet.Packet) {
	h.n.noise.Unheard++
	m := h.Packet()
	m.Proto = packet.ICMP
	m.Src, m.Dst = p.Dst, p.Src
	m.Bytes = icmpHeaderBytes + min(p.Bytes, quotedBytes)
	h.Transmit(m)
}

func (h *Host) transmitUDP(from, to packet.Endpoint, data []byte) {
	p := h.Packet()
	p.Proto = packet.UDP
	p.Src, p.Dst = from, to
	p.Data = data
	p.Bytes = udpBytes(len(data))
	h.Transmit(p)
}
