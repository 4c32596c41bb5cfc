package wechat

import (
	"strings"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// watching has one phone play a stream as often as asked for 20 s.
func watching(t *testing.T, players, hardware int, cpu float64) (r *trace.Record, software int) {
	t.Helper()
	w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
		b.Traits.Decoders, b.Traits.CPU = hardware, cpu
	})
	w.pusher.Start()
	w.player.Play()
	for range players - 1 {
		p, err := w.b.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1", PlayerAttributes: PlayerAttributes{Mode: ModeRTC}})
		if err != nil {
			t.Fatal(err)
		}
		p.Play()
	}
	r = w.run(20 * time.Second)
	return r, strings.Count(codes(r, trace.PlayerCode), "2106")
}

// Players beyond the hardware's streams decode in software, and say so (2106). A core
// that is fast enough shows all; one that isn't leaves pictures out, and sound stays whole.
func TestDecodersAreShared(t *testing.T) {
	for _, c := range []struct {
		players, hardware int
		cpu               float64
		software          int
		whole             bool
	}{
		{6, 16, 1, 0, true},
		{6, 4, 1, 2, true},
		{6, 0, 1, 6, true},
		{9, 0, 0.3, 9, false},
		{9, 16, 0.3, 0, true},
	} {
		r, software := watching(t, c.players, c.hardware, c.cpu)
		shown := 0
		for _, ev := range pick(r, trace.FrameShown) {
			if ev.At > 5*time.Second {
				shown++
			}
		}
		want := c.players * 15 * 15
		if software != c.software || (shown > want*97/100) != c.whole {
			t.Errorf("%+v: %d in software, %d pictures of %d", c, software, shown, want)
		}
		for _, ev := range pick(r, trace.FrameShown) {
			if ev.At-time.Duration(ev.V[1]) > 3*time.Second {
				t.Errorf("%+v: at %v a picture of %v is shown", c, ev.At, time.Duration(ev.V[1]))
				break
			}
		}
		if got := codes(r, trace.PlayerCode); strings.Contains(got, "2107") || strings.Contains(got, "2101") {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// A stopped player gives its decoder back.
func TestDecodersAreGivenBack(t *testing.T) {
	w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) { b.Traits.Decoders = 1 })
	w.pusher.Start()
	w.player.Play()
	other, err := w.b.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1"})
	if err != nil {
		t.Fatal(err)
	}
	w.at(5*time.Second, func() { w.player.Stop("") })
	w.at(6*time.Second, other.Play)
	w.at(7*time.Second, w.player.Play)
	got := codes(w.run(15*time.Second), trace.PlayerCode)
	if strings.Count(got, "2106") != 1 || w.player.soft != true || other.soft {
		t.Errorf("%s", got)
	}
}
