package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// local has a mute or unmute a medium of its own at a time, applied 20 ms later.
func (w *world) local(at time.Duration, name, target string) {
	n := w.asks(at, a, trace.Nobody, name, target)
	kind := trace.ServerLocalMuted
	if name == "unmuteLocal" {
		kind = trace.ServerLocalUnmuted
	}
	for medium, on := range muteTargets(target) {
		if on {
			w.event(at+20*ms, kind, a, trace.Nobody, mediums[medium])
		}
	}
	w.gives(at+40*ms, a, n, "", 0)
}

// tells has the pages of b and c hear a name about a.
func (w *world) tells(at time.Duration, name string) {
	for _, who := range []trace.ActorID{b, c} {
		w.event(at+50*ms, trace.ClientEvent, who, a, name, 1, 0, 0, 1)
	}
}

func TestC28(t *testing.T) {
	const s = time.Second
	// a streams to b and c; it mutes its sound at 10 s and unmutes it at 16 s.
	type run struct {
		goesOn, otherStops, staysAway bool
		off, on                       string
		target                        string
	}
	build := func(x run, w *world) {
		w.all()
		w.streams(a, 2*s, 38*s)
		flow := func(to trace.ActorID, from, until time.Duration, gone bool) {
			video, audio := int64(15), int64(43)
			for medium, on := range muteTargets(x.target) {
				switch {
				case !gone || on && x.goesOn || !on && !x.otherStops:
				case medium == 0:
					audio = 0
				default:
					video = 0
				}
			}
			w.relays(to, a, from, until, video, audio)
		}
		for _, to := range []trace.ActorID{b, c} {
			w.at(3*s).plays(to, a)
			w.event(3*s, trace.ServerPlayOpened, to, a, "")
			flow(to, 3*s, 10*s, false)
			flow(to, 10020*ms, 16*s, true)
			flow(to, 16020*ms, 38*s, x.staysAway)
		}
		w.local(10*s, "muteLocal", x.target)
		w.local(16*s, "unmuteLocal", x.target)
		if x.off != "" {
			w.tells(10*s, x.off)
		}
		if x.on != "" {
			w.tells(16*s, x.on)
		}
	}
	good := run{target: "audio", off: "mute-audio", on: "unmute-audio"}
	with := func(change func(*run)) run { x := good; change(&x); return x }
	for _, x := range []struct {
		name string
		run  run
		more func(w *world)
		want string
		say  string
	}{
		{"as promised", good, nil, Held, ""},
		{"video as promised", run{target: "video", off: "mute-video", on: "unmute-video"}, nil, Held, ""},
		{"it goes on", with(func(x *run) { x.goesOn = true }), nil, Violated, "yet the relay enqueued"},
		{"the other stops", with(func(x *run) { x.otherStops = true }), nil, Violated, "lost a's video"},
		{"it stays away", with(func(x *run) { x.staysAway = true }), nil, Violated, "still gets none of a's audio"},
		{"nobody hears of it", with(func(x *run) { x.off = "" }), nil, Violated, "heard no mute-audio"},
		{"nobody hears of its end", with(func(x *run) { x.on = "" }), nil, Violated, "heard no unmute-audio"},
		{"by the server's name", with(func(x *run) { x.off = "audio-mute" }), nil, Violated, "heard no mute-audio"},
		{"heard twice", good, func(w *world) { w.tells(11*s, "mute-audio") }, Violated, "heard 2 times"},
		{"nobody hears, on bad networks", with(func(x *run) { x.off = "" }), func(w *world) { w.troubles(12*s, b); w.troubles(12*s, c) }, Held, ""},
		{"nobody hears who stops playing", with(func(x *run) { x.off = "" }), func(w *world) {
			for _, who := range []trace.ActorID{b, c} {
				w.event(9*s, trace.PlayStopped, who, a, "")
			}
		}, Held, ""},
		{"one who leaves need not hear", with(func(x *run) { x.on = "" }), func(w *world) {
			w.asks(17*s, b, trace.Nobody, "leave", "")
			w.asks(17*s, c, trace.Nobody, "leave", "")
		}, Held, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 40*s)
			build(x.run, w)
			if x.more != nil {
				x.more(w)
			}
			expect(t, w.seal(), "C28", x.want, x.say)
		})
	}
	t.Run("by the server's name, where the version has no other", func(t *testing.T) {
		w := newWorld(t, 40*s)
		w.Param(trace.Param{Name: "sdk.muteAudioEvent", Value: 0})
		build(with(func(x *run) { x.off, x.on = "audio-mute", "audio-mute" }), w)
		expect(t, w.seal(), "C28", Held, "")
	})
	judged(t, "C28", 40*s, (*world).all, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"the relay knows nothing of it", func(w *world) { w.gives(10*s, a, w.asks(9*s, a, trace.Nobody, "muteLocal", "audio"), "", 0) }, Violated, "knows nothing of it"},
		{"it failed", func(w *world) { w.at(9*s).call(a, trace.Nobody, "muteLocal", "audio", false, 903) }, NotRun, ""},
		{"unmuted what was never muted", func(w *world) { w.at(9*s).call(a, trace.Nobody, "unmuteLocal", "audio", true, 0) }, NotRun, ""},
		{"muted another", func(w *world) { w.at(9*s).call(a, b, "mute", "audio", true, 0) }, NotRun, ""},
	})
}

