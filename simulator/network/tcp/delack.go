package tcp

import (
	"time"

	"minilab/simulator/network/packet"
)

// When to acknowledge. Source: Linux __tcp_ack_snd_check, tcp_event_data_recv,
// tcp_measure_rcv_mss, tcp_cleanup_rbuf, tcp_send_delayed_ack; fidelity: documented.

// measureMSS estimates the peer's segment size, and notes small segments: they are
// the ends of writes.
func (c *Conn) measureMSS(p *packet.Packet) {
	c.owed = true
	small := c.lastSmall
	c.lastSmall = 0
	if p.Len >= c.rcvMSS {
		c.rcvMSS = min(p.Len, MSS)
		if p.Flags&packet.PSH != 0 {
			c.pushed = max(c.pushed, 1)
		}
		return
	}
	if p.Len+32 >= firstMSS+20 {
		c.lastSmall = p.Len
		if p.Len == small {
			c.rcvMSS = p.Len
			return
		}
	}
	c.pushed = min(c.pushed+1, 2)
}

// adaptAck follows the rhythm in which data comes; n bytes have.
func (c *Conn) adaptAck(n int) {
	now := int64(c.e.Now())
	gap := c.ticks.since(c.lastReceived, now)
	switch {
	case c.ato == 0:
		c.addQuick()
		c.ato = ackMin
	case gap <= ackMin/2:
		c.ato = c.ato>>1 + ackMin/2
	case gap < c.ato:
		c.ato = min(c.ato>>1+gap, c.rtt.rto)
	case gap > c.rtt.rto:
		c.addQuick() // the sender lost its window and starts slowly
	}
	c.lastReceived = c.ticks.at(now)
	c.openWindow(n)
}

// openWindow lets the window open by two segments for each that comes, as far as the
// buffer goes. While it does, the peer hears of it quickly.
// Source: Linux tcp_grow_window; fidelity: documented.
func (c *Conn) openWindow(n int) {
	taken := c.unread() + MSS - n // a small segment takes as much memory as a full one
	if room := c.buffer - taken - c.open; room > 0 && n >= leastGrowth {
		c.open += min(room, 2*max(n, MSS))
		c.quick |= 1
	}
}

func (c *Conn) addQuick() {
	n := c.receiveWindow() / (2 * c.rcvMSS)
	c.quick = max(c.quick, min(max(n, 2), quickMax))
}

// quickAcks answers the next segments at once.
func (c *Conn) quickAcks() {
	c.addQuick()
	c.pingpong = false
	c.ato = ackMin
}

// considerAck sends an acknowledgement now or later, if one is owed.
func (c *Conn) considerAck() {
	if !c.owed || c.state != stateOpen {
		return
	}
	unacked := int(c.rcvNxt - c.rcvWup)
	room := c.buffer-c.unread() >= c.receiveWindow()
	switch {
	case c.ackNow, c.quick > 0 && !c.pingpong, len(c.ooo) > 0:
		c.sendAck()
	case unacked > c.rcvMSS && room:
		c.sendAck()
	default:
		c.delayAck()
	}
}

func (c *Conn) delayAck() {
	wait := c.ato
	if wait > ackMin {
		limit := ackMaxSlow
		if c.pingpong || c.pushed > 0 {
			limit = ackMax
		}
		if c.rtt.smooth > 0 {
			limit = min(limit, max(c.srtt(), ackMin))
		}
		wait = min(wait, limit)
	}
	wait = min(wait, ackMax)
	due := c.ticks.at(int64(c.e.Now())) + wait/c.ticks.tick
	if c.ackTimer.Armed() {
		if c.ackDue <= due-(wait-wait>>2)/c.ticks.tick {
			c.sendAck()
			return
		}
		if due >= c.ackDue {
			return
		}
	}
	c.ackDue = due
	c.ackTimer.Set(c.after(time.Duration(wait)))
}

// ackAfterRead acknowledges what the application has just taken, when the peer
// should know at once.
func (c *Conn) ackAfterRead() {
	if c.owed {
		small := c.pushed > 1 || c.pushed > 0 && !c.pingpong
		if int(c.rcvNxt-c.rcvWup) > c.rcvMSS || small && c.unread() == 0 {
			c.sendAck()
			return
		}
	}
	if now := c.receiveWindow(); 2*now <= c.buffer {
		if next := c.selectWindow(); next > 0 && next >= 2*now {
			c.sendAck()
		}
	}
}

func (c *Conn) onAckTimer() {
	if !c.owed || c.state != stateOpen {
		return
	}
	if c.pingpong {
		c.pingpong = false
		c.ato = ackMin
	} else {
		c.ato = min(c.ato<<1, c.rtt.rto)
	}
	c.sendAck()
}

// sendAck sends a packet that only acknowledges.
func (c *Conn) sendAck() {
	p := c.segment(packet.ACK, c.nxt, 0)
	c.addSACK(p, MSS)
	c.ackSent()
	c.env.Transmit(p)
}

// ackSent notes that a packet with the present acknowledgement goes out.
func (c *Conn) ackSent() {
	if c.owed && c.quick > 0 {
		if c.quick--; c.quick == 0 {
			c.ato = ackMin
		}
	}
	c.rcvWnd = c.selectWindow()
	c.rcvWup = c.rcvNxt
	c.owed, c.ackNow = false, false
	c.pushed = 0
	c.ackTimer.Clear()
}
