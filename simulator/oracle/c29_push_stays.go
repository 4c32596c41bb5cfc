package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// pushSettles is how long after a local mute its push is watched. Fidelity: assumed.
const pushSettles = 2 * time.Second

// pushBreakers are the calls that may end or restart a push themselves.
var pushBreakers = map[string]bool{"publish": true, "unpublish": true, "updatePushUrl": true, "setRole": true, "leave": true, "destroy": true, "join": true, "rejoin": true}

// C29: a local mute leaves the push alone: its connection stays up, and the
// live-pusher is neither restarted nor given another URL. A connection that its
// network loses is no evidence.
var _ = register(judge{id: "C29", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if c.name != "muteLocal" && c.name != "unmuteLocal" || !c.ok() {
			continue
		}
		watched := span{c.At, c.answered + pushSettles}
		if _, pushes := at(f.of[c.Actor].pushes.spans, c.At); !pushes || f.breaksPush(c.Actor, watched) {
			continue
		}
		applies = true
		for _, ev := range in(f.of[c.Actor].story, watched) {
			switch ev.Kind {
			case trace.PushStarted, trace.PushStopped, trace.ServerPushOpened, trace.ServerUnpublish:
				if f.calm(c.Actor, watched) {
					found = append(found, f.find(c.Actor, ev.At, "called %s(%s), and then: %s", c.name, c.args, ev.Kind))
				}
			case trace.ServerPushClosed:
				if why := f.text(ev.Text); why != "lost" {
					found = append(found, f.find(c.Actor, ev.At, "called %s(%s), and its push was closed (%s)", c.name, c.args, why))
				}
			}
		}
	}
	return found, applies
}})

// breaksPush tells whether a member's page does something in a span, or shortly
// before, that may end its push, or loses its session.
func (f *facts) breaksPush(who trace.ActorID, s span) bool {
	for _, c := range f.of[who].calls {
		if pushBreakers[c.name] && c.At < s.to && (c.unanswered() && s.from-c.At < requestTimeout || c.answered >= s.from || c.At >= s.from) {
			return true
		}
	}
	return !f.stays(who, s)
}
