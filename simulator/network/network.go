package network

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
	"minilab/simulator/trace"
)

// Network is all hosts of a world and what lies between them.
type Network struct {
	e     *engine.Engine
	log   *trace.Log
	opt   Options
	pool  packet.Pool
	hosts []*Host
	// addrs are the addresses in use, by packet.Addr; place 0 is the name service.
	addrs []address
	// places finds an address that is the same seen from everywhere; loopbacks aren't.
	places map[netip.Addr]packet.Addr
	names  map[string]packet.Addr
	astray map[string]NameState // names that don't lead to their host
	dead   *Host                // where some of them lead; nil until one does
	free   netip.Addr           // next address to be given
	// core carries packets that no access link slows down: they still arrive in a
	// later event.
	core  *link.Link
	proc  *engine.Proc
	cross *Host // where the newest flow of cross traffic ends; nil if there is none
	tap   Tap   // nil: nobody looks
	noise Totals
}

type address struct {
	ip   netip.Addr
	host *Host
	left bool // its host has moved away
}

// Totals count packets that no link accounts for.
type Totals struct {
	// NoRoute: to an address that nobody has. Unheard: to a port where nobody is.
	// Overflowed: datagrams for which a receive queue had no room.
	NoRoute, Unheard, Overflowed int64
	// Stranded: from or to an address that its host has left. Unmapped: without a
	// mapping in a NAT. Unanswered: queries that the name service ignored.
	Stranded, Unmapped, Unanswered int64
}

// New makes a network without hosts. log may be nil.
func New(e *engine.Engine, log *trace.Log, opt Options) *Network {
	if opt.NameTimeout == 0 {
		opt.NameTimeout = DefaultNameTimeout
	}
	if opt.NameAttempts == 0 {
		opt.NameAttempts = DefaultNameAttempts
	}
	n := &Network{e: e, log: log, opt: opt, names: map[string]packet.Addr{}, places: map[netip.Addr]packet.Addr{}, free: netip.AddrFrom4([4]byte{10, 0, 0, 1})}
	n.addAddr(netip.AddrFrom4([4]byte{10, 255, 255, 53}), nil)
	n.core = link.New(e, &n.pool, "link/core", link.Options{}, arrivals{n})
	n.proc = e.Proc("network")
	return n
}

// AddHost adds a host. Hosts must be added in an order that the scenario decides.
func (n *Network) AddHost(opt HostOptions) (*Host, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	h := newHost(n, opt)
	for _, name := range append([]string{opt.Name}, opt.Names...) {
		if _, taken := n.names[name]; taken {
			return nil, fmt.Errorf("host %s: name %s is taken", opt.Name, name)
		}
	}
	ip := opt.Addr
	if !ip.IsValid() {
		ip = n.nextFree()
	}
	if _, taken := n.lookupAddr(ip); taken {
		return nil, fmt.Errorf("host %s: address %v is taken", opt.Name, ip)
	}
	h.addr = n.addAddr(ip, h)
	n.hosts = append(n.hosts, h)
	for _, name := range append([]string{opt.Name}, opt.Names...) {
		n.names[name] = h.addr
	}
	if opt.Access != nil {
		h.SetAccess(*opt.Access)
	}
	return h, nil
}

func (n *Network) nextFree() netip.Addr {
	for {
		ip := n.free
		n.free = ip.Next()
		if _, taken := n.lookupAddr(ip); !taken {
			return ip
		}
	}
}

// lookupAddr finds an address in the table that is the same seen from everywhere.
func (n *Network) lookupAddr(ip netip.Addr) (packet.Addr, bool) {
	at, found := n.places[ip]
	return at, found
}

// addAddr gives an address its place in the table.
func (n *Network) addAddr(ip netip.Addr, h *Host) packet.Addr {
	at := packet.Addr(len(n.addrs))
	n.addrs = append(n.addrs, address{ip: ip, host: h})
	if !ip.IsLoopback() {
		n.places[ip] = at
	}
	return at
}

// Live is how many packets are under way.
func (n *Network) Live() int { return n.pool.Live() }

// Stray counts the packets that reached nobody.
func (n *Network) Stray() Totals { return n.noise }

// Totals writes what became of all packets to the record: at the end of a run.
func (n *Network) Totals() {
	if n.log == nil {
		return
	}
	for _, h := range n.hosts {
		if h.actor == trace.Nobody || h.up == nil {
			continue
		}
		for _, d := range []struct {
			name string
			t    link.Totals
		}{{"up", h.up.Totals()}, {"down", h.down.Totals()}} {
			n.log.Add(trace.LinkTotals, h.actor, trace.Nobody, d.name, rareFates(d.t),
				d.t.Sent, d.t.Delivered, d.t.Lost, d.t.Refused, d.t.Blacked, d.t.Bytes)
		}
	}
}

// rareFates says in words what few links do to packets.
func rareFates(t link.Totals) string {
	var parts []string
	for _, f := range []struct {
		name string
		n    int64
	}{{"duplicated", t.Duplicated}, {"shed", t.Shed}, {"corrupted", t.Corrupted}, {"stranded", t.Stranded}} {
		if f.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", f.name, f.n))
		}
	}
	return strings.Join(parts, ", ")
}

// forward takes a packet that has left its sender's up-link.
func (n *Network) forward(p *packet.Packet, ideal bool) {
	if p.Dst.Addr == nameService {
		n.resolve(p)
		return
	}
	h := n.addrs[p.Dst.Addr].host
	switch {
	case h == nil && n.addrs[p.Dst.Addr].left:
		n.noise.Stranded++
		n.pool.Put(p)
	case h == nil:
		n.noise.NoRoute++
		n.pool.Put(p)
	case h.nat.opt.Idle > 0 && p.Src.Addr != p.Dst.Addr && !h.admit(p):
	case h.down != nil && p.Src.Addr != p.Dst.Addr:
		h.down.Send(p)
	case ideal:
		n.core.Send(p)
	default:
		h.Deliver(p)
	}
}

// arrivals takes what comes out of the core.
type arrivals struct{ n *Network }

func (a arrivals) Deliver(p *packet.Packet) {
	if h := a.n.addrs[p.Dst.Addr].host; h != nil {
		h.Deliver(p)
		return
	}
	a.n.noise.Stranded++ // the address was left at this very instant
	a.n.pool.Put(p)
}

// later has f called after d.
func (n *Network) later(d time.Duration, f func()) { n.proc.After(d, f) }
