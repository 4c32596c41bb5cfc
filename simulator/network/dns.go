package network

import (
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// nameService is the address of the simulated resolver, which lives in the core: a
// lookup costs a round trip over the access link.
const nameService packet.Addr = 0

const (
	dnsPort = 53
	// answerTTL is the life of an answer in seconds, for which a host remembers it, as
	// the resolvers of both systems do (RFC 1035, 3.2.1: documented).
	// Source of the number: none; fidelity: assumed.
	answerTTL = 60
)

// remembered is an answer of the name service that a host has got.
type remembered struct {
	addr  packet.Addr
	until time.Duration
}

// lookup is a query of the name service under way.
type lookup struct {
	h        *Host
	name     string
	id       uint16
	port     uint16
	question []byte
	attempts int
	over     bool
	done     func(packet.Addr, error)
}

// lookup resolves a name; done is called in a later event.
func (h *Host) lookup(name string, done func(packet.Addr, error)) {
	if r, ok := h.names[name]; ok && h.n.e.Now() < r.until {
		h.n.later(0, func() { done(r.addr, nil) })
		return
	}
	port, err := h.portFor()
	if err != nil {
		h.n.later(0, func() { done(0, err) })
		return
	}
	q := &lookup{h: h, name: name, port: port, done: done}
	q.id = q.port // unique among those under way on this host
	if q.question, err = question(q.id, name); err != nil {
		h.n.later(0, func() { done(0, sockets.ErrNameNotFound) })
		return
	}
	h.udp[q.port] = q.answered
	q.send()
}

func question(id uint16, name string) ([]byte, error) {
	n, err := dnsmessage.NewName(strings.TrimSuffix(name, ".") + ".")
	if err != nil {
		return nil, err
	}
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: n, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}},
	}
	return m.Pack()
}

func (q *lookup) send() {
	q.attempts++
	h := q.h
	h.sendUDP(q.port, packet.Endpoint{Addr: nameService, Port: dnsPort}, q.question)
	attempt := q.attempts
	h.n.later(h.n.opt.NameTimeout, func() {
		if attempt == q.attempts {
			q.timeout()
		}
	})
}

func (q *lookup) timeout() {
	switch {
	case q.over:
	case q.attempts < q.h.n.opt.NameAttempts:
		q.send()
	default:
		q.finish(0, sockets.ErrNameTimeout)
	}
}

func (q *lookup) finish(addr packet.Addr, err error) {
	q.over = true
	delete(q.h.udp, q.port)
	q.done(addr, err)
}

func (q *lookup) answered(p *packet.Packet) {
	var m dnsmessage.Message
	if err := m.Unpack(p.Data); err != nil || m.ID != q.id || !m.Response {
		return
	}
	for _, a := range m.Answers {
		if r, ok := a.Body.(*dnsmessage.AResource); ok {
			if addr, known := q.h.n.lookupAddr(netip.AddrFrom4(r.A)); known {
				q.h.remember(q.name, addr, a.Header.TTL)
				q.finish(addr, nil)
				return
			}
		}
	}
	switch {
	case m.RCode != dnsmessage.RCodeServerFailure:
		q.finish(0, sockets.ErrNameNotFound)
	case q.attempts < q.h.n.opt.NameAttempts:
		q.send()
	default:
		q.finish(0, sockets.ErrNameFailure)
	}
}

func (h *Host) remember(name string, addr packet.Addr, seconds uint32) {
	if h.names == nil {
		h.names = map[string]remembered{}
	}
	h.names[name] = remembered{addr, h.n.e.Now() + time.Duration(seconds)*time.Second}
}

func (h *Host) sendUDP(port uint16, to packet.Endpoint, data []byte) {
	h.transmitUDP(packet.Endpoint{Addr: h.addr, Port: port}, to, data)
}

// resolve is the name service: it answers a query.
func (n *Network) resolve(p *packet.Packet) {
	query, from := p.Data, p.Src
	n.pool.Put(p)
	answer, delay := n.answer(query), n.opt.ResolverDelay
	if h := n.addrs[from.Addr].host; h != nil && h.lookupOptions() != (LookupOptions{}) {
		delay += h.lookupOptions().Delay
		if answer = h.mishap(answer); answer == nil {
			n.noise.Unanswered++
			return
		}
	}
	if answer == nil {
		n.noise.Unheard++
		return
	}
	reply := func() {
		r := n.pool.Get()
		r.Proto = packet.UDP
		r.Src, r.Dst = packet.Endpoint{Addr: nameService, Port: dnsPort}, from
		r.Data = answer
		r.Bytes = udpHeaderBytes + len(answer)
		n.forward(r, true)
	}
	if delay == 0 {
		reply()
		return
	}
	n.later(delay, reply)
}

// mishap is what comes of an answer that a host is to get: nothing, a server's failure
// or the answer.
func (h *Host) mishap(answer []byte) []byte {
	o := h.lookupOptions()
	if h.mishaps == nil {
		h.mishaps = h.n.e.Rand("lookup/" + h.name)
	}
	lost, failed := h.mishaps.Float64() < o.LossRate, h.mishaps.Float64() < o.FailRate
	var m dnsmessage.Message
	switch {
	case lost || answer == nil:
		return nil
	case !failed || m.Unpack(answer) != nil:
		return answer
	}
	m.Answers, m.RCode = nil, dnsmessage.RCodeServerFailure
	b, err := m.Pack()
	if err != nil {
		return nil
	}
	return b
}

// answer gives the bytes of the answer to a query; nil if it isn't one.
func (n *Network) answer(query []byte) []byte {
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil || len(m.Questions) != 1 {
		return nil
	}
	m.Response, m.RecursionAvailable = true, true
	q := m.Questions[0]
	if ip, ok := n.resolveName(strings.TrimSuffix(q.Name.String(), ".")); ok {
		m.Answers = []dnsmessage.Resource{{
			Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: answerTTL},
			Body:   &dnsmessage.AResource{A: ip.As4()},
		}}
	} else {
		m.RCode = dnsmessage.RCodeNameError
	}
	b, err := m.Pack()
	if err != nil {
		return nil
	}
	return b
}
