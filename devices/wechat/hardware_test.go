package wechat

import (
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/trace"
)

// What befalls camera and encoder is told in the documented codes, or not at all, and
// the other side sees what comes of it.
func TestHardwareCodes(t *testing.T) {
	const start = "1005 1003 1007 1008 1001 1002"
	for _, c := range []struct {
		name     string
		takes    bool // an iPhone: the system takes the encoder's sessions of apps behind others
		script   func(w *world)
		want     string
		pictures bool // that b is shown from 15 s on are new ones
		video    bool // a's pusher says that it encodes
	}{
		{"nothing", true, func(*world) {}, start, true, true},
		{"dies, and is replaced", false, func(w *world) { w.at(8*time.Second, func() { w.a.FailEncoder("dies") }) }, start + " 1104", true, true},
		{"dies for good", true, func(w *world) { w.at(8*time.Second, func() { w.a.FailEncoder("dies") }) }, start + " -1303", false, false},
		{"dies and is mended", true, func(w *world) {
			w.at(8*time.Second, func() { w.a.FailEncoder("dies") })
			w.at(12*time.Second, func() { w.a.MendEncoder("dies") })
		}, start + " -1303 1104", true, true},
		{"dies, and the push begins anew", true, func(w *world) {
			w.at(8*time.Second, func() { w.a.FailEncoder("dies") })
			w.at(12*time.Second, func() { w.pusher.Stop(""); w.pusher.Start() })
		}, start + " -1303 " + start, true, true},
		{"does not begin", false, func(w *world) { w.a.FailEncoder("fails-to-start") }, "1005 1003 1007 1103 1008 1001 1002", true, true},
		{"does not begin, once another is needed", false, func(w *world) {
			w.at(6*time.Second, func() { w.a.FailEncoder("fails-to-start") })
			w.at(8*time.Second, func() { w.a.FailEncoder("dies") })
		}, start + " 1103", true, true},
		{"does not begin, for a time", false, func(w *world) {
			w.at(6*time.Second, func() { w.a.FailEncoder("fails-to-start") })
			w.at(7*time.Second, func() { w.a.MendEncoder("fails-to-start") })
			w.at(8*time.Second, func() { w.a.FailEncoder("dies") })
		}, start + " 1104", true, true},
		{"dies before there is one", true, func(w *world) { w.a.FailEncoder("dies") }, start, true, true},
		{"is silent from the start", true, func(w *world) { w.a.FailEncoder("stalls") }, start, false, false},
		{"falls silent", false, func(w *world) { w.at(8*time.Second, func() { w.a.FailEncoder("stalls") }) }, start, false, false},
		{"left for a moment", true, func(w *world) {
			w.at(8*time.Second, func() { w.a.Hide("home") })
			w.at(11*time.Second, w.a.Show)
		}, start + " -1303 1104", true, true},
		{"left for a moment, elsewhere", false, func(w *world) {
			w.at(8*time.Second, func() { w.a.Hide("home") })
			w.at(11*time.Second, w.a.Show)
		}, start, true, true},
		{"called", true, func(w *world) {
			w.at(8*time.Second, w.a.Interrupt)
			w.at(11*time.Second, w.a.EndInterruption)
		}, start + " 5001 -1303 1104", true, true},
		{"camera stalls", false, func(w *world) { w.at(8*time.Second, func() { w.a.FailCamera("stalls") }) }, start, false, true},
		{"camera stalls and is switched", false, func(w *world) {
			w.at(8*time.Second, func() { w.a.FailCamera("stalls") })
			w.at(12*time.Second, func() { w.pusher.Operate("switchCamera", nil, nil) })
		}, start, true, true},
		{"camera taken", false, func(w *world) {
			w.at(8*time.Second, func() { w.a.FailCamera("lost") })
			w.at(12*time.Second, func() { w.a.MendCamera("lost") })
		}, start, true, true},
		{"camera taken, and stalls meanwhile", false, func(w *world) {
			w.at(8*time.Second, func() { w.a.FailCamera("lost") })
			w.at(9*time.Second, func() { w.a.FailCamera("stalls") })
			w.at(10*time.Second, func() { w.a.MendCamera("lost") })
			w.at(12*time.Second, func() { w.a.MendCamera("stalls") })
		}, start, true, true},
		{"camera taken, and stalls for good", false, func(w *world) {
			w.at(8*time.Second, func() { w.a.FailCamera("lost") })
			w.at(9*time.Second, func() { w.a.FailCamera("stalls") })
			w.at(10*time.Second, func() { w.a.MendCamera("lost") })
		}, start, false, true},
		{"camera taken before", false, func(w *world) { w.a.FailCamera("lost") }, "1005 -1301 1001 1002", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
				if a.Traits.Chip.SessionLost = c.takes; c.takes {
					a.Traits.OS = phone.IOS
				}
			})
			c.script(w)
			w.pusher.Start()
			w.player.Play()
			r := w.run(20 * time.Second)
			wantCodes(t, r, trace.PusherCode, c.want)
			fresh := map[int64]bool{}
			for _, ev := range pick(r, trace.FrameShown) {
				if ev.At > 15*time.Second && ev.V[3] == 0 {
					fresh[ev.V[0]] = true
				}
			}
			if c.pictures && len(fresh) < 70 || !c.pictures && len(fresh) > 1 {
				t.Errorf("%d different pictures in 5 s", len(fresh))
			}
			status := pick(r, trace.PusherStatus)
			if last := status[len(status)-1]; (last.V[0] > 20) != c.video || last.V[1] < 40 {
				t.Errorf("netstatus: video %d, sound %d kbit/s", last.V[0], last.V[1])
			}
		})
	}
}

// A silent encoder is seen at the sender only in netstatus: its own picture goes on.
func TestSilentEncoderKeepsThePreview(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.a.FailEncoder("stalls")
	w.pusher.Start()
	r := w.run(10 * time.Second)
	captured := pick(r, trace.FrameCaptured)
	if len(captured) < 130 {
		t.Errorf("%d pictures captured", len(captured))
	}
	for _, ev := range captured {
		if ev.V[2] != 0 {
			t.Fatalf("picture %d of %d bytes", ev.V[0], ev.V[2])
		}
	}
}

// Where the software encodes, a phone that also decodes in software shows less: it has
// one core for both.
func TestSoftwareEncoderTakesTheCore(t *testing.T) {
	const players = 4
	for _, inSoftware := range []bool{false, true} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) { a.Traits.Decoders, a.Traits.CPU = 0, 0.5 })
		if inSoftware {
			w.a.FailEncoder("fails-to-start")
		}
		w.pusher.Start()
		for range players {
			p, err := w.a.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1", PlayerAttributes: PlayerAttributes{Mode: ModeRTC}})
			if err != nil {
				t.Fatal(err)
			}
			p.Play()
		}
		r := w.run(20 * time.Second)
		captured, shown := 0, 0
		for _, ev := range r.Events {
			if ev.At > 5*time.Second && ev.Kind == trace.FrameCaptured {
				captured++
			} else if ev.At > 5*time.Second && ev.Kind == trace.FrameShown {
				shown++
			}
		}
		if want := players * captured; inSoftware && (captured > 121 || shown > want*2/3) || !inSoftware && (captured < 224 || shown < want*97/100) {
			t.Errorf("encoded in software %v: %d pictures of %d, of %d captured", inSoftware, shown, want, captured)
		}
	}
}
