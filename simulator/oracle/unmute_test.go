package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// TestUnmuteBringsItBack has calls of 40 s in which b unmutes a at 10 s, answered 50 ms later; until
// then nothing is relayed, and nothing after it but what a case adds.
func TestUnmuteBringsItBack(t *testing.T) {
	const s = time.Second
	const answered = 10*s + 50*ms
	out := func(from, at time.Duration, v ...int64) func(w *world) {
		return func(w *world) { w.at(at); w.Add(trace.RelayOut, b, a, "", "", append([]int64{int64(from)}, v...)...) }
	}
	garbledAt := func(at time.Duration) func(w *world) {
		return func(w *world) { w.show(b, a, 1, at-100*ms, at, trace.ShownGarbled) }
	}
	cases := []struct {
		name, target string
		do           []func(w *world)
		want         string
	}{
		{"not at all", "video", nil, Violated},
		{"not at all", "audio", nil, Violated},
		{"picture", "video", []func(w *world){out(11*s, 12*s, 1)}, Held},
		{"picture only", "all", []func(w *world){out(11*s, 12*s, 1)}, Violated},
		{"both", "all", []func(w *world){out(11*s, 12*s, 1, 1)}, Held},
		{"sound for a picture", "video", []func(w *world){out(11*s, 12*s, 0, 1)}, Violated},
		{"dropped for want of a key frame", "video", []func(w *world){out(11*s, 12*s, 0, 1, 15)}, Violated},
		{"no room for it", "video", []func(w *world){out(11*s, 12*s, 0, 1, 15, 100)}, NotRun},
		{"no room at first", "video", []func(w *world){out(11*s, 12*s, 0, 1, 15, 100), out(12*s, 13*s, 1)}, Held},
		{"too late", "video", []func(w *world){out(answered+5*s, 17*s, 1)}, Violated},
		{"just in time", "video", []func(w *world){out(answered+5*s-1, 17*s, 1)}, Held},
		{"before", "video", []func(w *world){out(9*s, answered, 1)}, Violated},
		{"still muted", "video", []func(w *world){func(w *world) { w.at(5 * s); w.Add(trace.ServerMuted, b, a, "video", "") }}, Violated},
		{"muted again", "video", []func(w *world){func(w *world) { w.at(12 * s); w.Add(trace.ServerMuted, b, a, "video", "") }}, NotRun},
		{"stopped playing", "video", []func(w *world){func(w *world) { w.at(12 * s); w.Add(trace.PlayStopped, b, a, "", "") }}, NotRun},
		{"subscribed again", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.at(answered).issue(b, a, "subscribe", "") }}, Violated},
		{"unsubscribed", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.at(12*s).issue(b, a, "unsubscribe", "") }}, Held},
		{"garbled before and for a while after", "video", []func(w *world){out(11*s, 12*s, 1), garbledAt(5 * s), garbledAt(12 * s), func(w *world) { w.show(b, a, 1, 12*s, 13*s, 0) }}, Held},
		{"garbled, clean and garbled", "video", []func(w *world){out(11*s, 12*s, 1), garbledAt(12 * s), func(w *world) { w.show(b, a, 1, 12*s, 13*s, 0) }, garbledAt(14 * s)}, Violated},
		{"subscribed later", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.at(answered+5*s).issue(b, a, "subscribe", "") }}, Held},
		{"subscribed to another", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.at(12*s).issue(b, c, "subscribe", "") }}, Held},
		{"another subscribed", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.at(12*s).issue(c, a, "subscribe", "") }}, Held},
		{"subscribed to a new stream", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) {
			w.at(12 * s)
			w.Add(trace.ServerAnnounced, b, a, streamAdded, "")
			w.issue(b, a, "subscribe", "")
		}}, Held},
		{"garbled", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.show(b, a, 1, 4*s, 5*s, 0) }, garbledAt(12 * s)}, Violated},
		{"garbled, but who cares for sound", "audio", []func(w *world){out(11*s, 12*s, 0, 1), func(w *world) { w.show(b, a, 1, 4*s, 5*s, 0) }, garbledAt(12 * s)}, Held},
		{"garbled before", "video", []func(w *world){out(11*s, 12*s, 1), garbledAt(5 * s), garbledAt(12 * s)}, Held},
		{"garbled from the first picture on", "video", []func(w *world){out(11*s, 12*s, 1), garbledAt(12 * s), garbledAt(13 * s)}, Held},
		{"garbled at first", "video", []func(w *world){out(11*s, 12*s, 1), garbledAt(12 * s), func(w *world) { w.show(b, a, 1, 12*s, 13*s, 0) }}, Violated},
		{"garbled later", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.show(b, a, 1, 11*s, 11*s, 0) }, garbledAt(12 * s)}, Held},
		{"garbled as it was answered", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.show(b, a, 1, 4*s, 5*s, 0) }, garbledAt(answered)}, Violated},
		{"garbled long after", "video", []func(w *world){out(11*s, 12*s, 1), func(w *world) { w.show(b, a, 1, 4*s, 5*s, 0) }, garbledAt(answered + 5*s)}, Held},
	}
	for _, x := range cases {
		t.Run(x.name+" "+x.target, func(t *testing.T) {
			w := newWorld(t, 40*s)
			w.at(s)
			w.publishes(a)
			w.plays(b, a)
			w.arrives(a, s, 40*s)
			w.at(10*s).call(b, a, "unmute", x.target, true, 0)
			for _, do := range x.do {
				do(w)
			}
			expect(t, w.seal(), "C25", x.want, "")
		})
	}
}

