package tcp

import (
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// Input handles a packet that arrived for this connection. It doesn't keep p.
func (c *Conn) Input(p *packet.Packet) {
	switch c.state {
	case stateIdle, stateClosed:
		return
	case stateSYNSent:
		c.inputSYNSent(p)
		return
	case stateTimeWait:
		if p.Flags&packet.RST == 0 && p.End() != p.Seq {
			c.lifeTimer.Set(c.after(c.os.TimeWait))
			c.sendAck()
		}
		return
	case stateSYNReceived:
		if !c.inputSYNReceived(p) {
			return
		}
	}
	c.lastHeard = c.e.Now()
	if p.Flags&packet.RST != 0 {
		c.inputReset(p)
		return
	}
	if p.Flags&packet.SYN != 0 || !c.inWindow(p) {
		c.inputUseless(p)
		return
	}
	if p.Flags&packet.ACK == 0 {
		return
	}
	if p.Seq <= c.rcvWup { // RFC 7323: the timestamp to echo
		c.tsRecent = max(c.tsRecent, p.TSVal)
	}
	if !c.inputAck(p) {
		return
	}
	if p.End() != p.Seq {
		if c.appClosed && p.Len > 0 && p.Seq+uint64(p.Len) > c.rcvNxt && !c.finRcvd {
			c.reset() // nobody will ever read this
			return
		}
		c.measureRTT(p)
		c.inputData(p)
	}
	if c.unsent() > 0 || c.finQueued && !c.finSent {
		c.push(false)
	}
	c.considerAck()
	c.settle()
	c.deliver()
	c.writable()
}

func (c *Conn) inputReset(p *packet.Packet) {
	switch {
	case p.Seq == c.rcvNxt:
		c.fail(sockets.ErrReset)
	case p.Seq > c.rcvNxt && p.Seq < c.rcvNxt+uint64(max(c.receiveWindow(), 0)):
		c.sendAck() // RFC 5961: a challenge
	}
}

// inWindow tells whether some of the packet is new or at least may be answered.
func (c *Conn) inWindow(p *packet.Packet) bool {
	return p.End() >= c.rcvWup && p.Seq <= c.rcvNxt+uint64(c.receiveWindow())
}

// inputUseless answers a packet outside the window with where we stand.
func (c *Conn) inputUseless(p *packet.Packet) {
	if p.Len > 0 && p.Seq < c.rcvNxt {
		c.quickAcks()
		c.noteDuplicate(p.Seq, p.End())
	}
	c.sendAck()
}

// writable tells the application that there is room again.
func (c *Conn) writable() {
	if !c.blocked || c.appClosed || c.state != stateOpen {
		return
	}
	if free := c.Free(); free < c.Unacked()/2 || free <= 0 { // Linux: a third is free
		return
	}
	c.blocked = false
	c.handler.OnWritable(c)
}
