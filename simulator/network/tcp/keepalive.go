package tcp

import (
	"errors"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// ErrAddressLost ends a connection whose address has gone, where the OS notices.
var ErrAddressLost = errors.New("software caused connection abort")

// KeepAlive is how an idle connection is probed.
func (c *Conn) KeepAlive() KeepAlive { return c.opt.KeepAlive }

// SetKeepAlive has an idle connection probed, or not (SO_KEEPALIVE, TCP_KEEPIDLE,
// TCP_KEEPINTVL, TCP_KEEPCNT).
func (c *Conn) SetKeepAlive(k KeepAlive) {
	c.opt.KeepAlive = k
	c.opt = c.opt.complete()
	c.keepTimer.Clear()
	if c.state == stateOpen {
		c.watch()
	}
}

// watch starts to look for silence, if that is wanted.
func (c *Conn) watch() {
	c.lastHeard = c.e.Now()
	if k := &c.opt.KeepAlive; k.On {
		c.keepTimer.Set(c.after(k.Idle))
	}
}

// onKeepTimer asks a peer that has been silent whether it is still there. While
// something is outstanding, retransmissions do.
// Source: Linux tcp_keepalive_timer; fidelity: documented.
func (c *Conn) onKeepTimer() {
	k := &c.opt.KeepAlive
	if !k.On || c.state != stateOpen {
		return
	}
	wait := k.Idle
	silent := c.e.Now() - c.lastHeard
	switch {
	case c.packetsOut > 0 || c.unsent() > 0:
	case silent < k.Idle:
		wait = k.Idle - silent
	case c.probes >= k.Probes:
		c.env.Transmit(c.segment(packet.RST|packet.ACK, c.nxt, 0))
		c.fail(sockets.ErrTimeout)
		return
	default:
		c.probes++
		c.env.Transmit(c.segment(packet.ACK, c.una-1, 0))
		wait = k.Interval
	}
	c.keepTimer.Set(c.after(wait))
}

// AddressLost tells the connection that its local address is gone, as after a handover
// from Wi-Fi to 4G. Android ends such sockets; elsewhere nobody tells them, and what
// they send and what is sent to them leads nowhere: the connection is half open on
// both ends until each has retransmitted, or probed, for long enough.
func (c *Conn) AddressLost() {
	if c.os.DropsLost && c.state != stateIdle && c.state != stateClosed {
		c.wake(ErrAddressLost)
	}
}

// keeper is what keepalive needs to know.
type keeper struct {
	keepTimer engine.Timer
	lastHeard time.Duration // when a packet came last
}