func TestUnmuteNeedsTimeAndMedia(t *testing.T) {
	for name, x := range map[string]struct {
		end  time.Duration
		many int64
		want string
	}{
		"long enough":   {15050 * ms, 5, Violated},
		"too short":     {15050*ms - 1, 5, NotRun},
		"hardly any":    {15050 * ms, 4, NotRun},
		"fails, anyhow": {0, 5, NotRun},
	} {
		w := newWorld(t, max(x.end, 20*time.Second))
		w.at(time.Second)
		w.plays(b, a)
		w.at(10*time.Second).call(b, a, "unmute", "video", x.end > 0, 0)
		w.Emit(trace.Event{At: 12 * time.Second, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(11 * time.Second), 9, x.many, 0, int64(11900 * ms)}})
		if x.end > 0 {
			w.at(x.end)
			w.Add(trace.PlayStopped, b, a, "", "")
		}
		t.Run(name, func(t *testing.T) { expect(t, w.seal(), "C25", x.want, "") })
	}
}

func TestFlow(t *testing.T) {
	const s = time.Second
	type events []trace.Event
	in := func(from, at time.Duration, video, audio int64) trace.Event {
		return trace.Event{At: at, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(from), 1, video, audio, int64(at)}}
	}
	out := func(from, at time.Duration, video, audio, dropped int64) trace.Event {
		return trace.Event{At: at, Kind: trace.RelayOut, Actor: b, Peer: a, V: [6]int64{int64(from), video, audio, dropped}}
	}
	cases := []struct {
		name   string
		events events
		s      span
		want   [2]flow
	}{
		{"half", events{in(2*s, 4*s, 10, 20), out(2*s, 4*s, 5, 10, 0)}, span{2 * s, 4 * s}, [2]flow{flowing, flowing}},
		{"nearly half", events{in(2*s, 4*s, 200, 200), out(2*s, 4*s, 99, 99, 0)}, span{2 * s, 4 * s}, [2]flow{stopped, stopped}},
		{"less", events{in(2*s, 4*s, 10, 20), out(2*s, 4*s, 4, 9, 0)}, span{2 * s, 4 * s}, [2]flow{stopped, stopped}},
		{"drops count for pictures", events{in(2*s, 4*s, 10, 20), out(2*s, 4*s, 1, 9, 4)}, span{2 * s, 4 * s}, [2]flow{audio: stopped, video: flowing}},
		{"too short", events{in(2*s, 4*s, 10, 20)}, span{2*s + 1, 4 * s}, [2]flow{unknown, unknown}},
		{"too few", events{in(2*s, 4*s, 4, 5)}, span{2 * s, 4 * s}, [2]flow{audio: stopped, video: unknown}},
		{"a part of a span", events{in(2*s, 6*s, 8, 100), out(2*s, 6*s, 8, 100, 0)}, span{2 * s, 4 * s}, [2]flow{audio: flowing, video: unknown}},
		{"others don't count", events{in(s, 2*s, 10, 20), in(4*s, 5*s, 10, 20)}, span{2 * s, 4 * s}, [2]flow{unknown, unknown}},
		{"out in another time", events{in(2*s, 4*s, 10, 20), out(4*s, 6*s, 10, 20, 0), out(s, 2*s, 10, 20, 0)}, span{2 * s, 4 * s}, [2]flow{stopped, stopped}},
	}
	for _, x := range cases {
		w := goodCall(t)
		for _, ev := range x.events {
			w.Emit(ev)
		}
		f := gather(w.seal())
		for medium, want := range x.want {
			if got := f.flow(f.tracks[pair{a, b}], medium, x.s); got != want {
				t.Errorf("%s: %s is %d, want %d", x.name, mediums[medium], got, want)
			}
		}
	}
}

