package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// GarbledLeast is the shortest garbled stretch that a user would report. Garbled
// pictures with less than this between them are one stretch, of which only what they
// stood for counts. Fidelity: assumed.
const GarbledLeast = time.Second

// garblingSystem is whose users the issue is about. Source: release notes 1.1.0;
// fidelity: documented.
const garblingSystem = "iOS 12.0"

// K15: the picture of a user of iOS 12.0 is garbled for those who watch it (iOS 12.0
// 用户的远端画面必现花屏); what garbles a picture of another system is another thing. Told
// from the decoded picture's own checksum, so it can't be mistaken for a frozen or black
// one. A recording has none.
var _ = register(judge{id: "K15", look: func(f *facts) (found []Finding, applies bool) {
	unread := false
	for _, p := range f.pairs {
		if f.rec.Head.Members[p.from].OS != garblingSystem {
			continue
		}
		t := f.tracks[p]
		unread = unread || hides(t.shown, f.visible(t), GarbledLeast, func(ev *trace.Event) bool { return ev.V[3]&trace.ShownForeign == 0 })
		readable := 0
		for _, ev := range t.shown {
			if ev.V[3]&trace.ShownForeign == 0 {
				readable++
			}
		}
		applies = applies || readable > 0
		for _, s := range stretchesOf(t.shown, f.visible(t), GarbledLeast, garbled) {
			if s.stood >= GarbledLeast {
				found = append(found, f.find(p.to, s.from, "sees %s garbled for %s (%d of %d pictures)", f.name(p.from), seconds(s.stood), s.pictures, readable))
			}
		}
	}
	return found, len(found) > 0 || applies && !unread
}})
