package oracle

import (
	"fmt"

	"minilab/simulator/trace"
)

// oneAnswer: at most one of ok and fail is called for a call, and once. It looks at
// the record itself, where an answer that came twice at one instant stands twice.
var oneAnswer = judge{id: "one-answer", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	type asked struct {
		who  trace.ActorID
		name string
		said string // the answer that it got; empty: none
	}
	calls := map[int64]*asked{}
	for _, ev := range inTime(f.rec.Events) {
		if !f.cast(ev.Actor) {
			continue
		}
		switch ev.Kind {
		case trace.CallIssued:
			if calls[ev.V[0]] == nil {
				calls[ev.V[0]] = &asked{who: ev.Actor, name: f.text(ev.Text)}
			}
		case trace.CallDone:
			c, said := calls[ev.V[0]], result(ev)
			switch {
			case c == nil || c.who != ev.Actor:
				found = append(found, f.find(ev.Actor, ev.At, "got an answer (%s) to a call that it never made", said))
			case c.said != "":
				found = append(found, f.find(ev.Actor, ev.At, "%s was answered twice: %s, then %s", c.name, c.said, said))
			default:
				c.said, applies = said, true
			}
		}
	}
	return found, applies || len(found) > 0
}}

// result is the answer of a call in words.
func result(ev *trace.Event) string {
	if ev.V[1] == 1 {
		return "ok"
	}
	return fmt.Sprintf("fail %d", ev.V[2])
}
