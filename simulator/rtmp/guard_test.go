package rtmp

import (
	"bytes"
	"slices"
	"testing"

	"minilab/simulator/rtmp/amf0"
)

func TestPublishThroughGuard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := serve(t, nil)
		d := dial(t, s, ClientOptions{Publish: true, StreamName: "发布"})
		if !d.Ready() || !slices.Equal(d.status, []string{"NetConnection.Connect.Success", "NetStream.Publish.Start"}) {
			t.Fatalf("ready %v, status %v", d.Ready(), d.status)
		}
		if want := []string{"connect", "createStream", "publish 发布"}; !slices.Equal(s.library.calls, want) {
			t.Fatalf("library saw %v, want %v", s.library.calls, want)
		}
		before := s.toLib
		big := bytes.Repeat([]byte{0xab}, 150_000)
		d.Send(Message{Type: TypeAudio, Timestamp: 0})
		d.Send(Message{Type: TypeVideo, Timestamp: 40, Payload: big})
		meta := amf0.Append(amf0.Append(nil, "onMetaData"), amf0.Array{{Name: "width", Value: 640}})
		d.Send(Message{Type: TypeData, Payload: append(amf0.Append(nil, "@setDataFrame"), meta...)})
		if err := d.exchange(s); err != nil {
			t.Fatal(err)
		}
		if len(s.media) != 3 || s.media[1].Timestamp != 40 || !bytes.Equal(s.media[1].Payload, big) || len(s.media[0].Payload) != 0 ||
			!bytes.Equal(s.media[2].Payload, meta) {
			t.Fatalf("media %d", len(s.media))
		}
		if s.toLib != before || s.library.media != 0 {
			t.Fatalf("media reached the library: %d bytes", s.toLib-before)
		}
		d.Close()
		if err := d.exchange(s); err != nil {
			t.Fatal(err)
		}
		if s.library.calls[len(s.library.calls)-1] != "deleteStream" || !s.alive() {
			t.Fatalf("library saw %v", s.library.calls)
		}
	})
}

func TestPlayThroughGuard(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := serve(t, nil)
		d := dial(t, s, ClientOptions{})
		if !d.Ready() || s.library.play.Start != -2000 {
			t.Fatalf("ready %v, start %d", d.Ready(), s.library.play.Start)
		}
		var want []Message
		for i := range 20 {
			m := Message{CSID: csidVideo, Type: TypeVideo, Timestamp: 20_000_000 + uint32(i)*40, Payload: bytes.Repeat([]byte{byte(i)}, 7000*i)}
			c := Chunk(m, 40, guardChunkBytes)
			if i%7 == 5 {
				continue // a drop: the next one needs a private header
			}
			m.Timestamp -= 20_000_000
			if !s.guard.SendMedia(&c, m.Timestamp) {
				t.Fatal("not sent")
			}
			want = append(want, m)
		}
		if err := d.exchange(s); err != nil {
			t.Fatal(err)
		}
		if len(d.media) != len(want) {
			t.Fatalf("%d of %d messages", len(d.media), len(want))
		}
		for i, m := range d.media {
			if m.Timestamp != want[i].Timestamp || !bytes.Equal(m.Payload, want[i].Payload) || m.Stream != 1 {
				t.Fatalf("message %d: %d ms, %d bytes, stream %d", i, m.Timestamp, len(m.Payload), m.Stream)
			}
		}
	})
}

// TestAnswersHaveOneForm: go-rtmp writes the properties of its answers in random
// order; behind the guard each run gives the same bytes.
func TestAnswersHaveOneForm(t *testing.T) {
	var want []byte
	for range 20 {
		bubble(t, func(t *testing.T) {
			s := serve(t, nil)
			var got []byte
			to := s.guard.o.ToPeer
			s.guard.o.ToPeer = func(p []byte) { got = append(got, p...); to(p) }
			dial(t, s, ClientOptions{})
			got = got[handshakeBytes:]
			if want == nil {
				want = got
			}
			if !bytes.Equal(got, want) {
				t.Fatalf("this run\n%x\nthe first\n%x", got, want)
			}
		})
	}
}

// TestClosedStreamRests: after closeStream or deleteStream no media goes either way.
func TestClosedStreamRests(t *testing.T) {
	for _, name := range []string{"closeStream", "deleteStream"} {
		bubble(t, func(t *testing.T) {
			s := serve(t, nil)
			dial(t, s, ClientOptions{Publish: true})
			if err := s.feed(raw(TypeVideo, 1, []byte{1})); err != nil || len(s.media) != 1 || s.media[0].CSID != csidVideo {
				t.Fatalf("%v, %v", s.media, err)
			}
			if err := s.feed(append(raw(TypeCommand, 1, call(name, 0, null, string(amfOf(1)))), raw(TypeVideo, 1, []byte{1})...)); err != nil {
				t.Fatal(err)
			}
			if len(s.media) != 1 || !s.alive() || !slices.Equal(s.rested, []uint32{1}) || s.guard.Wants(1) {
				t.Errorf("%s: %d messages, streams %d rest", name, len(s.media), s.rested)
			}
		})
		bubble(t, func(t *testing.T) {
			s := serve(t, nil)
			dial(t, s, ClientOptions{})
			c := Chunk(Message{CSID: csidVideo, Type: TypeVideo}, 0, guardChunkBytes)
			if !s.guard.SendMedia(&c, 0) {
				t.Fatal("nothing plays")
			}
			if err := s.feed(raw(TypeCommand, 1, call(name, 0, null, string(amfOf(1))))); err != nil || s.guard.SendMedia(&c, 0) {
				t.Errorf("%s: still plays, %v", name, err)
			}
		})
	}
}
