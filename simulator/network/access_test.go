package network

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/link"
	"minilab/simulator/network/packet"
	"minilab/simulator/network/tcp"
	"minilab/simulator/trace"
)

// meter counts what arrives.
type meter struct {
	e      *engine.Engine
	s      sockets.Socket
	got    int
	last   time.Duration
	closed error
	ended  time.Duration
}

func (m *meter) OnOpen(s sockets.Socket)           { m.s = s }
func (m *meter) OnData(_ sockets.Socket, p []byte) { m.got += len(p); m.last = m.e.Now() }
func (m *meter) OnWritable(sockets.Socket)         {}
func (m *meter) OnClose(_ sockets.Socket, err error) {
	m.closed, m.ended = err, m.e.Now()
}

// pair is a phone with an access link, a server, and a connection between them on
// which the phone sends and the server counts.
type pair struct {
	e             *engine.Engine
	n             *Network
	phone, server *Host
	sent          *ender // the phone's end, unless it sends bulk
	got           *meter
	s             sockets.Socket
}

func newPair(t testing.TB, o AccessOptions, bulk bool) *pair {
	e := engine.New(7)
	p := &pair{e: e, n: New(e, nil, Options{}), sent: &ender{e: e}, got: &meter{e: e}}
	p.phone = addHost(t, p.n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &o})
	p.server = addHost(t, p.n, HostOptions{Name: "server", Actor: trace.Nobody})
	p.server.Listen(80, func(sockets.Socket) sockets.Handler { return p.got })
	var h sockets.Handler = p.sent
	if bulk {
		h = &source{p: e.Proc("source"), bulk: true, frame: make([]byte, 65536)}
	}
	p.s = p.phone.Dial(p.server.Addr().String(), 80, h)
	return p
}

func (p *pair) wantFates(t *testing.T) {
	t.Helper()
	p.e.RunUntil(p.e.Now() + 2*time.Hour)
	up, down := p.phone.Traffic()
	for _, v := range []link.Totals{up, down} {
		if v.Sent+v.Duplicated != v.Ended() {
			t.Errorf("fates don't add up: %+v", v)
		}
	}
	if p.n.Live() != 0 {
		t.Errorf("%d packets are still under way", p.n.Live())
	}
}

var plain = LinkOptions{RateBPS: 2e6, Delay: 25 * time.Millisecond}

// TestNewAddressLeavesConnectionsHalfOpen: neither end is told; the sender learns from
// its time-outs, and a connection made afterwards works.
func TestNewAddressLeavesConnectionsHalfOpen(t *testing.T) {
	for _, move := range []bool{true, false} {
		p := newPair(t, AccessOptions{Up: plain, Down: plain}, false)
		old := p.phone.Addr()
		beat := p.e.Proc("beat")
		var tick func()
		tick = func() { p.s.Send(make([]byte, 500)); beat.After(100*time.Millisecond, tick) }
		beat.At(200*time.Millisecond, tick)
		p.e.RunUntil(10 * time.Second)
		if err := p.phone.Apply(LinkChange{Access: &AccessOptions{Up: plain, Down: plain}, NewAddress: move}); err != nil {
			t.Fatal(err)
		}
		fresh := &ender{e: p.e}
		p.phone.Dial("server", 80, fresh)
		p.e.RunUntil(time.Minute)
		if fresh.opened == 0 {
			t.Errorf("moved %v: no new connection", move)
		}
		if (p.phone.Addr() != old) != move {
			t.Errorf("moved %v: address %v became %v", move, old, p.phone.Addr())
		}
		if stopped := p.got.last < 11*time.Second; stopped != move || p.sent.ended != 0 || p.got.ended != 0 {
			t.Errorf("moved %v: last data at %v, phone's end closed at %v, server's at %v", move, p.got.last, p.sent.ended, p.got.ended)
		}
		p.e.RunUntil(time.Hour)
		if died := errors.Is(p.sent.err, sockets.ErrTimeout); died != move || move && (p.sent.ended < 5*time.Minute || p.n.Stray().Stranded == 0) {
			t.Errorf("moved %v: phone's end: %v at %v, %d packets stranded", move, p.sent.err, p.sent.ended, p.n.Stray().Stranded)
		}
	}
}

