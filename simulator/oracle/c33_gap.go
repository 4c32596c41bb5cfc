package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// C33: who comes back ends without the tiles of those who went meanwhile, and with
// tiles of those who came.
var _ = register(judge{id: "C33", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for id, m := range f.of {
		who := trace.ActorID(id)
		for _, s := range m.stays {
			if !s.back || !f.stays(who, span{s.from, s.from + 2*newsLate}) {
				continue
			}
			wrong, any := f.afterGap(who, s)
			found, applies = append(found, wrong...), applies || any
		}
	}
	return found, applies || len(found) > 0
}})

// afterGap compares a page's tiles some time after it is back with who has a stream.
// What is right counts on any network; what is not may be late on a bad one.
func (f *facts) afterGap(who trace.ActorID, s *stay) (found []Finding, applies bool) {
	settled := s.from + 2*newsLate // to hear of it, and to ask for the stream
	before, after := f.tilesAt(who, s.from), f.tilesAt(who, settled)
	lost, sure := f.lostAt(who, s.from), f.mustHear(who, s.from)
	for about, m := range f.of {
		peer := trace.ActorID(about)
		if peer == who || f.channelOf(peer) != f.channelOf(who) {
			continue
		}
		there := cross(m.granted.spans, []span{{s.from, settled}})
		switch {
		case before.shown[peer] && len(there) == 0:
			applies = applies || !after.shown[peer]
			if after.shown[peer] && sure {
				found = append(found, f.find(who, settled, "has come back, and still shows %s, which went meanwhile", f.name(peer)))
			}
		case !before.held[peer] && total(there) == settled-s.from && len(after.held) < mostTiles:
			granted, _ := at(m.granted.spans, s.from)
			flows, ok := m.flows(granted)
			if granted.from < lost || !ok || flows.from > s.from {
				continue
			}
			applies = applies || after.shown[peer]
			if !after.shown[peer] && sure {
				found = append(found, f.find(who, settled, "has come back, and does not show %s, which came meanwhile", f.name(peer)))
			}
		}
	}
	return found, applies
}

// lostAt is when a member that comes back at a time lost its session: when its page
// heard of it, or the gateway ended it, whichever was first.
func (f *facts) lostAt(who trace.ActorID, back time.Duration) time.Duration {
	var lost time.Duration
	for _, s := range f.of[who].stays {
		if s.to <= back && s.over {
			lost = s.to
		}
	}
	for _, ev := range f.sessionErrors(who) {
		if ev.At <= back && (lost == 0 || ev.At < lost) {
			lost = ev.At
		}
	}
	return lost
}
