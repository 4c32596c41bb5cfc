package gateway

import (
	"errors"
	"slices"

	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

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
	"mute_local":  (*Session).doMuteLocal,
	"update_key":  (*Session).doUpdateKey,
	"ping":        (*Session).doPing,

	"set_remote_stream_type": (*Session).doStreamType,
}

func (s *Session) act(r request) {
	switch {
	case r.Command == "ping":
		s.asked(r, "ping", channel.CodeOK)
		s.reply(pong{Command: "pong", RequestID: r.ID, Code: channel.CodeOK}, nil)
		return
	case r.Action == "join":
		s.join(r)
		return
	}
	do := actions[r.Action]
	if err := s.admit(r, do != nil); err != nil {
		s.refuse(r, r.Action, err)
		return
	}
	response, err := do(s, r)
	if err != nil {
		s.refuse(r, r.Action, err)
		return
	}
	s.answer(r, response, nil)
}

// admit tells whether a request may come now, and from this session.
func (s *Session) admit(r request, known bool) error {
	switch {
	case !known:
		return badRequest("unknown action")
	case r.Action == "ping":
		return nil
	case s.member == nil:
		return &channel.Refusal{Code: channel.CodeNotLoggedIn, Reason: "not logged in"}
	case r.UID != 0 && r.UID != s.member.UID:
		return errOtherUID
	}
	return nil
}

var errOtherUID = &channel.Refusal{Code: channel.CodeNotLoggedIn, Reason: "uid differs from the one logged in"}

func badRequest(what string) error {
	return &channel.Refusal{Code: channel.CodeBadRequest, Reason: "bad request: " + what}
}

// badArgument refuses an argument as the vendor's table has it for mute.
func badArgument(what string) error {
	return &channel.Refusal{Code: channel.CodeNotSubscribed, Reason: "bad request: " + what}
}

func (s *Session) answer(r request, response serverResponse, then func()) {
	s.asked(r, r.Action, channel.CodeOK)
	if s.g.o.Defects.LeaveUnanswered && r.Action == "leave" {
		return
	}
	s.reply(answer{RequestID: r.ID, Code: channel.CodeOK, Response: response}, then)
}

// reply sends an answer, now or late, and then does what must come behind it.
func (s *Session) reply(m any, then func()) {
	send := func() {
		if s.ended {
			return
		}
		s.peer.Send(encode(m))
		if then != nil {
			then()
		}
	}
	if s.delay > 0 {
		s.g.proc.After(s.delay, send)
		return
	}
	send()
}

// asked records a request that was taken.
func (s *Session) asked(r request, action string, code channel.Code) {
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
	code := refusal.Code
	if s.g.o.Defects.CodesLost {
		code = 500
	}
	s.reply(answer{RequestID: r.ID, Code: code, Reason: refusal.Reason, Response: serverResponse{Reason: refusal.Reason}}, nil)
}

func (s *Session) join(r request) {
	l, known, err := s.login(r)
	if err != nil {
		s.refuse(r, "join", err)
		return
	}
	if m := s.member; m != nil {
		if m.UID != l.UID || m.Key != l.Key {
			s.refuse(r, "join", &channel.Refusal{Code: channel.CodeLoginFailed, Reason: "login failed: already logged in as another"})
			return
		}
		s.answer(r, serverResponse{UID: m.UID}, nil)
		return
	}
	m, err := s.g.registry.Join(l)
	if err != nil {
		r.UID = l.UID
		s.refuse(r, "join", err)
		return
	}
	s.member = m
	s.g.sessions[m] = s
	s.keep(r.body.Key)
	s.answer(r, serverResponse{UID: m.UID}, func() { s.g.registry.Welcome(m, known) })
}

