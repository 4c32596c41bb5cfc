package wechat

import (
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/media/picture"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

const playing7 = "2001 2004 2026 2008 2009 2003 2032"

func TestPlayerCodes(t *testing.T) {
	for _, c := range []struct {
		name   string
		script func(w *world)
		want   string
	}{
		{"name not found", func(w *world) { w.netB.dialError = sockets.ErrNameTimeout },
			"3001 2103 3001 2103 3001 2103 3001 -2301"},
		{"connection refused", func(w *world) { w.netB.dialError = sockets.ErrRefused },
			"3002 2103 3002 2103 3002 2103 3002 -2301"},
		{"stream not found", func(w *world) { w.server.refuse = true },
			"2001 2103 2001 2103 2001 2103 2001 -2301"},
		{"publisher leaves", func(w *world) {
			w.at(10*time.Second, func() { w.server.refuse = true; w.netB.cut(nil) })
		}, playing7 + " 2103 2001 2103 2001 2103 2001 -2301"},
		{"link lost for good", func(w *world) {
			w.at(10*time.Second, func() { w.netB.dialError = sockets.ErrConnectTimeout; w.netB.cut(sockets.ErrTimeout) })
		}, playing7 + " 3005 2103 3002 2103 3002 2103 3002 -2301"},
		{"link lost and healed", func(w *world) {
			w.at(10*time.Second, func() { w.netB.cut(sockets.ErrTimeout) })
		}, playing7 + " 3005 2103 2001 2004 2105"},
		{"gap in arrival", func(w *world) {
			w.at(10*time.Second, func() { w.netB.outage(2 * time.Second) })
		}, playing7 + " 2104 2007 2004 2105"},
		{"gap shorter than the buffer", func(w *world) {
			w.at(10*time.Second, func() { w.netB.outage(300 * time.Millisecond) })
		}, playing7},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, 1, nil)
			w.pusher.Start()
			w.at(time.Second, w.player.Play)
			c.script(w)
			wantCodes(t, w.run(40*time.Second), trace.PlayerCode, c.want)
		})
	}
}

// After a stall of five seconds the player plays fast until its buffer is normal.
func TestCatchesUpAfterAStall(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() { w.netB.outage(5 * time.Second) })
	r := w.run(60 * time.Second)
	var fast time.Duration
	var until time.Duration
	for _, ev := range pick(r, trace.AudioPlayed) {
		if ev.V[2] > 1100 {
			fast += ev.At - time.Duration(ev.V[0])
		}
		if ev.V[2] != 1000 {
			until = ev.At
		}
		if length := ev.At - time.Duration(ev.V[0]); length > spanMost || int64(length)*ev.V[2]/1000 != ev.V[1] {
			t.Fatalf("span of %v at %d/1000 covers %v", length, ev.V[2], time.Duration(ev.V[1]))
		}
	}
	if fast < time.Second || until > 45*time.Second {
		t.Errorf("fast for %v, not normal until %v", fast, until)
	}
	gaps, _ := heardGaps(r)
	if len(gaps) != 1 || gaps[0] < 4*time.Second {
		t.Errorf("gaps %v: want the stall alone", gaps)
	}
	statuses := pick(r, trace.PlayerStatus)
	if buffered := statuses[len(statuses)-1].V[4]; buffered > 800 {
		t.Errorf("%d ms buffered at the end", buffered)
	}
	dry := pick(r, trace.Buffering)
	if len(dry) != 2 || dry[0].V[0] != 1 || dry[1].V[0] != 0 {
		t.Errorf("buffering events %v", dry)
	}
	next := int64(0)
	for _, ev := range pick(r, trace.FrameShown) { // TCP loses nothing, neither does the player
		if ev.V[0] != next {
			t.Fatalf("frame %d shown after %d", ev.V[0], next-1)
		}
		next++
	}
}

