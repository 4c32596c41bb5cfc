package rtmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yutopp/go-amf0"
)

// greetRaw does the handshake as a peer of its own and returns nothing: what follows
// is raw chunks.
func greetRaw(t *testing.T, s *server) {
	t.Helper()
	if err := s.feed(firstHandshake(nil)); err != nil {
		t.Fatal(err)
	}
	answer := s.take()
	if len(answer) != handshakeBytes {
		t.Fatalf("server's handshake has %d bytes", len(answer))
	}
	if err := s.feed(answer[1 : 1+1536]); err != nil {
		t.Fatal(err)
	}
}

// raw is one message as chunks of 128 bytes on a chunk stream nobody else uses.
func raw(typ uint8, stream uint32, payload []byte) []byte {
	return new(Writer).Append(nil, Message{CSID: 9, Type: typ, Stream: stream, Payload: payload})
}

func call(name string, transaction any, args ...string) []byte {
	b := amfOf(name, transaction)
	for _, a := range args {
		b = append(b, a...)
	}
	return b
}

func amfOf(values ...any) []byte {
	var b bytes.Buffer
	for _, v := range values {
		if err := amf0.NewEncoder(&b).Encode(v); err != nil {
			panic(err)
		}
	}
	return b.Bytes()
}

// AMF0 pieces that go-amf0 can't decode or dies of.
const (
	hugeArray  = "\x0a\x7f\xff\xff\xff"
	undefined  = "\x06"
	null       = "\x05"
	reference  = "\x07\x00\x00"
	date       = "\x0b\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	longString = "\x0c\x00\x00\x00\x02ab"
	xml        = "\x0f\x00\x00\x00\x02ab"
	typed      = "\x10\x00\x01C\x00\x01a\x05\x00\x00\x09"
	yes        = "\x01\x01"
	number     = "\x00\x7f\xf8\x00\x00\x00\x00\x00\x01" // not a number
	badText    = "\x02\x00\x02\xff\xfe"
	room       = "\x02\x00\x04room"
	end        = "\x00\x00\x09"
)

func nested() []byte {
	b := call("connect", 1)
	for len(b) < 1<<20 {
		b = append(b, "\x03\x00\x01a"...)
	}
	return b
}

// TestKillersBeforeConnect: what would end the process or the connection right after
// the handshake is refused by name, and the library never sees it.
func TestKillersBeforeConnect(t *testing.T) {
	for _, c := range []struct {
		name  string
		bytes []byte
		want  error
	}{
		{"strict array of 2^31-1 values", raw(TypeCommand, 0, call("x", 0, hugeArray)), errCommand},
		{"objects nested in 1 MiB", raw(TypeCommand, 0, nested()), errLimit},
		{"objects nested in 60 kB", raw(TypeCommand, 0, nested()[:60_000]), errCommand},
		{"command of no value", raw(TypeCommand, 0, nil), errCommand},
		{"command named by a number", raw(TypeCommand, 0, amfOf(7)), errCommand},
		{"createStream", raw(TypeCommand, 0, call("createStream", 2, null)), errCommand},
		{"publish", raw(TypeCommand, 1, call("publish", 2, null, room)), errCommand},
		{"connect without object", raw(TypeCommand, 0, call("connect", 1)), errCommand},
		{"form 3 on a fresh chunk stream", []byte{0xc9}, errChunk},
		{"AMF3 object in a command", raw(typeCommandAMF3, 0, call("connect", 1, "\x11\x0a\x0b\x01")), errCommand},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := serve(t, nil)
				greetRaw(t, s)
				before := s.toLib
				if err := s.feed(c.bytes); !errors.Is(err, c.want) {
					t.Errorf("got %v, want %v", err, c.want)
				}
				if s.toLib != before {
					t.Errorf("%d bytes reached the library", s.toLib-before)
				}
			})
		})
	}
	bubble(t, func(t *testing.T) {
		if err := serve(t, nil).feed([]byte{6}); !errors.Is(err, errVersion) {
			t.Errorf("RTMPE: got %v", err)
		}
	})
}

