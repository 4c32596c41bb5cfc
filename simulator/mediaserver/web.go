package mediaserver

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/mediaserver/gateway"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/trace"
)

// Time-outs of the HTTP server. Source: none; fidelity: assumed.
const (
	requestTimeout = 10 * time.Second // for the TLS handshake, each request, each answer
	idleTimeout    = 60 * time.Second
)

type connKey struct{}

// listenWeb serves lookup, gateway and telemetry over HTTPS.
func (s *Server) listenWeb(stack sockets.Stack) error {
	return s.serveWeb("https", prompt{tlsmodel.Sockets(stack), s.proc}, portHTTPS, s.web(portOf))
}

// listenPlainWeb serves the same over HTTP.
func (s *Server) listenPlainWeb(stack sockets.Stack, seen func(*http.Request, int)) error {
	h := s.web(portOf)
	if seen != nil {
		h = observed(h, seen)
	}
	return s.serveWeb("http", stack, PortHTTP, h)
}

// observed tells seen of each request that h has dealt with.
func observed(h http.Handler, seen func(*http.Request, int)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o := &outcome{ResponseWriter: w, status: http.StatusOK}
		defer func() { seen(r, o.status) }()
		h.ServeHTTP(o, r)
	})
}

// outcome remembers a response's status.
type outcome struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (o *outcome) WriteHeader(status int) {
	o.status = status
	o.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController, and for the WebSocket library.
func (o *outcome) Unwrap() http.ResponseWriter { return o.ResponseWriter }

func (s *Server) serveWeb(name string, stack sockets.Stack, port uint16, h http.Handler) error {
	l, err := engine.Listen(s.e, name, stack, port)
	if err != nil {
		return err
	}
	srv := &http.Server{
		Handler:        h,
		ReadTimeout:    requestTimeout,
		WriteTimeout:   requestTimeout,
		IdleTimeout:    idleTimeout,
		MaxHeaderBytes: 16 << 10,
		ErrorLog:       log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, connKey{}, c)
		},
	}
	s.e.Seam().Port(name + "/serve").Go(func() { _ = srv.Serve(l) }) // always ErrServerClosed, at the world's end
	s.e.OnEnd(func() { _ = srv.Close() })
	return nil
}

// prompt is a host's sockets of which those that are accepted must open in time: the
// HTTP server hears of a connection only after the TLS handshake.
type prompt struct {
	sockets.Stack
	proc *engine.Proc
}

// Listen implements sockets.Stack.
func (p prompt) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (func(), error) {
	return p.Stack.Listen(port, func(sock sockets.Socket) sockets.Handler {
		o := &opening{Handler: accept(sock)}
		p.proc.After(requestTimeout, func() {
			if !o.done {
				o.OnClose(sock, sockets.ErrTimeout)
				sock.Abort()
			}
		})
		return o
	})
}

// opening is a connection that may not have opened yet.
type opening struct {
	sockets.Handler
	done bool
}

// OnOpen implements sockets.Handler.
func (o *opening) OnOpen(s sockets.Socket) {
	o.done = true
	o.Handler.OnOpen(s)
}

// OnClose implements sockets.Handler.
func (o *opening) OnClose(s sockets.Socket, err error) {
	o.done = true
	o.Handler.OnClose(s, err)
}

// asker is how a handler asks the loop and waits.
type asker interface {
	Call(question func()) error
	Await(question func(answer func())) error
}

// web sends each request where its host and path belong. A client that calls the
// server by its number says with the path alone what it wants.
func (s *Server) web(port func(*http.Request) asker) http.Handler {
	upgrade := gateway.Handler{Gateway: s.gateway, Conn: connOf}
	gateways := map[string]int{}
	for i, g := range s.o.Gateways {
		gateways[lookup.GatewayPath(g)] = i + 1
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, path := hostOf(r), r.URL.Path
		number, isGateway := gateways[path]
		switch {
		case lookup.Knows(host, path):
			s.answerLookup(w, r, port(r))
		case isGateway && (host == lookup.GatewayDomain || host == ""):
			if s.letIn(w, r, port(r), number) {
				upgrade.ServeHTTP(w, r)
			}
		case lookup.Telemetry(host, path):
			s.takeReport(w, r, port(r))
		default:
			http.NotFound(w, r)
		}
	})
}

// connOf is the connection that a request came on.
func connOf(r *http.Request) *engine.Conn { return r.Context().Value(connKey{}).(*engine.Conn) }

func portOf(r *http.Request) asker { return connOf(r).Port() }

// hostOf is the name that a request was sent to, empty if it was a number.
func hostOf(r *http.Request) string {
	host := strings.ToLower(r.Host)
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || host == "localhost" {
		return ""
	}
	return host
}

// body reads what was posted; without it, the request has been answered.
func (s *Server) body(w http.ResponseWriter, r *http.Request, max int64) ([]byte, bool) {
	if r.Method != http.MethodPost {
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return nil, false
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, max))
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		http.Error(w, "too long", http.StatusRequestEntityTooLarge)
	case err != nil:
		http.Error(w, "the body can't be read", http.StatusBadRequest)
	}
	return b, err == nil
}

func (s *Server) answerLookup(w http.ResponseWriter, r *http.Request, port asker) {
	body, ok := s.body(w, r, s.o.MaxRequestBytes)
	if !ok {
		return
	}
	var reply lookup.Reply
	var until time.Duration
	err := port.Await(func(answer func()) {
		reply = s.lookup.Answer(hostOf(r), r.URL.Path, body)
		s.recordLookup(hostOf(r), body, reply)
		until = s.proc.Now() + reply.Delay + requestTimeout
		if reply.Delay > 0 {
			s.proc.After(reply.Delay, answer)
		} else {
			answer()
		}
	})
	if err != nil || reply.Silent {
		stall(r)
	}
	_ = http.NewResponseController(w).SetWriteDeadline(s.e.Seam().Time(until)) // or a slow answer would come too late
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(reply.Status)
	_, _ = w.Write(reply.Body)
}

// recordLookup notes what a lookup is answered with: the domain, then the gateways as
// they stand in the path of their WebSockets.
func (s *Server) recordLookup(domain string, body []byte, reply lookup.Reply) {
	uid := lookup.UID(body)
	if who := s.actor(uid); s.log != nil && who != trace.Nobody {
		for _, g := range reply.Gateways {
			domain += " " + strings.ReplaceAll(g.String(), ".", "-")
		}
		s.log.Add(trace.ServerAsked, who, trace.Nobody, "lookup", domain, 0, int64(uid), int64(reply.Code))
	}
}

// stall leaves a request without an answer until its client goes away.
func stall(r *http.Request) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}
