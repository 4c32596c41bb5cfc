package simulator

import (
	"context"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// thin runs a small room with these media.
func thin(t *testing.T, media string) *trace.Record {
	t.Helper()
	s, err := Room("thin-room", 3, CameraPattern, "good", 40*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Override("media", media); err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return r.Record
}

// Sparse media show a picture a second of everybody and sound without a gap, from the
// bytes that the least bitrate makes.
func TestSparseMedia(t *testing.T) {
	rec := thin(t, mediaSparse)
	shown, played, bytes := map[[2]trace.ActorID]int{}, map[[2]trace.ActorID]time.Duration{}, map[trace.ActorID]int64{}
	for _, ev := range rec.Events {
		between := ev.At > 10*time.Second && ev.At <= 40*time.Second
		switch pair := [2]trace.ActorID{ev.Actor, ev.Peer}; {
		case ev.Kind == trace.FrameShown && between:
			if shown[pair]++; ev.V[3] != 0 {
				t.Errorf("%v: a picture with flags %d", ev.At, ev.V[3])
			}
		case ev.Kind == trace.AudioPlayed:
			played[pair] += time.Duration(ev.V[1])
		case ev.Kind == trace.MediaIn && between:
			bytes[ev.Actor] += ev.V[1]
		case ev.Kind == trace.Buffering && between, ev.Kind == trace.PlayerCode && between:
			t.Errorf("%v: %v %v", ev.At, ev.Kind, ev.V)
		}
	}
	for viewer := range trace.ActorID(3) {
		// 200 kbit/s of pictures and 48 of sound.
		if kbps := bytes[viewer] * 8 / 1000 / 30; kbps < 225 || kbps > 275 {
			t.Errorf("member %d sends %d kbit/s", viewer, kbps)
		}
		for publisher := range trace.ActorID(3) {
			pair := [2]trace.ActorID{viewer, publisher}
			if n := shown[pair]; viewer != publisher && (n < 29 || n > 41) {
				t.Errorf("member %d saw %d pictures of %d in 30 s", viewer, n, publisher)
			}
			if viewer != publisher && played[pair] < 35*time.Second {
				t.Errorf("member %d heard %d for %v of 40 s", viewer, publisher, played[pair])
			}
		}
	}
}

// What isn't asked for stays away: full media show every picture.
func TestFullMedia(t *testing.T) {
	rec, n := thin(t, mediaFull), 0
	for _, ev := range rec.Events {
		if ev.Kind == trace.FrameShown && ev.Actor == 0 && ev.Peer == 1 && ev.At > 10*time.Second {
			n++
		}
	}
	if n < 440 || n > 455 {
		t.Errorf("%d pictures in 30 s, want 450", n)
	}
}

// Members of other SDKs take sparse media for what they are.
func TestSparseMediaOfOtherSDKs(t *testing.T) {
	s, err := Find("other-sdks")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Override("media", mediaSparse); err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	shown := 0
	for _, ev := range r.Record.Events {
		if ev.Kind == trace.FrameDropped && r.Record.Text(ev.Text) == "undecodable" && r.Record.Head.Members[ev.Peer].Codec == "" {
			t.Errorf("%v: a picture of %s can't be decoded", ev.At, r.Record.Actors[ev.Peer])
		}
		if ev.Kind == trace.FrameShown && r.Record.Head.Members[ev.Actor].Origin != "" {
			shown++
		}
	}
	if shown == 0 {
		t.Error("members of other SDKs see nothing")
	}
}
