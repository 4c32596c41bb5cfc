package tcp

import (
	"minilab/simulator/engine/sockets"
)

// CloseWrite implements sockets.Half: FIN follows what was sent.
func (c *Conn) CloseWrite() {
	if c.appClosed || c.finQueued {
		return
	}
	c.finQueued = true
	if c.state == stateOpen {
		c.push(false)
	}
}

// deliverEnd tells the application that the peer's stream has ended. One that goes on
// sending hears of it once and closes when it likes; for others, that was all.
func (c *Conn) deliverEnd() {
	if c.endTold {
		return
	}
	if h, ok := c.handler.(sockets.HalfHandler); ok && !c.finQueued {
		c.endTold = true
		h.OnEnd(c)
		return
	}
	c.appClosed = true
	c.finQueued = true
	c.push(false)
	c.settle()
	c.handler.OnClose(c, nil)
}

// SetNagle holds small segments back while one is unacknowledged, or not
// (TCP_NODELAY off or on).
func (c *Conn) SetNagle(on bool) {
	c.opt.Nagle = on
	if !on && c.state == stateOpen {
		c.push(false)
	}
}

// SetSendBuffer fixes the send buffer at that many bytes: it doesn't grow any more
// (SO_SNDBUF).
func (c *Conn) SetSendBuffer(bytes int) {
	c.opt.SendBuffer = max(bytes, leastBuffer)
	c.sendBuffer = c.opt.SendBuffer
	if c.Free() <= 0 {
		c.blocked = true
	}
}

// SetReceiveBuffer fixes the receive window at that many bytes (SO_RCVBUF). What was
// offered to the peer stays offered.
func (c *Conn) SetReceiveBuffer(bytes int) {
	c.opt.ReceiveBuffer = max(bytes, leastBuffer)
	c.buffer = c.opt.ReceiveBuffer
	c.open = min(c.open, c.buffer)
}

// leastBuffer is the smallest buffer that can be asked for.
// Source: Linux SOCK_MIN_RCVBUF 2304; fidelity: documented.
const leastBuffer = 2304
