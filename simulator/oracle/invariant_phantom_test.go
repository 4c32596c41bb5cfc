package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// told has the server tell a member of another's stream, and its SDK raise the event.
func (w *world) told(at time.Duration, who, about trace.ActorID, name string) {
	w.event(at, trace.ServerAnnounced, who, about, name)
	w.event(at+50*ms, trace.ClientEvent, who, about, name, int64(about)+1, 0, 0, 1)
}

func TestNoPhantom(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	// a and b join at 1 s; a publishes at 2 s and b is told of it at 3 s.
	base := func(w *world) {
		w.event(s, trace.ServerJoined, a, no, "broadcaster")
		w.event(s, trace.ServerJoined, b, no, "broadcaster")
		w.event(2*s, trace.ServerPublish, a, no, "")
		w.event(2*s, trace.ServerPushOpened, a, no, "")
		w.told(3*s, b, a, streamAdded)
	}
	ends := func(w *world, at time.Duration) {
		w.event(at, trace.ServerUnpublish, a, no, "")
		w.event(at, trace.ServerPushClosed, a, no, "revoked")
		w.told(at, b, a, streamRemoved)
	}
	rejoin := func(w *world, at time.Duration, speakers string) {
		w.event(at-s, trace.ServerLeft, b, no, "closed")
		w.at(at)
		w.Add(trace.CallIssued, b, no, "rejoin", speakers, 90, 0, 2)
		w.event(at, trace.ServerJoined, b, no, "broadcaster", 2, 1)
	}
	cases := []struct {
		name    string
		do      func(w *world)
		want    string
		mention string
	}{
		{"nothing", func(w *world) { w.event(s, trace.ServerJoined, a, no, "broadcaster") }, NotRun, ""},
		{"added", base, Held, ""},
		{"added and removed", func(w *world) { base(w); ends(w, 8*s) }, Held, ""},
		{"added, removed, added again", func(w *world) {
			base(w)
			ends(w, 8*s)
			w.event(9*s, trace.ServerPublish, a, no, "")
			w.told(9*s, b, a, streamAdded)
		}, Held, ""},
		{"added of one who doesn't publish", func(w *world) { base(w); w.told(4*s, b, c, streamAdded) }, Violated, "a stream of c, which publishes none"},
		{"added after its end", func(w *world) { base(w); ends(w, 8*s); w.told(9*s, b, a, streamAdded) }, Violated, "publishes none"},
		{"added after the publisher left", func(w *world) {
			base(w)
			w.event(8*s, trace.ServerLeft, a, no, "leave")
			w.told(9*s, b, a, streamAdded)
		}, Violated, "publishes none"},
		{"of itself, by the server", func(w *world) { base(w); w.told(4*s, a, a, streamAdded) }, Violated, "the server told it stream-added of itself"},
		{"of itself, by the SDK", func(w *world) {
			base(w)
			w.event(4*s, trace.ClientEvent, a, a, streamAdded, 1, 0, 0, 1)
		}, Violated, "its SDK raised stream-added of itself"},
		{"by the SDK alone", func(w *world) {
			base(w)
			w.event(4*s, trace.ClientEvent, b, a, streamAdded, 1, 0, 0, 1)
		}, Violated, "its SDK raised stream-added of a, which the server had not told"},
		{"removed by the SDK alone", func(w *world) {
			base(w)
			w.event(4*s, trace.ClientEvent, b, a, streamRemoved, 1, 0, 0, 1)
		}, Violated, "its SDK raised stream-removed of a"},
		{"other events by the SDK alone", func(w *world) {
			base(w)
			w.event(4*s, trace.ClientEvent, b, a, "mute-audio", 1, 0, 0, 1)
		}, Held, ""},
		{"removed without having been added", func(w *world) { base(w); w.told(4*s, b, c, streamRemoved) }, Violated, "of which it had not been told"},
		{"removed twice", func(w *world) { base(w); ends(w, 8*s); w.told(9*s, b, a, streamRemoved) }, Violated, "of which it had not been told"},
		{"removed while it goes on", func(w *world) { base(w); w.told(8*s, b, a, streamRemoved) }, Violated, "which goes on"},
		{"removed as it ends", func(w *world) {
			base(w)
			w.told(8*s, b, a, streamRemoved)
			w.event(8*s, trace.ServerPushClosed, a, no, "revoked")
		}, Held, ""},
		{"told on the way out, never raised", func(w *world) {
			base(w)
			w.event(8*s, trace.ServerUnpublish, a, no, "")
			w.event(8*s, trace.ServerAnnounced, b, a, streamRemoved)
		}, Held, ""},
		{"back: all again", func(w *world) { base(w); rejoin(w, 10*s, "1 2"); w.told(10*s, b, a, streamAdded) }, Held, ""},
		{"back: gone meanwhile", func(w *world) {
			base(w)
			w.event(9500*ms, trace.ServerLeft, a, no, "leave")
			w.event(9500*ms, trace.ServerPushClosed, a, no, "revoked")
			rejoin(w, 10*s, "1 2")
			w.told(10*s, b, a, streamRemoved)
		}, Held, ""},
		{"back: gone, named by nobody", func(w *world) {
			base(w)
			w.event(9500*ms, trace.ServerLeft, a, no, "leave")
			rejoin(w, 10*s, "1 2")
			w.event(10*s, trace.ServerAnnounced, b, no, streamRemoved)
			w.event(10100*ms, trace.ClientEvent, b, a, streamRemoved, 1, 0, 0, 2)
		}, Held, ""},
		{"back: gone, which it hadn't said it knew", func(w *world) {
			base(w)
			w.event(9500*ms, trace.ServerLeft, a, no, "leave")
			rejoin(w, 10*s, "2")
			w.told(10*s, b, a, streamRemoved)
		}, Violated, "of which it had not been told"},
		{"fresh: what the session before knew is forgotten", func(w *world) {
			base(w)
			w.event(9*s, trace.ServerLeft, b, no, "leave")
			w.event(9500*ms, trace.ServerLeft, a, no, "leave")
			w.event(10*s, trace.ServerJoined, b, no, "broadcaster", 2, 0)
			w.told(10*s, b, a, streamRemoved)
		}, Violated, "of which it had not been told"},
		{"back: known, but not there yet", func(w *world) {
			base(w)
			w.event(8*s, trace.ServerLeft, a, no, "closed")
			w.event(8*s, trace.ServerPushClosed, a, no, "revoked")
			w.event(8500*ms, trace.ServerJoined, a, no, "broadcaster", 1, 1)
			w.event(8500*ms, trace.ServerPublish, a, no, "")
			w.event(8600*ms, trace.ServerPushOpened, a, no, "")
			rejoin(w, 10*s, "1 2")
			w.told(10*s, b, a, streamRemoved)
			w.told(11*s, b, a, streamAdded)
		}, Held, ""},
		{"a destroyed client", func(w *world) {
			base(w)
			w.at(5 * s)
			w.Add(trace.CallIssued, b, no, "destroy", "", 91, 0, 1)
			ends(w, 5*s)
		}, Violated, "a client that its page had destroyed raised stream-removed"},
		{"the client after it", func(w *world) {
			base(w)
			w.at(5 * s)
			w.Add(trace.CallIssued, b, no, "destroy", "", 91, 0, 7)
			ends(w, 5*s)
		}, Held, ""},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 20*s)
			x.do(w)
			invariantIs(t, w.seal(), "no-phantom", x.want, x.mention)
		})
	}
}
