package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// recovering is a recovery of a, which publishes and plays b, by the book but for what
// a case changes. It joined with client 1, loses its session at 10 s and is back at 12 s.
type recovering struct {
	code       int64
	destroy    bool
	pause      time.Duration
	speakers   string
	silent     bool // the gateway takes it for new
	publish    string
	push       bool
	subscribe  bool
	playsOld   bool
	noRejoin   bool
	rejoinCode int64
}

func byTheBook() recovering {
	return recovering{code: 904, destroy: true, pause: time.Second, speakers: uids(a, b), publish: "rtmp://server/live/new", push: true, subscribe: true}
}

func (x recovering) record(w *world) {
	const s = time.Second
	no := trace.Nobody
	w.all()
	w.streams(b, 2*s, 50*s)
	w.gives(2100*ms, a, w.asks(2*s, a, no, "publish", ""), "rtmp://server/live/old", 0)
	w.event(2100*ms, trace.TileAdded, a, a, "")
	w.told(2200*ms, a, b, streamAdded)
	w.subscribes(2300*ms, a, b)

	w.at(10 * s)
	w.Add(trace.ServerLeft, a, no, "closed", "")
	w.Add(trace.ClientEvent, a, no, "error", "", 0, x.code, 0, 1)
	w.Add(trace.AppState, a, no, "recovering", "")
	if x.destroy {
		w.Add(trace.CallIssued, a, no, "destroy", "", 900, 0, 1)
	}
	if x.noRejoin {
		return
	}
	w.at(10*s + x.pause)
	w.Add(trace.CallIssued, a, no, "rejoin", x.speakers, 901, 0, 2)
	if x.rejoinCode != 0 {
		w.event(11500*ms, trace.CallDone, a, no, "rejoin", 901, 0, x.rejoinCode)
		return
	}
	back := int64(1)
	if x.silent {
		back = 0
	}
	w.event(11500*ms, trace.ServerJoined, a, no, broadcaster, 1, back)
	w.event(12*s, trace.CallDone, a, no, "rejoin", 901, 1)
	if x.publish != "" {
		w.at(12 * s)
		w.Add(trace.CallIssued, a, no, "publish", "", 902, 0, 2)
		w.gives(12200*ms, a, 902, x.publish, 0)
		if x.push {
			w.at(12200 * ms)
			w.Add(trace.PushStarted, a, no, "", x.publish, 1, 1)
		}
	}
	w.told(12100*ms, a, b, streamAdded)
	if x.subscribe {
		w.at(12150 * ms)
		w.Add(trace.CallIssued, a, b, "subscribe", "", 903, 2, 2)
		w.gives(12300*ms, a, 903, "rtmp://server/live/newsub", 0)
		if !x.playsOld {
			w.playsFrom(12300*ms, a, b, "rtmp://server/live/newsub")
		}
	}
}

