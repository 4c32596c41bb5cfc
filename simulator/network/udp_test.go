package network

import (
	"errors"
	"fmt"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// mailbox notes the datagrams of a socket.
type mailbox struct {
	e       *engine.Engine
	got     []string
	dead    []string
	refuses bool
}

func (m *mailbox) OnDatagram(_ sockets.Datagram, p []byte, from netip.AddrPort) bool {
	if m.refuses {
		return false
	}
	m.got = append(m.got, fmt.Sprintf("%v %v %s", m.e.Now(), from, p))
	return true
}

func (m *mailbox) OnUnreachable(_ sockets.Datagram, to netip.AddrPort) {
	m.dead = append(m.dead, fmt.Sprintf("%v %v", m.e.Now(), to))
}

// post opens a socket whose datagrams go to a mailbox.
func post(t *testing.T, h *Host, local string) (sockets.Datagram, *mailbox) {
	t.Helper()
	m := &mailbox{e: h.n.e}
	s, err := h.ListenUDP(netip.MustParseAddrPort(local), m)
	if err != nil {
		t.Fatal(err)
	}
	return s, m
}

func twoHosts(t *testing.T, access LinkOptions) (n *Network, phone, server *Host) {
	n = New(engine.New(1), nil, Options{})
	phone = addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &AccessOptions{Up: access, Down: access}})
	return n, phone, addHost(t, n, HostOptions{Name: "server", Actor: trace.Nobody})
}

func TestDatagrams(t *testing.T) {
	n, phone, server := twoHosts(t, LinkOptions{Delay: 20 * time.Millisecond})
	a, atA := post(t, phone, "0.0.0.0:5000")
	b, atB := post(t, server, "10.0.0.2:6000")
	a.Send([]byte("hello"), b.Local())
	n.e.RunUntil(time.Second)
	b.Send([]byte("back"), netip.MustParseAddrPort("10.0.0.1:5000"))
	n.e.RunUntil(2 * time.Second)
	if got := fmt.Sprint(atB.got, atA.got); got != "[20ms 10.0.0.1:5000 hello] [1.02s 10.0.0.2:6000 back]" {
		t.Errorf("received %s", got)
	}
	if a.Local().String() != "0.0.0.0:5000" {
		t.Errorf("local address %v", a.Local())
	}
	a.Close()
	a.Send([]byte("late"), b.Local())
	b.Send([]byte("late"), netip.MustParseAddrPort("10.0.0.1:5000"))
	n.e.RunUntil(3 * time.Second)
	if len(atB.got) != 1 || fmt.Sprint(atB.dead) != "[2.04s 10.0.0.1:5000]" {
		t.Errorf("after the close: %q, unreachable %q", atB.got, atB.dead)
	}
	if n.Live() != 0 || n.Stray() != (Totals{Unheard: 1}) {
		t.Errorf("%d packets live, strays %+v", n.Live(), n.Stray())
	}
}

func TestConnectedDatagrams(t *testing.T) {
	n, phone, server := twoHosts(t, LinkOptions{})
	a, atA := post(t, phone, "0.0.0.0:5000")
	b, atB := post(t, server, "0.0.0.0:6000")
	c, atC := post(t, server, "0.0.0.0:6001")
	peer := netip.MustParseAddrPort("10.0.0.2:6000")
	a.Connect(peer)
	me := netip.MustParseAddrPort("10.0.0.1:5000")
	if a.Local() != me {
		t.Errorf("connected from %v", a.Local())
	}
	b.Send([]byte("b"), me)
	c.Send([]byte("c"), me)
	n.e.RunUntil(time.Second)
	if len(atA.got) != 1 || len(atB.dead) != 0 || len(atC.dead) != 1 {
		t.Errorf("got %q, unreachable for the peer %q, for another %q", atA.got, atB.dead, atC.dead)
	}
}

