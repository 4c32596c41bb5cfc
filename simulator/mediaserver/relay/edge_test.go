package relay

import (
	"math"
	"testing"
	"time"

	"minilab/simulator/rtmp"
)

// A camera that is switched off leaves the cache with an old key frame and all the
// sound since: a newcomer must not get minutes of it at once.
func TestCacheForgetsAPictureThatSoundHasOutrun(t *testing.T) {
	b := newBench(t, nil)
	b.configs()
	b.video(true, 1000)
	for range 5 * 60 * 15 {
		b.audio()
		b.now += time.Second / 15
	}
	o := &outlet{free: 1 << 20}
	b.s.Subscribe(View{Viewer: viewer}, o)
	if v, a := o.count(rtmp.TypeVideo), o.count(rtmp.TypeAudio); v != 0 || a != 0 {
		t.Fatalf("%d frames and %d audio messages of the past", v, a)
	}
	b.audio()
	b.video(false, 100) // the camera is back: nobody has its key frame
	b.video(true, 100)
	if v, a := o.count(rtmp.TypeVideo), o.count(rtmp.TypeAudio); v != 1 || a != 1 {
		t.Errorf("then %d frames and %d audio messages", v, a)
	}
	late := &outlet{free: 1 << 20}
	b.s.Subscribe(View{Viewer: viewer}, late)
	if v := late.count(rtmp.TypeVideo); v != 1 {
		t.Errorf("%d frames for who comes after the camera", v)
	}
}

// What a peer makes the relay hold is bounded however small its messages are.
func TestManySmallMessagesAreBounded(t *testing.T) {
	const limit = 100_000
	b := newBench(t, func(o *Options) { o.QueueBytes, o.GOPBytes = limit, limit })
	b.s.w.Log = nil
	stuck := &outlet{}
	sub := b.s.Subscribe(View{Viewer: viewer}, stuck)
	b.video(true, 10)
	for i := range 100_000 {
		typ, p := rtmp.TypeVideo, []byte{0x27}
		if i%2 == 0 {
			typ, p = rtmp.TypeAudio, []byte{0xaf}
		}
		b.s.Media(rtmp.Message{Type: uint8(typ), Payload: p})
	}
	if n := sub.queue.len(); n > limit/100 {
		t.Errorf("%d messages wait", n)
	}
	if n := len(b.s.gop); n > limit/100 {
		t.Errorf("%d messages are cached", n)
	}
}

// A publisher's clock that jumps or wraps isn't the viewer's.
func TestViewersClockIsSteady(t *testing.T) {
	for name, step := range map[string]func(ms uint32) uint32{
		"wrap":            func(ms uint32) uint32 { return ms + math.MaxUint32 - 2500 },
		"back to zero":    func(ms uint32) uint32 { return (ms + 3_600_000) % 3_605_000 },
		"back by seconds": func(ms uint32) uint32 { return ms + 100_000 - ms/5000*9000 },
		"far ahead":       func(ms uint32) uint32 { return ms + ms/5000*1_000_000 },
	} {
		b := newBench(t, nil)
		o := &outlet{free: 1 << 20}
		b.s.Subscribe(View{Viewer: viewer}, o)
		for i := range 10 * 20 {
			at := step(uint32(b.now / time.Millisecond))
			v := make([]byte, 8)
			v[0], v[1] = 0x27, 1
			if i%15 == 0 {
				v[0] = 0x17
			}
			b.s.Media(rtmp.Message{Type: rtmp.TypeVideo, Timestamp: at, Payload: v})
			b.s.Media(rtmp.Message{Type: rtmp.TypeAudio, Timestamp: at, Payload: []byte{0xaf, 1, 2, 3}})
			b.now += 50 * time.Millisecond
		}
		for i, s := range o.got {
			if want := uint32(i / 2 * 50); s.ts != want {
				t.Errorf("%s: message %d at %d ms, want %d", name, i, s.ts, want)
				break
			}
		}
	}
}

func TestStreamsOfOneMedium(t *testing.T) {
	b := newBench(t, nil)
	o := &outlet{free: 1 << 20}
	sub := b.s.Subscribe(View{Viewer: viewer}, o)
	for range 3 {
		b.audio()
		b.now += 20 * time.Millisecond
	}
	if a := o.count(rtmp.TypeAudio); a != 3 {
		t.Errorf("audio only: %d messages", a)
	}
	sub.Close()
	o = &outlet{free: 1 << 20}
	b.s.Subscribe(View{Viewer: viewer}, o)
	for range 100 {
		b.video(false, 100) // never a key frame
	}
	if v := o.count(rtmp.TypeVideo); v != 0 || len(b.s.gop) != 0 {
		t.Errorf("no key frame: %d frames sent, %d cached", v, len(b.s.gop))
	}
}

// Metadata in the middle of a stream doesn't take the viewer's clock back to zero.
func TestMetadataHasTheTimeOfItsNeighbours(t *testing.T) {
	b := newBench(t, nil)
	o := &outlet{free: 1 << 20}
	b.s.Subscribe(View{Viewer: viewer}, o)
	b.second()
	b.configs()
	b.second()
	last := uint32(0)
	for i, s := range o.got {
		if s.ts < last {
			t.Fatalf("message %d (type %d) at %d ms, behind one at %d", i, s.typ, s.ts, last)
		}
		last = s.ts
	}
}
