package tcp

// rack detects losses by time: what was sent well before something that has arrived
// is lost. Source: RFC 8985, Linux tcp_recovery.c; fidelity: documented.
type rack struct {
	at        int64  // transmission time of the youngest segment that arrived
	end       uint64 // and its end
	rtt       int64
	advanced  bool
	reordered bool // reordering was seen
	duplicate bool // a DSACK came in this round
	steps     int  // quarters of the least RTT that reordering may take
	persist   int  // recoveries for which the steps stay
	dsackEnd  uint64
}

const (
	// dupThreshold is how many segments must be reported beyond a hole for it to be a
	// loss without further waiting. Source: RFC 5681; fidelity: documented.
	dupThreshold = 3
	// rackPersist: Source: RFC 8985 section 6.2; fidelity: documented.
	rackPersist = 16
)

// sentAfter orders segments by time of transmission, then sequence.
func sentAfter(at int64, end uint64, thanAt int64, thanEnd uint64) bool {
	return at > thanAt || (at == thanAt && end > thanEnd)
}

func (c *Conn) rackAdvance(s *sent, now int64) {
	rtt := now - s.at
	if s.flags&segEver != 0 && (rtt < c.rtt.least || c.echo != 0 && c.echo < stampMS(s.at)) {
		return // not the retransmission: the original arrived
	}
	c.rack.advanced = true
	c.rack.rtt = rtt
	if sentAfter(s.at, s.end, c.rack.at, c.rack.end) {
		c.rack.at, c.rack.end = s.at, s.end
	}
}

func (c *Conn) rackWindow() int64 {
	if !c.rack.reordered && (c.ca >= caRecovery || c.sackedOut >= dupThreshold) {
		return 0
	}
	return min((c.rtt.least>>2)*int64(c.rack.steps), c.srtt())
}

// rackUpdateWindow widens the window when a round had duplicates, and resets it
// after some recoveries without.
func (c *Conn) rackUpdateWindow() {
	r := &c.rack
	if c.una < r.dsackEnd {
		r.duplicate = false
	}
	if r.duplicate {
		r.duplicate = false
		r.steps = min(r.steps+1, 255)
		r.persist = rackPersist
		r.dsackEnd = c.nxt
	} else if r.persist == 0 {
		r.steps = 1
	}
}

// rackMark marks what is lost, and tells whether it waits for what may be.
func (c *Conn) rackMark() bool {
	if !c.rack.advanced {
		return false
	}
	c.rack.advanced = false
	wait := c.rackDetect()
	if wait > 0 {
		c.setTimer(timeReorder, wait+int64(minReorder))
	}
	return wait > 0
}

// rackDetect gives the longest time that a segment may still be on its way.
func (c *Conn) rackDetect() (wait int64) {
	now, window := int64(c.e.Now()), c.rackWindow()
	for i := c.q.oldest; i != none; {
		s := c.q.at(i)
		next := s.next
		if s.flags&segLost != 0 && s.flags&segAgain == 0 {
			i = next
			continue
		}
		if !sentAfter(c.rack.at, c.rack.end, s.at, s.end) {
			break
		}
		if left := c.rack.rtt + window - (now - s.at); left <= 0 {
			c.markLost(i, s)
			c.q.unlist(i)
		} else {
			wait = max(wait, left)
		}
		i = next
	}
	return wait
}

func (c *Conn) onReorder() {
	before := c.inFlight()
	wait := c.rackDetect()
	if wait > 0 {
		c.setTimer(timeReorder, wait+int64(minReorder))
	}
	if before != c.inFlight() {
		if c.ca != caRecovery {
			c.enterRecovery()
			c.reduce(1, 0, false)
		}
		c.retransmitLost()
	}
	if c.mode != timeRTO {
		c.rearmRTO()
	}
}

// markTimedOut marks all as lost that a time-out may assume so.
func (c *Conn) markTimedOut() {
	now := int64(c.e.Now())
	for i := c.q.head; i != c.q.tail; i++ {
		s := c.q.at(i)
		if i != c.q.head && c.rack.rtt-(now-s.at) > 0 {
			continue // too young
		}
		c.markLost(i, s)
	}
}

// scheduleProbe sets the timer of a tail loss probe, if one is due in this state.
func (c *Conn) scheduleProbe(advancing bool) bool {
	if c.packetsOut == 0 || (c.ca != caOpen && c.ca != caReduced) || c.sackedOut > 0 {
		return false
	}
	wait := int64(initialRTO)
	if c.rtt.smooth > 0 {
		wait = c.rtt.smooth >> 2
		if c.packetsOut == 1 {
			wait += int64(c.opt.MinRTO)
		} else {
			wait += int64(minReorder)
		}
	}
	rto := c.rtt.rto
	if !advancing {
		rto -= int64(c.e.Now()) - c.q.at(c.q.head).at
	}
	if rto > 0 {
		wait = min(wait, rto)
	}
	c.setTimer(timeProbe, wait)
	return true
}

// onProbe sends the probe: new data if there is some, else the last segment again.
func (c *Conn) onProbe() {
	v := &c.recovery
	c.mode = timeIdle
	if v.probeEnd != 0 {
		c.rearmFromHead()
		return
	}
	v.probeAgain = false
	before := c.packetsOut
	if c.unsent() > 0 || c.finQueued && !c.finSent {
		c.push(true)
		if c.packetsOut == before {
			c.rearmFromHead()
			return
		}
	} else {
		c.sendAgain(c.q.tail - 1)
		v.probeAgain = true
	}
	v.probeEnd = c.nxt
	c.mode = timeIdle // so that the time-out counts from now
	c.rearmRTO()
}

// probeAcked ends the episode of a tail loss probe.
func (c *Conn) probeAcked(r *round) {
	v := &c.recovery
	switch {
	case r.ack < v.probeEnd:
	case !v.probeAgain, r.flags&ackProbeTwice != 0:
		v.probeEnd = 0
	case r.ack > v.probeEnd: // the probe repaired a loss: reduce the window once
		c.beginReduction()
		c.ca = caReduced
		c.endReduction()
		c.keepOpen()
	case r.flags&(ackAdvanced|ackData|ackWindow|ackSegments|ackRetransmitted|ackSacked) == 0:
		v.probeEnd = 0
	}
}
