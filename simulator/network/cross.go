package network

import (
	"fmt"
	"net/netip"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
	"minilab/simulator/trace"
)

// CrossOptions are a flow of somebody else that shares an access link's queue, between
// the host and a machine in the core. The host's owner sees nothing of it but its
// effect and its packets in the link's totals.
type CrossOptions struct {
	Up  bool // from the host; otherwise to it
	TCP bool // otherwise UDP at a constant rate
	// RateBPS is the rate of whole packets (UDP) or of payload (TCP, where 0 is as much
	// as the congestion control lets through).
	RateBPS int64
	// The flow runs from Start for On, and again after each Off. On 0 is for good, Off
	// 0 is once.
	Start, On, Off time.Duration
}

// Validate tells what is wrong with o, or nil.
func (o *CrossOptions) Validate() error {
	switch {
	case o.RateBPS < 0 || o.RateBPS == 0 && !o.TCP:
		return fmt.Errorf("rate %d bit/s: UDP needs one", o.RateBPS)
	case o.RateBPS > mostCrossBPS:
		return fmt.Errorf("rate %d bit/s is more than %d", o.RateBPS, int64(mostCrossBPS))
	case o.Start < 0 || o.On < 0 || o.Off < 0 || o.On == 0 && o.Off > 0:
		return fmt.Errorf("start %v, on %v, off %v", o.Start, o.On, o.Off)
	}
	return nil
}

const (
	// crossBytes is the length of a UDP packet of cross traffic.
	// Source: WebRTC's usual packets of about 1200 bytes payload; fidelity: assumed.
	crossBytes = 1228
	// crossTick is how often a TCP flow with a rate writes, as a frame source would.
	crossTick = 40 * time.Millisecond
	// crossOwed is how much a TCP flow with a rate saves up while it may not send: like
	// an encoder that drops pictures, it doesn't make up for more.
	// Source: none; fidelity: assumed.
	crossOwed = 200 * time.Millisecond
	// crossRetry is how long a TCP flow waits after a failure.
	// Source: none; fidelity: assumed.
	crossRetry = time.Second
	// mostCrossBPS is more than any access link carries.
	mostCrossBPS = 100_000_000_000
)

// endless tells whether a flow would send for ever at one instant: as much as it can,
// over a link that takes no time. There the acknowledgement of a segment comes at the
// instant at which it was sent, each makes room for the next, and the clock never moves:
// a measured run had sent 12 million segments after 4 s, all of them at time zero, with
// fewer than 50 under way at once. Neither memory nor a deadline of the world ends it.
func (o *CrossOptions) endless(up, down *LinkOptions) bool {
	return o.TCP && o.RateBPS == 0 && timeless(up) && timeless(down)
}

func timeless(o *LinkOptions) bool { return o.RateBPS == 0 && o.Trace == nil && o.Delay == 0 }

// crossBlock is what TCP flows send; nobody reads it.
var crossBlock = make([]byte, 1<<16)

// crossHost is a machine in the core that cross traffic comes from and goes to, and a
// port of it. Each flow has a port, so a big world needs several machines.
func (n *Network) crossHost() (*Host, uint16) {
	if n.cross != nil {
		if port, err := n.cross.portFor(); err == nil {
			return n.cross, port
		}
	}
	name, addr := "cross-traffic", netip.AddrFrom4([4]byte{10, 255, 255, 9})
	if n.cross != nil {
		addr = n.addrs[n.cross.addr].ip.Next()
		name += "/" + addr.String()
	}
	n.cross = newHost(n, HostOptions{Name: name, Actor: trace.Nobody})
	n.cross.addr = n.addAddr(addr, n.cross)
	port, _ := n.cross.portFor() // of a new machine: there is one
	return n.cross, port
}

// crossFlow is one flow of cross traffic: its timeline, and the sending end.
type crossFlow struct {
	h     *Host
	opt   CrossOptions
	far   *Host
	port  uint16 // at the far end
	near  uint16 // at the host (UDP)
	sock  sockets.Socket
	out   sockets.Socket // the sending end; nil until it is open
	owed  int            // bytes that a TCP flow with a rate may send
	on    bool
	done  bool
	turn  *engine.Alarm // on and off
	pulse *engine.Alarm // the next packet, write or attempt
	quit  func()
}