// TestConnectSurvives: connects that go-rtmp would refuse succeed behind the guard.
func TestConnectSurvives(t *testing.T) {
	app := "\x00\x03app\x02\x00\x04live"
	for name, object := range map[string]string{
		"undefined property":       "\x03" + app + "\x00\x07pageUrl" + undefined + end,
		"long string property":     "\x03" + app + "\x00\x06swfUrl" + longString + end,
		"date, reference, XML":     "\x03" + app + "\x00\x01d" + date + "\x00\x01r" + reference + "\x00\x01x" + xml + end,
		"typed object":             "\x03" + app + "\x00\x01o" + typed + end,
		"fields of other types":    "\x03" + app + "\x00\x04type" + number + "\x00\x04fpad" + number + "\x00\x05tcUrl" + null + end,
		"numbers that are none":    "\x03" + app + "\x00\x0ccapabilities" + number + "\x00\x0eobjectEncoding" + number + end,
		"objectEncoding -1":        "\x03" + app + "\x00\x0eobjectEncoding\x00\xbf\xf0\x00\x00\x00\x00\x00\x00" + end,
		"invalid UTF-8":            "\x03" + app + "\x00\x08flashVer" + badText + end,
		"ECMA array for an object": "\x08\x00\x00\x00\x63" + app + end,
		"more arguments":           "\x03" + app + end + undefined + longString,
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := serve(t, nil)
				greetRaw(t, s)
				if err := s.feed(raw(typeCommandAMF3, 0, append([]byte{0}, call("connect", 7, object)...))); err != nil {
					t.Fatal(err)
				}
				if !s.alive() || s.library.connect.App != "live" || !slices.Equal(s.egress, []string{"_result NetConnection.Connect.Success"}) {
					t.Fatalf("app %q, egress %v", s.library.connect.App, s.egress)
				}
				var ids []float64
				err := NewReader(DefaultLimits).Feed(s.take(), func(m Message) error {
					if m.Type == TypeCommand {
						c, err := ParseCommand(m.Payload, DefaultLimits)
						ids = append(ids, c.Transaction)
						return err
					}
					return nil
				})
				if err != nil || !slices.Equal(ids, []float64{7}) {
					t.Errorf("answers to transactions %v, %v", ids, err)
				}
			})
		})
	}
}

