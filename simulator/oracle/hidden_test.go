package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// A picture that stands while nobody looks is no freeze, and what is captured meanwhile
// isn't expected to be shown; on the screen both count.
func TestHiddenViewerMissesNothing(t *testing.T) {
	const s = time.Second
	for _, hidden := range []bool{false, true} {
		w := goodCall(t)
		w.shows(b, a, frames{from: 2 * s, to: 8 * s, latency: s / 10})
		w.shows(b, a, frames{from: 8 * s, to: 12 * s, unseen: true})
		w.shows(b, a, frames{from: 12 * s, to: 20 * s, latency: s / 10})
		if hidden {
			w.at(8*s).Add(trace.HostState, b, trace.Nobody, "hide", "home")
			w.at(12*s).Add(trace.HostState, b, trace.Nobody, "show", "")
		}
		for _, v := range Views(endCall(w, 20*s)) {
			if v.From != a || v.To != b {
				continue
			}
			missed := *v.FramesExpected - v.Frames
			if v.Freeze.SDK.N > 0 == hidden || missed > 10 == hidden {
				t.Errorf("hidden %v: %d freezes, %d of %d frames missed", hidden, v.Freeze.SDK.N, missed, *v.FramesExpected)
			}
		}
	}
}
