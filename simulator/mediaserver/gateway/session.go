package gateway

import (
	"net/netip"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/channel"
)

// Peer is a session's WebSocket. Both methods return at once.
type Peer interface {
	Send(message []byte)
	Close(reason string)
}

// Session is one WebSocket and the member that logged in on it.
type Session struct {
	g      *Gateway
	peer   Peer
	from   netip.Addr
	member *channel.Member
	key    string // that it logged in with
	idle   *engine.Alarm
	token  *engine.Alarm // warns of the key's end, then ends it
	warned bool
	delay  time.Duration // of the answer to the request that is being taken
	ended  bool
	second time.Duration // the second that is being counted
	count  int
	excess int // requests refused since the last second that had no more than it may
}

// Open begins a session for a WebSocket that was accepted from an address.
func (g *Gateway) Open(p Peer, from netip.Addr) *Session {
	s := &Session{g: g, peer: p, from: from}
	s.idle = g.proc.Alarm(s.expire)
	s.token = g.proc.Alarm(s.tokenDue)
	s.idle.In(g.o.SessionIdle)
	return s
}

// Closed says that the WebSocket is gone.
func (s *Session) Closed() {
	s.leave("closed")
	s.ended = true
	s.idle.Drop()
	s.token.Drop()
}

func (s *Session) expire() {
	s.leave("expired")
	s.end("session expired")
}

func (s *Session) leave(why string) {
	s.idle.Clear()
	if m := s.member; m != nil {
		s.forget()
		s.g.registry.Leave(m, why)
	}
}

func (s *Session) forget() {
	delete(s.g.sessions, s.member)
	s.member = nil
	s.token.Clear()
}

func (s *Session) end(reason string) {
	if !s.ended {
		s.ended = true
		s.idle.Clear()
		s.peer.Close(reason)
	}
}

// Receive takes one message of the client's.
func (s *Session) Receive(text bool, data []byte) {
	if s.ended {
		return
	}
	s.idle.In(s.g.o.SessionIdle)
	r, err := request{Action: "binary"}, errBinary
	if text {
		r, err = parse(data)
	}
	switch {
	case s.flood():
		if s.excess > 10*s.g.o.MaxRequests {
			s.leave("closed")
			s.end("too many requests")
			return
		}
		s.refuse(r, r.Action, &channel.Refusal{Code: channel.CodeTooFrequent, Reason: "too frequent"})
	case err != nil:
		s.refuse(r, r.Action, &channel.Refusal{Code: channel.CodeBadRequest, Reason: err.Error()})
	default:
		s.take(r)
	}
}

// take obeys a request, or does with it what the script has for it.
func (s *Session) take(r request) {
	rule := s.g.rule(r.action(), s.sender(r))
	switch {
	case rule == nil:
		s.act(r)
	case rule.Fault == Silent:
		s.asked(r, r.action(), 0)
	case rule.Fault == Refuse:
		s.refuse(r, r.action(), &channel.Refusal{Code: rule.Code, Reason: rule.Reason})
	default:
		s.delay = rule.Delay
		s.act(r)
		s.delay = 0
	}
}

// sender is the uid that a request comes from.
func (s *Session) sender(r request) uint32 {
	switch {
	case s.member != nil:
		return s.member.UID
	case r.Action == "join":
		return r.about()
	}
	return r.UID
}

// flood counts the requests of this second and tells whether there are too many.
func (s *Session) flood() bool {
	limit := s.g.o.MaxRequests
	if now := s.g.proc.Now().Truncate(time.Second); now != s.second {
		if s.count <= limit || now > s.second+time.Second {
			s.excess = 0
		}
		s.second, s.count = now, 0
	}
	s.count++
	if s.count > limit {
		s.excess++
	}
	return s.count > limit
}
