package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// heard has b hear a for a stretch of time from at on, at a speed.
func (w *world) heard(at, length time.Duration, speed float64) time.Duration {
	w.Emit(trace.Event{At: at + length, Kind: trace.AudioPlayed, Actor: b, Peer: a,
		V: [6]int64{int64(at), int64(float64(length) * speed), int64(speed * 1000), 1, -2000}})
	return at + length
}

// seen has b see pictures of a every gap, each step further in the stream.
func (w *world) seen(at time.Duration, n int, gap, step time.Duration, number, skip int64) time.Duration {
	media := at
	for range n {
		w.Emit(trace.Event{At: at, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{number, int64(media), 1, 0, media.Milliseconds(), 1000}})
		at, media, number = at+gap, media+step, number+1+skip
	}
	return at - gap
}

func TestFastRuns(t *testing.T) {
	const s = time.Second
	cases := []struct {
		name string
		do   func(w *world)
		fast time.Duration // of the only run; 0: none
		from time.Duration
	}{
		{"a hole that is bridged", func(w *world) { w.heard(w.heard(5*s, 600*ms, 1.5)+100*ms, 600*ms, 1.5) }, 1200 * ms, 5 * s},
		{"a hole that isn't", func(w *world) { w.heard(w.heard(5*s, 600*ms, 1.5)+101*ms, 600*ms, 1.5) }, 0, 0},
		{"holes don't count", func(w *world) { w.heard(w.heard(5*s, 450*ms, 1.5)+100*ms, 500*ms, 1.5) }, 0, 0},
		{"normal speed in between", func(w *world) { w.heard(w.heard(w.heard(5*s, 600*ms, 1.5), 500*ms, 1), 600*ms, 1.5) }, 0, 0},
		{"steps of speed are one run", func(w *world) { w.heard(w.heard(5*s, 600*ms, 1.2), 600*ms, 1.5) }, 1200 * ms, 5 * s},
		{"two players", func(w *world) {
			w.heard(5*s, 600*ms, 1.5)
			w.at(5*s + 600*ms)
			w.plays(b, a)
			w.heard(5*s+600*ms, 600*ms, 1.5)
		}, 0, 0},
		{"heard after the player stopped", func(w *world) {
			w.at(5 * s)
			w.Add(trace.PlayStopped, b, a, "", "")
			w.heard(5*s, 2*s, 1.5)
		}, 0, 0},
		{"seen fast", func(w *world) { w.seen(5*s, 41, 40*ms, 60*ms, 0, 0) }, 1560 * ms, 5 * s},
		{"seen fast, some too late to be shown", func(w *world) { w.seen(5*s, 31, 50*ms, 80*ms, 0, 1) }, 1500 * ms, 5 * s},
		{"seen in time", func(w *world) { w.seen(5*s, 41, 66*ms, 66*ms, 0, 0) }, 0, 0},
		{"jumps over missing pictures", func(w *world) { w.seen(5*s, 41, 100*ms, 260*ms, 0, 3) }, 0, 0},
		{"slow pictures, none missing, played fast", func(w *world) { w.seen(5*s, 13, 200*ms, 300*ms, 0, 0) }, 2400 * ms, 5 * s},
		{"pictures a second apart", func(w *world) { w.seen(5*s, 5, 500*ms, s, 0, 0) }, 2 * s, 5 * s},
		{"steps of more than a second are new beginnings", func(w *world) { w.seen(5*s, 5, 500*ms, s+ms, 0, 0) }, 0, 0},
		{"a clock that goes back", func(w *world) {
			at := w.seen(5*s, 11, 60*ms, 80*ms, 0, 0)
			w.Emit(trace.Event{At: at + 60*ms, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{11, -1, 1, 0, 0, 1000}})
		}, 0, 0},
		{"seen fast while muted", func(w *world) {
			w.heard(3*s, s, 1)
			w.seen(5*s, 41, 40*ms, 60*ms, 0, 0)
			w.heard(8*s, s, 1)
		}, 1560 * ms, 5 * s},
		{"heard and seen count once", func(w *world) {
			w.heard(5*s, s, 1.5)
			w.heard(6*s, s, 1.5)
			w.seen(5*s, 41, 40*ms, 60*ms, 0, 0)
		}, 2 * s, 5 * s},
		{"what is heard counts, not what is seen", func(w *world) {
			w.heard(5*s, 2*s, 1)
			w.seen(5*s, 41, 40*ms, 60*ms, 0, 0)
		}, 0, 0},
		{"heard, then seen", func(w *world) { w.seen(w.heard(5*s, 600*ms, 1.5), 16, 40*ms, 60*ms, 0, 0) }, 1120 * ms, 5 * s},
		{"a little faster than allowed", func(w *world) { w.heard(5*s, 2*s, 1.11) }, 2 * s, 5 * s},
		{"steps of speed downwards", func(w *world) { w.heard(w.heard(5*s, 600*ms, 1.5), 600*ms, 1.2) }, 1200 * ms, 5 * s},
		{"heard across a new player's beginning", func(w *world) { w.at(5*s).plays(b, a); w.heard(4*s, 2*s, 1.5) }, 2 * s, 4 * s},
		{"the longest step over missing pictures", func(w *world) { w.seen(5*s, 21, 100*ms, 250*ms, 0, 3) }, 2 * s, 5 * s},
		{"a step too far", func(w *world) { w.seen(5*s, 21, 100*ms, 251*ms, 0, 3) }, 0, 0},
		{"seen fast, and much later heard fast", func(w *world) {
			w.seen(5*s, 16, 40*ms, 60*ms, 0, 0)
			w.heard(8*s, 600*ms, 1.5)
		}, 0, 0},
		{"a jump after the first picture", func(w *world) {
			w.seen(5*s, 1, s, s, 0, 0)
			w.Emit(trace.Event{At: 6200 * ms, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{90, int64(15 * s), 1, 0, 15000, 1000}})
			w.Emit(trace.Event{At: 7400 * ms, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{91, int64(15 * s), 1, 0, 15066, 1000}})
		}, 0, 0},
		{"fast after a jump", func(w *world) {
			w.seen(5*s, 11, 60*ms, 60*ms, 0, 0)
			w.seen(9*s, 41, 40*ms, 60*ms, 90, 0)
		}, 1560 * ms, 9 * s},
		{"fast after a step back", func(w *world) {
			w.Emit(trace.Event{At: 5*s - 40*ms, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{0, -1, 1, 0, 100_000, 1000}})
			w.seen(5*s, 27, 40*ms, 60*ms, 1, 0)
		}, 1040 * ms, 5 * s},
		{"no time at all", func(w *world) { w.heard(5*s, 0, 1.5) }, 0, 0},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := goodCall(t)
			x.do(w)
			r := endCall(w, 20*time.Second)
			v := verdict(t, r, "K5")
			view := viewOf(t, r, b, a)
			if x.fast == 0 {
				if len(v.Findings) > 0 || view.SpeedMax != nil && *view.SpeedMax > 100 || view.Fast != nil && *view.Fast != 0 || len(view.FastSince) > 0 {
					t.Errorf("found %v", v.Findings)
				}
				return
			}
			if len(v.Findings) != 1 || v.Findings[0].On != b || v.Findings[0].At != x.from || len(view.FastSince) != 1 || view.FastSince[0] != x.from {
				t.Fatalf("found %v, view %v", v.Findings, view.FastSince)
			}
			near(t, "fast", view.Fast, x.fast)
		})
	}
}

