package realnet

import (
	"bytes"
	"net"
	"sync"
	"time"
)

const (
	// readBytes is the most that is read at once. Source: a page of net/http's buffers
	// is 4 kB, a record of TLS 16 kB; fidelity: assumed.
	readBytes = 16 << 10
	// writeBytes is about how much is written at once, so that the loop hears in time
	// that there is room. Source: none; fidelity: assumed.
	writeBytes = 64 << 10
	// flushTimeout is how long a connection that was closed may take to send the rest,
	// and lingerTimeout how long it then waits for its peer to end too: closing sooner
	// would have the kernel send a reset, which takes what is under way with it.
	// Source: package net/http waits for 0.5 s; fidelity: assumed.
	flushTimeout  = 5 * time.Second
	lingerTimeout = time.Second
)

// pump is the goroutines' side of a connection: one reads, one writes.
type pump struct {
	s     *socket
	conn  net.Conn
	more  chan struct{} // holds one token: the reader may go on
	gone  chan struct{} // closed: nobody wants to hear what is read
	deaf  chan struct{} // closed when the reader has ended
	wake  chan struct{} // holds one token while the writer has something to do
	began time.Time
	in    int64 // the reader's
	out   int64 // the writer's

	mu       sync.Mutex // held for a few instructions, never while waiting
	queue    [][]byte
	finished bool // end the outgoing stream behind the queue
	closed   bool // close behind the queue
}

func newPump(s *socket, c net.Conn) *pump {
	return &pump{s: s, conn: c, began: time.Now(),
		more: make(chan struct{}, 1), gone: make(chan struct{}), deaf: make(chan struct{}), wake: make(chan struct{}, 1)}
}

// begin starts both; on the loop, as are all methods down to the goroutines.
func (p *pump) begin() {
	p.s.n.start(p.read)
	p.s.n.start(p.write)
}

func (p *pump) proceed() { p.more <- struct{}{} } // never blocks: the reader has taken the one before

func (p *pump) send(b []byte) {
	p.mu.Lock()
	p.queue = append(p.queue, b)
	p.mu.Unlock()
	p.poke()
}

func (p *pump) finish() {
	p.mu.Lock()
	p.finished = true
	p.mu.Unlock()
	p.poke()
}

func (p *pump) close() {
	_ = p.conn.SetWriteDeadline(time.Now().Add(flushTimeout))
	close(p.gone)
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.poke()
}

func (p *pump) abort() {
	if tcp, ok := p.conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = p.conn.Close() // whatever waits on it returns
	close(p.gone)
	p.mu.Lock()
	p.closed, p.queue = true, nil
	p.mu.Unlock()
	p.poke()
}

func (p *pump) poke() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// read is the reader: what it has read it hands over, and waits.
func (p *pump) read() {
	defer close(p.deaf)
	buf := make([]byte, readBytes)
	for {
		n, err := p.conn.Read(buf)
		p.in += int64(n)
		if n > 0 && !p.hand(bytes.Clone(buf[:n])) {
			p.swallow(buf)
			return
		}
		if err != nil {
			p.s.n.tell(func() { p.s.inEnded(err) })
			return
		}
	}
}

// hand gives the loop a buffer and waits until it wants the next.
func (p *pump) hand(b []byte) bool {
	if !p.s.n.tell(func() { p.s.arrived(b) }) {
		return false
	}
	select {
	case <-p.more:
		return true
	case <-p.gone:
	case <-p.s.n.done:
	}
	return false
}

// swallow reads what nobody will hear, until the peer ends or lingerTimeout is over.
func (p *pump) swallow(buf []byte) {
	for {
		if _, err := p.conn.Read(buf); err != nil {
			return
		}
	}
}

// write is the writer, and the one that lets go of the connection.
func (p *pump) write() {
	defer p.end()
	for {
		select {
		case <-p.wake:
		case <-p.s.n.done:
			return
		}
		for {
			batch, finished, closed := p.take()
			if len(batch) == 0 {
				if closed {
					p.linger()
					return
				}
				if finished {
					p.halve()
				}
				break
			}
			n, err := batch.WriteTo(p.conn)
			p.out += n
			if err != nil {
				p.s.n.tell(func() { p.s.fail(err) })
				return
			}
			p.s.n.tell(func() { p.s.sent(int(n)) })
		}
	}
}

// take is the next to be written, of all that waits, and what comes behind it all.
func (p *pump) take() (batch net.Buffers, finished, closed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	k, size := 0, 0
	for k < len(p.queue) && size < writeBytes {
		size += len(p.queue[k])
		k++
	}
	batch = append(batch, p.queue[:k]...)
	if p.queue = p.queue[k:]; len(p.queue) == 0 {
		p.queue = nil
	}
	return batch, p.finished, p.closed
}

func (p *pump) halve() {
	if tcp, ok := p.conn.(*net.TCPConn); ok {
		_ = tcp.CloseWrite()
	}
}

// linger ends the connection in order.
func (p *pump) linger() {
	p.halve()
	_ = p.conn.SetReadDeadline(time.Now().Add(lingerTimeout))
	<-p.deaf
}

// end lets go of the connection.
func (p *pump) end() {
	_ = p.conn.Close()
	<-p.deaf
	p.s.n.forget(p.conn)
	if ended := p.s.n.o.Ended; ended != nil && p.s.port != 0 {
		ended(Connection{Port: p.s.port, Remote: p.s.remote, Length: time.Since(p.began), In: p.in, Out: p.out})
	}
}
