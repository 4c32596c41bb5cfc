package tcp

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// bench is a connection under test whose packets go to a list instead of a link: the
// test plays the peer, with packets of its own at times of its own.
type bench struct {
	t    *testing.T
	e    *engine.Engine
	c    *Conn
	out  []*packet.Packet
	at   []time.Duration
	gone bool
	log  []string // timeouts and recoveries
	app  *app
	peer packet.Stream
}

const (
	ms    = time.Millisecond
	local = 40000
	peer  = 1935
)

func (b *bench) HandleEvent(op uint64)                  { b.c.HandleTimer(op & (1<<OpBits - 1)) }
func (b *bench) Packet() *packet.Packet                 { return &packet.Packet{} }
func (b *bench) Release(*Conn)                          { b.gone = true }
func (b *bench) Address(packet.Endpoint) netip.AddrPort { return netip.AddrPort{} }
func (b *bench) Recovering(*Conn)                       { b.log = append(b.log, fmt.Sprintf("recovery at %v", b.e.Now())) }
func (b *bench) TimedOut(_ *Conn, d time.Duration, n int) {
	b.log = append(b.log, fmt.Sprintf("timeout %d", n))
}
func (b *bench) Transmit(p *packet.Packet) {
	b.out = append(b.out, p)
	b.at = append(b.at, b.e.Now())
}

// app is what the application saw.
type app struct {
	opened, writable int
	got              []byte
	closed           bool
	err              error
	onData           func()
}

func (a *app) OnOpen(sockets.Socket) { a.opened++ }
func (a *app) OnData(_ sockets.Socket, p []byte) {
	a.got = append(a.got, p...)
	if a.onData != nil {
		a.onData()
	}
}
func (a *app) OnWritable(sockets.Socket)         { a.writable++ }
func (a *app) OnClose(_ sockets.Socket, e error) { a.closed, a.err = true, e }

func newBench(t *testing.T, o Options) *bench {
	b := &bench{t: t, e: engine.New(1), app: &app{}}
	b.c = New(b.e, b, b.e.Add("conn", b), 0, o, packet.Endpoint{Addr: 1, Port: local}, b.app)
	return b
}

// opened is a bench with an established connection and a round trip of rtt.
func opened(t *testing.T, o Options, rtt time.Duration) *bench {
	b := newBench(t, o)
	b.c.Connect(packet.Endpoint{Addr: 2, Port: peer})
	b.run(rtt)
	b.in(packet.Packet{Flags: packet.SYN | packet.ACK, Ack: 1, Window: 65535})
	b.expect("SYN 0", "ACK 1:1 a1")
	return b
}

func (b *bench) run(d time.Duration) { b.e.RunUntil(b.e.Now() + d) }

// in injects a packet of the peer now.
func (b *bench) in(p packet.Packet) {
	p.Src, p.Dst = packet.Endpoint{Addr: 2, Port: peer}, packet.Endpoint{Addr: 1, Port: local}
	p.Stream = &b.peer
	p.TSVal = stampMS(int64(b.e.Now()))
	if n := p.Seq + uint64(p.Len); p.Len > 0 && n > b.peer.End()+1 {
		b.peer.Write(make([]byte, n-1-b.peer.End()))
	}
	if p.Window == 0 {
		p.Window = 65535
	}
	if p.Window < 0 {
		p.Window = 0
	}
	if len(b.out) > 0 && p.TSEcr == 0 {
		p.TSEcr = stampMS(int64(b.e.Now() - 1*ms))
	}
	b.c.Input(&p)
}

func (b *bench) ack(n uint64, sacks ...packet.Range) {
	p := packet.Packet{Flags: packet.ACK, Seq: max(b.c.rcvNxt, 1), Ack: n, SACKs: uint8(len(sacks))}
	copy(p.SACK[:], sacks)
	b.in(p)
}

func (b *bench) data(seq uint64, n int, flags packet.Flags) {
	b.in(packet.Packet{Flags: packet.ACK | flags, Seq: seq, Len: n, Ack: b.c.nxt})
}

// words describes a packet: flags, range, acknowledgement, SACK blocks.
func words(p *packet.Packet) string {
	var f []string
	for _, k := range []struct {
		f packet.Flags
		s string
	}{{packet.SYN, "SYN"}, {packet.FIN, "FIN"}, {packet.RST, "RST"}} {
		if p.Flags&k.f != 0 {
			f = append(f, k.s)
		}
	}
	s := strings.Join(f, "|")
	switch {
	case s == "SYN" && p.Flags&packet.ACK == 0:
		return fmt.Sprintf("SYN %d", p.Seq)
	case s == "" && p.Len == 0:
		s = "ACK"
	case s == "":
		s = "DATA"
	}
	s += fmt.Sprintf(" %d:%d a%d", p.Seq, p.Seq+uint64(p.Len), p.Ack)
	for _, r := range p.SACK[:p.SACKs] {
		s += fmt.Sprintf(" s%d-%d", r.Start, r.End)
	}
	return s
}

// expect compares the packets sent since the last call.
func (b *bench) expect(want ...string) {
	b.t.Helper()
	var got []string
	for _, p := range b.out {
		got = append(got, words(p))
	}
	if !slices.Equal(got, want) {
		b.t.Fatalf("at %v sent %q, want %q", b.e.Now(), got, want)
	}
	b.out, b.at = nil, nil
}

// times gives the times of the packets sent since the last expect, and forgets them.
func (b *bench) times() []time.Duration {
	at := b.at
	b.out, b.at = nil, nil
	return at
}

// wantAbout wants packets at those times or up to an eighth later, as the timer wheel
// has it.
func (b *bench) wantAbout(want ...time.Duration) {
	b.t.Helper()
	got := b.times()
	ok := len(got) == len(want)
	for i := 0; ok && i < len(want); i++ {
		ok = got[i] >= want[i] && got[i] <= want[i]+want[i]/8
	}
	if !ok {
		b.t.Fatalf("sent at %v, want %v or a little later", got, want)
	}
}

func (b *bench) wantClosed(err error) {
	b.t.Helper()
	if !b.app.closed || !errors.Is(b.app.err, err) {
		b.t.Fatalf("closed %v with %v, want %v", b.app.closed, b.app.err, err)
	}
}
