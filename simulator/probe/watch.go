package probe

import (
	"time"

	"minilab/simulator/network"
	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
)

// watcher sees what becomes of packets up, and passes all on to the next tap.
type watcher struct {
	p      *probe
	next   network.Tap // may be nil
	handed map[*packet.Packet]time.Duration
}

// Sent implements network.Tap.
func (w *watcher) Sent(s network.Sight) {
	if w.next != nil {
		w.next.Sent(s)
	}
	if s.Up {
		w.handed[s.Packet] = s.At
	}
}

// Ended implements network.Tap.
func (w *watcher) Ended(s network.Sight, fate link.Fate, left time.Duration) {
	if w.next != nil {
		w.next.Ended(s, fate, left)
	}
	at, known := w.handed[s.Packet]
	if !known || !s.Up {
		return
	}
	delete(w.handed, s.Packet)
	if c := w.p.point(at); c != nil {
		c.Queue = max(c.Queue, left-at)
		if fate != link.Delivered {
			c.Dropped++
		}
	}
}