func TestC32(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	with := func(change func(x *recovering)) recovering { x := byTheBook(); change(&x); return x }
	for _, x := range []struct {
		name string
		run  recovering
		more func(w *world)
		want string
		say  string
	}{
		{"by the book", byTheBook(), nil, Held, ""},
		{"after 501", with(func(x *recovering) { x.code = 501 }), nil, Held, ""},
		{"after 502 the demo does nothing", with(func(x *recovering) { x.code, x.destroy, x.noRejoin = 502, false, true }), nil, NotRun, ""},
		{"the client is kept", with(func(x *recovering) { x.destroy = false }), nil, Violated, "did not destroy its client"},
		{"without pause", with(func(x *recovering) { x.pause = 0 }), nil, Violated, "without its pause"},
		{"a little too soon", with(func(x *recovering) { x.pause = s - 1 }), nil, Violated, "without its pause"},
		{"never comes back", with(func(x *recovering) { x.noRejoin = true }), nil, Violated, "did not come back"},
		{"is left instead", with(func(x *recovering) { x.noRejoin = true }), func(w *world) { w.asks(10500*ms, a, no, "leave", "") }, NotRun, ""},
		{"is left instead, without a client", with(func(x *recovering) { x.noRejoin = true }), func(w *world) { w.at(10500 * ms); w.Add(trace.AppState, a, no, "left", "") }, NotRun, ""},
		{"gives up by itself", with(func(x *recovering) { x.noRejoin = true }), func(w *world) { w.at(10500 * ms); w.Add(trace.AppState, a, no, "left", "push failed (-1307)") }, Violated, "did not come back"},
		{"a script joins instead", with(func(x *recovering) { x.noRejoin = true }), func(w *world) { w.asks(10500*ms, a, no, "join", "") }, NotRun, ""},
		{"rejoin fails", with(func(x *recovering) { x.rejoinCode = 901 }), nil, NotRun, ""},
		{"names nobody", with(func(x *recovering) { x.speakers = "" }), nil, Violated, "did not say that it knows a"},
		{"forgets itself", with(func(x *recovering) { x.speakers = uids(b) }), nil, Violated, "did not say that it knows a"},
		{"forgets another", with(func(x *recovering) { x.speakers = uids(a) }), nil, Violated, "did not say that it knows b"},
		{"names a stranger", with(func(x *recovering) { x.speakers = uids(a, b, c) }), nil, Violated, "said that it knows c"},
		{"the gateway is not told", with(func(x *recovering) { x.silent = true }), nil, Violated, "takes it for a new member"},
		{"does not publish", with(func(x *recovering) { x.publish = "" }), nil, Violated, "did not publish"},
		{"is given the old URL", with(func(x *recovering) { x.publish = "rtmp://server/live/old" }), nil, Violated, "that it had before"},
		{"does not push", with(func(x *recovering) { x.push = false }), nil, Violated, "does not push to its new URL"},
		{"can't push where it isn't seen", with(func(x *recovering) { x.push = false }), func(w *world) { w.event(11*s, trace.HostState, a, no, "hide") }, Held, ""},
		{"does not push, back on the screen", with(func(x *recovering) { x.push = false }), func(w *world) {
			w.event(11*s, trace.HostState, a, no, "hide")
			w.event(12*s, trace.HostState, a, no, "show")
		}, Violated, "does not push to its new URL"},
		{"can't play anew where it isn't seen", with(func(x *recovering) { x.playsOld = true }), func(w *world) { w.event(11*s, trace.HostState, a, no, "hide") }, Held, ""},
		{"does not subscribe", with(func(x *recovering) { x.subscribe = false }), nil, Violated, "did not subscribe to b"},
		{"plays on from the old URL", with(func(x *recovering) { x.playsOld = true }), nil, Violated, "does not play it from its new URL"},
		{"who went need not be subscribed", with(func(x *recovering) { x.subscribe = false }), func(w *world) { w.ceases(b, 11*s) }, Held, ""},
		{"on a bad network it may not have heard", with(func(x *recovering) { x.subscribe = false }), func(w *world) { w.troubles(13*s, a) }, Held, ""},
		{"it loses its session again", with(func(x *recovering) { x.subscribe = false }), func(w *world) { w.at(13 * s).left(a) }, Held, ""},
		{"the error of a client that is not its own any more", with(func(x *recovering) { x.noRejoin = true }), func(w *world) {
			w.at(10*s + 500*ms)
			w.Add(trace.ClientEvent, a, no, "error", "", 0, 904, 0, 1)
			w.asks(10600*ms, a, no, "leave", "")
		}, NotRun, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 50*s)
			x.run.record(w)
			if x.more != nil {
				x.more(w)
			}
			expect(t, w.seal(), "C32", x.want, x.say)
		})
	}
	judged(t, "C32", 50*s, (*world).all, []story{
		{"after it was left the demo does nothing", func(w *world) {
			w.event(5*s, trace.AppState, a, no, "left")
			w.at(6 * s)
			w.Add(trace.ClientEvent, a, no, "error", "", 0, 904, 0, 1)
		}, NotRun, ""},
		{"the record ends", func(w *world) {
			w.at(50 * s)
			w.Add(trace.ClientEvent, a, no, "error", "", 0, 904, 0, 1)
		}, NotRun, ""},
	})
	w := newWorld(t, 11*s) // and when it ends before the pause does
	x := with(func(x *recovering) { x.noRejoin = true })
	x.record(w)
	r := w.seal()
	r.Head.Length = 0
	for i := range r.Events { // media goes on to 50 s in the story
		if r.Events[i].At > 11*s {
			r.Events = r.Events[:i]
			break
		}
	}
	expect(t, r, "C32", NotRun, "")
}

