package wechat

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/devices/phone/fault"
	pcm "minilab/devices/phone/sound"
	"minilab/simulator/trace"
)

// musicAt is how loud a hears music of itself (Nobody), or b of a, by seconds.
func musicAt(r *trace.Record, actor, peer trace.ActorID) map[int]int64 {
	out := map[int]int64{}
	for _, ev := range pick(r, trace.AudioMeasured) {
		if ev.Actor == actor && ev.Peer == peer {
			out[int(time.Duration(ev.V[0]).Seconds())] = ev.V[5]
		}
	}
	return out
}

// within wants the music of seconds from to until at a level, or below hearing.
func within(t *testing.T, music map[int]int64, from, until int, level int64) {
	t.Helper()
	for s := from; s < until; s++ {
		got, measured := music[s]
		if silent := level < -9000; !measured || silent && got > -6000 || !silent && (got < level-50 || got > level+50) {
			t.Errorf("second %d: music at %d, want %d", s, got, level)
		}
	}
}

const noMusic = -9600

// A live-pusher's music goes to the far end and out of the phone, at its volume, stands in
// a pause, and is over at its end; nobody sets up the audio device anew for it.
func TestTheMusicOfAPusherIsHeardOnBothPhones(t *testing.T) {
	w := newSoundWorld(t, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
		push.Load = func(string) (time.Duration, bool) { return 12 * time.Second, true }
	})
	do := func(at time.Duration, method string, value any) {
		w.at(at, func() { w.pusher.Operate(method, value, nil) })
	}
	do(5*time.Second, "playBGM", "song.mp3")
	do(8*time.Second, "setBGMVolume", 0.5)
	do(11*time.Second, "pauseBGM", nil)
	do(14*time.Second, "resumeBGM", nil) // and ends at 20 s
	r := w.run(25 * time.Second)
	own, far := musicAt(r, 0, trace.Nobody), musicAt(r, 1, 0)
	within(t, own, 6, 8, musicLevel)
	within(t, own, 9, 10, musicLevel-602)
	within(t, own, 15, 19, musicLevel-602)
	within(t, far, 2, 4, noMusic)
	within(t, far, 6, 8, musicLevel)
	within(t, far, 9, 10, musicLevel-602)
	within(t, far, 12, 14, noMusic)
	within(t, far, 16, 19, musicLevel-602)
	within(t, far, 22, 24, noMusic)
	for _, ev := range heardFrom(r, 3*time.Second) {
		if ev.V[2] < -50 || ev.V[3] > 50 {
			t.Errorf("the talker: %v at %v", ev.V, ev.At)
		}
	}
}

// A pusher that may take no sound has its music stand.
func TestTheMusicOfAPusherStandsDuringACall(t *testing.T) {
	var heard []string
	w := newSoundWorld(t, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
		a.Traits.OS = phone.IOS // where sound comes back
		push.Load = func(string) (time.Duration, bool) { return 4 * time.Second, true }
		push.OnMusic = func(event string, at, _ time.Duration) { heard = append(heard, fmt.Sprint(event, " ", at)) }
	})
	w.at(5*time.Second, func() { w.a.PlayBGM(fault.ByPusher, "") })
	w.at(7500*ms, w.a.Interrupt)
	w.at(15*time.Second, w.a.EndInterruption)
	w.run(20 * time.Second)
	if got := strings.Join(heard, ", "); got != "start 0s, progress 1s, progress 2s, progress 3.5s, complete 4s" {
		t.Errorf("heard %s", got)
	}
}

// A base library without playBGM plays nothing, and says so.
func TestAnOldLibraryPlaysNoMusicThroughThePusher(t *testing.T) {
	for _, known := range []bool{true, false} {
		w := newSoundWorld(t, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			a.Knows = func(_, name string) bool { return known || name != "playBGM" }
		})
		w.at(5*time.Second, func() { w.a.PlayBGM(fault.ByPusher, "") })
		w.at(10*time.Second, func() { w.a.StopBGM(fault.ByPusher) })
		r := w.run(14 * time.Second)
		level := int64(noMusic)
		if known {
			level = musicLevel
		}
		within(t, musicAt(r, 1, 0), 7, 9, level)
		within(t, musicAt(r, 1, 0), 12, 13, noMusic)
		told := ""
		for _, ev := range pick(r, trace.HostTold) {
			told += r.Text(ev.Note)
		}
		if strings.Contains(told, "no such method") == known {
			t.Errorf("known %v: told %q", known, told)
		}
	}
}

// A page's own music and its live-pusher's are over each by itself.
func TestEachMusicEndsAlone(t *testing.T) {
	for _, by := range []string{fault.ByPage, fault.ByPusher} {
		w := newSoundWorld(t, nil)
		w.at(5*time.Second, func() { w.a.PlayBGM(fault.ByPage, "") })
		w.at(5*time.Second, func() { w.a.PlayBGM(fault.ByPusher, "") })
		w.at(8*time.Second, func() { w.a.StopBGM(by) })
		w.run(12 * time.Second)
		page, pusher := w.a.sound.music.sounds, w.pusher.music.url != ""
		if page != (by == fault.ByPusher) || pusher != (by == fault.ByPage) {
			t.Errorf("stopped by %s: the page's plays %v, the pusher's %v", by, page, pusher)
		}
	}
}

