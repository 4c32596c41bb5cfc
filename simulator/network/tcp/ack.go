package tcp

import "minilab/simulator/network/packet"

// ackFlags say what an acknowledgement did. The names follow the kernel's FLAG_....
type ackFlags uint16

const (
	ackData          ackFlags = 1 << iota // the packet carried data
	ackWindow                             // it changed the window
	ackAdvanced                           // it acknowledged something cumulatively
	ackSegments                           // ... never retransmitted, or whole segments at all
	ackRetransmitted                      // ... retransmitted ones
	ackSacked                             // it reported new SACKs
	ackDuplicate                          // it reported a duplicate arrival (DSACK)
	ackProbeTwice                         // ... of the tail loss probe
	ackOriginal                           // it acknowledged a first transmission sent before the recovery
	ackLostAgain                          // a retransmission was found lost
	ackTimer                              // the timer is to be set anew
)

// round is what one acknowledgement found out.
type round struct {
	flags       ackFlags
	ack         uint64
	una         uint64 // before
	first, last int64  // transmission times of the first and last segments acknowledged
	sackFirst   int64
	sackLast    int64
	reordered   bool
}

// inputAck handles the acknowledgement part of a packet. It is false when the
// connection or the packet is done with.
func (c *Conn) inputAck(p *packet.Packet) bool {
	if p.Ack > c.nxt {
		c.sendAck() // for something never sent
		return false
	}
	if p.Ack < c.una {
		c.oldAck(p)
		return true
	}
	r := round{ack: p.Ack, una: c.una, first: -1, last: -1, sackFirst: -1, sackLast: -1}
	if p.Len > 0 {
		r.flags |= ackData
	}
	if p.Ack > c.una {
		r.flags |= ackAdvanced
		c.retries = 0
	}
	c.echo = p.TSEcr
	c.updateWindow(p, &r)
	c.una = p.Ack
	c.probes = 0
	delivered, lost := c.delivered, c.lostMarks
	fack := c.highestSacked()
	outBefore := c.packetsOut
	if p.SACKs > 0 && outBefore > 0 {
		c.takeSACKs(p, &r, fack)
	}
	if outBefore == 0 {
		c.nothingOut(p, &r)
		return true
	}
	c.clean(&r, fack)
	c.rackUpdateWindow()
	if c.recovery.probeEnd != 0 {
		c.probeAcked(&r)
	}
	c.act(&r, delivered, lost)
	return true
}

// nothingOut handles an acknowledgement while nothing is outstanding: it may report
// that something was sent needlessly.
func (c *Conn) nothingOut(p *packet.Packet, r *round) {
	if p.SACKs > 0 {
		c.takeSACKs(p, r, c.una)
	}
	if r.flags&ackDuplicate != 0 {
		c.alert(r, false)
	}
	c.answeredProbe()
	if c.recovery.probeEnd != 0 {
		c.probeAcked(r)
	}
}

// oldAck takes from an acknowledgement that was overtaken what its SACKs tell.
func (c *Conn) oldAck(p *packet.Packet) {
	if p.SACKs == 0 || c.packetsOut == 0 {
		return
	}
	c.echo = p.TSEcr
	r := round{ack: c.una, una: c.una, first: -1, last: -1, sackFirst: -1, sackLast: -1}
	c.takeSACKs(p, &r, c.highestSacked())
	if c.alert(&r, false) != resendNothing {
		c.retransmitLost()
	}
}

// act decides what follows from an acknowledgement: loss recovery, window, timer,
// retransmissions.
func (c *Conn) act(r *round, delivered, lost int) {
	var again resend
	fresh := r.flags&(ackData|ackWindow|ackSegments|ackRetransmitted) != 0
	if !fresh || r.flags&(ackSacked|ackDuplicate) != 0 || c.ca != caOpen {
		dup := !fresh && r.flags&(ackAdvanced|ackDuplicate) == 0
		again = c.alert(r, dup)
	}
	if r.flags&ackTimer != 0 && !c.scheduleProbe(true) {
		c.rearmRTO()
	}
	delivered = c.delivered - delivered
	switch {
	case c.reducing():
		c.reduce(delivered, c.lostMarks-lost, r.flags&ackAdvanced != 0)
	case r.flags&(ackSegments|ackRetransmitted) != 0:
		if delivered > 0 && c.windowLimited() {
			c.cc.avoid(c, delivered)
		}
		c.stamp = int64(c.e.Now()) // even if it may not grow: it isn't stale
	}
	c.growBuffer()
	c.stream.Acked(c.offsetAcked())
	switch again {
	case resendNew:
		c.push(false)
		if c.nxt > c.recovery.high {
			return
		}
		c.recovery.frto = false
		c.retransmitLost()
	case resendLost:
		c.retransmitLost()
	}
}

func (c *Conn) updateWindow(p *packet.Packet, r *round) {
	if p.Ack > c.una || p.Seq > c.wl1 || (p.Seq == c.wl1 && (p.Window > c.wnd || p.Window == 0)) {
		c.wl1 = p.Seq
		if p.Window != c.wnd {
			r.flags |= ackWindow
			c.wnd = p.Window
		}
	}
}

// clean forgets the segments that are acknowledged cumulatively.
func (c *Conn) clean(r *round, fack uint64) {
	now := int64(c.e.Now())
	for !c.q.empty() {
		s := c.q.at(c.q.head)
		if s.end > c.una {
			c.trim(s)
			break
		}
		c.acknowledged(s, now, r, fack)
		c.q.pop()
	}
	if r.flags&(ackSegments|ackRetransmitted) == 0 {
		if !c.q.empty() && r.sackFirst >= 0 && now-r.sackFirst > now-c.q.at(c.q.head).at {
			r.flags |= ackTimer // not while the head was sent after what SACK reports
		}
		c.measure(now, r)
		return
	}
	r.flags |= ackTimer
	c.measure(now, r)
	if c.finSent && c.q.empty() {
		c.finAcked = true
	}
	if r.reordered {
		c.rack.reordered = true
	}
}

