package network

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"github.com/pion/transport/v2"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
)

// Dial implements transport.Net, for TCP and UDP.
func (n *Net) Dial(network, address string) (net.Conn, error) {
	return n.dial(&net.Dialer{}, network, address)
}

// DialTCP implements transport.Net.
func (n *Net) DialTCP(network string, laddr, raddr *net.TCPAddr) (transport.TCPConn, error) {
	err := known(network, "tcp")
	if err == nil && raddr == nil {
		err = errMissingAddress
	}
	if err != nil {
		return nil, dialError(network, nil, nil, err)
	}
	return n.dialTCP(network, laddr, raddr.AddrPort(), 0)
}

// DialUDP implements transport.Net.
func (n *Net) DialUDP(network string, laddr, raddr *net.UDPAddr) (transport.UDPConn, error) {
	err := known(network, "udp")
	if err == nil && raddr == nil {
		err = errMissingAddress
	}
	if err != nil {
		return nil, dialError(network, nil, nil, err)
	}
	return n.dialUDP(network, laddr, raddr.AddrPort())
}

var errMissingAddress = errors.New("missing address")

// dialer dials on behalf of a net.Dialer.
type dialer struct {
	n *Net
	d *net.Dialer
}

// Dial implements transport.Dialer.
func (d dialer) Dial(network, address string) (net.Conn, error) {
	return d.n.dial(d.d, network, address)
}

// CreateDialer implements transport.Net. Of the dialer's fields, Timeout, Deadline and
// LocalAddr count; Control can't be had, since there is no file descriptor; names are
// resolved by the host's name service, whatever Resolver says; keepalive is off until
// the connection is asked for it.
func (n *Net) CreateDialer(d *net.Dialer) transport.Dialer { return dialer{n, d} }

func (n *Net) dial(d *net.Dialer, network, address string) (net.Conn, error) {
	stream := known(network, "tcp") == nil
	if err := known(network, "udp"); err != nil && !stream {
		return nil, dialError(network, nil, nil, err)
	}
	if d.Control != nil || d.ControlContext != nil {
		return nil, dialError(network, d.LocalAddr, nil, errors.ErrUnsupported)
	}
	until, err := n.until(d)
	if err != nil {
		return nil, dialError(network, d.LocalAddr, nil, err)
	}
	remote, err := n.resolve(network, address, until)
	if err != nil {
		return nil, dialError(network, d.LocalAddr, nil, err)
	}
	var c net.Conn
	if stream {
		laddr, ok := d.LocalAddr.(*net.TCPAddr)
		if !ok && d.LocalAddr != nil {
			return nil, dialError(network, d.LocalAddr, nil, errMismatch)
		}
		c, err = n.dialTCP(network, laddr, remote, until)
	} else {
		laddr, ok := d.LocalAddr.(*net.UDPAddr)
		if !ok && d.LocalAddr != nil {
			return nil, dialError(network, d.LocalAddr, nil, errMismatch)
		}
		c, err = n.dialUDP(network, laddr, remote)
	}
	if err != nil {
		return nil, err // not a nil connection in an interface
	}
	return c, nil
}

var errMismatch = errors.New("mismatched local address type")

// until is when a dialer gives up; 0 is never.
func (n *Net) until(d *net.Dialer) (time.Duration, error) {
	if d.Timeout <= 0 && d.Deadline.IsZero() {
		return 0, nil
	}
	var until time.Duration
	err := n.port.Call(func() {
		e := n.h.n.e
		if d.Timeout > 0 {
			until = e.Now() + d.Timeout
		}
		if left := d.Deadline.Sub(e.Seam().Time(0)); !d.Deadline.IsZero() && (until == 0 || left < until) {
			until = max(left, 1)
		}
	})
	return until, err
}

// dialTCP connects and waits until the connection stands.
func (n *Net) dialTCP(network string, laddr *net.TCPAddr, remote netip.AddrPort, until time.Duration) (transport.TCPConn, error) {
	var source net.Addr
	var local netip.AddrPort
	if laddr != nil {
		source, local = laddr, laddr.AddrPort()
	}
	target := net.TCPAddrFromAddrPort(remote)
	if _, err := suitable(network, n.target(remote)); err != nil {
		return nil, dialError(network, source, target, err)
	}
	var c *engine.Conn
	var giveUp time.Time
	var failed error
	err := n.port.Call(func() {
		if _, failed = n.h.own(local.Addr()); failed != nil {
			return
		}
		c = engine.NewConn(n.newPort("dial"), func(h sockets.Handler) sockets.Socket { return n.h.dial(local, remote, h) })
		giveUp = n.h.n.e.Seam().Time(until)
	})
	if err = errors.Join(err, failed); err != nil {
		return nil, dialError(network, source, target, err)
	}
	if until > 0 {
		c.SetWriteDeadline(giveUp)
	}
	if err := c.WaitOpen(); err != nil {
		c.Abort()
		var op *net.OpError
		if errors.As(err, &op) {
			err = op.Err
		}
		return nil, dialError(network, source, target, err)
	}
	c.SetWriteDeadline(time.Time{})
	return &tcpConn{c}, nil
}

// target is the address whose version of IP counts: none at all is this host.
func (n *Net) target(remote netip.AddrPort) netip.Addr {
	if ip := remote.Addr().Unmap(); ip.IsValid() {
		return ip
	}
	return localhost
}

func (n *Net) dialUDP(network string, laddr *net.UDPAddr, remote netip.AddrPort) (transport.UDPConn, error) {
	var source net.Addr
	var local netip.AddrPort
	if laddr != nil {
		source, local = laddr, laddr.AddrPort()
	}
	remote = netip.AddrPortFrom(n.target(remote), remote.Port())
	target := net.UDPAddrFromAddrPort(remote)
	if _, err := suitable(network, remote.Addr()); err != nil {
		return nil, dialError(network, source, target, err)
	}
	c, err := n.packetConn(local, remote)
	if err != nil {
		return nil, dialError(network, source, target, err)
	}
	return c, nil
}

// packetConn opens a UDP socket, connected if remote is valid.
func (n *Net) packetConn(local, remote netip.AddrPort) (c *engine.PacketConn, err error) {
	ended := n.port.Call(func() {
		if remote.IsValid() {
			if _, _, ok := n.h.route(remote.Addr()); !ok {
				err = sockets.ErrNoRoute
				return
			}
		}
		c, err = engine.NewPacketConn(n.newPort("udp"), remote, func(h sockets.DatagramHandler) (sockets.Datagram, error) {
			return n.h.ListenUDP(local, h)
		})
	})
	return c, errors.Join(ended, err)
}

func dialError(network string, source, target net.Addr, err error) error {
	return &net.OpError{Op: "dial", Net: network, Source: source, Addr: target, Err: sockets.SystemError(err)}
}
