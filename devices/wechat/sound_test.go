package wechat

import (
	"testing"
	"time"

	"minilab/simulator/media/aac"
	"minilab/simulator/trace"
)

// A muted pusher sends no sound; where the version makes it silence, it sends that, and
// it is heard as silence.
func TestMuted(t *testing.T) {
	for _, silence := range []bool{false, true} {
		w := newWorld(t, 1, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			v := DefaultVersion()
			v.MutedSilence = silence
			a.Version = &v
			push.Muted = true
		})
		w.pusher.Start()
		w.player.Play()
		r := w.run(20 * time.Second)
		heard := pick(r, trace.AudioPlayed)
		if (len(heard) > 10) != silence {
			t.Errorf("silence %v: heard %d spans", silence, len(heard))
		}
		for _, ev := range heard {
			if ev.V[4] != aac.Silence {
				t.Fatalf("silence of %d", ev.V[4])
			}
		}
		all := pick(r, trace.PusherStatus)
		if kbps := all[len(all)-1].V[1]; (kbps > 0) != silence || kbps > 12 {
			t.Errorf("silence %v: %d kbit/s of sound", silence, kbps)
		}
	}
}

// Sound of 16 kHz isn't heard on this service; of 48 kHz it is.
func TestLowAudioQualityIsNotHeard(t *testing.T) {
	for _, quality := range []string{qualityHigh, qualityLow} {
		w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) { push.AudioQuality = quality })
		w.pusher.Start()
		w.player.Play()
		r := w.run(15 * time.Second)
		if heard := len(pick(r, trace.AudioPlayed)); (heard > 5) != (quality == qualityHigh) {
			t.Errorf("%s: heard %d spans", quality, heard)
		}
		if shown := len(pick(r, trace.FrameShown)); shown < 150 {
			t.Errorf("%s: %d pictures", quality, shown)
		}
	}
	// A service that has it heard.
	params := defaultPlayerParams()
	params.Unheard = nil
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, play *PlayerOptions) {
		push.AudioQuality, play.params = qualityLow, &params
	})
	w.pusher.Start()
	w.player.Play()
	r := w.run(15 * time.Second)
	if gaps, _ := heardGaps(r); len(gaps) != 0 || len(pick(r, trace.AudioPlayed)) < 10 {
		t.Errorf("heard %d spans with gaps %v", len(pick(r, trace.AudioPlayed)), gaps)
	}
}

// A phone call takes the sound away; where the version gives it back, it comes back.
func TestPhoneCall(t *testing.T) {
	for _, recovers := range []bool{false, true} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			v := DefaultVersion()
			v.Android.CallRecovers = recovers
			a.Version = &v
		})
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, w.a.Interrupt)
		w.at(20*time.Second, w.a.EndInterruption)
		during, after := 0, 0
		r := w.run(30 * time.Second)
		for _, ev := range pick(r, trace.AudioPlayed) {
			switch from := time.Duration(ev.V[0]); {
			case from > 11*time.Second && from < 20*time.Second:
				during++
			case from > 21*time.Second:
				after++
			}
		}
		if during > 0 || (after > 5) != recovers {
			t.Errorf("recovers %v: %d spans during the call, %d after", recovers, during, after)
		}
	}
}

// A page switches its sound by muted; enable-mic does it too, where the library has it.
func TestTwoWaysToSwitchTheSound(t *testing.T) {
	for _, known := range []bool{true, false} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			a.Knows = func(_, name string) bool { return known || name != "enable-mic" }
		})
		w.pusher.Start()
		w.player.Play()
		w.at(5*time.Second, func() { w.pusher.SetMuted(true) })
		w.at(10*time.Second, func() { w.pusher.SetMuted(false) })
		w.at(15*time.Second, func() { w.pusher.SetMic(false) })
		w.at(20*time.Second, func() { w.pusher.SetMic(true) })
		r := w.run(25 * time.Second)
		want := 1
		if known {
			want = 2
		}
		if gaps, _ := heardGaps(r); len(gaps) != want {
			t.Errorf("known %v: gaps %v", known, gaps)
		}
		if n := len(pick(r, trace.PushMedia)); n != 2*want {
			t.Errorf("known %v: %d switches in the trace", known, n)
		}
	}
}
