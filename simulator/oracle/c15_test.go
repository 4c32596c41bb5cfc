package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC15(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	role := func(w *world, at time.Duration, role string) { w.event(at, trace.ServerRole, b, no, role) }
	set := func(w *world, to string) int64 { return w.asks(5*s, b, no, "setRole", to) }
	judged(t, "C15", 40*s, func(w *world) { w.at(s).enters(b, broadcaster) }, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"changes", func(w *world) { n := set(w, audience); role(w, 5100*ms, audience); w.gives(5200*ms, b, n, "", 0) }, Held, ""},
		{"succeeds and changes nothing", func(w *world) { w.gives(5200*ms, b, set(w, audience), "", 0) }, Violated, "still lists it as broadcaster"},
		{"changes to something else", func(w *world) { n := set(w, audience); role(w, 5100*ms, broadcaster); w.gives(5200*ms, b, n, "", 0) }, Violated, "still lists"},
		{"changes after its answer", func(w *world) { w.gives(5200*ms, b, set(w, audience), "", 0); role(w, 6*s, audience) }, Violated, "still lists"},
		{"answered twice", func(w *world) {
			n := set(w, audience)
			role(w, 5100*ms, audience)
			w.gives(5200*ms, b, n, "", 0)
			w.gives(5300*ms, b, n, "", 0)
		}, Violated, "succeeded 2 times"},
		{"the same role again", func(w *world) { n := set(w, broadcaster); role(w, 5100*ms, broadcaster); w.gives(5200*ms, b, n, "", 0) }, Held, ""},
		{"never answered", func(w *world) { set(w, audience) }, Violated, "never answered"},
		{"never answered, and it left", func(w *world) { set(w, audience); w.asks(8*s, b, no, "leave", "") }, NotRun, ""},
		{"timed out", func(w *world) { n := set(w, audience); w.at(15 * s); w.answer(b, n, false, 903) }, NotRun, ""},
		{"refused", func(w *world) { n := set(w, audience); w.at(6 * s); w.answer(b, n, false, 431) }, NotRun, ""},
		{"no role at all", func(w *world) { w.gives(5200*ms, b, set(w, "king"), "", 0) }, NotRun, ""},
		{"the session ended before the answer", func(w *world) { n := set(w, audience); w.at(5100 * ms).left(b); w.gives(5200*ms, b, n, "", 0) }, NotRun, ""},
		{"two calls, each its own", func(w *world) {
			n := set(w, audience)
			role(w, 5100*ms, audience)
			w.gives(5200*ms, b, n, "", 0)
			n = w.asks(8*s, b, no, "setRole", broadcaster)
			w.gives(8200*ms, b, n, "", 0)
		}, Violated, "setRole(broadcaster) succeeded"},
		{"two calls at once, carried out one after the other", func(w *world) {
			n, m := set(w, audience), set(w, audience)
			role(w, 6*s, audience)
			w.gives(6100*ms, b, n, "", 0)
			role(w, 6050*ms, audience)
			w.gives(6200*ms, b, m, "", 0)
		}, Held, ""},
		{"before join", func(w *world) { w.asks(500*ms, c, no, "setRole", audience) }, NotRun, ""},
	})
}
