package tcp

// markLost marks a segment as lost, or its retransmission.
func (c *Conn) markLost(i uint32, s *sent) {
	if s.flags&segSacked != 0 {
		return
	}
	if i-c.q.head < c.recovery.hint-c.q.head {
		c.recovery.hint = i
	}
	if s.flags&segLost == 0 {
		s.flags |= segLost
		c.lostOut++
		c.lostMarks++
	} else if s.flags&segAgain != 0 {
		s.flags &^= segAgain
		c.retransOut--
		c.lostMarks++
	}
}

// retransmitLost sends what is marked lost, as far as the window allows.
func (c *Conn) retransmitLost() {
	if c.state != stateOpen {
		return
	}
	rearm, hole := false, false
	i := c.q.head
	if h := c.recovery.hint; h-i <= c.q.tail-i {
		i = h
	}
	for ; i != c.q.tail; i++ {
		if !hole {
			c.recovery.hint = i
		}
		if c.inFlight() >= c.cwnd || c.retransOut >= c.lostOut {
			break
		}
		s := c.q.at(i)
		if s.flags&segLost == 0 {
			hole = hole || s.flags&(segAgain|segSacked) == 0
			continue
		}
		if s.flags&(segSacked|segAgain) != 0 {
			continue
		}
		c.retransmit(i)
		if c.reducing() {
			c.recovery.out++
		}
		rearm = rearm || i == c.q.head && c.mode != timeReorder
	}
	if rearm {
		c.setTimer(timeRTO, c.rtt.rto)
	}
}

// retransmit repairs a loss.
func (c *Conn) retransmit(i uint32) {
	s := c.q.at(i)
	if s.flags&segAgain == 0 {
		c.retransOut++
		s.flags |= segAgain
	}
	v := &c.recovery
	if v.retransAt == 0 {
		v.retransAt = stampMS(int64(c.e.Now()))
	}
	v.undoRetrans = max(v.undoRetrans, 0) + 1
	c.sendAgain(i)
}

// sendAgain sends a segment once more. A probe is no repair and doesn't count as one.
func (c *Conn) sendAgain(i uint32) {
	s := c.q.at(i)
	s.at = int64(c.e.Now())
	s.flags = s.flags&^segGroupEnd | segEver
	c.q.list(i)
	c.totalRetrans++
	c.transmit(s)
}