// TestSessionSurvives: each message would end a connection of go-rtmp; behind the
// guard the session goes on and still carries media.
func TestSessionSurvives(t *testing.T) {
	var parts []byte
	for i := range 3 {
		parts = append(parts, 8, 0, 0, 1, 0, 0, byte(i*20), 0, 0, 0, 0, byte(i), 0, 0, 0, 12)
	}
	cut := func(m Message) []byte { // in chunks of 128 bytes, which the publisher has given up
		return slices.Concat(raw(typeSetChunkSize, 0, []byte{0, 0, 0, 128}), new(Writer).Append(nil, m),
			raw(typeSetChunkSize, 0, []byte{0, 0, clientChunkBytes >> 8, clientChunkBytes & 0xff}))
	}
	late := cut(Message{CSID: 9, Type: TypeVideo, Stream: 1, Timestamp: 20_000_000, Payload: make([]byte, 500)})
	far := cut(Message{CSID: 3000, Type: TypeVideo, Stream: 1, Payload: make([]byte, 300)})
	for _, c := range []struct {
		name  string
		bytes []byte
		media int
	}{
		{"zero-length audio", raw(TypeAudio, 1, nil), 1},
		{"zero-length video", raw(TypeVideo, 1, nil), 1},
		{"extended timestamp", late, 1},
		{"three-byte basic header", far, 1},
		{"aggregate", raw(typeAggregate, 1, parts), 3},
		{"AMF3 metadata", raw(typeDataAMF3, 1, append([]byte{0}, amfOf("onMetaData", amf0.ECMAArray{"width": 1})...)), 1},
		{"metadata with undefined", raw(TypeData, 1, append(amfOf("@setDataFrame", "onMetaData"), "\x03\x00\x01a"+undefined+end...)), 1},
		{"metadata of 2^31-1 values", raw(TypeData, 1, append(amfOf("onMetaData"), hugeArray...)), 0},
		{"data without a name", raw(TypeData, 1, nil), 0},
		{"media on a stream nobody publishes", raw(TypeVideo, 5, []byte{1}), 0},
		{"shared object", raw(19, 0, []byte{1, 2, 3}), 0},
		{"AMF3 shared object", raw(16, 0, []byte{1, 2, 3}), 0},
		{"unknown type", raw(99, 1, []byte{1, 2, 3}), 0},
		{"user control 26, 31, 32", slices.Concat(raw(4, 0, []byte{0, 26, 0, 0, 0, 0}), raw(4, 0, []byte{0, 31, 0, 0, 0, 0}), raw(4, 0, []byte{0, 32, 0, 0, 0, 0})), 0},
		{"empty user control", raw(4, 0, nil), 0},
		{"acknowledgement, bandwidth", slices.Concat(raw(3, 0, []byte{0, 0, 0, 1}), raw(6, 0, []byte{0, 0, 0, 1, 2})), 0},
		{"window of 0", raw(5, 0, []byte{0, 0, 0, 0}), 0},
		{"_result of an unknown transaction", raw(TypeCommand, 0, call("_result", 99, null)), 0},
		{"_error of an unknown transaction", raw(TypeCommand, 0, call("_error", 1, null)), 0},
		{"unknown command", raw(TypeCommand, 0, call("_checkbw", 3, null)), 0},
		{"command on an unknown stream", raw(TypeCommand, 77, call("receiveAudio", 0, null, yes)), 0},
		{"deleteStream of stream 0", raw(TypeCommand, 0, call("deleteStream", 0, null, "\x00"+strings.Repeat("\x00", 8))), 0},
		{"deleteStream of an unknown stream", raw(TypeCommand, 0, call("deleteStream", 0, null, number)), 0},
		{"deleteStream without an id", raw(TypeCommand, 0, call("deleteStream", 0)), 0},
		{"releaseStream of null", raw(TypeCommand, 0, call("releaseStream", 0, null, null)), 0},
		{"FCPublish without a name", raw(TypeCommand, 0, call("FCPublish", 0)), 0},
		{"getStreamLength of null", raw(TypeCommand, 0, call("getStreamLength", 0, null, null)), 0},
		{"createStream without object", raw(TypeCommand, 0, call("createStream", 9)), 0},
		{"createStream of a null transaction", raw(TypeCommand, 0, call("createStream", nil, null)), 0},
		{"publish again", raw(TypeCommand, 1, call("publish", 0, null, room)), 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := serve(t, nil)
				d := dial(t, s, ClientOptions{Publish: true})
				if err := s.feed(c.bytes); err != nil {
					t.Fatal(err)
				}
				if len(s.media) != c.media {
					t.Errorf("%d media messages, want %d", len(s.media), c.media)
				}
				d.Send(Message{Type: TypeAudio, Payload: []byte{1}})
				if err := d.exchange(s); err != nil {
					t.Fatal(err)
				}
				if len(s.media) != c.media+1 || !s.alive() {
					t.Errorf("session ended: %d media messages, library alive %v", len(s.media), s.alive())
				}
			})
		})
	}
}

// TestPlaySurvives: start arguments as players send them.
func TestPlaySurvives(t *testing.T) {
	for name, args := range map[string][]string{
		"null": {null, room, null}, "bool": {null, room, yes}, "none": {null, room}, "undefined": {undefined, room, undefined},
		"not a number": {null, room, number}, "more": {null, room, null, null, yes},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := serve(t, nil)
				greetRaw(t, s)
				if err := s.feed(slices.Concat(raw(TypeCommand, 0, call("connect", 1, "\x03"+end)), raw(TypeCommand, 0, call("createStream", 2)),
					raw(TypeCommand, 1, call("play", 0, args...)))); err != nil {
					t.Fatal(err)
				}
				if !s.alive() || s.library.play.StreamName != "room" || s.library.play.Start != -2 {
					t.Errorf("library plays %+v", s.library.play)
				}
			})
		})
	}
}

