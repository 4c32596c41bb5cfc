package oracle

import (
	"time"

	"minilab/simulator/trace"
)

const (
	// callbackLate is how long after the end of its session a client may still call
	// back for what had succeeded before: success is told by a timer of 1 ms.
	// Source: SDK file 2.4.2; fidelity: observed; the bound is ten of them.
	callbackLate = 10 * time.Millisecond
	// socketLate is how long a phone's socket may take to close when its network
	// carries nothing: the close handshake is waited for. Source: WeChat's own wait is
	// not documented; as long as the SDK waits for an answer; fidelity: assumed.
	socketLate = 10 * time.Second
	// sessionLate is how long the server may keep a session whose client has gone
	// without a word reaching it: the gateway's idle time of 20 s, and what TCP still
	// delivers. Source: the gateway's model; fidelity: assumed.
	sessionLate = 40 * time.Second
)

// nothingLeft: nothing of a session outlives it. At the server its push and its plays
// close at the same instant, and no more media is taken in or relayed for it. On the
// phone a client that was left or destroyed sends, asks and dials nothing, answers
// nothing, and its sockets close; its session at the server ends in bounded time.
var nothingLeft = judge{id: "nothing-left", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for id, m := range f.of {
		who := trace.ActorID(id)
		for _, s := range m.stays {
			if s.over {
				applies = true
				found = append(found, f.relayLeft(who, s)...)
			}
		}
		more, any := f.clientLeft(who)
		found, applies = append(found, more...), applies || any
	}
	return found, applies
}}

// relayLeft looks at the server for what outlives a session.
func (f *facts) relayLeft(who trace.ActorID, s *stay) []Finding {
	var found []Finding
	m := f.of[who]
	if p, ok := at(m.pushes.spans, s.to); ok && p.from < s.to {
		found = append(found, f.find(who, s.to, "its session is over (%s), and its push still stands", s.why))
	}
	next := f.end + 1 // when it was there again
	for _, o := range m.stays {
		if o.from >= s.to && o != s {
			next = min(next, o.from)
		}
	}
	for _, ev := range m.mediaIn[since(m.mediaIn, s.to+1):] {
		if time.Duration(ev.V[0]) >= next {
			break
		}
		if time.Duration(ev.V[4]) > s.to {
			found = append(found, f.find(who, ev.At, "its session is over (%s), and the server still takes in its media", s.why))
			break
		}
	}
	for _, t := range m.views {
		if p, ok := at(t.open.spans, s.to); ok && p.from < s.to {
			found = append(found, f.find(who, s.to, "its session is over (%s), and %s's play of %s still stands", s.why, f.name(t.to), f.name(t.from)))
		}
		for _, ev := range t.relayed[since(t.relayed, s.to+1):] {
			if time.Duration(ev.V[0]) >= next {
				break
			}
			if time.Duration(ev.V[0]) > s.to && ev.V[1]+ev.V[2] > 0 {
				found = append(found, f.find(who, ev.At, "its session is over (%s), and %s is still relayed to %s", s.why, f.name(t.from), f.name(t.to)))
				break
			}
		}
	}
	return found
}

// remains follows one phone: which of its page's clients live, and what they hold.
type remains struct {
	f      *facts
	who    trace.ActorID
	alive  map[int64]bool               // clients between join and their end
	ended  map[int64]time.Duration      // and when the others ended
	calls  map[int64]*trace.Event       // by number
	calm   time.Duration                // since when no client lives; -1: one does
	open   map[int64]bool               // gateway sockets that are not closed
	media  map[connection]bool          // the same of push and play
	silent map[int64]time.Duration      // clients whose leave never calls back: the latest that they ended
	late   map[int64]time.Duration      // of sockets: by when they must be closed
	gone   map[connection]time.Duration // of push and play, after the page was left
	any    bool
	found  []Finding
}

// connection is one of a pusher or player.
type connection struct {
	what  string
	about trace.ActorID
}

func (f *facts) clientLeft(who trace.ActorID) ([]Finding, bool) {
	r := &remains{f: f, who: who, alive: map[int64]bool{}, ended: map[int64]time.Duration{}, calls: map[int64]*trace.Event{}, calm: -1,
		open: map[int64]bool{}, media: map[connection]bool{}, silent: map[int64]time.Duration{}, late: map[int64]time.Duration{}, gone: map[connection]time.Duration{}}
	for _, ev := range f.events(who, trace.CallIssued, trace.CallDone, trace.AppState, trace.SocketDialled, trace.RequestStarted, trace.SocketSent,
		trace.SocketOpened, trace.SocketClosed, trace.RequestEnded, trace.SocketRefused) {
		r.event(ev)
	}
	r.untold(f.end)
	for _, at := range r.late {
		if at < f.end {
			r.say(at, "a socket of a client that its page had ended is still open")
		}
	}
	for k, at := range r.gone {
		if at < f.end {
			r.say(at, "its page was left, and its %s connection is still open", k.what)
		}
	}
	return r.found, r.any
}

