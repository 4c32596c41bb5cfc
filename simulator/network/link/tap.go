package link

import (
	"time"

	"minilab/simulator/network/packet"
)

// Tap sees each packet that is handed to a link or copied there, and what becomes of
// it. It must neither change nor keep p, and it is told of the end before the
// packet's receiver.
type Tap interface {
	// Sent: p is handed to the link.
	Sent(p *packet.Packet)
	// Ended: p's fate is decided. left is when its last bit leaves or would leave the
	// serialiser, or when it was taken out of the queue; it is 0 for a packet that was
	// not let into the queue.
	Ended(p *packet.Packet, fate Fate, left time.Duration)
}

// SetTap has t told of all packets from now on. Packets that are under way are told
// of at their end only.
func (l *Link) SetTap(t Tap) { l.tap = t }
