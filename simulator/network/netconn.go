package network

import (
	"io"
	"time"

	"github.com/pion/transport/v2"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
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
	return c.Control(func(s sockets.Socket) { f(s.(*tcp.Conn)) })
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

// SetKeepAlive implements transport.TCPConn. It is off at first.
func (c *tcpConn) SetKeepAlive(on bool) error {
	return c.keep(func(k *tcp.KeepAlive) { k.On = on })
}

// SetKeepAlivePeriod implements transport.TCPConn: as in package net, it is the silence
// before the first probe, in whole seconds, rounded up; 0 stands for 15 s and less for
// what it was.
func (c *tcpConn) SetKeepAlivePeriod(d time.Duration) error {
	if d == 0 {
		d = defaultKeepIdle
	}
	return c.keep(func(k *tcp.KeepAlive) {
		if d > 0 {
			k.Idle = (d - 1).Truncate(time.Second) + time.Second
		}
	})
}

// What package net gives its connections, whatever the OS has.
// Source: package net, defaultTCPKeepAliveIdle, -Interval and -Count; fidelity: documented.
const (
	defaultKeepIdle, defaultKeepInterval = 15 * time.Second, 15 * time.Second
	defaultKeepProbes                    = 9
)

func (c *tcpConn) keep(change func(k *tcp.KeepAlive)) error {
	return c.control(func(t *tcp.Conn) {
		k := t.KeepAlive()
		if k == (tcp.KeepAlive{}) {
			k = tcp.KeepAlive{Idle: defaultKeepIdle, Interval: defaultKeepInterval, Probes: defaultKeepProbes}
		}
		change(&k)
		t.SetKeepAlive(k)
	})
}