func TestMessageStreamsAreLimited(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := serve(t, nil)
		dial(t, s, ClientOptions{Publish: true})
		s.egress = nil
		var b []byte
		for i := range 10 {
			b = append(b, raw(TypeCommand, 0, call("createStream", 10+i, null))...)
		}
		if err := s.feed(b); err != nil {
			t.Fatal(err)
		}
		if len(s.egress) != DefaultLimits.MaxMessageStreams-1 {
			t.Errorf("library made %d streams", len(s.egress))
		}
		if err := s.feed(raw(TypeCommand, 5, call("deleteStream", 0, null, string(amfOf(3))))); err != nil {
			t.Fatal(err)
		}
		if err := s.feed(raw(TypeCommand, 0, call("createStream", 30, null))); err != nil || s.guard.stream(3) == nil || !s.alive() {
			t.Errorf("stream 3 is not free again: %v", err)
		}
		if err := s.feed(raw(TypeCommand, 3, call("publish", 0, null, room))); err != nil || s.guard.stream(3) == nil || !s.guard.streams[2].publishes {
			t.Errorf("guard and library disagree on stream 3: %v", err)
		}
	})
}

// TestGuardOwnsControl: ping answers, acknowledgements with media counted, one set of
// announcements.
func TestGuardOwnsControl(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := serve(t, nil)
		d := dial(t, s, ClientOptions{Publish: true})
		got := func() (list []string) {
			err := d.in.Feed(s.take(), func(m Message) error {
				list = append(list, fmt.Sprintf("%d:%x", m.Type, m.Payload))
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return list
		}
		if err := s.feed(raw(typeUserControl, 0, []byte{0, 6, 1, 2, 3, 4})); err != nil {
			t.Fatal(err)
		}
		if list := got(); !slices.Equal(list, []string{"4:000701020304"}) {
			t.Errorf("ping answered %v", list)
		}
		before := s.guard.received
		d.Send(Message{Type: TypeVideo, Payload: make([]byte, windowAckBytes/2)})
		if err := s.feed(d.out); err != nil {
			t.Fatal(err)
		}
		want := fmt.Sprintf("3:%08x", before+uint32(len(d.out)))
		if list := got(); !slices.Equal(list, []string{want}) {
			t.Errorf("got %v, want %s", list, want)
		}
	})
	bubble(t, func(t *testing.T) {
		s := serve(t, nil)
		greetRaw(t, s)
		if err := s.feed(raw(TypeCommand, 0, call("connect", 1, "\x03"+end))); err != nil {
			t.Fatal(err)
		}
		var types []uint8
		err := NewReader(DefaultLimits).Feed(s.take(), func(m Message) error {
			types = append(types, m.Type)
			if m.Type == typeWindowAckSize && binary.BigEndian.Uint32(m.Payload) != windowAckBytes {
				t.Errorf("window %x", m.Payload)
			}
			return nil
		})
		if err != nil || !bytes.Equal(types, []byte{typeWindowAckSize, typeSetPeerBandwidth, typeSetChunkSize, typeUserControl, TypeCommand}) {
			t.Errorf("answers to connect: types %v, %v", types, err)
		}
	})
}

// TestBadName: the server's own refusal goes out, the library's stays here.
func TestBadName(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var s *server
		s = serve(t, func(o *GuardOptions) {
			pass := o.ToLibrary
			o.ToLibrary = func(p []byte) {
				if bytes.Contains(p, []byte("publish")) {
					s.guard.SendStatus(1, "error", "NetStream.Publish.BadName", "Taken.")
				}
				pass(p)
			}
		})
		s.library.failPublish = true
		d := &device{}
		d.Client = NewClient(ClientOptions{Publish: true, Out: func(p []byte) { d.out = append(d.out, p...) },
			OnStatus: func(code, _ string) { d.status = append(d.status, code) }})
		d.Start()
		if err := d.exchange(s); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Second) // go-rtmp closes at leisure
		if !slices.Equal(d.status, []string{"NetConnection.Connect.Success", "NetStream.Publish.BadName"}) || d.Ready() {
			t.Errorf("status %v", d.status)
		}
		if s.alive() {
			t.Error("the library goes on")
		}
	})
}
