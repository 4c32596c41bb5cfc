package wechat

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// What is shown is turned by how the sender holds the phone and how the player lies: two
// quarters of a turn cancel each other in one direction only.
func TestOrientation(t *testing.T) {
	for _, c := range []struct {
		held    int
		sends   string
		plays   string
		full    int // direction of a full screen
		rotated bool
	}{
		{0, orientationVertical, orientationVertical, 0, false},
		{90, orientationVertical, orientationVertical, 0, true},
		{90, orientationVertical, orientationHorizontal, 0, false},
		{270, orientationVertical, orientationHorizontal, 0, true},
		{180, orientationVertical, orientationVertical, 0, true},
		{0, orientationVertical, orientationHorizontal, 0, true},
		{90, orientationHorizontal, orientationVertical, 0, false},
		{0, orientationHorizontal, orientationVertical, 0, true},
		{90, orientationVertical, orientationVertical, 90, false},
		{90, orientationVertical, orientationVertical, -90, true},
	} {
		w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, play *PlayerOptions) {
			push.Orientation, play.Orientation = c.sends, c.plays
		})
		w.pusher.Start()
		w.player.Play()
		w.player.Operate("requestFullScreen", c.full, nil)
		w.at(5*time.Second, func() { w.a.Rotate(c.held) })
		for _, ev := range pick(w.run(8*time.Second), trace.FrameShown) {
			if captured := time.Duration(ev.V[1]); captured > 5*time.Second && (ev.V[3]&trace.ShownRotated != 0) != c.rotated {
				t.Errorf("%+v: a picture of %v has flags %d", c, captured, ev.V[3])
				break
			}
		}
	}
}

func TestObjectFit(t *testing.T) {
	box, tall := size{300, 225}, size{360, 640}
	for _, c := range []struct {
		fit, orientation string
		seen, filled     float64
	}{
		{fitContain, orientationVertical, 1, 0.421875},
		{fitFill, orientationVertical, 0.421875, 1},
		{fitContain, orientationHorizontal, 1, 0.75},
		{fitFill, orientationHorizontal, 0.75, 1},
	} {
		p := &LivePlayer{}
		p.o.ObjectFit, p.o.Orientation = c.fit, c.orientation
		if seen, filled := p.fit(tall, box); seen != c.seen || filled != c.filled {
			t.Errorf("%s %s: %v seen, %v filled", c.fit, c.orientation, seen, filled)
		}
	}
}

// A paused player stands and is silent; it goes on with the newest there is.
func TestPlayerPause(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() { w.player.Operate("pause", nil, nil) })
	w.at(20*time.Second, func() {
		if b := &w.player.buffer; b.sounds.len() > pausedUnits || b.views.len() > 50 {
			t.Errorf("keeps %d units of sound and %d pictures", b.sounds.len(), b.views.len())
		}
		w.player.Operate("resume", nil, nil)
	})
	r := w.run(30 * time.Second)
	again := time.Duration(0)
	for _, ev := range pick(r, trace.FrameShown) {
		switch delay := ev.At - time.Duration(ev.V[1]); {
		case ev.At > 10*time.Second && ev.At < 20*time.Second:
			t.Fatalf("a picture at %v", ev.At)
		case ev.At > 20*time.Second && again == 0:
			again = ev.At
			fallthrough
		case ev.At > 20*time.Second:
			if delay > time.Second {
				t.Fatalf("at %v a picture is %v old", ev.At, delay)
			}
		}
	}
	if again == 0 || again > 21*time.Second {
		t.Errorf("goes on at %v", again)
	}
	if gaps, speeds := heardGaps(r); len(gaps) != 1 || gaps[0] < 9500*time.Millisecond || len(speeds) != 1 {
		t.Errorf("gaps %v, speeds %v", gaps, speeds)
	}
}

