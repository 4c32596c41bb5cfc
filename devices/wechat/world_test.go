package wechat

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/h264"
	"minilab/simulator/trace"
)

// world is two phones, a sends and b plays, around a fake server.
type world struct {
	t      testing.TB
	e      *engine.Engine
	log    *trace.Log
	netA   *fakeNet
	netB   *fakeNet
	server *fakeServer
	a, b   *Host
	pusher *LivePusher
	player *LivePlayer
}

func newWorld(t testing.TB, seed uint64, change func(a, b *HostOptions, push *PusherOptions, play *PlayerOptions)) *world {
	t.Helper()
	w := &world{t: t, e: engine.New(seed), server: &fakeServer{}}
	w.log = trace.NewLog(trace.Head{Members: []trace.Member{{ID: "a"}, {ID: "b"}}}, w.e.Now)
	w.netA, w.netB = newFakeNet(w.e), newFakeNet(w.e)
	w.netA.accept, w.netB.accept = w.server.accept, w.server.accept
	memo := h264.NewMemo()
	oa := HostOptions{Engine: w.e, Log: w.log, Sockets: w.netA, Name: "a", Actor: 0, Traits: phone.DefaultTraits(), Memo: memo}
	ob := HostOptions{Engine: w.e, Log: w.log, Sockets: w.netB, Name: "b", Actor: 1, Traits: phone.DefaultTraits(), Memo: memo}
	push := PusherOptions{URL: "rtmp://edge/live/s1?token=x", UID: 7, PusherAttributes: PusherAttributes{
		EnableCamera: true, EnableMic: true, MinBitrateKbps: 200, MaxBitrateKbps: 500}}
	play := PlayerOptions{Peer: 0, Src: "rtmp://edge/live/s1", PlayerAttributes: PlayerAttributes{Mode: ModeRTC}}
	if change != nil {
		change(&oa, &ob, &push, &play)
	}
	var err error
	if w.a, err = NewHost(oa); err != nil {
		t.Fatal(err)
	}
	if w.b, err = NewHost(ob); err != nil {
		t.Fatal(err)
	}
	if w.pusher, err = w.a.NewLivePusher(push); err != nil {
		t.Fatal(err)
	}
	if w.player, err = w.b.NewLivePlayer(play); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) at(d time.Duration, f func()) { w.netA.proc.At(d, f) }

func (w *world) run(until time.Duration) *trace.Record {
	w.e.RunUntil(until)
	r, err := w.log.Seal()
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func pick(r *trace.Record, k trace.Kind) []trace.Event {
	var out []trace.Event
	for _, ev := range r.Events {
		if ev.Kind == k {
			out = append(out, ev)
		}
	}
	return out
}

func codes(r *trace.Record, k trace.Kind) string {
	var out []string
	for _, ev := range pick(r, k) {
		out = append(out, fmt.Sprint(ev.V[0]))
	}
	return strings.Join(out, " ")
}

func wantCodes(t *testing.T, r *trace.Record, k trace.Kind, want string) {
	t.Helper()
	if got := codes(r, k); got != want {
		t.Errorf("%v: got %s, want %s", k, got, want)
	}
}

// heardWithout checks that sound was heard from its first moment to end without a gap.
func heardGaps(r *trace.Record) (gaps []time.Duration, speeds []int64) {
	last := time.Duration(-1)
	for _, ev := range pick(r, trace.AudioPlayed) {
		if gap := time.Duration(ev.V[0]) - last; last >= 0 && gap != 0 {
			gaps = append(gaps, gap)
		}
		last = ev.At
		if !slices.Contains(speeds, ev.V[2]) {
			speeds = append(speeds, ev.V[2])
		}
	}
	return gaps, speeds
}
