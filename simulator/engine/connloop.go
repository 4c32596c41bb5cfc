package engine

import (
	"io"

	"minilab/simulator/engine/sockets"
)

// connLoop is what belongs to the loop of a Conn: only events touch it.
type connLoop struct {
	sock    sockets.Socket
	opened  bool
	inbox   [][]byte // come, and not yet handed over
	err     error    // why the socket ended; io.EOF when in order
	ended   bool     // no more callbacks, nothing more to send
	pending bool     // a hand-over is scheduled
	backlog [][]byte // not yet taken by the socket
	bytes   int      // in backlog
	closing bool     // close the socket once the backlog is gone
	half    sockets.Half
	ending  bool // end the outgoing stream once the backlog is gone
	halved  bool // that is done

	accepted func() // of a listener's connection: have it accepted
}

// connEvents is the sockets.Handler of a Conn.
type connEvents Conn

// OnOpen implements sockets.Handler.
func (h *connEvents) OnOpen(s sockets.Socket) {
	h.loop.sock, h.loop.opened = s, true
	if h.loop.accepted != nil {
		h.loop.accepted()
		return
	}
	c := (*Conn)(h)
	c.drain()
	c.wake()
}

// OnData implements sockets.Handler.
func (h *connEvents) OnData(_ sockets.Socket, p []byte) {
	h.loop.inbox = append(h.loop.inbox, p)
	(*Conn)(h).wake()
}

// OnWritable implements sockets.Handler.
func (h *connEvents) OnWritable(sockets.Socket) {
	c := (*Conn)(h)
	if c.drain() {
		c.wake()
	}
}

// OnClose implements sockets.Handler.
func (h *connEvents) OnClose(_ sockets.Socket, err error) {
	if h.loop.ended {
		return
	}
	h.loop.ended, h.loop.err = true, err
	if err == nil {
		h.loop.err = io.EOF
	}
	h.loop.backlog, h.loop.bytes = nil, 0
	(*Conn)(h).wake()
	(*Conn)(h).letGo()
}

// OnEnd implements HalfHandler.
func (h *connEvents) OnEnd(sockets.Socket) {
	h.loop.err = io.EOF
	(*Conn)(h).wake()
}

// wake schedules a hand-over, unless one is on its way: a process that wakes up
// finds all that has come by then.
func (c *Conn) wake() {
	if !c.loop.pending {
		c.loop.pending = true
		c.port.hand(handing{})
	}
}

// refuse ends a connection that nobody will accept any more.
func (c *Conn) refuse() {
	if !c.loop.ended {
		c.loop.ended = true
		c.loop.sock.Abort()
	}
}

// drain gives the socket as much of the backlog as it has room for.
func (c *Conn) drain() bool {
	l := &c.loop
	sent := 0
	for sent < len(l.backlog) && !l.ended && l.sock.Free() > 0 {
		p := l.backlog[sent]
		l.backlog[sent] = nil
		sent++
		l.bytes -= len(p)
		l.sock.Send(p)
	}
	if sent == 0 {
		return false
	}
	if l.backlog = l.backlog[min(sent, len(l.backlog)):]; len(l.backlog) == 0 {
		l.backlog = nil
		c.conclude()
	}
	return true
}

// conclude ends the stream, or its outgoing half, now that all has been sent.
func (c *Conn) conclude() {
	l := &c.loop
	switch {
	case l.ended:
	case l.closing:
		l.ended = true
		l.sock.Close()
		c.letGo()
	case l.ending && !l.halved:
		l.halved = true
		l.half.CloseWrite()
	}
}

// connEnd is the portEnd of a Conn.
type connEnd Conn

func (h *connEnd) flush() bool {
	defer (*Conn)(h).letGo()
	c, l := (*Conn)(h), &h.loop
	c.mu.Lock()
	c.looked()
	out, closed, aborted, controls := c.out, c.closed, c.aborted, c.controls
	c.out, c.controls = nil, nil
	resume := c.paused && c.inBytes <= readRoomBytes/2 && !closed
	if resume {
		c.paused = false
	}
	l.closing, l.ending = closed, c.finished
	c.mu.Unlock()
	if l.ended {
		return false
	}
	for _, f := range controls {
		f(l.sock)
	}
	if len(out) > 0 {
		l.backlog = append(l.backlog, out)
		l.bytes += len(out)
	}
	if aborted || closed && len(l.inbox) > 0 {
		l.ended = true
		l.sock.Abort()
		return false
	}
	if c.drain(); len(l.backlog) == 0 {
		c.conclude()
	}
	if closed {
		return false
	}
	if resume && !l.ended {
		l.sock.Receive(true)
	}
	return c.room(l.bytes)
}

// room tells writers how much of what they wrote the socket hasn't taken.
func (c *Conn) room(unsent int) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unsent = unsent
	if c.waiting == 0 || len(c.out)+unsent >= writeRoomBytes {
		return false
	}
	c.changed.Broadcast()
	return true
}

func (h *connEnd) handOver() bool {
	c, l := (*Conn)(h), &h.loop
	l.pending = false
	c.mu.Lock()
	defer c.mu.Unlock()
	if l.opened && !c.opened {
		c.opened = true
		c.address()
	}
	if !c.closed {
		for _, p := range l.inbox {
			c.in = append(c.in, p)
			c.inBytes += len(p)
		}
	}
	clear(l.inbox)
	l.inbox = l.inbox[:0]
	c.unsent = l.bytes
	if l.err != nil && c.inErr == nil {
		c.inErr = l.err
	}
	switch {
	case l.ended && l.err == io.EOF:
		c.outErr = sockets.ErrReset
	case l.ended && l.err != nil:
		c.outErr = l.err
	case !l.ended && !c.closed && !c.paused && c.inBytes > readRoomBytes:
		c.paused = true
		l.sock.Receive(false)
	}
	c.changed.Broadcast()
	return c.waiting > 0
}
