package wechat

import (
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/media/flv"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// TestGivenUpStaysSo has both components lose the network for long: only with the
// planted defect do they start again when it is back.
func TestGivenUpStaysSo(t *testing.T) {
	for _, planted := range []bool{false, true} {
		w := newWorld(t, 1, func(a, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			a.Defects.RestartsByItself, b.Defects.RestartsByItself = planted, planted
		})
		w.pusher.Start()
		w.player.Play()
		w.at(5*time.Second, func() {
			for _, n := range []*fakeNet{w.netA, w.netB} {
				n.dialError = sockets.ErrRefused
				n.cut(sockets.ErrReset)
			}
		})
		w.at(17*time.Second, func() { w.netA.dialError, w.netB.dialError = nil, nil })
		r := w.run(30 * time.Second)
		for _, c := range []struct {
			started trace.Kind
			codes   trace.Kind
			gaveUp  string
			url     string
		}{
			{trace.PushStarted, trace.PusherCode, "-1307", "rtmp://edge/live/s1?token=x"},
			{trace.PlayStarted, trace.PlayerCode, "-2301", "rtmp://edge/live/s1"},
		} {
			if !strings.Contains(codes(r, c.codes), c.gaveUp) {
				t.Fatalf("planted %v: no %s in %s", planted, c.gaveUp, codes(r, c.codes))
			}
			started := pick(r, c.started)
			if again := len(started) > 1; again != planted {
				t.Errorf("planted %v: %d of kind %v", planted, len(started), c.started)
			}
			if r.Text(started[0].Note) != c.url {
				t.Errorf("%v notes %q", c.started, r.Text(started[0].Note))
			}
		}
	}
}

// TestOtherCodecIsNotShown has the server give the pictures of the stream another
// codec's name.
func TestOtherCodecIsNotShown(t *testing.T) {
	for _, planted := range []bool{false, true} {
		w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) { b.Defects.ShowsAnyCodec = planted })
		w.server.change = func(m rtmp.Message) rtmp.Message {
			if m.Type == rtmp.TypeVideo {
				m.Payload = flv.Relabel(m.Payload, 14)
			}
			return m
		}
		w.pusher.Start()
		w.player.Play()
		r := w.run(10 * time.Second)
		if shown := len(pick(r, trace.FrameShown)); shown > 0 != planted {
			t.Errorf("planted %v: %d pictures shown", planted, shown)
		}
		if len(pick(r, trace.AudioPlayed)) == 0 {
			t.Errorf("planted %v: no sound either", planted)
		}
	}
}
