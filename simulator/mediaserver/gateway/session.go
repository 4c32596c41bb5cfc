package gateway

import (
	"errors"
	"fmt"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// Options are the gateway's numbers.
type Options struct {
	// SessionIdle is how long a session lives without a message from its client,
	// whose pings come every 3 s. Source: Agora Native SDK, onUserOffline: 20 s
	// without a packet in the communication profile; fidelity: inferred.
	SessionIdle time.Duration
	// MaxMessageBytes bounds one message of a client's; a longer one ends the socket.
	// Source: none; fidelity: assumed.
	MaxMessageBytes int64
	// MaxRequests in one second; more are answered with 429, and ten times as many
	// end the socket. Source: the code is documented, the number isn't; fidelity: assumed.
	MaxRequests int
	// MaxWaitingBytes bounds what waits for a client that doesn't read.
	// Source: none; fidelity: assumed.
	MaxWaitingBytes int
}

// DefaultOptions are the standard gateway's.
func DefaultOptions() Options {
	return Options{SessionIdle: 20 * time.Second, MaxMessageBytes: 32 << 10, MaxRequests: 100, MaxWaitingBytes: 1 << 20}
}

// Validate tells what is wrong with the options.
func (o Options) Validate() error {
	switch {
	case o.SessionIdle <= 0:
		return fmt.Errorf("gateway: session idle time-out %v", o.SessionIdle)
	case o.MaxMessageBytes <= 0:
		return fmt.Errorf("gateway: messages of %d bytes at most", o.MaxMessageBytes)
	case o.MaxRequests <= 0:
		return fmt.Errorf("gateway: %d requests a second at most", o.MaxRequests)
	case o.MaxWaitingBytes <= 0:
		return fmt.Errorf("gateway: %d bytes waiting at most", o.MaxWaitingBytes)
	}
	return nil
}

// Peer is a session's WebSocket. Both methods return at once.
type Peer interface {
	Send(message []byte)
	Close(reason string)
}

// Gateway holds all sessions and tells members what package channel has for them.
type Gateway struct {
	o        Options
	proc     *engine.Proc
	log      *trace.Log // may be nil
	actor    func(uid uint32) trace.ActorID
	registry *channel.Registry
	sessions map[*channel.Member]*Session
}

// New makes a gateway without sessions. Its Registry is set by Serve, because the
// registry needs the gateway as its Listener first.
func New(o Options, proc *engine.Proc, log *trace.Log, actor func(uint32) trace.ActorID) (*Gateway, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	return &Gateway{o: o, proc: proc, log: log, actor: actor, sessions: map[*channel.Member]*Session{}}, nil
}

// Serve gives the gateway its registry.
func (g *Gateway) Serve(r *channel.Registry) { g.registry = r }

// StreamAdded implements channel.Listener.
func (g *Gateway) StreamAdded(to *channel.Member, uid uint32) { g.push(to, "stream-added", uid) }

// StreamRemoved implements channel.Listener.
func (g *Gateway) StreamRemoved(to *channel.Member, uid uint32) { g.push(to, "stream-removed", uid) }

// Left implements channel.Listener.
func (g *Gateway) Left(m *channel.Member, why string) {
	if s := g.sessions[m]; s != nil {
		s.forget()
		s.end(why)
	}
}

func (g *Gateway) push(to *channel.Member, action string, uid uint32) {
	if s := g.sessions[to]; s != nil {
		s.peer.Send(encode(status{Command: "serverStatus", Code: 200, Status: serverStatus{Action: action, UID: uid}}))
	}
}

// Session is one WebSocket and the member that logged in on it.
type Session struct {
	g      *Gateway
	peer   Peer
	member *channel.Member
	idle   *engine.Alarm
	ended  bool
	second time.Duration // the second that is being counted
	count  int
}

// Open begins a session for a WebSocket that was accepted.
func (g *Gateway) Open(p Peer) *Session {
	s := &Session{g: g, peer: p}
	s.idle = g.proc.Alarm(s.expire)
	s.idle.In(g.o.SessionIdle)
	return s
}

// Closed says that the WebSocket is gone.
func (s *Session) Closed() {
	s.leave("closed")
	s.idle.Drop()
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
	if !text {
		s.refuse(request{}, "binary", &channel.Refusal{Code: channel.CodeBadRequest, Reason: "bad request: binary message"})
		return
	}
	r, err := parse(data)
	switch {
	case s.flood():
		if s.count > 10*s.g.o.MaxRequests {
			s.leave("closed")
			s.end("too many requests")
			return
		}
		s.refuse(r, r.Action, &channel.Refusal{Code: channel.CodeTooFrequent, Reason: "too frequent"})
	case err != nil:
		s.refuse(r, r.Action, &channel.Refusal{Code: channel.CodeBadRequest, Reason: err.Error()})
	case r.Command == "ping":
		s.asked(r, "ping", codeOK)
		s.peer.Send(encode(pong{Command: "pong", RequestID: r.ID, Code: codeOK}))
	default:
		s.act(r)
	}
}

// flood counts the requests of this second and tells whether there are too many.
func (s *Session) flood() bool {
	if now := s.g.proc.Now().Truncate(time.Second); now != s.second {
		s.second, s.count = now, 0
	}
	s.count++
	return s.count > s.g.o.MaxRequests
}

// actions are the requests of a member; join stands apart, as it makes one.
var actions = map[string]func(*Session, request) (serverResponse, error){
	"leave":       (*Session).doLeave,
	"set_role":    (*Session).doSetRole,
	"publish":     (*Session).doPublish,
	"unpublish":   (*Session).doUnpublish,
	"update_url":  (*Session).doUpdateURL,
	"subscribe":   (*Session).doSubscribe,
	"unsubscribe": (*Session).doUnsubscribe,
	"mute":        (*Session).doMute,
	"unmute":      (*Session).doMute,
	"ping":        (*Session).doPing,
}

func (s *Session) act(r request) {
	if r.Action == "join" {
		s.join(r)
		return
	}
	do := actions[r.Action]
	if do == nil {
		s.refuse(r, r.Action, &channel.Refusal{Code: channel.CodeBadRequest, Reason: "bad request: unknown action"})
		return
	}
	if s.member == nil && r.Action != "ping" {
		s.refuse(r, r.Action, &channel.Refusal{Code: channel.CodeNotLoggedIn, Reason: "not logged in"})
		return
	}
	response, err := do(s, r)
	if err != nil {
		s.refuse(r, r.Action, err)
		return
	}
	s.answer(r, response)
}

// codeOK is the code of a request that was granted. Source: shipped SDK files;
// fidelity: observed.
const codeOK = 200

func (s *Session) answer(r request, response serverResponse) {
	s.asked(r, r.Action, codeOK)
	s.peer.Send(encode(answer{RequestID: r.ID, Code: codeOK, Response: response}))
}

// asked records a request that was taken.
func (s *Session) asked(r request, action string, code int) {
	if s.g.log != nil {
		s.g.log.Add(trace.ServerAsked, s.actor(r), trace.Nobody, action, r.SID, r.ID, int64(r.about()), int64(code))
	}
}

// actor is whom a request is recorded for; the server's name if nobody is known.
func (s *Session) actor(r request) trace.ActorID {
	who := s.g.actor(r.UID)
	if s.member != nil {
		who = s.member.Actor
	}
	if who == trace.Nobody {
		who = s.g.log.Server()
	}
	return who
}

func (s *Session) refuse(r request, action string, err error) {
	var refusal *channel.Refusal
	if !errors.As(err, &refusal) {
		refusal = &channel.Refusal{Code: 500, Reason: err.Error()}
	}
	if s.g.log != nil {
		s.asked(r, action, refusal.Code)
		s.g.log.Add(trace.ServerRefused, s.actor(r), trace.Nobody, action, refusal.Reason, int64(refusal.Code))
	}
	s.peer.Send(encode(answer{RequestID: r.ID, Code: refusal.Code, Reason: refusal.Reason, Response: serverResponse{Reason: refusal.Reason}}))
}

func (s *Session) join(r request) {
	id := r.UID
	var err error
	if !isNull(r.body.UID) {
		id, err = uid(r.body.UID)
	}
	var known []uint32
	if err == nil {
		known, err = uids(r.body.KnownSpeakers)
	}
	if err != nil {
		s.refuse(r, "join", &channel.Refusal{Code: channel.CodeLoginFailed, Reason: "login failed: " + err.Error()})
		return
	}
	if m := s.member; m != nil {
		if m.UID != id || m.Key != (channel.Key{AppID: r.AppID, Name: r.Channel}) {
			s.refuse(r, "join", &channel.Refusal{Code: channel.CodeLoginFailed, Reason: "login failed: already logged in as another"})
			return
		}
		s.answer(r, serverResponse{UID: id})
		return
	}
	m, err := s.g.registry.Join(channel.Login{
		Key: channel.Key{AppID: r.AppID, Name: r.Channel}, UID: id, Role: channel.Role(r.body.Role),
		Origin: channel.MiniProgram, SID: r.SID, Actor: s.g.actor(id), Rejoin: !isNull(r.body.KnownSpeakers),
	})
	if err != nil {
		r.UID = id
		s.refuse(r, "join", err)
		return
	}
	s.member = m
	s.g.sessions[m] = s
	s.answer(r, serverResponse{UID: id})
	s.g.registry.Welcome(m, known)
}

func (s *Session) doPing(request) (serverResponse, error) { return serverResponse{}, nil }

func (s *Session) doLeave(request) (serverResponse, error) {
	m := s.member
	s.forget()
	s.g.registry.Leave(m, "leave")
	return serverResponse{}, nil
}

func (s *Session) doSetRole(r request) (serverResponse, error) {
	return serverResponse{}, s.g.registry.SetRole(s.member, channel.Role(r.body.Role))
}

// self checks the uid of requests that only concern the member itself.
func (s *Session) self(r request) error {
	if isNull(r.body.UID) {
		return nil
	}
	id, err := uid(r.body.UID)
	if err != nil {
		return &channel.Refusal{Code: channel.CodeNotSubscribed, Reason: "bad request: uid: " + err.Error()}
	}
	if id != s.member.UID {
		return &channel.Refusal{Code: channel.CodeNotLoggedIn, Reason: "uid differs from the one logged in"}
	}
	return nil
}

func (s *Session) doPublish(r request) (serverResponse, error) {
	if err := s.self(r); err != nil {
		return serverResponse{}, err
	}
	url, err := s.g.registry.Publish(s.member)
	return serverResponse{URL: url}, err
}

func (s *Session) doUnpublish(r request) (serverResponse, error) {
	if err := s.self(r); err != nil {
		return serverResponse{}, err
	}
	return serverResponse{}, s.g.registry.Unpublish(s.member)
}

func (s *Session) doUpdateURL(r request) (serverResponse, error) {
	if err := s.self(r); err != nil {
		return serverResponse{}, err
	}
	url, err := s.g.registry.RenewPublish(s.member)
	return serverResponse{URL: url}, err
}

func (s *Session) doSubscribe(r request) (serverResponse, error) {
	id, err := other(r)
	if err != nil {
		return serverResponse{}, err
	}
	url, err := s.g.registry.Subscribe(s.member, id)
	if err != nil {
		return serverResponse{}, err
	}
	return serverResponse{UID: id, URL: url, Rotation: new(int)}, nil
}

func (s *Session) doUnsubscribe(r request) (serverResponse, error) {
	ids, err := uids(r.body.UID)
	if err != nil {
		return serverResponse{}, &channel.Refusal{Code: channel.CodeNotSubscribed, Reason: "bad request: uid: " + err.Error()}
	}
	s.g.registry.Unsubscribe(s.member, ids)
	return serverResponse{}, nil
}

// targets of mute and unmute.
var targets = map[string][]relay.Medium{
	"audio": {relay.Audio},
	"video": {relay.Video},
	"all":   {relay.Audio, relay.Video},
}

func (s *Session) doMute(r request) (serverResponse, error) {
	id, err := other(r)
	if err != nil {
		return serverResponse{}, err
	}
	media := targets[r.body.Target]
	if media == nil {
		return serverResponse{}, &channel.Refusal{Code: channel.CodeNotSubscribed, Reason: "bad request: target"}
	}
	for _, medium := range media {
		if err := s.g.registry.Mute(s.member, id, medium, r.Action == "mute"); err != nil {
			return serverResponse{}, err
		}
	}
	return serverResponse{}, nil
}

// other reads the uid of a request that concerns another member.
func other(r request) (uint32, error) {
	id, err := uid(r.body.UID)
	if err != nil {
		return 0, &channel.Refusal{Code: channel.CodeNotSubscribed, Reason: "bad request: uid: " + err.Error()}
	}
	return id, nil
}
