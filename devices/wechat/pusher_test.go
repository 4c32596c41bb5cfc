package wechat

import (
	"errors"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/media/aac"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

func TestPusherCodes(t *testing.T) {
	const start = "1005 1003 1007 1008"
	for _, c := range []struct {
		name   string
		script func(w *world)
		want   string
	}{
		{"name not found", func(w *world) { w.netA.dialError = sockets.ErrNameNotFound },
			start + " 3001 1102 3001 1102 3001 1102 3001 -1307"},
		{"connection refused", func(w *world) { w.netA.dialError = sockets.ErrRefused },
			start + " 3002 1102 3002 1102 3002 1102 3002 -1307"},
		{"server says nothing", func(w *world) { w.server.silent = true },
			start + " 1001 3003 1102 1001 3003 1102 1001 3003 1102 1001 3003 -1307"},
		{"address refused", func(w *world) { w.server.refuse = true },
			start + " 1001 3004 -1307"},
		{"link lost and healed", func(w *world) {
			w.at(10*time.Second, func() { w.netA.cut(sockets.ErrTimeout) })
		}, start + " 1001 1002 3005 1102 1001 1002"},
		{"link lost for good", func(w *world) {
			w.at(10*time.Second, func() { w.netA.dialError = sockets.ErrConnectTimeout; w.netA.cut(sockets.ErrTimeout) })
		}, start + " 1001 1002 3005 1102 3002 1102 3002 1102 3002 -1307"},
		{"closed by the server, address taken", func(w *world) {
			w.at(10*time.Second, func() { w.server.refuse = true; w.netA.cut(nil) })
		}, start + " 1001 1002 3004 1102 1001 -1326 1102 1001 -1326 1102 1001 -1326 -1307"},
		{"address revoked", func(w *world) {
			w.at(10*time.Second, func() {
				w.server.refuse = true
				w.server.sessions[0].status("NetStream.Publish.BadName")
				w.server.sessions[0].sock.Close()
			})
		}, start + " 1001 1002 3004 1102 1001 -1326 1102 1001 -1326 1102 1001 -1326 -1307"},
		{"lost twice, long apart", func(w *world) {
			for _, at := range []time.Duration{10, 20, 30, 40, 50} {
				w.at(at*time.Second, func() { w.netA.cut(sockets.ErrReset) })
			}
		}, start + " 1001 1002" + strings.Repeat(" 3005 1102 1001 1002", 5)},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1, nil)
			c.script(w)
			w.pusher.Start()
			r := w.run(60 * time.Second)
			wantCodes(t, r, trace.PusherCode, c.want)
		})
	}
}

// Three retries, three seconds apart: the app hears -1307 no earlier than 9 s after
// the loss, and can start again.
func TestGiveUpTimeAndRestart(t *testing.T) {
	var heard []int
	w := newWorld(t, 1, func(_, _ *HostOptions, p *PusherOptions, _ *PlayerOptions) {
		p.OnStateChange = func(code int, _ string) { heard = append(heard, code) }
	})
	w.pusher.Start()
	w.at(10*time.Second, func() { w.netA.dialError = sockets.ErrRefused; w.netA.cut(sockets.ErrTimeout) })
	w.at(30*time.Second, func() { w.netA.dialError = nil; w.pusher.Start() })
	r := w.run(40 * time.Second)
	events := pick(r, trace.PusherCode)
	for _, ev := range events {
		if ev.V[0] == codePushGaveUp && (ev.At < 19*time.Second || ev.At > 19500*time.Millisecond) {
			t.Errorf("gave up at %v", ev.At)
		}
	}
	if len(heard) != len(events) || heard[len(heard)-1] != codePushBegan {
		t.Errorf("the app heard %v", heard)
	}
	last := time.Duration(0)
	for _, ev := range pick(r, trace.FrameCaptured) {
		if ev.At > 19500*time.Millisecond && ev.At < 30*time.Second {
			t.Fatalf("a picture captured at %v, after giving up", ev.At)
		}
		last = ev.At
	}
	if last < 39*time.Second {
		t.Errorf("the last picture is from %v: the restart didn't push", last)
	}
}

