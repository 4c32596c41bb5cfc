package link

import (
	"time"

	"minilab/simulator/network/packet"
)

// Fate is how a packet's way over a link ended. The names are those of Totals.
type Fate uint8

// Fates.
const (
	Delivered Fate = iota
	Lost           // at random
	Refused        // by the full queue
	Blacked        // in an outage
)

// Tap sees each packet that is handed to a link, and what becomes of it. It must
// neither change nor keep p, and it is told of the end before the packet's receiver.
type Tap interface {
	// Sent: p is handed to the link.
	Sent(p *packet.Packet)
	// Ended: p's fate is decided. left is when its last bit leaves or would leave the
	// serialiser; it is 0 for a packet that was not let into the queue.
	Ended(p *packet.Packet, fate Fate, left time.Duration)
}

// SetTap has t told of all packets from now on. Packets that are under way are told
// of at their end only.
func (l *Link) SetTap(t Tap) { l.tap = t }

// drop ends a packet's way.
func (l *Link) drop(p *packet.Packet, fate Fate, left int64) {
	if l.tap != nil {
		l.tap.Ended(p, fate, time.Duration(left))
	}
	l.pool.Put(p)
}
