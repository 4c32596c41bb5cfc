package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func viewOf(t *testing.T, r *trace.Record, to, from trace.ActorID) View {
	t.Helper()
	for _, v := range Views(r) {
		if v.To == to && v.From == from {
			return v
		}
	}
	t.Fatalf("no view of %d at %d", from, to)
	return View{}
}

func endCall(w *world, at time.Duration) *trace.Record {
	w.at(at)
	w.Add(trace.PushStopped, a, trace.Nobody, "", "leave")
	for _, m := range []trace.ActorID{b, c} {
		w.Add(trace.PlayStopped, m, a, "", "leave")
	}
	return w.seal()
}

func TestCleanViewHasNothingToReport(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 20 * time.Second, latency: 300 * time.Millisecond})
	w.hears(b, a, 2300*time.Millisecond, 20*time.Second, 1, -2000)
	v := viewOf(t, endCall(w, 20*time.Second), b, a)
	near(t, "first frame", v.FirstFrame, 2300*time.Millisecond)
	near(t, "black", v.Black, 0)
	near(t, "garbled", v.Garbled, 0)
	near(t, "rotated", v.Rotated, 0)
	near(t, "audio gap", v.AudioGap, 0)
	near(t, "fast", v.Fast, 0)
	near(t, "delay p95", &v.Delay.P95, 300*time.Millisecond)
	if v.Freeze.WebRTC.N+v.Freeze.SDK.N+v.Freeze.Analytics.N != 0 {
		t.Errorf("freezes in a clean view: %+v %+v %+v", *v.Freeze.WebRTC, *v.Freeze.SDK, *v.Freeze.Analytics)
	}
	// Captured from 2.0 s to before 19.0 s: 17 s of 16 fps.
	if *v.FramesExpected != 272 || v.Frames != 272 {
		t.Errorf("frames %d of %d, want 272 of 272", v.Frames, *v.FramesExpected)
	}
	if *v.LevelSpreadDB != 0 || *v.SpeedMax != 1 {
		t.Errorf("level spread %v, speed max %v", *v.LevelSpreadDB, *v.SpeedMax)
	}
}

// An image in the camera's place is no picture of it.
func TestWaitingImageIsNoFrame(t *testing.T) {
	for _, films := range []bool{true, false} {
		w := goodCall(t)
		w.stands(b, a, time.Second, 2*time.Second, trace.ShownWaiting)
		if films {
			w.shows(b, a, frames{from: 2 * time.Second, to: 20 * time.Second, latency: 300 * time.Millisecond})
		}
		v := viewOf(t, endCall(w, 20*time.Second), b, a)
		if !films {
			if v.FirstFrame != nil || v.Frames != 0 {
				t.Errorf("of an image alone: first at %v, %d frames", v.FirstFrame, v.Frames)
			}
			continue
		}
		near(t, "first frame", v.FirstFrame, 2300*time.Millisecond)
		if *v.FramesExpected != 272 || v.Frames != 272 {
			t.Errorf("frames %d of %d, want 272 of 272", v.Frames, *v.FramesExpected)
		}
	}
}

func TestUnseenFramesAreMissed(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 100 * time.Millisecond})
	w.shows(b, a, frames{from: 10 * time.Second, to: 12 * time.Second, unseen: true})
	w.shows(b, a, frames{from: 12 * time.Second, to: 20 * time.Second, latency: 100 * time.Millisecond})
	v := viewOf(t, endCall(w, 20*time.Second), b, a)
	if *v.FramesExpected != 272 || v.Frames != 240 {
		t.Errorf("frames %d of %d, want 240 of 272", v.Frames, *v.FramesExpected)
	}
	// The last picture before the gap was captured at 9.9375 s; the next at 12 s.
	for name, f := range map[string]*Freezes{"webrtc": v.Freeze.WebRTC, "sdk": v.Freeze.SDK, "analytics": v.Freeze.Analytics} {
		if f.N != 1 {
			t.Errorf("%s: %d freezes, want 1", name, f.N)
			continue
		}
		near(t, name, &f.Total, 2*time.Second+frameGap)
	}
}

func TestFreezeDefinitionsDiffer(t *testing.T) {
	cases := []struct {
		name             string
		gap              time.Duration
		webrtc, sdk, ana int
	}{
		{"a hiccup is none", 190 * time.Millisecond, 0, 0, 0},
		{"webrtc only", 400 * time.Millisecond, 1, 0, 0},
		{"webrtc and sdk", 550 * time.Millisecond, 1, 1, 0},
		{"all three", 620 * time.Millisecond, 1, 1, 1},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := goodCall(t)
			now := 2 * time.Second
			for i := range 40 {
				if i == 30 {
					now += x.gap - frameGap
				}
				w.show(b, a, int64(i), now-time.Millisecond, now, 0)
				now += frameGap
			}
			f := viewOf(t, endCall(w, now), b, a).Freeze
			if f.WebRTC.N != x.webrtc || f.SDK.N != x.sdk || f.Analytics.N != x.ana {
				t.Errorf("got %d %d %d, want %d %d %d", f.WebRTC.N, f.SDK.N, f.Analytics.N, x.webrtc, x.sdk, x.ana)
			}
		})
	}
}

