package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// RotatedLeast is the shortest time for which a picture that isn't upright is one:
// the page turns its player a second after it was told, and so long it is turned by
// rights. Source: vendor's demo (1 s), as much again for all else; fidelity: assumed.
const RotatedLeast = 2 * time.Second

// K3: a remote window is rotated (远端窗口旋转): what is shown of a member isn't upright
// for longer than it takes to turn the player. Told from the orientation marks of the
// decoded pictures and how the player turns them; a recording and a garbled picture have none.
var _ = register(judge{id: "K3", look: func(f *facts) (found []Finding, applies bool) {
	rotated := func(ev *trace.Event) bool { return ev.V[3]&trace.ShownRotated != 0 }
	unread := false
	for _, p := range f.pairs {
		t := f.tracks[p]
		for _, ev := range t.shown {
			applies = applies || ev.V[3]&trace.ShownForeign == 0
		}
		unread = unread || hides(t.shown, f.visible(t), RotatedLeast, func(ev *trace.Event) bool {
			return ev.V[3]&(trace.ShownForeign|trace.ShownGarbled) == 0
		})
		for _, s := range stretchesOf(t.shown, f.visible(t), RotatedLeast, rotated) {
			if s.stood >= RotatedLeast {
				found = append(found, f.find(p.to, s.from, "sees %s rotated for %s (%d pictures)", f.name(p.from), seconds(s.stood), s.pictures))
			}
		}
	}
	return found, len(found) > 0 || applies && !unread
}})
