package network

import (
	"errors"
	"io"
	"net"
	"time"

	"github.com/pion/transport/v2"

	"minilab/simulator/engine"
	"minilab/simulator/network/tcp"
)

var (
	_ transport.TCPConn = (*tcpConn)(nil)
	_ transport.UDPConn = (*engine.PacketConn)(nil)
)

// tcpConn is a connection with what only TCP has.
type tcpConn struct{ *engine.Conn }

// ReadFrom implements io.ReaderFrom.
func (c *tcpConn) ReadFrom(r io.Reader) (int64, error) {
	return io.Copy(struct{ io.Writer }{c.Conn}, r)
}

func (c *tcpConn) control(f func(t *tcp.Conn)) error {
	return c.Control(func(s engine.Socket) { f(s.(*tcp.Conn)) })
}

// SetNoDelay implements transport.TCPConn.
func (c *tcpConn) SetNoDelay(noDelay bool) error {
	return c.control(func(t *tcp.Conn) { t.SetNagle(!noDelay) })
}

// SetWriteBuffer implements transport.TCPConn. The connection's own part, which is
// between Write and the socket, stays.
func (c *tcpConn) SetWriteBuffer(bytes int) error {
	return c.control(func(t *tcp.Conn) { t.SetSendBuffer(bytes) })
}

// SetReadBuffer implements transport.TCPConn. The connection's own part, which is
// between the socket and Read, stays.
func (c *tcpConn) SetReadBuffer(bytes int) error {
	return c.control(func(t *tcp.Conn) { t.SetReceiveBuffer(bytes) })
}

// SetKeepAlive implements transport.TCPConn. Off is what it always is.
func (c *tcpConn) SetKeepAlive(on bool) error {
	if on {
		return c.unsupported()
	}
	return nil
}

// SetKeepAlivePeriod implements transport.TCPConn: there is no keepalive.
func (c *tcpConn) SetKeepAlivePeriod(time.Duration) error { return c.unsupported() }

func (c *tcpConn) unsupported() error {
	return &net.OpError{Op: "set", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: errors.ErrUnsupported}
}
