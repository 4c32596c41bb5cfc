package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// K11a: the mini-program quits by itself (异常退出微信小程序) while it is on the screen:
// all its connections end at one instant, nobody having left, and the user is back in
// WeChat, with a prompt.
var _ = register(judge{id: "K11a", look: func(f *facts) ([]Finding, bool) {
	return f.exits("destroy", "the mini-program quits by itself")
}})

// K11b: WeChat itself crashes (微信崩溃): the same, and the user is on the home screen.
var _ = register(judge{id: "K11b", look: func(f *facts) ([]Finding, bool) {
	return f.exits("killed", "WeChat crashes")
}})

// exits are the ends of a page on the screen, in a state of its host, that it did
// nothing for.
func (f *facts) exits(state, what string) (found []Finding, applies bool) {
	for i, m := range f.of {
		id := trace.ActorID(i)
		applies = applies || len(m.stays) > 0
		away, called := false, time.Duration(-1)
		for _, ev := range m.story {
			switch {
			case ev.Kind == trace.CallIssued && (f.text(ev.Text) == "leave" || f.text(ev.Text) == "destroy"):
				called = ev.At
			case ev.Kind != trace.HostState:
			case f.text(ev.Text) == "hide":
				away = true
			case f.text(ev.Text) == "show":
				away = false
			case f.text(ev.Text) == state && !away && called != ev.At && m.inAt(ev.At):
				found = append(found, f.find(id, ev.At, "%s after %s in the channel, playing %d streams", what, seconds(ev.At-m.enteredAt(ev.At)), f.playingAt(id, ev.At)))
			}
		}
	}
	return found, applies
}

// inAt tells whether a member had a session until then.
func (m *member) inAt(at time.Duration) bool { return m.enteredAt(at) != never }

// enteredAt is when the session began that a member has at a time; never if it has none.
func (m *member) enteredAt(at time.Duration) time.Duration {
	for _, s := range m.stays {
		if s.from <= at && (s.to >= at || !s.over) {
			return s.from
		}
	}
	return never
}

// playingAt counts whom a member plays just before a time.
func (f *facts) playingAt(id trace.ActorID, at time.Duration) int {
	n := 0
	for _, t := range f.of[id].views {
		if t.to == id && t.playing.at(at-1) {
			n++
		}
	}
	return n
}
