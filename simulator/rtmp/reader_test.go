package rtmp

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// unhex reads hex with spaces; "xx*n" repeats a byte.
func unhex(t testing.TB, s string) []byte {
	t.Helper()
	var b []byte
	for _, w := range strings.Fields(s) {
		n := 1
		if at := strings.IndexByte(w, '*'); at >= 0 {
			fmt.Sscan(w[at+1:], &n)
			w = w[:at]
		}
		p, err := hex.DecodeString(w)
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, bytes.Repeat(p, n)...)
	}
	return b
}

// read feeds b in pieces of n bytes (0: at once) and describes the messages.
func read(b []byte, n int) (got []string, r *Reader, err error) {
	r = NewReader(DefaultLimits)
	emit := func(m Message) error {
		got = append(got, fmt.Sprintf("cs%d type%d stream%d %dms %d:%x", m.CSID, m.Type, m.Stream, m.Timestamp, len(m.Payload), m.Payload[:min(4, len(m.Payload))]))
		return nil
	}
	for len(b) > 0 && err == nil {
		k := len(b)
		if n > 0 {
			k = min(n, k)
		}
		err = r.Feed(b[:k:k], emit)
		b = b[k:]
	}
	return got, r, err
}

func TestReaderForms(t *testing.T) {
	for _, c := range []struct{ name, bytes, want string }{
		{"forms 0 to 3", `04 000064 000002 08 01000000 af01
			44 000014 000003 08 af0102
			84 00001e af0103
			c4 af0104`,
			"cs4 type8 stream1 100ms 2:af01|cs4 type8 stream1 120ms 3:af0102|cs4 type8 stream1 150ms 3:af0103|cs4 type8 stream1 180ms 3:af0104"},
		{"form 3 after form 0 repeats the timestamp", "04 000028 000001 08 01000000 aa c4 bb",
			"cs4 type8 stream1 40ms 1:aa|cs4 type8 stream1 80ms 1:bb"},
		{"two-byte basic header", "00 00 000000 000001 09 01000000 aa 00 ff 000000 000001 09 01000000 bb",
			"cs64 type9 stream1 0ms 1:aa|cs319 type9 stream1 0ms 1:bb"},
		{"three-byte basic header", "01 00 01 000001 000001 09 01000000 aa 01 ff ff 000002 000001 09 01000000 bb",
			"cs320 type9 stream1 1ms 1:aa|cs65599 type9 stream1 2ms 1:bb"},
		{"zero-length messages", "04 000005 000000 08 01000000 c4 84 000001 06 000000 000000 09 01000000",
			"cs4 type8 stream1 5ms 0:|cs4 type8 stream1 10ms 0:|cs4 type8 stream1 11ms 0:|cs6 type9 stream1 0ms 0:"},
		{"form 1 begins a chunk stream", "43 000000 000001 14 aa", "cs3 type20 stream0 0ms 1:aa"},
		{"chunks interleave", "06 000000 000082 09 01000000 11*128 04 000000 000001 08 01000000 aa c6 1212",
			"cs4 type8 stream1 0ms 1:aa|cs6 type9 stream1 0ms 130:11111111"},
		{"set chunk size inside a message", "06 000000 000104 09 01000000 11*128 02 000000 000004 01 00000000 00000084 c6 12*132",
			"cs2 type1 stream0 0ms 4:00000084|cs6 type9 stream1 0ms 260:11111111"},
		{"abort", "06 000000 000082 09 01000000 11*128 02 000000 000004 02 00000000 00000006 86 000001 22*128 c6 2222",
			"cs2 type2 stream0 0ms 4:00000006|cs6 type9 stream1 1ms 130:22222222"},
		{"extended timestamp", "06 ffffff 000001 09 01000000 00ffffff aa 46 ffffff 000001 09 01000000 bb",
			"cs6 type9 stream1 16777215ms 1:aa|cs6 type9 stream1 33554431ms 1:bb"},
		{"extended, repeated on form 3", "06 ffffff 000081 09 01000000 01020304 11*128 c6 01020304 12 46 000001 000081 09 13*128 c6 14",
			"cs6 type9 stream1 16909060ms 129:11111111|cs6 type9 stream1 16909061ms 129:13131313"},
		{"extended, omitted on form 3", "06 ffffff 000083 09 01000000 01020304 11*128 c6 010205 46 000001 000081 09 13*128 c6 14",
			"cs6 type9 stream1 16909060ms 131:11111111|cs6 type9 stream1 16909061ms 129:13131313"},
		{"extended delta, absolute time on form 3", "06 000001 000001 09 01000000 aa 46 ffffff 000081 09 01000000 11*128 c6 01000001 12",
			"cs6 type9 stream1 1ms 1:aa|cs6 type9 stream1 16777217ms 129:11111111"},
		{"aggregate", `06 000064 00002b 16 01000000
			08 000002 0003e8 00 000000 af01 0000000d
			09 000001 0003fc 00 000000 17 0000000c
			63 000000 000000 00 000000`,
			"cs6 type8 stream1 100ms 2:af01|cs6 type9 stream1 120ms 1:17"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := unhex(t, c.bytes)
			if c.name == "aggregate" {
				b[6] = byte(len(b) - 12)
			}
			for n := range 20 {
				got, r, err := read(b, n)
				if err != nil || strings.Join(got, "|") != c.want {
					t.Fatalf("in pieces of %d: %v\n got %s\nwant %s", n, err, strings.Join(got, "|"), c.want)
				}
				if r.buffered != 0 {
					t.Fatalf("%d bytes counted as buffered at the end", r.buffered)
				}
			}
		})
	}
}

