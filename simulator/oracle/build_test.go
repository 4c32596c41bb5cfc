package oracle

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// world writes records by hand, the way a run would: members a and b (and c), who
// join, publish, play one another and show frames.
type world struct {
	*trace.Log
	t   *testing.T
	now time.Duration
	n   int64 // calls issued
}

const (
	a = trace.ActorID(0)
	b = trace.ActorID(1)
	c = trace.ActorID(2)
)

const frameGap = time.Second / 16 // divides a second exactly

func newWorld(t *testing.T, length time.Duration) *world {
	w := &world{t: t}
	head := trace.Head{Version: trace.Version, Scenario: "by-hand", Key: "by-hand@1", SDK: "1.1.3", Length: length,
		Members: []trace.Member{{ID: "a", UID: 1, OS: garblingSystem}, {ID: "b", UID: 2}, {ID: "c", UID: 3}}}
	w.Log = trace.NewLog(head, func() time.Duration { return w.now })
	return w
}

func (w *world) at(t time.Duration) *world { w.now = t; return w }

func (w *world) call(who, about trace.ActorID, name, args string, ok bool, code int64) {
	w.n++
	w.Add(trace.CallIssued, who, about, name, args, w.n, 0, 1)
	w.now += 50 * time.Millisecond
	flag := int64(0)
	url := ""
	if ok {
		flag = 1
		if name == "publish" || name == "subscribe" {
			url = fmt.Sprintf("rtmp://server/live/%d", w.n)
		}
	}
	w.Add(trace.CallDone, who, trace.Nobody, name, url, w.n, flag, code)
}

func (w *world) joined(who trace.ActorID, role string) {
	w.Add(trace.ServerJoined, who, trace.Nobody, role, "s", int64(who)+1)
}

// publishes makes a member push camera and microphone from now on.
func (w *world) publishes(who trace.ActorID) {
	w.call(who, trace.Nobody, "publish", "", true, 0)
	w.Add(trace.ServerPublish, who, trace.Nobody, "", "")
	w.Add(trace.PushStarted, who, trace.Nobody, "", "", 1, 1)
}

func (w *world) plays(viewer, publisher trace.ActorID) {
	w.Add(trace.PlayStarted, viewer, publisher, "", "")
}

// arrives lets media of a member arrive at the server, in spans of a second.
func (w *world) arrives(who trace.ActorID, from, to time.Duration) {
	for t := from; t < to; t += time.Second {
		end := min(t+time.Second, to)
		w.Emit(trace.Event{At: end, Kind: trace.MediaIn, Actor: who, Peer: trace.Nobody, V: [6]int64{int64(t), 9000, 15, 43, int64(end - 20*time.Millisecond)}})
	}
}

// relays lets the relay enqueue media for a pair, in spans of a second.
func (w *world) relays(to, publisher trace.ActorID, from, until time.Duration, video, audio int64) {
	for t := from; t < until; t += time.Second {
		w.Emit(trace.Event{At: min(t+time.Second, until), Kind: trace.RelayOut, Actor: to, Peer: publisher, V: [6]int64{int64(t), video, audio}})
	}
}

type frames struct {
	from, to time.Duration // capture times
	latency  time.Duration
	flags    int64
	unseen   bool // captured only
	speed    float64
}

// shows has publisher's camera capture frames that viewer is shown after latency.
func (w *world) shows(viewer, publisher trace.ActorID, f frames) {
	for n := int64(f.from / frameGap); time.Duration(n)*frameGap < f.to; n++ {
		captured := time.Duration(n) * frameGap
		w.Emit(trace.Event{At: max(captured, 1), Kind: trace.FrameCaptured, Actor: publisher, Peer: trace.Nobody, V: [6]int64{n, 0, 3000}})
		if f.unseen {
			continue
		}
		at := captured + f.latency
		if f.speed > 0 {
			at = f.from + f.latency + time.Duration(float64(captured-f.from)/f.speed)
		}
		v := [6]int64{n, int64(captured), int64(publisher) + 1, f.flags, captured.Milliseconds(), 1000}
		if f.flags&trace.ShownForeign != 0 {
			v[1], v[2] = -1, -1
		}
		w.Emit(trace.Event{At: at, Kind: trace.FrameShown, Actor: viewer, Peer: publisher, V: v})
	}
}

// show puts one picture on a viewer's screen.
func (w *world) show(viewer, publisher trace.ActorID, number int64, captured, at time.Duration, flags int64) {
	w.Emit(trace.Event{At: at, Kind: trace.FrameShown, Actor: viewer, Peer: publisher,
		V: [6]int64{number, int64(captured), int64(publisher) + 1, flags, captured.Milliseconds(), 1000}})
}

// hears has viewer play sound in spans of a second; speed is media over time.
func (w *world) hears(viewer, publisher trace.ActorID, from, to time.Duration, speed float64, level int64) {
	for t := from; t < to; t += time.Second {
		end := min(t+time.Second, to)
		media := time.Duration(float64(end-t) * speed)
		w.Emit(trace.Event{At: end, Kind: trace.AudioPlayed, Actor: viewer, Peer: publisher,
			V: [6]int64{int64(t), int64(media), int64(speed * 1000), int64(publisher) + 1, level, t.Milliseconds()}})
	}
}

func (w *world) seal() *trace.Record {
	w.t.Helper()
	r, err := w.Seal()
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func verdict(t *testing.T, r *trace.Record, id string) Verdict {
	t.Helper()
	for _, v := range Judge(r) {
		if v.ID == id {
			return v
		}
	}
	t.Fatalf("no judge of %s", id)
	return Verdict{}
}

func expect(t *testing.T, r *trace.Record, id, want, mention string) Verdict {
	t.Helper()
	v := verdict(t, r, id)
	if v.Verdict != want {
		t.Fatalf("%s is %s, want %s; findings %v", id, v.Verdict, want, v.Findings)
	}
	if mention == "" {
		return v
	}
	for _, f := range v.Findings {
		if strings.Contains(f.Text, mention) {
			return v
		}
	}
	t.Fatalf("%s: no finding says %q: %v", id, mention, v.Findings)
	return v
}

func near(t *testing.T, what string, got *time.Duration, want time.Duration) {
	t.Helper()
	if got == nil {
		t.Fatalf("%s is null, want %v", what, want)
	}
	if d := *got - want; d > time.Millisecond || d < -time.Millisecond {
		t.Fatalf("%s is %v, want %v", what, *got, want)
	}
}

// goodCall is a call in which nothing is wrong: a pushes to b and c for 20 s.
func goodCall(t *testing.T) *world {
	w := newWorld(t, 22*time.Second)
	w.at(time.Second)
	for _, m := range []trace.ActorID{a, b, c} {
		w.joined(m, "broadcaster")
	}
	w.publishes(a)
	w.at(time.Second)
	w.plays(b, a)
	w.plays(c, a)
	return w
}
