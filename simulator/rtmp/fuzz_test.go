package rtmp

import (
	"bytes"
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"minilab/simulator/rtmp/amf0"
)

// FuzzReader: however the bytes are cut, the same messages come or the same error,
// and what is buffered stays within the limits.
func FuzzReader(f *testing.F) {
	for _, s := range []string{
		"04 000064 000002 08 01000000 af01 c4 af02 44 000001 000001 08 01",
		"06 ffffff 000083 09 01000000 01020304 11*128 c6 010205 46 000001 000081 09 13*128 c6 14",
		"06 ffffff 000081 09 01000000 01020304 11*128 c6 01020304 12",
		"02 000000 000004 01 00000000 00000001 06 000000 000003 09 01000000 01 c6 02 c6 03",
		"06 000064 000018 16 01000000 08 000002 0003e8 00 000000 af01 0000000d",
		"06 000000 000082 09 01000000 11*128 02 000000 000004 02 00000000 00000006 86 000001",
	} {
		f.Add(unhex(f, s), uint8(3))
	}
	l := DefaultLimits
	l.MaxMessageBytes, l.MaxCommandBytes, l.MaxBufferedBytes, l.MaxChunkStreams = 1<<16, 1<<12, 1<<17, 8
	f.Fuzz(func(t *testing.T, b []byte, piece uint8) {
		run := func(n int) (got []Message, err error) {
			r := NewReader(l)
			for p := b; len(p) > 0 && err == nil; {
				k := min(n, len(p))
				err = r.Feed(p[:k:k], func(m Message) error {
					if len(m.Payload) > l.MaxMessageBytes {
						t.Fatalf("message of %d bytes", len(m.Payload))
					}
					got = append(got, m)
					return nil
				})
				p = p[k:]
				if r.buffered < 0 || err == nil && r.buffered > l.MaxBufferedBytes {
					t.Fatalf("%d bytes buffered", r.buffered)
				}
			}
			return got, err
		}
		whole, err1 := run(max(1, len(b)))
		cut, err2 := run(int(piece) + 1)
		// A limit on what is buffered depends on the pieces; all else must not.
		if errors.Is(err1, errLimit) || errors.Is(err2, errLimit) {
			return
		}
		if (err1 == nil) != (err2 == nil) || len(whole) != len(cut) {
			t.Fatalf("at once: %d messages, %v; in pieces: %d messages, %v", len(whole), err1, len(cut), err2)
		}
		var w Writer
		var again []byte
		for i, m := range whole {
			if m.Type != cut[i].Type || m.Timestamp != cut[i].Timestamp || !bytes.Equal(m.Payload, cut[i].Payload) {
				t.Fatalf("message %d: %v and %v", i, m, cut[i])
			}
			if m.Type != typeSetChunkSize && m.Type != typeAbort && m.CSID > 1 {
				again = w.Append(again, m)
			}
		}
		if err := NewReader(DefaultLimits).Feed(again, func(Message) error { return nil }); err != nil {
			t.Fatalf("what was read can't be written: %v", err)
		}
	})
}

// fuzzPeer feeds b to a guarded session: as bytes, or as a list of messages of
// {type, stream, length, payload}.
func fuzzPeer(t *testing.T, b []byte, published, messages bool) {
	s := serve(t, nil)
	s.onPlay = func() {
		c := Chunk(Message{CSID: csidVideo, Type: TypeVideo, Payload: []byte{1}}, 0, guardChunkBytes)
		s.guard.SendMedia(&c, c.Message.Timestamp)
	}
	if published {
		dial(t, s, ClientOptions{Publish: true})
	} else {
		greetRaw(t, s)
	}
	s.take()
	if messages {
		var list []byte
		w := Writer{}
		for len(b) >= 3 {
			n := min(int(b[2]), len(b)-3)
			if b[0] != typeSetChunkSize && n <= defaultChunkSize {
				list = w.Append(list, Message{CSID: 9, Type: b[0], Stream: uint32(b[1]), Payload: b[3 : 3+n]})
			}
			b = b[3+n:]
		}
		b = list
	}
	if err := s.feed(b); err != nil {
		if !slices.ContainsFunc([]error{errVersion, errChunk, errLimit, errCommand}, func(e error) bool { return errors.Is(err, e) }) {
			t.Fatalf("error without a name: %v", err)
		}
		return
	}
	if !s.alive() {
		t.Fatalf("the guard passed what ended the library: it saw %v", s.library.calls)
	}
	if slices.Contains(s.library.calls, "unknown message") || s.library.media > 0 {
		t.Fatalf("the library got more than commands: %v", s.library.calls)
	}
}

