package oracle

import "minilab/simulator/trace"

// C11: join while the client has a session does nothing: no lookup, no second entry.
var _ = register(judge{id: "C11", promise: true, look: func(f *facts) ([]Finding, bool) { return f.ignored("join") }})

// C34: the same for rejoin, also when the session is dead: who doesn't destroy the
// client does not come back.
var _ = register(judge{id: "C34", promise: true, look: func(f *facts) ([]Finding, bool) { return f.ignored("rejoin") }})

// ignored looks at calls that a client in a session has to ignore.
func (f *facts) ignored(name string) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		if a.name != name || a.standing != held {
			continue
		}
		applies = true
		if len(a.asks) > 0 {
			found = append(found, f.find(a.Actor, a.asks[0].at, "called %s while it had a session, and asked for gateways again", name))
		}
		if entry := f.entry(a); entry != nil {
			found = append(found, f.find(a.Actor, entry.At, "called %s while it had a session, and entered the channel again", name))
		}
	}
	return found, applies
}

// entry is the next entry of a member after a call of a client in a session, unless a
// later call, or another client's, may have brought it about.
func (f *facts) entry(a *attempt) *trace.Event {
	if f.pending(a) {
		return nil
	}
	for _, ev := range f.later(a.Actor, a.At) {
		if ev.Kind == trace.ServerJoined && ev.At > a.At {
			return ev
		}
		if ev.Kind == trace.CallIssued && ev.At >= a.At && ev.V[0] != a.V[0] && (f.text(ev.Text) == "join" || f.text(ev.Text) == "rejoin") {
			return nil
		}
	}
	return nil
}

// pending tells whether another attempt of the member had not ended when this one began.
func (f *facts) pending(a *attempt) bool {
	for _, o := range f.wire.attempts {
		if o.Actor == a.Actor && o != a && o.standing != held && o.At <= a.At && (o.unanswered() || o.answered > a.At) {
			return true
		}
	}
	return false
}
