package rtmp

import (
	"bytes"
	"encoding/binary"
	"testing"

	"pgregory.net/rapid"
)

// drawMessages draws messages as any sender could have them. Payload bytes never look
// like the timestamps, so that a sender who omits extended ones can be told.
func drawMessages(t *rapid.T, ids []uint32) []Message {
	types := []uint8{TypeAudio, TypeVideo, TypeData, TypeCommand, 99}
	n := rapid.IntRange(1, 30).Draw(t, "messages")
	ms := make([]Message, n)
	for i := range ms {
		ms[i] = Message{
			CSID:   rapid.SampledFrom(ids).Draw(t, "csid"),
			Type:   rapid.SampledFrom(types).Draw(t, "type"),
			Stream: rapid.SampledFrom([]uint32{0, 1, 0xffffffff}).Draw(t, "stream"),
			Timestamp: rapid.OneOf(rapid.Uint32Range(0, 100), rapid.Uint32Range(0xfffff0, 0x100000f),
				rapid.Uint32Range(0, 0xe0000000)).Draw(t, "timestamp"),
			Payload: bytes.Repeat([]byte{0xf0 | byte(i)}, rapid.OneOf(rapid.IntRange(0, 5), rapid.IntRange(0, 700)).Draw(t, "size")),
		}
	}
	return ms
}

// feedPieces cuts b at drawn places and returns the messages but Set Chunk Size.
func feedPieces(t *rapid.T, r *Reader, b []byte) []Message {
	var got []Message
	for len(b) > 0 {
		n := min(len(b), rapid.OneOf(rapid.IntRange(1, 20), rapid.IntRange(1, 2000)).Draw(t, "piece"))
		err := r.Feed(b[:n:n], func(m Message) error {
			if m.Type != typeSetChunkSize {
				got = append(got, m)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		b = b[n:]
	}
	if r.buffered != 0 {
		t.Fatalf("%d bytes still buffered", r.buffered)
	}
	return got
}

func compare(t *rapid.T, got, want []Message) {
	if len(got) != len(want) {
		t.Fatalf("%d messages, want %d", len(got), len(want))
	}
	for i, m := range got {
		w := want[i]
		if m.CSID != w.CSID || m.Type != w.Type || m.Stream != w.Stream || m.Timestamp != w.Timestamp || !bytes.Equal(m.Payload, w.Payload) {
			t.Fatalf("message %d: got %v, want %v", i, m, w)
		}
	}
}

func TestWriterToReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawMessages(t, []uint32{3, 4, 63, 64, 319, 320, 65599})
		var w Writer
		var b []byte
		for _, m := range want {
			if rapid.IntRange(0, 4).Draw(t, "resize") == 0 {
				size := rapid.IntRange(1, 300).Draw(t, "chunk size")
				b = w.Append(b, controlMessage(typeSetChunkSize, uint32(size)))
				w.SetChunkSize(size)
			}
			b = w.Append(b, m)
		}
		compare(t, feedPieces(t, NewReader(DefaultLimits), b), want)
	})
}

func TestSharedChunksToReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(50, 300).Draw(t, "chunk size")
		offset := rapid.SampledFrom([]uint32{0, 5000, 0xff000000}).Draw(t, "offset")
		r := NewReader(DefaultLimits)
		var w Writer
		b := w.Append(nil, controlMessage(typeSetChunkSize, uint32(size)))
		w.SetChunkSize(size)
		var want []Message
		var before uint32
		for _, m := range drawMessages(t, []uint32{4, 6}) {
			delta := m.Timestamp - before
			before = m.Timestamp
			if rapid.IntRange(0, 5).Draw(t, "other") == 0 {
				b = w.Append(b, m)
				want = append(want, m)
				continue
			}
			c := Chunk(m, delta, size)
			if rapid.IntRange(0, 5).Draw(t, "drop") == 0 {
				continue
			}
			m.Stream, m.Timestamp = 9, m.Timestamp-offset
			w.Send(&c, m.Stream, m.Timestamp, func(p []byte) { b = append(b, p...) })
			want = append(want, m)
		}
		compare(t, feedPieces(t, r, b), want)
	})
}

