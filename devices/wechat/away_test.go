package wechat

import (
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// A waiting image is pushed for 3 min after its page was left, with 10 pictures a second on
// Android and 5 on iOS, and not a moment longer. Then iOS stops the process that it kept going.
func TestTheWaitingImageLastsThreeMinutes(t *testing.T) {
	for os, fps := range map[phone.OS]int{phone.Android: 10, phone.IOS: 5} {
		w := newWorld(t, 1, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			a.Traits.OS, push.WaitingImage = os, "away.png"
		})
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, func() { w.a.Hide(byHome) })
		w.at(189*time.Second, func() {
			if w.a.life.frozen {
				t.Errorf("%s: stands still while the image is pushed", os)
			}
		})
		r := w.run(200 * time.Second)
		for _, c := range []struct {
			from, to time.Duration
			want     int
		}{{20 * time.Second, 30 * time.Second, 10 * fps}, {180 * time.Second, 190 * time.Second, 10 * fps}, {191 * time.Second, 200 * time.Second, 0}} {
			if waiting, black, own := waits(r, c.from, c.to); waiting < c.want-2 || waiting > c.want+2 || black+own > 0 {
				t.Errorf("%s, %v to %v: %d waiting, %d black, %d of the camera, want %d waiting", os, c.from, c.to, waiting, black, own, c.want)
			}
		}
		if w.a.life.frozen != (os == phone.IOS) {
			t.Errorf("%s: stands still %v after the image", os, w.a.life.frozen)
		}
	}
}

// Who comes back sees and hears again, whether its process stood still meanwhile or not. iOS
// alone says that the player was suspended (6000).
func TestAViewerComesBack(t *testing.T) {
	for os, suspended := range map[phone.OS]int{phone.Android: 0, phone.IOS: 1} {
		w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) { b.Traits.OS = os })
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, func() { w.b.Hide(byHome) })
		w.at(20*time.Second, w.b.Show)
		r := w.run(35 * time.Second)
		if got := strings.Count(codes(r, trace.PlayerCode), "6000"); got != suspended {
			t.Errorf("%s: 6000 comes %d times", os, got)
		}
		shown, heard := 0, heardIn(t, w)
		for _, ev := range pick(r, trace.FrameShown) {
			if ev.At > 11*time.Second && ev.At < 20*time.Second {
				t.Fatalf("%s: a picture at %v", os, ev.At)
			}
			if ev.At > 30*time.Second {
				shown++
			}
		}
		if shown < 70 || heard[15] || !heard[30] || !heard[33] {
			t.Errorf("%s: %d pictures in the last 5 s, heard in seconds %v", os, shown, heard)
		}
	}
}

// A page that goes on to hear and be heard does neither if its components ask for
// background-mute; back on the screen all is as before.
func TestBackgroundMute(t *testing.T) {
	v := DefaultVersion()
	v.Android.SoundBehind = []string{byHome}
	for _, c := range []struct{ pusher, player bool }{{false, false}, {true, false}, {false, true}} {
		w := newWorld(t, 1, func(a, b *HostOptions, push *PusherOptions, play *PlayerOptions) {
			a.Version, b.Version = &v, &v
			push.BackgroundMute, play.BackgroundMute = c.pusher, c.player
		})
		own, err := w.a.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1"}) // pages that converse
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := w.b.NewLivePusher(PusherOptions{URL: "rtmp://edge/live/s2", PusherAttributes: PusherAttributes{Muted: true}})
		if err != nil {
			t.Fatal(err)
		}
		w.pusher.Start()
		w.player.Play()
		own.Play()
		theirs.Start()
		w.at(10*time.Second, func() { w.a.Hide(byHome); w.b.Hide(byHome) })
		w.at(20*time.Second, func() { w.a.Show(); w.b.Show() })
		w.e.RunUntil(25 * time.Second)
		if heard := heardIn(t, w); !heard[8] || heard[15] != (!c.pusher && !c.player) || !heard[23] {
			t.Errorf("%+v: heard in seconds %v", c, heard)
		}
	}
}

// A short stay behind the screen costs nobody the microphone, neither then nor later.
func TestTheMicrophoneStaysWithWhoComesBack(t *testing.T) {
	v := DefaultVersion()
	v.Android.SoundBehind = []string{byHome}
	w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
		a.Traits.MicBehind, a.Version = 10*time.Second, &v
	})
	own, err := w.a.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1"})
	if err != nil {
		t.Fatal(err)
	}
	w.pusher.Start()
	w.player.Play()
	own.Play()
	w.at(10*time.Second, func() { w.a.Hide(byHome) })
	w.at(15*time.Second, w.a.Show)
	w.e.RunUntil(30 * time.Second)
	for _, s := range []int{8, 13, 18, 22, 28} {
		if heard := heardIn(t, w); !heard[s] {
			t.Errorf("not heard at %d s: %v", s, heard)
		}
	}
}

