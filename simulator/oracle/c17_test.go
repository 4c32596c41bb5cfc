package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC17(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	role := func(w *world, at time.Duration) { w.event(at, trace.ServerRole, a, no, audience) }
	// a publishes, b and c were told of it.
	base := func(w *world) {
		w.all()
		w.streams(a, 2*s, 10*s)
		w.told(3*s, b, a, streamAdded)
		w.told(3*s, c, a, streamAdded)
	}
	tell := func(w *world, at time.Duration) { w.told(at, b, a, streamRemoved); w.told(at, c, a, streamRemoved) }
	judged(t, "C17", 40*s, base, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"in order", func(w *world) { w.ceases(a, 10*s); tell(w, 10*s); role(w, 10*s) }, Held, ""},
		{"keeps all", func(w *world) { role(w, 10*s) }, Violated, "its push is taken in for"},
		{"keeps its URL", func(w *world) { w.event(10*s, trace.ServerPushClosed, a, no, "revoked"); role(w, 10*s) }, Violated, "its publish URL is still good"},
		{"keeps its push", func(w *world) { w.event(10*s, trace.ServerUnpublish, a, no, ""); tell(w, 10*s); role(w, 10*s) }, Violated, "its push is taken in"},
		{"is let in again", func(w *world) {
			w.ceases(a, 10*s)
			tell(w, 10*s)
			role(w, 10*s)
			w.event(12*s, trace.ServerPushOpened, a, no, "")
		}, Violated, "its push is taken in"},
		{"one is not told", func(w *world) { w.ceases(a, 10*s); w.told(10*s, b, a, streamRemoved); role(w, 10*s) }, Violated, "c: was not told"},
		{"a page doesn't hear", func(w *world) {
			w.ceases(a, 10*s)
			w.told(10*s, b, a, streamRemoved)
			w.event(10*s, trace.ServerAnnounced, c, a, streamRemoved)
			role(w, 10*s)
		}, Violated, "c: its page never heard"},
		{"a page on a bad network doesn't hear", func(w *world) {
			w.ceases(a, 10*s)
			w.told(10*s, b, a, streamRemoved)
			w.event(10*s, trace.ServerAnnounced, c, a, streamRemoved)
			role(w, 10*s)
			w.troubles(12*s, c)
		}, Held, ""},
		{"a page that leaves doesn't hear", func(w *world) {
			w.ceases(a, 10*s)
			w.told(10*s, b, a, streamRemoved)
			w.event(10*s, trace.ServerAnnounced, c, a, streamRemoved)
			role(w, 10*s)
			w.asks(11*s, c, no, "leave", "")
		}, Held, ""},
		{"one who had left isn't told", func(w *world) {
			w.at(9 * s).left(c)
			w.ceases(a, 10*s)
			w.told(10*s, b, a, streamRemoved)
			role(w, 10*s)
		}, Held, ""},
		{"unpublished before: another's matter", func(w *world) { w.ceases(a, 9*s); role(w, 10*s) }, NotRun, ""},
		{"never published", func(w *world) { w.event(10*s, trace.ServerRole, b, no, audience) }, NotRun, ""},
		{"became broadcaster again and pushes", func(w *world) {
			w.ceases(a, 10*s)
			tell(w, 10*s)
			role(w, 10*s)
			w.event(12*s, trace.ServerRole, a, no, broadcaster)
			w.streams(a, 13*s, 15*s)
		}, Held, ""},
	})
	judged(t, "C17", 40*s, func(w *world) { w.at(s).enters(a, audience) }, []story{
		{"an audience from the beginning", func(w *world) {}, NotRun, ""},
	})
}
