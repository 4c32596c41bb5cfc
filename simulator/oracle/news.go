package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// newsLate is how long a member may take to hear what the gateway tells it, on a
// network without loss. Source: a round trip of the slowest network in the catalogue,
// several times over; fidelity: assumed.
const newsLate = 5 * time.Second

// page tells whether a member is a mini-program, whose calls and events are recorded.
func (f *facts) page(who trace.ActorID) bool { return f.rec.Head.Members[who].Origin == "" }

// channelOf is the name of the channel that a member's page joins; the scenario's if
// its page doesn't say.
func (f *facts) channelOf(who trace.ActorID) string {
	if name := f.of[who].channel; name != "" {
		return name
	}
	return f.rec.Head.Scenario
}

// calm tells whether a member's network gave no trouble in a span, nor shortly before,
// and lost nothing in the whole run: what was lost on the way to the phone stands
// nowhere else in a record.
func (f *facts) calm(who trace.ActorID, s span) bool {
	s.from -= time.Second
	m := f.of[who]
	return !m.lossy && len(cross(m.dark.spans, []span{s})) == 0 && !slices.ContainsFunc(m.trouble, s.holds)
}

// jitterMost is how uneven a network may be to be called steady, ms of jitter.
// Fidelity: assumed, a packet of sound.
const jitterMost = 23

// steady tells whether a member's network was calm, and even enough that all comes at its pace.
func (f *facts) steady(who trace.ActorID, s span) bool {
	for _, way := range []string{"/up/jitter", "/down/jitter"} {
		if f.param(f.name(who)+way, 0) > jitterMost {
			return false
		}
	}
	return f.calm(who, s)
}

// stays tells whether a member had one session for all of a span, and its page meant
// to keep it.
func (f *facts) stays(who trace.ActorID, s span) bool {
	if !slices.ContainsFunc(f.of[who].stays, func(x *stay) bool { return x.from <= s.from && x.to >= s.to }) {
		return false
	}
	return !slices.ContainsFunc(f.of[who].calls, func(c *call) bool {
		return s.holds(c.At) && (c.name == "leave" || c.name == "destroy")
	})
}

// hears is when a member's page heard an event of one of some names about another
// first within a span.
func (f *facts) hears(who, about trace.ActorID, s span, names ...string) (time.Duration, bool) {
	for _, ev := range in(f.told, s) {
		if ev.Actor == who && ev.Peer == about && slices.Contains(names, f.text(ev.Text)) {
			return ev.At, true
		}
	}
	return 0, false
}

// mustHear tells whether news told to a member at a time was bound to reach its page
// in time: it is a mini-program that stayed, on a network that gave no trouble, and
// whose link is what it was when the session began: after a change the WebSocket may
// be dead, which nobody notices for a while.
func (f *facts) mustHear(who trace.ActorID, told time.Duration) bool {
	s := span{told, told + newsLate}
	if !f.page(who) || s.to > f.end || !f.stays(who, s) || !f.calm(who, s) {
		return false
	}
	session, _ := at(sessionsOf(f.of[who].stays), told)
	since := span{session.from, s.to}
	return len(cross(f.of[who].dark.spans, []span{since})) == 0 && !slices.ContainsFunc(f.of[who].changed, since.holds)
}

func sessionsOf(stays []*stay) []span {
	out := make([]span, len(stays))
	for i, s := range stays {
		out[i] = s.span
	}
	return out
}
