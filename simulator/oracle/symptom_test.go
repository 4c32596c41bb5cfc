package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestK5NeedsASecondOfFastPlayback(t *testing.T) {
	cases := []struct {
		name  string
		speed float64
		long  time.Duration
		want  string
	}{
		{"steady", 1, 3 * time.Second, Absent},
		{"a little fast", 1.1, 3 * time.Second, Absent},
		{"fast but short", 1.3, 900 * time.Millisecond, Absent},
		{"fast for a second", 1.3, time.Second, Reproduced},
		{"fast for long", 1.2, 4 * time.Second, Reproduced},
		{"slow", 0.8, 4 * time.Second, Absent},
	}
	for _, x := range cases {
		t.Run("heard "+x.name, func(t *testing.T) {
			w := goodCall(t)
			w.hears(b, a, 2*time.Second, 10*time.Second, 1, -2000)
			w.hears(b, a, 10*time.Second, 10*time.Second+x.long, x.speed, -2000)
			w.hears(b, a, 10*time.Second+x.long, 20*time.Second, 1, -2000)
			v := expect(t, endCall(w, 20*time.Second), "K5", x.want, "")
			if x.want == Reproduced && (v.Findings[0].At != 10*time.Second || v.Findings[0].On != b) {
				t.Errorf("found %+v, want b at 10 s", v.Findings[0])
			}
		})
	}
}

func TestK5ByPicturesAlone(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 8 * time.Second, latency: 2 * time.Second})
	w.shows(b, a, frames{from: 8 * time.Second, to: 14 * time.Second, latency: 2 * time.Second, speed: 1.5})
	w.shows(b, a, frames{from: 14 * time.Second, to: 18 * time.Second, latency: 0})
	expect(t, endCall(w, 20*time.Second), "K5", Reproduced, "1.50x")

	w = goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 8 * time.Second, latency: 2 * time.Second})
	w.shows(b, a, frames{from: 12 * time.Second, to: 18 * time.Second, latency: 0}) // a skip of 4 s
	expect(t, endCall(w, 20*time.Second), "K5", Absent, "")
}

func TestK5IsNotRunWhereNothingPlays(t *testing.T) {
	expect(t, endCall(goodCall(t), 20*time.Second), "K5", NotRun, "")
}

func TestK8Silence(t *testing.T) {
	cases := []struct {
		gap  time.Duration
		want string
	}{{0, Absent}, {2900 * time.Millisecond, Absent}, {3100 * time.Millisecond, Reproduced}, {9 * time.Second, Reproduced}}
	for _, x := range cases {
		w := goodCall(t)
		w.troubles(9*time.Second, a)
		w.arrives(a, 2*time.Second, 10*time.Second)
		w.arrives(a, 10*time.Second+x.gap-20*time.Millisecond, 20*time.Second)
		v := expect(t, endCall(w, 20*time.Second), "K8", x.want, "")
		if x.want == Reproduced && (len(v.Findings) != 1 || v.Findings[0].At != 9980*time.Millisecond+PushSilence || v.Findings[0].On != a) {
			t.Errorf("found %+v", v.Findings)
		}
	}
}

func TestK8SilenceUntilTheEndCounts(t *testing.T) {
	w := goodCall(t)
	w.troubles(9*time.Second, a)
	w.arrives(a, 2*time.Second, 10*time.Second)
	expect(t, endCall(w, 20*time.Second), "K8", Reproduced, "nothing arrives")
}

func TestK8SparesWhoIsSilentOnPurpose(t *testing.T) {
	for _, how := range []string{"unpublish", "leave", "destroy", "media off", "stopped"} {
		w := goodCall(t)
		w.troubles(9*time.Second, a)
		w.arrives(a, 2*time.Second, 10*time.Second)
		w.at(10 * time.Second)
		switch how {
		case "media off":
			w.Add(trace.PushMedia, a, trace.Nobody, "", "", 0, 0)
		case "stopped":
			w.Add(trace.PushStopped, a, trace.Nobody, "", "script")
		default:
			w.call(a, trace.Nobody, how, "", true, 0)
		}
		expect(t, endCall(w, 20*time.Second), "K8", Absent, "")
	}
}

func TestK8LostConnection(t *testing.T) {
	w := goodCall(t)
	w.troubles(9*time.Second, a)
	w.arrives(a, 2*time.Second, 20*time.Second)
	w.at(11 * time.Second)
	w.Add(trace.ServerPushClosed, a, trace.Nobody, "lost", "")
	expect(t, endCall(w, 20*time.Second), "K8", Reproduced, "connection")

	w = goodCall(t)
	w.troubles(9*time.Second, a)
	w.arrives(a, 2*time.Second, 20*time.Second)
	w.at(11 * time.Second)
	w.Add(trace.ServerPushClosed, a, trace.Nobody, "stopped", "")
	expect(t, endCall(w, 20*time.Second), "K8", Absent, "")
}

func TestK8IsNotRunBeforeTheFirstMedia(t *testing.T) {
	expect(t, endCall(goodCall(t), 20*time.Second), "K8", NotRun, "")
}

// lateJoiner is an audio call: a publishes at 2 s, b joins at 5 s.
func lateJoiner(t *testing.T, firstMedia, told time.Duration) *trace.Record {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).joined(a, "broadcaster")
	w.at(2 * time.Second)
	w.Add(trace.ServerPublish, a, trace.Nobody, "", "")
	w.at(5*time.Second).joined(b, "broadcaster")
	if firstMedia > 0 {
		w.arrives(a, firstMedia, firstMedia+5*time.Second)
	}
	if told > 0 {
		w.at(told)
		w.Add(trace.ServerAnnounced, b, a, "stream-added", "")
	}
	return w.seal()
}

