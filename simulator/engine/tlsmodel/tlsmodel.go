package tlsmodel

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"minilab/simulator/engine/sockets"
)

const (
	// clientHelloBytes: a hello of 256-511 bytes is padded to 512, plus the record
	// header. Source: RFC 7685 section 1 and 4; fidelity: inferred.
	clientHelloBytes = 517
	// serverHelloBytes: ServerHello, a chain of two certificates, ServerKeyExchange,
	// ServerHelloDone. Source: usual RSA-2048 chains of public CAs; fidelity: assumed.
	serverHelloBytes = 3600
	// clientFinishBytes: ClientKeyExchange on P-256 (75), ChangeCipherSpec (6),
	// Finished under AES-GCM (45). Source: RFC 5246 section 7.4, RFC 5288; fidelity: inferred.
	clientFinishBytes = 126
	// serverFinishBytes: ChangeCipherSpec (6) and Finished (45). Source: as above;
	// fidelity: inferred.
	serverFinishBytes = 51

	headerBytes = 5
	// fillerBytes of a record: explicit nonce (8) and tag (16) of AES-GCM. Source: RFC
	// 5288 section 3; fidelity: documented.
	fillerBytes = 24
	// maxPayloadBytes of a record. Source: RFC 5246 section 6.2.1; fidelity: documented.
	maxPayloadBytes = 1 << 14

	alertRecord     = 21
	handshakeRecord = 22
	dataRecord      = 23
)

// The flights are the same for all connections, and immutable.
var (
	clientHello  = flight(clientHelloBytes)
	serverHello  = flight(serverHelloBytes)
	clientFinish = flight(clientFinishBytes)
	serverFinish = flight(serverFinishBytes)
)

func flight(n int) []byte {
	p := make([]byte, n)
	putHeader(p, handshakeRecord, n-headerBytes)
	return p
}

func putHeader(p []byte, kind byte, n int) {
	p[0], p[1], p[2] = kind, 3, 3
	binary.BigEndian.PutUint16(p[3:], uint16(n))
}

// Dial connects through s and speaks TLS: h gets OnOpen once the handshake is done.
func Dial(s sockets.Stack, host string, port uint16, h sockets.Handler) sockets.Socket {
	c := &conn{h: h, on: true, client: true, awaited: len(serverHello)}
	c.sock = s.Dial(host, port, c)
	return c
}

// Sockets is s with TLS on all its connections.
func Sockets(s sockets.Stack) sockets.Stack { return secured{s} }

type secured struct{ below sockets.Stack }

func (s secured) Dial(host string, port uint16, h sockets.Handler) sockets.Socket {
	return Dial(s.below, host, port, h)
}

func (s secured) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (func(), error) {
	return s.below.Listen(port, Accept(accept))
}

// Accept makes a listener's accept function speak TLS: the handler that accept
// returns gets OnOpen once the handshake is done.
func Accept(accept func(sockets.Socket) sockets.Handler) func(sockets.Socket) sockets.Handler {
	return func(s sockets.Socket) sockets.Handler {
		c := &conn{sock: s, on: true, awaited: len(clientHello)}
		c.h = accept(c)
		return c
	}
}

// conn is both the Socket that the user sees and the handler of the one below.
type conn struct {
	sock   sockets.Socket
	h      sockets.Handler
	client bool

	flights int      // of the peer's handshake, received
	awaited int      // bytes left of the peer's flight
	open    bool     // the handshake is done
	early   [][]byte // given to Send before that
	starved bool     // Free said before that there was no room

	on     bool
	busy   bool   // in deliver
	in     []byte // received, not yet a whole record, or held while off
	ending bool   // the socket below has ended with err
	err    error
	over   bool // no callback follows
	own    bool // in is our own memory, not a view of what was received
}

// OnOpen implements sockets.Handler.
func (c *conn) OnOpen(s sockets.Socket) {
	c.sock = s
	if c.client {
		s.Send(clientHello)
	}
}

// OnData implements sockets.Handler.
func (c *conn) OnData(_ sockets.Socket, p []byte) {
	if c.over {
		return
	}
	for !c.open && len(p) > 0 {
		n := min(c.awaited, len(p))
		c.awaited -= n
		p = p[n:]
		if c.awaited == 0 {
			c.advance()
		}
		if c.over {
			return
		}
	}
	c.keep(p)
	c.deliver()
}

