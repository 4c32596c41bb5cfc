package mediaserver

import (
	"context"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/mediaserver/gateway"
	"minilab/simulator/mediaserver/lookup"
)

// Time-outs of the HTTP server. Source: none; fidelity: assumed.
const (
	requestTimeout = 10 * time.Second // for the TLS handshake, each request, each answer
	idleTimeout    = 60 * time.Second
)

type connKey struct{}

// listenWeb serves lookup and gateway over HTTPS.
func (s *Server) listenWeb(sockets engine.Sockets) error {
	l, err := engine.Listen(s.e, "https", prompt{tlsmodel.Sockets(sockets), s.proc}, portHTTPS)
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler:        s.web(),
		ReadTimeout:    requestTimeout,
		WriteTimeout:   requestTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	s.e.Seam().Port("https/serve").Go(func() { _ = srv.Serve(l) }) // always ErrServerClosed, at the world's end
	s.e.OnEnd(func() { _ = srv.Close() })
	return nil
}

// prompt is a host's sockets of which those that are accepted must open in time: the
// HTTP server hears of a connection only after the TLS handshake.
type prompt struct {
	engine.Sockets
	proc *engine.Proc
}

// Listen implements engine.Sockets.
func (p prompt) Listen(port uint16, accept func(engine.Socket) engine.SocketHandler) (func(), error) {
	return p.Sockets.Listen(port, func(sock engine.Socket) engine.SocketHandler {
		o := &opening{SocketHandler: accept(sock)}
		p.proc.After(requestTimeout, func() {
			if !o.done {
				o.OnClose(sock, engine.ErrTimeout)
				sock.Abort()
			}
		})
		return o
	})
}

// opening is a connection that may not have opened yet.
type opening struct {
	engine.SocketHandler
	done bool
}

// OnOpen implements engine.SocketHandler.
func (o *opening) OnOpen(s engine.Socket) {
	o.done = true
	o.SocketHandler.OnOpen(s)
}

// OnClose implements engine.SocketHandler.
func (o *opening) OnClose(s engine.Socket, err error) {
	o.done = true
	o.SocketHandler.OnClose(s, err)
}

// web sends each request where its host and path belong.
func (s *Server) web() http.Handler {
	sockets := gateway.Handler{Gateway: s.gateway, Conn: func(r *http.Request) *engine.Conn {
		return r.Context().Value(connKey{}).(*engine.Conn)
	}}
	gateways := map[string]bool{}
	for _, g := range s.o.Gateways {
		gateways[lookup.GatewayPath(g)] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := strings.Cut(strings.ToLower(r.Host), ":")
		switch {
		case lookup.Knows(host, r.URL.Path):
			s.answerLookup(w, r)
		case host == lookup.GatewayDomain && gateways[r.URL.Path]:
			sockets.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

func (s *Server) answerLookup(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, s.o.MaxRequestBytes))
	if err != nil {
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
		return
	}
	status, answer := s.lookup.Answer(r.URL.Path, body)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(answer)
}