func TestNewAddressDuringALookup(t *testing.T) {
	p := newPair(t, AccessOptions{Up: plain, Down: plain}, false)
	d := &ender{e: p.e}
	p.phone.Dial("server", 80, d)
	p.e.RunUntil(30 * time.Millisecond)
	if err := p.phone.Apply(LinkChange{NewAddress: true}); err != nil {
		t.Fatal(err)
	}
	p.e.RunUntil(time.Minute)
	if d.opened < 5100*time.Millisecond || d.opened > 5110*time.Millisecond { // asked again after 5 s
		t.Errorf("opened at %v: %v", d.opened, d.err)
	}
	p.wantFates(t)
}

func TestNATForgets(t *testing.T) {
	for _, c := range []struct {
		name  string
		nat   NATOptions
		pause time.Duration
		fresh bool  // the data after the pause arrives
		err   error // that the phone's end gets
	}{
		{"none", NATOptions{}, 100 * time.Second, true, nil},
		{"in time", NATOptions{Idle: 60 * time.Second}, 50 * time.Second, true, nil},
		{"vanishes", NATOptions{Idle: 60 * time.Second}, 70 * time.Second, false, sockets.ErrTimeout},
		{"reset", NATOptions{Idle: 60 * time.Second, Reset: true}, 70 * time.Second, false, sockets.ErrReset},
	} {
		p := newPair(t, AccessOptions{Up: plain, Down: plain, NAT: c.nat}, false)
		p.e.RunUntil(time.Second)
		p.s.Send(make([]byte, 100))
		p.e.RunUntil(time.Second + c.pause)
		p.s.Send(make([]byte, 100))
		p.e.RunUntil(time.Hour)
		if fresh := p.got.got == 200; fresh != c.fresh || !errors.Is(p.sent.err, c.err) || (p.n.Stray().Unmapped > 0) == c.fresh {
			t.Errorf("%s: %d bytes arrived, phone's end: %v, %d packets without a mapping", c.name, p.got.got, p.sent.err, p.n.Stray().Unmapped)
		}
		again := &ender{e: p.e} // a new connection makes a new mapping, and names a UDP one
		p.phone.Dial("server", 80, again)
		p.e.RunUntil(p.e.Now() + 10*time.Second)
		if again.opened == 0 {
			t.Errorf("%s: no new connection: %v", c.name, again.err)
		}
		p.wantFates(t)
	}
}

func TestNATForgetsWhatComesFromOutside(t *testing.T) {
	for _, reset := range []bool{false, true} {
		p := newPair(t, AccessOptions{Up: plain, Down: plain, NAT: NATOptions{Idle: 30 * time.Second, Reset: reset}}, false)
		p.e.RunUntil(time.Minute)
		p.got.s.Send(make([]byte, 100))
		p.e.RunUntil(time.Hour)
		want := sockets.ErrTimeout
		if reset {
			want = sockets.ErrReset
		}
		if !errors.Is(p.got.closed, want) || p.sent.ended != 0 {
			t.Errorf("reset %v: server's end: %v, phone's end closed at %v", reset, p.got.closed, p.sent.ended)
		}
	}
}

func TestLookupMishaps(t *testing.T) {
	for _, c := range []struct {
		name string
		o    LookupOptions
		at   time.Duration
		err  error
	}{
		{"none", LookupOptions{}, 100 * time.Millisecond, nil},
		{"delay", LookupOptions{Delay: 3 * time.Second}, 3100 * time.Millisecond, nil},
		{"lost", LookupOptions{LossRate: 1}, 10 * time.Second, sockets.ErrNameTimeout},
		{"failing", LookupOptions{FailRate: 1}, 100 * time.Millisecond, sockets.ErrNameFailure},
	} {
		p := newPair(t, AccessOptions{Up: LinkOptions{Delay: 25 * time.Millisecond}, Down: LinkOptions{Delay: 25 * time.Millisecond}, Lookup: c.o}, false)
		d := &ender{e: p.e}
		p.phone.Dial("server", 80, d)
		p.e.RunUntil(time.Minute)
		if at := max(d.opened, d.ended); at != c.at || !errors.Is(d.err, c.err) {
			t.Errorf("%s: %v at %v", c.name, d.err, at)
		}
		p.wantFates(t)
	}
}

