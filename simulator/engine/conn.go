package engine

import (
	"errors"
	"io"
	"net"
	"time"

	"minilab/simulator/engine/sockets"
)

const (
	// Room on the library's side of a connection. Source: default socket buffers of
	// Linux are of this order (net.ipv4.tcp_wmem default 16 kB, tcp_rmem default
	// 128 kB); fidelity: inferred.
	writeRoomBytes = 64 << 10
	readRoomBytes  = 128 << 10
)

// Conn is a blocking net.Conn over a sockets.Socket: the only thing through which
// library code sees the simulated network. Its deadlines are engine events, so they
// have a place in the order of things, and what it reads was handed over one
// wake-up latency after it came. The loop must not call its methods, but for what
// it does inside Port.Deliver (a kick, for example) or once the world has ended.
type Conn struct {
	blocking
	loop connLoop // the loop's side

	// Guarded by the lock.
	opened   bool
	in       [][]byte // handed over and not yet read
	inBytes  int
	paused   bool // the socket was told to receive no more
	inErr    error
	out      []byte // written and not yet taken by the loop
	unsent   int    // taken by the loop and not yet by the socket
	outErr   error
	finished bool // CloseWrite
	deaf     bool // CloseRead
	linger   bool // Close sends what was written
	aborted  bool
	controls []func(sockets.Socket)
	local    net.Addr
	remote   net.Addr
}

// NewConn makes a connection over the socket that dial returns, on the loop. The
// port serves this connection only. For an accepted socket, dial keeps the handler
// it is given as that socket's own.
func NewConn(p *Port, dial func(h sockets.Handler) sockets.Socket) *Conn {
	c := &Conn{linger: true}
	c.init(p, (*connEnd)(c))
	c.loop.sock = dial((*connEvents)(c))
	c.loop.half, _ = c.loop.sock.(sockets.Half)
	c.address()
	return c
}

// address takes over the socket's addresses.
func (c *Conn) address() {
	c.local = net.TCPAddrFromAddrPort(c.loop.sock.Local())
	c.remote = net.TCPAddrFromAddrPort(c.loop.sock.Remote())
}

// WaitOpen blocks until the connection stands, has failed, or the write deadline
// has passed.
func (c *Conn) WaitOpen() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.opened {
		if err := c.trouble("dial", writing, c.outErr); err != nil {
			return err
		}
		c.wait()
	}
	return nil
}

// Read implements net.Conn.
func (c *Conn) Read(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if err := c.trouble("read", reading, nil); err != nil {
			return 0, err
		}
		if c.inBytes > 0 || len(b) == 0 {
			return c.take(b), nil
		}
		if c.inErr == io.EOF || c.deaf {
			return 0, io.EOF
		}
		if c.inErr != nil {
			return 0, c.opError("read", c.inErr)
		}
		c.wait()
	}
}

// take moves what has come into b.
func (c *Conn) take(b []byte) int {
	n := 0
	for n < len(b) && len(c.in) > 0 {
		k := copy(b[n:], c.in[0])
		n += k
		if k == len(c.in[0]) {
			c.in[0] = nil
			c.in = c.in[1:]
		} else {
			c.in[0] = c.in[0][k:]
		}
	}
	c.inBytes -= n
	if c.paused && c.inBytes <= readRoomBytes/2 {
		c.mark()
	}
	return n
}

// Write implements net.Conn. It returns when all of b lies in the write buffer.
func (c *Conn) Write(b []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for {
		err := c.outErr
		if c.finished {
			err = sockets.ErrWriteEnded
		}
		if err := c.trouble("write", writing, err); err != nil {
			return n, err
		}
		if room := writeRoomBytes - len(c.out) - c.unsent; room > 0 && n < len(b) {
			k := min(room, len(b)-n)
			c.out = append(c.out, b[n:n+k]...)
			n += k
			c.mark()
		}
		if n == len(b) {
			return n, nil
		}
		c.wait()
	}
}

// Close implements net.Conn. What was written is still sent, unless SetLinger said
// otherwise, or something came that was not read: then the connection is reset, as
// the kernel does, so that the peer learns that bytes were lost.
func (c *Conn) Close() error { return c.shut(false) }

// Abort ends the connection with a reset, dropping what was not sent.
func (c *Conn) Abort() error { return c.shut(true) }

func (c *Conn) shut(abort bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	c.closed, c.aborted = true, abort || !c.linger || c.inBytes > 0
	c.in, c.inBytes = nil, 0
	c.changed.Broadcast()
	c.mark()
	return nil
}

// CloseWrite ends the outgoing stream after what was written; Read goes on. Not all
// sockets can: a TLS session can't.
func (c *Conn) CloseWrite() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		return c.opError("close", net.ErrClosed)
	case c.loop.half == nil:
		return c.opError("close", errors.ErrUnsupported)
	case c.outErr != nil && !c.finished:
		return c.opError("close", c.outErr)
	}
	c.finished = true
	c.changed.Broadcast()
	c.mark()
	return nil
}

// CloseRead lets Read end once what has come was read. As with Linux, the peer is
// told nothing, and what it sends from then on can still be read.
func (c *Conn) CloseRead() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	c.deaf = true
	c.changed.Broadcast()
	return nil
}

// SetLinger with 0 makes Close an Abort. Any other value leaves what was written to
// be sent in the background.
func (c *Conn) SetLinger(sec int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("set", net.ErrClosed)
	}
	c.linger = sec != 0
	return nil
}

// Control has f called on the loop with the connection's socket, at this instant and
// before anything that is written later, and doesn't wait for it.
func (c *Conn) Control(f func(sockets.Socket)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("set", net.ErrClosed)
	}
	c.controls = append(c.controls, f)
	c.mark()
	return nil
}

// LocalAddr implements net.Conn.
func (c *Conn) LocalAddr() net.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.local
}

// RemoteAddr implements net.Conn.
func (c *Conn) RemoteAddr() net.Addr {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.remote
}

// SetDeadline implements net.Conn.
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadlines(t, reading, writing) }

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, reading) }

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, writing) }

func (c *Conn) setDeadlines(t time.Time, which ...int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("set", net.ErrClosed)
	}
	c.blocking.setDeadlines(t, which...)
	return nil
}

// trouble is why an operation can't go on now, if it can't.
func (c *Conn) trouble(op string, which int, err error) error {
	if e := c.blocking.trouble(which); e != nil {
		err = e
	}
	if err == nil {
		return nil
	}
	return c.opError(op, err)
}

func (c *Conn) opError(op string, err error) error {
	c.port.s.e.pulse.park()
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: sockets.SystemError(err)}
}
