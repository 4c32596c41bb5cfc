package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// film is a call of which b sees pictures of a at the given gaps, from 2 s on; the
// player stops a usual gap after the last.
func film(t *testing.T, gaps []time.Duration, captures time.Duration) FreezeByDefinition {
	t.Helper()
	w := goodCall(t)
	now := 2 * time.Second
	w.show(b, a, 0, now, now, 0)
	for i, g := range gaps {
		now += g
		w.show(b, a, int64(i+1), now, now, 0)
	}
	for at := 2 * time.Second; captures > 0 && at < 20*time.Second; at += captures {
		w.Emit(trace.Event{At: at, Kind: trace.FrameCaptured, Actor: a, Peer: trace.Nobody})
	}
	return viewOf(t, endCall(w, now+1), b, a).Freeze
}

func times(n int, d time.Duration) []time.Duration {
	var out []time.Duration
	for range n {
		out = append(out, d)
	}
	return out
}

func TestFreezeLimits(t *testing.T) {
	cases := []struct {
		name             string
		gaps             []time.Duration
		captures         time.Duration
		webrtc, sdk, ana int
	}{
		// 29 gaps of 60 ms and one of x: the mean is (1740+x)/30 ms; 58+x/30+150 = x at 215 ms.
		{"under libwebrtc's", append(times(29, 60*ms), 214*ms), 0, 0, 0, 0},
		{"at libwebrtc's", append(times(29, 60*ms), 215*ms), 0, 1, 0, 0},
		// 29 gaps of 100 ms: 3 x mean is more than mean + 150 ms; 290+x/10 = x at 322.2 ms.
		{"under three times the mean", append(times(29, 100*ms), 320*ms), 0, 0, 0, 0},
		{"over three times the mean", append(times(29, 100*ms), 323*ms), 0, 1, 0, 0},
		{"too few samples", append(times(3, 40*ms), 450*ms), 0, 0, 0, 0},
		{"enough samples", append(times(4, 40*ms), 450*ms), 0, 1, 0, 0},
		{"gaps of long ago are forgotten", append(append(append(times(1, 3*time.Second), times(5, 400*ms)...), times(30, 50*ms)...), 210*ms), 50 * ms, 1, 1, 1},
		{"500 ms is no SDK freeze", append(times(29, 60*ms), 500*ms), 0, 1, 0, 0},
		{"501 ms is", append(times(29, 60*ms), 501*ms), 0, 1, 1, 0},
		{"599 ms is none for Analytics", append(times(29, 60*ms), 599*ms), 0, 1, 1, 0},
		{"600 ms is", append(times(29, 60*ms), 600*ms), 0, 1, 1, 1},
		{"at 5 pictures a second", append(times(9, 60*ms), 550*ms), 200 * ms, 1, 1, 0},
		{"under 5 pictures a second", append(times(9, 60*ms), 550*ms), 201 * ms, 1, 0, 0},
		{"under 5 as shown", append(times(9, 201*ms), 550*ms), 0, 0, 0, 0},
		{"the gap before the last thirty is forgotten", append(append(times(1, 2900*ms), times(29, 50*ms)...), 210*ms), 0, 1, 1, 1},
		{"under 5 as mostly shown", append(append(times(10, 60*ms), times(15, 201*ms)...), 550*ms), 0, 1, 0, 0},
		{"two in a row", append(append(times(29, 60*ms), 10*time.Second), 1200*ms), 0, 1, 2, 2},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			f := film(t, x.gaps, x.captures)
			if f.WebRTC.N != x.webrtc || f.SDK.N != x.sdk || f.Analytics.N != x.ana {
				t.Errorf("got %d %d %d, want %d %d %d", f.WebRTC.N, f.SDK.N, f.Analytics.N, x.webrtc, x.sdk, x.ana)
			}
		})
	}
}

func TestFreezeTellsSinceWhenAndHowLong(t *testing.T) {
	f := film(t, append(append(times(10, 60*ms), 700*ms), times(10, 60*ms)...), 0).Analytics
	if f.N != 1 || f.Total != 700*ms || len(f.Since) != 1 || f.Since[0] != 2600*ms {
		t.Errorf("%+v", f)
	}
}

