package tcp

import (
	"net/netip"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// Env is the host that a connection lives on.
type Env interface {
	// Packet gives an empty packet.
	Packet() *packet.Packet
	// Transmit takes a complete packet.
	Transmit(p *packet.Packet)
	// Release is called once, when the connection needs its ports no longer.
	Release(c *Conn)
	// TimedOut and Recovering report a retransmission time-out, with the time that
	// passed and how many there were in a row, and the start of a loss recovery.
	TimedOut(c *Conn, rto time.Duration, count int)
	Recovering(c *Conn)
	// Address is an endpoint in words.
	Address(e packet.Endpoint) netip.AddrPort
}

type state uint8

const (
	stateIdle state = iota // before Connect: the name is being looked up
	stateSYNSent
	stateSYNReceived
	stateOpen // and closing, see the flags
	stateTimeWait
	stateClosed
)

// Which of a connection's timers an event is for: the low bits of its op.
const (
	timerSend = iota // retransmission, probe
	timerAck         // delayed acknowledgement
	timerLife        // handshake, TIME_WAIT, and what is to happen in a later event
	timerKeep        // keepalive
	timers
)

// OpBits is how many low bits of an actor's op belong to the connection; the rest is
// the slot that it was made with.
const OpBits = 2

// Conn is one end of a TCP connection. It implements
// sockets.Half.
type Conn struct {
	e       *engine.Engine
	env     Env
	opt     Options
	os      *Profile
	ticks   ticks
	handler sockets.Handler
	accept  func(sockets.Socket) sockets.Handler
	local   packet.Endpoint
	remote  packet.Endpoint
	slot    uint32
	state   state

	receiving bool  // the application reads
	appClosed bool  // no callback any more
	blocked   bool  // Free was at or below zero: OnWritable is owed
	woken     bool  // something waits for timerLife
	waking    error // what OnClose is to say in a later event

	finQueued, finSent, finAcked, finRcvd bool
	endTold                               bool // OnEnd has been called
	passive                               bool // the peer's FIN came before ours was sent

	sendTimer, ackTimer, lifeTimer engine.Timer

	keeper
	sender
	receiver
}

var _ sockets.Half = (*Conn)(nil)

// New makes an idle connection. Its timers' events go to the actor with op
// slot<<OpBits + n, to be handed to HandleTimer.
func New(e *engine.Engine, env Env, actor engine.ActorID, slot uint32, opt Options, local packet.Endpoint, h sockets.Handler) *Conn {
	c := &Conn{e: e, env: env, opt: opt.complete(), os: profileOf(opt.OS), handler: h, local: local, slot: slot, receiving: true}
	c.ticks = ticks{tick: int64(c.os.Tick), phase: int64(opt.Uptime), wheel: c.os.Wheel}
	op := uint64(slot) << OpBits
	c.sendTimer = e.NewTimer(actor, op+timerSend)
	c.ackTimer = e.NewTimer(actor, op+timerAck)
	c.lifeTimer = e.NewTimer(actor, op+timerLife)
	c.keepTimer = e.NewTimer(actor, op+timerKeep)
	c.initSender()
	c.initReceiver()
	return c
}

// Slot is the number that the connection was made with.
func (c *Conn) Slot() uint32 { return c.slot }

// Endpoints are the two ends; the remote one is zero before Connect.
func (c *Conn) Endpoints() (local, remote packet.Endpoint) { return c.local, c.remote }

// Retransmitted is how many segments were sent again so far.
func (c *Conn) Retransmitted() int { return c.totalRetrans }

// Local implements sockets.Socket.
func (c *Conn) Local() netip.AddrPort { return c.env.Address(c.local) }

// Remote implements sockets.Socket.
func (c *Conn) Remote() netip.AddrPort { return c.env.Address(c.remote) }

// Send implements sockets.Socket.
func (c *Conn) Send(p []byte) {
	if c.SendMore(p); c.state == stateOpen {
		c.push(false)
	}
}

// SendMore is Send for a caller that will Send more in the same event: it doesn't
// make a packet by itself (MSG_MORE).
func (c *Conn) SendMore(p []byte) {
	if c.finQueued || c.state >= stateTimeWait {
		return
	}
	c.stream.Write(p)
	if c.Free() <= 0 {
		c.blocked = true
	}
}

// Free implements sockets.Socket.
func (c *Conn) Free() int { return c.sendBuffer - c.Unacked() }

// Unacked implements sockets.Socket.
func (c *Conn) Unacked() int { return int(c.stream.End() - c.offsetAcked()) }

// Receive implements sockets.Socket.
func (c *Conn) Receive(on bool) {
	if on && !c.receiving && c.state == stateOpen && !c.appClosed {
		c.wake(nil)
	}
	c.receiving = on
}

// Close implements sockets.Socket.
func (c *Conn) Close() {
	if c.appClosed {
		return
	}
	c.appClosed = true
	switch {
	case c.state <= stateSYNSent:
		c.end()
	case c.unread() > 0: // as the kernel does: the peer must learn that bytes were lost
		c.reset()
	default:
		c.finQueued = true
		if c.state == stateOpen {
			c.push(false)
			c.settle()
		}
	}
}

// Abort implements sockets.Socket.
func (c *Conn) Abort() {
	c.appClosed = true
	if c.state == stateSYNReceived || c.state == stateOpen {
		c.reset()
		return
	}
	c.end()
}

// Fail ends a connection that could not come about; OnClose follows in a later event.
func (c *Conn) Fail(err error) {
	if !c.appClosed {
		c.wake(err)
	}
}

func (c *Conn) reset() {
	p := c.segment(packet.RST|packet.ACK, c.nxt, 0)
	c.env.Transmit(p)
	c.end()
}

// fail ends the connection at once and tells the application why.
func (c *Conn) fail(err error) {
	c.end()
	if !c.appClosed {
		c.appClosed = true
		c.handler.OnClose(c, err)
	}
}

// end forgets everything; no packet and no callback follows.
func (c *Conn) end() {
	if c.state == stateClosed {
		return
	}
	c.state = stateClosed
	c.sendTimer.Clear()
	c.ackTimer.Clear()
	c.lifeTimer.Clear()
	c.keepTimer.Clear()
	c.dropQueues()
	c.env.Release(c)
}

// settle moves a connection on whose closing has made progress.
func (c *Conn) settle() {
	if c.state != stateOpen || !c.finAcked {
		return
	}
	if !c.finRcvd {
		if c.appClosed && !c.lifeTimer.Armed() {
			c.lifeTimer.Set(c.after(finWait2))
		}
		return
	}
	if !c.appClosed { // it has yet to read, or to Close
		return
	}
	if c.passive {
		c.end()
		return
	}
	c.state = stateTimeWait
	c.sendTimer.Clear()
	c.ackTimer.Clear()
	c.dropQueues()
	c.lifeTimer.Set(c.after(c.os.TimeWait))
}

// wake has the connection look at what it owes the application in a later event.
func (c *Conn) wake(err error) {
	c.woken = true
	if err != nil {
		c.waking = err
	}
	c.lifeTimer.Set(c.e.Now())
}

// HandleTimer takes a timer's event; n is the low OpBits of its op.
func (c *Conn) HandleTimer(n uint64) {
	switch n {
	case timerSend:
		if c.sendTimer.Due() {
			c.onSendTimer()
		}
	case timerAck:
		if c.ackTimer.Due() {
			c.onAckTimer()
		}
	case timerLife:
		if c.lifeTimer.Due() {
			c.onLifeTimer()
		}
	case timerKeep:
		if c.keepTimer.Due() {
			c.onKeepTimer()
		}
	}
}

func (c *Conn) onLifeTimer() {
	if c.woken {
		c.woken = false
		if err := c.waking; err != nil {
			c.waking = nil
			c.fail(err)
			return
		}
		switch {
		case c.state == stateTimeWait:
			c.lifeTimer.Set(c.after(c.os.TimeWait))
		case c.state == stateOpen && c.finAcked && c.appClosed:
			c.lifeTimer.Set(c.after(finWait2))
		}
		c.deliver()
		return
	}
	switch c.state {
	case stateSYNSent, stateSYNReceived:
		c.retrySYN()
	default:
		c.end()
	}
}
