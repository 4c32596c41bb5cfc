package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC18(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	judged(t, "C18", 20*s, func(*world) {}, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"counts as broadcaster", func(w *world) { w.at(s).enters(b, broadcaster) }, Held, ""},
		{"counts as audience", func(w *world) { w.at(s).enters(b, audience) }, Violated, "lists it as audience"},
		{"had set its role", func(w *world) { w.asks(s, b, no, "setRole", audience); w.enters(b, audience) }, NotRun, ""},
		{"another had", func(w *world) { w.asks(s, a, no, "setRole", audience); w.enters(b, audience) }, Violated, ""},
		{"had set it on a client before", func(w *world) {
			w.asks(s, b, no, "setRole", audience)
			w.asks(s, b, no, "destroy", "")
			w.enters(b, audience)
		}, Violated, ""},
		{"join failed", func(w *world) { w.call(b, no, "join", "", false, 901) }, NotRun, ""},
		{"join is never answered", func(w *world) { w.issue(b, no, "join", ""); w.now += s; w.joined(b, audience) }, NotRun, ""},
		{"a session of before", func(w *world) { w.joined(b, audience); w.now += s; w.left(b); w.call(b, no, "join", "", true, 0) }, NotRun, ""},
		{"rejoin", func(w *world) {
			n := w.asks(s, b, no, "rejoin", "")
			w.joined(b, audience)
			w.gives(2*s, b, n, "", 0)
		}, Violated, ""},
	})
}