// switched is a call with pictures but while off, and one interval of the camera or
// of a mute; pictures are foreign or not.
func switched(t *testing.T, latency time.Duration, shown []span, off span, mute bool, flags int64) FreezeByDefinition {
	t.Helper()
	w := goodCall(t)
	set := func(at time.Duration, on bool) {
		w.at(at)
		switch {
		case mute && on:
			w.Add(trace.ServerUnmuted, b, a, "video", "")
		case mute:
			w.Add(trace.ServerMuted, b, a, "video", "")
		case on:
			w.switches(a, 1, 1)
		default:
			w.switches(a, 0, 1)
		}
	}
	set(off.from, false)
	set(off.to, true)
	for _, s := range shown {
		w.shows(b, a, frames{from: s.from, to: s.to, latency: latency, flags: flags})
	}
	return viewOf(t, endCall(w, 20*time.Second), b, a).Freeze
}

func TestPausesAreNoFreezes(t *testing.T) {
	const s = time.Second
	cases := []struct {
		name    string
		latency time.Duration
		shown   []span
		off     span
		freezes int
		total   time.Duration
	}{
		{"a long pause", 300 * ms, []span{{2 * s, 10 * s}, {14 * s, 20 * s}}, span{10 * s, 14 * s}, 0, 0},
		{"a pause shorter than the delay", 900 * ms, []span{{2 * s, 10 * s}, {11 * s, 20 * s}}, span{10 * s, 10*s + 300*ms}, 0, 0},
		{"frozen before the pause", 100 * ms, []span{{2 * s, 8 * s}, {14 * s, 20 * s}}, span{10 * s, 14 * s}, 1, 2*s - 100*ms + frameGap},
		{"frozen after the pause", 100 * ms, []span{{2 * s, 8 * s}, {8*s + 500*ms, 10 * s}, {13 * s, 20 * s}}, span{8 * s, 8*s + 300*ms}, 1, 3*s + frameGap},
		{"off for good", 300 * ms, []span{{2 * s, 10 * s}}, span{10 * s, 20 * s}, 0, 0},
		{"never back", 900 * ms, []span{{2 * s, 10 * s}}, span{10 * s, 10*s + 300*ms}, 1, 20*s - (10*s - frameGap + 900*ms)},
		{"frozen long after a pause", 100 * ms, []span{{2 * s, 5 * s}, {5*s + 200*ms, 12 * s}}, span{5 * s, 5*s + 200*ms}, 1, 8*s - 100*ms + frameGap},
	}
	for _, x := range cases {
		for _, mute := range []bool{false, true} {
			t.Run(x.name, func(t *testing.T) {
				f := switched(t, x.latency, x.shown, x.off, mute, 0).Analytics
				if f.N != x.freezes || f.Total != x.total {
					t.Errorf("mute %v: %+v, want %d of %v", mute, *f, x.freezes, x.total)
				}
			})
		}
	}
}

func TestPausesOfARecording(t *testing.T) {
	const s = time.Second
	shown := []span{{2 * s, 10 * s}, {11 * s, 16 * s}, {18 * s, 20 * s}}
	f := switched(t, 900*ms, shown, span{10 * s, 10*s + 300*ms}, false, trace.ShownForeign).Analytics
	if f.N != 1 || f.Since[0] != 16*s-frameGap+900*ms {
		t.Errorf("%+v, want the freeze at 16.9 s alone", *f)
	}
	// The last picture stands to the end although the camera was off just before.
	f = switched(t, 100*ms, []span{{2 * s, 10 * s}, {10*s + 250*ms, 10*s + 500*ms}}, span{10 * s, 10*s + 250*ms}, false, trace.ShownForeign).Analytics
	if f.N != 1 || f.Total < 9*s {
		t.Errorf("%+v, want one to the end", *f)
	}
}

