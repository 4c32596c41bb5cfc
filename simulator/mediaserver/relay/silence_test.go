package relay

import (
	"testing"

	"minilab/simulator/rtmp"
)

// Of a medium that the publisher silenced nobody gets anything: neither those who are
// there, from their queues included, nor newcomers from the cache. The other goes on.
func TestSilenceStopsAMediumForAll(t *testing.T) {
	for _, m := range []Medium{Audio, Video} {
		b := newBench(t, nil)
		b.configs()
		o, slow := &outlet{free: 1 << 20}, &outlet{}
		b.s.Subscribe(View{Viewer: viewer}, o)
		sub := b.s.Subscribe(View{Viewer: 2}, slow)
		b.second()
		b.s.Silence(m, true)
		n := len(o.got)
		b.configs()
		b.second()
		late := &outlet{free: 1 << 20}
		b.s.Subscribe(View{Viewer: 3}, late)
		slow.free = 1 << 20
		sub.Drain()
		gone, stays := uint8(rtmp.TypeAudio), uint8(rtmp.TypeVideo)
		if m == Video {
			gone, stays = stays, gone
		}
		for who, got := range map[string][]sent{"who was there": o.got[n:], "who was slow": slow.got, "who came": late.got} {
			kept := 0
			for _, s := range got {
				if s.typ == gone {
					t.Errorf("%v silenced: %s got %+v", m, who, s)
				}
				if s.typ == stays && !s.conf {
					kept++
				}
			}
			if kept == 0 && (who != "who came" || m == Audio) { // sound alone isn't cached
				t.Errorf("%v silenced: %s got nothing of the other medium", m, who)
			}
		}
	}
}

func TestSoundGoesOnWhereVideoResumesAtAKeyFrame(t *testing.T) {
	b := newBench(t, nil)
	b.configs()
	o, muted := &outlet{free: 1 << 20}, &outlet{free: 1 << 20}
	b.s.Subscribe(View{Viewer: viewer}, o)
	b.s.Subscribe(View{Viewer: 2, Muted: [2]bool{Video: true}}, muted)
	b.second()
	b.s.Silence(Video, true)
	b.second()
	b.s.Silence(Video, false)
	n := len(o.got)
	b.video(false, 100)
	b.video(true, 100)
	b.video(false, 100)
	var frames []bool
	for _, s := range o.got[n:] {
		if s.typ == rtmp.TypeVideo && !s.conf {
			frames = append(frames, s.key)
		}
	}
	if len(frames) != 2 || !frames[0] {
		t.Errorf("frames (key?) %v, want the key frame and what follows", frames)
	}
	if v := muted.count(rtmp.TypeVideo); v != 0 {
		t.Errorf("who muted the video got %d frames when its publisher resumed it", v)
	}
	b.s.Silence(Audio, true)
	b.s.Silence(Audio, false)
	n = o.count(rtmp.TypeAudio)
	b.audio()
	if o.count(rtmp.TypeAudio) != n+1 {
		t.Error("the sound doesn't resume")
	}
}

func TestABlindViewerGetsSoundOnly(t *testing.T) {
	b := newBench(t, nil)
	b.configs()
	b.second()
	o := &outlet{free: 1 << 20}
	sub := b.s.Subscribe(View{Viewer: viewer, Blind: true}, o)
	b.second()
	sub.Mute(Video)
	sub.Unmute(Video)
	b.configs()
	b.second()
	for _, s := range o.got {
		if s.typ == rtmp.TypeVideo {
			t.Fatalf("it got %+v", s)
		}
	}
	if a := o.count(rtmp.TypeAudio); a < 30 {
		t.Errorf("%d audio messages", a)
	}
	if b.drops("relay-codec") != 30 {
		t.Errorf("%d pictures dropped by name, want 30", b.drops("relay-codec"))
	}
}

// Each planted mistake shows where it should.
func TestDefectsShow(t *testing.T) {
	type seen struct{ video, audio, otherVideo, otherAudio int }
	play := func(flaws Defects, act func(b *bench, sub *Subscriber)) seen {
		b := newBench(t, func(o *Options) { o.Defects = flaws })
		b.configs()
		o, other := &outlet{free: 1 << 20}, &outlet{free: 1 << 20}
		sub := b.s.Subscribe(View{Viewer: viewer}, o)
		b.s.Subscribe(View{Viewer: 2}, other)
		b.second()
		act(b, sub)
		n, m := *o, *other
		b.video(false, 100)
		b.audio()
		return seen{
			o.count(rtmp.TypeVideo) - n.count(rtmp.TypeVideo), o.count(rtmp.TypeAudio) - n.count(rtmp.TypeAudio),
			other.count(rtmp.TypeVideo) - m.count(rtmp.TypeVideo), other.count(rtmp.TypeAudio) - m.count(rtmp.TypeAudio),
		}
	}
	muteVideo := func(_ *bench, s *Subscriber) { s.Mute(Video) }
	muteAudio := func(_ *bench, s *Subscriber) { s.Mute(Audio) }
	unmuteVideo := func(_ *bench, s *Subscriber) { s.Mute(Video); s.Unmute(Video) }
	unmuteAudio := func(_ *bench, s *Subscriber) { s.Mute(Audio); s.Unmute(Audio) }
	silence := func(b *bench, _ *Subscriber) { b.s.Silence(Video, true) }
	for _, c := range []struct {
		name        string
		flaws       Defects
		act         func(*bench, *Subscriber)
		right, with seen
	}{
		{"mute ignores video", Defects{MuteIgnoresVideo: true}, muteVideo, seen{0, 1, 1, 1}, seen{1, 1, 1, 1}},
		{"mute ignores audio", Defects{MuteIgnoresAudio: true}, muteAudio, seen{1, 0, 1, 1}, seen{1, 1, 1, 1}},
		{"mute for all", Defects{MuteForAll: true}, muteVideo, seen{0, 1, 1, 1}, seen{0, 1, 0, 1}},
		{"mute stops both", Defects{MuteStopsBoth: true}, muteVideo, seen{0, 1, 1, 1}, seen{0, 0, 1, 1}},
		{"unmute without key", Defects{UnmuteWithoutKey: true}, unmuteVideo, seen{0, 1, 1, 1}, seen{1, 1, 1, 1}},
		{"unmute ignored", Defects{UnmuteIgnored: true}, unmuteAudio, seen{1, 1, 1, 1}, seen{1, 0, 1, 1}},
		{"local mute ignored", Defects{LocalMuteIgnored: true}, silence, seen{0, 1, 0, 1}, seen{1, 1, 1, 1}},
	} {
		if got := play(Defects{}, c.act); got != c.right {
			t.Errorf("%s: without it %+v, want %+v", c.name, got, c.right)
		}
		if got := play(c.flaws, c.act); got != c.with {
			t.Errorf("%s: with it %+v, want %+v", c.name, got, c.with)
		}
	}
}