// sender chunks as the specification allows, not as Writer does: any legal header
// form, chunk streams that interleave, extended timestamps repeated or not.
type sender struct {
	t       *rapid.T
	omits   bool
	size    int
	last    map[uint32]*sent
	pending []*sending
	b       []byte
	done    []Message
}

type sent struct {
	m     Message
	field uint32
}

type sending struct {
	m     Message
	at    int
	field uint32
}

func (s *sender) begin(m Message) {
	forms := []byte{0}
	l := s.last[m.CSID]
	if l != nil && l.m.Stream == m.Stream {
		forms = append(forms, 1)
		if l.m.Type == m.Type && len(l.m.Payload) == len(m.Payload) {
			forms = append(forms, 2)
			if m.Timestamp-l.m.Timestamp == l.field {
				forms = append(forms, 3)
			}
		}
	}
	form := rapid.SampledFrom(forms).Draw(s.t, "form")
	field := m.Timestamp
	if form > 0 {
		field = m.Timestamp - l.m.Timestamp
	}
	s.b = appendBasic(s.b, form, m.CSID)
	if form < 3 {
		s.b = appendUint24(s.b, min(field, extended))
	}
	if form < 2 {
		s.b = append(appendUint24(s.b, uint32(len(m.Payload))), m.Type)
	}
	if form == 0 {
		s.b = binary.LittleEndian.AppendUint32(s.b, m.Stream)
	}
	if field >= extended && (form < 3 || !s.omits) {
		s.b = binary.BigEndian.AppendUint32(s.b, field)
	}
	s.last[m.CSID] = &sent{m: m, field: field}
	s.pending = append(s.pending, &sending{m: m, field: field})
}

// chunk writes the next chunk of pending message i; its header may stand already.
func (s *sender) chunk(i int) {
	p := s.pending[i]
	if p.at > 0 {
		s.b = appendBasic(s.b, 3, p.m.CSID)
		if p.field >= extended && !s.omits {
			s.b = binary.BigEndian.AppendUint32(s.b, p.field)
		}
	}
	n := min(s.size, len(p.m.Payload)-p.at)
	s.b = append(s.b, p.m.Payload[p.at:p.at+n]...)
	p.at += n
	if p.at == len(p.m.Payload) {
		s.done = append(s.done, p.m)
		s.pending = append(s.pending[:i], s.pending[i+1:]...)
	}
}

func TestForeignSenderToReader(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := &sender{t: t, omits: rapid.Bool().Draw(t, "omits"), size: 128, last: map[uint32]*sent{}}
		queue := drawMessages(t, []uint32{3, 4, 70, 400})
		for len(queue) > 0 || len(s.pending) > 0 {
			if rapid.IntRange(0, 9).Draw(t, "resize") == 0 {
				s.size = rapid.IntRange(4, 200).Draw(t, "chunk size")
				s.b = head0(s.b, Message{CSID: 2, Type: typeSetChunkSize, Payload: make([]byte, 4)})
				s.b = binary.BigEndian.AppendUint32(s.b, uint32(s.size))
			}
			if i := s.free(queue); i && (len(s.pending) == 0 || rapid.Bool().Draw(t, "begin")) {
				s.begin(queue[0])
				s.chunk(len(s.pending) - 1)
				queue = queue[1:]
				continue
			}
			s.chunk(rapid.IntRange(0, len(s.pending)-1).Draw(t, "which"))
		}
		compare(t, feedPieces(t, NewReader(DefaultLimits), s.b), s.done)
	})
}

// free reports whether the next message's chunk stream has none unfinished.
func (s *sender) free(queue []Message) bool {
	if len(queue) == 0 {
		return false
	}
	for _, p := range s.pending {
		if p.m.CSID == queue[0].CSID {
			return false
		}
	}
	return true
}