func TestC33(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	tile := func(w *world, at time.Duration, k trace.Kind, of trace.ActorID) { w.event(at, k, a, of, "") }
	// a shows b and loses its session at 10 s; it is back from 15 s on.
	base := func(w *world) {
		w.all()
		w.streams(b, 2*s, 50*s)
		w.told(2200*ms, a, b, streamAdded)
		w.subscribes(2300*ms, a, b)
		w.at(10 * s).left(a)
		w.event(15*s, trace.ServerJoined, a, no, broadcaster, 1, 1)
	}
	comes := func(w *world, at time.Duration) { w.streams(c, at, 50*s) }
	judged(t, "C33", 50*s, base, []story{
		{"nobody came or went", func(w *world) {}, NotRun, ""},
		{"one went and its tile too", func(w *world) { w.ceases(b, 12*s); tile(w, 16*s, trace.TileRemoved, b) }, Held, ""},
		{"one went and its tile stays", func(w *world) { w.ceases(b, 12*s) }, Violated, "still shows b"},
		{"its tile stays too long", func(w *world) { w.ceases(b, 12*s); tile(w, 26*s, trace.TileRemoved, b) }, Violated, "still shows b"},
		{"one went and came back", func(w *world) { w.ceases(b, 12*s); w.streams(b, 14*s, 50*s) }, NotRun, ""},
		{"one went after", func(w *world) { w.ceases(b, 17*s) }, NotRun, ""},
		{"one came and is shown", func(w *world) { comes(w, 12*s); tile(w, 17*s, trace.TileAdded, c) }, Held, ""},
		{"one came and is not shown", func(w *world) { comes(w, 12*s) }, Violated, "does not show c"},
		{"one came before the gap", func(w *world) { comes(w, 8*s) }, NotRun, ""},
		{"one came after", func(w *world) { comes(w, 16*s) }, NotRun, ""},
		{"one came and went", func(w *world) { comes(w, 12*s); w.ceases(c, 20*s) }, NotRun, ""},
		{"one came and sends nothing yet", func(w *world) { w.event(12*s, trace.ServerPublish, c, no, "") }, NotRun, ""},
		{"one came in another channel", func(w *world) { w.at(500*ms).issue(c, no, "join", "elsewhere"); comes(w, 12*s) }, NotRun, ""},
		{"right though the network is bad", func(w *world) { w.ceases(b, 12*s); tile(w, 16*s, trace.TileRemoved, b); w.troubles(16*s, a) }, Held, ""},
		{"shown though the network is bad", func(w *world) { comes(w, 12*s); tile(w, 17*s, trace.TileAdded, c); w.troubles(16*s, a) }, Held, ""},
		{"it can't have heard", func(w *world) { w.ceases(b, 12*s); w.troubles(16*s, a) }, NotRun, ""},
		{"it goes again", func(w *world) { w.ceases(b, 12*s); w.at(20 * s).left(a) }, NotRun, ""},
	})
	judged(t, "C33", 50*s, func(w *world) {
		w.all()
		w.streams(b, 2*s, 50*s)
		w.subscribes(2300*ms, a, b)
		w.at(10 * s).left(a)
		w.ceases(b, 12*s)
	}, []story{
		{"it is a new member, not one come back", func(w *world) { w.event(15*s, trace.ServerJoined, a, no, broadcaster, 1, 0) }, NotRun, ""},
	})
}

