package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// TestK4Cases: a publishes silently at 2 s, b joins at 5 s; the record ends at 30 s.
func TestK4Cases(t *testing.T) {
	const s = time.Second
	added := func(to, about trace.ActorID, text string) func(w *world) {
		return func(w *world) { w.Add(trace.ServerAnnounced, to, about, text, "") }
	}
	cases := []struct {
		name string
		do   func(w *world)
		want string
	}{
		{"never", func(w *world) {}, Reproduced},
		{"told at once", func(w *world) { added(b, a, streamAdded)(w.at(5 * s)) }, Absent},
		{"told twice", func(w *world) { added(b, a, streamAdded)(w.at(5 * s)); added(b, a, streamAdded)(w.at(10 * s)) }, Absent},
		{"told just in time", func(w *world) { added(b, a, streamAdded)(w.at(7 * s)) }, Absent},
		{"told too late", func(w *world) { added(b, a, streamAdded)(w.at(7*s + 1)) }, Reproduced},
		{"another is told", func(w *world) { added(c, a, streamAdded)(w.at(5 * s)) }, Reproduced},
		{"told of another", func(w *world) { added(b, c, streamAdded)(w.at(5 * s)) }, Reproduced},
		{"told of its end", func(w *world) { added(b, a, "stream-removed")(w.at(5 * s)) }, Reproduced},
		{"told before it joined", func(w *world) { added(b, a, streamAdded)(w.at(4 * s)) }, Reproduced},
		{"left again soon", func(w *world) { w.at(7 * s).left(b) }, Absent},
		{"left again later", func(w *world) { w.at(7*s + 1).left(b) }, Reproduced},
		{"unpublished soon", func(w *world) { w.at(7 * s); w.Add(trace.ServerUnpublish, a, trace.Nobody, "", "") }, Absent},
		{"publisher left soon", func(w *world) { w.at(7 * s).left(a) }, Absent},
		{"the publisher is killed before", func(w *world) { w.at(4*s).host(a, "killed") }, NotRun},
		{"the publisher is killed soon", func(w *world) { w.at(7*s).host(a, "killed") }, Absent},
		{"the publisher is killed later", func(w *world) { w.at(7*s+1).host(a, "killed") }, Reproduced},
		{"the joiner is killed soon", func(w *world) { w.at(7*s).host(b, "killed") }, Absent},
		{"the joiner is killed later", func(w *world) { w.at(7*s+1).host(b, "killed") }, Reproduced},
		{"the publisher is away", func(w *world) { w.at(4*s).host(a, "hide") }, Reproduced},
		{"another is killed", func(w *world) { w.at(4*s).host(c, "killed") }, Reproduced},
		{"had spoken before", func(w *world) { w.arrives(a, 5*s, 6*s) }, Absent},
		{"speaks just after", func(w *world) { w.arrives(a, 5*s+1, 6*s) }, Reproduced},
		{"had sent metadata only", func(w *world) {
			w.Emit(trace.Event{At: 4 * s, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(3 * s), 300, 0, 0, int64(3 * s)}})
		}, Reproduced},
		{"had spoken when it published before", func(w *world) { w.arrives(a, 1*s, 2*s) }, Reproduced},
		{"slow to send", func(w *world) { w.at(7*s-1).switches(a, 1, 0) }, Absent},
		{"switched on later", func(w *world) { w.at(7*s).switches(a, 1, 1) }, Reproduced},
		{"switched on and off before", func(w *world) { w.at(3*s).switches(a, 1, 1); w.at(4*s).switches(a, 0, 0) }, Reproduced},
		{"another speaks", func(w *world) { w.arrives(c, 3*s, 4*s); w.at(5*s).switches(c, 1, 1) }, Reproduced},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 30*s)
			w.at(s).joined(a, "broadcaster")
			w.at(2 * s)
			w.Add(trace.ServerPublish, a, trace.Nobody, "", "")
			w.at(5*s).joined(b, "broadcaster")
			x.do(w)
			v := expect(t, w.seal(), "K4", x.want, "")
			if x.want == Reproduced && (len(v.Findings) != 1 || v.Findings[0].On != b || v.Findings[0].At != 7*s) {
				t.Errorf("%v", v.Findings)
			}
		})
	}
}

func TestK4WhoComesBackKnows(t *testing.T) {
	cases := []struct {
		name string
		back int64
		do   func(w *world)
		want string
	}{
		{"told in the first session", 1, func(w *world) { w.Add(trace.ServerAnnounced, b, a, streamAdded, "") }, Absent},
		{"and of its end", 1, func(w *world) {
			w.Add(trace.ServerAnnounced, b, a, streamAdded, "")
			w.now += ms
			w.Add(trace.ServerAnnounced, b, a, "stream-removed", "")
		}, Reproduced},
		{"joined anew", 0, func(w *world) { w.Add(trace.ServerAnnounced, b, a, streamAdded, "") }, Reproduced},
		{"never told", 1, func(w *world) { w.Add(trace.ServerAnnounced, b, a, "", "") }, Reproduced},
		{"told of an earlier stream", 1, func(w *world) {
			w.Add(trace.ServerAnnounced, b, a, streamAdded, "")
			w.at(5 * time.Second)
			w.Add(trace.ServerUnpublish, a, trace.Nobody, "", "")
			w.Add(trace.ServerPublish, a, trace.Nobody, "", "")
		}, Reproduced},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 30*time.Second)
			w.at(time.Second).joined(b, "broadcaster")
			w.at(2 * time.Second)
			w.Add(trace.ServerPublish, a, trace.Nobody, "", "")
			w.at(3 * time.Second)
			x.do(w)
			w.at(10 * time.Second).left(b)
			w.at(11 * time.Second)
			w.Add(trace.ServerJoined, b, trace.Nobody, "broadcaster", "", 2, x.back)
			expect(t, w.seal(), "K4", x.want, "")
		})
	}
}

func TestK4NeedsWhoCameLater(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(2*time.Second).joined(b, "broadcaster")
	w.Add(trace.ServerPublish, a, trace.Nobody, "", "")
	w.at(5*time.Second).joined(a, "broadcaster") // not later than itself
	w.at(10 * time.Second)
	w.Add(trace.ServerUnpublish, a, trace.Nobody, "", "")
	w.joined(c, "broadcaster")
	expect(t, w.seal(), "K4", NotRun, "")
}
