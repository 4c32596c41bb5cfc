package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestLateSilenceOfAPauseIsNoGap(t *testing.T) {
	const s = time.Second
	cases := []struct {
		name        string
		off         time.Duration // from 10 s on
		hole, until time.Duration // nothing is heard in between
		want        time.Duration
	}{
		{"the pause, a second late", 300 * ms, 10*s + 900*ms, 11*s + 200*ms, 0},
		{"and a little more", 300 * ms, 10*s + 900*ms, 11*s + 399*ms, 0},
		{"and a gap more", 300 * ms, 10*s + 900*ms, 11*s + 400*ms, 200 * ms},
		{"too late to be the pause", 300 * ms, 11*s + 300*ms, 11*s + 600*ms, 300 * ms},
		{"as late as it can be", 300 * ms, 11*s + 299*ms, 11*s + 599*ms, 0},
		{"silent before the pause", 5 * s, 9 * s, 16 * s, s},
		{"silent in the pause only", 5 * s, 10 * s, 16 * s, 0},
	}
	for _, x := range cases {
		for _, mute := range []bool{false, true} {
			t.Run(x.name, func(t *testing.T) {
				w := goodCall(t)
				w.at(10 * s)
				if mute {
					w.Add(trace.ServerMuted, b, a, "audio", "")
					w.at(10*s + x.off)
					w.Add(trace.ServerUnmuted, b, a, "audio", "")
				} else {
					w.switches(a, 1, 0)
					w.at(10*s+x.off).switches(a, 1, 1)
				}
				w.hears(b, a, 3*s, x.hole, 1, -2000)
				w.hears(b, a, x.until, 20*s, 1, -2000)
				near(t, "gap", viewOf(t, endCall(w, 20*s), b, a).AudioGap, x.want)
			})
		}
	}
}

func TestGapsOfPlayers(t *testing.T) {
	w := goodCall(t)
	w.hears(b, a, 3*time.Second, 8*time.Second, 1, -2000)
	w.at(8 * time.Second)
	w.Add(trace.PlayStopped, b, a, "", "")
	w.at(9*time.Second).plays(b, a) // a second player: what it doesn't hear at first is no gap
	w.hears(b, a, 11*time.Second, 12*time.Second, 1, -2000)
	w.hears(b, a, 13*time.Second, 19*time.Second, 1, -2000)
	near(t, "gap", viewOf(t, endCall(w, 20*time.Second), b, a).AudioGap, 2*time.Second)
}

func TestASoundThatCoversAnotherLeavesNoGap(t *testing.T) {
	w := goodCall(t)
	w.heard(3*time.Second, 10*time.Second, 1)
	w.Emit(trace.Event{At: 13*time.Second + 1, Kind: trace.AudioPlayed, Actor: b, Peer: a, V: [6]int64{int64(4 * time.Second), 1, 1000, 1, -2000}})
	w.heard(13*time.Second, 7*time.Second, 1)
	near(t, "gap", viewOf(t, endCall(w, 20*time.Second), b, a).AudioGap, 0)
}

func TestLevelSpread(t *testing.T) {
	heard := func(w *world, at, length time.Duration, uid, level int64) {
		w.Emit(trace.Event{At: at + length, Kind: trace.AudioPlayed, Actor: b, Peer: a, V: [6]int64{int64(at), int64(length), 1000, uid, level}})
	}
	w := goodCall(t)
	heard(w, 3*time.Second, time.Second, 1, -2000)
	heard(w, 4*time.Second, 100*ms, 1, -2250)
	heard(w, 5*time.Second, 99*ms, 1, -9000)    // too short for a level
	heard(w, 6*time.Second, time.Second, -1, 0) // not stamped
	heard(w, 7*time.Second, time.Second, 0, -1900)
	heard(w, 8*time.Second, time.Second, 1, -2000)
	if v := viewOf(t, endCall(w, 20*time.Second), b, a); *v.LevelSpreadDB != 3.5 {
		t.Errorf("%v dB, want 3.5", *v.LevelSpreadDB)
	}
	w = goodCall(t)
	heard(w, 3*time.Second, time.Second, -1, 0)
	if v := viewOf(t, endCall(w, 20*time.Second), b, a); v.LevelSpreadDB != nil || v.AudioGap == nil {
		t.Errorf("level spread %v of a recording, gap %v", v.LevelSpreadDB, v.AudioGap)
	}
}

