package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// GarbledLeast is the shortest garbled stretch that a user would report.
// Fidelity: assumed.
const GarbledLeast = time.Second

// K15: a member's picture is garbled for those who watch it (花屏). Told from the
// decoded picture's own checksum, so it can't be mistaken for a frozen or black one.
var _ = register(judge{id: "K15", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		shown := f.shown[p]
		windows := f.visible(p)
		garbled, readable := 0, 0
		var total time.Duration
		var since time.Duration
		for i, ev := range shown {
			if ev.V[3]&trace.ShownForeign != 0 {
				continue
			}
			readable++
			if ev.V[3]&trace.ShownGarbled == 0 {
				continue
			}
			if garbled == 0 {
				since = ev.At
			}
			garbled++
			total += stoodFor(shown, i, windows)
		}
		applies = applies || readable > 0
		if total >= GarbledLeast {
			found = append(found, f.find(p.to, since, "sees %s garbled for %s (%d of %d pictures)", f.name(p.from), seconds(total), garbled, readable))
		}
	}
	return found, applies
}})
