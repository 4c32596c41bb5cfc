package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/trace"
)

// In the background a context method fails with 102; the stream goes on. On the screen
// it works, and a method that the library lacks doesn't.
func TestMethodsInTheBackground(t *testing.T) {
	for _, os := range []phone.OS{phone.Android, phone.IOS} {
		var heard []string
		w := newWorld(t, 1, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			a.Traits.OS, push.WaitingImage = os, ""
			a.Knows = func(_, name string) bool { return name != "playBGM" }
		})
		done := func(code int, message string) { heard = append(heard, fmt.Sprint(code, " ", message)) }
		w.pusher.Start()
		w.at(10*time.Second, func() { w.a.Hide("home") })
		w.at(12*time.Second, func() { w.pusher.Operate("pause", nil, done) })
		w.at(13*time.Second, func() { w.a.Show() })
		w.at(14*time.Second, func() {
			w.pusher.Operate("pause", nil, done)
			w.pusher.Operate("playBGM", "x.mp3", done)
			w.pusher.Operate("fly", nil, done)
		})
		w.run(20 * time.Second)
		want := "access denied"
		if os == phone.IOS {
			want = "runningState=background"
		}
		if len(heard) != 4 || !strings.HasPrefix(heard[0], "102 ") || !strings.Contains(heard[0], want) ||
			!strings.HasPrefix(heard[1], "0 ") || !strings.HasPrefix(heard[2], "-1 ") || !strings.HasPrefix(heard[3], "-1 ") {
			t.Errorf("%s: %q", os, heard)
		}
	}
}

// waits tells what is seen of a: pictures that stand for the camera's, black ones among
// them, and the camera's own, between two times.
func waits(r *trace.Record, from, to time.Duration) (waiting, black, own int) {
	for _, ev := range pick(r, trace.FrameShown) {
		switch {
		case ev.At < from || ev.At >= to:
		case ev.V[3]&trace.ShownWaiting == 0:
			own++
		case ev.V[3]&trace.ShownBlack != 0:
			black++
		default:
			waiting++
		}
	}
	return
}

// A pause sends the waiting image, or black; sound goes on, and the camera comes back.
func TestPauseAndResume(t *testing.T) {
	for _, image := range []string{"", "away.png", "gone.png"} {
		var errors []int
		w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			push.WaitingImage = image
			push.Load = func(url string) (time.Duration, bool) { return 0, url == "away.png" }
			push.OnError = func(code int, _ string) { errors = append(errors, code) }
		})
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, func() { w.pusher.Operate("pause", nil, nil) })
		w.at(20*time.Second, func() { w.pusher.Operate("resume", nil, nil) })
		r := w.run(30 * time.Second)
		waiting, black, own := waits(r, 12*time.Second, 20*time.Second)
		if (waiting > 70) != (image == "away.png") || (black > 70) != (image != "away.png") || own != 0 {
			t.Errorf("%q: %d waiting, %d black, %d of the camera in 8 s", image, waiting, black, own)
		}
		if _, _, own := waits(r, 22*time.Second, 30*time.Second); own < 110 {
			t.Errorf("%q: %d pictures in 8 s after the pause", image, own)
		}
		if gaps, _ := heardGaps(r); len(gaps) != 0 {
			t.Errorf("%q: gaps in the sound: %v", image, gaps)
		}
		var films []string
		for _, ev := range pick(r, trace.PushMedia) {
			films = append(films, fmt.Sprint(ev.At, " ", ev.V[0]))
		}
		if got := strings.Join(films, ", "); got != "10s 0, 20s 1" {
			t.Errorf("%q: the trace says of the camera: %s", image, got)
		}
		if (fmt.Sprint(errors) == "[10004]") != (image == "gone.png") {
			t.Errorf("%q: errors %v", image, errors)
		}
	}
}

