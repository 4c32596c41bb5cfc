package tcp

import (
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// Connect sends the SYN of an idle connection.
func (c *Conn) Connect(remote packet.Endpoint) {
	c.remote = remote
	c.state = stateSYNSent
	c.connectAt = c.e.Now()
	c.transmitSYN()
}

// Accept answers a SYN that reached a listener. accept gives the handler when the
// handshake is complete.
func (c *Conn) Accept(p *packet.Packet, accept func(sockets.Socket) sockets.Handler) {
	c.remote = p.Src
	c.accept = accept
	c.state = stateSYNReceived
	c.takeSYN(p)
	c.transmitSYN()
}

func (c *Conn) takeSYN(p *packet.Packet) {
	c.rcvNxt, c.rcvWup = p.Seq+1, p.Seq+1
	c.inbound = p.Stream
	c.tsRecent = p.TSVal
	c.wnd = p.Window
}

// transmitSYN sends SYN or SYN-ACK, first or again.
func (c *Conn) transmitSYN() {
	flags := packet.SYN
	if c.state == stateSYNReceived {
		flags |= packet.ACK
	}
	p := c.segment(flags, 0, 0)
	p.Bytes = synBytes
	c.synAt = int64(c.e.Now())
	c.nxt = 1
	c.env.Transmit(p)
	c.lifeTimer.Set(c.after(c.synWait()))
}

// synWait is how long the SYN that has just been sent waits for its answer.
func (c *Conn) synWait() time.Duration {
	doublings := c.synCount
	if c.state == stateSYNSent {
		doublings = max(0, doublings-c.os.LinearSYNs)
	}
	wait := min(initialRTO<<doublings, c.os.MaxRTO)
	if t := c.os.SYNTimeout; t > 0 && c.state == stateSYNSent {
		wait = min(wait, c.connectAt+t-c.e.Now())
	}
	return wait
}

func (c *Conn) connectTimedOut() bool {
	return c.os.SYNTimeout > 0 && c.e.Now()-c.connectAt >= c.os.SYNTimeout
}

func (c *Conn) retrySYN() {
	switch {
	case c.state == stateSYNReceived && c.synCount >= synAckRetries:
		c.end() // the application never knew of it
		return
	case c.state == stateSYNSent && (c.synCount >= c.opt.SYNRetries+c.os.LinearSYNs || c.connectTimedOut()):
		c.fail(sockets.ErrConnectTimeout)
		return
	}
	c.synCount++
	c.transmitSYN()
}

func (c *Conn) inputSYNSent(p *packet.Packet) {
	if p.Flags&packet.ACK == 0 || p.Ack != 1 {
		return
	}
	if p.Flags&packet.RST != 0 {
		c.fail(sockets.ErrRefused)
		return
	}
	if p.Flags&packet.SYN == 0 {
		return
	}
	c.takeSYN(p)
	c.echo = p.TSEcr
	c.established()
	c.sendAck()
	if c.handler.OnOpen(c); c.state == stateOpen {
		c.push(false)
	}
}

// established begins the transfer on either side.
func (c *Conn) established() {
	c.state = stateOpen
	c.una = 1
	c.lifeTimer.Clear()
	now := int64(c.e.Now())
	rtt := now - c.synAt
	if c.synCount > 0 { // the echoed timestamp tells which SYN was answered
		rtt = int64(stampMS(now)-c.echo) * 1e6
	}
	if c.synCount == 0 || c.echo != 0 {
		c.sampleRTT(rtt, rtt)
		c.cc.sampled(c, c.rtt.least)
	}
	if c.synCount > 1 { // Linux: more than one repetition of the SYN
		c.cwnd = 1
	}
	c.rcvSpaceAt = int64(c.e.Now())
	c.watch()
}

// inputSYNReceived handles a packet of the peer before the handshake is complete,
// and tells whether the packet goes on to an open connection.
func (c *Conn) inputSYNReceived(p *packet.Packet) bool {
	if p.Flags&packet.RST != 0 {
		c.end()
		return false
	}
	if p.Flags&packet.SYN != 0 {
		c.transmitSYN()
		return false
	}
	if p.Flags&packet.ACK == 0 || p.Ack < 1 {
		return false
	}
	c.wnd = p.Window
	c.echo = p.TSEcr
	c.established()
	c.handler = c.accept(c)
	c.accept = nil
	if c.handler == nil && !c.appClosed {
		c.Abort()
	}
	if c.state == stateOpen && !c.appClosed {
		c.handler.OnOpen(c)
	}
	return c.state == stateOpen
}