func TestANewPlayerBeginsAnew(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 100 * ms})
	w.at(10*time.Second + 100*ms)
	w.Add(trace.PlayStopped, b, a, "", "new URL")
	w.plays(b, a)
	// Four gaps of the new player are too few for libwebrtc, whatever the old one had.
	for i := range int64(4) {
		w.show(b, a, 200+i, 13*time.Second, 13*time.Second+time.Duration(i)*450*ms, 0)
	}
	w.at(15 * time.Second)
	w.Add(trace.PlayStopped, b, a, "", "")
	if f := viewOf(t, w.seal(), b, a).Freeze; f.WebRTC.N != 0 || f.Analytics.N != 1 || f.Analytics.Since[0] != 14350*ms {
		t.Errorf("%+v %+v, want but the last picture", *f.WebRTC, *f.Analytics)
	}
}

func TestASecondStartIsANewPlayer(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 100 * ms})
	w.at(10*time.Second+50*ms).plays(b, a)
	w.shows(b, a, frames{from: 15 * time.Second, to: 20 * time.Second, latency: 100 * ms})
	if f := viewOf(t, endCall(w, 20*time.Second), b, a).Freeze; f.Analytics.N != 0 {
		t.Errorf("%+v, want none: the new player had not begun", *f.Analytics)
	}
}

func TestPicturesOfOneInstantAreOne(t *testing.T) {
	w := goodCall(t)
	for i := range int64(40) {
		at := 2*time.Second + time.Duration(i)*200*ms
		w.show(b, a, 2*i, at, at, 0)
		w.show(b, a, 2*i+1, at+1, at, 0)
	}
	w.show(b, a, 100, 10*time.Second, 10*time.Second+600*ms-200*ms, 0)
	if f := viewOf(t, endCall(w, 10*time.Second+401*ms), b, a).Freeze; f.WebRTC.N != 0 {
		t.Errorf("%+v: 600 ms are three times 200, but the mean has risen with it", *f.WebRTC)
	}
}

func TestAStallOfPicturesOnTheirWayIsAFreeze(t *testing.T) {
	w := goodCall(t)
	w.at(10500*ms).switches(a, 0, 1)
	w.at(10800*ms).switches(a, 1, 1)
	w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 900 * ms})
	w.show(b, a, 200, 10*time.Second, 11600*ms, 0) // captured before the camera went off
	w.shows(b, a, frames{from: 11 * time.Second, to: 20 * time.Second, latency: 900 * ms})
	if f := viewOf(t, endCall(w, 20*time.Second), b, a).Freeze.Analytics; f.N != 1 || f.Since[0] != 10900*ms-frameGap {
		t.Errorf("%+v", *f)
	}
}

func TestAPauseThatEndsGarbled(t *testing.T) {
	w := goodCall(t)
	w.at(10*time.Second).switches(a, 0, 1)
	w.at(14*time.Second).switches(a, 1, 1)
	w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 50 * ms})
	w.show(b, a, -1, -1, 14050*ms, trace.ShownGarbled)
	w.shows(b, a, frames{from: 14*time.Second + frameGap, to: 20 * time.Second, latency: 50 * ms})
	if f := viewOf(t, endCall(w, 20*time.Second), b, a).Freeze.Analytics; f.N != 0 {
		t.Errorf("%+v", *f)
	}
}

func TestIntervalsCutByPausesDontLowerTheMean(t *testing.T) {
	w := goodCall(t)
	now := 2 * time.Second
	for i := range int64(20) { // two pictures, then off 10 ms later
		w.show(b, a, 2*i, now, now, 0)
		w.show(b, a, 2*i+1, now+200*ms, now+200*ms, 0)
		w.at(now+210*ms).switches(a, 0, 1)
		w.at(now+300*ms).switches(a, 1, 1)
		now += 400 * ms
	}
	w.show(b, a, 40, now, now, 0)
	w.show(b, a, 41, now+400*ms, now+400*ms, 0) // 1.9 times the mean
	if f := viewOf(t, endCall(w, now+401*ms), b, a).Freeze.WebRTC; f.N != 0 {
		t.Errorf("%+v", *f)
	}
}
