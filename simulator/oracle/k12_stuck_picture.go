package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// StuckLeast is how long one picture must be shown again and again for a user to report
// it as stuck. Fidelity: assumed.
const StuckLeast = 3 * time.Second

// K12: a member's camera gives the same picture again and again (摄像头画面卡住): new
// pictures are shown, their time stamps and the sound go on, but what they show has one
// frame number. Its app is on the screen. Of a link that stands still nothing is shown.
// Whom somebody sees without numbers, garbled or as a recording, may be stuck as well.
var _ = register(judge{id: "K12", look: func(f *facts) (found []Finding, applies bool) {
	unread := false
	for _, p := range f.pairs {
		t := f.tracks[p]
		unread = unread || hides(t.shown, f.faceToFace(t), StuckLeast, func(ev *trace.Event) bool {
			return showsNumber(ev) || ev.V[3]&(trace.ShownBlack|trace.ShownWaiting) != 0
		})
		for _, w := range f.faceToFace(t) {
			shown := in(t.shown, w)
			for i := 0; i < len(shown); {
				n := repeats(shown[i:])
				applies = applies || showsNumber(shown[i])
				if s, stuck := f.stuck(t, shown[i:i+n]); stuck {
					found = append(found, f.find(p.to, s.from+StuckLeast, "sees %s stand still for %s: picture %d is shown %d times, and time stamps and sound go on",
						f.name(p.from), seconds(s.length()), shown[i].V[0], n))
				}
				i += n
			}
		}
	}
	return found, len(found) > 0 || applies && !unread
}})

// showsNumber tells whether a picture's own number could be read, and it isn't black.
func showsNumber(ev *trace.Event) bool {
	return ev.V[0] >= 0 && ev.V[1] >= 0 && ev.V[3]&(trace.ShownForeign|trace.ShownBlack) == 0
}

// repeats is how many of the pictures, the first included, show what the first does.
func repeats(shown []*trace.Event) int {
	n := 1
	for n < len(shown) && showsNumber(shown[0]) && shown[n].V[0] == shown[0].V[0] && shown[n].V[1] == shown[0].V[1] {
		n++
	}
	return n
}

// stuck tells whether so many showings of one picture are a camera that is stuck.
func (f *facts) stuck(t *track, shown []*trace.Event) (span, bool) {
	first, last := shown[0], shown[len(shown)-1]
	s := span{first.At, last.At}
	media := time.Duration(last.V[4]-first.V[4]) * time.Millisecond
	if s.length() < StuckLeast || media < s.length()/2 || !often(len(shown), s) {
		return s, false
	}
	sound := total(cross(f.audible(t), []span{s}))
	return s, soundHeard(t, s) >= sound/2
}
