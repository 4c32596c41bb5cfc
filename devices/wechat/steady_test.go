package wechat

import (
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/trace"
)

func TestSteadyCall(t *testing.T) {
	for _, os := range []phone.OS{phone.Android, phone.IOS} {
		t.Run(string(os), func(t *testing.T) {
			w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) { b.Traits.OS = os })
			w.pusher.Start()
			w.at(100*time.Millisecond, w.player.Play)
			r := w.run(30 * time.Second)
			wantCodes(t, r, trace.PusherCode, "1005 1003 1007 1008 1001 1002")
			want := "2001 2004 2026 2008 2009 2003 2032"
			if os == phone.IOS {
				want = "2008 2001 2004 2026 2009 2003"
			}
			wantCodes(t, r, trace.PlayerCode, want)
			gaps, speeds := heardGaps(r)
			if len(gaps) > 0 || len(speeds) != 1 || speeds[0] != 1000 {
				t.Errorf("gaps %v, speeds %v: want none, and 1000 alone", gaps, speeds)
			}
			checkAllShown(t, r)
			for _, k := range []trace.Kind{trace.FrameDropped, trace.PlaybackSpeed, trace.Buffering, trace.FrameOversized} {
				if n := len(pick(r, k)); n > 0 {
					t.Errorf("%d events of kind %v, want none", n, k)
				}
			}
			if n := len(pick(r, trace.PusherStatus)); n != 14 && n != 15 {
				t.Errorf("%d netstatus of the pusher in 30 s, want one each 2 s", n)
			}
		})
	}
}

// checkAllShown wants each captured frame shown once, in order, at an even pace, but
// for those still on their way.
func checkAllShown(t *testing.T, r *trace.Record) {
	t.Helper()
	captured, shown := pick(r, trace.FrameCaptured), pick(r, trace.FrameShown)
	if len(shown) < len(captured)-15 || len(shown) == 0 {
		t.Fatalf("%d captured, %d shown", len(captured), len(shown))
	}
	for i, ev := range shown {
		if ev.V[0] != captured[0].V[0]+int64(i) {
			t.Fatalf("picture %d shown is frame %d", i, ev.V[0])
		}
		if ev.V[2] != 7 || ev.V[3] != 0 {
			t.Fatalf("picture %d: uid %d, flags %d", i, ev.V[2], ev.V[3])
		}
		if delay := ev.At - time.Duration(ev.V[1]); delay < 200*time.Millisecond || delay > 800*time.Millisecond {
			t.Fatalf("picture %d shown %v after capture", i, delay)
		}
		if i > 0 && ev.At-shown[i-1].At > 81*time.Millisecond {
			t.Fatalf("picture %d comes %v after the one before", i, ev.At-shown[i-1].At)
		}
	}
}

func TestSameSeedSameDigest(t *testing.T) {
	digest := func(seed uint64) string {
		w := newWorld(t, seed, nil)
		w.pusher.Start()
		w.player.Play()
		w.at(5*time.Second, func() { w.netA.outage(3 * time.Second) })
		return w.run(15 * time.Second).Digest
	}
	first := digest(1)
	if first != digest(1) {
		t.Error("the same seed gave two digests")
	}
	if first == digest(2) {
		t.Error("two seeds gave one digest")
	}
}

func TestSoundOnlyAndPictureOnly(t *testing.T) {
	for _, c := range []struct {
		name              string
		camera, mic       bool
		pusher, player    string
		wantSound, wantPi bool
	}{
		{"sound", false, true, "1005 1001 1002", "2001 2004 2026", true, false},
		{"pictures", true, false, "1005 1003 1007 1008 1001 1002", "2001 2004 2008 2009 2003 2032", false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 3, func(_, _ *HostOptions, p *PusherOptions, _ *PlayerOptions) {
				p.EnableCamera, p.EnableMic = c.camera, c.mic
			})
			w.pusher.Start()
			w.player.Play()
			r := w.run(20 * time.Second)
			wantCodes(t, r, trace.PusherCode, c.pusher)
			wantCodes(t, r, trace.PlayerCode, c.player)
			if got := len(pick(r, trace.AudioPlayed)) > 0; got != c.wantSound {
				t.Errorf("heard: %v", got)
			}
			if got := len(pick(r, trace.FrameShown)) > 0; got != c.wantPi {
				t.Errorf("seen: %v", got)
			}
			if gaps, _ := heardGaps(r); len(gaps) > 0 {
				t.Errorf("gaps %v", gaps)
			}
			if c.camera {
				checkAllShown(t, r)
			}
		})
	}
}

// What has been published before a player comes is skipped, not played fast.
func TestJoinsAtTheLiveEdge(t *testing.T) {
	w := newWorld(t, 4, nil)
	w.server.backlog = true
	w.pusher.Start()
	w.at(8*time.Second, w.player.Play)
	r := w.run(20 * time.Second)
	wantCodes(t, r, trace.PlayerCode, "2001 2004 2026 2008 2009 2003 2032")
	gaps, speeds := heardGaps(r)
	if len(gaps) > 0 || len(speeds) != 1 || speeds[0] != 1000 {
		t.Errorf("gaps %v, speeds %v", gaps, speeds)
	}
	shown := pick(r, trace.FrameShown)
	if first := shown[0]; first.At-time.Duration(first.V[1]) > 800*time.Millisecond {
		t.Errorf("the first picture is %v old", first.At-time.Duration(first.V[1]))
	}
	for i := 1; i < len(shown); i++ {
		if shown[i].V[0] != shown[i-1].V[0]+1 {
			t.Errorf("frame %d follows %d", shown[i].V[0], shown[i-1].V[0])
		}
	}
}

// With camera and microphone off a push stands and sends no media at all.
func TestNothingSwitchedOnSendsNothing(t *testing.T) {
	w := newWorld(t, 5, func(_, _ *HostOptions, p *PusherOptions, _ *PlayerOptions) {
		p.EnableCamera, p.EnableMic = false, false
	})
	w.pusher.Start()
	var before int
	w.at(10*time.Second, func() {
		before = len(w.server.got)
		w.pusher.SetMic(true)
	})
	r := w.run(11 * time.Second)
	wantCodes(t, r, trace.PusherCode, "1005 1001 1002")
	if before != 0 {
		t.Errorf("%d media messages with everything off", before)
	}
	if len(w.server.got) < 40 {
		t.Errorf("%d media messages in a second of sound", len(w.server.got))
	}
	if n := len(pick(r, trace.FrameCaptured)); n != 0 {
		t.Errorf("%d pictures captured", n)
	}
}
