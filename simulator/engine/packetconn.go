package engine

import (
	"errors"
	"net"
	"net/netip"
	"time"

	"minilab/simulator/engine/sockets"
)

const (
	// defaultQueueBytes is the receive queue of a datagram socket.
	// Source: Linux net.core.rmem_default 212992; fidelity: documented.
	defaultQueueBytes = 212992
	// datagramMemory is what the kernel charges to the queue beside the payload.
	// Source: Linux SKB_TRUESIZE, sk_buff and skb_shared_info of a small packet;
	// fidelity: inferred.
	datagramMemory = 768
)

// PacketConn is a blocking net.PacketConn over a sockets.Datagram, as Conn is a
// net.Conn over a Socket; it has the methods of net.UDPConn that make sense without
// a kernel. A connected one is a net.Conn too. Datagrams for which the receive queue
// has no room are lost. Library goroutines alone may use it.
type PacketConn struct {
	blocking
	loop   packetLoop // the loop's side
	local  *net.UDPAddr
	remote *net.UDPAddr // nil: not connected

	// Guarded by the lock.
	in      fifo[datagram]
	read    int  // memory of what was read since the loop looked
	refused bool // nobody is at the peer's port, and nobody was told yet
	out     []datagram
	room    int // memory of the receive queue
}

type datagram struct {
	data []byte
	peer netip.AddrPort
}

func (d datagram) memory() int { return len(d.data) + datagramMemory }

// NewPacketConn makes a connection over the socket that bind returns, on the loop.
// With a valid remote it is connected to it. The port serves this connection only.
func NewPacketConn(p *Port, remote netip.AddrPort, bind func(h sockets.DatagramHandler) (sockets.Datagram, error)) (*PacketConn, error) {
	c := &PacketConn{room: defaultQueueBytes}
	sock, err := bind((*packetEvents)(c))
	if err != nil {
		return nil, err
	}
	c.init(p, (*packetEnd)(c))
	c.loop = packetLoop{sock: sock, room: c.room}
	if remote.IsValid() {
		sock.Connect(remote)
		c.remote = net.UDPAddrFromAddrPort(remote)
	}
	c.local = net.UDPAddrFromAddrPort(sock.Local())
	return c, nil
}

// receive waits for the next datagram.
func (c *PacketConn) receive() (datagram, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.trouble(reading); err != nil {
			return datagram{}, c.opError("read", nil, err)
		}
		if c.refused {
			c.refused = false
			return datagram{}, c.opError("read", nil, sockets.ErrRefused)
		}
		if c.in.len() > 0 {
			d := c.in.pop()
			c.read += d.memory()
			c.mark()
			return d, nil
		}
		c.wait()
	}
}

// send queues a datagram; to is nil for the peer of a connected socket.
func (c *PacketConn) send(b []byte, to *net.UDPAddr) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	err := c.trouble(writing)
	peer := c.remote
	switch {
	case err != nil:
	case c.refused:
		c.refused = false
		err = sockets.ErrRefused
	case to != nil && c.remote != nil:
		err = net.ErrWriteToConnected
	case to == nil && c.remote == nil:
		err = errMissingAddress
	case len(b) > sockets.MaxDatagram:
		err = sockets.ErrMessageSize
	}
	if to != nil {
		peer = to
	}
	if err != nil {
		return 0, c.opError("write", peer, err)
	}
	address := peer.AddrPort()
	address = netip.AddrPortFrom(address.Addr().Unmap(), address.Port())
	c.out = append(c.out, datagram{append([]byte(nil), b...), address})
	c.mark()
	return len(b), nil
}

var errMissingAddress = errors.New("missing address")

// ReadFromUDPAddrPort is ReadFrom for addresses of package netip. What of a datagram
// doesn't fit into b is lost.
func (c *PacketConn) ReadFromUDPAddrPort(b []byte) (int, netip.AddrPort, error) {
	d, err := c.receive()
	return copy(b, d.data), d.peer, err
}

// ReadFromUDP is ReadFrom for addresses of their own type.
func (c *PacketConn) ReadFromUDP(b []byte) (int, *net.UDPAddr, error) {
	n, from, err := c.ReadFromUDPAddrPort(b)
	if err != nil {
		return 0, nil, err
	}
	return n, net.UDPAddrFromAddrPort(from), nil
}

// ReadFrom implements net.PacketConn.
func (c *PacketConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := c.ReadFromUDP(b)
	if err != nil {
		return 0, nil, err // not a nil *net.UDPAddr in an interface
	}
	return n, from, nil
}

