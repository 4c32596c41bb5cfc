package oracle

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"minilab/simulator/trace"
)

const (
	// demoPause is how long the demo waits before it comes back.
	// Source: vendor's demo, 1 s; fidelity: documented.
	demoPause = time.Second
	// pageActs is how soon a page does what an answer or event makes it do. A page acts
	// at once; a success is told 1 ms late. Fidelity: assumed.
	pageActs = 100 * time.Millisecond
	// codeProcessLost: the gateway lost the process that served the session.
	// Source: the SDK's error table; fidelity: documented.
	codeProcessLost = 501
	// codeSocketClosed: the WebSocket has closed. Source as above.
	codeSocketClosed = 904
)

// C32: after error 904 or 501 the demo destroys its client, waits, and rejoins with a
// new one, naming all that it knows; then it pushes to a new URL, and plays all who
// are still there anew. Another page has promised nothing of this.
var _ = register(judge{id: "C32", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	if !f.demo() {
		return nil, false
	}
	for id := range f.of {
		who := trace.ActorID(id)
		for _, ev := range f.sessionErrors(who) {
			wrong, back := f.comesBack(who, ev)
			found = append(found, wrong...)
			if back == nil || !back.ok() {
				continue
			}
			applies = true
			found = append(found, f.publishesAnew(who, back)...)
			found = append(found, f.playsAnew(who, back)...)
		}
	}
	return found, applies || len(found) > 0
}})

// sessionErrors are the errors that the demo recovers from: the first of each client
// that its page still uses.
func (f *facts) sessionErrors(who trace.ActorID) []*trace.Event {
	var out []*trace.Event
	var client int64
	in, told := true, map[int64]bool{}
	for _, ev := range f.of[who].story {
		switch ev.Kind {
		case trace.CallIssued:
			client = ev.V[2]
		case trace.AppState:
			in = f.text(ev.Text) != "left"
		case trace.ClientEvent:
			if code := ev.V[1]; f.text(ev.Text) == "error" && (code == codeProcessLost || code == codeSocketClosed) && ev.V[3] == client && in && !told[client] {
				told[client] = true
				out = append(out, ev)
			}
		}
	}
	return out
}

// comesBack follows a page from an error to its rejoin, nil if there is none.
func (f *facts) comesBack(who trace.ActorID, ev *trace.Event) (found []Finding, back *call) {
	calls := f.of[who].calls
	i := slices.IndexFunc(calls, func(c *call) bool { return c.At >= ev.At && c.name == "destroy" && c.V[2] == ev.V[3] })
	if i < 0 || calls[i].At > ev.At+pageActs {
		if f.end <= ev.At+pageActs || f.turnsAway(who, ev.At, ev.At+pageActs) {
			return nil, nil
		}
		found = append(found, f.find(who, ev.At+pageActs, "heard error %d and did not destroy its client", ev.V[1]))
	}
	for _, c := range calls {
		if c.At < ev.At || c.name != "rejoin" {
			continue
		}
		if f.turnsAway(who, ev.At, c.At) {
			return found, nil
		}
		if c.At < ev.At+demoPause {
			found = append(found, f.find(who, c.At, "came back %s after error %d, without its pause", seconds(c.At-ev.At), ev.V[1]))
		}
		return append(found, f.speaks(who, c)...), c
	}
	if due := ev.At + demoPause + pageActs; f.end > due && !f.turnsAway(who, ev.At, due) {
		found = append(found, f.find(who, due, "heard error %d and did not come back", ev.V[1]))
	}
	return found, nil
}

// turnsAway tells whether a script had the page do something else within a time. A page
// without a client leaves without a call.
func (f *facts) turnsAway(who trace.ActorID, from, to time.Duration) bool {
	for _, ev := range f.events(who, trace.AppState) {
		if ev.At >= from && ev.At <= to && f.text(ev.Text) == "left" && f.text(ev.Note) == "" {
			return true
		}
	}
	return slices.ContainsFunc(f.of[who].calls, func(c *call) bool {
		return c.At >= from && c.At <= to && (c.name == "join" || c.name == "leave")
	})
}

