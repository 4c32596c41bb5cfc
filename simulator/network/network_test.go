package network

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"net/netip"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
	"minilab/simulator/trace"
)

func addHost(t testing.TB, n *Network, o HostOptions) *Host {
	t.Helper()
	h, err := n.AddHost(o)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestGoodputOnACleanLink(t *testing.T) {
	for _, cc := range []string{"cubic", "reno"} {
		for _, r := range []streamCase{
			{Rate: 1e6, Queue: 30000, Delay: 20}, {Rate: 10e6, Queue: 125000, Delay: 20}, {Rate: 10e6, Queue: 500000, Delay: 100}, {Rate: 100e6, Queue: 1000000, Delay: 10},
		} {
			r.CC, r.Mode, r.Secs = cc, "bulk", 60
			got := streamOver(t, r, 1).goodput / float64(r.Rate)
			if got < 0.94 || got > 1448.0/1500 {
				t.Errorf("%s %+v: goodput is %.3f of the rate", cc, r, got)
			}
		}
	}
}

// digest runs a lossy world and hashes when bytes arrived.
func digest(t *testing.T, seed uint64) uint64 {
	e := engine.New(seed)
	n := New(e, nil, Options{})
	sum := fnv.New64a()
	server := addHost(t, n, HostOptions{Name: "server", Actor: trace.Nobody})
	server.Listen(1, func(sockets.Socket) sockets.Handler {
		return &onData{func(p []byte) { fmt.Fprintln(sum, e.Now(), len(p)) }}
	})
	link := LinkOptions{RateBPS: 2e6, QueueBytes: 30000, Delay: 30 * time.Millisecond, Jitter: 5 * time.Millisecond, Loss: LossOptions{Rate: 0.02, BurstMean: 40 * time.Millisecond}}
	for i := range 3 {
		h := addHost(t, n, HostOptions{Name: fmt.Sprint("h", i), Actor: trace.Nobody, Access: &AccessOptions{Up: link, Down: link}})
		h.Dial("server", 1, &source{p: e.Proc("source"), bulk: true, frame: make([]byte, 10000)})
	}
	e.RunUntil(30 * time.Second)
	return sum.Sum64()
}

type onData struct{ f func([]byte) }

func (o *onData) OnOpen(sockets.Socket)             {}
func (o *onData) OnData(_ sockets.Socket, p []byte) { o.f(p) }
func (o *onData) OnWritable(sockets.Socket)         {}
func (o *onData) OnClose(sockets.Socket, error)     {}

func TestSameSeedSameWorld(t *testing.T) {
	a, b, c := digest(t, 1), digest(t, 1), digest(t, 2)
	if a != b || a == c {
		t.Errorf("digests %x, %x of one seed, %x of another", a, b, c)
	}
}

// ender notes how a connection went.
type ender struct {
	e      *engine.Engine
	opened time.Duration
	ended  time.Duration
	err    error
}

func (d *ender) OnOpen(sockets.Socket)         { d.opened = d.e.Now() }
func (d *ender) OnData(sockets.Socket, []byte) {}
func (d *ender) OnWritable(sockets.Socket)     {}
func (d *ender) OnClose(_ sockets.Socket, err error) {
	d.ended, d.err = d.e.Now(), err
}

func TestNames(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	link := LinkOptions{Delay: 50 * time.Millisecond}
	phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &AccessOptions{Up: link, Down: link}})
	server := addHost(t, n, HostOptions{Name: "server", Names: []string{"miniapp.example", "late.example"}, Actor: trace.Nobody})
	server.Listen(80, func(sockets.Socket) sockets.Handler { return &messages{} })
	known, literal, unknown, nowhere, dead := &ender{e: e}, &ender{e: e}, &ender{e: e}, &ender{e: e}, &ender{e: e}
	phone.Dial("miniapp.example", 80, known)
	phone.Dial(server.Addr().String(), 80, literal)
	phone.Dial("nobody.example", 80, unknown)
	phone.Dial("192.0.2.1", 80, nowhere)
	phone.Dial("server", 81, dead)
	e.RunUntil(time.Second)
	if known.opened != 200*time.Millisecond || literal.opened != 100*time.Millisecond {
		t.Errorf("opened after %v by name, %v by address", known.opened, literal.opened)
	}
	if !errors.Is(unknown.err, sockets.ErrNameNotFound) || unknown.ended != 100*time.Millisecond {
		t.Errorf("unknown name: %v after %v", unknown.err, unknown.ended)
	}
	if !errors.Is(nowhere.err, sockets.ErrNoRoute) || !errors.Is(dead.err, sockets.ErrRefused) {
		t.Errorf("no route: %v; dead port: %v", nowhere.err, dead.err)
	}
	phone.Outage(time.Minute)
	late := &ender{e: e}
	from := e.Now()
	phone.Dial("late.example", 80, late)
	e.RunUntil(time.Hour)
	if !errors.Is(late.err, sockets.ErrNameTimeout) || late.ended-from != 10*time.Second {
		t.Errorf("in an outage: %v after %v", late.err, late.ended-from)
	}
}