// ReadMsgUDP is ReadFromUDP: there is never out-of-band data.
func (c *PacketConn) ReadMsgUDP(b, _ []byte) (n, oobn, flags int, from *net.UDPAddr, err error) {
	d, err := c.receive()
	if err != nil {
		return 0, 0, 0, nil, err
	}
	if n = copy(b, d.data); n < len(d.data) {
		flags = msgTruncated
	}
	return n, 0, flags, net.UDPAddrFromAddrPort(d.peer), nil
}

// msgTruncated is the flag of a datagram that was cut off.
// Source: Linux MSG_TRUNC; fidelity: documented.
const msgTruncated = 0x20

// Read implements net.Conn.
func (c *PacketConn) Read(b []byte) (int, error) {
	n, _, err := c.ReadFromUDPAddrPort(b)
	return n, err
}

// Write implements net.Conn, for a connected socket.
func (c *PacketConn) Write(b []byte) (int, error) { return c.send(b, nil) }

// WriteToUDP is WriteTo for addresses of their own type.
func (c *PacketConn) WriteToUDP(b []byte, to *net.UDPAddr) (int, error) {
	if to == nil {
		return 0, c.opError("write", nil, errMissingAddress)
	}
	return c.send(b, to)
}

// WriteTo implements net.PacketConn.
func (c *PacketConn) WriteTo(b []byte, to net.Addr) (int, error) {
	u, ok := to.(*net.UDPAddr)
	if !ok {
		return 0, &net.OpError{Op: "write", Net: "udp", Source: c.local, Addr: to, Err: errors.New("not a UDP address")}
	}
	return c.WriteToUDP(b, u)
}

// WriteMsgUDP is Write or WriteToUDP; out-of-band data is an error, since nothing
// here knows what it would mean.
func (c *PacketConn) WriteMsgUDP(b, oob []byte, to *net.UDPAddr) (n, oobn int, err error) {
	if len(oob) > 0 {
		return 0, 0, c.opError("write", to, errors.ErrUnsupported)
	}
	n, err = c.send(b, to)
	return n, 0, err
}

// Close implements net.PacketConn. It returns once the port is free; what was
// written is still sent.
func (c *PacketConn) Close() error {
	c.mu.Lock()
	if c.closed {
		defer c.mu.Unlock()
		return c.opError("close", nil, net.ErrClosed)
	}
	c.closed = true
	c.changed.Broadcast()
	c.mark()
	c.mu.Unlock()
	c.port.Call(func() {}) // served after the flush that closes the socket
	return nil
}

// LocalAddr implements net.PacketConn.
func (c *PacketConn) LocalAddr() net.Addr { return c.local }

// RemoteAddr implements net.Conn; nil if not connected.
func (c *PacketConn) RemoteAddr() net.Addr {
	if c.remote == nil {
		return nil
	}
	return c.remote
}

// SetDeadline implements net.PacketConn.
func (c *PacketConn) SetDeadline(t time.Time) error { return c.setDeadlines(t, reading, writing) }

// SetReadDeadline implements net.PacketConn.
func (c *PacketConn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, reading) }

// SetWriteDeadline implements net.PacketConn. Writing never waits: a socket's way
// out of its host is wider than the link behind it.
func (c *PacketConn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, writing) }

func (c *PacketConn) setDeadlines(t time.Time, which ...int) error {
	return c.set(func() { c.blocking.setDeadlines(t, which...) })
}

// SetReadBuffer sets the size of the receive queue. As with Linux, the kernel doubles
// what was asked for to make up for its own part.
func (c *PacketConn) SetReadBuffer(bytes int) error {
	return c.set(func() { c.room = max(2*bytes, minQueueBytes) })
}

// minQueueBytes: Source: Linux SOCK_MIN_RCVBUF, 2304 on 64 bits; fidelity: documented.
const minQueueBytes = 2304

// SetWriteBuffer does nothing: no datagram ever waits within the host.
func (c *PacketConn) SetWriteBuffer(int) error { return c.set(func() {}) }

func (c *PacketConn) set(f func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("set", nil, net.ErrClosed)
	}
	f()
	c.mark()
	return nil
}

func (c *PacketConn) opError(op string, to *net.UDPAddr, err error) error {
	c.port.s.e.pulse.park()
	e := &net.OpError{Op: op, Net: "udp", Source: c.local, Err: sockets.SystemError(err)}
	switch {
	case to != nil:
		e.Addr = to
	case c.remote != nil:
		e.Addr = c.remote
	}
	return e
}
