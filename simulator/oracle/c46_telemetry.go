package oracle

import (
	"time"

	"minilab/simulator/trace"
)

const (
	// reportLasts is how long a report may take on a network that works.
	// Fidelity: assumed.
	reportLasts = crossing
	// callsLater is how long after a report that failed calls are looked at: as long as
	// the host may wait for it. Source: mini-program documentation, 60 s; fidelity: documented.
	callsLater = 60 * time.Second
)

// C46: while reports to the telemetry host fail or have no answer, join, publish and
// subscribe go on as ever.
var _ = register(judge{id: "C46", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	down := make([][]span, len(f.of))
	for id := range f.of {
		down[id] = f.reportsLost(trace.ActorID(id))
	}
	for _, a := range f.wire.attempts {
		if a.standing == free && during(down[a.Actor], a.At) {
			wrong, judged := f.joinInTime(a)
			found, applies = append(found, wrong...), applies || judged
		}
	}
	for _, c := range f.calls {
		if (c.name == "publish" || c.name == "subscribe") && during(down[c.Actor], c.At) && f.sentRequest(c) {
			wrong, judged := f.answerTold(c)
			found, applies = append(found, wrong...), applies || judged
		}
	}
	return found, applies || len(found) > 0
}})

// reportsLost are the times in which a member's report had failed or had no answer.
func (f *facts) reportsLost(who trace.ActorID) []span {
	var out []span
	ended := map[int64]*trace.Event{}
	for _, ev := range f.events(who, trace.RequestEnded) {
		if ended[ev.V[0]] == nil {
			ended[ev.V[0]] = ev
		}
	}
	for _, ev := range f.events(who, trace.RequestStarted) {
		end := ended[ev.V[0]]
		if f.text(ev.Text) != "telemetry" || end == nil && f.end-ev.At < reportLasts {
			continue
		}
		if end == nil || f.text(end.Note) != "" || end.V[1] != codeFine || end.At-ev.At > reportLasts {
			out = append(out, span{ev.At, ev.At + callsLater})
		}
	}
	return out
}

func during(spans []span, t time.Duration) bool {
	for _, s := range spans {
		if s.holds(t) {
			return true
		}
	}
	return false
}

// joinInTime: its lookups leave at once, and it ends as they and the gateway say.
func (f *facts) joinInTime(a *attempt) (found []Finding, judged bool) {
	switch {
	case (len(a.asks) == 0 || a.asks[0].at-a.At > lookupsTogether) && f.over(a)-a.At > tick:
		return []Finding{f.find(a.Actor, a.At, "%s asked for no gateways while a report had no answer", a.name)}, true
	case a.ok():
		return nil, true
	case f.excused(a) || a.unanswered() && f.over(a)-a.At < joinBound:
		return nil, false
	}
	return []Finding{f.find(a.Actor, f.over(a), "%s did not succeed while a report had no answer, and nothing else was wrong", a.name)}, true
}

// answerTold: what the gateway has granted is told.
func (f *facts) answerTold(c *call) (found []Finding, judged bool) {
	asked := f.askedFor(c, c.At+requestLasts)
	d := f.wire.socket(c.client(), c.At)
	switch {
	case asked == nil || asked.V[2] != codeFine:
		return nil, false
	case c.ok():
		return nil, true
	case d == nil || f.abandoned(c, d, asked.At+crossing) || f.cut(c.Actor, asked.At, asked.At+crossing):
		return nil, false
	}
	return []Finding{f.find(c.Actor, asked.At, "%s was granted while a report had no answer, and the page was not told", c.name)}, true
}
