package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

const ms = time.Millisecond

// code has a member's pusher report a state code.
func (w *world) code(who trace.ActorID, code int64) {
	w.Add(trace.PusherCode, who, trace.Nobody, "", "", code)
}

func (w *world) closed(who trace.ActorID, why string) {
	w.Add(trace.ServerPushClosed, who, trace.Nobody, why, "")
}

func (w *world) starts(who trace.ActorID) { w.Add(trace.PushStarted, who, trace.Nobody, "", "", 1, 1) }
func (w *world) stops(who trace.ActorID)  { w.Add(trace.PushStopped, who, trace.Nobody, "", "") }
func (w *world) switches(who trace.ActorID, camera, mic int64) {
	w.Add(trace.PushMedia, who, trace.Nobody, "", "", camera, mic)
}

func (w *world) arrivesUntil(who trace.ActorID, from, last time.Duration) {
	w.arrives(who, from, last+20*ms)
}

// TestK8 has a publish from 1 s on and media arrive until 10 s, shortly before which its
// network is in trouble, unless a case does more; the record ends at 40 s. at is when the
// only finding is expected.
func TestK8(t *testing.T) {
	publish := func(w *world) { w.issue(a, trace.Nobody, "publish", "") }
	call := func(name string) func(w *world) {
		return func(w *world) { w.issue(a, trace.Nobody, name, "") }
	}
	cases := []struct {
		name string
		do   func(w *world)
		at   time.Duration // 0: nothing to be found
	}{
		{"silent for good", func(w *world) {}, 13 * time.Second},
		{"as long as is allowed", func(w *world) { w.arrivesUntil(a, 13*time.Second, 39*time.Second) }, 0},
		{"a moment longer", func(w *world) { w.arrivesUntil(a, 13*time.Second+1, 39*time.Second) }, 13 * time.Second},
		{"only metadata comes", func(w *world) {
			for s := range time.Duration(30) {
				t := (10 + s) * time.Second
				w.Emit(trace.Event{At: t + 1, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(t), 300, 0, 0, int64(t)}})
			}
		}, 13 * time.Second},
		{"sound alone is enough", func(w *world) {
			for s := range time.Duration(30) {
				t := (10 + s) * time.Second
				w.Emit(trace.Event{At: t + 1, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(t), 300, 0, 1, int64(t)}})
			}
		}, 0},
		{"unpublished", call("unpublish"), 0}, {"left", call("leave"), 0}, {"destroyed", call("destroy"), 0},
		{"subscribed", call("subscribe"), 13 * time.Second},
		{"unpublish failed", func(w *world) {
			n := w.issue(a, trace.Nobody, "unpublish", "")
			w.at(11*time.Second).answer(a, n, false, 500)
		}, 13 * time.Second},
		{"leave failed", func(w *world) {
			n := w.issue(a, trace.Nobody, "leave", "")
			w.at(11*time.Second).answer(a, n, false, 500)
		}, 13 * time.Second},
		{"unpublish failed, but it left", func(w *world) {
			n := w.issue(a, trace.Nobody, "unpublish", "")
			w.issue(a, trace.Nobody, "leave", "")
			w.issue(a, trace.Nobody, "publish", "")
			m := w.issue(a, trace.Nobody, "leave", "")
			w.at(11*time.Second).answer(a, n, false, 500)
			w.answer(a, m, true, 0)
		}, 0},
		{"destroyed, and a publish that fails", func(w *world) {
			w.issue(a, trace.Nobody, "destroy", "")
			n := w.at(12*time.Second).issue(a, trace.Nobody, "publish", "")
			w.at(12*time.Second+ms).answer(a, n, false, -1)
		}, 0},
		{"destroyed, a publish that fails and one that succeeds", func(w *world) {
			w.issue(a, trace.Nobody, "destroy", "")
			n := w.at(12*time.Second).issue(a, trace.Nobody, "publish", "")
			w.at(12*time.Second+ms).answer(a, n, false, -1)
			n = w.at(15*time.Second).issue(a, trace.Nobody, "publish", "")
			w.at(16*time.Second).answer(a, n, true, 0)
		}, 28 * time.Second},
		{"a second publish that fails", func(w *world) {
			n := w.issue(a, trace.Nobody, "publish", "")
			w.at(11*time.Second).answer(a, n, false, 500)
		}, 13 * time.Second},
		{"all switched off", func(w *world) { w.switches(a, 0, 0) }, 0},
		{"camera off, microphone on", func(w *world) { w.switches(a, 0, 1) }, 13 * time.Second},
		{"microphone off, camera on", func(w *world) { w.switches(a, 1, 0) }, 13 * time.Second},
		{"off, and on for less than 3 s", func(w *world) { w.switches(a, 0, 0); w.at(37 * time.Second); w.switches(a, 0, 1) }, 0},
		{"off, and on for more", func(w *world) { w.switches(a, 0, 0); w.at(36 * time.Second); w.switches(a, 0, 1) }, 39 * time.Second},
		{"camera and microphone in turn", func(w *world) {
			w.switches(a, 1, 0)
			w.at(12 * time.Second)
			w.switches(a, 0, 1)
		}, 13 * time.Second},
		{"stopped", func(w *world) { w.stops(a) }, 0},
		{"restarted at once", func(w *world) { w.at(12 * time.Second); w.stops(a); w.starts(a) }, 13 * time.Second},
		{"in the background", func(w *world) { w.Add(trace.HostState, a, trace.Nobody, "hide", "") }, 0},
		{"another in the background", func(w *world) { w.Add(trace.HostState, b, trace.Nobody, "hide", "") }, 13 * time.Second},
		{"back in the foreground", func(w *world) {
			w.Add(trace.HostState, a, trace.Nobody, "hide", "")
			w.Add(trace.HostState, a, trace.Nobody, "suspend", "")
			w.at(11 * time.Second)
			w.Add(trace.HostState, a, trace.Nobody, "resume", "")
			w.at(12 * time.Second)
			w.Add(trace.HostState, a, trace.Nobody, "show", "")
		}, 30 * time.Second},
		{"the mini-program is gone", func(w *world) { w.Add(trace.HostState, a, trace.Nobody, "destroy", "") }, 0},
		{"published again and back in time", func(w *world) {
			call("unpublish")(w)
			publish(w.at(20 * time.Second))
			w.at(21 * time.Second)
			w.stops(a)
			w.starts(a)
			w.arrivesUntil(a, 31*time.Second, 39*time.Second)
		}, 0},
		{"published again and not back in time", func(w *world) {
			call("unpublish")(w)
			publish(w.at(20 * time.Second))
			w.at(21 * time.Second)
			w.stops(a)
			w.starts(a)
			w.arrivesUntil(a, 34*time.Second+1, 39*time.Second)
		}, 34 * time.Second},
		{"published again and started over and over", func(w *world) {
			call("unpublish")(w)
			publish(w.at(20 * time.Second))
			for _, at := range []time.Duration{21, 30} {
				w.at(at * time.Second)
				w.stops(a)
				w.starts(a)
			}
		}, 34 * time.Second},
		{"published again and lost", func(w *world) {
			call("unpublish")(w)
			publish(w.at(20 * time.Second))
			w.arrivesUntil(a, 21*time.Second, 25*time.Second)
			w.at(25*time.Second).closed(a, "lost")
			call("unpublish")(w)
		}, 25 * time.Second},
		{"off for a moment", func(w *world) {
			w.arrivesUntil(a, 13*time.Second, 13200*ms)
			w.Emit(trace.Event{At: 14 * time.Second, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(13200 * ms), 1, 1, 0, int64(13200 * ms)}})
			w.at(13300 * ms)
			w.switches(a, 0, 0)
			w.at(13900 * ms)
			w.switches(a, 1, 1)
			w.arrivesUntil(a, 16500*ms, 39*time.Second)
		}, 0},
		{"recovered, but the pusher was never started again", func(w *world) {
			call("destroy")(w)
			publish(w.at(20 * time.Second))
		}, 33 * time.Second},
		{"published again and interrupted", func(w *world) {
			call("leave")(w)
			publish(w.at(20 * time.Second))
			w.arrivesUntil(a, 21*time.Second, 25*time.Second)
		}, 28 * time.Second},
		{"left before it began", func(w *world) {
			call("leave")(w)
			publish(w.at(20 * time.Second))
			call("leave")(w.at(29 * time.Second))
		}, 0},
		{"the connection is lost", func(w *world) {
			w.arrivesUntil(a, 11*time.Second, 39*time.Second)
			w.at(15*time.Second).closed(a, "lost")
		}, 15 * time.Second},
		{"the server revoked it", func(w *world) {
			w.arrivesUntil(a, 11*time.Second, 39*time.Second)
			w.at(15*time.Second).closed(a, "revoked")
		}, 15 * time.Second},
		{"it stopped in order", func(w *world) {
			w.arrivesUntil(a, 11*time.Second, 39*time.Second)
			w.at(15*time.Second).closed(a, "stopped")
			w.closed(a, "replaced")
		}, 0},
		{"it reconnects", func(w *world) {
			w.arrivesUntil(a, 11*time.Second, 39*time.Second)
			w.at(15*time.Second).code(a, 1102)
		}, 15 * time.Second},
		{"it gave up, and the page left at once", func(w *world) {
			w.code(a, -1307)
			call("unpublish")(w)
		}, 10 * time.Second},
		{"other codes", func(w *world) {
			w.code(a, 1101)
			w.code(a, 3004)
			call("unpublish")(w)
		}, 0},
		{"lost after it left", func(w *world) { call("leave")(w); w.code(a, 1102); w.closed(a, "lost") }, 0},
		{"lost with all switched off", func(w *world) { w.switches(a, 0, 0); w.closed(a, "lost") }, 0},
		{"lost with the camera on", func(w *world) { w.switches(a, 1, 0); w.closed(a, "lost"); call("leave")(w) }, 10 * time.Second},
		{"lost with the microphone on", func(w *world) { w.switches(a, 0, 1); w.closed(a, "lost"); call("leave")(w) }, 10 * time.Second},
		{"lost in the background", func(w *world) {
			w.Add(trace.HostState, a, trace.Nobody, "hide", "")
			w.closed(a, "lost")
		}, 0},
		{"one loss told three times", func(w *world) {
			w.arrivesUntil(a, 20*time.Second, 39*time.Second)
			w.code(a, 1102)
			w.closed(a, "lost")
			w.at(11*time.Second).code(a, 1102)
			call("unpublish")(w)
		}, 10 * time.Second},
		{"tries of a push that hasn't begun again", func(w *world) {
			call("unpublish")(w)
			publish(w.at(20 * time.Second))
			w.at(22*time.Second).code(a, 1102)
			call("unpublish")(w)
		}, 0},
		{"became audience", func(w *world) {
			w.closed(a, "revoked")
			w.Add(trace.ServerRole, a, trace.Nobody, audience, "")
		}, 0},
		{"stayed broadcaster", func(w *world) {
			w.Add(trace.ServerRole, a, trace.Nobody, "broadcaster", "")
		}, 13 * time.Second},
		{"lost, and later became audience", func(w *world) {
			w.closed(a, "lost")
			w.at(11 * time.Second)
			w.Add(trace.ServerRole, a, trace.Nobody, audience, "")
		}, 10 * time.Second},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 40*time.Second)
			w.at(time.Second)
			publish(w)
			w.starts(a)
			w.arrivesUntil(a, 2*time.Second, 10*time.Second)
			w.troubles(9*time.Second, a)
			w.at(10 * time.Second)
			x.do(w)
			v := verdict(t, w.seal(), "K8")
			switch {
			case x.at == 0 && v.Verdict == Absent:
			case x.at > 0 && v.Verdict == Reproduced && len(v.Findings) == 1 && v.Findings[0].At == x.at && v.Findings[0].On == a:
			default:
				t.Errorf("want a finding at %v, got %s %v", x.at, v.Verdict, v.Findings)
			}
		})
	}
}

