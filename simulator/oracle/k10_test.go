package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// netstatus has a member's pusher report every two seconds, both ends included.
func (w *world) netstatus(who trace.ActorID, from, to time.Duration, video, audio int64) {
	for at := from; at <= to; at += 2 * time.Second {
		w.Emit(trace.Event{At: at, Kind: trace.PusherStatus, Actor: who, Peer: trace.Nobody, V: [6]int64{video, audio}})
	}
}

// drops has a viewer's player drop a publisher's frames.
func (w *world) drops(viewer, publisher trace.ActorID, why string, from, to time.Duration) {
	for at := from; at < to; at += frameGap {
		w.Emit(trace.Event{At: at, Kind: trace.FrameDropped, Actor: viewer, Peer: publisher, Text: w.Text(why), V: [6]int64{-1}})
	}
}

// TestK10Cases: a publishes at 1 s, b sees and hears it from 2 s on. From 10 s to 20 s a's
// encoder gives nothing; what each case changes of that is in it.
func TestK10Cases(t *testing.T) {
	const s = time.Second
	type run struct {
		captures bool // a's camera films in those ten seconds
		status   [2]int64
		heard    time.Duration // until
		more     func(w *world)
		want     string
		mention  string
	}
	dead := run{captures: true, status: [2]int64{0, 48}, heard: 30 * s, want: Absent}
	change := func(f func(*run)) run {
		r := dead
		f(&r)
		return r
	}
	also := func(f func(w *world)) run { return change(func(r *run) { r.more = f }) }
	for name, x := range map[string]run{
		"the encoder gives nothing":     change(func(r *run) { r.want, r.mention = Reproduced, "no video is encoded" }),
		"and next to nothing":           change(func(r *run) { r.status[0], r.want = 1, Reproduced }),
		"and little":                    change(func(r *run) { r.status[0] = 5 }),
		"the encoder works":             change(func(r *run) { r.status[0] = 400 }),
		"nothing is heard either: gone": change(func(r *run) { r.heard = 10 * s }),
		"heard for a little while":      change(func(r *run) { r.heard = 12900 * ms }),
		"heard for long enough":         change(func(r *run) { r.heard, r.want = 13*s, Reproduced }),
		"no sound is encoded":           change(func(r *run) { r.status[1] = 0 }),
		"the camera films nothing":      change(func(r *run) { r.captures = false }),
		"muted by the viewer":           also(func(w *world) { w.event(10*s, trace.ServerMuted, b, a, "video") }),
		"only its sound is muted": change(func(r *run) {
			r.more = func(w *world) { w.event(10*s, trace.ServerMuted, b, a, "audio") }
			r.want = Reproduced
		}),
		"muted by the publisher": also(func(w *world) { w.event(10*s, trace.ServerLocalMuted, a, trace.Nobody, "video") }),
		"camera switched off":    also(func(w *world) { w.at(10*s).switches(a, 0, 1) }),
		"the publisher is away":  also(func(w *world) { w.event(10*s, trace.HostState, a, trace.Nobody, "hide") }),
		"the viewer is away":     also(func(w *world) { w.event(10*s, trace.HostState, b, trace.Nobody, "hide") }),
		"another is away": change(func(r *run) {
			r.more = func(w *world) { w.event(10*s, trace.HostState, c, trace.Nobody, "hide") }
			r.want = Reproduced
		}),
		"the player is stopped":   also(func(w *world) { w.event(10*s, trace.PlayStopped, b, a, "") }),
		"the push is stopped":     also(func(w *world) { w.at(10 * s).stops(a) }),
		"one picture stands: K12": change(func(r *run) { r.status[0] = 60; r.more = func(w *world) { w.stands(b, a, 10*s, 20*s, 0) } }),
		"its pictures are garbled: K15": change(func(r *run) {
			r.status[0] = 400
			r.more = func(w *world) { w.stands(b, a, 10*s, 20*s, trace.ShownGarbled) }
		}),
		"its pictures are black": change(func(r *run) {
			r.status[0] = 60
			r.more = func(w *world) { w.stands(b, a, 10*s, 20*s, trace.ShownBlack) }
			r.want, r.mention = Reproduced, "are black"
		}),
		"a black image stands for it": change(func(r *run) {
			r.status[0], r.captures = 60, false
			r.more = func(w *world) { w.stands(b, a, 10*s, 20*s, trace.ShownBlack|trace.ShownWaiting) }
		}),
		"black for a moment": change(func(r *run) {
			r.status[0] = 60
			r.more = func(w *world) { w.stands(b, a, 10*s, 12*s, trace.ShownBlack) }
		}),
		"undecodable": change(func(r *run) {
			r.status[0] = 400
			r.more = func(w *world) { w.drops(b, a, "undecodable", 10*s, 20*s) }
			r.want, r.mention = Reproduced, "can't be decoded"
		}),
		"no key frame comes": change(func(r *run) {
			r.status[0] = 400
			r.more = func(w *world) { w.drops(b, a, "player-wait-key", 10*s, 20*s) }
			r.want = Reproduced
		}),
		"no key frame: the relay's drop": change(func(r *run) {
			r.status[0] = 400
			r.more = func(w *world) {
				w.drops(b, a, "player-wait-key", 10*s, 20*s)
				w.event(15*s, trace.RelayOut, b, a, "", int64(14*s), 10, 40, 5)
			}
		}),
		"late: the player's drop": change(func(r *run) { r.status[0] = 400; r.more = func(w *world) { w.drops(b, a, "player-late", 10*s, 20*s) } }),
		"undecodable for another": change(func(r *run) { r.status[0] = 400; r.more = func(w *world) { w.drops(c, a, "undecodable", 10*s, 20*s) } }),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 30*s)
			w.at(s).publishes(a)
			w.at(2*s).plays(b, a)
			w.shows(b, a, frames{from: 2 * s, to: 10 * s, latency: 0})
			w.shows(b, a, frames{from: 20*s + frameGap, to: 30 * s, latency: 0})
			if x.captures {
				w.shows(b, a, frames{from: 10 * s, to: 20 * s, unseen: true})
			}
			w.netstatus(a, 4*s, 10*s, 400, 48)
			w.netstatus(a, 12*s, 20*s, x.status[0], x.status[1])
			w.netstatus(a, 22*s, 30*s, 400, 48)
			w.hears(b, a, 2*s, x.heard, 1, -2000)
			if x.more != nil {
				x.more(w)
			}
			v := expect(t, w.seal(), "K10", x.want, x.mention)
			for _, f := range v.Findings {
				if f.On != b || f.At < 12900*ms || f.At > 13*s {
					t.Errorf("%v at %v", f.On, f.At)
				}
			}
		})
	}
}

// Who never saw a picture is told from who waits for the first one.
func TestK10FromTheBeginning(t *testing.T) {
	const s = time.Second
	for name, until := range map[string]time.Duration{Reproduced: 8 * s, Absent: 4 * s} {
		w := newWorld(t, 30*s)
		w.at(s).publishes(a)
		w.at(2*s).plays(b, a)
		w.shows(b, a, frames{from: s, to: until, unseen: true})
		w.netstatus(a, 2*s, until, 0, 48)
		w.netstatus(a, until+2*s, 30*s, 400, 48)
		w.shows(b, a, frames{from: until, to: 30 * s, latency: 0})
		w.hears(b, a, 2*s, 30*s, 1, -2000)
		expect(t, w.seal(), "K10", name, "")
	}
}

// A run without anybody to see can't show it.
func TestK10NeedsAView(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).publishes(a)
	expect(t, w.seal(), "K10", NotRun, "")
}