// login reads a request to join.
func (s *Session) login(r request) (l channel.Login, known []uint32, err error) {
	id, idErr := r.UID, r.uidErr
	if !isNull(r.body.UID) {
		id, idErr = uid(r.body.UID)
	}
	known, knownErr := uids(r.body.KnownSpeakers)
	switch {
	case r.Protocol != "" && r.Protocol != Protocol:
		return l, nil, badRequest("unknown protocol version")
	case idErr != nil:
		return l, nil, &channel.Refusal{Code: channel.CodeLoginFailed, Reason: "login failed: " + idErr.Error()}
	case knownErr != nil:
		return l, nil, &channel.Refusal{Code: channel.CodeLoginFailed, Reason: "login failed: " + knownErr.Error()}
	case slices.Contains(s.g.stale, r.body.Key):
		return l, nil, errStaleKey
	}
	return channel.Login{
		Key: channel.Key{AppID: r.AppID, Name: r.Channel}, UID: id, Role: channel.Role(r.body.Role), Origin: channel.MiniProgram,
		SID: r.SID, Actor: s.g.actor(id), Rejoin: !isNull(r.body.KnownSpeakers), Addr: s.from, Listener: s.g,
	}, known, nil
}

func (s *Session) doPing(request) (serverResponse, error) { return serverResponse{}, nil }

func (s *Session) doLeave(request) (serverResponse, error) {
	m := s.member
	s.forget()
	s.g.registry.Leave(m, "leave")
	return serverResponse{}, nil
}

func (s *Session) doSetRole(r request) (serverResponse, error) {
	err := s.g.registry.SetRole(s.member, channel.Role(r.body.Role))
	if err != nil {
		return serverResponse{}, err
	}
	return serverResponse{UpdateURL: s.g.registry.RoleURL(s.member)}, nil
}

// self checks the uid of requests that only concern the member itself.
func (s *Session) self(r request) error {
	if isNull(r.body.UID) {
		return nil
	}
	id, err := uid(r.body.UID)
	if err != nil {
		return badArgument("uid: " + err.Error())
	}
	if id != s.member.UID {
		return errOtherUID
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

// doSubscribe grants a play URL. Later clients send which media they want (options);
// what the service makes of it isn't known, so nothing follows from it.
func (s *Session) doSubscribe(r request) (serverResponse, error) {
	id, err := other(r)
	if err != nil {
		return serverResponse{}, err
	}
	url, rotation, err := s.g.registry.Subscribe(s.member, id)
	if err != nil {
		return serverResponse{}, err
	}
	return serverResponse{UID: id, URL: url, Rotation: &rotation}, nil
}

func (s *Session) doUnsubscribe(r request) (serverResponse, error) {
	ids, err := uids(r.body.UID)
	if err != nil {
		return serverResponse{}, badArgument("uid: " + err.Error())
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
		return serverResponse{}, badArgument("target")
	}
	for _, medium := range media {
		if err := s.g.registry.Mute(s.member, id, medium, r.Action == "mute"); err != nil && !s.g.o.Defects.MutesBeforeSubscribe {
			return serverResponse{}, err
		}
	}
	return serverResponse{}, nil
}

// doMuteLocal obeys who says that it stops or resumes sending. For both media, sound
// comes first.
func (s *Session) doMuteLocal(r request) (serverResponse, error) {
	if err := s.self(r); err != nil {
		return serverResponse{}, err
	}
	media := targets[r.body.Target]
	switch {
	case media == nil:
		return serverResponse{}, badArgument("target")
	case r.body.Mute == nil:
		return serverResponse{}, badArgument("mute")
	}
	for _, medium := range media {
		s.g.registry.MuteLocal(s.member, medium, *r.body.Mute)
	}
	return serverResponse{}, nil
}

// doStreamType accepts a choice between a publisher's streams, of which there is one here.
func (s *Session) doStreamType(r request) (serverResponse, error) {
	_, err := other(r)
	return serverResponse{}, err
}

// other reads the uid of a request that concerns another member.
func other(r request) (uint32, error) {
	id, err := uid(r.body.UID)
	if err != nil {
		return 0, badArgument("uid: " + err.Error())
	}
	return id, nil
}
