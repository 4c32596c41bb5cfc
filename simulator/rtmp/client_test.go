package rtmp

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// fakeServer speaks to a Client in plain messages.
type fakeServer struct {
	t   *testing.T
	c   *Client
	w   Writer
	r   *Reader
	raw []byte // what the client sent and nobody read yet
}

func newFakeServer(t *testing.T, o ClientOptions) *fakeServer {
	s := &fakeServer{t: t, r: NewReader(DefaultLimits)}
	o.Out = func(p []byte) { s.raw = append(s.raw, p...) }
	s.c = NewClient(o)
	s.c.Start()
	s.raw = nil
	if err := s.c.Feed(append(firstHandshake(nil), make([]byte, 1536)...)); err != nil {
		t.Fatal(err)
	}
	s.raw = s.raw[1536:]
	return s
}

func (s *fakeServer) say(m Message) error {
	if m.CSID == 0 {
		m.CSID = csidOf(m.Type)
	}
	return s.c.Feed(s.w.Append(nil, m))
}

func (s *fakeServer) answer(name string, transaction float64, args ...any) error {
	return s.say(Message{Type: TypeCommand, Payload: AppendCommand(nil, name, transaction, args...)})
}

// heard lists what the client has sent: commands by name and stream, the rest in hex.
func (s *fakeServer) heard() (list []string) {
	p := s.raw
	s.raw = nil
	err := s.r.Feed(p, func(m Message) error {
		if m.Type == TypeCommand {
			c, err := ParseCommand(m.Payload, DefaultLimits)
			list = append(list, fmt.Sprintf("%s on %d", c.Name, m.Stream))
			return err
		}
		list = append(list, fmt.Sprintf("%d:%x", m.Type, m.Payload[:min(10, len(m.Payload))]))
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return list
}

func (s *fakeServer) expect(want ...string) {
	s.t.Helper()
	if got := s.heard(); !slices.Equal(got, want) {
		s.t.Errorf("client sent %q, want %q", got, want)
	}
}

func info(code string) map[string]any { return map[string]any{"code": code, "description": "d"} }

func TestClientPublishes(t *testing.T) {
	var status []string
	s := newFakeServer(t, ClientOptions{Publish: true, StreamName: "room", OnStatus: func(code, _ string) { status = append(status, code) }})
	s.expect("connect on 0")
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	s.c.Send(Message{Type: TypeAudio}) // too early: nothing
	ok(s.answer("_result", 9, nil, info("other transaction")))
	ok(s.answer("_result", transactionConnect, map[string]any{}, info("NetConnection.Connect.Success")))
	s.expect("1:00007d00", "releaseStream on 0", "FCPublish on 0", "createStream on 0")
	ok(s.answer("_error", transactionRelease, nil, info("nobody waits for this")))
	ok(s.answer("_result", transactionCreate, nil, 5))
	s.expect("publish on 5")
	ok(s.answer("onStatus", 0, nil, info("NetStream.Publish.Start")))
	if !s.c.Ready() {
		t.Error("not ready")
	}
	s.c.Send(Message{Type: TypeVideo, CSID: 77, Stream: 77, Payload: []byte{0x17}})
	s.expect("9:17")
	ok(s.say(userControl(eventPingRequest, 0x01020304)))
	s.expect("4:000701020304")
	ok(s.say(controlMessage(typeWindowAckSize, 40)))
	s.expect(fmt.Sprintf("3:%08x", s.c.received))
	s.c.Close()
	s.c.Close()
	s.c.Send(Message{Type: TypeAudio})
	s.expect("FCUnpublish on 0", "deleteStream on 0")
	if err := s.c.Feed([]byte{0xff}); err != nil || !slices.Equal(status, []string{"NetConnection.Connect.Success", "NetStream.Publish.Start"}) {
		t.Errorf("after the end: %v, status %q", err, status)
	}
}

func TestClientPlays(t *testing.T) {
	var media []Message
	var c *Client
	s := newFakeServer(t, ClientOptions{StreamName: "room", BufferLength: 1500 * time.Millisecond, OnMedia: func(m Message) {
		media = append(media, m)
		if len(media) == 2 {
			c.Close()
		}
	}})
	c = s.c
	for _, err := range []error{
		s.answer("_result", transactionConnect, map[string]any{}, info("NetConnection.Connect.Success")),
		s.answer("_result", transactionCreate, nil, 1),
		s.answer("onStatus", 0, nil, info("NetStream.Play.Start")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	s.expect("connect on 0", "5:002625a0", "createStream on 0", "play on 1", "4:000300000001000005dc")
	var b []byte
	for i := range 5 {
		b = s.w.Append(b, Message{CSID: 6, Type: TypeVideo, Stream: uint32(i % 2), Timestamp: uint32(i), Payload: []byte{1}})
	}
	if err := c.Feed(b); err != nil || len(media) != 2 || media[1].Timestamp != 3 {
		t.Errorf("media %v, %v: of its stream only, and nothing after Close", media, err)
	}
	s.expect("deleteStream on 0")
}

func TestClientIsRejected(t *testing.T) {
	for name, f := range map[string]func(s *fakeServer) error{
		"connect": func(s *fakeServer) error {
			return s.answer("_error", transactionConnect, nil, info("NetConnection.Connect.Rejected"))
		},
		"createStream": func(s *fakeServer) error {
			return errors.Join(s.answer("_result", transactionConnect, nil, info("NetConnection.Connect.Success")),
				s.answer("_error", transactionCreate, nil, nil))
		},
	} {
		var last string
		s := newFakeServer(t, ClientOptions{OnStatus: func(code, _ string) { last = code }})
		if err := f(s); !errors.Is(err, ErrRejected) || name == "connect" && last != "NetConnection.Connect.Rejected" {
			t.Errorf("%s: %v, status %q", name, err, last)
		}
		s.heard()
		if s.c.Close(); len(s.raw) != 0 {
			t.Errorf("%s: says goodbye to a stream it never had", name)
		}
	}
	c := NewClient(ClientOptions{Out: func([]byte) {}})
	if err := c.Feed([]byte{3}); !errors.Is(err, errVersion) {
		t.Errorf("server that speaks first: %v", err)
	}
	c = NewClient(ClientOptions{Out: func([]byte) {}})
	c.Start()
	if err := c.Feed([]byte("HTTP/1.1")); !errors.Is(err, errVersion) {
		t.Errorf("a web server: %v", err)
	}
}

// TestClientHandshake: same seed, same bytes; the echo comes when S1 has arrived, in
// whatever pieces.
func TestClientHandshake(t *testing.T) {
	if a, b := firstHandshake(rand.New(rand.NewPCG(1, 2))), firstHandshake(rand.New(rand.NewPCG(1, 2))); !bytes.Equal(a, b) || bytes.Equal(a[9:], make([]byte, 1528)) {
		t.Error("handshake isn't the seed's")
	}
	var out []byte
	c := NewClient(ClientOptions{Out: func(p []byte) { out = append(out, p...) }})
	c.Start()
	hello := firstHandshake(rand.New(rand.NewPCG(3, 4)))
	for i, x := range append(hello, make([]byte, 1536)...) {
		if err := c.Feed([]byte{x}); err != nil {
			t.Fatal(err)
		}
		if want := 1537 + 1536*min(1, (i+1)/1537); i+1 < handshakeBytes && len(out) != want {
			t.Fatalf("after %d bytes: sent %d, want %d", i+1, len(out), want)
		}
	}
	if !bytes.Equal(out[1537+8:1537+1536], hello[9:]) || len(out) <= handshakeBytes {
		t.Error("no echo of the random bytes, or no connect behind it")
	}
}

func TestOptionsValidate(t *testing.T) {
	if DefaultLimits.Validate() != nil {
		t.Error(DefaultLimits.Validate())
	}
	narrow := DefaultLimits
	narrow.MaxCommandBytes = narrow.MaxMessageBytes + 1
	out := func([]byte) {}
	for i, err := range []error{
		Limits{}.Validate(), narrow.Validate(),
		ClientOptions{}.Validate(), ClientOptions{Out: out, ChunkSize: -1}.Validate(), ClientOptions{Out: out, BufferLength: -1}.Validate(),
		ClientOptions{Out: out, Limits: narrow}.Validate(),
		GuardOptions{ToPeer: out}.Validate(), GuardOptions{ToPeer: out, ToLibrary: out, ChunkSize: 1 << 24}.Validate(),
		GuardOptions{ToPeer: out, ToLibrary: out, Limits: narrow}.Validate(),
	} {
		if err == nil {
			t.Errorf("case %d is accepted", i)
		}
	}
	if err := errors.Join(ClientOptions{Out: out}.Validate(), GuardOptions{ToPeer: out, ToLibrary: out}.Validate()); err != nil {
		t.Error(err)
	}
}
