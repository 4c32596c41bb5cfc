package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC47(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	// a and b are there; c comes as audience at 5 s and goes at 20 s.
	base := func(w *world) {
		w.at(s).enters(a, broadcaster)
		w.at(s).enters(b, broadcaster)
		w.at(5*s).enters(c, audience)
		w.at(20 * s).left(c)
	}
	judged(t, "C47", 40*s, base, []story{
		{"nobody hears", func(w *world) {}, Held, ""},
		{"hears of a stream", func(w *world) { w.event(6*s, trace.ClientEvent, a, c, streamAdded) }, Violated, "was told stream-added of c"},
		{"is told by the server", func(w *world) { w.event(6*s, trace.ServerNotified, a, c, "role-changed") }, Violated, "was told role-changed of c"},
		{"is told of its end", func(w *world) { w.event(20*s, trace.ServerAnnounced, b, c, streamRemoved) }, Violated, "b: was told stream-removed of c"},
		{"hears of another", func(w *world) { w.event(6*s, trace.ClientEvent, a, b, streamAdded) }, Held, ""},
		{"c hears of itself", func(w *world) { w.event(6*s, trace.ServerNotified, c, c, "key-will-expire") }, Held, ""},
		{"it became broadcaster", func(w *world) {
			w.event(8*s, trace.ServerRole, c, no, broadcaster)
			w.event(9*s, trace.ServerNotified, a, c, "role-changed")
		}, Held, ""},
		{"before it came", func(w *world) { w.event(3*s, trace.ServerNotified, a, c, "role-changed") }, Held, ""},
		{"it has a stream, of which others may hear", func(w *world) {
			w.event(8*s, trace.ServerRole, c, no, broadcaster)
			w.streams(c, 9*s, 10*s)
			w.told(9*s, a, c, streamAdded)
		}, NotRun, ""},
	})
	judged(t, "C47", 40*s, func(w *world) { w.at(5*s).enters(c, audience) }, []story{
		{"nobody else is there", func(w *world) {}, NotRun, ""},
		{"nobody was there at that time", func(w *world) { w.at(10 * s).left(c); w.at(20*s).enters(a, broadcaster) }, NotRun, ""},
		{"one comes later", func(w *world) { w.at(20*s).enters(a, broadcaster) }, Held, ""},
	})
	judged(t, "C47", 40*s, func(w *world) {
		w.cast(func(m []trace.Member) { m[0].Origin = "native" })
		w.at(s).enters(a, broadcaster)
		w.at(5*s).enters(c, audience)
	}, []story{
		{"only members of other SDKs are there", func(w *world) { w.event(6*s, trace.ServerNotified, a, c, "user-joined") }, NotRun, ""},
	})
}