// goodput is what the phone's bulk stream gets between two times, in bit/s.
func (p *pair) goodput(from, to time.Duration) float64 {
	p.e.RunUntil(from)
	before := p.got.got
	p.e.RunUntil(to)
	return float64(p.got.got-before) * 8 / (to - from).Seconds()
}

func TestCrossTrafficSharesTheQueue(t *testing.T) {
	for _, c := range []struct {
		name          string
		cross         []CrossOptions
		during, after float64 // share of 2 Mbit/s, from 20 s on and from 40 s on
	}{
		{"none", nil, 0.96, 0.96},
		{"UDP of half the rate", []CrossOptions{{Up: true, RateBPS: 1e6, Start: 15 * time.Second, On: 25 * time.Second}}, 0.48, 0.96},
		{"UDP on and off", []CrossOptions{{Up: true, RateBPS: 1e6, On: time.Second, Off: time.Second}}, 0.7, 0.7},
		{"TCP", []CrossOptions{{Up: true, TCP: true, Start: 5 * time.Second, On: 35 * time.Second}}, 0.48, 0.96},
		{"TCP with a rate", []CrossOptions{{Up: true, TCP: true, RateBPS: 400e3}}, 0.75, 0.75},
		{"the other way", []CrossOptions{{RateBPS: 1e6, On: time.Second}}, 0.96, 0.96},
	} {
		p := newPair(t, AccessOptions{Up: plain, Down: plain, Cross: c.cross}, true)
		during, after := p.goodput(20*time.Second, 38*time.Second)/2e6, p.goodput(45*time.Second, 60*time.Second)/2e6
		if math.Abs(during-c.during) > 0.13 || math.Abs(after-c.after) > 0.13 {
			t.Errorf("%s: %.2f during, %.2f after; want %.2f, %.2f", c.name, during, after, c.during, c.after)
		}
		if err := p.phone.Apply(LinkChange{Access: &AccessOptions{Up: plain, Down: plain}}); err != nil {
			t.Fatal(err)
		}
		if x := p.n.cross; x != nil && len(x.ports)+len(x.udp)+len(p.phone.udp) != 0 {
			t.Errorf("%s: %d, %d and %d ports are still open", c.name, len(x.ports), len(x.udp), len(p.phone.udp))
		}
		if last := p.goodput(62*time.Second, 80*time.Second) / 2e6; last < 0.93 {
			t.Errorf("%s: %.2f after it was taken away", c.name, last)
		}
	}
}

func TestPhases(t *testing.T) {
	slow := plain
	slow.RateBPS = 500e3
	o := AccessOptions{Up: plain, Down: plain, Period: 20 * time.Second, Phases: []Phase{{At: 10 * time.Second, Up: slow, Down: plain}}}
	p := newPair(t, o, true)
	rates := func() (out []string) {
		for range 4 {
			at := p.e.Now()
			out = append(out, fmt.Sprintf("%.1f", p.goodput(at+3*time.Second, at+10*time.Second)/1e6))
		}
		return out
	}
	if got := fmt.Sprint(rates()); got != "[1.9 0.5 1.9 0.5]" {
		t.Errorf("rates %s Mbit/s", got)
	}
	// Other values, the same time.
	fast := o
	fast.Up.RateBPS, fast.Phases = 4e6, []Phase{{At: 10 * time.Second, Up: plain, Down: plain}}
	p.e.RunUntil(53 * time.Second)
	if err := p.phone.Apply(LinkChange{Access: &fast, Keep: true}); err != nil {
		t.Fatal(err)
	}
	if now := p.phone.Link().Up.RateBPS; now != 2e6 {
		t.Errorf("rate %d in the second phase", now)
	}
	p.e.RunUntil(60 * time.Second)
	if got := fmt.Sprint(rates()[:2]); got != "[3.9 1.9]" {
		t.Errorf("rates %s Mbit/s after the change", got)
	}
	// A link without phases ends them.
	if err := p.phone.Apply(LinkChange{Access: &AccessOptions{Up: slow, Down: slow}}); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(rates()); got != "[0.5 0.5 0.5 0.5]" {
		t.Errorf("rates %s Mbit/s at the end", got)
	}
}

