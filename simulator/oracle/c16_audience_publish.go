package oracle

import (
	"time"

	"minilab/simulator/trace"
)

const (
	audience      = "audience"
	codeForbidden = 433 // audience may not publish. Source: the SDK's error table; fidelity: documented.
)

// Failures that the SDK finds by itself, without the gateway's opinion: -1 is a
// throw, 903 a request without answer, 904 a WebSocket that closed.
// Source: shipped SDK files; fidelity: observed.
var ownFailures = map[int64]bool{-1: true, 903: true, 904: true}

// requestTimeout is the SDK's 10 s for an answer, and a second to hear of it.
// Source: shipped SDK files; fidelity: observed.
const requestTimeout = 11 * time.Second

// C16: an audience that publishes or unpublishes is refused with 433, gets no
// publisher at the server, and nobody is told of a stream.
var _ = register(judge{id: "C16", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if c.name != "publish" && c.name != "unpublish" || c.role != audience {
			continue
		}
		switch {
		case c.unanswered():
			if f.waited(c) {
				found = append(found, f.find(c.Actor, c.At, "is an audience and called %s, which was never answered", c.name))
			}
		case c.oks > 0:
			found = append(found, f.find(c.Actor, c.answered, "is an audience, yet %s succeeded", c.name))
		case ownFailures[c.code]:
		case c.code != codeForbidden:
			found = append(found, f.find(c.Actor, c.answered, "is an audience and %s failed with %d, not %d", c.name, c.code, codeForbidden))
		default:
			applies = true
		}
	}
	for id, m := range f.of {
		for _, s := range m.stays {
			found = append(found, f.audienceStreams(trace.ActorID(id), s)...)
		}
	}
	return found, applies || len(found) > 0
}})

// waited tells whether the caller stayed long enough to get an answer.
func (f *facts) waited(c *call) bool {
	until := c.stay.to
	for _, o := range f.calls {
		if o.Actor == c.Actor && o.At >= c.At && (o.name == "leave" || o.name == "destroy") {
			until = min(until, o.At)
		}
	}
	return until-c.At > requestTimeout
}

// audienceStreams are marks of a stream of a member while it is an audience.
func (f *facts) audienceStreams(m trace.ActorID, s *stay) []Finding {
	var found []Finding
	for _, ev := range s.streams {
		if ev.Kind == trace.ServerAnnounced {
			found = append(found, f.find(m, ev.At, "is an audience, yet %s was told of its stream", f.name(ev.Actor)))
			continue
		}
		found = append(found, f.find(m, ev.At, "is an audience, yet the server has its %s", ev.Kind))
	}
	return found
}
