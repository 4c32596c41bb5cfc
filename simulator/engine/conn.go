package engine

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

const (
	// Room on the library's side of a connection. Source: default socket buffers of
	// Linux are of this order (net.ipv4.tcp_wmem default 16 kB, tcp_rmem default
	// 128 kB); fidelity: inferred.
	writeRoomBytes = 64 << 10
	readRoomBytes  = 128 << 10
)

// Conn is a blocking net.Conn over an event Socket: the only thing through which
// library code sees the simulated network. Its deadlines are engine events, so they
// have a place in the order of things, and what it reads was handed over one
// wake-up latency after it came. The loop must not call its methods, but for what
// it does inside Port.Deliver (a kick, for example) or once the world has ended.
type Conn struct {
	port *Port
	loop connLoop // the loop's side

	mu       sync.Mutex // never held while waiting
	changed  sync.Cond  // something below changed that a goroutine may wait for
	waiting  int        // goroutines in changed.Wait
	opened   bool
	in       [][]byte // handed over and not yet read
	inBytes  int
	paused   bool // the socket was told to receive no more
	inErr    error
	out      []byte // written and not yet taken by the loop
	unsent   int    // taken by the loop and not yet by the socket
	outErr   error
	closed   bool
	aborted  bool
	dirty    bool
	deadline [2]deadline // of Read, of Write
	local    net.Addr
	remote   net.Addr
}

// NewConn makes a connection over the socket that dial returns, on the loop. The
// port serves this connection only. For an accepted socket, dial keeps the handler
// it is given as that socket's own.
func NewConn(p *Port, dial func(h SocketHandler) Socket) *Conn {
	if p.end != nil {
		panic("engine: port " + p.name + " already has a connection")
	}
	c := &Conn{port: p, deadline: [2]deadline{{want: never, armed: never}, {want: never, armed: never}}}
	c.changed.L = &c.mu
	p.end = (*connEnd)(c)
	c.loop.sock = dial((*connEvents)(c))
	c.address()
	return c
}

// address takes over the socket's addresses.
func (c *Conn) address() {
	c.local = net.TCPAddrFromAddrPort(c.loop.sock.Local())
	c.remote = net.TCPAddrFromAddrPort(c.loop.sock.Remote())
}

// Port is the connection's port, for what its session has to Call.
func (c *Conn) Port() *Port { return c.port }

// WaitOpen blocks until the connection stands, has failed, or the write deadline
// has passed.
func (c *Conn) WaitOpen() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for !c.opened {
		if err := c.trouble("dial", 1, c.outErr); err != nil {
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
		if err := c.trouble("read", 0, nil); err != nil {
			return 0, err
		}
		if c.inBytes > 0 || len(b) == 0 {
			return c.take(b), nil
		}
		if c.inErr == io.EOF {
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
		if err := c.trouble("write", 1, c.outErr); err != nil {
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

// Close implements net.Conn. What was written is still sent.
func (c *Conn) Close() error { return c.shut(false) }

// Abort ends the connection with a reset, dropping what was not sent.
func (c *Conn) Abort() error { return c.shut(true) }

func (c *Conn) shut(abort bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("close", net.ErrClosed)
	}
	c.closed, c.aborted = true, abort
	c.in, c.inBytes = nil, 0
	c.changed.Broadcast()
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
func (c *Conn) SetDeadline(t time.Time) error { return c.setDeadlines(t, 0, 1) }

// SetReadDeadline implements net.Conn.
func (c *Conn) SetReadDeadline(t time.Time) error { return c.setDeadlines(t, 0) }

// SetWriteDeadline implements net.Conn.
func (c *Conn) SetWriteDeadline(t time.Time) error { return c.setDeadlines(t, 1) }

// deadline is one of a connection's two. The loop keeps at most one event for it:
// moving it later costs the loop nothing.
type deadline struct {
	want    int64 // what the library asked for
	armed   int64 // instant of the loop's next event for it
	expired bool
}

// unarmed tells that the loop must be told of the deadline.
func (d *deadline) unarmed() bool {
	return d.want != never && !d.expired && (d.armed == never || d.want < d.armed)
}

func (c *Conn) setDeadlines(t time.Time, which ...int) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return c.opError("set", net.ErrClosed)
	}
	for _, i := range which {
		d := &c.deadline[i]
		d.want, d.expired = never, false
		if t.IsZero() {
			continue
		}
		d.want = max(0, c.port.s.clockTime(t))
		if d.expired = !t.After(time.Now()); d.expired {
			c.changed.Broadcast()
		}
		if d.unarmed() {
			c.mark()
		}
	}
	return nil
}

// trouble is why an operation can't go on now, if it can't.
func (c *Conn) trouble(op string, deadline int, err error) error {
	switch {
	case c.closed:
		return c.opError(op, net.ErrClosed)
	case c.deadline[deadline].expired:
		return c.opError(op, os.ErrDeadlineExceeded)
	case err != nil:
		return c.opError(op, err)
	}
	return nil
}

func (c *Conn) opError(op string, err error) error {
	c.port.s.e.pulse.park()
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

func (c *Conn) wait() {
	c.waiting++
	c.changed.Wait()
	c.waiting--
}

// mark tells the loop to look at this connection.
func (c *Conn) mark() {
	if !c.dirty {
		c.dirty = true
		c.port.s.mark(c.port)
	}
}