func TestPhaseWithNewAddress(t *testing.T) {
	p := newPair(t, AccessOptions{Up: plain, Down: plain, Phases: []Phase{{At: 5 * time.Second, Up: plain, Down: plain, NewAddress: true}}}, true)
	before := p.phone.Addr()
	p.e.RunUntil(20 * time.Second)
	if p.phone.Addr() == before || p.got.last > 6*time.Second {
		t.Errorf("address %v became %v, last data at %v", before, p.phone.Addr(), p.got.last)
	}
	if again := p.goodput(20*time.Second, 30*time.Second); again != 0 {
		t.Errorf("%v bit/s on the old connection", again)
	}
}

// TestPhaseWithNewAddressOnAndroid: there a socket ends with its address, however the
// phone came by the new one.
func TestPhaseWithNewAddressOnAndroid(t *testing.T) {
	o := AccessOptions{Up: plain, Down: plain, Phases: []Phase{{At: 5 * time.Second, Up: plain, Down: plain, NewAddress: true}}}
	for os, want := range map[string]error{"android": tcp.ErrAddressLost, "ios": nil} {
		e := engine.New(1)
		n := New(e, nil, Options{})
		phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &o, TCP: TCPOptions{OS: os}})
		server := addHost(t, n, HostOptions{Name: "server", Actor: trace.Nobody})
		server.Listen(80, func(sockets.Socket) sockets.Handler { return &meter{e: e} })
		end := &ender{e: e}
		phone.Dial(server.Addr().String(), 80, end)
		e.RunUntil(time.Minute)
		if !errors.Is(end.err, want) || want != nil && end.ended != 5*time.Second {
			t.Errorf("%s: %v at %v", os, end.err, end.ended)
		}
	}
}

// TestStrandedInTheCore: a packet for an address that is left at the same instant has a
// fate too.
func TestStrandedInTheCore(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	a := addHost(t, n, HostOptions{Name: "a", Actor: trace.Nobody})
	b := addHost(t, n, HostOptions{Name: "b", Actor: trace.Nobody})
	a.sendUDP(1, packet.Endpoint{Addr: b.addr, Port: 2}, nil)
	if err := b.Apply(LinkChange{NewAddress: true}); err != nil {
		t.Fatal(err)
	}
	e.RunUntil(time.Second)
	if v := n.Stray(); v != (Totals{Stranded: 1}) || n.Live() != 0 {
		t.Errorf("%+v, %d under way", v, n.Live())
	}
}

func TestBadAccess(t *testing.T) {
	for _, o := range []AccessOptions{
		{NAT: NATOptions{Idle: -1}}, {Period: -1}, {Lookup: LookupOptions{LossRate: 2}}, {Lookup: LookupOptions{Delay: -1}},
		{Cross: []CrossOptions{{}}}, {Cross: []CrossOptions{{TCP: true}}}, {Cross: []CrossOptions{{RateBPS: 1e15}}}, {Cross: []CrossOptions{{RateBPS: -1, TCP: true}}}, {Cross: []CrossOptions{{RateBPS: 1, Off: 1}}},
		{Phases: []Phase{{At: 2}, {At: 1}}}, {Phases: []Phase{{At: 2}}, Period: 2}, {Phases: []Phase{{Up: LinkOptions{Delay: -1}}}},
	} {
		if o.Validate() == nil {
			t.Errorf("accepted %+v", o)
		}
	}
}

// BenchmarkCross is a link that all kinds of cross traffic share with a bulk stream.
func BenchmarkCross(b *testing.B) {
	p := newPair(b, AccessOptions{Up: plain, Down: plain, NAT: NATOptions{Idle: time.Minute}, Cross: []CrossOptions{{Up: true, RateBPS: 300e3}, {Up: true, TCP: true}, {TCP: true, RateBPS: 500e3}}}, true)
	benchmark(b, p.e, p.n)
}