func TestK4(t *testing.T) {
	v := expect(t, lateJoiner(t, 20*time.Second, 20*time.Second), "K4", Reproduced, "not told of it until 20.000 s")
	if v.Findings[0].On != b || v.Findings[0].At != 7*time.Second {
		t.Errorf("found %+v, want b at 7 s", v.Findings[0])
	}
	expect(t, lateJoiner(t, 0, 0), "K4", Reproduced, "never told")
	expect(t, lateJoiner(t, 20*time.Second, 5100*time.Millisecond), "K4", Absent, "")
	expect(t, lateJoiner(t, 3*time.Second, 0), "K4", Absent, "") // it had spoken before b came: another fault, not K4
}

func TestK4SparesWhoIsSlowToSend(t *testing.T) {
	for _, x := range []struct{ camera, mic int64 }{{1, 1}, {1, 0}, {0, 1}} {
		w := newWorld(t, 30*time.Second)
		w.at(time.Second).joined(a, "broadcaster")
		w.at(2 * time.Second)
		w.Add(trace.ServerPublish, a, trace.Nobody, "", "")
		w.Add(trace.PushStarted, a, trace.Nobody, "", "", x.camera, x.mic)
		w.at(3*time.Second).joined(b, "broadcaster")
		w.arrives(a, 8*time.Second, 20*time.Second)
		expect(t, w.seal(), "K4", Absent, "")
	}
}

func TestK4IsNotRunWithoutALateJoiner(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).joined(a, "broadcaster")
	w.at(2*time.Second).joined(b, "broadcaster")
	w.at(3 * time.Second)
	w.Add(trace.ServerPublish, a, trace.Nobody, "", "")
	expect(t, w.seal(), "K4", NotRun, "")
}

// The issues that the notes have of one system aren't found on another.
func TestIssuesOfASystem(t *testing.T) {
	const s = time.Second
	for _, x := range []struct{ publisher, viewer, k10, k15 string }{
		{"iOS 12.0", "Android 8.0", Reproduced, Reproduced},
		{"iOS 12.0", "iOS 12.0", Reproduced, Reproduced},
		{"iOS 12.1", "iOS 12.0", Reproduced, NotRun},
		{"iOS 11.4", "Android 8.0", Reproduced, NotRun},
		{"Android 8.0", "iOS 12.0", NotRun, NotRun},
		{"Android 12.0", "Android 8.0", NotRun, NotRun},
		{"", "iOS 12.0", NotRun, NotRun}, // of another SDK
	} {
		w := newWorld(t, 30*s).cast(func(m []trace.Member) { m[a].OS, m[b].OS = x.publisher, x.viewer })
		w.at(s).publishes(a)
		w.at(2*s).plays(b, a)
		w.shows(b, a, frames{from: 2 * s, to: 10 * s, flags: trace.ShownGarbled})
		w.shows(b, a, frames{from: 10 * s, to: 20 * s, unseen: true})
		w.shows(b, a, frames{from: 20*s + frameGap, to: 30 * s})
		w.netstatus(a, 4*s, 10*s, 400, 48)
		w.netstatus(a, 12*s, 20*s, 0, 48)
		w.hears(b, a, 2*s, 30*s, 1, -2000)
		record := w.seal()
		expect(t, record, "K10", x.k10, "")
		expect(t, record, "K15", x.k15, "")
	}
}

// A member whose pictures can't be read isn't cleared by another whose can.
func TestARecordingIsNotCleared(t *testing.T) {
	const s = time.Second
	for want, recorded := range map[string]trace.ActorID{NotRun: a, Absent: b} {
		w := newWorld(t, 30*s).cast(func(m []trace.Member) { m[a].OS, m[c].OS = garblingSystem, garblingSystem })
		for _, who := range []trace.ActorID{a, b, c} {
			flags := int64(0)
			if who == recorded {
				flags = trace.ShownForeign
			}
			viewer := (who + 1) % 3
			w.at(s).publishes(who)
			w.at(2*s).plays(viewer, who)
			w.shows(viewer, who, frames{from: 2 * s, to: 30 * s, flags: flags})
		}
		record := w.seal()
		expect(t, record, "K15", want, "")
		expect(t, record, "K3", NotRun, "")
		expect(t, record, "K12", NotRun, "")
	}
}

func TestK15(t *testing.T) {
	cases := []struct {
		name  string
		flags int64
		long  time.Duration
		want  string
	}{
		{"clean", 0, 18 * time.Second, Absent},
		{"black is not garbled", trace.ShownBlack, 18 * time.Second, Absent},
		{"rotated is not garbled", trace.ShownRotated, 18 * time.Second, Absent},
		{"a flicker", trace.ShownGarbled, 900 * time.Millisecond, Absent},
		{"garbled", trace.ShownGarbled, 18 * time.Second, Reproduced},
		{"a recording can't be told", trace.ShownForeign, 18 * time.Second, NotRun},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := goodCall(t)
			w.shows(b, a, frames{from: 2 * time.Second, to: 2*time.Second + x.long, latency: 100 * time.Millisecond, flags: x.flags})
			if x.long < 2*time.Second {
				w.shows(b, a, frames{from: 2*time.Second + x.long, to: 20 * time.Second, latency: 100 * time.Millisecond})
			}
			v := expect(t, endCall(w, 20*time.Second), "K15", x.want, "")
			if x.want == Reproduced && v.Findings[0].On != b {
				t.Errorf("found on %d, want the viewer", v.Findings[0].On)
			}
		})
	}
}
