package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/pion/transport/v2"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// Net is a host's network for library code: all of transport.Net of pion, with the
// errors and addresses that package net would give. Its methods block and belong to
// library goroutines; all they do in the model goes through the port. The order in
// which several goroutines use one Net at one instant is theirs to keep.
type Net struct {
	h    *Host
	port *engine.Port
	made int // connections, for the names of their ports
}

var _ transport.Net = (*Net)(nil)

// Net gives library code that runs behind this port the host's network.
func (h *Host) Net(p *engine.Port) *Net { return &Net{h: h, port: p} }

// newPort is the port of a connection or listener to be. It is called on the loop.
func (n *Net) newPort(what string) *engine.Port {
	return n.h.n.e.Seam().Port(n.portName(what))
}

func (n *Net) portName(what string) string {
	n.made++
	return fmt.Sprintf("%s/%s-%d", n.h.name, what, n.made)
}

// What an interface of a host has. Source: Linux lo and Ethernet; fidelity: documented.
const (
	loopbackMTU, mtu = 65536, 1500
	upAndRunning     = net.FlagUp | net.FlagRunning
)

// Interfaces implements transport.Net: each host has a loopback and one other. They
// are made anew at each call, since a host's address may change.
func (n *Net) Interfaces() ([]*transport.Interface, error) {
	var ip netip.Addr
	if err := n.port.Call(func() { ip = n.h.Addr() }); err != nil {
		return nil, err
	}
	lo := transport.NewInterface(net.Interface{Index: 1, MTU: loopbackMTU, Name: "lo", Flags: upAndRunning | net.FlagLoopback})
	lo.AddAddress(&net.IPNet{IP: localhost.AsSlice(), Mask: net.CIDRMask(8, 32)})
	bytes := ip.AsSlice()
	mac := append(net.HardwareAddr{2, 0}, bytes[len(bytes)-4:]...) // locally administered
	eth := transport.NewInterface(net.Interface{Index: 2, MTU: mtu, Name: "eth0", HardwareAddr: mac,
		Flags: upAndRunning | net.FlagBroadcast | net.FlagMulticast})
	eth.AddAddress(&net.IPNet{IP: bytes, Mask: net.CIDRMask(8, ip.BitLen())})
	return []*transport.Interface{lo, eth}, nil
}

// InterfaceByIndex implements transport.Net.
func (n *Net) InterfaceByIndex(index int) (*transport.Interface, error) {
	return n.findInterface(func(i *transport.Interface) bool { return i.Index == index }, index)
}

// InterfaceByName implements transport.Net.
func (n *Net) InterfaceByName(name string) (*transport.Interface, error) {
	return n.findInterface(func(i *transport.Interface) bool { return i.Name == name }, name)
}

func (n *Net) findInterface(fits func(*transport.Interface) bool, sought any) (*transport.Interface, error) {
	all, err := n.Interfaces()
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if fits(i) {
			return i, nil
		}
	}
	return nil, fmt.Errorf("%w: %v", transport.ErrInterfaceNotFound, sought)
}

// ResolveIPAddr implements transport.Net.
func (n *Net) ResolveIPAddr(network, address string) (*net.IPAddr, error) {
	if err := known(network, "ip"); err != nil {
		return nil, err
	}
	ip, err := n.lookup(network, address, 0)
	if err != nil {
		return nil, err
	}
	return &net.IPAddr{IP: ip.AsSlice()}, nil
}

// ResolveUDPAddr implements transport.Net.
func (n *Net) ResolveUDPAddr(network, address string) (*net.UDPAddr, error) {
	if err := known(network, "udp"); err != nil {
		return nil, err
	}
	a, err := n.resolve(network, address, 0)
	if err != nil {
		return nil, err
	}
	return net.UDPAddrFromAddrPort(a), nil
}

// ResolveTCPAddr implements transport.Net.
func (n *Net) ResolveTCPAddr(network, address string) (*net.TCPAddr, error) {
	if err := known(network, "tcp"); err != nil {
		return nil, err
	}
	a, err := n.resolve(network, address, 0)
	if err != nil {
		return nil, err
	}
	return net.TCPAddrFromAddrPort(a), nil
}

// known tells whether a network is one of a protocol's: "udp", "udp4", "udp6".
func known(network, protocol string) error {
	if version, ok := strings.CutPrefix(network, protocol); ok && (version == "" || version == "4" || version == "6") {
		return nil
	}
	return net.UnknownNetworkError(network)
}

// resolve makes an address of "host:port". With a deadline (until > 0) it gives up
// then.
func (n *Net) resolve(network, address string, until time.Duration) (netip.AddrPort, error) {
	host, service, err := net.SplitHostPort(address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	port, err := servicePort(network, service)
	if err != nil {
		return netip.AddrPort{}, err
	}
	ip, err := n.lookup(network, host, until)
	return netip.AddrPortFrom(ip, port), err
}

// lookup finds the address of a host. No name at all is the zero address, which
// stands for this host.
func (n *Net) lookup(network, host string, until time.Duration) (netip.Addr, error) {
	if host == "" {
		return netip.Addr{}, nil
	}
	ip, err := netip.ParseAddr(host)
	if err == nil {
		return suitable(network, ip.Unmap())
	}
	if host == "localhost" {
		return suitable(network, localhost)
	}
	ended := n.port.Await(func(answer func()) {
		over := false
		done := func(found netip.Addr, failed error) {
			if !over {
				over = true
				ip, err = found, failed
				answer()
			}
		}
		n.h.lookup(host, func(found packet.Addr, failed error) { done(n.h.n.addrs[found].ip, failed) })
		if until > 0 {
			n.h.n.later(until-n.h.n.e.Now(), func() { done(netip.Addr{}, sockets.ErrNameTimeout) })
		}
	})
	switch {
	case ended != nil:
		return netip.Addr{}, ended
	case err != nil:
		return netip.Addr{}, nameError(host, err)
	}
	return suitable(network, ip)
}

// nameError is a name service's error as package net reports it.
func nameError(host string, err error) error {
	e := &net.DNSError{Err: "no such host", Name: host, UnwrapErr: err}
	e.IsNotFound = errors.Is(err, sockets.ErrNameNotFound)
	if e.IsTimeout = errors.Is(err, sockets.ErrNameTimeout); e.IsTimeout {
		e.Err, e.IsTemporary = "i/o timeout", true
	}
	return e
}

// suitable holds an address to the version of IP that a network's name asks for.
func suitable(network string, ip netip.Addr) (netip.Addr, error) {
	if strings.HasSuffix(network, "4") && !ip.Is4() || strings.HasSuffix(network, "6") && !ip.Is6() {
		return netip.Addr{}, &net.AddrError{Err: "no suitable address found", Addr: ip.String()}
	}
	return ip, nil
}

// services are the ports that have names. Source: IANA, those that package net
// itself knows and a call may meet; fidelity: documented.
var services = map[string]uint16{"tcp/domain": 53, "udp/domain": 53, "tcp/http": 80, "tcp/https": 443, "tcp/ssh": 22}

// servicePort reads a port, by number or name.
func servicePort(network, service string) (uint16, error) {
	if service == "" {
		return 0, nil
	}
	if port, err := strconv.ParseUint(service, 10, 16); err == nil {
		return uint16(port), nil
	}
	port, ok := services[strings.TrimRight(network, "46")+"/"+service]
	if !ok {
		return 0, &net.AddrError{Err: "unknown port", Addr: network + "/" + service}
	}
	return port, nil
}