func TestSpeedMaxIsTheFastestStretch(t *testing.T) {
	w := goodCall(t)
	w.heard(w.heard(w.heard(5*time.Second, time.Second, 1.25), time.Second, 1.5), time.Second, 1.1)
	r := endCall(w, 20*time.Second)
	if v := viewOf(t, r, b, a); *v.SpeedMax != 1.5 || *v.Fast != 2*time.Second {
		t.Errorf("%v for %v", *v.SpeedMax, *v.Fast)
	}
	expect(t, r, "K5", Reproduced, "up to 1.50x for 2.000 s")
}

// TestK15Stretches: flickers far apart are none, flickers close together are.
func TestK15Stretches(t *testing.T) {
	const s = time.Second
	cases := []struct {
		name         string
		every, until int64 // of 16 a second from 2 s on, which are garbled and for how many
		want         string
		stood        time.Duration
	}{
		{"each", 1, 16, Reproduced, s},
		{"each, but too short", 1, 15, Absent, 0},
		{"every second", 2, 32, Reproduced, s},
		{"every 16th", 16, 256, Reproduced, s},
		{"every 17th is a flicker", 17, 272, Absent, 0},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := goodCall(t)
			for n := range int64(17 * 16) {
				flags := int64(0)
				if n < x.until && n%x.every == 0 {
					flags = trace.ShownGarbled
				}
				at := 2*s + time.Duration(n)*frameGap
				w.show(b, a, n, at, at, flags)
			}
			v := expect(t, endCall(w, 20*s), "K15", x.want, "")
			if x.want == Reproduced && (len(v.Findings) != 1 || v.Findings[0].At != 2*s) {
				t.Errorf("%v", v.Findings)
			}
			if x.want == Reproduced {
				expect(t, endCall(w, 20*s), "K15", x.want, "garbled for 1.000 s (16 of 272 pictures)")
			}
		})
	}
}

func TestK15CountsNoRecordingAndNoPause(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 2900 * ms, flags: trace.ShownGarbled | trace.ShownForeign})
	w.shows(b, a, frames{from: 2900 * ms, to: 5 * time.Second})
	w.show(b, a, 99, 5*time.Second, 5*time.Second, trace.ShownGarbled)
	w.at(5*time.Second+900*ms).switches(a, 0, 1) // the garbled picture stands, but there is no camera
	expect(t, endCall(w, 20*time.Second), "K15", Absent, "")
}

func TestSpeedMaxOfFallingSpeed(t *testing.T) {
	w := goodCall(t)
	w.heard(w.heard(5*time.Second, time.Second, 1.5), time.Second, 1.25)
	expect(t, endCall(w, 20*time.Second), "K5", Reproduced, "up to 1.50x for 2.000 s")
	w = goodCall(t)
	w.heard(5*time.Second, time.Second, 1)
	expect(t, endCall(w, 20*time.Second), "K5", Absent, "")
}
