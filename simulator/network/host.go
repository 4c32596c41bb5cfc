package network

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
	"minilab/simulator/network/tcp"
	"minilab/simulator/trace"
)

// Host is a machine on the network. It implements sockets.Stack.
type Host struct {
	n        *Network
	name     string
	addr     packet.Addr
	actor    trace.ActorID
	opt      tcp.Options
	id       engine.ActorID
	up, down *link.Link // nil: ideal
	plan     *plan
	nat      nat
	mishaps  *rand.Rand // of lookups
	crossed  int        // flows of cross traffic so far

	conns  []*tcp.Conn // by slot
	slots  []uint32    // free ones
	table  map[uint64]*tcp.Conn
	ports  map[uint16]func(sockets.Socket) sockets.Handler
	bound  map[uint16]packet.Addr // listening ports that hear on one address only
	udp    map[uint16]func(*packet.Packet)
	names  map[string]remembered // answers of the name service
	loop   packet.Addr           // loopback; 0: not needed yet
	port   uint16                // last ephemeral port given
	outage int                   // how many are under way
}

var _ sockets.Stack = (*Host)(nil)

func newHost(n *Network, opt HostOptions) *Host {
	h := &Host{n: n, name: opt.Name, actor: opt.Actor, opt: opt.TCP, port: lastPort,
		table: map[uint64]*tcp.Conn{}, ports: map[uint16]func(sockets.Socket) sockets.Handler{}, bound: map[uint16]packet.Addr{}, udp: map[uint16]func(*packet.Packet){}}
	h.id = n.e.Add("host/"+opt.Name, h)
	if h.opt.Uptime == 0 { // ticks of different hosts don't fall together
		h.opt.Uptime = time.Duration(n.e.Rand("uptime/" + opt.Name).Int64N(int64(time.Hour)))
	}
	return h
}

// Name is the host's name.
func (h *Host) Name() string { return h.name }

// Addr is the host's address.
func (h *Host) Addr() netip.Addr { return h.n.addrs[h.addr].ip }

// Traffic counts the packets of both directions of the access link; zero if it is ideal.
func (h *Host) Traffic() (up, down link.Totals) {
	if h.up == nil {
		return
	}
	return h.up.Totals(), h.down.Totals()
}

// announce has the outages of the link's plan recorded, if both directions have them.
func (h *Host) announce(o AccessOptions) {
	for _, w := range o.Up.Outages {
		for _, d := range o.Down.Outages {
			if w == d && w.Start >= h.n.e.Now() {
				h.n.proc.At(w.Start, func() { h.outageBegins(w.Length) })
			}
		}
	}
}

// Outage lets all packets of both directions vanish from now on for that long.
func (h *Host) Outage(length time.Duration) {
	if h.up == nil {
		h.SetAccess(AccessOptions{})
	}
	h.up.Break(length)
	h.down.Break(length)
	h.outageBegins(length)
}

func (h *Host) outageBegins(length time.Duration) {
	h.outage++
	if h.outage == 1 {
		h.emit(trace.OutageBegan, trace.Nobody, "")
	}
	h.n.later(length, func() {
		h.outage--
		if h.outage == 0 {
			h.emit(trace.OutageEnded, trace.Nobody, "")
		}
	})
}

func (h *Host) emit(k trace.Kind, peer trace.ActorID, note string, v ...int64) {
	if h.n.log != nil && h.actor != trace.Nobody {
		h.n.log.Add(k, h.actor, peer, "", note, v...)
	}
}

// HandleEvent passes a timer on to its connection. It implements engine.Actor.
func (h *Host) HandleEvent(op uint64) {
	if c := h.conns[op>>tcp.OpBits]; c != nil {
		c.HandleTimer(op & (1<<tcp.OpBits - 1))
	}
}

// key finds a connection in the table: what differs between two connections of a host.
func key(local, remote packet.Endpoint) uint64 {
	return uint64(remote.Addr)<<32 | uint64(remote.Port)<<16 | uint64(local.Port)
}

// Deliver takes a packet that arrived. It implements link.Sink.
func (h *Host) Deliver(p *packet.Packet) {
	h.receive(p)
	h.n.pool.Put(p)
}

func (h *Host) receive(p *packet.Packet) {
	if p.Proto != packet.TCP {
		switch f := h.udp[p.Dst.Port]; {
		case f != nil:
			f(p)
		case p.Proto == packet.UDP:
			h.unheard(p)
		}
		return
	}
	if c := h.table[key(p.Dst, p.Src)]; c != nil {
		c.Input(p)
		return
	}
	if p.Flags&(packet.SYN|packet.ACK|packet.RST) == packet.SYN {
		if accept := h.listener(p.Dst); accept != nil {
			c := h.newConn(p.Dst, nil)
			h.table[key(p.Dst, p.Src)] = c
			c.Accept(p, accept)
			return
		}
	}
	h.n.noise.Unheard++
	h.refuse(p)
}

// refuse answers a packet for nobody with a reset.
func (h *Host) refuse(p *packet.Packet) {
	if p.Flags&packet.RST == 0 {
		h.Transmit(h.resetFor(p))
	}
}