// TestWhoAnswersForWhichMute: C24 for video alone, C25 for audio and for all.
func TestWhoAnswersForWhichMute(t *testing.T) {
	cases := []struct {
		target     string
		relayed    [2]int64 // while muted: video, audio
		subscribes bool
		c24, c25   string
	}{
		{"video", [2]int64{0, 43}, false, Held, NotRun},
		{"audio", [2]int64{15, 0}, false, NotRun, Held},
		{"all", [2]int64{0, 0}, false, NotRun, Held},
		{"all", [2]int64{15, 0}, false, NotRun, Violated},
		{"all", [2]int64{0, 43}, false, NotRun, Violated},
		{"audio", [2]int64{15, 0}, true, NotRun, Held},
	}
	for _, x := range cases {
		w := goodCall(t)
		w.arrives(a, time.Second, 20*time.Second)
		w.relays(b, a, time.Second, 10*time.Second, 15, 43)
		w.relays(c, a, time.Second, 20*time.Second, 15, 43)
		w.at(9950*ms).call(b, a, "mute", x.target, true, 0)
		for medium, on := range muteTargets(x.target) {
			if on {
				w.at(10 * time.Second)
				w.Add(trace.ServerMuted, b, a, mediums[medium], "")
			}
		}
		if x.subscribes {
			w.at(12*time.Second).issue(b, a, "subscribe", "")
		}
		w.relays(b, a, 10*time.Second, 20*time.Second, x.relayed[0], x.relayed[1])
		if x.target == "audio" { // the pictures go on
			w.shows(b, a, frames{from: 2 * time.Second, to: 20 * time.Second, latency: 100 * ms})
		}
		r := endCall(w, 20*time.Second)
		t.Run(x.target, func(t *testing.T) {
			expect(t, r, "C24", x.c24, "")
			expect(t, r, "C25", x.c25, "")
		})
	}
}

func TestMuteAllOfOneWhoOnlySpeaks(t *testing.T) {
	w := goodCall(t)
	w.Emit(trace.Event{At: 12 * time.Second, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(11 * time.Second), 9, 0, 40, int64(11900 * ms)}})
	w.relays(c, a, 11*time.Second, 12*time.Second, 0, 40)
	w.at(9950*ms).call(b, a, "mute", "all", true, 0)
	for _, medium := range mediums {
		w.at(10 * time.Second)
		w.Add(trace.ServerMuted, b, a, medium, "")
	}
	expect(t, endCall(w, 20*time.Second), "C25", Held, "")

	w = goodCall(t)
	w.at(9950*ms).call(b, a, "mute", "all", true, 0)
	if v := expect(t, endCall(w, 20*time.Second), "C25", Violated, "muted a's video with success"); len(v.Findings) != 2 {
		t.Errorf("%v", v.Findings)
	}
}

func TestAMuteTakesNothingFromStrangers(t *testing.T) {
	m := newMutedCall(t)
	m.at(time.Second).publishes(b)
	m.plays(c, b)
	m.arrives(b, time.Second, 30*time.Second)
	m.relays(c, b, time.Second, 10*time.Second, 15, 43)
	expect(t, m.seal("video"), "C24", Violated, "c: lost b's audio when b muted a")
}