// Without catch-up steps a player stays late for ever, at normal speed: the control.
func TestNoCatchUpWithoutSteps(t *testing.T) {
	params := defaultPlayerParams()
	params.CatchUp, params.SlowBelow = nil, 0
	w := newWorld(t, 1, func(_, _ *HostOptions, _ *PusherOptions, p *PlayerOptions) { p.params = &params })
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() { w.netB.outage(5 * time.Second) })
	r := w.run(60 * time.Second)
	if _, speeds := heardGaps(r); len(speeds) != 1 || speeds[0] != normalSpeed {
		t.Errorf("speeds %v", speeds)
	}
	statuses := pick(r, trace.PlayerStatus)
	if buffered := statuses[len(statuses)-1].V[4]; buffered < 4500 {
		t.Errorf("%d ms buffered at the end", buffered)
	}
}

// What can't be decoded isn't missing: one code tells of it, whatever refers to it, and
// none of an encoder whose pictures are merely wrong.
func TestUndecodable(t *testing.T) {
	for how, want := range map[string]string{"truncates": playing7 + " 2101 2105", "corrupts": playing7} {
		w := newWorld(t, 1, nil)
		w.pusher.Start()
		w.player.Play()
		w.at(6*time.Second, func() { w.a.FailEncoder(how) })
		w.at(8*time.Second, func() { w.a.MendEncoder(how) })
		if got := codes(w.run(14*time.Second), trace.PlayerCode); got != want {
			t.Errorf("%s: codes %s, want %s", how, got, want)
		}
	}
}

// When a stream lacks a picture, nothing is shown until the next key frame.
func TestWaitsForAKeyFrame(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	n := 0
	w.server.lose = func(m rtmp.Message) bool {
		if m.Type == rtmp.TypeVideo {
			n++
		}
		return m.Type == rtmp.TypeVideo && n == 60
	}
	r := w.run(10 * time.Second)
	if got := codes(r, trace.PlayerCode); got != playing7+" 2107 2105" {
		t.Errorf("codes %s", got)
	}
	waits := 0
	for _, ev := range pick(r, trace.FrameDropped) {
		if r.Text(ev.Text) != "player-wait-key" || ev.Peer != 0 || ev.Actor != 1 {
			t.Fatalf("dropped: %s of %d by %d", r.Text(ev.Text), ev.Peer, ev.Actor)
		}
		waits++
	}
	if waits < 20 || waits > 45 {
		t.Errorf("%d frames dropped", waits)
	}
}

func TestCorruptEncoderIsShownGarbled(t *testing.T) {
	for _, corrupt := range []bool{false, true} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			a.Traits.OS, a.Traits.OSVersion, a.Traits.Chip.Corrupt = phone.IOS, "12.0", corrupt
		})
		w.pusher.Start()
		w.player.Play()
		r := w.run(10 * time.Second)
		garbled := 0
		shown := pick(r, trace.FrameShown)
		for _, ev := range shown {
			if ev.V[3]&trace.ShownGarbled != 0 {
				garbled++
				if ev.V[0] != -1 || ev.V[1] != -1 || ev.V[2] != -1 {
					t.Fatalf("a garbled picture says %v", ev.V)
				}
			}
		}
		if !corrupt && garbled > 0 || corrupt && garbled < len(shown)*9/10 || len(shown) < 100 {
			t.Errorf("corrupt %v: %d of %d garbled", corrupt, garbled, len(shown))
		}
		wantCodes(t, r, trace.PusherCode, "1005 1003 1007 1008 1001 1002") // nothing tells the sender
		wantCodes(t, r, trace.PlayerCode, playing7)
	}
}

func TestEvidenceHooks(t *testing.T) {
	var pictures, received int
	w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
		b.Picture = func(viewer, publisher trace.ActorID, at time.Duration, p *picture.Picture, shown trace.Event) {
			r := picture.Read(p)
			if viewer != 1 || publisher != 0 || shown.At != at || int64(r.Stamp.Frame) != shown.V[0] {
				t.Errorf("picture of %d for %d at %v: frame %d, event %+v", publisher, viewer, at, r.Stamp.Frame, shown)
			}
			pictures++
		}
		b.Received = func(viewer, publisher trace.ActorID, m rtmp.Message) { received++ }
	})
	w.pusher.Start()
	w.player.Play()
	r := w.run(5 * time.Second)
	if pictures != len(pick(r, trace.FrameShown)) || received < 200 {
		t.Errorf("%d pictures, %d messages", pictures, received)
	}
}

