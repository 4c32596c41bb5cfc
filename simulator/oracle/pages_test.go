package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// What the vendor's demo promises is asked of no other page; what the SDK must not do is,
// whatever page runs on it.
func TestPagesAreAskedForTheirOwnPromises(t *testing.T) {
	recovers := func(change func(x *recovering)) func(w *world) {
		return func(w *world) { x := byTheBook(); change(&x); x.record(w) }
	}
	const at = 30 * time.Second
	fails := func(then func(w *world)) func(w *world) {
		return func(w *world) {
			w.on(10*time.Second, trace.AppState, a, "joined", "")
			w.pageCalls(11*time.Second, a, 1, "publish", "", 200, "rtmp://own")
			w.on(12*time.Second, trace.PushStarted, a, "", "rtmp://own", 1, 1)
			w.on(at, trace.PusherCode, a, "", "", codePushGaveUp)
			then(w)
		}
	}
	leave := func(w *world) { w.pageCalls(at, a, 1, "leave", "", 0, "") }
	for _, x := range []struct {
		name, id    string
		do          func(w *world)
		demo, other string
	}{
		{"recovers by the book", "C32", recovers(func(x *recovering) {}), Held, NotRun},
		{"keeps its client", "C32", recovers(func(x *recovering) { x.destroy = false }), Violated, NotRun},
		{"plays on from the old URL", "C32", recovers(func(x *recovering) { x.playsOld = true }), Violated, NotRun},
		{"leaves when its pusher gave up", "C45", fails(leave), Held, NotRun},
		{"stays when its pusher gave up", "C45", fails(func(w *world) {}), Violated, NotRun},
		{"has an SDK that acts by itself", "C45", fails(func(w *world) {
			w.on(at+10*ms, trace.SocketSent, a, "gateway", "update_url", firstSocket, 50)
			leave(w)
		}), Violated, Violated},
	} {
		t.Run(x.id+" "+x.name, func(t *testing.T) {
			w := newWorld(t, 50*time.Second)
			x.do(w)
			r := w.seal()
			expect(t, r, x.id, x.demo, "")
			r.Head.Page = "another"
			expect(t, r, x.id, x.other, "")
		})
	}
}
