package wechat

import (
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/trace"
)

// count is how many events of a kind a phone has between two times.
func count(r *trace.Record, k trace.Kind, actor trace.ActorID, from, to time.Duration) (n int) {
	for _, ev := range pick(r, k) {
		if ev.Actor == actor && ev.At >= from && ev.At < to {
			n++
		}
	}
	return n
}

// A push that begins while its page is away has no camera there, whatever switches it on;
// the waiting image goes out for it until the page is back. Sound goes by the same rule.
func TestPushThatBeginsBehind(t *testing.T) {
	for _, switched := range []bool{true, false} {
		pushBehind(t, true, switched)
		pushBehind(t, false, switched)
	}
}

// pushBehind begins a push, away or not, whose camera is switched on later or at once.
func pushBehind(t *testing.T, away, switched bool) {
	t.Helper()
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
		push.WaitingImage, push.EnableCamera = "away.png", !switched
	})
	w.at(time.Second, func() {
		if away {
			w.a.Hide(byHome)
		}
	})
	w.at(1100*time.Millisecond, func() { w.pusher.Start(); w.pusher.SetCamera(true); w.player.Play() })
	w.at(5*time.Second, w.a.Show)
	r := w.run(15 * time.Second)
	if n := count(r, trace.FrameCaptured, 0, 0, 5*time.Second); (n == 0) != away {
		t.Errorf("away %v: %d pictures of the camera", away, n)
	}
	if waiting, _, own := waits(r, 3*time.Second, 5*time.Second); (waiting > 5) != away || (own > 0) == away {
		t.Errorf("away %v: %d waiting, %d of the camera", away, waiting, own)
	}
	if heard := heardIn(t, w); heard[3] == away || !heard[10] {
		t.Errorf("away %v: heard behind %v, afterwards %v", away, heard[3], heard[10])
	}
	if _, _, own := waits(r, 8*time.Second, 15*time.Second); own < 90 {
		t.Errorf("away %v: %d pictures of the camera afterwards", away, own)
	}
}

// A push isn't started behind, by its method or by autopush; the trace has the failure.
func TestNoPushIsStartedBehind(t *testing.T) {
	for _, away := range []bool{true, false} {
		w := newWorld(t, 1, nil)
		w.at(time.Second, func() {
			if away {
				w.a.Hide(byLock)
			}
			w.pusher.Operate("start", nil, nil)
			if _, err := w.a.NewLivePusher(PusherOptions{URL: "rtmp://edge/live/s2", UID: 8, PusherAttributes: PusherAttributes{AutoPush: true}}); err != nil {
				t.Error(err)
			}
		})
		w.at(4*time.Second, w.a.Show)
		r := w.run(10 * time.Second)
		starts, failures := len(pick(r, trace.PushStarted)), 0
		for _, ev := range pick(r, trace.HostTold) {
			if r.Text(ev.Text) == "start" && ev.At == time.Second {
				failures++
			}
		}
		if away && (starts != 0 || failures != 1) || !away && (starts != 2 || failures != 0) {
			t.Errorf("away %v: %d starts, %d failures", away, starts, failures)
		}
	}
}

// A player that is made for a page that is away begins only when it is told again, on the
// screen; one that was there may begin, and nothing of it is seen or heard.
func TestPlayerThatIsMadeBehind(t *testing.T) {
	for _, made := range []bool{true, false} {
		w := newWorld(t, 1, nil)
		w.pusher.Start()
		if !made {
			w.at(3*time.Second, func() { w.b.Hide(byHome) })
			w.at(3500*time.Millisecond, w.player.Play)
		} else {
			w.at(3*time.Second, func() {
				w.b.Hide(byHome)
				p, err := w.b.NewLivePlayer(PlayerOptions{Peer: 0, Src: w.player.o.Src, PlayerAttributes: PlayerAttributes{AutoPlay: true}})
				if err != nil {
					t.Error(err)
				}
				w.player = p
				p.Play()
			})
		}
		w.at(7*time.Second, w.b.Show)
		w.at(10*time.Second, func() { w.player.Play() })
		r := w.run(15 * time.Second)
		if n := count(r, trace.FrameShown, 1, 0, 7*time.Second) + count(r, trace.AudioPlayed, 1, 0, 7*time.Second); n != 0 {
			t.Errorf("made there %v: %d times seen or heard", made, n)
		}
		if n := count(r, trace.PlayStarted, 1, 0, 10*time.Second); (n == 0) != made {
			t.Errorf("made there %v: began %d times before it was told again", made, n)
		}
		if n := count(r, trace.FrameShown, 1, 13*time.Second, 15*time.Second); n < 25 {
			t.Errorf("made there %v: %d pictures afterwards", made, n)
		}
	}
}

// The waiting image lasts its time, also where the page goes on to be heard or has music;
// back on the screen the camera films, and another absence has the whole time again.
func TestWaitingImageEnds(t *testing.T) {
	for _, how := range []string{"heard", "music"} {
		v := DefaultVersion()
		v.ImageLasts, v.MusicBehind = 8*time.Second, true
		if how == "heard" {
			v.Android.SoundBehind = []string{byHome}
		}
		w := newWorld(t, 1, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			a.Version, push.WaitingImage = &v, "away.png"
		})
		own, err := w.a.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1"}) // a page that converses
		if err != nil {
			t.Fatal(err)
		}
		w.pusher.Start()
		w.player.Play()
		own.Play()
		if how == "music" {
			w.a.PlayBGM("page", "")
		}
		for _, from := range []time.Duration{10 * time.Second, 40 * time.Second} {
			w.at(from, func() { w.a.Hide(byHome) })
			w.at(from+20*time.Second, w.a.Show)
		}
		r := w.run(70 * time.Second)
		for _, from := range []time.Duration{10 * time.Second, 40 * time.Second} {
			if waiting, _, _ := waits(r, from+time.Second, from+8*time.Second); waiting < 60 {
				t.Errorf("%s: away at %v: %d images in 7 s", how, from, waiting)
			}
			if waiting, _, own := waits(r, from+9*time.Second, from+20*time.Second); waiting+own != 0 {
				t.Errorf("%s: away at %v: %d images, %d pictures afterwards", how, from, waiting, own)
			}
		}
		if _, _, own := waits(r, 33*time.Second, 40*time.Second); own < 90 {
			t.Errorf("%s: %d pictures after the return", how, own)
		}
	}
}

