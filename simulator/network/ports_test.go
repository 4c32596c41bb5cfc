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
	"minilab/simulator/network/packet"
	"minilab/simulator/trace"
)

// crowded is a phone of whose ephemeral ports only the first few are free, and two
// servers.
func crowded(t *testing.T, free int) (*engine.Engine, *Host, [2]*Host) {
	t.Helper()
	e := engine.New(1)
	n := New(e, nil, Options{})
	phone := addHost(t, n, HostOptions{Name: "phone", Actor: trace.Nobody})
	for port := firstPort + free; port <= lastPort; port++ {
		phone.udp[uint16(port)] = func(*packet.Packet) {}
	}
	var servers [2]*Host
	for i := range servers {
		servers[i] = addHost(t, n, HostOptions{Name: fmt.Sprint("server", i), Actor: trace.Nobody})
		servers[i].Listen(80, func(sockets.Socket) sockets.Handler { return &messages{} })
	}
	return e, phone, servers
}

// TestOpenConnectionsKeepTheirPorts: what is open isn't disturbed by later connections
// to the same remote, and when no port is left that is said.
func TestOpenConnectionsKeepTheirPorts(t *testing.T) {
	for _, byName := range []bool{false, true} {
		// By name, one port is for the question.
		e, phone, servers := crowded(t, 3)
		name := func(i int) string {
			if byName {
				return servers[i].Name()
			}
			return servers[i].Addr().String()
		}
		e.RunUntil(time.Millisecond) // so that no time is zero
		var got []*ender
		var socks []sockets.Socket
		dial := func(server int) {
			d := &ender{e: e}
			got = append(got, d)
			socks = append(socks, phone.Dial(name(server), 80, d))
			e.RunUntil(e.Now() + 100*time.Millisecond)
		}
		ports := map[netip.AddrPort]bool{}
		for range 3 {
			dial(0)
			ports[socks[len(socks)-1].Local()] = true
		}
		if len(ports) != 3 || got[0].opened == 0 || got[1].opened == 0 || got[2].opened == 0 {
			t.Fatalf("by name %v: ports %v, opened %v %v %v", byName, ports, got[0].opened, got[1].opened, got[2].opened)
		}
		dial(0)
		if err := got[3].err; !errors.Is(err, syscall.EADDRNOTAVAIL) || got[3].opened != 0 {
			t.Errorf("by name %v: the fourth: opened %v, %v", byName, got[3].opened, err)
		}
		for i, d := range got[:3] {
			if d.err != nil || d.ended != 0 {
				t.Errorf("by name %v: connection %d ended: %v", byName, i, d.err)
			}
		}
		dial(1)
		if got[4].opened == 0 {
			t.Errorf("by name %v: another server: %v", byName, got[4].err)
		}
		socks[1].Abort()
		dial(0)
		if got[5].opened == 0 || socks[5].Local().Port() == socks[0].Local().Port() {
			t.Errorf("by name %v: after one was closed: %v", byName, got[5].err)
		}
	}
}

func TestNoPortLeft(t *testing.T) {
	e, phone, _ := crowded(t, 0)
	if _, err := phone.Listen(0, func(sockets.Socket) sockets.Handler { return &messages{} }); !errors.Is(err, sockets.ErrAddressInUse) {
		t.Errorf("listening: %v", err)
	}
	if _, err := phone.ListenUDP(netip.AddrPort{}, nil); !errors.Is(err, sockets.ErrAddressInUse) {
		t.Errorf("a UDP socket: %v", err)
	}
	d := &ender{e: e}
	phone.Dial("server0", 80, d)
	e.RunUntil(time.Second)
	if !errors.Is(d.err, sockets.ErrAddressInUse) {
		t.Errorf("a name: %v", d.err)
	}
}

// TestCrossTrafficOfManyHosts has more flows than one machine has ports.
func TestCrossTrafficOfManyHosts(t *testing.T) {
	e := engine.New(1)
	n := New(e, nil, Options{})
	flows := make([]CrossOptions, (lastPort-firstPort+1)/4)
	for i := range flows {
		flows[i] = CrossOptions{TCP: true, RateBPS: 1000, Start: time.Hour}
	}
	for i := range 5 {
		addHost(t, n, HostOptions{Name: fmt.Sprint("h", i), Actor: trace.Nobody, Access: &AccessOptions{Cross: flows}})
	}
	if a, b := n.hosts[0].plan.cross[0].far, n.hosts[4].plan.cross[0].far; a == b || a.Addr() == b.Addr() {
		t.Errorf("%v and %v", a.Addr(), b.Addr())
	}
}
