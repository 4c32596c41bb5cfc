package sdk

import "minilab/simulator/engine"

// epochSeconds is the wall-clock second at which virtual time begins, for the time
// stamps in messages: the day of the release notes. Fidelity: assumed.
const epochSeconds = 1_611_100_800 // 2021-01-20 00:00 UTC

// First numbers of a session's requests. Source: SDK files 2.3.2 and 2.4.2;
// fidelity: observed.
const (
	lookupSeq, lookupRequestID = 0, 1
	firstSeq, firstRequestID   = 2, 3
)

type sessionOptions struct {
	method       string // join or rejoin
	key, channel string
	uid          uint32
	role         any
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
	tried  int      // gateways dialled
	line   *line    // the one dialled last
	open   bool     // the socket stands
	joined bool
	hangs  bool // the socket stands, and nothing will ever come of it
	over   bool // given up: no longer the Client's

	seq, requestID int
	waiting        []waiting  // requests without answer, in order of sending
	deadlines      []deadline // their timers, in the same order

	lookupTimer  *engine.Alarm // some lookup must have been answered
	openTimer    *engine.Alarm // the gateway being tried must have opened
	pingTimer    *engine.Alarm
	requestTimer *engine.Alarm // the first of deadlines
}

func newSession(c *Client, o sessionOptions) *session {
	s := &session{sessionOptions: o, c: c, seq: firstSeq, requestID: firstRequestID}
	s.lookupTimer = c.Proc.Alarm(s.lookupTimedOut)
	s.openTimer = c.Proc.Alarm(func() {
		if at := s.acting(); at != nil {
			at.openTimedOut()
		}
	})
	s.pingTimer = c.Proc.Alarm(s.ping)
	s.requestTimer = c.Proc.Alarm(s.requestTimedOut)
	return s
}

func (s *session) isOpen() bool { return s != nil && s.open }

// acting tells which session something acts on that s has begun: a lookup, a socket, a
// dial's or a request's timer. While s is the Client's session it is s itself. When s
// has been given up it is nobody: what is left of s ends without a trace.
//
// With Profile.SharedSession it is instead the session that the Client has by then,
// because the code knows of one only. So a join that follows a leave or a failed join
// on the same Client loses when one of these comes in between:
//
//   - the close event of the old socket, a round trip after its close or as late as the
//     network makes it: it fails a join under way with 904, and raises an error 904 in
//     a session that has been joined, whose own socket is fine;
//   - a failed lookup of the old session: it counts among the new one's, which may
//     fail with 901 while a lookup of its own is still under way;
//   - a good lookup of the old session: the new one dials the old one's gateways;
//   - the open timer of a session left while a gateway was dialled: the gateway that the
//     new one dials is given up too early; before it dials any, it fails with 905;
//   - the timer of a request that the old session left unanswered (leave itself, or a
//     join whose socket closed): the new session's request of the same number fails
//     with 903 too early;
//   - an answer on the old socket, which may still come until its close event: it is
//     taken for that of the new session's request of the same number.
//
// A new Client shares nothing with an old one, so destroy and a new one is the cure.
// Source of the symptom: release notes 1.1.3; fidelity of each of these: inferred.
func (s *session) acting() *session {
	if s.shares() {
		return s.c.session
	}
	if s.over {
		return nil
	}
	return s
}

func (s *session) shares() bool {
	return s.c.Profile.SharedSession || s.c.Profile.Defects.SharedSession
}

// fail ends a join that did not succeed, so that the Client can try again.
func (s *session) fail(f *Failure) {
	s.c.report(s.method, f)
	s.c.end(s.c.Profile.Defects.SocketLeftOpen)
	s.done.fail(f)
}

// closed: the far side or the host ended the socket. The session stays in the
// Client's hands, dead, until leave or destroy: nothing reconnects by itself.
func (s *session) closed(reason string) {
	f := &Failure{CodeClosed, orElse(reason, "WebSocket closed")}
	switch {
	case s.hangs:
		s.hangUp()
		return
	case !s.joined:
		s.fail(f)
		return
	case !s.open:
		return // has been told
	}
	pending := s.waiting
	s.hangUp()
	for _, w := range pending {
		w.answer(serverResponse{}, f)
		if s.over {
			return // a callback ended the session
		}
	}
	s.c.lost(s, f)
}

// lost tells the page that its session is gone.
func (c *Client) lost(s *session, f *Failure) {
	d := &c.Profile.Defects
	e := Event{Name: ErrorRaised, Code: f.Code, Reason: f.Reason}
	if d.ClosedTwice {
		c.raise(e)
	}
	if d.ReconnectsByItself {
		o := s.sessionOptions
		o.done = nil
		c.end(false)
		c.session = newSession(c, o)
		c.session.begin()
	}
	c.raise(e)
}

// hangUp stops all that belongs to a socket that has closed.
func (s *session) hangUp() {
	s.open = false
	s.waiting, s.deadlines = nil, nil
	s.pingTimer.Clear()
	s.requestTimer.Clear()
}

// drop ends the session from our side: its socket is closed and its timers stopped. With
// a shared session those of dialling and of requests are forgotten, see acting; that of
// the lookups is not, because no version is known to have had one.
func (s *session) drop() {
	if s.line != nil {
		s.line.task.Close()
	}
	s.pingTimer.Drop()
	s.lookupTimer.Drop()
	s.open, s.waiting = false, nil
	if s.shares() {
		return
	}
	s.openTimer.Drop()
	s.requestTimer.Drop()
}