// Away from the screen, the waiting image takes the camera's place; without one there
// is nothing. A push that the host has stopped goes on with a new start only.
func TestAwayAndBack(t *testing.T) {
	for _, c := range []struct {
		image   string
		restart bool
	}{{"", true}, {"away.png", true}, {"away.png", false}} {
		w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) { push.WaitingImage = c.image })
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, func() { w.a.Hide("home") })
		w.at(30*time.Second, func() {
			if w.a.Show(); c.restart {
				w.pusher.Stop("")
				w.pusher.Start()
			}
		})
		r := w.run(45 * time.Second)
		if waiting, black, own := waits(r, 12*time.Second, 30*time.Second); (waiting > 100) != (c.image != "") || black+own != 0 {
			t.Errorf("%+v: %d waiting, %d black, %d of the camera while away", c, waiting, black, own)
		}
		if _, _, own := waits(r, 35*time.Second, 45*time.Second); (own > 100) != c.restart {
			t.Errorf("%+v: %d pictures after the return", c, own)
		}
		if waiting, black, _ := waits(r, 32*time.Second, 45*time.Second); waiting+black != 0 {
			t.Errorf("%+v: %d waiting, %d black after the return", c, waiting, black)
		}
		want := "1005 1003 1007 1008 1001 1002 5000"
		if c.restart {
			want += " 1005 1003 1007 1008 1001 1002"
		}
		wantCodes(t, r, trace.PusherCode, want)
	}
}

// Music starts, goes on and ends; a file that isn't there is told, and nothing starts.
func TestMusic(t *testing.T) {
	var heard, results []string
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
		push.Load = func(url string) (time.Duration, bool) { return 3500 * time.Millisecond, url == "song.mp3" }
		push.OnMusic = func(event string, at, _ time.Duration) { heard = append(heard, fmt.Sprint(event, " ", at)) }
	})
	w.pusher.Start()
	do := func(at time.Duration, method string, value any) {
		w.at(at, func() {
			w.pusher.Operate(method, value, func(code int, _ string) { results = append(results, fmt.Sprint(method, " ", code)) })
		})
	}
	do(5*time.Second, "playBGM", "song.mp3")
	do(6500*time.Millisecond, "pauseBGM", nil)
	do(10*time.Second, "resumeBGM", nil)
	do(20*time.Second, "playBGM", "none.mp3")
	do(21*time.Second, "setBGMVolume", 2.0)
	r := w.run(30 * time.Second)
	if got := strings.Join(heard, ", "); got != "start 0s, progress 1s, progress 2.5s, progress 3.5s, complete 3.5s" &&
		got != "start 0s, progress 1s, progress 2.5s, complete 3.5s" {
		t.Errorf("heard %s", got)
	}
	if got := strings.Join(results, ", "); got != "playBGM 0, pauseBGM 0, resumeBGM 0, playBGM -1, setBGMVolume -1" {
		t.Errorf("results %s", got)
	}
	if got := codes(r, trace.PusherCode); !strings.HasSuffix(got, " 10003") {
		t.Errorf("codes %s", got)
	}
}

// Where a version lets it, device-position changes while pushing: for the time that the
// other camera takes to open there are no pictures.
func TestDevicePosition(t *testing.T) {
	for _, fixed := range []bool{false, true} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			v := DefaultVersion()
			v.DevicePositionFixed = fixed
			a.Version = &v
		})
		w.pusher.Start()
		w.at(10*time.Second, func() {
			if err := w.pusher.SetDevicePosition("back"); err != nil {
				t.Error(err)
			}
			if w.pusher.SetDevicePosition("below") == nil {
				t.Error("a camera below")
			}
		})
		last, gap := time.Duration(0), time.Duration(0)
		for _, ev := range pick(w.run(15*time.Second), trace.FrameCaptured) {
			if last > 0 {
				gap = max(gap, ev.At-last)
			}
			last = ev.At
		}
		if (gap > 200*time.Millisecond) == fixed {
			t.Errorf("fixed %v: a gap of %v", fixed, gap)
		}
	}
}