// A muted player is silent, and takes its part of the stream all the same.
func TestPlayerMuted(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() { w.player.SetMuted(true) })
	w.at(15*time.Second, func() { w.player.SetMuted(false) })
	r := w.run(20 * time.Second)
	if gaps, _ := heardGaps(r); len(gaps) != 1 || gaps[0] < 4900*time.Millisecond || gaps[0] > 5100*time.Millisecond {
		t.Errorf("gaps %v", gaps)
	}
	for _, ev := range pick(r, trace.PlayerStatus)[1:] {
		if ev.V[1] < 40 {
			t.Errorf("%d kbit/s of sound at %v", ev.V[1], ev.At)
		}
	}
}

// Before it runs dry a player slows down, where it may: it runs dry later.
func TestSlowsDownBeforeItRunsDry(t *testing.T) {
	dry := func(below time.Duration) (at time.Duration, slowed bool) {
		params := defaultPlayerParams()
		params.SlowBelow = below
		w := newWorld(t, 1, func(_, _ *HostOptions, _ *PusherOptions, play *PlayerOptions) { play.params = &params })
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, func() { w.netB.outage(2 * time.Second) })
		r := w.run(12 * time.Second)
		for _, ev := range pick(r, trace.PlaybackSpeed) {
			slowed = slowed || ev.V[0] < 1000
		}
		for _, ev := range pick(r, trace.Buffering) {
			if ev.V[0] == 1 && at == 0 {
				at = ev.At
			}
		}
		return
	}
	fast, never := dry(0)
	slow, did := dry(200 * time.Millisecond)
	if never || !did || slow <= fast {
		t.Errorf("dry at %v (slowed: %v) and at %v (slowed: %v)", fast, never, slow, did)
	}
}

// netstatus has all that the documentation lists.
func TestNetStatus(t *testing.T) {
	var pushed, played NetStatus
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, play *PlayerOptions) {
		push.OnNetStatus, play.OnNetStatus = func(n NetStatus) { pushed = n }, func(n NetStatus) { played = n }
	})
	w.pusher.Start()
	w.player.Play()
	w.run(25 * time.Second)
	if n := pushed; n.VideoBitrate < 300 || n.AudioBitrate < 40 || n.VideoFPS < 14 || n.VideoGOP != 3 || n.NetSpeed < 400 ||
		n.NetQualityLevel != qualityBest || n.VideoWidth != 360 || n.VideoHeight != 640 || n.VideoCache != 0 || n.NetJitter > 5 {
		t.Errorf("pusher: %+v", n)
	}
	if n := played; n.VideoBitrate < 300 || n.AudioBitrate < 40 || n.VideoFPS < 14 || n.VideoGOP != 3 || n.NetQualityLevel != qualityBest ||
		n.AudioCache < 300 || n.AudioCache > 700 || n.VideoCache < 300 || n.VSumCacheSize < 4 || n.AudioCacheThreshold != 800 ||
		n.AVPlayInterval < -150 || n.AVPlayInterval > 50 || n.AVRecvInterval < -150 || n.AVRecvInterval > 150 {
		t.Errorf("player: %+v", n)
	}
}

// Who is away for less than the time to sleep, and may be heard there, hears all of it
// without a break, and sees on.
func TestSoundGoesOnBehind(t *testing.T) {
	for _, sound := range []bool{false, true} {
		w := newWorld(t, 1, nil)
		w.pusher.Start()
		w.player.Play()
		w.at(10010*time.Millisecond, func() {
			w.b.life.state, w.b.life.sound = behind, sound
			w.player.hidden()
		})
		w.at(13*time.Second, func() {
			w.b.life.state = onScreen
			w.player.shown()
		})
		r := w.run(20 * time.Second)
		gaps, _ := heardGaps(r)
		if (len(gaps) == 0) != sound {
			t.Errorf("sound %v: gaps %v", sound, gaps)
		}
		for _, ev := range pick(r, trace.AudioPlayed) {
			if length := ev.At - time.Duration(ev.V[0]); int64(length)*ev.V[2]/1000 != ev.V[1] {
				t.Fatalf("sound %v: a span of %v covers %v", sound, length, time.Duration(ev.V[1]))
			}
		}
		for _, ev := range pick(r, trace.FrameShown) {
			if ev.At > 10100*time.Millisecond && ev.At < 13*time.Second {
				t.Fatalf("sound %v: a picture at %v", sound, ev.At)
			}
		}
	}
}
