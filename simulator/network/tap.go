package network

import (
	"time"

	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
)

// Tap sees every packet that enters an access link, and what becomes of it: for
// captures and plots. It must neither change nor keep the packet, nor touch the
// network.
type Tap interface {
	// Sent: the packet enters the link.
	Sent(s Sight)
	// Ended: its fate is decided. left is when its last bit leaves or would leave the
	// serialiser; it is 0 for a packet that was not let into the queue.
	Ended(s Sight, fate link.Fate, left time.Duration)
}

// Sight is a packet on a direction of a host's access link, now.
type Sight struct {
	Host   *Host
	Up     bool
	At     time.Duration
	Packet *packet.Packet
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

func (d direction) sight(p *packet.Packet) Sight { return Sight{d.h, d.up, d.h.n.e.Now(), p} }

// Sent implements link.Tap.
func (d direction) Sent(p *packet.Packet) { d.h.n.tap.Sent(d.sight(p)) }

// Ended implements link.Tap.
func (d direction) Ended(p *packet.Packet, fate link.Fate, left time.Duration) {
	d.h.n.tap.Ended(d.sight(p), fate, left)
}