func TestStoppedPlayerShowsNothing(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(5*time.Second+7*time.Millisecond, func() { w.player.Stop("unsubscribed") })
	w.at(8*time.Second, w.player.Play)
	w.at(12*time.Second, w.player.Destroy)
	w.at(13*time.Second, w.player.Play)
	r := w.run(20 * time.Second)
	again := false
	for _, ev := range r.Events {
		off := ev.At > 5007*time.Millisecond && ev.At < 8*time.Second || ev.At > 12*time.Second
		if ev.Actor == 1 && off && ev.Kind != trace.SocketClosed {
			t.Errorf("%v at %v", ev.Kind, ev.At)
		}
		again = again || ev.Kind == trace.FrameShown && ev.At > 8*time.Second
	}
	if !again {
		t.Error("nothing shown after the second Play")
	}
	if n := len(pick(r, trace.PlayStopped)); n != 2 {
		t.Errorf("%d stops in the trace", n)
	}
	if got := codes(r, trace.PlayerCode); strings.Contains(got, "-2301") {
		t.Errorf("codes %s", got)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	w := newWorld(t, 1, nil)
	if _, err := w.a.NewLivePusher(PusherOptions{PusherAttributes: PusherAttributes{Mode: "XX"}}); err == nil {
		t.Error("pusher mode accepted")
	}
	if _, err := w.a.NewLivePusher(PusherOptions{PusherAttributes: PusherAttributes{MinBitrateKbps: 500, MaxBitrateKbps: 200}}); err == nil {
		t.Error("bitrates accepted")
	}
	if _, err := w.a.NewLivePlayer(PlayerOptions{PlayerAttributes: PlayerAttributes{Mode: "XX"}}); err == nil {
		t.Error("player mode accepted")
	}
	if _, err := w.a.NewLivePlayer(PlayerOptions{PlayerAttributes: PlayerAttributes{MinCache: 2, MaxCache: 1}}); err == nil {
		t.Error("caches accepted")
	}
	bad := defaultPlayerParams()
	bad.CatchUp = []catchUpStep{{0, 1500}, {1, 1200}}
	if _, err := w.a.NewLivePlayer(PlayerOptions{params: &bad}); err == nil {
		t.Error("falling catch-up steps accepted")
	}
	if _, err := NewHost(HostOptions{}); err == nil {
		t.Error("host without anything accepted")
	}
	for _, src := range []string{"", "http://x/a/b", "rtmp://host/app", "rtmp://host:70000/a/b", "rtmp:///a/b"} {
		if _, err := parseRTMP(src); err == nil {
			t.Errorf("address %q accepted", src)
		}
	}
	a, err := parseRTMP("rtmp://edge:1936/live/s1?token=x")
	if err != nil || a != (rtmpAddress{"edge", 1936, "live", "rtmp://edge:1936/live", "s1?token=x"}) {
		t.Errorf("%+v, %v", a, err)
	}
}

// A late viewer of a stream that keeps its own pace begins as soon as one of its
// first: its timestamps are just larger.
func TestALateViewerSettlesAsSoon(t *testing.T) {
	var first time.Duration
	w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, play *PlayerOptions) {
		p := defaultPlayerParams()
		p.RTCMin, p.RTCCache = 100*time.Millisecond, 100*time.Millisecond
		play.params = &p
		b.Received = func(_, _ trace.ActorID, m rtmp.Message) {
			if first == 0 && m.Timestamp > 1000 {
				first = b.Engine.Now()
			}
		}
	})
	w.pusher.Start()
	w.at(60*time.Second, w.player.Play)
	for _, ev := range pick(w.run(65*time.Second), trace.PlayerCode) {
		if ev.V[0] == codePlayBegan {
			if d := ev.At - first; d > 250*time.Millisecond {
				t.Errorf("begins %v after the first media", d)
			}
			return
		}
	}
	t.Error("never begins")
}