func TestLossRates(t *testing.T) {
	for _, o := range []LossOptions{{Rate: 0.03}, {Rate: 0.03, BurstMean: 100 * time.Millisecond}, {Rate: 0.03, BurstMean: 100 * time.Millisecond, BurstRate: 0.5}} {
		e := engine.New(3)
		n := New(e, nil, Options{})
		h := addHost(t, n, HostOptions{Name: "h", Actor: trace.Nobody, Access: &AccessOptions{Up: LinkOptions{Loss: o}}})
		lost, bursts, before := 0, 0, int64(0)
		const packets = 400000
		hit := false
		for range packets {
			e.RunUntil(e.Now() + 5*time.Millisecond)
			h.sendUDP(9, packet.Endpoint{Addr: h.addr, Port: 9}, nil) // loops back past the link
			p := h.Packet()
			p.Dst = packet.Endpoint{Addr: nameService}
			h.up.Send(p)
			up, _ := h.Traffic()
			if up.Lost > before {
				lost++
				if !hit {
					bursts++
				}
			}
			hit = up.Lost > before
			before = up.Lost
		}
		if rate := float64(lost) / packets; math.Abs(rate-o.Rate) > 0.003 {
			t.Errorf("%+v: lost %.4f", o, rate)
		}
		mean := float64(lost) / float64(bursts)
		if o.BurstMean == 0 && mean > 1.1 || o.BurstMean > 0 && o.BurstRate == 0 && math.Abs(mean-20) > 2 {
			t.Errorf("%+v: mean burst of %.1f packets", o, mean)
		}
	}
}

func TestOutageIsRecorded(t *testing.T) {
	e := engine.New(1)
	log := trace.NewLog(trace.Head{Members: []trace.Member{{ID: "phone"}}}, e.Now)
	n := New(e, log, Options{})
	link := LinkOptions{RateBPS: 1e6, Delay: 20 * time.Millisecond, Outages: []Outage{{Start: 5 * time.Second, Length: 2 * time.Second}}}
	phone := addHost(t, n, HostOptions{Name: "phone", Actor: 0, Access: &AccessOptions{Up: link, Down: link}})
	server := addHost(t, n, HostOptions{Name: "server", Actor: log.Server()})
	server.Listen(80, func(sockets.Socket) sockets.Handler { return &messages{} })
	phone.Dial("server", 80, &source{p: e.Proc("source"), bulk: true, frame: make([]byte, 65536)})
	e.Proc("script").At(10*time.Second, func() { phone.Outage(time.Second) })
	e.RunUntil(20 * time.Second)
	n.Totals()
	r, err := log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	at := map[trace.Kind][]time.Duration{}
	for _, ev := range r.Events {
		at[ev.Kind] = append(at[ev.Kind], ev.At)
	}
	if got := fmt.Sprint(at[trace.OutageBegan], at[trace.OutageEnded]); got != "[5s 10s] [7s 11s]" {
		t.Errorf("outages %s", got)
	}
	if len(at[trace.TCPTimeout]) < 3 || len(at[trace.LinkTotals]) != 2 {
		t.Errorf("%d time-outs, %d totals", len(at[trace.TCPTimeout]), len(at[trace.LinkTotals]))
	}
}

func TestRateChangeConcernsWhatWaits(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	h := addHost(t, n, HostOptions{Name: "h", Actor: trace.Nobody, Access: &AccessOptions{Up: LinkOptions{RateBPS: 1e6, QueueBytes: 1e6}}})
	sink := addHost(t, n, HostOptions{Name: "s", Actor: trace.Nobody})
	var at []time.Duration
	sink.udp[9] = func(*packet.Packet) { at = append(at, e.Now()) }
	for range 4 { // 12 ms each at 1 Mbit/s
		h.sendUDP(9, packet.Endpoint{Addr: sink.addr, Port: 9}, make([]byte, 1500-udpHeaderBytes))
	}
	e.Proc("script").At(18*time.Millisecond, func() {
		rate := int64(2e6)
		if err := h.Apply(LinkChange{Up: &DirectionChange{RateBPS: &rate}}); err != nil {
			t.Error(err)
		}
	})
	e.RunUntil(time.Second)
	if got := fmt.Sprint(at); got != "[12ms 21ms 27ms 33ms]" {
		t.Errorf("arrived at %s", got)
	}
}

func TestBadOptions(t *testing.T) {
	n := New(engine.New(1), nil, Options{})
	addHost(t, n, HostOptions{Name: "a", Addr: netip.MustParseAddr("10.0.0.1"), Actor: trace.Nobody})
	for _, o := range []HostOptions{
		{}, {Name: "a"}, {Name: "b", Names: []string{"a"}}, {Name: "b", Addr: netip.MustParseAddr("10.0.0.1")},
		{Name: "b", TCP: TCPOptions{CC: "bbr"}}, {Name: "b", Access: &AccessOptions{Up: LinkOptions{RateBPS: -1}}},
		{Name: "b", Access: &AccessOptions{Down: LinkOptions{Loss: LossOptions{Rate: 1.5}}}},
		{Name: "b", Access: &AccessOptions{Down: LinkOptions{Loss: LossOptions{Rate: math.NaN()}}}},
		{Name: "b", Access: &AccessOptions{Down: LinkOptions{Delay: -1}}},
	} {
		if _, err := n.AddHost(o); err == nil {
			t.Errorf("accepted %+v", o)
		}
	}
	if h, err := n.AddHost(HostOptions{Name: "b", Actor: trace.Nobody}); err != nil || h.Addr() != netip.MustParseAddr("10.0.0.2") {
		t.Errorf("next free address: %v, %v", h.Addr(), err)
	}
}