// On iOS a call lies over the app: there is no camera under it, the waiting image goes out,
// and that the encoder's session is lost is met afterwards. Elsewhere pictures go on.
func TestCallCoversTheApp(t *testing.T) {
	for _, x := range []struct {
		os    phone.OS
		takes bool
		image string
	}{{phone.IOS, true, "away.png"}, {phone.IOS, true, ""}, {phone.Android, false, "away.png"}} {
		os, takes := x.os, x.takes
		w := newWorld(t, 1, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			a.Traits.OS, a.Traits.Chip.SessionLost, push.WaitingImage = os, takes, x.image
		})
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, w.a.Interrupt)
		w.at(12*time.Second, func() { w.a.Hide(byHome) })
		w.at(14*time.Second, w.a.Show)
		w.at(20*time.Second, w.a.EndInterruption)
		r := w.run(30 * time.Second)
		if n := count(r, trace.FrameCaptured, 0, 15*time.Second, 20*time.Second); (n == 0) != takes {
			t.Errorf("%s: %d pictures of the camera in the call", os, n)
		}
		if waiting, black, own := waits(r, 15*time.Second, 20*time.Second); (waiting > 20) != (takes && x.image != "") || (own > 60) == takes || black > 0 {
			t.Errorf("%s: %d waiting, %d of the camera, %d black in the call", os, waiting, own, black)
		}
		if _, _, own := waits(r, 23*time.Second, 30*time.Second); own < 90 {
			t.Errorf("%s: %d pictures after the call", os, own)
		}
		for _, ev := range pick(r, trace.PusherCode) {
			if code := ev.V[0]; (code == codeEncodeFailed || code == codeEncoderRestarted) && ev.At < 20*time.Second {
				t.Errorf("%s: %d at %v, in the call", os, code, ev.At)
			}
		}
	}
}

// A call is the phone's: it goes on when WeChat ends, and has the sound of one that is
// opened meanwhile.
func TestCallOutlivesTheApp(t *testing.T) {
	for _, before := range []bool{true, false} {
		w := newWorld(t, 1, nil)
		call, kill := 2*time.Second, 3*time.Second
		if !before {
			call, kill = kill, call
		}
		w.at(call, w.a.Interrupt)
		w.at(kill, w.a.Kill)
		w.at(5*time.Second, func() {
			w.a.Show()
			p, err := w.a.NewLivePusher(PusherOptions{URL: w.pusher.o.URL, UID: 7, PusherAttributes: w.pusher.o.PusherAttributes})
			if err != nil {
				t.Error(err)
			}
			p.Start()
			w.player.Play()
		})
		w.a.o.Traits.OS = phone.IOS // whose sound is back after a call
		w.at(10*time.Second, w.a.EndInterruption)
		w.e.RunUntil(20 * time.Second)
		if heard := heardIn(t, w); heard[8] || !heard[15] {
			t.Errorf("call before its end %v: heard in the call %v, afterwards %v", before, heard[8], heard[15])
		}
	}
}

// wx tells what its base library has, and whether the page listens; other events there
// are none of.
func TestWhatIsTold(t *testing.T) {
	s := newSpell(t, phone.Android, nil)
	s.host.o.Knows = func(_, name string) bool { return name != "onMemoryWarning" }
	s.host.Listen(Page{OnNetworkStatus: func(kind string) { s.note("network %s", kind) }})
	s.at(time.Second, func() { s.host.MemoryWarning("low"); s.host.Interrupt(); s.host.NetworkChanged("4g") })
	s.at(3*time.Second, s.host.EndInterruption)
	s.e.RunUntil(5 * time.Second)
	s.expect("2s network 4g")
	record, err := s.log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, ev := range pick(record, trace.HostTold) {
		got[record.Text(ev.Text)] = ev.V[0]
	}
	if len(got) != 3 || got["onNetworkStatusChange"] != 1 || got["onAudioInterruptionBegin"] != 0 || got["onAudioInterruptionEnd"] != 0 {
		t.Errorf("told %v", got)
	}
	if n := len(pick(record, trace.HostInterrupted)); n != 2 {
		t.Errorf("%d times interrupted or not", n)
	}
}

// That the microphone starts is told where the version does, each time; not by others, and
// not of one that the user denies.
func TestMicrophoneIsTold(t *testing.T) {
	const start = "1005 1003 1007 1008 1001 1002"
	for _, x := range []struct {
		told, denied bool
		want         string
	}{{true, false, start + " 2027 2027"}, {false, false, start}, {true, true, "1005 10002 1003 1007 1008 1001 1002 10002"}} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			v := DefaultVersion()
			v.MicTold = x.told
			a.Version = &v
		})
		w.a.Deny("mic", x.denied)
		w.pusher.Start()
		w.at(5*time.Second, func() { w.pusher.SetMuted(true) })
		w.at(6*time.Second, func() { w.pusher.SetMuted(false) })
		w.at(7*time.Second, func() { w.a.Deny("camera", false) }) // it runs on
		wantCodes(t, w.run(8*time.Second), trace.PusherCode, x.want)
	}
}