func TestK8TwoLosses(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).issue(a, trace.Nobody, "publish", "")
	w.starts(a)
	w.arrivesUntil(a, 2*time.Second, 29*time.Second)
	w.troubles(9*time.Second, a)
	w.at(10*time.Second).code(a, 1102)
	w.at(20*time.Second).closed(a, "lost")
	if v := expect(t, w.seal(), "K8", Reproduced, "connection"); len(v.Findings) != 2 {
		t.Errorf("%v", v.Findings)
	}
}

func TestK8SilenceInTwoParts(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).issue(a, trace.Nobody, "publish", "")
	w.starts(a)
	w.troubles(9*time.Second, a)
	w.arrivesUntil(a, 2*time.Second, 10*time.Second)
	w.arrivesUntil(a, 14*time.Second, 18*time.Second)
	w.arrivesUntil(a, 23*time.Second, 29*time.Second)
	v := expect(t, w.seal(), "K8", Reproduced, "for 4.000 s, from 10.000 s on")
	if len(v.Findings) != 2 || v.Findings[1].At != 21*time.Second {
		t.Errorf("%v", v.Findings)
	}
}

func TestK8NeedsThatItHadBegun(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).issue(a, trace.Nobody, "publish", "")
	w.starts(a)
	w.troubles(9*time.Second, a)
	w.at(20*time.Second).code(a, 1102)
	w.closed(a, "lost")
	expect(t, w.seal(), "K8", NotRun, "")

	w = newWorld(t, 30*time.Second) // only pushed, never published
	w.at(time.Second).starts(a)
	w.arrivesUntil(a, 2*time.Second, 10*time.Second)
	w.troubles(9*time.Second, a)
	expect(t, w.seal(), "K8", NotRun, "")

	w = newWorld(t, 30*time.Second) // published in vain, then again
	w.at(time.Second).issue(a, trace.Nobody, "publish", "")
	w.starts(a)
	w.at(5*time.Second).issue(a, trace.Nobody, "unpublish", "")
	w.at(6*time.Second).issue(a, trace.Nobody, "publish", "")
	w.troubles(9*time.Second, a)
	w.arrivesUntil(a, 25*time.Second, 29*time.Second)
	expect(t, w.seal(), "K8", Absent, "")
}

func TestFirstPushMayTakeItsTime(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).issue(a, trace.Nobody, "publish", "")
	w.starts(a)
	w.troubles(9*time.Second, a)
	w.arrivesUntil(a, 25*time.Second, 29*time.Second)
	expect(t, w.seal(), "K8", Absent, "")
}
