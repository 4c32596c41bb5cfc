package sdk

import (
	"encoding/json"
	"time"

	"minilab/simulator/engine"
)

// epochSeconds is the wall-clock second at which virtual time begins, for the time
// stamps in messages: the day of the release notes. Fidelity: assumed.
const epochSeconds = 1_611_100_800 // 2021-01-20 00:00 UTC

// First numbers of a session's requests. Source: SDK files 2.3.2 and 2.4.2;
// fidelity: observed.
const (
	lookupSeq, lookupRequestID = 0, 1
	firstSeq, firstRequestID   = 2, 3
)

// alarms are the deadlines of a Client's session; there is at most one session.
type alarms struct {
	open    *engine.Alarm // the gateway being tried must have opened
	ping    *engine.Alarm
	request *engine.Alarm // the oldest request must have been answered
}

type sessionOptions struct {
	key, channel string
	uid          uint32
	role         string
	speakers     *[]string // rejoin only
	done         Done
}

// session is one attempt to be in a channel, from the lookup to its end: what a
// later join must never hear of again belongs here.
type session struct {
	sessionOptions
	c      *Client
	failed int      // lookups that failed
	list   []string // gateways not yet tried; nil until a lookup succeeded
	chosen bool     // a lookup succeeded
	socket SocketTask
	open   bool // the socket stands
	joined bool
	over   bool // dropped: whatever still comes is not for us

	seq, requestID int
	waiting        []waiting // in order of sending, so of deadline
}

// waiting is a request without answer yet.
type waiting struct {
	id       int
	deadline time.Duration
	answer   func(serverResponse, *Failure)
}

func newSession(c *Client, o sessionOptions) *session {
	return &session{sessionOptions: o, c: c, seq: firstSeq, requestID: firstRequestID}
}

func (s *session) isOpen() bool { return s != nil && s.open }

// lookup asks all domains at the same instant. There is no timer of our own: how
// long an answer may take is the host's business.
func (s *session) lookup() {
	p := &s.c.Profile
	body := lookupBody{
		SID: s.c.sid, LowAppID: s.c.appID, Token: s.c.appID, UID: formatUID(s.uid),
		TS: epochSeconds + int64(s.c.Proc.Now()/time.Second), Version: p.Protocol,
		Seq: lookupSeq, RequestID: lookupRequestID,
	}
	if p.LookupCommand != "" {
		body.Command, body.AppID, body.CName = p.LookupCommand, s.c.appID, s.channel
	}
	text := mustJSON(body)
	for _, domain := range p.LookupDomains {
		s.c.Wx.Request(s.c.lookupURL(domain), text, s.lookedUp)
	}
}

func (s *session) lookedUp(status int, body []byte, err error) {
	if s.over || s.chosen {
		return
	}
	list, reason := gateways(status, body, err)
	if reason != "" {
		s.failed++
		if s.failed == len(s.c.Profile.LookupDomains) {
			s.fail(&Failure{CodeNoServer, reason})
		}
		return
	}
	s.chosen, s.list = true, list
	s.dialNext()
}

// dialNext tries the next gateway of the list.
func (s *session) dialNext() {
	if len(s.list) == 0 {
		s.fail(&Failure{CodeNoGateway, "no gateway could be reached"})
		return
	}
	address := s.list[0]
	s.list = s.list[1:]
	var task SocketTask
	mine := func() bool { return !s.over && s.socket == task }
	s.c.alarms.open.In(s.c.Profile.GatewayOpenTimeout)
	task = s.c.Wx.ConnectSocket(s.c.Profile.gatewayURL(address), SocketEvents{
		Open: func() {
			if mine() {
				s.opened()
			}
		},
		Message: func(text []byte) {
			if mine() {
				s.receive(text)
			}
		},
		// Before it has opened nobody listens: a gateway that refuses is noticed
		// by the open timer only.
		Close: func(reason string) {
			if mine() && s.open {
				s.closed(reason)
			}
		},
	})
	s.socket = task
}

func (s *session) openTimedOut() {
	s.socket.Close()
	s.socket = nil
	s.dialNext()
}

func (s *session) opened() {
	s.open = true
	s.c.alarms.open.Clear()
	s.c.alarms.ping.In(s.c.Profile.PingInterval)
	s.send(joinRequest{
		Action: "join", Role: s.role, AppID: s.c.appID, KeyVOCS: s.key, KeyVOS: s.key,
		Channel: s.channel, UID: formatUID(s.uid), KnownSpeakers: s.speakers,
	}, func(_ serverResponse, f *Failure) {
		if f != nil {
			s.fail(f)
			return
		}
		s.joined = true
		s.c.succeed(s.done, Answer{UID: s.uid})
	})
}