func (r *remains) event(ev *trace.Event) {
	r.untold(ev.At)
	what := r.f.text(ev.Text)
	switch ev.Kind {
	case trace.CallIssued:
		r.calls[ev.V[0]] = ev
		r.issued(what, ev)
	case trace.CallDone:
		r.answered(ev)
	case trace.AppState:
		if what == "left" {
			for k := range r.media {
				r.gone[k] = ev.At + socketLate
			}
		}
	case trace.SocketDialled, trace.RequestStarted, trace.SocketSent:
		r.acts(what, ev)
	case trace.SocketOpened:
		switch what {
		case "gateway": // one that never opens has no end in the record either
			r.open[ev.V[0]] = true
		case "push", "play":
			r.media[connection{what, ev.Peer}] = true
		}
	case trace.SocketClosed:
		r.closed(ev.V[0])
		delete(r.media, connection{what, ev.Peer})
		delete(r.gone, connection{what, ev.Peer})
	case trace.RequestEnded, trace.SocketRefused:
		r.closed(ev.V[0])
	}
}

func (r *remains) closed(number int64) {
	delete(r.open, number)
	delete(r.late, number)
}

// issued follows the calls that begin and end a client's session.
func (r *remains) issued(name string, ev *trace.Event) {
	client := ev.V[2]
	switch name {
	case "join", "rejoin":
		r.alive[client], r.calm = true, -1
		delete(r.ended, client)
		delete(r.silent, client)
	case "destroy":
		r.ends(client, ev.At)
	case "leave":
		r.any = true
		if r.f.neverAnswered(ev.V[0]) {
			r.silent[client] = ev.At + requestTimeout
		}
	}
}

// untold ends the clients whose leave didn't call back and never will: it ended them
// in silence, or the SDK's own time-out would have been told by now.
func (r *remains) untold(now time.Duration) {
	for client, end := range r.silent {
		if end < now {
			delete(r.silent, client)
			r.ends(client, end)
		}
	}
}

// answered looks at an answer: leave's ends the session, others must not come after.
func (r *remains) answered(ev *trace.Event) {
	c := r.calls[ev.V[0]]
	if c == nil {
		return
	}
	name := r.f.text(c.Text)
	if name == "leave" || name == "destroy" {
		if ev.V[1] == 1 {
			r.ends(c.V[2], ev.At)
		}
		return
	}
	if end, over := r.ended[c.V[2]]; over && c.At < end && ev.At > end+callbackLate {
		r.say(ev.At, "%s was answered (%s) by a client that had ended at %s", name, result(ev), seconds(end))
	}
}

// ends notes the end of a client. When no other lives, what is open must close.
func (r *remains) ends(client int64, at time.Duration) {
	r.any = true
	delete(r.alive, client)
	if _, known := r.ended[client]; !known {
		r.ended[client] = at
	}
	if len(r.alive) > 0 {
		return
	}
	r.calm = at
	for number := range r.open {
		if _, known := r.late[number]; !known {
			r.late[number] = at + socketLate
		}
	}
	r.sessionEnds(at)
}

// acts looks at what a phone sends for the SDK.
func (r *remains) acts(what string, ev *trace.Event) {
	if what != "lookup" && what != "gateway" {
		return
	}
	if r.calm < 0 || ev.At <= r.calm {
		return
	}
	did := map[trace.Kind]string{trace.SocketDialled: "dialled a gateway", trace.RequestStarted: "asked for gateways", trace.SocketSent: "sent " + r.f.text(ev.Note)}
	r.say(ev.At, "%s, though its page had ended its last client at %s", did[ev.Kind], seconds(r.calm))
}

// neverAnswered tells whether a call never got an answer in the whole record.
func (f *facts) neverAnswered(number int64) bool {
	for _, c := range f.calls {
		if c.V[0] == number {
			return c.unanswered()
		}
	}
	return false
}

// sessionEnds: the session that a client had ends at the server too.
func (r *remains) sessionEnds(at time.Duration) {
	for _, s := range r.f.of[r.who].stays {
		if s.from < at && s.to > at+sessionLate {
			r.say(at+sessionLate, "ended its client at %s, and the gateway still has its session", seconds(at))
		}
	}
}

func (r *remains) say(at time.Duration, format string, args ...any) {
	r.found = append(r.found, r.f.find(r.who, at, format, args...))
}
