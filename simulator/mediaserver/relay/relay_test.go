package relay

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

func TestNewcomerBeginsAtKeyFrame(t *testing.T) {
	for _, cache := range []bool{true, false} {
		b := newBench(t, func(o *Options) { o.GOPCache = cache })
		b.configs()
		b.now += 5 * time.Second
		b.second()
		for range 5 { // the second group has begun
			b.video(b.n%15 == 0, 1000)
			b.audio()
			b.now += 66 * time.Millisecond
		}
		o := &outlet{free: 1 << 20}
		b.s.Subscribe(View{Viewer: viewer}, o)
		before := len(o.got)
		b.second()
		if o.got[0].typ != rtmp.TypeData || !o.got[1].conf || !o.got[2].conf {
			t.Fatalf("cache %v: begins with %+v, want metadata and both sequence headers", cache, o.got[:3])
		}
		if want := 3; cache == (before == want) {
			t.Errorf("cache %v: %d messages at once", cache, before)
		}
		i := slices.IndexFunc(o.got, func(s sent) bool { return s.typ == rtmp.TypeVideo && !s.conf })
		if !o.got[i].key {
			t.Errorf("cache %v: the first picture is no key frame", cache)
		}
		if cache && o.got[i].ts != 0 {
			t.Errorf("the first picture has time %d, want 0", o.got[i].ts)
		}
		for j := 1; j < len(o.got); j++ {
			if o.got[j].ts < o.got[j-1].ts {
				t.Errorf("cache %v: time goes back from %d to %d", cache, o.got[j-1].ts, o.got[j].ts)
			}
		}
	}
}

func TestSlowViewerLosesVideoUpToAKeyFrameAndNoAudio(t *testing.T) {
	b := newBench(t, func(o *Options) { o.QueueLength = 3 * time.Second })
	b.configs()
	o := &outlet{free: 1 << 20}
	sub := b.s.Subscribe(View{Viewer: viewer}, o)
	b.second()
	o.free = 0
	for range 20 {
		b.second()
	}
	if waiting := sub.queueBytes; waiting > 5*15*1100 {
		t.Errorf("%d bytes wait", waiting)
	}
	o.free = 1 << 30
	sub.Drain()
	if got := o.count(rtmp.TypeAudio); got != 21*15 {
		t.Errorf("%d audio messages, want all %d", got, 21*15)
	}
	last := 0
	for _, s := range o.got {
		if s.typ != rtmp.TypeVideo || s.conf {
			continue
		}
		if s.n != last+1 && !s.key {
			t.Errorf("frame %d after %d is no key frame", s.n, last)
		}
		last = s.n
	}
	if sub.queueBytes != 0 {
		t.Errorf("%d bytes wait after all was sent", sub.queueBytes)
	}
	video := o.count(rtmp.TypeVideo)
	if got, want := b.drops("relay-queue")+b.drops("relay-wait-key"), 21*15-video; got != want || want == 0 {
		t.Errorf("%d drops in the record, want %d", got, want)
	}
}

// A queue that drops all goes on in the middle of a group of pictures.
func TestOverflowDropsAll(t *testing.T) {
	for overflow, wantGap := range map[Overflow]bool{OverflowToKey: false, OverflowAll: true} {
		b := newBench(t, func(o *Options) { o.QueueLength, o.Overflow = 3*time.Second, overflow })
		b.configs()
		o := &outlet{free: 1 << 20}
		sub := b.s.Subscribe(View{Viewer: viewer}, o)
		b.second()
		o.free = 0
		for range 5 {
			b.second()
		}
		o.free = 1 << 30
		sub.Drain()
		last, gap := 0, false
		for _, s := range o.got {
			if s.typ == rtmp.TypeVideo && !s.conf {
				gap = gap || s.n != last+1 && !s.key
				last = s.n
			}
		}
		if lost := o.count(rtmp.TypeAudio) < 6*15; gap != wantGap || lost != wantGap {
			t.Errorf("%s: a gap: %v, sound lost: %v", overflow, gap, lost)
		}
	}
	if o := (Options{QueueLength: 1, QueueBytes: 1, Overflow: "some"}); o.Validate() == nil {
		t.Error("an overflow that isn't there is one")
	}
}

func TestGopLongerThanQueueWaitsForKey(t *testing.T) {
	b := newBench(t, func(o *Options) { o.QueueLength = time.Second })
	b.configs()
	b.video(true, 100)
	o := &outlet{free: 0}
	sub := b.s.Subscribe(View{Viewer: viewer}, o)
	for range 100 {
		b.now += 66 * time.Millisecond
		b.video(false, 100)
	}
	o.free = 1 << 20
	sub.Drain()
	if n := o.count(rtmp.TypeVideo); n != 0 {
		t.Errorf("%d frames without a key frame", n)
	}
	b.video(true, 100)
	if n := o.count(rtmp.TypeVideo); n != 1 {
		t.Errorf("%d frames, want the key frame", n)
	}
}

