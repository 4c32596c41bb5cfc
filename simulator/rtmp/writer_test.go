package rtmp

import (
	"bytes"
	"testing"
)

func TestWriterBytes(t *testing.T) {
	var w Writer
	for _, c := range []struct {
		name string
		m    Message
		want string
	}{
		{"first: form 0", Message{CSID: 4, Type: 8, Stream: 1, Timestamp: 40, Payload: []byte{1}}, "04 000028 000001 08 01000000 01"},
		{"same delta as that timestamp: form 2, not 3", Message{CSID: 4, Type: 8, Stream: 1, Timestamp: 80, Payload: []byte{2}}, "84 000028 02"},
		{"same delta: form 3", Message{CSID: 4, Type: 8, Stream: 1, Timestamp: 120, Payload: []byte{3}}, "c4 03"},
		{"other length: form 1", Message{CSID: 4, Type: 8, Stream: 1, Timestamp: 160}, "44 000028 000000 08"},
		{"other stream: form 0", Message{CSID: 4, Type: 8, Stream: 2, Timestamp: 160}, "04 0000a0 000000 08 02000000"},
		{"backwards: form 0", Message{CSID: 4, Type: 8, Stream: 2, Timestamp: 159}, "04 00009f 000000 08 02000000"},
		{"two-byte id", Message{CSID: 64, Type: 9, Payload: []byte{1}}, "00 00 000000 000001 09 00000000 01"},
		{"three-byte id", Message{CSID: 65599, Type: 9, Payload: []byte{1}}, "01 ffff 000000 000001 09 00000000 01"},
		{"cut", Message{CSID: 5, Type: 9, Payload: bytes.Repeat([]byte{7}, 257)}, "05 000000 000101 09 00000000 07*128 c5 07*128 c5 07"},
		{"extended, repeated", Message{CSID: 5, Type: 9, Timestamp: 0x1000000, Payload: bytes.Repeat([]byte{7}, 129)},
			"05 ffffff 000081 09 00000000 01000000 07*128 c5 01000000 07"},
		{"small delta after it", Message{CSID: 5, Type: 9, Timestamp: 0x1000028, Payload: bytes.Repeat([]byte{7}, 129)}, "85 000028 07*128 c5 07"},
		{"no more than fits", Message{CSID: 5, Type: 9, Timestamp: 0x1000050, Payload: bytes.Repeat([]byte{7}, 128)}, "45 000028 000080 09 07*128"},
	} {
		if got := w.Append(nil, c.m); !bytes.Equal(got, unhex(t, c.want)) {
			t.Errorf("%s:\n got %x\nwant %x", c.name, got, unhex(t, c.want))
		}
	}
}

func TestChunkedBytes(t *testing.T) {
	var out [][]byte
	send := func(w *Writer, c *Chunked, stream, at uint32) []byte {
		out = nil
		w.Send(c, stream, at, func(p []byte) { out = append(out, p) })
		return bytes.Join(out, nil)
	}
	m := Message{CSID: 6, Type: 9, Stream: 77, Timestamp: 5000, Payload: bytes.Repeat([]byte{7}, 130)}
	c := Chunk(m, 40, 128)
	if want := unhex(t, "46 000028 000082 09 07*128 c6 0707"); !bytes.Equal(c.Shared, want) || !bytes.Equal(c.Rest, want[8:]) {
		t.Errorf("shared %x, rest %x", c.Shared, c.Rest)
	}
	w := Writer{chunkSize: 128}
	if got := send(&w, &c, 1, 10); !bytes.Equal(got, unhex(t, "06 00000a 000082 09 01000000 07*128 c6 0707")) || &out[1][0] != &c.Rest[0] {
		t.Errorf("first: %x", got)
	}
	if got := send(&w, &c, 1, 50); !bytes.Equal(got, c.Shared) || &out[0][0] != &c.Shared[0] {
		t.Errorf("second: %x", got)
	}
	if got := send(&w, &c, 1, 91); got[0] != 0x06 {
		t.Errorf("after a gap: %x", got)
	}
	w = Writer{chunkSize: 128}
	if got := send(&w, &c, 1, 0xffffff); !bytes.Equal(got, unhex(t, "06 ffffff 000082 09 01000000 00ffffff 07*128 c6 00ffffff 0707")) {
		t.Errorf("extended: %x", got)
	}
	if got := send(&w, &c, 1, 0xffffff+40); !bytes.Equal(got, c.Shared) {
		t.Errorf("after extended: %x", got)
	}
	small := Chunk(Message{CSID: 6, Type: 9, Payload: []byte{1}}, 40, 128)
	if got := send(&w, &small, 1, 0x2000000); !bytes.Equal(got, unhex(t, "06 ffffff 000001 09 01000000 02000000 01")) {
		t.Errorf("extended, one chunk: %x", got)
	}
	far := Chunk(m, 0xffffff, 128)
	if far.Shared != nil {
		t.Error("a delta of 24 ones is shared")
	}
	if got := send(&w, &far, 1, 7); !bytes.Equal(got, unhex(t, "06 000007 000082 09 01000000 07*128 c6 0707")) {
		t.Errorf("large delta: %x", got)
	}
	w.SetChunkSize(200)
	if got := send(&w, &c, 1, 47); !bytes.Equal(got, unhex(t, "86 000028 07*130")) {
		t.Errorf("other chunk size: %x", got)
	}
}