func TestDatagramAddresses(t *testing.T) {
	n, phone, server := twoHosts(t, LinkOptions{Delay: 20 * time.Millisecond})
	mine, atMine := post(t, server, "127.0.0.1:6000")
	any, atAny := post(t, server, "0.0.0.0:6001")
	far, atFar := post(t, phone, "0.0.0.0:0")
	if p := far.Local().Port(); p < firstPort || p > lastPort {
		t.Errorf("ephemeral port %d", p)
	}
	any.Send([]byte("in the house"), mine.Local())
	mine.Send([]byte("in the house"), netip.MustParseAddrPort("127.0.0.1:6001"))
	mine.Send([]byte("no way out"), netip.MustParseAddrPort("10.0.0.1:9"))
	far.Send([]byte("no way in"), netip.MustParseAddrPort("10.0.0.2:6000"))
	far.Send([]byte("nowhere"), netip.MustParseAddrPort("192.0.2.1:9"))
	n.e.RunUntil(time.Second)
	if got := fmt.Sprint(atMine.got, atAny.got, atFar.dead); got != "[0s 127.0.0.1:6001 in the house] [0s 127.0.0.1:6000 in the house] [40ms 10.0.0.2:6000]" {
		t.Errorf("received %s", got)
	}
	if n.Stray() != (Totals{NoRoute: 2, Unheard: 1}) {
		t.Errorf("strays %+v", n.Stray())
	}
	for local, want := range map[string]error{"0.0.0.0:6000": sockets.ErrAddressInUse, "10.0.0.1:7000": syscall.EADDRNOTAVAIL} {
		if _, err := server.ListenUDP(netip.MustParseAddrPort(local), &mailbox{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", local, err, want)
		}
	}
	if _, taken := n.lookupAddr(localhost); taken {
		t.Error("one host's loopback can be seen by others")
	}
}

func TestFullReceiveQueueIsCounted(t *testing.T) {
	n, phone, server := twoHosts(t, LinkOptions{})
	a, _ := post(t, phone, "0.0.0.0:0")
	b, atB := post(t, server, "0.0.0.0:6000")
	to := netip.AddrPortFrom(server.Addr(), b.Local().Port())
	atB.refuses = true
	a.Send([]byte("x"), to)
	n.e.RunUntil(time.Second)
	atB.refuses = false
	a.Send([]byte("y"), to)
	n.e.RunUntil(2 * time.Second)
	if n.Stray() != (Totals{Overflowed: 1}) || len(atB.got) != 1 {
		t.Errorf("strays %+v, received %q", n.Stray(), atB.got)
	}
}

func TestDatagramBytes(t *testing.T) {
	for payload, want := range map[int]int{0: 28, 1472: 1500, 1473: 1521, 2952: 3000, 2953: 3021, 65507: 65515 + 45*20} {
		if got := udpBytes(payload); got != want {
			t.Errorf("%d bytes of payload are %d on the wire, want %d", payload, got, want)
		}
	}
	n, phone, server := twoHosts(t, LinkOptions{RateBPS: 8e6})
	a, _ := post(t, phone, "0.0.0.0:0")
	_, atB := post(t, server, "0.0.0.0:6000")
	a.Send(make([]byte, 1000-udpHeaderBytes), netip.MustParseAddrPort("10.0.0.2:6000"))
	a.Send(make([]byte, sockets.MaxDatagram+1), netip.MustParseAddrPort("10.0.0.2:6000"))
	n.e.RunUntil(time.Second)
	if len(atB.got) != 1 || atB.got[0][:4] != "1ms " {
		t.Errorf("1000 bytes at 8 Mbit/s came %.10q", atB.got)
	}
}

// TestLateNameAnswerHarmsNobody: the answer that comes when nobody waits any more is
// itself answered by ICMP, which the name service ignores.
func TestLateNameAnswerHarmsNobody(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{NameTimeout: 30 * time.Millisecond, NameAttempts: 1})
	link := LinkOptions{Delay: 20 * time.Millisecond}
	phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody, Access: &AccessOptions{Up: link, Down: link}})
	d := &ender{e: e}
	phone.Dial("phone", 80, d)
	e.RunUntil(time.Second)
	if !errors.Is(d.err, sockets.ErrNameTimeout) || d.ended != 30*time.Millisecond {
		t.Errorf("%v after %v", d.err, d.ended)
	}
	if n.Live() != 0 || n.Stray().Unheard != 2 {
		t.Errorf("%d packets live, strays %+v", n.Live(), n.Stray())
	}
}
