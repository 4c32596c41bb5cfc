package oracle

import "minilab/simulator/trace"

// C47: members who only watch come and go, and nobody's page hears of them.
var _ = register(judge{id: "C47", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for id, m := range f.of {
		who := trace.ActorID(id)
		if len(m.granted.spans) > 0 {
			continue // it has a stream, of which others may hear
		}
		for _, s := range m.stays {
			if s.joinedAs != audience {
				continue
			}
			for other, o := range f.of {
				if other != id && f.page(trace.ActorID(other)) && len(cross(sessionsOf(o.stays), []span{s.span})) > 0 {
					applies = true
				}
			}
		}
		for _, ev := range f.story {
			if ev.Peer != who || ev.Actor == who || !f.cast(ev.Actor) || !f.page(ev.Actor) {
				continue
			}
			switch ev.Kind {
			case trace.ServerAnnounced, trace.ServerNotified, trace.ClientEvent:
				if f.watches(m, ev) {
					found = append(found, f.find(ev.Actor, ev.At, "was told %s of %s, which only watches", f.text(ev.Text), f.name(who)))
				}
			}
		}
	}
	return found, applies || len(found) > 0
}})

// watches tells whether a member has been an audience only, up to an event about it.
func (f *facts) watches(m *member, ev *trace.Event) bool {
	any := false
	for _, s := range m.stays {
		if s.from > ev.At {
			break
		}
		any = true
		if s.joinedAs != audience {
			return false
		}
		for _, change := range s.changes {
			if change.At <= ev.At && f.text(change.Text) != audience {
				return false
			}
		}
	}
	return any
}
