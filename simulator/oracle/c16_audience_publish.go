package oracle

import (
	"time"

	"minilab/simulator/trace"
)

const (
	audience      = "audience"
	codeForbidden = 433 // audience may not publish. Source: the SDK's error table; fidelity: documented.
)

// C16: an audience that publishes or unpublishes is refused with 433, gets no
// publisher at the server, and nobody is told of a stream.
var _ = register(judge{id: "C16", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	stays := f.membership()
	for _, c := range f.calls() {
		s, in := at(stays[c.Actor], c.At)
		if c.name != "publish" && c.name != "unpublish" || !in || f.role(c.Actor, c.At) != audience {
			continue
		}
		applies = true
		switch {
		case c.answers == 0 && f.end-c.At > requestTimeout:
			found = append(found, f.find(c.Actor, c.At, "is an audience and called %s, which was never answered", c.name))
		case c.answers > 0 && c.ok:
			found = append(found, f.find(c.Actor, c.answered, "is an audience, yet %s succeeded", c.name))
		case c.answers > 0 && c.code != codeForbidden:
			found = append(found, f.find(c.Actor, c.answered, "is an audience and %s failed with %d, not %d", c.name, c.code, codeForbidden))
		}
		found = append(found, f.audienceStreams(c.Actor, span{c.At, s.to})...)
	}
	return found, applies
}})

// requestTimeout is the SDK's 10 s for an answer, and a second to hear of it.
// Source: shipped SDK files; fidelity: observed.
const requestTimeout = 11 * time.Second

// audienceStreams are traces of a stream of a member while it is an audience.
func (f *facts) audienceStreams(m trace.ActorID, w span) []Finding {
	var found []Finding
	for _, ev := range f.rec.Events {
		if !w.holds(ev.At) || f.role(m, ev.At) != audience {
			continue
		}
		switch {
		case ev.Actor == m && (ev.Kind == trace.ServerPublish || ev.Kind == trace.ServerPushOpened || ev.Kind == trace.MediaIn):
			found = append(found, f.find(m, ev.At, "is an audience, yet the server has its %s", ev.Kind))
		case ev.Peer == m && ev.Kind == trace.ServerAnnounced && f.rec.Text(ev.Text) == "stream-added":
			found = append(found, f.find(m, ev.At, "is an audience, yet %s was told of its stream", f.name(ev.Actor)))
		}
	}
	return found
}