// fail ends a join that did not succeed, so that the Client can try again.
func (s *session) fail(f *Failure) {
	s.c.end()
	s.done.fail(f)
}

// closed: the far side or the host ended the socket. The session stays in the
// Client's hands, dead, until leave or destroy: nothing reconnects by itself.
func (s *session) closed(reason string) {
	f := &Failure{CodeClosed, orElse(reason, "WebSocket closed")}
	if !s.joined {
		s.fail(f)
		return
	}
	pending := s.waiting
	s.hangUp()
	for _, w := range pending {
		w.answer(serverResponse{}, f)
		if s.over {
			return // a callback ended the session
		}
	}
	s.c.raise(Event{Name: ErrorRaised, Code: f.Code, Reason: f.Reason})
}

// hangUp stops all that belongs to a socket.
func (s *session) hangUp() {
	s.open = false
	s.socket = nil
	s.waiting = nil
	s.c.alarms.open.Clear()
	s.c.alarms.ping.Clear()
	s.c.alarms.request.Clear()
}

// drop ends the session from our side.
func (s *session) drop() {
	s.over = true
	if s.socket != nil {
		s.socket.Close()
	}
	s.hangUp()
}

// send puts a request on the wire and has answer called once: with the gateway's
// answer, or with a failure of ours.
func (s *session) send(body any, answer func(serverResponse, *Failure)) {
	now := s.c.Proc.Now()
	s.socket.Send(mustJSON(request{
		AppID: s.c.appID, CName: s.channel, UID: formatUID(s.uid), SID: s.c.sid,
		SDKVersion: s.c.Profile.Protocol, Seq: s.seq, RequestID: s.requestID, TS: stampMS(now), Client: body,
	}))
	s.waiting = append(s.waiting, waiting{s.requestID, now + s.c.Profile.RequestTimeout, answer})
	s.seq++
	s.requestID++
	if !s.c.alarms.request.Armed() {
		s.c.alarms.request.In(s.c.Profile.RequestTimeout)
	}
}

func (s *session) requestTimedOut() {
	w := s.waiting[0]
	s.take(0)
	w.answer(serverResponse{}, &Failure{CodeTimeout, "request timed out"})
}

// take removes a request that has been answered and waits for the next.
func (s *session) take(i int) {
	s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
	if len(s.waiting) == 0 {
		s.c.alarms.request.Clear()
		return
	}
	s.c.alarms.request.Set(s.waiting[0].deadline)
}

// ping keeps the connection from idling. Nobody counts the pongs.
func (s *session) ping() {
	s.socket.Send(mustJSON(ping{
		Command: "ping", RequestID: s.requestID, AppID: s.c.appID, CName: s.channel,
		UID: formatUID(s.uid), SID: s.c.sid, TS: stampMS(s.c.Proc.Now()),
	}))
	s.requestID++
	s.c.alarms.ping.In(s.c.Profile.PingInterval)
}

// receive handles one text frame. What can't be read, and answers that nobody waits
// for any more, are ignored.
func (s *session) receive(text []byte) {
	var m message
	if json.Unmarshal(text, &m) != nil {
		return
	}
	if m.Command == "serverStatus" {
		s.status(&m)
		return
	}
	if m.RequestID == nil || m.Code == nil {
		return
	}
	for i, w := range s.waiting {
		if w.id != *m.RequestID {
			continue
		}
		s.take(i)
		if *m.Code == 200 {
			w.answer(m.response(), nil)
		} else {
			w.answer(serverResponse{}, m.failure())
		}
		return
	}
}

// status raises what the gateway tells unasked.
func (s *session) status(m *message) {
	if m.Code != nil && *m.Code != 200 {
		if *m.Code != codeStopping || s.c.Profile.Raise503 {
			s.c.raise(Event{Name: ErrorRaised, Code: *m.Code, Reason: m.Reason})
		}
		return
	}
	if st := m.Status; st != nil && st.Action != "" {
		s.c.raise(Event{Name: st.Action, UID: wireUID(st.UID), URL: st.URL, Rotation: st.Rotation})
	}
}

func stampMS(now time.Duration) int64 { return epochSeconds*1000 + now.Milliseconds() }
