package oracle

import (
	"minilab/simulator/trace"
)

// rightPicture: what the tile of a member shows and plays is of that member. Pictures
// that can't be read, and recordings, say nothing.
var rightPicture = judge{id: "right-picture", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for from, m := range f.of {
		want := int64(f.rec.Head.Members[from].UID)
		for _, t := range m.views {
			if int(t.from) != from || want == 0 {
				continue
			}
			wrong, any := f.ofAnother(t, t.shown, want, pictureOf, "shows a picture")
			found, applies = append(found, wrong...), applies || any
			wrong, any = f.ofAnother(t, t.played, want, soundOf, "plays sound")
			found, applies = append(found, wrong...), applies || any
		}
	}
	return found, applies
}}

// pictureOf is the uid in a picture, if it could be read and is our test picture.
func pictureOf(ev *trace.Event) (uid int64, readable bool) {
	return ev.V[2], ev.V[3]&(trace.ShownGarbled|trace.ShownForeign|trace.ShownBroken) == 0
}

func soundOf(ev *trace.Event) (uid int64, readable bool) { return ev.V[3], true }

// ofAnother finds stretches of media of another member than the tile's; one finding
// for each stretch, so that a whole call of them stays readable.
func (f *facts) ofAnother(t *track, media []*trace.Event, want int64, read func(*trace.Event) (int64, bool), does string) (found []Finding, any bool) {
	last := want
	for _, ev := range media {
		uid, readable := read(ev)
		if !readable || uid < 0 {
			continue
		}
		any = true
		if uid != want && uid != last {
			found = append(found, f.find(t.to, ev.At, "its tile of %s %s of uid %d", f.name(t.from), does, uid))
		}
		last = uid
	}
	return found, any
}
