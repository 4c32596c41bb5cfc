package rtmp

import (
	"testing"
)

// frameBytes is a video frame of a phone's call: 300 kbit/s at 15 fps.
const frameBytes = 2500

func BenchmarkReader(b *testing.B) {
	for _, c := range []struct {
		name         string
		chunk, piece int
	}{
		{"view", 60000, 1 << 20}, {"segments", 60000, 1448}, {"chunks-128", 128, 1 << 20}, {"chunks-4096", 4096, 1448},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := Writer{chunkSize: c.chunk}
			var in []byte
			for i := range 100 {
				in = w.Append(in, Message{CSID: 6, Type: TypeVideo, Stream: 1, Timestamp: uint32(i) * 66, Payload: make([]byte, frameBytes)})
			}
			r := NewReader(DefaultLimits)
			r.chunkSize = c.chunk
			n := 0
			emit := func(Message) error { n++; return nil }
			b.SetBytes(frameBytes)
			b.ReportAllocs()
			for n < b.N {
				for p := in; len(p) > 0; {
					k := min(c.piece, len(p))
					if err := r.Feed(p[:k:k], emit); err != nil {
						b.Fatal(err)
					}
					p = p[k:]
				}
			}
		})
	}
}

func BenchmarkWriter(b *testing.B) {
	w := Writer{chunkSize: guardChunkBytes}
	m := Message{CSID: 6, Type: TypeVideo, Stream: 1, Payload: make([]byte, frameBytes)}
	var buf []byte
	b.SetBytes(frameBytes)
	b.ReportAllocs()
	for b.Loop() {
		m.Timestamp += 66
		buf = w.Append(buf[:0], m)
	}
}

func BenchmarkChunk(b *testing.B) {
	m := Message{CSID: 6, Type: TypeVideo, Stream: 1, Payload: make([]byte, frameBytes)}
	b.ReportAllocs()
	for b.Loop() {
		c := Chunk(m, 66, guardChunkBytes)
		if c.Shared == nil {
			b.Fatal("not shared")
		}
	}
}

// BenchmarkGuardSendMedia is one delivery to one subscriber.
func BenchmarkGuardSendMedia(b *testing.B) {
	n := 0
	g := NewGuard(GuardOptions{ToLibrary: func([]byte) {}, ToPeer: func(p []byte) { n += len(p) }})
	g.handshake.library, g.playing = handshakeBytes, 1
	c := Chunk(Message{CSID: 6, Type: TypeVideo, Payload: make([]byte, frameBytes)}, 66, guardChunkBytes)
	b.ReportAllocs()
	for b.Loop() {
		c.Message.Timestamp += 66
		g.SendMedia(&c, c.Message.Timestamp)
	}
}

func BenchmarkGuardFromPeer(b *testing.B) {
	n := 0
	g := NewGuard(GuardOptions{ToLibrary: func([]byte) {}, ToPeer: func([]byte) {}, OnMedia: func(Message) { n++ }})
	g.handshake.peer, g.handshake.library = handshakeBytes, handshakeBytes
	g.streams = []guardStream{{open: true, publishes: true}}
	g.in.chunkSize = clientChunkBytes
	w := Writer{chunkSize: clientChunkBytes}
	in := w.Append(nil, Message{CSID: 6, Type: TypeVideo, Stream: 1, Payload: make([]byte, frameBytes)})
	b.ReportAllocs()
	for b.Loop() {
		if err := g.FromPeer(in); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkClientSend(b *testing.B) {
	c := NewClient(ClientOptions{Publish: true, Out: func([]byte) {}})
	c.state, c.stream = clientReady, 1
	c.out.SetChunkSize(clientChunkBytes)
	m := Message{Type: TypeVideo, Payload: make([]byte, frameBytes)}
	b.ReportAllocs()
	for b.Loop() {
		m.Timestamp += 66
		c.Send(m)
	}
}

func TestSteadyStateAllocates(t *testing.T) {
	nothing := func([]byte) {}
	g := NewGuard(GuardOptions{ToLibrary: nothing, ToPeer: nothing, OnMedia: func(Message) {}})
	g.handshake.peer, g.handshake.library, g.playing = handshakeBytes, handshakeBytes, 1
	g.streams = []guardStream{{open: true, publishes: true}}
	g.in.chunkSize = clientChunkBytes
	m := Message{CSID: 6, Type: TypeVideo, Stream: 1, Payload: make([]byte, frameBytes)}
	c := Chunk(m, 66, guardChunkBytes)
	in := (&Writer{chunkSize: clientChunkBytes}).Append(nil, m)
	d := NewClient(ClientOptions{Publish: true, Out: nothing})
	d.state, d.stream = clientReady, 1
	for _, one := range []struct {
		name string
		most float64
		f    func()
	}{
		{"shared delivery", 0, func() { c.Message.Timestamp += 66; g.SendMedia(&c, c.Message.Timestamp) }},
		{"media from a publisher", 0, func() { g.FromPeer(in) }},
		{"device's send", 1, func() { m.Timestamp += 66; d.Send(m) }},
		{"chunk once", 1, func() { c = Chunk(m, 66, guardChunkBytes) }},
	} {
		if got := testing.AllocsPerRun(200, one.f); got > one.most {
			t.Errorf("%s: %v allocations, want at most %v", one.name, got, one.most)
		}
	}
}
