package mediaserver

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/gateway"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// Ports that the server listens on.
const (
	PortRTMP  = 1935
	portHTTPS = 443
	PortHTTP  = 80 // without TLS only
)

// Server is the whole service of one world.
type Server struct {
	e        *engine.Engine
	o        Options
	log      *trace.Log
	proc     *engine.Proc
	members  map[uint32]trace.ActorID
	registry *channel.Registry
	gateway  *gateway.Gateway
	lookup   lookup.Service
	front    front
	tick     *engine.Alarm
	conns    map[string]*rtmpConn // by the peer's address
}

// New makes a server that listens nowhere yet. members tells the trace's name for a
// uid; log may be nil.
func New(e *engine.Engine, log *trace.Log, opt Options, members map[uint32]trace.ActorID) (*Server, error) {
	if err := opt.Validate(); err != nil {
		return nil, err
	}
	s := &Server{e: e, o: opt, log: log, proc: e.Proc("mediaserver"), members: members, conns: map[string]*rtmpConn{}}
	world := &relay.World{Now: e.Now, Log: log, Server: trace.Nobody, Options: opt.Relay}
	if log != nil {
		world.Server = log.Server()
	}
	var err error
	if s.gateway, err = gateway.New(opt.Gateway, s.proc, log, s.actor); err != nil {
		return nil, err
	}
	s.registry, err = channel.New(opt.Channel, channel.Deps{Relay: world, Token: tokens(e.Rand("mediaserver/urls")), Listener: s.gateway})
	if err != nil {
		return nil, err
	}
	s.gateway.Serve(s.registry)
	s.lookup = lookup.Service{Gateways: opt.Gateways, Admits: s.registry.Admits, Defects: opt.LookupDefects}
	s.tick = s.proc.Alarm(func() {
		s.registry.Tick()
		s.tick.In(opt.SpanLength)
	})
	s.tick.In(opt.SpanLength)
	e.OnEnd(s.registry.Tick)
	return s, nil
}

// Registry gives members of other origins than mini-program (native, web) their way
// into channels. It belongs to the event loop.
func (s *Server) Registry() *channel.Registry { return s.registry }

// Domains are the DNS names that the server's host must carry with the default RTMP host.
func Domains() []string {
	return append(lookup.Names(), channel.DefaultOptions().Host)
}

// Listen opens the server's ports on a host: RTMP, and HTTPS for all else.
func (s *Server) Listen(stack sockets.Stack) error {
	if err := errors.Join(s.listenRTMP(stack), s.listenWeb(stack)); err != nil {
		return fmt.Errorf("mediaserver: %w", err)
	}
	return nil
}

// ListenPlain opens the server's ports on a host without TLS, PortRTMP and PortHTTP. It
// tells seen, unless nil, of each HTTP request that was dealt with, in any goroutine.
func (s *Server) ListenPlain(stack sockets.Stack, seen func(r *http.Request, status int)) error {
	if err := errors.Join(s.listenRTMP(stack), s.listenPlainWeb(stack, seen)); err != nil {
		return fmt.Errorf("mediaserver: %w", err)
	}
	return nil
}

func (s *Server) actor(uid uint32) trace.ActorID {
	if a, ok := s.members[uid]; ok {
		return a
	}
	return trace.Nobody
}

// tokens draws the random part of media URLs: 128 bits.
func tokens(r *rand.Rand) func() string {
	return func() string {
		var b [16]byte
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return hex.EncodeToString(b[:])
	}
}
