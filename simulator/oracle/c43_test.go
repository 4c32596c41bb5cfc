package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// befalls has something befall a phone; no length: for good.
func (w *world) befalls(who trace.ActorID, from, length time.Duration, what, how string) {
	w.at(from).Add(trace.FaultInjected, who, trace.Nobody, what, how, int64(length))
	if length > 0 {
		w.at(from+length).Add(trace.FaultCleared, who, trace.Nobody, what, how)
	}
}

// What users and systems take away isn't missed: in a call of three v1 hears nothing of v0
// from 10 s to 14 s.
func TestC43LeavesOutWhatUsersAndSystemsDo(t *testing.T) {
	const s = time.Second
	while := func(who trace.ActorID, from, length time.Duration, what, how string) func(w *world) {
		return func(w *world) { w.befalls(who, from, length, what, how) }
	}
	away := func(who trace.ActorID) func(w *world) {
		return func(w *world) { w.at(10*s).host(who, "hide"); w.at(14*s).host(who, "show") }
	}
	for _, x := range []struct {
		name string
		do   func(w *world)
		want string
	}{
		{"nothing befell anybody", func(*world) {}, Violated},
		{"it was away", away(1), Held},
		{"the other was away", away(0), Held},
		{"somebody else was away", away(2), Violated},
		{"it was away before", func(w *world) { w.at(5*s).host(1, "hide"); w.at(6*s).host(1, "show") }, Violated},
		{"in its phone call", while(1, 10*s, 4*s, "phone-call", "4s"), Held},
		{"in the other's phone call", while(0, 10*s, 4*s, "phone-call", "4s"), Held},
		{"before a phone call", while(1, 15*s, 4*s, "phone-call", "4s"), Violated},
		{"after a phone call", while(1, 5*s, 2*s, "phone-call", "2s"), Violated},
		{"in the longer of two phone calls", func(w *world) {
			w.befalls(1, 4*s, 10*s, "phone-call", "10s")
			w.befalls(1, 5*s, s, "phone-call", "1s")
		}, Held},
		{"the other denies the microphone", while(0, 10*s, 4*s, "deny", "mic 4s"), Held},
		{"the other denies it for good", while(0, 10*s, 0, "deny", "mic"), Held},
		{"the other denies the camera", while(0, 10*s, 4*s, "deny", "camera 4s"), Violated},
		{"it denies the microphone itself", while(1, 10*s, 4*s, "deny", "mic 4s"), Violated},
		{"its page plays music", while(1, 10*s, 4*s, "play-bgm", "4s"), Held},
		{"its page plays music by that name", while(1, 10*s, 4*s, "play-bgm", "page 4s"), Held},
		{"its live-pusher plays music", while(1, 10*s, 4*s, "play-bgm", "live-pusher 4s"), Violated},
		{"another thing befell it", while(0, 10*s, 4*s, "encoder", "corrupts 4s"), Violated},
		{"the host stopped the other's push", func(w *world) {
			w.at(10*s).code(0, pushHeld)
			w.event(14*s, trace.PushStarted, 0, trace.Nobody, "", 0, 1)
		}, Held},
		{"the host stopped the other's push, whose microphone is switched", func(w *world) { // and which stays so
			w.at(4*s).code(0, pushHeld)
			w.event(5*s, trace.PushMedia, 0, trace.Nobody, "", 0, 1)
		}, Held},
		{"the host stopped its own push", func(w *world) { w.at(10*s).code(1, pushHeld) }, Violated},
		{"another code of the other's push", func(w *world) { w.at(10*s).code(0, 1101) }, Violated},
		{"a stopped push had been started again", func(w *world) {
			w.at(5*s).code(0, pushHeld)
			w.event(6*s, trace.PushStarted, 0, trace.Nobody, "", 0, 1)
		}, Violated},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := choir(t, 3, func(to, from int) float64 {
				if to == 1 && from == 0 {
					return 20. / 27 // heard until 10 s
				}
				return 0
			})
			w.hears(1, 0, 14*s, 30*s, 1, -2000)
			x.do(w)
			expect(t, w.seal(), "C43", x.want, "")
		})
	}
}