func TestBytesBoundHoldsForAudioAndSequenceHeaders(t *testing.T) {
	b := newBench(t, func(o *Options) { o.QueueBytes = 2000; o.GOPBytes = 2000 })
	o := &outlet{}
	sub := b.s.Subscribe(View{Viewer: viewer}, o)
	for range 3000 {
		b.audio()
		b.now += 20 * time.Millisecond
	}
	for range 1000 {
		b.configs()
	}
	if sub.queueBytes > 2000 {
		t.Errorf("%d bytes wait", sub.queueBytes)
	}
	o.free = 1 << 20
	sub.Drain()
	if sub.queueBytes != 0 || len(o.got) == 0 {
		t.Errorf("%d bytes wait, %d messages sent", sub.queueBytes, len(o.got))
	}
}

func TestMuteEnqueuesNothingOfTheMedium(t *testing.T) {
	for _, m := range []Medium{Audio, Video} {
		b := newBench(t, nil)
		b.configs()
		o, others := &outlet{free: 1 << 20}, &outlet{free: 1 << 20}
		sub := b.s.Subscribe(View{Viewer: viewer}, o)
		b.s.Subscribe(View{Viewer: 2}, others)
		b.second()
		o.free = 0
		b.video(false, 1000)
		b.audio()
		sub.Mute(m)
		o.free = 1 << 20
		n := len(o.got)
		sub.Drain()
		b.configs() // even a new sequence header
		b.second()
		muted, other := uint8(rtmp.TypeAudio), uint8(rtmp.TypeVideo)
		if m == Video {
			muted, other = other, muted
		}
		kept := 0
		for _, s := range o.got[n:] {
			if s.typ == muted {
				t.Errorf("mute of %v: %+v was sent", m, s)
			}
			if s.typ == other && !s.conf {
				kept++
			}
		}
		if kept != 16 {
			t.Errorf("mute of %v: %d messages of the other medium, want 16", m, kept)
		}
		if others.count(rtmp.TypeAudio) != 31 || others.count(rtmp.TypeVideo) != 31 {
			t.Errorf("mute of %v: the other viewer got %d audio and %d video", m, others.count(rtmp.TypeAudio), others.count(rtmp.TypeVideo))
		}
	}
}

func TestUnmute(t *testing.T) {
	for _, restart := range []Restart{RestartNextKey, RestartCachedGOP} {
		b := newBench(t, func(o *Options) { o.Unmute = restart })
		b.configs()
		o := &outlet{free: 1 << 20}
		sub := b.s.Subscribe(View{Viewer: viewer}, o)
		b.second()
		sub.Mute(Video)
		sub.Mute(Audio)
		b.second()
		b.configs()
		b.video(true, 1000) // frame 31
		b.video(false, 1000)
		n := len(o.got)
		sub.Unmute(Video)
		sub.Unmute(Audio)
		b.audio()
		b.video(false, 1000)
		b.video(true, 1000) // frame 34
		b.video(false, 1000)
		var frames []int
		confs := 0
		for _, s := range o.got[n:] {
			if s.conf {
				confs++
			} else if s.typ == rtmp.TypeVideo {
				frames = append(frames, s.n)
			}
		}
		want := []int{34, 35}
		if restart == RestartCachedGOP {
			want = []int{31, 32, 33, 34, 35}
		}
		if !slices.Equal(frames, want) {
			t.Errorf("%s: frames %v, want %v", restart, frames, want)
		}
		if confs != 2 {
			t.Errorf("%s: %d sequence headers, want the two that changed meanwhile", restart, confs)
		}
		if o.count(rtmp.TypeAudio) != 16 {
			t.Errorf("%s: %d audio messages, want 16", restart, o.count(rtmp.TypeAudio))
		}
	}
}

func TestClockGoesOnAcrossPublishers(t *testing.T) {
	b := newBench(t, nil)
	o := &outlet{free: 1 << 20}
	b.now = time.Hour
	b.s.Subscribe(View{Viewer: viewer}, o)
	b.second()
	b.s.End()
	b.now += 4 * time.Second
	b.s.Begin()
	restart := b.now
	for i := range 10 { // the new connection's clock begins at 5
		b.s.Media(rtmp.Message{Type: rtmp.TypeVideo, Timestamp: uint32(5 + (b.now-restart)/time.Millisecond), Payload: []byte{0x17, 1, 0, 0, 0, byte(i), 0}})
		b.now += 100 * time.Millisecond
	}
	first, last := o.got[0].ts, o.got[len(o.got)-1].ts
	if first != 0 {
		t.Errorf("begins at %d", first)
	}
	if want := uint32(5000 + 900); last < want-2 || last > want+2 {
		t.Errorf("ends at %d, want about %d", last, want)
	}
	if !slices.Equal(o.announced, []bool{false, true}) {
		t.Errorf("announced %v", o.announced)
	}
}