func TestFramesAreExpectedWhereThereWereSome(t *testing.T) {
	const s = time.Second
	all := frames{from: 2 * s, to: 20 * s, latency: 100 * ms}
	cases := []struct {
		name             string
		do               func(w *world)
		expected, frames int
	}{
		{"all", func(w *world) { w.shows(b, a, all) }, 17 * 16, 17 * 16},
		{"from the first on", func(w *world) {
			w.shows(b, a, frames{from: 2 * s, to: 4 * s, unseen: true})
			w.shows(b, a, frames{from: 4 * s, to: 20 * s, latency: 100 * ms})
		}, 15 * 16, 15 * 16},
		{"subscribed again", func(w *world) {
			w.shows(b, a, frames{from: 2 * s, to: 10 * s})
			w.at(10 * s)
			w.Add(trace.PlayStopped, b, a, "", "")
			w.shows(b, a, frames{from: 10 * s, to: 14 * s, unseen: true})
			w.at(12*s).plays(b, a)
			w.shows(b, a, frames{from: 14 * s, to: 20 * s})
		}, (7 + 5) * 16, (7 + 5) * 16},
		{"unmuted, and back with a key frame", func(w *world) {
			w.shows(b, a, frames{from: 2 * s, to: 10 * s})
			w.at(10 * s)
			w.Add(trace.ServerMuted, b, a, "video", "")
			w.at(12 * s)
			w.Add(trace.ServerUnmuted, b, a, "video", "")
			w.shows(b, a, frames{from: 10 * s, to: 14 * s, unseen: true})
			w.shows(b, a, frames{from: 14 * s, to: 20 * s})
		}, (7 + 5) * 16, (7 + 5) * 16},
		{"camera off and on, not all seen", func(w *world) {
			w.shows(b, a, frames{from: 2 * s, to: 10 * s})
			w.at(10*s).switches(a, 0, 1)
			w.at(12*s).switches(a, 1, 1)
			w.shows(b, a, frames{from: 12 * s, to: 14 * s, unseen: true})
			w.shows(b, a, frames{from: 14 * s, to: 20 * s})
		}, (7 + 7) * 16, (7 + 5) * 16},
		{"never seen again", func(w *world) {
			w.shows(b, a, frames{from: 2 * s, to: 10 * s})
			w.shows(b, a, frames{from: 10 * s, to: 20 * s, unseen: true})
		}, 17 * 16, 8 * 16},
		{"garbled ones have no number", func(w *world) {
			w.show(b, a, -1, -1, 2*s, trace.ShownGarbled)
			w.shows(b, a, frames{from: 3 * s, to: 20 * s})
		}, 16 * 16, 16 * 16},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := goodCall(t)
			x.do(w)
			v := viewOf(t, endCall(w, 20*s), b, a)
			if *v.FramesExpected != x.expected || v.Frames != x.frames {
				t.Errorf("%d of %d, want %d of %d", v.Frames, *v.FramesExpected, x.frames, x.expected)
			}
		})
	}
}

func TestUnreadablePicturesCanBeCounted(t *testing.T) {
	w := goodCall(t)
	for i := range time.Duration(5) {
		w.show(b, a, -1, -1, (2+i)*time.Second, trace.ShownGarbled)
	}
	v := viewOf(t, endCall(w, 20*time.Second), b, a)
	if v.Frames != 5 || v.FramesExpected != nil || v.Delay != nil {
		t.Errorf("%+v", v)
	}
	near(t, "garbled", v.Garbled, 18*time.Second)
}

func TestDelayRanks(t *testing.T) {
	for n, want := range map[int][3]time.Duration{1: {1, 1, 1}, 2: {1, 2, 2}, 20: {10, 19, 20}, 100: {50, 95, 100}} {
		w := goodCall(t)
		for i := n; i > 0; i-- {
			at := 2*time.Second + time.Duration(n-i)*100*ms
			w.show(b, a, int64(n-i), at-time.Duration(i)*ms, at, 0)
		}
		w.show(b, a, 500, 3*time.Second, 19*time.Second, trace.ShownGarbled) // a garbled one's time can't be trusted
		d := viewOf(t, endCall(w, 20*time.Second), b, a).Delay
		if *d != (Delay{want[0] * ms, want[1] * ms, want[2] * ms}) {
			t.Errorf("%d: %+v, want %v", n, *d, want)
		}
	}
}

func TestSoundBeforeAWindow(t *testing.T) {
	w := goodCall(t) // the microphone is off when the player starts, and from 5 s to 10 s
	w.at(time.Second).switches(a, 1, 0)
	w.at(3*time.Second).switches(a, 1, 1)
	w.heard(3100*ms, 400*ms, 1)
	w.heard(4*time.Second, time.Second, 1)
	w.at(5*time.Second).switches(a, 1, 0)
	w.at(10*time.Second).switches(a, 1, 1)
	w.heard(9500*ms, 500*ms, 1) // ends as it is switched on
	w.heard(12*time.Second, time.Second, 1)
	w.heard(14*time.Second, 6*time.Second, 1)
	near(t, "gap", viewOf(t, endCall(w, 20*time.Second), b, a).AudioGap, 1500*ms)
}

func TestASilentCallHasNoSound(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second})
	if v := viewOf(t, endCall(w, 20*time.Second), b, a); v.AudioGap != nil || v.LevelSpreadDB != nil {
		t.Errorf("%+v", v)
	}
}
