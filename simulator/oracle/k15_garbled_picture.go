package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// GarbledLeast is the shortest garbled stretch that a user would report. Garbled
// pictures with less than this between them are one stretch, of which only what they
// stood for counts. Fidelity: assumed.
const GarbledLeast = time.Second

// K15: a member's picture is garbled for those who watch it (花屏). Told from the
// decoded picture's own checksum, so it can't be mistaken for a frozen or black one.
var _ = register(judge{id: "K15", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		t := f.tracks[p]
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
	return found, applies
}})
