package sockets

import (
	"errors"
	"net/netip"
)

// Socket is one end of a byte stream as model code sees it: nothing blocks, and
// every method and callback runs on the event loop.
type Socket interface {
	// Send queues p behind what was sent before. The socket keeps p itself, without
	// a copy: the caller must never change it afterwards (many sockets may share
	// one p). It is accepted whole even when Free says there is no room, so look
	// at Free first; after the socket has ended it does nothing.
	Send(p []byte)
	// Free is the room left in the send buffer, in bytes: below or at zero the
	// sender should wait for OnWritable.
	Free() int
	// Unacked is how many bytes were given to Send and have not been acknowledged
	// by the peer, sent or not.
	Unacked() int
	// Receive switches reading on or off. While off, arriving bytes stay in the
	// receive buffer and the window closes, as with an app that is suspended.
	Receive(on bool)
	// Close ends the stream in order, after what was sent. No callback follows.
	Close()
	// Abort ends the stream at once (a reset). No callback follows.
	Abort()
	Local() netip.AddrPort
	Remote() netip.AddrPort
}

// Handler receives what happens to a Socket.
type Handler interface {
	// OnOpen: the connection stands. Accepted sockets get it too, first of all.
	OnOpen(s Socket)
	// OnData hands over received bytes, in order. p is immutable and stays valid.
	OnData(s Socket, p []byte)
	// OnWritable: Free has risen well above zero after having been at or below it.
	OnWritable(s Socket)
	// OnClose comes at most once and last: err is nil when the peer ended the
	// stream in order (the local end is then closed too), else it wraps one of
	// the errors below.
	OnClose(s Socket, err error)
}

// Half is a Socket whose outgoing stream can end before the incoming one.
type Half interface {
	Socket
	// CloseWrite ends the outgoing stream after what was sent; what comes in is
	// still handed over. Once the peer has ended its stream too, OnClose(nil)
	// follows, unless OnEnd came before.
	CloseWrite()
}

// HalfHandler is a Handler that may go on sending when the peer has ended its
// stream. From a Half it gets OnEnd in place of OnClose(nil) then, and must
// Close the socket itself.
type HalfHandler interface {
	Handler
	// OnEnd: all that the peer will ever send has been handed over.
	OnEnd(s Socket)
}

// Datagram is a UDP socket as model code sees it. Its methods and callbacks
// run on the event loop.
type Datagram interface {
	// Send sends one datagram. Nobody says whether it arrives, but for what
	// OnUnreachable hears. The socket keeps p: it must never change afterwards.
	Send(p []byte, to netip.AddrPort)
	// Connect limits the socket to one peer: only its datagrams are received.
	Connect(to netip.AddrPort)
	Local() netip.AddrPort
	// Close frees the port. No callback follows.
	Close()
}

// DatagramHandler receives what happens to a Datagram.
type DatagramHandler interface {
	// OnDatagram hands over a datagram. p is immutable and stays valid. It tells
	// whether there was room for it; if not, the datagram is lost.
	OnDatagram(s Datagram, p []byte, from netip.AddrPort) bool
	// OnUnreachable: a datagram that was sent there has come to a port where
	// nobody is, and the host there has said so.
	OnUnreachable(s Datagram, to netip.AddrPort)
}

// MaxDatagram is the longest payload of a datagram, in bytes.
// Source: RFC 768 and RFC 791, 65535 less 28 of headers; fidelity: documented.
const MaxDatagram = 65507

// Why a Socket could not be opened or ended. Matched with errors.Is.
var (
	ErrNameNotFound   = errors.New("name not found")
	ErrNameTimeout    = errors.New("name lookup timed out")
	ErrNameFailure    = errors.New("name server failed")
	ErrRefused        = errors.New("connection refused")
	ErrConnectTimeout = errors.New("connect timed out")
	ErrReset          = errors.New("connection reset by peer")
	ErrTimeout        = errors.New("connection timed out")
	ErrNoRoute        = errors.New("network is unreachable")
	ErrAddressInUse   = errors.New("address already in use")
	ErrMessageSize    = errors.New("message too long")
	ErrWriteEnded     = errors.New("broken pipe")
)

// Stack is one host's way to the network.
type Stack interface {
	// Dial connects to a host name or literal address. It returns at once; OnOpen
	// or OnClose follows in a later event.
	Dial(host string, port uint16, h Handler) Socket
	// Listen accepts connections on a port until the returned stop is called; accept
	// gives each new socket its handler.
	Listen(port uint16, accept func(Socket) Handler) (stop func(), err error)
}