// FuzzGuard: nothing a peer sends ends the library or reaches it but as a command it
// answers; nothing a library sends gives a peer bytes that don't parse.
func FuzzGuard(f *testing.F) {
	list := func(ms ...any) (b []byte) {
		for i := 0; i < len(ms); i += 3 {
			p := ms[i+2].([]byte)
			b = append(append(b, byte(ms[i].(int)), byte(ms[i+1].(int)), byte(len(p))), p...)
		}
		return b
	}
	const bytesOf, messagesOf, published, library = 0, 1, 2, 4
	f.Add(list(20, 0, call("connect", 1, "\x03\x00\x03app"+longString+end), 20, 0, call("createStream", 2, null), 20, 1, call("play", 0, null, room, number)), uint8(messagesOf))
	f.Add(list(20, 0, call("createStream", 5, null), 20, 0, call("deleteStream", 0, null, number), 20, 2, call("publish", 0, null, room, null)), uint8(messagesOf|published))
	f.Add(list(17, 0, append([]byte{0}, call("FCUnpublish", 5, null, room)...), 8, 1, []byte{}, 18, 1, amfOf("@setDataFrame", "onMetaData", 1)), uint8(messagesOf|published))
	f.Add(list(20, 1, call("closeStream", 5, null), 22, 1, []byte{8, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1}, 4, 0, []byte{0, 6, 0, 0, 0, 1}), uint8(messagesOf|published))
	f.Add(raw(TypeCommand, 0, call("x", 0, hugeArray)), uint8(bytesOf))
	f.Add([]byte{0xc9}, uint8(published))
	f.Add(raw(TypeCommand, 1, call("onStatus", 0, null, "\x03\x00\x04code\x02\x00\x14NetStream.Play.Start"+end)), uint8(library))
	f.Fuzz(func(t *testing.T, b []byte, mode uint8) {
		if mode&library != 0 {
			fuzzLibrary(t, b)
			return
		}
		synctest.Test(t, func(t *testing.T) {
			fuzzPeer(t, b, mode&published != 0, mode&messagesOf != 0)
		})
	})
}

func fuzzLibrary(t *testing.T, b []byte) {
	peer := NewReader(DefaultLimits)
	skip := handshakeBytes
	g := NewGuard(GuardOptions{ToLibrary: func([]byte) {}, ToPeer: func(p []byte) {
		n := min(skip, len(p))
		skip -= n
		if err := peer.Feed(p[n:], func(Message) error { return nil }); err != nil {
			t.Fatalf("peer: %v", err)
		}
	}})
	hello := append(firstHandshake(nil), make([]byte, 1536)...)
	if err := errors.Join(g.FromPeer(hello), g.FromLibrary(hello)); err != nil {
		t.Fatal(err)
	}
	if err := g.FromPeer(slices.Concat(raw(TypeCommand, 0, call("connect", 1, "\x03"+end)), raw(TypeCommand, 0, call("createStream", 2)))); err != nil {
		t.Fatal(err)
	}
	_ = g.FromLibrary(b)
	c := Chunk(Message{CSID: csidVideo, Type: TypeVideo, Timestamp: 5, Payload: make([]byte, 70_000)}, 0, guardChunkBytes)
	g.SendMedia(&c, c.Message.Timestamp)
}

// FuzzCommand: what parses is within the limits and survives being written again.
func FuzzCommand(f *testing.F) {
	for _, s := range []string{hugeArray, undefined, reference, date, longString, xml, typed, number, badText,
		"\x03\x00\x01a" + undefined + end, "\x08\x00\x00\x00\x09\x00\x01a" + yes + end, "\x0a\x00\x00\x00\x02" + null + null} {
		f.Add(call("connect", 1, s, room))
	}
	f.Add(nested()[:2000])
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCommand(b, DefaultLimits)
		if err != nil {
			if !errors.Is(err, errCommand) && !errors.Is(err, errLimit) {
				t.Fatalf("error without a name: %v", err)
			}
			return
		}
		p := AppendCommand(nil, c.Name, c.Transaction, c.Args...)
		wide := DefaultLimits
		wide.MaxCommandBytes *= 4
		again, err := ParseCommand(p, wide)
		if err != nil {
			t.Fatalf("%#v written as %x: %v", c, p, err)
		}
		if q := AppendCommand(nil, again.Name, again.Transaction, again.Args...); !bytes.Equal(p, q) {
			t.Fatalf("%x became %x", p, q)
		}
		if _, n, err := amf0.First(p, DefaultLimits.amf()); err != nil || n != 3+len(c.Name) && n != 5+len(c.Name) {
			t.Fatalf("first value of %d bytes, %v", n, err)
		}
	})
}

// FuzzClient: whatever a server sends, a session goes on or ends with a named error.
func FuzzClient(f *testing.F) {
	result := raw(TypeCommand, 0, call("_result", 1, "\x03"+end, "\x03\x00\x04code\x02\x00\x01x"+end))
	f.Add(slices.Concat(result, raw(TypeCommand, 0, call("_result", 4, null, number)), raw(typeUserControl, 0, []byte{0, 6, 0, 0, 0, 1})), true)
	f.Add(slices.Concat(result, raw(TypeCommand, 0, call("_error", 4, null)), raw(TypeVideo, 1, nil)), false)
	f.Add(raw(TypeCommand, 0, call("_result", 1, hugeArray)), false)
	f.Fuzz(func(t *testing.T, b []byte, publish bool) {
		var sent []byte
		c := NewClient(ClientOptions{Publish: publish, Out: func(p []byte) { sent = append(sent, p...) }, OnMedia: func(Message) {}})
		c.Start()
		if err := c.Feed(append(firstHandshake(nil), make([]byte, 1536)...)); err != nil {
			t.Fatal(err)
		}
		if err := c.Feed(b); err != nil && !slices.ContainsFunc([]error{ErrRejected, errChunk, errLimit, errCommand}, func(e error) bool { return errors.Is(err, e) }) {
			t.Fatalf("error without a name: %v", err)
		}
		c.Send(Message{Type: TypeVideo, Payload: make([]byte, 70_000)})
		c.Close()
		if err := NewReader(DefaultLimits).Feed(sent[handshakeBytes:], func(Message) error { return nil }); err != nil {
			t.Fatalf("what it sent: %v", err)
		}
	})
}