// behindWith has b play music from 5 to 20 s and its user away from 8 s to 35 s. b pushes
// and plays.
func behindWith(t *testing.T, change func(v *Version)) *trace.Record {
	t.Helper()
	w := newSoundWorld(t, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
		v := DefaultVersion()
		change(&v)
		b.Version = &v
	})
	w.at(5*time.Second, func() { w.b.PlayBGM(fault.ByPage, "") })
	w.at(8*time.Second, func() { w.b.Hide("home") })
	w.at(20*time.Second, func() { w.b.StopBGM(fault.ByPage) })
	w.at(35*time.Second, w.b.Show)
	return w.run(38 * time.Second)
}

// sleeps is when b's page falls asleep; 0: never.
func sleeps(r *trace.Record) time.Duration {
	for _, ev := range pick(r, trace.HostState) {
		if ev.Actor == 1 && r.Text(ev.Text) == "suspend" {
			return ev.At
		}
	}
	return 0
}

// Music that the page never declared ends when the page is left, from 6.7.2 on. Before
// that it goes on, and keeps the page awake for as long.
func TestMusicInTheBackground(t *testing.T) {
	r := behindWith(t, func(*Version) {})
	within(t, musicAt(r, 1, trace.Nobody), 9, 12, noMusic)
	if at := sleeps(r); at != 13*time.Second {
		t.Errorf("it sleeps at %v", at)
	}
	r = behindWith(t, func(v *Version) { v.MusicBehind = true })
	within(t, musicAt(r, 1, trace.Nobody), 9, 19, musicLevel-900) // set up for media
	within(t, musicAt(r, 1, trace.Nobody), 21, 24, noMusic)
	if at := sleeps(r); at != 25*time.Second {
		t.Errorf("it sleeps at %v", at)
	}
}

// Music that is still wanted is there again on return; what a phone call has taken away
// too, and what ended with its page isn't.
func TestMusicComesBack(t *testing.T) {
	w := newSoundWorld(t, nil)
	w.at(3*time.Second, func() { w.b.PlayBGM("", "") })
	w.at(6*time.Second, func() { w.b.Hide("home") })
	w.at(9*time.Second, w.b.Show)
	w.at(13*time.Second, w.b.Interrupt)
	w.at(16*time.Second, w.b.EndInterruption)
	w.at(20*time.Second, w.b.Kill)
	w.at(22*time.Second, w.b.Show)
	music := musicAt(w.run(24*time.Second), 1, trace.Nobody)
	within(t, music, 4, 5, musicLevel-900) // without a call the device stays as music wants it
	within(t, music, 7, 8, noMusic)
	within(t, music, 10, 12, musicLevel-900)
	within(t, music, 14, 15, noMusic)
	within(t, music, 17, 19, musicLevel-900)
	if m := &w.b.sound.music; m.on || m.sounds || m.media {
		t.Errorf("after the end: %+v", m)
	}
}

// Playing music takes of the core that decodes pictures, as do mixing voices and drawing
// on the page: where it has nothing to spare, they come to lag.
func TestWhatLoadsTheCore(t *testing.T) {
	lag := func(music bool, load, voice float64, canvas time.Duration) time.Duration {
		w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			b.Traits.Decoders, b.Traits.CPU = 0, 0.55 // 98 % busy with six streams
			b.Traits.MusicLoad, b.Traits.VoiceLoad, b.Traits.CanvasCost = load, voice, canvas
		})
		w.pusher.Start()
		w.player.Play()
		for range 5 {
			p, err := w.b.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1", PlayerAttributes: PlayerAttributes{Mode: ModeRTC}})
			if err != nil {
				t.Fatal(err)
			}
			p.Play()
		}
		if music {
			w.at(5*time.Second, func() { w.b.PlayBGM("", "") })
		}
		most := time.Duration(0)
		for _, ev := range pick(w.run(15*time.Second), trace.FrameShown) {
			if ev.At > 5*time.Second {
				most = max(most, ev.At-time.Duration(ev.V[1]))
			}
		}
		return most
	}
	d := phone.DefaultTraits()
	without := lag(false, d.MusicLoad, 0, 0)
	if free := lag(true, 0, 0, 0); free > without+50*ms {
		t.Errorf("pictures lag by %v with music that takes nothing, %v without", free, without)
	}
	for what, with := range map[string]time.Duration{
		"music": lag(true, d.MusicLoad, 0, 0), "voices": lag(false, 0, d.VoiceLoad, 0), "pictures on the page": lag(false, 0, 0, d.CanvasCost),
	} {
		if with < without+300*ms {
			t.Errorf("pictures lag by %v with %s, %v without", with, what, without)
		}
	}
}

// A device mixes music into what it sends without an echo of what it plays of it; of
// another player's music there is one.
func TestTheCancellerIsToldOfMixedMusic(t *testing.T) {
	sent := func(begin func(d *pcm.Device)) int64 {
		w := newSoundWorld(t, nil)
		w.at(3*time.Second, func() {
			w.a.sound.music.sounds = true // so that the mixer runs, whoever plays
			begin(w.a.sound.device)
			w.a.mixer.wake()
		})
		return musicAt(w.run(12*time.Second), 1, 0)[10]
	}
	mixed := sent(func(d *pcm.Device) { d.MixMusic(1) })
	leaked := sent(func(d *pcm.Device) { d.PlayMusic(true) })
	if mixed < musicLevel-30 || mixed > musicLevel+30 || leaked < -4500 || leaked > -2500 {
		t.Errorf("mixed music is sent at %d, another player's at %d", mixed, leaked)
	}
}
