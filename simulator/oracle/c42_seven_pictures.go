package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// mostTiles is how many pictures a mini-program shows, its own included.
// Source: release notes 1.1.0, and the demo's max_user; fidelity: documented.
const mostTiles = 7

// C42: with more than seven streams a page shows seven pictures, its own included;
// the others wait, and when one goes the next is shown.
var _ = register(judge{id: "C42", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for id := range f.of {
		wrong, any := f.sevenPictures(trace.ActorID(id))
		found, applies = append(found, wrong...), applies || any
	}
	return found, applies || len(found) > 0
}})

func (f *facts) sevenPictures(who trace.ActorID) (found []Finding, applies bool) {
	has, calls := newTiles(), f.byNumber(who)
	free := never // since when a place is free and somebody waits
	crowded := false
	check := func(now time.Duration) {
		if free != never && now > free+pageActs {
			found = append(found, f.find(who, free+pageActs, "has a place for another picture, and somebody waits"))
			free = never
		}
	}
	for _, ev := range f.of[who].story {
		check(ev.At)
		has.event(f, ev, calls)
		shown, waiting := f.pictures(has)
		crowded = crowded || shown+waiting > mostTiles
		applies = applies || crowded
		switch {
		case shown > mostTiles:
			return append(found, f.find(who, ev.At, "shows %d pictures, and a mini-program shows %d at most", shown, mostTiles)), true
		case !crowded || waiting == 0 || shown == mostTiles:
			free = never
		case free == never:
			free = ev.At
		}
	}
	check(f.end)
	return found, applies
}

// pictures counts the pictures on a page, and the streams with pictures that wait for
// a place. A tile of one that has gone doesn't count as shown: it keeps the next out.
func (f *facts) pictures(has tiles) (shown, waiting int) {
	for id, m := range f.rec.Head.Members {
		peer := trace.ActorID(id)
		switch {
		case m.Camera == "off":
		case has.shown[peer] && has.held[peer]:
			shown++
		case has.held[peer]:
			waiting++
		}
	}
	return shown, waiting
}