// advance answers a whole flight of the peer's.
func (c *conn) advance() {
	c.flights++
	switch {
	case c.client && c.flights == 1:
		c.sock.Send(clientFinish)
		c.awaited = len(serverFinish)
		return
	case !c.client && c.flights == 1:
		c.sock.Send(serverHello)
		c.awaited = len(clientFinish)
		return
	case !c.client:
		c.sock.Send(serverFinish)
	}
	c.open = true
	for _, p := range c.early {
		c.Send(p)
	}
	c.early = nil
	c.h.OnOpen(c)
	if c.starved && !c.over && c.Free() > 0 {
		c.h.OnWritable(c)
	}
}

// keep puts p behind what is held, without a copy if nothing is.
func (c *conn) keep(p []byte) {
	switch {
	case len(p) == 0:
	case len(c.in) == 0:
		c.in, c.own = p, false
	case c.own:
		c.in = append(c.in, p...)
	default:
		c.in, c.own = append(append(make([]byte, 0, len(c.in)+len(p)), c.in...), p...), true
	}
}

// deliver hands over the payload of all whole records, then the end.
func (c *conn) deliver() {
	if c.busy {
		return // the handler switched receiving on inside a callback
	}
	c.busy = true
	defer func() { c.busy = false }()
	for c.on && !c.over && len(c.in) >= headerBytes {
		kind, n := c.in[0], int(binary.BigEndian.Uint16(c.in[3:]))
		if kind < alertRecord || kind > dataRecord || c.in[1] != 3 || n < fillerBytes || n > maxPayloadBytes+fillerBytes {
			c.Abort()
			c.h.OnClose(c, fmt.Errorf("malformed TLS record: %w", sockets.ErrReset))
			return
		}
		if len(c.in) < headerBytes+n {
			break
		}
		record := c.in[headerBytes : headerBytes+n : headerBytes+n]
		c.in = c.in[headerBytes+n:]
		if kind == dataRecord && n > fillerBytes {
			c.h.OnData(c, record[:n-fillerBytes:n-fillerBytes])
		}
	}
	if c.ending && !c.over && (c.on || len(c.in) == 0) {
		c.over = true
		c.h.OnClose(c, c.err)
	}
}

// OnWritable implements sockets.Handler.
func (c *conn) OnWritable(sockets.Socket) {
	if c.open && !c.over {
		c.h.OnWritable(c)
	}
}

// OnClose implements sockets.Handler.
func (c *conn) OnClose(_ sockets.Socket, err error) {
	if c.over {
		return
	}
	if c.ending, c.err = true, err; err == nil && !c.open {
		c.err = fmt.Errorf("closed during the TLS handshake: %w", sockets.ErrReset)
	}
	c.deliver()
}

// Send implements sockets.Socket.
func (c *conn) Send(p []byte) {
	if c.over || c.ending {
		return
	}
	if !c.open {
		c.early = append(c.early, p)
		return
	}
	for len(p) > 0 {
		n := min(len(p), maxPayloadBytes)
		c.send(dataRecord, p[:n])
		p = p[n:]
	}
}

func (c *conn) send(kind byte, payload []byte) {
	r := make([]byte, headerBytes+len(payload)+fillerBytes)
	putHeader(r, kind, len(payload)+fillerBytes)
	copy(r[headerBytes:], payload)
	c.sock.Send(r)
}

// Free implements sockets.Socket.
func (c *conn) Free() int {
	n := c.sock.Free()
	if !c.open {
		n -= c.Unacked()
		c.starved = c.starved || n <= 0
	}
	return n
}

// Unacked implements sockets.Socket. It counts records, overhead included.
func (c *conn) Unacked() int {
	n := c.sock.Unacked()
	for _, p := range c.early {
		n += len(p)
	}
	return n
}

// Receive implements sockets.Socket.
func (c *conn) Receive(on bool) {
	c.on = on
	if !c.ending {
		c.sock.Receive(on)
	}
	if on {
		c.deliver()
	}
}

// Close implements sockets.Socket: with the alert close_notify, once open.
func (c *conn) Close() {
	if c.over {
		return
	}
	c.over = true
	if c.open && !c.ending {
		c.send(alertRecord, make([]byte, 2))
	}
	c.sock.Close()
}

// Abort implements sockets.Socket.
func (c *conn) Abort() {
	if !c.over {
		c.over = true
		c.sock.Abort()
	}
}

// Local implements sockets.Socket.
func (c *conn) Local() netip.AddrPort { return c.sock.Local() }

// Remote implements sockets.Socket.
func (c *conn) Remote() netip.AddrPort { return c.sock.Remote() }