func TestSpansDoNotStraddleAMute(t *testing.T) {
	b := newBench(t, nil)
	o := &outlet{free: 1 << 20}
	sub := b.s.Subscribe(View{Viewer: viewer}, o)
	b.second()
	at := b.now
	sub.Mute(Video)
	b.second()
	b.s.Tick()
	r, err := b.log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	var spans [][6]int64
	for _, ev := range r.Events {
		if ev.Kind == trace.RelayOut {
			spans = append(spans, ev.V)
		}
	}
	if len(spans) != 2 || spans[0][1] != 15 || spans[1][0] != int64(at) || spans[1][1] != 0 || spans[1][2] != 15 {
		t.Errorf("spans %v", spans)
	}
}

func TestMediaInLeavesSilenceOut(t *testing.T) {
	b := newBench(t, nil)
	b.now = 200 * time.Millisecond
	b.audio()
	b.now = 700 * time.Millisecond
	b.audio()
	b.now = time.Second
	b.s.Tick()
	b.now = 1500 * time.Millisecond
	b.s.Media(rtmp.Message{Type: rtmp.TypeData, Payload: []byte{2, 0, 1, 'x'}}) // no media
	b.now = 2 * time.Second
	b.s.Tick()
	r, _ := b.log.Seal()
	var got [][6]int64
	for _, ev := range r.Events {
		if ev.Kind == trace.MediaIn {
			got = append(got, ev.V)
		}
	}
	ms := int64(time.Millisecond)
	want := [][6]int64{{200 * ms, 8, 0, 2, 700 * ms}}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestClosedSubscriberIsForgotten(t *testing.T) {
	b := newBench(t, nil)
	o := &outlet{free: 1 << 20}
	sub := b.s.Subscribe(View{Viewer: viewer}, o)
	sub.Close()
	b.second()
	if len(o.got) != 0 || len(b.s.subs) != 0 {
		t.Errorf("%d messages, %d subscribers left", len(o.got), len(b.s.subs))
	}
}

// The end of a sequence, as ffmpeg writes it, is nothing that a picture can begin with.
func TestNobodyBeginsAtTheEndOfASequence(t *testing.T) {
	b := newBench(t, nil)
	o := &outlet{free: 1 << 20}
	b.s.Subscribe(View{Viewer: viewer}, o)
	b.s.Media(rtmp.Message{Type: rtmp.TypeVideo, Payload: []byte{0x17, 2, 0, 0, 0}})
	if n := o.count(rtmp.TypeVideo); n != 0 {
		t.Errorf("%d video messages before a key frame", n)
	}
	if _, p, ok := classify(rtmp.Message{Type: rtmp.TypeVideo, Payload: []byte{0x12, 2, 0, 0, 0}}); p != partKey || !ok {
		t.Error("a key frame of another codec")
	}
}

func TestEmptyMessagesAreNotRelayed(t *testing.T) {
	b := newBench(t, nil)
	o := &outlet{free: 1 << 20}
	b.s.Subscribe(View{Viewer: viewer}, o)
	for _, typ := range []uint8{rtmp.TypeAudio, rtmp.TypeVideo, rtmp.TypeData} {
		if b.s.Media(rtmp.Message{Type: typ}) {
			t.Errorf("type %d: an empty message counts as media", typ)
		}
	}
	if len(o.got) != 0 {
		t.Errorf("%d messages relayed", len(o.got))
	}
}

func TestNewcomerWithAMutedMediumGetsNoneOfItFromTheCache(t *testing.T) {
	for _, m := range []Medium{Audio, Video} {
		b := newBench(t, nil)
		b.configs()
		b.second()
		muted := [2]bool{}
		muted[m] = true
		o := &outlet{free: 1 << 20}
		b.s.Subscribe(View{Viewer: viewer, Muted: muted}, o)
		audio, video := o.count(rtmp.TypeAudio), o.count(rtmp.TypeVideo)
		want := [2]int{15, 15}
		want[m] = 0
		if got := [2]int{audio, video}; got != want {
			t.Errorf("mute of %v: %d audio and %d video messages from the cache", m, audio, video)
		}
		for _, s := range o.got {
			if s.conf && s.typ == map[Medium]uint8{Audio: rtmp.TypeAudio, Video: rtmp.TypeVideo}[m] {
				t.Errorf("mute of %v: its sequence header was sent", m)
			}
		}
	}
}

func TestViewersHearOfThePublisherOnlyWhenItWasAway(t *testing.T) {
	for _, notify := range []bool{true, false} {
		b := newBench(t, func(o *Options) { o.Notify = notify })
		o := &outlet{free: 1 << 20}
		b.s.Subscribe(View{Viewer: viewer}, o)
		b.second()
		b.s.Begin() // a new connection takes over
		b.second()
		if len(o.announced) != 0 {
			t.Errorf("notify %v: told %v", notify, o.announced)
		}
		b.s.End()
		b.s.End()
		b.s.Begin()
		if got := slices.Equal(o.announced, []bool{false, true}); got != notify {
			t.Errorf("notify %v: told %v", notify, o.announced)
		}
	}
}
