package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC20(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	answer := func(url string, rotation int64) func(w *world) {
		return func(w *world) { w.gives(5100*ms, b, w.asks(5*s, b, a, "subscribe", ""), url, rotation) }
	}
	turned := func(w *world, at time.Duration, degrees int64) {
		w.event(at, trace.ClientEvent, c, a, "video-rotation", 1, 0, degrees, 1)
	}
	show := func(w *world, at time.Duration, uid int64) {
		w.Emit(trace.Event{At: at, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{1, int64(at - s), uid}})
	}
	judged(t, "C20", 40*s, (*world).all, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"a URL", answer("rtmp://server/live/x", 0), Held, ""},
		{"a URL, turned", answer("rtmp://server/live/x", 270), Held, ""},
		{"no URL", answer("", 0), Violated, "no URL to play"},
		{"no angle", answer("rtmp://server/live/x", 45), Violated, "45 degrees"},
		{"turned, as others heard", func(w *world) { turned(w, 4*s, 90); answer("rtmp://server/live/x", 90)(w) }, Held, ""},
		{"turned, and it isn't said", func(w *world) { turned(w, 4*s, 90); answer("rtmp://server/live/x", 0)(w) }, Violated, "0 degrees"},
		{"turned twice", func(w *world) { turned(w, 3*s, 90); turned(w, 4*s, 180); answer("rtmp://server/live/x", 90)(w) }, Violated, "90 degrees"},
		{"turned later", func(w *world) { answer("rtmp://server/live/x", 0)(w); turned(w, 15*s, 90) }, Held, ""},
		{"turned about then", func(w *world) { turned(w, 5050*ms, 90); answer("rtmp://server/live/x", 0)(w) }, Held, ""},
		{"turned in its session before", func(w *world) {
			turned(w, 2*s, 90)
			w.at(3 * s).left(a)
			w.at(4*s).enters(a, broadcaster)
			answer("rtmp://server/live/x", 0)(w)
		}, Held, ""},
		{"refused, though it is a broadcaster", func(w *world) { w.at(5*s).call(b, a, "subscribe", "", false, 432) }, Violated, "which is a broadcaster"},
		{"refused for another reason", func(w *world) { w.at(5*s).call(b, a, "subscribe", "", false, 429) }, NotRun, ""},
		{"refused, and it had left", func(w *world) { w.at(4 * s).left(a); w.at(5*s).call(b, a, "subscribe", "", false, 432) }, NotRun, ""},
		{"refused, and it became audience meanwhile", func(w *world) {
			w.event(5020*ms, trace.ServerRole, a, no, audience)
			w.at(5*s).call(b, a, "subscribe", "", false, 432)
		}, NotRun, ""},
		{"of oneself", func(w *world) { w.at(5*s).call(b, b, "subscribe", "", true, 0) }, NotRun, ""},
		{"shows it", func(w *world) { w.subscribes(5*s, b, a); show(w, 7*s, 1) }, Held, ""},
		{"shows another", func(w *world) { w.subscribes(5*s, b, a); show(w, 7*s, 3) }, Violated, "shows a picture of uid 3"},
		{"plays another", func(w *world) {
			w.subscribes(5*s, b, a)
			w.Emit(trace.Event{At: 7 * s, Kind: trace.AudioPlayed, Actor: b, Peer: a, V: [6]int64{int64(6 * s), int64(s), 1000, 3}})
		}, Violated, "plays sound of uid 3"},
	})
	// a's media comes from 2 s to 30 s; b subscribes at 5 s and its player asks to be let in.
	base := func(w *world) {
		w.all()
		w.streams(a, 2*s, 30*s)
		w.told(2200*ms, b, a, streamAdded)
		w.subscribes(5*s, b, a)
	}
	in := func(w *world, from, to time.Duration) {
		w.event(from, trace.ServerPlayOpened, b, a, "")
		w.event(to, trace.ServerPlayClosed, b, a, "stopped")
	}
	judged(t, "C20", 40*s, base, []story{
		{"fed", func(w *world) { in(w, 6*s, 20*s); w.relays(b, a, 6*s, 20*s, 15, 43) }, Held, ""},
		{"fed with sound alone", func(w *world) { in(w, 6*s, 20*s); w.relays(b, a, 6*s, 20*s, 0, 43) }, Held, ""},
		{"fed with pictures alone", func(w *world) { in(w, 6*s, 20*s); w.relays(b, a, 6*s, 20*s, 15, 0) }, Held, ""},
		{"starved", func(w *world) { in(w, 6*s, 20*s) }, Violated, "gets none of the media"},
		{"starved by the network", func(w *world) {
			in(w, 6*s, 20*s)
			w.Emit(trace.Event{At: 8 * s, Kind: trace.RelayOut, Actor: b, Peer: a, V: [6]int64{int64(7 * s), 0, 0, 0, 5000}})
		}, Held, ""},
		{"starved on a bad network", func(w *world) { in(w, 6*s, 20*s); w.troubles(8*s, b) }, Held, ""},
		{"starved for a moment", func(w *world) { in(w, 6*s, 7*s); in(w, 7*s, 20*s); w.relays(b, a, 7*s, 20*s, 15, 43) }, Held, ""},
		{"never let in", func(w *world) {}, Violated, "is not let in"},
		{"never let in on a bad network", func(w *world) { w.troubles(9*s, b) }, Held, ""},
		{"let in late", func(w *world) { in(w, 18*s, 30*s); w.relays(b, a, 18*s, 30*s, 15, 43) }, Held, ""},
		{"gives up soon", func(w *world) { w.at(8 * s); w.Add(trace.PlayStopped, b, a, "", "leave") }, Held, ""},
		{"the publisher went", func(w *world) { w.ceases(a, 12*s) }, Held, ""},
		{"it left", func(w *world) { w.asks(12*s, b, no, "leave", "") }, Held, ""},
	})
}

