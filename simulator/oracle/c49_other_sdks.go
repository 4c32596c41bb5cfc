package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// meetLate is how long members of different SDKs may take to see and hear each other:
// to hear of the stream, ask for it, connect and be sent a key frame, on a network
// that loses something. Fidelity: assumed.
const meetLate = 15 * time.Second

// C49: a Native or Web member that publishes is announced, subscribed to and shown at
// a mini-program, and a mini-program's stream is shown there.
var _ = register(judge{id: "C49", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for from := range f.of {
		for to := range f.of {
			p := pair{from: trace.ActorID(from), to: trace.ActorID(to)}
			if from == to || f.page(p.from) == f.page(p.to) || f.channelOf(p.from) != f.channelOf(p.to) || f.rec.Head.Members[from].Codec != "" {
				continue
			}
			wrong, any := f.meets(p)
			found, applies = append(found, wrong...), applies || any
		}
	}
	return found, applies
}})

// meets looks at what one member gets of another that it meets for long enough.
func (f *facts) meets(p pair) (found []Finding, applies bool) {
	t, m := f.track(p), f.of[p.from]
	for _, published := range m.granted.spans {
		flows, ok := m.flows(published)
		if !ok {
			continue
		}
		for _, there := range cross(sessionsOf(f.of[p.to].stays), []span{{flows.from, published.to}}) {
			s := span{there.from, there.from + meetLate}
			if there.length() < meetLate || !f.stays(p.to, s) || !f.stays(p.from, s) || f.turnsAwayFrom(p, s) {
				continue
			}
			seen := len(in(t.shown, s)) > 0
			heard := len(in(t.played, s)) > 0
			sees := total(cross(f.visible(t), []span{s})) > 0 || messages(m.mediaIn, video, []span{s}) >= flowFewest
			hears := messages(m.mediaIn, audio, []span{s}) >= flowFewest
			switch {
			case (!sees || seen) && (!hears || heard):
				applies = applies || sees || hears
			case !f.steady(p.from, s) || !f.steady(p.to, s):
			case sees && !seen:
				found = append(found, f.find(p.to, s.to, "sees nothing of %s, which publishes pictures", f.name(p.from)))
			default:
				found = append(found, f.find(p.to, s.to, "hears nothing of %s, which publishes sound", f.name(p.from)))
			}
		}
	}
	return found, applies || len(found) > 0
}

// turnsAwayFrom tells whether a viewer's page gave a stream up, or has no place for it.
func (f *facts) turnsAwayFrom(p pair, s span) bool {
	for _, c := range f.of[p.to].calls {
		if c.At < s.to && c.Peer == p.from && (c.name == "mute" || c.name == "unsubscribe") {
			return true
		}
	}
	return f.page(p.to) && len(f.tilesAt(p.to, s.to).held) >= mostTiles
}