// One phone call is one interruption, however often it is told of.
func TestOneCallIsOneInterruption(t *testing.T) {
	s := newSpell(t, phone.IOS, nil)
	w := &witness{}
	s.host.attach(w)
	for _, at := range []time.Duration{1, 2} {
		s.at(at*time.Second, s.host.Interrupt)
		s.at((at+4)*time.Second, s.host.EndInterruption)
	}
	s.e.RunUntil(time.Minute)
	s.expect("1s interrupted true", "5s interrupted false")
	if !slices.Equal(w.heard, []string{"call", "call over"}) {
		t.Errorf("a component heard %v", w.heard)
	}
}

// A WebSocket that has not opened when its page falls asleep ends with an error, where the
// task is told at all; wx.onSocketClose is for open ones. The connection is gone in each case.
func TestAnOpeningSocketIsDropped(t *testing.T) {
	for told, want := range map[string][]string{
		toldTask:   {"1s hide", "20s connectSocket:fail dropped in the background", "20s show"},
		toldGlobal: {"1s hide", "20s show"},
		toldNobody: {"1s hide", "20s show"},
	} {
		v := DefaultVersion()
		v.Android.DropTold = told
		s := newSpell(t, phone.Android, &v)
		s.net.accept = func(sockets.Socket) sockets.Handler { return &onRequest{} } // answers nothing
		s.at(5*time.Second, func() { s.open() })
		s.away(byHome, time.Second, 20*time.Second)
		s.e.RunUntil(30 * time.Second)
		s.expect(want...)
		if !s.net.pairs[0][0].closed {
			t.Errorf("%s: the connection stands", told)
		}
	}
}

// What weighs on a page is what runs: a pusher, a player, what that decodes and what it mixes.
func TestWhatWeighsOnAPage(t *testing.T) {
	w := newWorld(t, 1, nil)
	c := func(of *Host) [4]int { x := of.weighs(); return [4]int{x.Pushers, x.Players, x.Decoders, x.Voices} }
	if c(w.a) != [4]int{} || c(w.b) != [4]int{} {
		t.Errorf("idle components weigh %v and %v", c(w.a), c(w.b))
	}
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() {
		if c(w.a) != [4]int{1, 0, 0, 0} || c(w.b) != [4]int{0, 1, 1, 1} {
			t.Errorf("running components weigh %v and %v", c(w.a), c(w.b))
		}
		w.pusher.Stop("")
		w.player.Stop("")
		if c(w.a) != [4]int{} || c(w.b) != [4]int{} {
			t.Errorf("stopped components weigh %v and %v", c(w.a), c(w.b))
		}
	})
	w.run(11 * time.Second)
}

// What was leaked is gone with the page, and the phone watches over the next one as well.
func TestMemoryOfAPageAnew(t *testing.T) {
	s := leaking(t, phone.IOS, 645e6, leak)
	s.e.RunUntil(time.Hour)
	if got := s.states(); got != "destroy" {
		t.Fatalf("states %q", got)
	}
	before := s.host.memory.Used()
	s.host.Show()
	if after := s.host.memory.Used(); after > before-50e6 {
		t.Errorf("%d bytes are taken, %d by the page before", after, before)
	}
	for range 6 {
		c, err := s.host.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s"})
		if err != nil {
			t.Fatal(err)
		}
		c.started, c.buffer.seen = true, true
	}
	s.e.RunUntil(2 * time.Hour)
	if got := s.states(); got != "destroy show destroy" {
		t.Errorf("states %q", got)
	}
}

// Who slept for hours has no more leaked than who slept for minutes; Android warns anew of a
// level that had been left.
func TestMemoryAfterSleepAndRelief(t *testing.T) {
	v := DefaultVersion()
	v.DestroyAfter = 24 * time.Hour
	s := leaking(t, phone.IOS, 645e6, leak)
	s.host.version = v
	s.away(byCapsule, time.Second, 3*time.Hour)
	s.e.RunUntil(3*time.Hour + time.Minute)
	if got := s.states(); got != "hide suspend resume show" {
		t.Errorf("states %q", got)
	}

	s = leaking(t, phone.Android, 0, leak)
	critical := func() bool { return len(s.told) > 0 && strings.HasSuffix(s.told[len(s.told)-1], "memory 15") }
	at := time.Duration(0)
	for at = time.Minute; at < time.Hour && !critical(); at += time.Second {
		s.e.RunUntil(at)
	}
	players := s.host.components
	s.host.components = nil // they are removed, and others come
	s.e.RunUntil(at + 5*time.Second)
	first := len(s.told)
	s.host.components = players
	s.e.RunUntil(at + time.Minute)
	if first == 0 || !critical() || len(s.told) == first {
		t.Errorf("told %v, the first %d before the relief", s.told, first)
	}
}