func TestC29(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	base := func(w *world) {
		w.all()
		w.event(2*s, trace.PushStarted, a, no, "", 1, 1)
		w.streams(a, 2*s, 38*s)
	}
	muted := func(more func(w *world)) func(w *world) {
		return func(w *world) { w.local(10*s, "muteLocal", "audio"); more(w) }
	}
	judged(t, "C29", 40*s, base, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"the push stays", muted(func(w *world) {}), Held, ""},
		{"unmute too", func(w *world) { w.local(10*s, "unmuteLocal", "video") }, Held, ""},
		{"the pusher is restarted", muted(func(w *world) { w.event(10500*ms, trace.PushStarted, a, no, "", 1, 1) }), Violated, "and then: push-started"},
		{"the pusher is stopped", muted(func(w *world) { w.event(10500*ms, trace.PushStopped, a, no, "") }), Violated, "push-stopped"},
		{"cut by the server", muted(func(w *world) { w.event(10020*ms, trace.ServerPushClosed, a, no, "revoked") }), Violated, "its push was closed (revoked)"},
		{"the URL is taken back", muted(func(w *world) { w.event(10020*ms, trace.ServerUnpublish, a, no, "") }), Violated, "unpublish"},
		{"lost by its network", muted(func(w *world) { w.event(10020*ms, trace.ServerPushClosed, a, no, "lost") }), Held, ""},
		{"connects again on a bad network", muted(func(w *world) { w.troubles(10100*ms, a); w.event(10500*ms, trace.ServerPushOpened, a, no, "") }), Held, ""},
		{"much later", muted(func(w *world) { w.event(13*s, trace.PushStopped, a, no, "") }), Held, ""},
		{"another's push", muted(func(w *world) { w.event(10500*ms, trace.PushStopped, b, no, "") }), Held, ""},
		{"it unpublishes", muted(func(w *world) {
			w.asks(11*s, a, no, "unpublish", "")
			w.event(11500*ms, trace.ServerPushClosed, a, no, "revoked")
		}), NotRun, ""},
		{"it leaves", muted(func(w *world) {
			w.asks(11*s, a, no, "leave", "")
			w.event(11500*ms, trace.ServerPushClosed, a, no, "revoked")
		}), NotRun, ""},
		{"it has no push", func(w *world) { w.ceases(a, 8*s); w.local(10*s, "muteLocal", "audio") }, NotRun, ""},
		{"it failed", func(w *world) { w.at(10*s).call(a, no, "muteLocal", "audio", false, 903) }, NotRun, ""},
	})
}
