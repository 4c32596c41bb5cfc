package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// stretch is a time in which pictures of a kind stood on a screen.
type stretch struct {
	span
	stood    time.Duration // of the span: others may lie between
	pictures int
}

// stretchesOf finds the pictures of a kind; those with less than gap between them are
// one stretch. Recordings can't be read and are of no kind.
func stretchesOf(shown []*trace.Event, windows []span, gap time.Duration, is func(*trace.Event) bool) []stretch {
	var out []stretch
	for i, ev := range shown {
		if ev.V[3]&trace.ShownForeign != 0 || !is(ev) {
			continue
		}
		stood := stoodFor(shown, i, windows)
		if n := len(out); n > 0 && ev.At-out[n-1].to < gap {
			s := &out[n-1]
			s.to, s.stood, s.pictures = ev.At+stood, s.stood+stood, s.pictures+1
			continue
		}
		out = append(out, stretch{span{ev.At, ev.At + stood}, stood, 1})
	}
	return out
}

// hides tells whether pictures that a judge can't read stood on a screen, one after the
// other, for so long that they may hide what it looks for. A run with such ones doesn't
// show that there was nothing.
func hides(shown []*trace.Event, windows []span, least time.Duration, read func(*trace.Event) bool) bool {
	unread := time.Duration(0)
	for i, ev := range shown {
		if read(ev) {
			unread = 0
		} else if unread += stoodFor(shown, i, windows); unread >= least {
			return true
		}
	}
	return false
}
