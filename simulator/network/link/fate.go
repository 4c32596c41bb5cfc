package link

import (
	"time"

	"minilab/simulator/network/packet"
)

// Fate is how a packet's way over a link ended. Each packet has one; the names are
// those of Totals.
type Fate uint8

// Fates.
const (
	Delivered Fate = iota
	Lost           // at random, or as every so many-th
	Refused        // by the full queue
	Blacked        // in an outage
	Shed           // by CoDel
	Corrupted      // came damaged: the receiver's checksum found it
	Stranded       // was under way when the link was taken away
)

var fates = [...]string{"delivered", "lost", "refused", "blacked", "shed", "corrupted", "stranded"}

func (f Fate) String() string { return fates[f] }

// Totals count what became of the packets that were handed to a link:
// Sent + Duplicated = Ended() + those still on their way.
type Totals struct {
	Sent       int64 // handed over
	Delivered  int64
	Lost       int64
	Refused    int64
	Blacked    int64
	Bytes      int64 // delivered
	Duplicated int64 // copies made
	Shed       int64
	Corrupted  int64
	Stranded   int64
}

// Ended is how many packets have met their fate.
func (t Totals) Ended() int64 {
	return t.Delivered + t.Lost + t.Refused + t.Blacked + t.Shed + t.Corrupted + t.Stranded
}

// drop ends the way of a packet that doesn't arrive.
func (l *Link) drop(p *packet.Packet, f Fate, left int64) {
	switch f {
	case Lost:
		l.totals.Lost++
	case Refused:
		l.totals.Refused++
	case Blacked:
		l.totals.Blacked++
	case Shed:
		l.totals.Shed++
	case Corrupted:
		l.totals.Corrupted++
	case Stranded:
		l.totals.Stranded++
	}
	if l.tap != nil {
		l.tap.Ended(p, f, time.Duration(left))
	}
	l.pool.Put(p)
}