func TestC35(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	const fresh = "rtmp://server/live/fresh"
	news := func(w *world, at time.Duration, about trace.ActorID) {
		w.at(at)
		w.Add(trace.ServerNotified, a, about, "update-url", fresh, 200)
		w.at(at + 50*ms)
		w.Add(trace.ClientEvent, a, about, "update-url", fresh, int64(about)+1, 0, 0, 1)
	}
	in := func(w *world, from time.Duration) {
		w.event(from, trace.ServerPlayClosed, a, b, "replaced")
		w.event(from, trace.ServerPlayOpened, a, b, "")
	}
	swap := func(w *world) { w.playsFrom(10050*ms, a, b, fresh); in(w, 10300*ms) }
	// a plays b, whose media comes from 2 s to 40 s.
	base := func(w *world) {
		w.all()
		w.streams(b, 2*s, 40*s)
		w.told(2200*ms, a, b, streamAdded)
		w.subscribes(2300*ms, a, b)
		w.event(2500*ms, trace.ServerPlayOpened, a, b, "")
		w.relays(a, b, 2500*ms, 10300*ms, 15, 43)
	}
	judged(t, "C35", 40*s, base, []story{
		{"nothing", func(w *world) {}, NotRun, ""},
		{"swapped", func(w *world) { news(w, 10*s, b); swap(w); w.relays(a, b, 10300*ms, 40*s, 15, 43) }, Held, ""},
		{"not swapped", func(w *world) { news(w, 10*s, b); w.relays(a, b, 10300*ms, 40*s, 15, 43) }, Violated, "does not play from it"},
		{"swapped late", func(w *world) { news(w, 10*s, b); w.playsFrom(11*s, a, b, fresh) }, Violated, "does not play from it"},
		{"swapped for another URL", func(w *world) { news(w, 10*s, b); w.playsFrom(10050*ms, a, b, fresh+"er") }, Violated, "does not play from it"},
		{"no media on it", func(w *world) { news(w, 10*s, b); swap(w) }, Violated, "gets none of its media"},
		{"not let in", func(w *world) { news(w, 10*s, b); w.playsFrom(10050*ms, a, b, fresh) }, Violated, "is not let in"},
		{"not let in on a bad network", func(w *world) { news(w, 10*s, b); w.playsFrom(10050*ms, a, b, fresh); w.troubles(12*s, a) }, Held, ""},
		{"not let in, and the publisher went", func(w *world) { news(w, 10*s, b); w.playsFrom(10050*ms, a, b, fresh); w.ceases(b, 14*s) }, Held, ""},
		{"the page never hears", func(w *world) {
			w.at(10 * s)
			w.Add(trace.ServerNotified, a, b, "update-url", fresh, 200)
		}, Violated, "never heard of the new URL"},
		{"the page never hears on a bad network", func(w *world) {
			w.at(10 * s)
			w.Add(trace.ServerNotified, a, b, "update-url", fresh, 200)
			w.troubles(12*s, a)
		}, NotRun, ""},
		{"of a stream that it doesn't play", func(w *world) { news(w, 10*s, c) }, NotRun, ""},
		{"it leaves at once", func(w *world) { news(w, 10*s, b); w.asks(10060*ms, a, no, "leave", "") }, NotRun, ""},
		{"its own, ignored", func(w *world) { news(w, 10*s, a) }, Held, ""},
		{"its own, pushed to", func(w *world) { news(w, 10*s, a); w.event(10060*ms, trace.PushStarted, a, no, "", 1, 1) }, Violated, "heard of a new URL for its own stream"},
		{"its own, while it publishes anew", func(w *world) {
			news(w, 10*s, a)
			w.asks(10040*ms, a, no, "publish", "")
			w.event(10060*ms, trace.PushStarted, a, no, "", 1, 1)
		}, Held, ""},
	})
}
