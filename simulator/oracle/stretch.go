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
