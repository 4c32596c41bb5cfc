package network

import (
	"time"

	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
)

// What becomes of packets on a link: see package link.
type Fate = link.Fate

// Fates.
const (
	Delivered = link.Delivered
	Lost      = link.Lost
	Refused   = link.Refused
	Blacked   = link.Blacked
)

// Tap sees every packet that enters an access link, and what becomes of it: for
// captures and plots. It must neither change nor keep p, nor touch the network.
type Tap interface {
	// Sent: p enters a direction of a host's access link.
	Sent(h *Host, up bool, p *packet.Packet)
	// Ended: p's fate is decided. left is when its last bit leaves or would leave the
	// serialiser; it is 0 for a packet that was not let into the queue.
	Ended(h *Host, up bool, p *packet.Packet, fate Fate, left time.Duration)
}

// SetTap has t told of all packets on access links. It must be called before hosts
// are added.
func (n *Network) SetTap(t Tap) { n.tap = t }

// tapped puts the network's tap on both directions of a new access link.
func (h *Host) tapped() {
	if h.n.tap != nil {
		h.up.SetTap(direction{h, true})
		h.down.SetTap(direction{h, false})
	}
}

// direction of a host's access link.
type direction struct {
	h  *Host
	up bool
}

func (d direction) Sent(p *packet.Packet) { d.h.n.tap.Sent(d.h, d.up, p) }

func (d direction) Ended(p *packet.Packet, fate link.Fate, left time.Duration) {
	d.h.n.tap.Ended(d.h, d.up, p, fate, left)
}