// An uplink that takes nothing for 30 s ends the connection.
func TestSendStall(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.at(10*time.Second, func() { w.netA.outage(60 * time.Second) })
	r := w.run(45 * time.Second)
	for _, ev := range pick(r, trace.PusherCode) {
		if ev.V[0] == codeSendStalled {
			if ev.At < 40*time.Second || ev.At > 43*time.Second {
				t.Errorf("3008 at %v", ev.At)
			}
			if got := codes(r, trace.PusherCode); !strings.Contains(got, "3008 3005 3005 1102") {
				t.Errorf("codes %s", got)
			}
			return
		}
	}
	t.Error("no 3008")
}

// Over a thin uplink the bitrate goes down to what fits, with 1101 and 1006, and
// climbs again afterwards.
func TestBitrateFollowsTheUplink(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.netA.upBPS = 350_000
	w.pusher.Start()
	w.at(60*time.Second, func() { w.netA.upBPS = 0 })
	r := w.run(100 * time.Second)
	got := codes(r, trace.PusherCode)
	if !strings.HasPrefix(got, "1005 1003 1007 1008 1001 1002 1101 1006") {
		t.Errorf("codes %s", got)
	}
	statuses := pick(r, trace.PusherStatus)
	thin := int64(0)
	for _, ev := range statuses[9:29] { // some two and a half swings around what fits
		thin += ev.V[0] / 20
	}
	if thin > 330 {
		t.Errorf("%d kbit/s of video in the mean from 20 to 58 s, on an uplink of 350", thin)
	}
	if late := statuses[len(statuses)-1].V[0] + statuses[len(statuses)-2].V[0]; late < 800 {
		t.Errorf("the bitrate has not climbed: %d kbit/s in two intervals", late)
	}
}

// What the server gets over a bad uplink can always be decoded: pictures are missing
// only from somewhere in a key interval to its end, and sound never outlives its bound.
func TestDropsRunToTheNextKeyFrame(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() { w.netA.outage(8 * time.Second) })
	r := w.run(40 * time.Second)
	dropped := map[int64]bool{}
	for _, ev := range pick(r, trace.FrameDropped) {
		if r.Text(ev.Text) != "uplink-queue" {
			t.Fatalf("dropped at %v: %s", ev.At, r.Text(ev.Text))
		}
		dropped[ev.V[0]] = true
	}
	if len(dropped) < 40 {
		t.Errorf("%d pictures dropped in an outage of 8 s", len(dropped))
	}
	missing := false
	for _, ev := range pick(r, trace.FrameCaptured) {
		switch lost := dropped[ev.V[0]]; {
		case lost:
			missing = true
		case ev.V[1] == 1:
			missing = false
		case missing:
			t.Fatalf("frame %d was sent, though its key interval was cut before", ev.V[0])
		}
	}
	if got := codes(r, trace.PlayerCode); strings.Contains(got, "2107") || strings.Contains(got, "2101") {
		t.Errorf("the player could not decode: %s", got)
	}
}

func TestSendQueue(t *testing.T) {
	second := time.Second
	video := func(at time.Duration, n int64, key bool) queued {
		return queued{at: at, number: n, key: key, message: rtmp.Message{Type: rtmp.TypeVideo}}
	}
	sound := func(at time.Duration) queued { return queued{at: at, message: rtmp.Message{Type: rtmp.TypeAudio}} }
	var q sendQueue
	var lost []int64
	drop := func(n int64) { lost = append(lost, n) }
	left := func() (videos []int64, sounds int) {
		for i := q.head; i < len(q.items); i++ {
			if q.items[i].video() {
				videos = append(videos, q.items[i].number)
			} else {
				sounds++
			}
		}
		return
	}

	// The rest of the first interval goes; the next one, queued already, stays.
	for i, key := range []bool{false, false, true, false} {
		q.addVideo(video(time.Duration(i)*second, int64(i), key), 10*second, drop)
		q.addAudio(sound(time.Duration(i)*second), 10*second)
	}
	q.addVideo(video(11*second, 4, false), 10*second, drop)
	if videos, sounds := left(); len(lost) != 2 || len(videos) != 3 || videos[0] != 2 || sounds != 4 || q.frames != 3 {
		t.Errorf("lost %v, left %v and %d sounds", lost, videos, sounds)
	}
	// The whole queue is one interval: all of it goes, and what comes until a key frame.
	q.addVideo(video(13*second, 5, false), 10*second, drop)
	q.addVideo(video(14*second, 6, false), 10*second, drop)
	if videos, _ := left(); len(videos) != 0 || len(lost) != 6+0+1 {
		t.Errorf("lost %v, left %v", lost, videos)
	}
	q.addVideo(video(15*second, 7, true), 10*second, drop)
	if videos, _ := left(); len(videos) != 1 || videos[0] != 7 {
		t.Errorf("left %v", videos)
	}
	// Sound goes from the oldest on, and only by its own bound.
	q.addAudio(sound(12*second), 10*second)
	if _, sounds := left(); sounds != 3 {
		t.Errorf("%d sounds left", sounds)
	}
	for q.len() > 0 {
		q.pop()
	}
	if q.frames != 0 {
		t.Errorf("%d frames in an empty queue", q.frames)
	}
}