func (h *Host) newCross(o *CrossOptions) *crossFlow {
	c := &crossFlow{h: h, opt: *o, quit: func() {}}
	c.far, c.port = h.n.crossHost()
	h.crossed++
	proc := h.n.e.Proc(fmt.Sprintf("cross/%s/%d", h.name, h.crossed))
	c.turn, c.pulse = proc.Alarm(c.toggle), proc.Alarm(c.beat)
	if o.TCP {
		c.quit, _ = c.far.Listen(c.port, func(sockets.Socket) sockets.Handler { return crossEnd{c, !o.Up} })
	} else {
		var err error
		if c.near, err = h.portFor(); err != nil {
			return c // the host has no port left: it never runs
		}
		h.udp[c.near], c.far.udp[c.port] = ignore, ignore
		c.quit = func() { delete(h.udp, c.near); delete(c.far.udp, c.port) }
	}
	c.turn.In(o.Start)
	return c
}

func ignore(*packet.Packet) {}

// stop ends the flow for good.
func (c *crossFlow) stop() {
	c.done = true
	c.pause()
	c.turn.Clear()
	c.quit()
}

func (c *crossFlow) toggle() {
	if c.on {
		c.pause()
		if c.opt.Off > 0 {
			c.turn.In(c.opt.Off)
		}
		return
	}
	c.on = true
	if c.opt.On > 0 {
		c.turn.In(c.opt.On)
	}
	c.pulse.In(0)
}

func (c *crossFlow) pause() {
	c.on = false
	c.pulse.Clear()
	if c.sock != nil {
		c.sock.Abort()
		c.sock, c.out = nil, nil
	}
}

// beat sends a UDP packet, lets TCP write, or connects.
func (c *crossFlow) beat() {
	switch {
	case !c.opt.TCP:
		c.datagram()
		c.pulse.In(time.Duration(crossBytes * 8e9 / c.opt.RateBPS))
	case c.sock == nil:
		to := netip.AddrPortFrom(c.far.Addr(), c.port)
		c.sock = c.h.dial(netip.AddrPort{}, to, crossEnd{c, c.opt.Up})
	case c.out != nil:
		c.owed = min(c.owed+c.bytes(crossTick), c.bytes(crossOwed))
		c.write()
		c.pulse.In(crossTick)
	}
}

// bytes is what the flow sends in that time at its rate.
func (c *crossFlow) bytes(d time.Duration) int { return int(d.Seconds() * float64(c.opt.RateBPS) / 8) }

func (c *crossFlow) datagram() {
	p := c.h.n.pool.Get()
	p.Proto, p.Bytes = packet.UDP, crossBytes
	near, far := packet.Endpoint{Addr: c.h.addr, Port: c.near}, packet.Endpoint{Addr: c.far.addr, Port: c.port}
	if c.opt.Up {
		p.Src, p.Dst = near, far
		c.h.up.Send(p)
		return
	}
	p.Src, p.Dst = far, near
	c.h.n.forward(p, true)
}

func (c *crossFlow) write() {
	for {
		n := min(c.out.Free(), len(crossBlock))
		if c.opt.RateBPS > 0 {
			n = min(n, c.owed)
			c.owed -= max(n, 0)
		}
		if n <= 0 {
			return
		}
		c.out.Send(crossBlock[:n])
	}
}

// crossEnd is one end of a TCP flow.
type crossEnd struct {
	c     *crossFlow
	sends bool
}

// OnOpen implements sockets.Handler.
func (x crossEnd) OnOpen(s sockets.Socket) {
	if !x.sends || !x.c.on {
		return
	}
	x.c.out, x.c.owed = s, 0
	if x.c.opt.RateBPS > 0 {
		x.c.pulse.In(0)
		return
	}
	x.c.write()
}

// OnData implements sockets.Handler.
func (x crossEnd) OnData(sockets.Socket, []byte) {}

// OnWritable implements sockets.Handler.
func (x crossEnd) OnWritable(s sockets.Socket) {
	if x.sends && s == x.c.out {
		x.c.write()
	}
}

// OnClose implements sockets.Handler.
func (x crossEnd) OnClose(s sockets.Socket, _ error) {
	c := x.c
	if s == c.out {
		c.out = nil
	}
	if s == c.sock {
		c.sock, c.out = nil, nil
		if c.on && !c.done {
			c.pulse.In(crossRetry)
		}
	}
}
