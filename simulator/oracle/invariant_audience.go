package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// audienceSilent: an audience has no publisher. While the gateway lists a member as
// audience, no publish URL of its is in force, no push of its stands, no media of its
// is taken in and nobody is told of a stream of its.
var audienceSilent = judge{id: "audience-silent", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for id, m := range f.of {
		who := trace.ActorID(id)
		for _, s := range m.stays {
			found = append(found, f.audienceStreams(who, s)...)
			listening := f.asAudience(s)
			applies = applies || len(listening) > 0
			for _, x := range []struct {
				what string
				when []span
			}{{"a publish URL in force", m.granted.spans}, {"an open push", m.pushes.spans}} {
				for _, z := range cross(listening, x.when) {
					found = append(found, f.find(who, z.from, "is an audience, yet has %s for %s", x.what, seconds(z.length())))
				}
			}
			for _, l := range listening {
				for _, ev := range m.mediaIn[since(m.mediaIn, l.from+1):] {
					first, last := time.Duration(ev.V[0]), time.Duration(ev.V[4])
					if first >= l.to {
						break
					}
					if last > l.from {
						found = append(found, f.find(who, max(first, l.from), "is an audience, yet the server took in media of its"))
					}
				}
			}
		}
	}
	return found, applies || len(found) > 0
}}

// asAudience is when the gateway listed a member as audience in a session.
func (f *facts) asAudience(s *stay) []span {
	var is toggle
	is.set(s.joinedAs == audience, s.from)
	for _, ev := range s.changes {
		is.set(f.text(ev.Text) == audience, ev.At)
	}
	is.set(false, s.to)
	return cross(is.spans, []span{s.span})
}