func TestCameraAndMicrophoneSwitch(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() { w.pusher.SetCamera(false) })
	w.at(15*time.Second, func() { w.pusher.SetCamera(true) })
	w.at(20*time.Second, func() { w.pusher.SetMic(false) })
	w.at(25*time.Second, func() { w.pusher.SetMic(true) })
	w.at(30*time.Second, func() { w.pusher.Stop("left") })
	r := w.run(40 * time.Second)
	if n := len(pick(r, trace.PushMedia)); n != 4 {
		t.Errorf("%d switches in the trace", n)
	}
	for _, ev := range pick(r, trace.FrameCaptured) {
		if at := ev.At; at > 10*time.Second && at < 15*time.Second || at > 30*time.Second {
			t.Fatalf("captured at %v with the camera off", at)
		}
	}
	gaps, _ := heardGaps(r)
	if len(gaps) != 1 || gaps[0] < 4900*time.Millisecond || gaps[0] > 5200*time.Millisecond {
		t.Errorf("gaps in the sound: %v", gaps)
	}
	for _, ev := range pick(r, trace.FrameShown) {
		if ev.V[3] != 0 {
			t.Fatalf("picture at %v has flags %d", ev.At, ev.V[3])
		}
	}
	if n := len(pick(r, trace.PushStopped)); n != 1 {
		t.Errorf("%d stops in the trace", n)
	}
}

// What was sent before a stop isn't counted again after the next start.
func TestStatusBeginsAnewWithAPush(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.at(9900*time.Millisecond, func() { w.pusher.Stop("") })
	w.at(20*time.Second, w.pusher.Start)
	for _, ev := range pick(w.run(30*time.Second), trace.PusherStatus) {
		if ev.V[3] > 15 || ev.V[1] > 50 {
			t.Errorf("at %v: %d pictures a second, %d kbit/s of sound", ev.At, ev.V[3], ev.V[1])
		}
	}
}

// Time without a connection is no calm: the bitrate climbs only after a calm time on
// the new one.
func TestABitrateClimbsOnACalmConnectionOnly(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.netA.upBPS = 350_000
	w.pusher.Start()
	w.at(60*time.Second, func() { w.netA.upBPS = 0; w.netA.cut(errors.New("reset")) })
	var back time.Duration
	for _, ev := range pick(w.run(80*time.Second), trace.PusherCode) {
		switch {
		case ev.At < 60*time.Second:
		case ev.V[0] == codePushBegan:
			back = ev.At
		case ev.V[0] == codePushBitrate:
			if calm := ev.At - back; back == 0 || calm < defaultStrategies()[adjustRealtime].First.Calm {
				t.Errorf("the bitrate climbs %v after the reconnect", calm)
			}
			return
		}
	}
	t.Error("the bitrate never climbs")
}

// A recording has its own bitrate: no code tells that it changed.
func TestARecordingKeepsItsBitrate(t *testing.T) {
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) { push.Clip = slowClip() })
	w.netA.upBPS = 100_000
	w.pusher.Start()
	got := codes(w.run(60*time.Second), trace.PusherCode)
	if !strings.Contains(got, "1101") || strings.Contains(got, "1006") {
		t.Errorf("codes %s: want 1101 and no 1006", got)
	}
}

// slowClip is a picture of 10 kB every 100 ms, ten a key interval.
func slowClip() *flv.Clip {
	c := &flv.Clip{Width: 128, Height: 96, VideoConfig: h264.Config(), AudioConfig: aac.Config(), Length: time.Second}
	for i := range 10 {
		c.Units = append(c.Units, flv.Unit{Video: true, Key: i == 0, At: time.Duration(i) * 100 * time.Millisecond, Data: make([]byte, 10_000)})
	}
	return c
}