func TestC21(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	sub := func(about trace.ActorID, ok bool, code int64) func(w *world) {
		return func(w *world) { w.at(5*s).call(b, about, "subscribe", "", ok, code) }
	}
	// a is a broadcaster, b asks, c is an audience.
	base := func(w *world) {
		w.at(s).enters(a, broadcaster)
		w.at(s).enters(b, broadcaster)
		w.at(s).enters(c, audience)
	}
	judged(t, "C21", 40*s, base, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"refused with 432", sub(c, false, 432), Held, ""},
		{"refused with another code", sub(c, false, 430), Violated, "was refused with 430"},
		{"granted", sub(c, true, 0), Violated, "with success, which is no broadcaster"},
		{"timed out", sub(c, false, 903), NotRun, ""},
		{"thrown", sub(c, false, -1), NotRun, ""},
		{"never answered", func(w *world) { w.asks(5*s, b, c, "subscribe", "") }, NotRun, ""},
		{"of a broadcaster", sub(a, true, 0), NotRun, ""},
		{"of a broadcaster, refused", sub(a, false, 432), NotRun, ""},
		{"of oneself", sub(b, false, 430), NotRun, ""},
		{"of one who is not there", func(w *world) { w.at(3 * s).left(a); sub(a, true, 0)(w) }, Violated, ""},
		{"of one who is not there, refused", func(w *world) { w.at(3 * s).left(a); sub(a, false, 432)(w) }, Held, ""},
		{"of one who comes just then", func(w *world) {
			w.at(3 * s).left(a)
			w.event(5020*ms, trace.ServerJoined, a, no, broadcaster)
			sub(a, true, 0)(w)
		}, NotRun, ""},
		{"of one who became audience", func(w *world) { w.event(4*s, trace.ServerRole, a, no, audience); sub(a, true, 0)(w) }, Violated, ""},
		{"of one who becomes broadcaster", func(w *world) { w.event(5020*ms, trace.ServerRole, c, no, broadcaster); sub(c, true, 0)(w) }, NotRun, ""},
		{"outside the channel", func(w *world) { w.at(4 * s).left(b); sub(c, false, 434)(w) }, NotRun, ""},
		{"lost its session before the answer", func(w *world) { w.at(5020 * ms).left(b); sub(c, false, 434)(w) }, NotRun, ""},
		{"of one in another channel", func(w *world) { w.at(500*ms).issue(a, no, "join", "elsewhere"); sub(a, true, 0)(w) }, Violated, ""},
	})
}
