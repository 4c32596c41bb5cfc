package mediaserver

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

func TestACall(t *testing.T) {
	var push, play *peer
	var told, codes []string
	mutedAt := 0
	r := run(t, 20*time.Second, 2, nil, func(w *world) {
		w.member(1, 0, func(m *member) {
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
			m.port.Call(func() {
				push = w.dialRTMP(u, true)
				push.camera(3000)
			})
			m.ask(`{"action":"ping"}`)
			time.Sleep(12 * time.Second)
			m.ask(`{"action":"unpublish","uid":1}`)
			m.ask(`{"action":"leave","uid":1}`)
			m.ws.CloseNow()
		})
		w.member(2, time.Second, func(m *member) {
			m.join("audience")
			m.await("stream-added 1")
			u := m.ask(`{"action":"subscribe","uid":1}`).ServerResponse.URL
			m.port.Call(func() { play = w.dialRTMP(u, false) })
			time.Sleep(3 * time.Second)
			m.ask(`{"action":"mute","uid":1,"target":"video"}`)
			time.Sleep(200 * time.Millisecond) // what was on its way arrives
			m.port.Call(func() { mutedAt = play.count(rtmp.TypeVideo) })
			time.Sleep(3 * time.Second)
			m.port.Call(func() { codes = append(codes, fmt.Sprint(play.count(rtmp.TypeVideo)-mutedAt)) })
			m.ask(`{"action":"unmute","uid":1,"target":"video"}`)
			codes = append(codes, fmt.Sprint(m.ask(`{"action":"publish","uid":2}`).Code))
			m.await("stream-removed 1")
			m.ask(`{"action":"leave","uid":2}`)
			told = m.told
			m.ws.CloseNow()
		})
	})
	if want := []string{"0", "433"}; !slices.Equal(codes, want) {
		t.Errorf("frames while muted, then the audience's publish: %v, want %v", codes, want)
	}
	if want := []string{"stream-added 1", "stream-removed 1"}; !slices.Equal(told, want) {
		t.Errorf("member 2 was told %v", told)
	}
	if v, a := play.count(rtmp.TypeVideo), play.count(rtmp.TypeAudio); v < 90 || a < 150 {
		t.Errorf("member 2 got %d video and %d audio messages", v, a)
	}
	if !play.closed || !push.closed {
		t.Errorf("closed: push %v, play %v", push.closed, play.closed)
	}
	for i := 1; i < len(play.media); i++ {
		if play.media[i].Timestamp < play.media[i-1].Timestamp {
			t.Fatalf("time goes back at message %d", i)
		}
	}
	got := events(r, trace.ServerJoined, trace.ServerPublish, trace.ServerPushOpened, trace.ServerAnnounced, trace.ServerPlayOpened, trace.ServerMuted,
		trace.ServerUnmuted, trace.ServerRefused, trace.ServerUnpublish, trace.ServerPushClosed, trace.ServerPlayClosed, trace.ServerLeft, trace.FrameDropped, trace.RTMPProtocolError)
	got = slices.DeleteFunc(got, func(s string) bool { return s == "dropped server m1 relay-wait-key" })
	want := []string{
		"joined m1 - broadcaster", "publish m1 -", "push-opened m1 -", "joined m2 - audience", "announced m2 m1 stream-added", "play-opened m2 m1",
		"muted m2 m1 video", "unmuted m2 m1 video", "refused m2 - publish", "unpublish m1 -", "push-closed m1 - revoked", "play-closed m2 m1 revoked",
		"announced m2 m1 stream-removed", "left m1 - leave", "left m2 - leave",
	}
	if !slices.Equal(got, want) {
		t.Errorf("record:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRefusedRTMP(t *testing.T) {
	var wrongPush, wrongPlay, crossed, nobody *peer
	run(t, 20*time.Second, 1, nil, func(w *world) {
		w.member(1, 0, func(m *member) {
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
			m.port.Call(func() {
				wrongPush = w.dialRTMP("rtmp://host/live/nonsense", true)
				wrongPlay = w.dialRTMP("rtmp://host/live/nonsense", false)
				crossed = w.dialRTMP(u, false)
				nobody = w.dialRTMP("rtmp://host/other/nonsense", true)
			})
			m.ask(`{"action":"leave"}`)
			m.ws.CloseNow()
		})
	})
	for _, c := range []struct {
		p    *peer
		want string
	}{
		{wrongPush, "NetConnection.Connect.Success NetStream.Publish.BadName"},
		{wrongPlay, "NetConnection.Connect.Success NetStream.Play.Failed"},
		{crossed, "NetConnection.Connect.Success NetStream.Play.Failed"},
		{nobody, "NetConnection.Connect.Failed"},
	} {
		if got := strings.Join(c.p.codes, " "); got != c.want || !c.p.closed {
			t.Errorf("got %q, closed %v, want %q and closed", got, c.p.closed, c.want)
		}
	}
}

func TestPushAgainReplacesAndPlayerWaits(t *testing.T) {
	var first, second, play *peer
	r := run(t, 20*time.Second, 2, nil, func(w *world) {
		w.member(1, 0, func(m *member) {
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
			m.port.Call(func() { first = w.dialRTMP(u, true); first.camera(1000) })
			time.Sleep(4 * time.Second)
			m.port.Call(func() { second = w.dialRTMP(u, true); second.camera(1000) })
			time.Sleep(4 * time.Second)
			m.port.Call(func() { second.closed = true; second.sock.Abort() })
			time.Sleep(2 * time.Second)
			m.ask(`{"action":"ping"}`)
		})
		w.member(2, 0, func(m *member) {
			m.join("broadcaster")
			m.await("stream-added 1")
			u := m.ask(`{"action":"subscribe","uid":1}`).ServerResponse.URL
			m.port.Call(func() { play = w.dialRTMP(u, false) })
			time.Sleep(10 * time.Second)
			m.ask(`{"action":"ping"}`)
		})
	})
	if !first.closed || !slices.Contains(first.codes, "NetStream.Publish.BadName") {
		t.Errorf("the first connection: closed %v, %v", first.closed, first.codes)
	}
	if play.closed {
		t.Error("the player's connection ended with the publisher's")
	}
	want := []string{"NetConnection.Connect.Success", "NetStream.Play.Start", "NetStream.Play.UnpublishNotify"}
	if !slices.Equal(play.codes, want) {
		t.Errorf("the player was told %v", play.codes)
	}
	if n := play.count(rtmp.TypeVideo); n < 100 {
		t.Errorf("%d frames", n)
	}
	got := events(r, trace.ServerPushOpened, trace.ServerPushClosed)
	if want := []string{"push-opened m1 -", "push-closed m1 - replaced", "push-opened m1 -", "push-closed m1 - lost"}; !slices.Equal(got, want) {
		t.Errorf("record: %v", got)
	}
}

func TestSlowViewerDoesNotHoldOthers(t *testing.T) {
	var slow, fast *peer
	r := run(t, 40*time.Second, 3, func(o *Options) { o.Relay.QueueLength = 3 * time.Second }, func(w *world) {
		w.member(1, 0, func(m *member) {
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
			m.port.Call(func() { w.dialRTMP(u, true).camera(5000) })
			for range 12 {
				time.Sleep(3 * time.Second)
				m.ask(`{"action":"ping"}`)
			}
		})
		for uid, dst := range map[uint32]**peer{2: &slow, 3: &fast} {
			w.member(uid, time.Duration(uid)*time.Second, func(m *member) {
				m.join("audience")
				m.await("stream-added 1")
				u := m.ask(`{"action":"subscribe","uid":1}`).ServerResponse.URL
				m.port.Call(func() { *dst = w.dialRTMP(u, false) })
				for range 11 {
					time.Sleep(3 * time.Second)
					m.ask(`{"action":"ping"}`)
				}
			})
		}
		w.p.At(8*time.Second, func() { slow.sock.Receive(false) })
		w.p.At(23*time.Second, func() { slow.sock.Receive(true) })
	})
	if n := fast.count(rtmp.TypeVideo); n < 450 {
		t.Errorf("the fast viewer got %d frames", n)
	}
	v, a := slow.count(rtmp.TypeVideo), slow.count(rtmp.TypeAudio)
	if a < v+60 || a < 450 {
		t.Errorf("the slow viewer got %d video and %d audio messages", v, a)
	}
	var waited int64
	for _, ev := range r.Events {
		if ev.Kind == trace.RelayOut {
			waited = max(waited, ev.V[4])
		}
	}
	if waited < 100_000 || waited > 500_000 {
		t.Errorf("at most %d bytes waited", waited)
	}
}

func TestBadRTMPBytesEndTheConnectionOnly(t *testing.T) {
	var bad *peer
	r := run(t, 15*time.Second, 1, nil, func(w *world) {
		w.p.At(time.Second, func() {
			bad = &peer{w: w}
			bad.c = rtmp.NewClient(rtmp.ClientOptions{App: "live", Out: func([]byte) {}})
			bad.sock = w.net.Dial("host", PortRTMP, bad)
			bad.sock.Send([]byte("GET / HTTP/1.1\r\n\r\n"))
		})
		w.member(1, 2*time.Second, func(m *member) {
			m.join("broadcaster")
			m.ask(`{"action":"leave"}`)
			m.ws.CloseNow()
		})
	})
	if !bad.closed {
		t.Error("the connection lives on")
	}
	if n := len(events(r, trace.RTMPProtocolError)); n != 1 {
		t.Errorf("%d protocol errors in the record", n)
	}
	if n := len(events(r, trace.ServerJoined)); n != 1 {
		t.Errorf("%d joins", n)
	}
}

// sixteen joins at one instant, each publishes and subscribes to all it hears of.
func sixteen(t *testing.T) *trace.Record {
	const n = 16
	return run(t, 12*time.Second, n, nil, func(w *world) {
		for uid := uint32(1); uid <= n; uid++ {
			w.member(uid, 0, func(m *member) {
				m.join("broadcaster")
				u := m.ask(fmt.Sprintf(`{"action":"publish","uid":%d}`, uid)).ServerResponse.URL
				m.port.Call(func() { w.dialRTMP(u, true).camera(500) })
				for heard := 0; heard < n-1; {
					for ; heard < len(m.told); heard++ {
						var other uint32
						fmt.Sscanf(m.told[heard], "stream-added %d", &other)
						u := m.ask(fmt.Sprintf(`{"action":"subscribe","uid":%d}`, other)).ServerResponse.URL
						m.port.Call(func() { w.dialRTMP(u, false) })
					}
					if heard < n-1 {
						if _, err := m.read(context.Background()); err != nil {
							t.Error(err)
							return
						}
					}
				}
				time.Sleep(3 * time.Second)
				m.ask(`{"action":"leave"}`)
				m.ws.CloseNow()
			})
		}
	})
}

func TestSixteenJoinsAreOneDigest(t *testing.T) {
	runs := 4
	if testing.Short() {
		runs = 2
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var digest string
	for i := range runs {
		runtime.GOMAXPROCS(1 + i%2)
		r := sixteen(t)
		if i == 0 {
			digest = r.Digest
			if n := len(events(r, trace.ServerPlayOpened)); n != 16*15 {
				t.Errorf("%d players, want %d", n, 16*15)
			}
		}
		if r.Digest != digest {
			t.Fatalf("run %d: digest %s, want %s", i, r.Digest, digest)
		}
	}
}
