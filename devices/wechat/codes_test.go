package wechat

import (
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// With a URL in their markup, components start when the page is made.
func TestStartsByItself(t *testing.T) {
	for _, auto := range []bool{false, true} {
		w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, play *PlayerOptions) {
			push.AutoPush, play.AutoPlay = auto, auto
		})
		r := w.run(5 * time.Second)
		if (len(pick(r, trace.PushStarted)) == 1) != auto || (len(pick(r, trace.FrameShown)) > 10) != auto {
			t.Errorf("auto %v: %d starts, %d pictures", auto, len(pick(r, trace.PushStarted)), len(pick(r, trace.FrameShown)))
		}
	}
}

// Of one version, a push of sound alone says 1005 and nothing else, and is heard all the
// same; of the others it tells that it began, and with its camera on it does so in any.
func TestSoundAloneUntold(t *testing.T) {
	for _, c := range []struct {
		untold, camera bool
		want           string
	}{
		{true, false, "1005"}, {false, false, "1005 1001 1002"}, {true, true, "1005 1003 1007 1008 1001 1002"},
	} {
		w := newWorld(t, 1, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			v := DefaultVersion()
			v.AudioOnlyUntold = c.untold
			a.Version = &v
			push.EnableCamera = c.camera
		})
		w.pusher.Start()
		w.player.Play()
		r := w.run(10 * time.Second)
		wantCodes(t, r, trace.PusherCode, c.want)
		if len(pick(r, trace.AudioPlayed)) < 5 {
			t.Errorf("%+v: nothing is heard", c)
		}
	}
}

// Of one version, players hear the pusher's codes too; of the others they don't.
func TestCodesLeak(t *testing.T) {
	for _, leaks := range []bool{false, true} {
		var heard []int
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			v := DefaultVersion()
			v.Android.CodesLeak = leaks
			a.Version = &v
		})
		_, err := w.a.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s2", OnStateChange: func(c int, _ string) { heard = append(heard, c) }})
		if err != nil {
			t.Fatal(err)
		}
		w.pusher.Start()
		r := w.run(5 * time.Second)
		if (len(heard) == 6) != leaks || len(heard) > 0 != leaks {
			t.Errorf("leaks %v: the player heard %v", leaks, heard)
		}
		wantCodes(t, r, trace.PusherCode, "1005 1003 1007 1008 1001 1002")
	}
}

// A connection that breaks while something waits to be written fails twice, for the
// reader and for the writer; one that breaks with nothing waiting fails once.
func TestReaderAndWriterFail(t *testing.T) {
	for _, waiting := range []bool{false, true} {
		w := newWorld(t, 1, nil)
		w.pusher.Start()
		if waiting {
			w.at(8*time.Second, func() { w.netA.outage(10 * time.Second) })
		}
		w.at(11*time.Second, func() { w.netA.cut(sockets.ErrReset) })
		got := codes(w.run(13*time.Second), trace.PusherCode)
		if strings.Contains(got, "3005 3005 1102") != waiting || !strings.Contains(got, "3005 1102") {
			t.Errorf("waiting %v: %s", waiting, got)
		}
	}
}

// Permission that is taken away in a push ends the device's part of it, and gives it back.
func TestDeniedWhilePushing(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(5*time.Second, func() { w.a.Deny("mic", true) })
	w.at(10*time.Second, func() { w.a.Deny("mic", false) })
	w.at(15*time.Second, func() { w.a.Deny("camera", true) })
	w.at(20*time.Second, func() { w.a.Deny("camera", false) })
	r := w.run(25 * time.Second)
	if gaps, _ := heardGaps(r); len(gaps) != 1 || gaps[0] < 4900*time.Millisecond {
		t.Errorf("gaps %v", gaps)
	}
	during, after := 0, 0
	for _, ev := range pick(r, trace.FrameCaptured) {
		switch {
		case ev.At > 15*time.Second && ev.At < 20*time.Second:
			during++
		case ev.At > 21*time.Second:
			after++
		}
	}
	if during != 0 || after < 50 {
		t.Errorf("%d pictures while denied, %d after", during, after)
	}
	if got := codes(r, trace.PusherCode); !strings.HasSuffix(got, "1002 10002 10001") {
		t.Errorf("codes %s", got)
	}
}
