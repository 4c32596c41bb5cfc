package relay

import (
	"testing"
	"time"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// bench is a stream with a clock and a record of its own.
type bench struct {
	t   *testing.T
	now time.Duration
	log *trace.Log
	s   *Stream
	n   uint32 // media messages so far
}

const (
	publisher = trace.ActorID(0)
	viewer    = trace.ActorID(1)
)

func newBench(t *testing.T, change func(*Options)) *bench {
	t.Helper()
	b := &bench{t: t}
	o := DefaultOptions()
	if change != nil {
		change(&o)
	}
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	b.log = trace.NewLog(trace.Head{Members: []trace.Member{{ID: "pub"}, {ID: "sub"}, {ID: "other"}}}, func() time.Duration { return b.now })
	b.s = NewStream(&World{Now: func() time.Duration { return b.now }, Log: b.log, Server: b.log.Server(), Options: o}, publisher)
	b.s.Begin()
	return b
}

// video sends a frame of n bytes at the current time. The payload's third byte on
// identify it.
func (b *bench) video(key bool, n int) {
	p := make([]byte, max(n, 8))
	p[0], p[1] = 0x27, 1
	if key {
		p[0] = 0x17
	}
	b.n++
	p[4], p[5] = byte(b.n>>8), byte(b.n)
	b.s.Media(rtmp.Message{Type: rtmp.TypeVideo, Timestamp: uint32(b.now / time.Millisecond), Payload: p})
}

func (b *bench) audio() {
	b.s.Media(rtmp.Message{Type: rtmp.TypeAudio, Timestamp: uint32(b.now / time.Millisecond), Payload: []byte{0xaf, 1, 2, 3}})
}

func (b *bench) configs() {
	b.s.Media(rtmp.Message{Type: rtmp.TypeData, Payload: []byte{2, 0, 1, 'x'}})
	b.s.Media(rtmp.Message{Type: rtmp.TypeVideo, Payload: []byte{0x17, 0, 0, 0, 0, 1}})
	b.s.Media(rtmp.Message{Type: rtmp.TypeAudio, Payload: []byte{0xaf, 0, 0x11, 0x88}})
}

// second sends one second of 15 fps video, its first frame a key frame, with audio.
func (b *bench) second() {
	for i := range 15 {
		b.video(i == 0, 1000)
		b.audio()
		b.now += time.Second / 15
	}
}

func (b *bench) drops(why string) int {
	r, err := b.log.Seal()
	if err != nil {
		b.t.Fatal(err)
	}
	n := 0
	for _, ev := range r.Events {
		if ev.Kind == trace.FrameDropped && r.Text(ev.Text) == why {
			n++
		}
	}
	return n
}

// outlet notes what a viewer gets.
type outlet struct {
	free      int
	got       []sent
	announced []bool
}

type sent struct {
	typ   uint8
	key   bool
	conf  bool
	n     int // the frame's number
	ts    uint32
	bytes int
}

func (o *outlet) Free() int          { return o.free }
func (o *outlet) Announce(live bool) { o.announced = append(o.announced, live) }
func (o *outlet) Send(c *rtmp.Chunked, ts uint32) {
	p := c.Message.Payload
	s := sent{typ: c.Message.Type, ts: ts, bytes: len(p)}
	if s.typ == rtmp.TypeVideo {
		s.key, s.conf, s.n = p[0] == 0x17 && p[1] == 1, p[1] == 0, int(p[4])<<8|int(p[5])
	}
	if s.typ == rtmp.TypeAudio {
		s.conf = p[1] == 0
	}
	o.got = append(o.got, s)
	o.free -= len(p)
}

func (o *outlet) count(typ uint8) int {
	n := 0
	for _, s := range o.got {
		if s.typ == typ && !s.conf {
			n++
		}
	}
	return n
}

func BenchmarkFanOut(b *testing.B) {
	w := &World{Now: func() time.Duration { return 0 }, Options: DefaultOptions()}
	w.Options.GOPCache = false
	s := NewStream(w, 0)
	s.Begin()
	for i := range 100 {
		s.Subscribe(View{Viewer: trace.ActorID(i)}, discard{})
	}
	p := make([]byte, 3000)
	p[0], p[1] = 0x17, 1
	b.ReportAllocs()
	for i := range b.N {
		s.Media(rtmp.Message{Type: rtmp.TypeVideo, Timestamp: uint32(i), Payload: p})
	}
}

type discard struct{}

func (discard) Free() int                  { return 1 << 20 }
func (discard) Send(*rtmp.Chunked, uint32) {}
func (discard) Announce(bool)              {}
