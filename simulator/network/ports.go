package network

import (
	"fmt"
	"syscall"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// Ephemeral ports. Source: Linux ip_local_port_range; fidelity: documented.
const firstPort, lastPort = 32768, 60999

// freePort gives ephemeral ports in turn, but for those where somebody listens or
// that taken has something against. False: none is left.
func (h *Host) freePort(taken func(port uint16) bool) (uint16, bool) {
	for range lastPort - firstPort + 1 {
		h.port++
		if h.port > lastPort || h.port < firstPort {
			h.port = firstPort
		}
		if h.ports[h.port] == nil && h.udp[h.port] == nil && !taken(h.port) {
			return h.port, true
		}
	}
	return 0, false
}

// portTo is a free port for a connection to that end: none from which one to there is
// still open, closing ones included. The error is that of connect(2).
func (h *Host) portTo(remote packet.Endpoint) (uint16, error) {
	port, ok := h.freePort(func(port uint16) bool { return h.table[key(packet.Endpoint{Port: port}, remote)] != nil })
	if !ok {
		return 0, fmt.Errorf("%s has no port left for another connection to %v: %w", h.name, h.Address(remote), syscall.EADDRNOTAVAIL)
	}
	return port, nil
}

// portFor is a free port to listen on. The error is that of bind(2).
func (h *Host) portFor() (uint16, error) {
	port, ok := h.freePort(func(uint16) bool { return false })
	if !ok {
		return 0, fmt.Errorf("%s has no port left to listen on: %w", h.name, sockets.ErrAddressInUse)
	}
	return port, nil
}