// trim shortens a segment of which only a part was acknowledged.
func (c *Conn) trim(s *sent) {
	if c.una > s.seq {
		s.seq = c.una
	}
}

func (c *Conn) acknowledged(s *sent, now int64, r *round, fack uint64) {
	if s.flags&segEver != 0 {
		if s.flags&segAgain != 0 {
			c.retransOut--
		}
		r.flags |= ackRetransmitted
	} else {
		r.flags |= ackSegments
		if s.flags&segSacked == 0 {
			r.last = s.at
			if r.first < 0 {
				r.first = s.at
			}
			if s.seq < fack {
				r.reordered = true
			}
			if s.end <= c.recovery.high {
				r.flags |= ackOriginal
			}
		}
	}
	if s.flags&segSacked != 0 {
		c.sackedOut--
	} else {
		c.delivered++
		c.rackAdvance(s, now)
	}
	if s.flags&segLost != 0 {
		c.lostOut--
	}
	c.packetsOut--
}

// measure takes the RTT from what this acknowledgement reported.
func (c *Conn) measure(now int64, r *round) {
	first, last := r.first, r.last
	if r.flags&ackRetransmitted != 0 {
		first, last = -1, -1 // Karn
	}
	if r.sackFirst >= 0 {
		if last = r.sackLast; first < 0 {
			first = r.sackFirst
		}
	}
	if first < 0 && r.flags&ackRetransmitted != 0 && c.echo > 0 {
		// All were retransmitted: the echoed timestamp tells which one arrived.
		first = now - int64(stampMS(now)-c.echo)*1e6
		last = first
	}
	if first < 0 {
		return
	}
	c.sampleRTT(now-first, now-max(last, first))
	c.cc.sampled(c, c.rttOf(now, max(last, first)))
}

func (c *Conn) rttOf(now, at int64) int64 { return max(now-at, 1) }

// highestSacked is the start of the highest segment that SACK reported, or una.
func (c *Conn) highestSacked() uint64 {
	if c.sackedOut == 0 {
		return c.una
	}
	return c.recovery.fack
}

// takeSACKs marks what the SACK blocks report.
func (c *Conn) takeSACKs(p *packet.Packet, r *round, fack uint64) {
	blocks := p.SACK[:p.SACKs]
	b := blocks[0]
	if b.End <= p.Ack || (len(blocks) > 1 && b.Start >= blocks[1].Start && b.End <= blocks[1].End) {
		c.takeDuplicate(b, r)
		blocks = blocks[1:]
	}
	now := int64(c.e.Now())
	for _, b := range blocks {
		if b.End <= c.una || b.End > c.nxt || b.Start >= b.End {
			continue
		}
		from := b.Start
		for _, known := range c.recovery.known {
			if known.Start <= b.Start && known.End > from && known.End <= b.End {
				from = known.End // already marked
			}
		}
		for i := c.q.find(from); i != c.q.tail; i++ {
			s := c.q.at(i)
			if s.end > b.End {
				break
			}
			if s.seq >= from {
				c.sacked(i, s, now, r, fack)
			}
		}
	}
	n := copy(c.recovery.known[:], blocks)
	clear(c.recovery.known[n:])
	if r.reordered {
		c.rack.reordered = true
	}
}

func (c *Conn) sacked(i uint32, s *sent, now int64, r *round, fack uint64) {
	if s.flags&segSacked != 0 {
		return
	}
	if s.flags&segEver == 0 {
		if s.seq < fack {
			r.reordered = true
		}
		if s.end <= c.recovery.high {
			r.flags |= ackOriginal
		}
		if r.sackFirst < 0 {
			r.sackFirst = s.at
		}
		r.sackLast = max(r.sackLast, s.at)
	}
	if s.flags&segLost != 0 {
		s.flags &^= segLost
		c.lostOut--
		if s.flags&segAgain != 0 {
			s.flags &^= segAgain
			c.retransOut--
		}
	}
	s.flags |= segSacked
	r.flags |= ackSacked
	c.sackedOut++
	c.delivered++
	c.recovery.fack = max(c.recovery.fack, s.seq)
	c.rackAdvance(s, now)
	c.q.unlist(i)
}

// takeDuplicate handles a report that something arrived twice.
func (c *Conn) takeDuplicate(b packet.Range, r *round) {
	copies := max(1, int(b.End-b.Start+MSS-1)/MSS)
	if c.recovery.duplicates += copies; c.recovery.duplicates > c.totalRetrans {
		return // the network's doing, not ours
	}
	c.delivered += copies // they are no longer under way
	r.flags |= ackDuplicate
	v := &c.recovery
	switch {
	case v.probeEnd != 0 && v.probeEnd == b.End:
		r.flags |= ackProbeTwice
	case c.rack.reordered:
		c.rack.duplicate = true
	}
	if v.undo != 0 && v.undoRetrans > 0 && b.End <= r.una && b.End > v.undo {
		v.undoRetrans--
	}
	if i := c.q.find(b.Start); i != c.q.tail { // a spurious copy is no longer in flight
		if s := c.q.at(i); s.flags&segSacked != 0 && s.end <= b.End {
			if v.undo != 0 && v.undoRetrans > 0 && s.flags&segEver != 0 && s.end > v.undo {
				v.undoRetrans--
			}
			if s.flags&segAgain != 0 {
				s.flags &^= segAgain
				c.retransOut--
			}
		}
	}
}