func TestAPictureThatStandsUntilTheEndIsFrozen(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 100 * time.Millisecond})
	v := viewOf(t, endCall(w, 20*time.Second), b, a)
	if v.Freeze.WebRTC.N != 1 || v.Freeze.WebRTC.Total < 9*time.Second {
		t.Errorf("freezes %+v, want one of nearly 10 s", *v.Freeze.WebRTC)
	}
}

func TestNoFreezeWhileTheCameraIsOffOrTheVideoMuted(t *testing.T) {
	for _, how := range []string{"camera", "mute"} {
		w := goodCall(t)
		w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 60 * time.Millisecond})
		w.at(10 * time.Second)
		if how == "camera" {
			w.Add(trace.PushMedia, a, trace.Nobody, "", "", 0, 1)
			w.at(14 * time.Second)
			w.Add(trace.PushMedia, a, trace.Nobody, "", "", 1, 1)
		} else {
			w.Add(trace.ServerMuted, b, a, "video", "")
			w.at(14 * time.Second)
			w.Add(trace.ServerUnmuted, b, a, "video", "")
		}
		w.shows(b, a, frames{from: 14 * time.Second, to: 20 * time.Second, latency: 60 * time.Millisecond})
		v := viewOf(t, endCall(w, 20*time.Second), b, a)
		if v.Freeze.WebRTC.N != 0 {
			t.Errorf("%s: %d freezes, want none", how, v.Freeze.WebRTC.N)
		}
	}
}

func TestWhatPicturesSayIsSummed(t *testing.T) {
	for flag, read := range map[int64]func(View) *time.Duration{
		trace.ShownBlack:   func(v View) *time.Duration { return v.Black },
		trace.ShownGarbled: func(v View) *time.Duration { return v.Garbled },
		trace.ShownRotated: func(v View) *time.Duration { return v.Rotated },
	} {
		w := goodCall(t)
		w.shows(b, a, frames{from: 2 * time.Second, to: 10 * time.Second, latency: 100 * time.Millisecond})
		w.shows(b, a, frames{from: 10 * time.Second, to: 12 * time.Second, latency: 100 * time.Millisecond, flags: flag})
		w.shows(b, a, frames{from: 12 * time.Second, to: 20 * time.Second, latency: 100 * time.Millisecond})
		near(t, "flagged time", read(viewOf(t, endCall(w, 20*time.Second), b, a)), 2*time.Second)
	}
}

func TestARecordingLeavesOurFieldsNull(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 20 * time.Second, latency: 100 * time.Millisecond, flags: trace.ShownForeign})
	v := viewOf(t, endCall(w, 20*time.Second), b, a)
	if v.Black != nil || v.Garbled != nil || v.Rotated != nil || v.Delay != nil {
		t.Errorf("read from a foreign picture: %+v", v)
	}
	if v.Freeze.WebRTC == nil || v.FramesExpected != nil || v.Frames != 288 {
		t.Errorf("a recording's frames can be counted, and no more: %+v", v)
	}
}

func TestAnAudioCallHasNoPictures(t *testing.T) {
	w := goodCall(t)
	w.hears(b, a, 2*time.Second, 20*time.Second, 1, -2000)
	v := viewOf(t, endCall(w, 20*time.Second), b, a)
	if v.FirstFrame != nil || v.FramesExpected != nil || v.Freeze.WebRTC != nil || v.Black != nil {
		t.Errorf("pictures in an audio call: %+v", v)
	}
}

func TestAudioGaps(t *testing.T) {
	cases := []struct {
		gap, want time.Duration
	}{{0, 0}, {199 * time.Millisecond, 0}, {200 * time.Millisecond, 200 * time.Millisecond}, {3 * time.Second, 3 * time.Second}}
	for _, x := range cases {
		w := goodCall(t)
		w.hears(b, a, 3*time.Second, 10*time.Second, 1, -2000)
		w.hears(b, a, 10*time.Second+x.gap, 20*time.Second, 1, -1700)
		v := viewOf(t, endCall(w, 20*time.Second), b, a)
		near(t, "gap", v.AudioGap, x.want)
		if *v.LevelSpreadDB != 3 {
			t.Errorf("level spread %v dB, want 3", *v.LevelSpreadDB)
		}
	}
}

func TestSilenceWhileTheMicrophoneIsOffIsNoGap(t *testing.T) {
	w := goodCall(t)
	w.hears(b, a, 3*time.Second, 10*time.Second, 1, -2000)
	w.at(10 * time.Second)
	w.Add(trace.PushMedia, a, trace.Nobody, "", "", 1, 0)
	w.at(15 * time.Second)
	w.Add(trace.PushMedia, a, trace.Nobody, "", "", 1, 1)
	w.hears(b, a, 15*time.Second, 20*time.Second, 1, -2000)
	near(t, "gap", viewOf(t, endCall(w, 20*time.Second), b, a).AudioGap, 0)
}