func TestReaderRefuses(t *testing.T) {
	for _, c := range []struct {
		name, bytes string
		want        error
	}{
		{"form 2 begins a chunk stream", "84 000000", errChunk},
		{"form 3 begins a chunk stream", "c4", errChunk},
		{"header inside a message", "06 000000 000082 09 01000000 11*128 06 000000 000001 09 01000000", errChunk},
		{"chunk size 0", "02 000000 000004 01 00000000 00000000", errChunk},
		{"chunk size with the high bit", "02 000000 000004 01 00000000 80000001", errChunk},
		{"short chunk size", "02 000000 000003 01 00000000 000001", errChunk},
		{"empty abort", "02 000000 000000 02 00000000", errChunk},
		{"aggregate cut in a head", "02 000000 000005 16 00000000 0801020304", errChunk},
		{"aggregate part too long", "02 000000 00000c 16 00000000 08000002 00000000 000000 ff", errChunk},
		{"large message", "06 000000 ffffff 09 01000000", errLimit},
		{"large command", "03 000000 010001 14 00000000", errLimit},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []int{0, 1} {
				if _, _, err := read(unhex(t, c.bytes), n); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
			}
		})
	}
}

func TestReaderLimitsMemory(t *testing.T) {
	l := DefaultLimits
	l.MaxChunkStreams = 10
	r := NewReader(l)
	var err error
	for id := uint32(2); err == nil; id++ {
		err = r.Feed(head0(nil, Message{CSID: id, Type: TypeVideo, Payload: make([]byte, 200)}), nil)
		if id > 12 {
			t.Fatal("no limit on chunk streams")
		}
		if err == nil {
			err = r.Feed(make([]byte, 128), nil)
		}
	}
	if !errors.Is(err, errLimit) {
		t.Errorf("got %v", err)
	}
	r = NewReader(DefaultLimits)
	err = nil
	w := Writer{}
	var fed int
	for id := uint32(2); err == nil && id < 60; id++ {
		b := w.Append(nil, Message{CSID: id, Type: TypeVideo, Payload: make([]byte, 1<<20)})
		b = b[:len(b)-129] // without its last chunk
		fed += len(b)
		err = r.Feed(b, nil)
	}
	if !errors.Is(err, errLimit) || r.buffered > l.MaxBufferedBytes+1<<20 {
		t.Errorf("got %v after %d bytes, %d buffered", err, fed, r.buffered)
	}
	if again := r.Feed([]byte{0}, nil); again != err {
		t.Errorf("error not repeated: %v", again)
	}
}

func TestReaderGivesViews(t *testing.T) {
	w := Writer{chunkSize: 4096}
	b := controlMessage(typeSetChunkSize, 4096).Payload
	r := NewReader(DefaultLimits)
	in := (&Writer{}).Append(nil, Message{CSID: 2, Type: typeSetChunkSize, Payload: b})
	if err := r.Feed(in, func(Message) error { return nil }); err != nil {
		t.Fatal(err)
	}
	in = w.Append(nil, Message{CSID: 6, Type: TypeVideo, Payload: make([]byte, 4096)})
	err := r.Feed(in, func(m Message) error {
		if &m.Payload[0] != &in[12] || cap(m.Payload) != 4096 {
			t.Error("payload was copied or can grow into what follows")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
