package network

import (
	"net/netip"
	"time"

	"minilab/simulator/network/packet"
)

// NATOptions are the address translation between a host and the core. The zero value
// is none.
type NATOptions struct {
	// Idle is after how long without a packet a mapping is forgotten; 0 switches
	// translation off.
	Idle time.Duration
	// Reset: a TCP packet without a mapping is answered with a reset; otherwise it
	// vanishes.
	Reset bool
}

// nat is the translator of a host. Addresses and ports stay as they are: only the
// life of mappings is modelled. A UDP packet from inside makes a mapping anew, of TCP
// only a SYN does.
type nat struct {
	opt  NATOptions
	last map[natKey]int64 // when a mapping was used last
}

type natKey struct {
	remote packet.Endpoint
	port   uint16
	proto  packet.Proto
}

// translate tells whether a packet from inside passes; if not, it is gone.
func (h *Host) translate(p *packet.Packet) bool {
	if p.Proto == packet.ICMP {
		return true
	}
	k := natKey{p.Dst, p.Src.Port, p.Proto}
	if h.nat.last == nil {
		h.nat.last = map[natKey]int64{}
	}
	makes := p.Proto == packet.UDP || p.Flags&(packet.SYN|packet.ACK) == packet.SYN
	if !makes && !h.mapped(k) {
		h.unmapped(p, true)
		return false
	}
	h.nat.last[k] = int64(h.n.e.Now())
	return true
}

// admit tells whether a packet from outside passes; if not, it is gone.
func (h *Host) admit(p *packet.Packet) bool {
	if p.Proto == packet.ICMP {
		return true
	}
	k := natKey{p.Src, p.Dst.Port, p.Proto}
	if !h.mapped(k) {
		h.unmapped(p, false)
		return false
	}
	h.nat.last[k] = int64(h.n.e.Now())
	return true
}

func (h *Host) mapped(k natKey) bool {
	last, ok := h.nat.last[k]
	if ok && int64(h.n.e.Now())-last > int64(h.nat.opt.Idle) {
		delete(h.nat.last, k)
		ok = false
	}
	return ok
}

// unmapped ends a packet without a mapping.
func (h *Host) unmapped(p *packet.Packet, inside bool) {
	h.n.noise.Unmapped++
	if h.nat.opt.Reset && p.Proto == packet.TCP && p.Flags&packet.RST == 0 {
		r := h.resetFor(p)
		if inside {
			h.down.Send(r)
		} else {
			h.n.forward(r, true)
		}
	}
	h.n.pool.Put(p)
}

// rehome gives the host another address; the old one leads nowhere from now on, and
// its connections are told as far as the OS does.
func (h *Host) rehome() netip.Addr {
	n, old := h.n, h.addr
	n.addrs[old].host, n.addrs[old].left = nil, true
	ip := n.nextFree()
	h.addr = n.addAddr(ip, h)
	h.names = nil // another network has another name service
	for name, a := range n.names {
		if a == old {
			n.names[name] = h.addr
		}
	}
	if h.up != nil {
		h.up.Strand()
		h.down.Strand()
	}
	clear(h.nat.last)
	for _, c := range h.conns {
		if c != nil {
			c.AddressLost()
		}
	}
	return ip
}

// stale tells whether a packet comes from an address that the host has left.
func (h *Host) stale(p *packet.Packet) bool {
	return p.Src.Addr != h.addr && h.n.addrs[p.Src.Addr].left
}
