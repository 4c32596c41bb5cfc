package oracle

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"minilab/simulator/trace"
)

const (
	// manyStreams is how many others one plays in a call of many parties: with two of them
	// it is no call of two any more. Source: release notes, 多人互通, which they tell from
	// 1 对 1; fidelity: inferred.
	manyStreams = 2
	// longCall is for how long many must have been played for the call to be a long one.
	// Source: none, the notes say 长时间 and nobody has published a time; ours leaves out a
	// page that the phone never had the memory for; fidelity: assumed.
	longCall = 5 * time.Minute
)

// memoryEnd is how the trace words an end for want of memory: the state and why.
type memoryEnd struct{ state, why string }

// K11a: after a long call of many on an iPhone the mini-program quits by itself
// (异常退出微信小程序) while it is on the screen: the system has warned twice of too little
// memory. All its connections end at one instant, nobody having left, and the user is back
// in WeChat, with a prompt.
var _ = register(judge{id: "K11a", look: func(f *facts) ([]Finding, bool) {
	return f.exits(memoryEnd{"destroy", "two memory warnings"}, "the mini-program quits by itself")
}})

// K11b: the same, but WeChat itself crashes (微信崩溃): the system ends it for the memory
// that it has (jetsam), and the user is on the home screen. Who swipes WeChat away ends it
// just as suddenly, and the system then names no reason.
var _ = register(judge{id: "K11b", look: func(f *facts) ([]Finding, bool) {
	return f.exits(memoryEnd{"killed", "memory"}, "WeChat crashes")
}})

// exits are the ends of a page on the screen of an iPhone, in the channel, after a long
// call of many and for want of memory.
func (f *facts) exits(end memoryEnd, what string) (found []Finding, applies bool) {
	for i, m := range f.of {
		id := trace.ActorID(i)
		if !f.iOS(id) {
			continue
		}
		for _, open := range minus([]span{{0, f.end + 1}}, m.gone.spans) { // what is at the end counts too
			many := f.playedMany(id, open)
			if total(many) < longCall {
				continue
			}
			applies = applies || len(m.stays) > 0
			for _, ev := range in(m.story, span{open.to, open.to + 1}) {
				if ev.Kind == trace.HostState && f.text(ev.Text) == end.state && f.text(ev.Note) == end.why && !m.hidden.at(ev.At-1) && m.inAt(ev.At) {
					found = append(found, f.find(id, ev.At, "%s after %s in the channel, %s of it playing %d streams or more, and now %d",
						what, seconds(ev.At-m.enteredAt(ev.At)), seconds(total(many)), manyStreams, f.playingAt(id, ev.At)))
				}
			}
		}
	}
	return found, applies
}

// iOS tells whether a member's phone is an iPhone.
func (f *facts) iOS(id trace.ActorID) bool {
	name, _, _ := strings.Cut(f.rec.Head.Members[id].OS, " ")
	return name == "iOS"
}

// playedMany is when a member played manyStreams others or more, within a span.
func (f *facts) playedMany(id trace.ActorID, within span) []span {
	var edges []edge
	for _, t := range f.of[id].views {
		if t.to != id {
			continue
		}
		for _, s := range cross(t.playing.spans, []span{within}) {
			edges = append(edges, edge{s.from, 1}, edge{s.to, -1})
		}
	}
	return deep(edges, manyStreams)
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

// edge is where a span begins (1) or ends (-1).
type edge struct {
	at   time.Duration
	step int
}

// deep is the time in which at least so many of the spans lie over each other.
func deep(edges []edge, least int) []span {
	slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(a.at, b.at) })
	var t toggle
	n := 0
	for i, e := range edges {
		n += e.step
		if i+1 == len(edges) || edges[i+1].at > e.at {
			t.set(n >= least, e.at)
		}
	}
	return t.spans
}
