package network

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/pion/transport/v2"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

// ListenPacket implements transport.Net, for UDP.
func (n *Net) ListenPacket(network, address string) (net.PacketConn, error) {
	if err := known(network, "udp"); err != nil {
		return nil, listenError(network, nil, err)
	}
	local, err := n.resolve(network, address, 0)
	if err != nil {
		return nil, listenError(network, nil, err)
	}
	c, err := n.ListenUDP(network, net.UDPAddrFromAddrPort(local))
	if err != nil {
		return nil, err
	}
	return c, nil
}

// ListenUDP implements transport.Net.
func (n *Net) ListenUDP(network string, laddr *net.UDPAddr) (transport.UDPConn, error) {
	if laddr == nil {
		laddr = &net.UDPAddr{}
	}
	local, err := n.local(network, "udp", laddr.AddrPort())
	if err != nil {
		return nil, listenError(network, laddr, err)
	}
	c, err := n.packetConn(local, netip.AddrPort{})
	if err != nil {
		return nil, listenError(network, laddr, err)
	}
	return c, nil
}

// local checks the address that is to be listened on.
func (n *Net) local(network, protocol string, a netip.AddrPort) (netip.AddrPort, error) {
	if err := known(network, protocol); err != nil {
		return a, err
	}
	ip := a.Addr().Unmap()
	if !ip.IsValid() || ip.IsUnspecified() {
		return netip.AddrPortFrom(netip.Addr{}, a.Port()), nil
	}
	_, err := suitable(network, ip)
	return netip.AddrPortFrom(ip, a.Port()), err
}

// ListenTCP implements transport.Net.
func (n *Net) ListenTCP(network string, laddr *net.TCPAddr) (transport.TCPListener, error) {
	if laddr == nil {
		laddr = &net.TCPAddr{}
	}
	local, err := n.local(network, "tcp", laddr.AddrPort())
	if err != nil {
		return nil, listenError(network, laddr, err)
	}
	l := &tcpListener{n: n}
	ended := n.port.Call(func() {
		b := bound{Host: n.h}
		if b.addr, err = n.h.own(local.Addr()); err != nil {
			return
		}
		port := local.Port()
		if port == 0 {
			if port, err = n.h.portFor(); err != nil {
				return
			}
		}
		var inner net.Listener
		if inner, err = engine.Listen(n.h.n.e, n.portName("listen"), b, port); err != nil {
			return
		}
		l.deadlined = inner.(deadlined)
		ip := local.Addr()
		if !ip.IsValid() {
			ip = netip.IPv4Unspecified()
		}
		l.addr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(ip, port))
	})
	if err = errors.Join(ended, err); err != nil {
		return nil, listenError(network, laddr, err)
	}
	return l, nil
}

func listenError(network string, local net.Addr, err error) error {
	return &net.OpError{Op: "listen", Net: network, Addr: local, Err: sockets.SystemError(err)}
}

// bound are a host's sockets, listening on one address or everywhere.
type bound struct {
	*Host
	addr packet.Addr
}

// Listen implements sockets.Stack.
func (b bound) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (func(), error) {
	stop, err := b.Host.Listen(port, accept)
	if err != nil || b.addr == everywhere {
		return stop, err
	}
	b.Host.bound[port] = b.addr
	return func() {
		delete(b.Host.bound, port)
		stop()
	}, nil
}

// deadlined is what engine.Listen gives.
type deadlined interface {
	net.Listener
	SetDeadline(t time.Time) error
}

// tcpListener is the TCPListener of a Net.
type tcpListener struct {
	deadlined
	n    *Net
	addr net.Addr
}

// Accept implements net.Listener.
func (l *tcpListener) Accept() (net.Conn, error) {
	c, err := l.AcceptTCP()
	if err != nil {
		return nil, err // not a nil connection in an interface
	}
	return c, nil
}

// AcceptTCP implements transport.TCPListener.
func (l *tcpListener) AcceptTCP() (transport.TCPConn, error) {
	c, err := l.deadlined.Accept()
	if err != nil {
		return nil, err
	}
	return &tcpConn{c.(*engine.Conn)}, nil
}

// Addr implements net.Listener.
func (l *tcpListener) Addr() net.Addr { return l.addr }

// Close implements net.Listener. It returns once the port is free.
func (l *tcpListener) Close() error {
	err := l.deadlined.Close()
	l.n.port.Call(func() {}) // answered after the listener's own event at this instant
	return err
}
