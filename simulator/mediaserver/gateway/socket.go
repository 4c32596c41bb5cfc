package gateway

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"github.com/coder/websocket"

	"minilab/simulator/engine"
)

// closeTimeout is how long a socket that is to close may take to send the rest.
// Source: coder/websocket waits as long for the peer's close frame; fidelity: assumed.
const closeTimeout = 5 * time.Second

// hearOutTimeout is how long a client may go on with what ended its socket.
// Source: none; fidelity: assumed.
const hearOutTimeout = time.Second

// Handler accepts WebSockets and gives each a Session.
type Handler struct {
	Gateway *Gateway
	// Conn tells the connection that a request came on.
	Conn func(*http.Request) *engine.Conn
}

// socket is a Session's Peer. A goroutine of net/http reads, one of ours writes;
// messages for the writer are handed over by the loop.
type socket struct {
	conn *engine.Conn
	port *engine.Port
	ws   *websocket.Conn
	max  int

	mu      sync.Mutex // held for a few instructions, never while waiting
	waiting [][]byte
	bytes   int
	closing bool
	reason  string
	wake    chan struct{} // holds one token while there is something to do
	done    chan struct{} // closed when the reader has ended
}

// ServeHTTP implements http.Handler: it returns when the WebSocket has ended.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	ws, err := websocket.Accept(w, r, &websocket.AcceptOptions{InsecureSkipVerify: true}) // mini-programs have no origin
	if err != nil {
		return // Accept has answered
	}
	defer ws.CloseNow()
	ws.SetReadLimit(h.Gateway.o.MaxMessageBytes)
	conn := h.Conn(r)
	s := &socket{conn: conn, port: conn.Port(), ws: ws, max: h.Gateway.o.MaxWaitingBytes, wake: make(chan struct{}, 1), done: make(chan struct{})}
	defer close(s.done)
	var session *Session
	err = s.port.Call(func() {
		session = h.Gateway.Open(s, remote(conn))
		s.port.Go(s.write)
	})
	if err != nil {
		return
	}
	for {
		kind, data, err := ws.Read(context.Background())
		if err != nil {
			break
		}
		if s.port.Call(func() { session.Receive(kind == websocket.MessageText, data) }) != nil {
			return
		}
	}
	if s.port.Call(session.Closed) == nil {
		s.hearOut()
	}
}

// hearOut lets a client that sent what ends its socket, such as a message that is too
// long, come to the end of it: closing before would reset the connection, and the
// client wouldn't read why.
func (s *socket) hearOut() {
	_ = s.conn.CloseWrite() // where that isn't possible, the client ends after its close frame
	_ = s.conn.SetReadDeadline(time.Now().Add(hearOutTimeout))
	_, _ = io.Copy(io.Discard, s.conn)
}

// remote is the address that a connection comes from; the zero one if that can't be said.
func remote(c net.Conn) netip.Addr {
	a, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil {
		return netip.Addr{}
	}
	return a.Addr()
}

// Send implements Peer.
func (s *socket) Send(message []byte) {
	s.port.Deliver(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.waiting = append(s.waiting, message)
		s.bytes += len(message)
		if s.bytes > s.max {
			_ = s.conn.Abort() // the client doesn't read
		}
		s.poke()
	})
}

// Close implements Peer: the socket closes behind what was sent before.
func (s *socket) Close(reason string) {
	s.port.Deliver(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.closing, s.reason = true, reason
		_ = s.conn.SetWriteDeadline(time.Now().Add(closeTimeout))
		s.poke()
	})
}

func (s *socket) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// write is the socket's one writer.
func (s *socket) write() {
	for {
		select {
		case <-s.wake:
		case <-s.done:
			return
		}
		messages, closing, reason := s.take()
		for _, m := range messages {
			if s.ws.Write(context.Background(), websocket.MessageText, m) != nil {
				_ = s.conn.Abort() // so that the reader sees it too
				return
			}
			s.wrote(len(m))
		}
		if closing {
			_ = s.ws.Close(websocket.StatusGoingAway, reason)
			return
		}
	}
}

func (s *socket) take() (messages [][]byte, closing bool, reason string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	messages, s.waiting = s.waiting, nil
	return messages, s.closing, s.reason
}

func (s *socket) wrote(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes -= n
}