// speaks compares the uids that a rejoin names with the tiles of its page.
func (f *facts) speaks(who trace.ActorID, c *call) []Finding {
	named := map[trace.ActorID]bool{}
	for _, word := range strings.Fields(c.args) {
		uid, err := strconv.ParseUint(word, 10, 32)
		if err == nil {
			named[f.byUID(uint32(uid))] = true
		}
	}
	has := f.tilesAt(who, c.At)
	for about := range f.of {
		switch peer := trace.ActorID(about); {
		case has.held[peer] && !named[peer]:
			return []Finding{f.find(who, c.At, "came back and did not say that it knows %s", f.name(peer))}
		case named[peer] && !has.held[peer] && !has.shown[peer]:
			return []Finding{f.find(who, c.At, "came back and said that it knows %s, whose tile it does not have", f.name(peer))}
		}
	}
	for _, s := range f.of[who].stays {
		if c.ok() && s.from >= c.At && s.from <= c.answered && !s.back {
			return []Finding{f.find(who, s.from, "came back, and the gateway takes it for a new member that knows nobody")}
		}
	}
	return nil
}

// publishesAnew: who had been publishing pushes to a new URL.
func (f *facts) publishesAnew(who trace.ActorID, back *call) []Finding {
	has := f.tilesAt(who, back.At)
	if !has.shown[who] || !f.stays(who, span{back.answered, back.answered + pageActs}) {
		return nil
	}
	calls := f.of[who].calls
	i := slices.IndexFunc(calls, func(c *call) bool { return c.name == "publish" && c.At >= back.answered })
	switch {
	case i < 0 || calls[i].At > back.answered+pageActs:
		if f.end <= back.answered+pageActs {
			return nil
		}
		return []Finding{f.find(who, back.answered+pageActs, "came back and did not publish")}
	case !calls[i].ok() || f.end <= calls[i].answered+pageActs:
		return nil
	}
	p := calls[i]
	for _, c := range calls[:i] {
		if c.name == "publish" && c.url == p.url && p.url != "" {
			return []Finding{f.find(who, p.answered, "came back and was given the URL to push to that it had before")}
		}
	}
	for _, ev := range in(f.of[who].story, span{p.answered, p.answered + pageActs}) {
		if ev.Kind == trace.PushStarted && f.text(ev.Note) == p.url {
			return nil
		}
	}
	if f.of[who].hidden.at(p.answered) {
		return nil // a push can't be started there (102)
	}
	return []Finding{f.find(who, p.answered+pageActs, "came back, published, and does not push to its new URL")}
}

// playsAnew: who was known and is still there is subscribed again, and played from
// the new URL.
func (f *facts) playsAnew(who trace.ActorID, back *call) []Finding {
	var found []Finding
	has := f.tilesAt(who, back.At)
	for about, m := range f.of {
		peer, due := trace.ActorID(about), span{back.answered, back.answered + newsLate}
		if peer == who || !has.held[peer] || !f.mustHear(who, back.answered) {
			continue
		}
		if total(cross(cross(m.granted.spans, m.pushes.spans), []span{{back.At, due.to}})) < due.to-back.At {
			continue // it is not there all the time
		}
		calls := f.of[who].calls
		i := slices.IndexFunc(calls, func(c *call) bool {
			return c.name == "subscribe" && c.Peer == peer && c.At >= back.answered-pageActs && c.V[2] == back.V[2]
		})
		if i < 0 || calls[i].At > due.to {
			found = append(found, f.find(who, due.to, "came back and did not subscribe to %s, which is still there", f.name(peer)))
			continue
		}
		if c := calls[i]; c.ok() && has.shown[peer] && c.answered+pageActs < due.to && !f.of[who].hidden.at(c.answered) {
			if ev := f.playerOn(f.track(pair{from: peer, to: who}), c.url, c.answered); ev == nil || ev.At > c.answered+pageActs {
				found = append(found, f.find(who, c.answered+pageActs, "came back, subscribed to %s, and does not play it from its new URL", f.name(peer)))
			}
		}
	}
	return found
}
