package wechat

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// Whatever happens to a call, in whatever order: nothing panics, a component that was
// removed does nothing more, and no connection outlives it.
func TestAnyOrder(t *testing.T) {
	for seed := range uint64(100) {
		w := newWorld(t, seed, nil)
		r := rand.New(rand.NewPCG(seed, 1))
		cut := []error{nil, sockets.ErrReset, sockets.ErrTimeout}
		do := []func(){
			w.pusher.Start, w.player.Play,
			func() { w.pusher.Stop("test") }, func() { w.player.Stop("test") },
			func() { w.pusher.SetCamera(r.IntN(2) == 0) }, func() { w.pusher.SetMic(r.IntN(2) == 0) },
			func() { w.netA.outage(time.Duration(r.IntN(5000)) * time.Millisecond) },
			func() { w.netB.outage(time.Duration(r.IntN(5000)) * time.Millisecond) },
			func() { w.netA.cut(cut[r.IntN(len(cut))]) }, func() { w.netB.cut(cut[r.IntN(len(cut))]) },
			func() { w.server.refuse = r.IntN(3) == 0 }, func() { w.server.silent = r.IntN(4) == 0 },
			func() { w.netA.upBPS = int64(r.IntN(4)) * 200_000 },
		}
		do = append(do, hostDoings(w, r)...)
		w.pusher.Start()
		w.player.Play()
		for at := time.Duration(0); at < 60*time.Second; at += time.Duration(r.IntN(4000)) * time.Millisecond {
			w.at(at, do[r.IntN(len(do))])
		}
		w.at(60*time.Second, func() { w.pusher.Destroy(); w.player.Destroy() })
		rec := w.run(90 * time.Second)
		open, heardTo := 0, time.Duration(0)
		for _, ev := range rec.Events {
			switch ev.Kind {
			case trace.SocketOpened:
				open++
			case trace.SocketClosed:
				open--
			case trace.AudioPlayed:
				if from := time.Duration(ev.V[0]); from < heardTo || from > ev.At || ev.V[1] <= 0 {
					t.Fatalf("seed %d: span from %v to %v after one to %v", seed, from, ev.At, heardTo)
				}
				heardTo = ev.At
			}
			if ev.At > 60*time.Second && ev.Kind != trace.HostState && ev.Kind != trace.HostTold {
				t.Fatalf("seed %d: %v at %v, after the components were removed", seed, ev.Kind, ev.At)
			}
		}
		if open != 0 {
			t.Errorf("seed %d: %d connections left", seed, open)
		}
	}
}

// hostDoings are what the host, the phone and the page may do to the components, beside
// starting and stopping them.
func hostDoings(w *world, r *rand.Rand) []func() {
	yes := func() bool { return r.IntN(2) == 0 }
	one := func(of ...string) string { return of[r.IntN(len(of))] }
	do := []func(){
		func() { w.a.Hide(one("home", "lock", "capsule")) }, func() { w.b.Hide("home") }, w.a.Show, w.a.Show, w.b.Show,
		w.a.Interrupt, w.a.EndInterruption, w.b.Interrupt, w.b.EndInterruption,
		func() { w.a.Deny(one("camera", "mic"), yes()) }, func() { w.a.Rotate(90 * r.IntN(4)) },
		func() { w.pusher.SetMuted(yes()) }, func() { _ = w.pusher.SetDevicePosition(one("front", "back")) },
		func() { w.player.SetMuted(yes()) }, func() { _ = w.player.SetOrientation(one(orientationVertical, orientationHorizontal)) },
		func() { _ = w.player.SetSoundMode(one(soundEar, soundSpeaker)) },
		func() {
			w.player.Operate(one("play", "stop", "pause", "resume", "resume", "mute", "requestFullScreen"), 90, nil)
		},
	}
	for _, m := range pusherMethods {
		do = append(do, func() { w.pusher.Operate(m.name, "x", nil) })
	}
	return do
}

func FuzzPlayer(f *testing.F) {
	f.Add([]byte{rtmp.TypeAudio, 0, 0xaf, 0, 0x11, 0x88, 0xff, rtmp.TypeAudio, 20, 0xaf, 1, 1, 2, 3, 0xff})
	f.Add([]byte{rtmp.TypeVideo, 0, 0x17, 0, 0, 0, 0, 1, 2, 0xff, rtmp.TypeVideo, 40, 0x17, 1, 0, 0, 0, 0, 0, 0, 1, 0x65, 0xff})
	f.Fuzz(func(t *testing.T, data []byte) {
		w := newWorld(t, 1, nil)
		w.player.Play()
		at := 500 * time.Millisecond
		for len(data) > 2 {
			n := min(len(data), 2+int(data[1]%64))
			m := rtmp.Message{Type: data[0], Timestamp: uint32(int8(data[1])) * 50, Payload: data[2:n]}
			w.at(at, func() { w.player.linkMedia(m) })
			at += 10 * time.Millisecond
			data = data[n:]
		}
		w.e.RunUntil(at + 2*time.Second)
	})
}

func FuzzWebSocket(f *testing.F) {
	f.Add([]byte("HTTP/1.1 101 X\r\n\r\n"), true)
	f.Add([]byte{0x81, 2, 'h', 'i', 0x89, 0, 0x88, 2, 3, 232}, false)
	f.Fuzz(func(t *testing.T, data []byte, handshake bool) {
		server := echo(t, same)
		server.more = func(sockets.Socket, []byte) {}
		if handshake {
			server.answer = func(sockets.Socket, *http.Request, []byte) {}
		}
		w := newNetWorld(t, func() sockets.Handler { return server })
		task := w.host.ConnectSocket(SocketOptions{URL: "wss://gate/api"})
		w.e.RunUntil(time.Second)
		for len(data) > 0 && task.state != socketEnded {
			n := min(len(data), 7)
			socketIO{task}.OnData(nil, data[:n])
			data = data[n:]
		}
		w.e.RunUntil(w.e.Now() + 2*time.Minute)
	})
}