// resetFor is the reset that answers a packet.
func (h *Host) resetFor(p *packet.Packet) *packet.Packet {
	r := h.Packet()
	r.Src, r.Dst = p.Dst, p.Src
	r.Bytes = tcp.ResetBytes
	r.Flags = packet.RST | packet.ACK
	if p.Flags&packet.ACK != 0 {
		r.Seq = p.Ack
	}
	r.Ack = p.End()
	return r
}

func (h *Host) newConn(local packet.Endpoint, sh sockets.Handler) *tcp.Conn {
	var slot uint32
	if n := len(h.slots); n > 0 {
		slot = h.slots[n-1]
		h.slots = h.slots[:n-1]
	} else {
		slot = uint32(len(h.conns))
		h.conns = append(h.conns, nil)
	}
	c := tcp.New(h.n.e, h, h.id, slot, h.opt, local, sh)
	h.conns[slot] = c
	return c
}

// Dial implements sockets.Stack.
func (h *Host) Dial(host string, port uint16, sh sockets.Handler) sockets.Socket {
	if ip, err := netip.ParseAddr(host); err == nil {
		return h.dial(netip.AddrPort{}, netip.AddrPortFrom(ip, port), sh)
	}
	c := h.newConn(packet.Endpoint{Addr: h.addr}, sh)
	h.lookup(host, func(addr packet.Addr, err error) {
		if h.conns[c.Slot()] != c {
			return // closed in the meantime
		}
		if err != nil {
			c.Fail(fmt.Errorf("%s: %w", host, err))
			return
		}
		remote := packet.Endpoint{Addr: addr, Port: port}
		from, err := h.portTo(remote)
		if err != nil {
			c.Fail(err)
			return
		}
		c.Bind(packet.Endpoint{Addr: h.addr, Port: from}) // the host may have moved
		h.connect(c, remote)
	})
	return c
}

// dial connects to an address, from a local one where it matters.
func (h *Host) dial(local, remote netip.AddrPort, sh sockets.Handler) sockets.Socket {
	from, to, ok := h.route(remote.Addr())
	if own, err := h.own(local.Addr()); err == nil && own != everywhere {
		from = own
	}
	port := local.Port()
	end := packet.Endpoint{Addr: to, Port: remote.Port()}
	var err error
	if port == 0 && ok {
		port, err = h.portTo(end)
	}
	c := h.newConn(packet.Endpoint{Addr: from, Port: port}, sh)
	switch {
	case !ok:
		c.Fail(sockets.ErrNoRoute)
	case err != nil:
		c.Fail(err)
	case h.table[key(packet.Endpoint{Port: port}, end)] != nil:
		c.Fail(sockets.ErrAddressInUse)
	default:
		h.connect(c, end)
	}
	return c
}

func (h *Host) connect(c *tcp.Conn, remote packet.Endpoint) {
	local, _ := c.Endpoints()
	h.table[key(local, remote)] = c
	c.Connect(remote)
}

// listener is who accepts connections to an end, or nil.
func (h *Host) listener(to packet.Endpoint) func(sockets.Socket) sockets.Handler {
	if only, bound := h.bound[to.Port]; bound && only != to.Addr {
		return nil
	}
	return h.ports[to.Port]
}

// Listen implements sockets.Stack.
func (h *Host) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (stop func(), err error) {
	if port == 0 {
		if port, err = h.portFor(); err != nil {
			return nil, err
		}
	}
	if h.ports[port] != nil {
		return nil, fmt.Errorf("port %d of %s: %w", port, h.name, sockets.ErrAddressInUse)
	}
	h.ports[port] = accept
	return func() { delete(h.ports, port) }, nil
}

// Packet implements tcp.Env.
func (h *Host) Packet() *packet.Packet { return h.n.pool.Get() }

// Transmit implements tcp.Env.
func (h *Host) Transmit(p *packet.Packet) {
	if h.stale(p) {
		h.n.noise.Stranded++
		h.n.pool.Put(p)
		return
	}
	if h.up != nil && p.Src.Addr != p.Dst.Addr {
		h.up.Send(p)
		return
	}
	h.n.forward(p, true)
}

// Release implements tcp.Env.
func (h *Host) Release(c *tcp.Conn) {
	local, remote := c.Endpoints()
	if k := key(local, remote); h.table[k] == c {
		delete(h.table, k)
	}
	h.conns[c.Slot()] = nil
	h.slots = append(h.slots, c.Slot())
}

// TimedOut implements tcp.Env.
func (h *Host) TimedOut(c *tcp.Conn, rto time.Duration, count int) {
	if h.n.log != nil && h.actor != trace.Nobody {
		h.emit(trace.TCPTimeout, h.peer(c), c.Remote().String(), int64(rto), int64(count))
	}
}

// Recovering implements tcp.Env.
func (h *Host) Recovering(c *tcp.Conn) {
	if h.n.log != nil && h.actor != trace.Nobody {
		h.emit(trace.TCPRecovery, h.peer(c), c.Remote().String(), int64(c.Retransmitted()))
	}
}

func (h *Host) peer(c *tcp.Conn) trace.ActorID {
	_, remote := c.Endpoints()
	if host := h.n.addrs[remote.Addr].host; host != nil {
		return host.actor
	}
	return trace.Nobody
}

// Address implements tcp.Env.
func (h *Host) Address(e packet.Endpoint) netip.AddrPort {
	if e.Port == 0 {
		return netip.AddrPort{}
	}
	return netip.AddrPortFrom(h.n.addrs[e.Addr].ip, e.Port)
}
