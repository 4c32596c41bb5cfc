package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// mixed has a be of another SDK, b and c mini-programs.
func mixed(codec string) func(w *world) {
	return func(w *world) {
		w.cast(func(m []trace.Member) {
			m[0].Origin, m[0].Codec, m[0].Camera, m[1].Camera = "web", codec, "pattern", "off"
		})
		w.all()
	}
}

func TestC49(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	see := func(w *world, to, from trace.ActorID) {
		w.Emit(trace.Event{At: 6 * s, Kind: trace.FrameShown, Actor: to, Peer: from, V: [6]int64{1, int64(5 * s), int64(from) + 1}})
	}
	hear := func(w *world, to, from trace.ActorID) { w.hears(to, from, 5*s, 8*s, 1, -2000) }
	// a streams from 2 s to 40 s; c has left, so that only b is to see it.
	base := func(w *world) {
		mixed("")(w)
		w.at(1500 * ms).left(c)
		w.streams(a, 2*s, 40*s)
	}
	judged(t, "C49", 60*s, base, []story{
		{"seen and heard", func(w *world) { see(w, b, a); hear(w, b, a) }, Held, ""},
		{"only seen", func(w *world) { see(w, b, a) }, Violated, "b: hears nothing of a"},
		{"only heard", func(w *world) { hear(w, b, a) }, Violated, "b: sees nothing of a"},
		{"neither", func(w *world) {}, Violated, "sees nothing"},
		{"neither, on a bad network", func(w *world) { w.troubles(10*s, b) }, NotRun, ""},
		{"neither, and it left", func(w *world) { w.asks(10*s, b, no, "leave", "") }, NotRun, ""},
		{"neither, for it had muted it", func(w *world) { w.asks(3*s, b, a, "mute", "all") }, NotRun, ""},
		{"neither, and it was given up", func(w *world) { w.asks(3*s, b, a, "unsubscribe", "") }, NotRun, ""},
		{"neither, and the stream was short", func(w *world) { w.ceases(a, 10*s) }, NotRun, ""},
		{"too late", func(w *world) {
			w.Emit(trace.Event{At: 30 * s, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{1, int64(29 * s), 1}})
			hear(w, b, a)
		}, Violated, "sees nothing"},
		{"in another channel", func(w *world) { w.at(500*ms).issue(b, no, "join", "elsewhere") }, NotRun, ""},
	})
	judged(t, "C49", 60*s, func(w *world) { mixed("")(w); w.streams(b, 2*s, 40*s) }, []story{
		{"the other way", func(w *world) { see(w, a, b); hear(w, a, b) }, Held, ""},
		{"the other way, not seen", func(w *world) { hear(w, a, b) }, Violated, "a: sees nothing of b"},
	})
	judged(t, "C49", 60*s, func(w *world) { w.all(); w.streams(a, 2*s, 40*s) }, []story{
		{"mini-programs among themselves", func(w *world) {}, NotRun, ""},
	})
	judged(t, "C49", 60*s, func(w *world) { mixed("vp8")(w); w.streams(a, 2*s, 40*s) }, []story{
		{"another codec is another's matter", func(w *world) {}, NotRun, ""},
	})
}

func TestC50(t *testing.T) {
	const s = time.Second
	in := func(w *world) {
		w.event(4*s, trace.ServerPlayOpened, b, a, "")
		w.event(4*s, trace.PlayStarted, b, a, "")
	}
	base := func(w *world) { mixed("vp8")(w); w.streams(a, 2*s, 40*s); in(w) }
	hear := func(w *world) { w.hears(b, a, 5*s, 8*s, 1, -2000) }
	judged(t, "C50", 60*s, base, []story{
		{"heard and not seen", hear, Held, ""},
		{"seen", func(w *world) { hear(w); w.show(b, a, 1, 5*s, 6*s, 0) }, Violated, "shows pictures of a, which sends vp8"},
		{"seen garbled", func(w *world) { hear(w); w.show(b, a, 1, 5*s, 6*s, trace.ShownGarbled) }, Violated, ""},
		{"sent, not seen", func(w *world) { hear(w); w.relays(b, a, 5*s, 8*s, 15, 43) }, Violated, "is sent pictures of a"},
		{"only sound is sent", func(w *world) { hear(w); w.relays(b, a, 5*s, 8*s, 0, 43) }, Held, ""},
		{"not even heard", func(w *world) {}, Violated, "hears nothing of a"},
		{"not even heard, on a bad network", func(w *world) { w.troubles(9*s, b) }, Held, ""},
		{"not even heard, for it muted it", func(w *world) { w.event(4*s, trace.ServerMuted, b, a, "audio") }, Held, ""},
		{"seen by its like", func(w *world) { hear(w); w.show(a, b, 1, 5*s, 6*s, 0) }, Held, ""},
	})
	judged(t, "C50", 60*s, func(w *world) { mixed("")(w); w.streams(a, 2*s, 40*s); in(w) }, []story{
		{"H.264 is seen", func(w *world) { w.show(b, a, 1, 5*s, 6*s, 0) }, NotRun, ""},
	})
	judged(t, "C50", 60*s, mixed("vp8"), []story{
		{"it sends nothing", in, NotRun, ""},
	})
}

func TestC51(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	const pushURL, playURL = "rtmp://server/live/push", "rtmp://server/live/play"
	refuse := func(w *world, at time.Duration, use string, who, about trace.ActorID) {
		w.event(at, trace.ServerMediaRefused, who, about, use)
	}
	push := func(w *world, at time.Duration, who trace.ActorID, url string) {
		w.at(at)
		w.Add(trace.PushStarted, who, no, "", url, 0, 1)
	}
	play := func(w *world, at time.Duration, who, about trace.ActorID, url string) {
		w.at(at)
		w.Add(trace.PlayStarted, who, about, "", url)
	}
	hear := func(w *world, who, about trace.ActorID, at time.Duration) {
		w.Emit(trace.Event{At: at, Kind: trace.AudioPlayed, Actor: who, Peer: about, V: [6]int64{int64(at - s), int64(s), 1000, int64(about) + 1}})
	}
	// a pushes; b plays a; c is the one who intrudes.
	base := func(w *world) {
		w.all()
		w.gives(2100*ms, a, w.asks(2*s, a, no, "publish", ""), pushURL, 0)
		w.streams(a, 2200*ms, 40*s)
		push(w, 2200*ms, a, pushURL)
		w.gives(3100*ms, b, w.asks(3*s, b, a, "subscribe", ""), playURL, 0)
		play(w, 3100*ms, b, a, playURL)
		w.event(3300*ms, trace.ServerPlayOpened, b, a, "")
	}
	judged(t, "C51", 50*s, base, []story{
		{"used by whom they are for", func(w *world) {}, NotRun, ""},
		{"played by another, refused", func(w *world) { play(w, 10*s, c, a, playURL); refuse(w, 10200*ms, "play", b, a) }, Held, ""},
		{"played by another, never heard of", func(w *world) { play(w, 10*s, c, a, playURL) }, NotRun, ""},
		{"played by another, let in", func(w *world) {
			play(w, 10*s, c, a, playURL)
			w.event(10200*ms, trace.ServerPlayClosed, b, a, "replaced")
			w.event(10200*ms, trace.ServerPlayOpened, b, a, "")
		}, Violated, "its player was let in"},
		{"played by another, and heard", func(w *world) { play(w, 10*s, c, a, playURL); hear(w, c, a, 12*s) }, Violated, "saw or heard a"},
		{"played by another, who hears by a URL of its own", func(w *world) {
			w.gives(3100*ms, c, w.asks(3*s, c, a, "subscribe", ""), playURL+"c", 0)
			play(w, 3100*ms, c, a, playURL+"c")
			play(w, 10*s, c, a, playURL)
			refuse(w, 10200*ms, "play", b, a)
			hear(w, c, a, 12*s)
		}, Held, ""},
		{"played by another, who had stopped its own", func(w *world) {
			w.gives(3100*ms, c, w.asks(3*s, c, a, "subscribe", ""), playURL+"c", 0)
			play(w, 3100*ms, c, a, playURL+"c")
			w.event(9*s, trace.PlayStopped, c, a, "")
			play(w, 10*s, c, a, playURL)
			hear(w, c, a, 12*s)
		}, Violated, "saw or heard"},
		{"its owner comes again at that time", func(w *world) {
			play(w, 10*s, c, a, playURL)
			refuse(w, 10200*ms, "play", b, a)
			play(w, 11*s, b, a, playURL)
			w.event(11200*ms, trace.ServerPlayOpened, b, a, "")
		}, Held, ""},
		{"its owner's network makes it come again", func(w *world) {
			play(w, 10*s, c, a, playURL)
			refuse(w, 10200*ms, "play", b, a)
			w.troubles(11*s, b)
			w.event(12*s, trace.ServerPlayOpened, b, a, "")
		}, Held, ""},
		{"pushed to by another, refused", func(w *world) { push(w, 10*s, c, pushURL); refuse(w, 10200*ms, "push", a, no) }, Held, ""},
		{"pushed to by another, let in", func(w *world) { push(w, 10*s, c, pushURL); w.event(10200*ms, trace.ServerPushOpened, a, no, "") }, Violated, "its push was let in"},
		{"pushed to by another, who is seen", func(w *world) {
			push(w, 10*s, c, pushURL)
			w.Emit(trace.Event{At: 12 * s, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{1, int64(11 * s), 3}})
		}, Violated, "its pictures are shown as a's"},
		{"its owner is seen", func(w *world) {
			push(w, 10*s, c, pushURL)
			refuse(w, 10200*ms, "push", a, no)
			w.show(b, a, 1, 11*s, 12*s, 0)
		}, Held, ""},
		{"a URL to push to is played, refused", func(w *world) { play(w, 10*s, a, a, pushURL); refuse(w, 10200*ms, "play", a, no) }, Held, ""},
		{"a URL to push to is played, let in", func(w *world) { play(w, 10*s, a, c, pushURL); hear(w, a, c, 12*s) }, Violated, "for what it was not given for"},
		{"a URL to play is pushed to", func(w *world) { push(w, 10*s, b, playURL); w.event(10200*ms, trace.ServerPushOpened, b, no, "") }, Violated, "for what it was not given for"},
		{"after leave, refused", func(w *world) {
			w.event(9*s, trace.PlayStopped, b, a, "")
			w.at(9 * s).left(b)
			play(w, 10*s, b, a, playURL)
			refuse(w, 10200*ms, "play", trace.ActorID(3), no)
		}, Held, ""},
		{"after leave, heard", func(w *world) {
			w.event(9*s, trace.PlayStopped, b, a, "")
			w.at(9 * s).left(b)
			play(w, 10*s, b, a, playURL)
			hear(w, b, a, 12*s)
		}, Violated, "after its session"},
		{"in the next session, let in", func(w *world) {
			w.event(9*s, trace.PlayStopped, b, a, "")
			w.at(9 * s).left(b)
			w.at(10*s).enters(b, broadcaster)
			play(w, 12*s, b, a, playURL)
			w.event(12200*ms, trace.ServerPlayOpened, b, a, "")
		}, Violated, "after its session"},
		{"a URL that nobody was given", func(w *world) { play(w, 10*s, c, a, "rtmp://server/live/guessed"); hear(w, c, a, 12*s) }, NotRun, ""},
		{"a new URL from the gateway", func(w *world) {
			w.at(9 * s)
			w.Add(trace.ClientEvent, b, a, "update-url", "rtmp://server/live/fresh", 1, 0, 0, 1)
			play(w, 9*s, b, a, "rtmp://server/live/fresh")
			play(w, 10*s, c, a, "rtmp://server/live/fresh")
			hear(w, c, a, 12*s)
		}, Violated, "which was not given to it"},
	})
	life := func(w *world) {
		w.Param(trace.Param{Name: "mediaserver.url_life", Value: 20, Unit: "s"})
		base(w)
	}
	judged(t, "C51", 50*s, life, []story{
		{"again while it is good", func(w *world) { play(w, 20*s, b, a, playURL); hear(w, b, a, 22*s) }, NotRun, ""},
		{"after it expired, refused", func(w *world) { play(w, 24*s, b, a, playURL); refuse(w, 24200*ms, "play", b, a) }, Held, ""},
	})
	w := newWorld(t, 50*s)
	w.Param(trace.Param{Name: "mediaserver.url_life", Value: 20, Unit: "s"})
	base(w)
	w.event(23*s, trace.PlayStopped, b, a, "")
	play(w, 24*s, b, a, playURL)
	hear(w, b, a, 26*s)
	expect(t, w.seal(), "C51", Violated, "after it had expired")
}

func TestVideoResumesFromAKeyFrame(t *testing.T) {
	const s = time.Second
	// a's camera makes a key frame every 45 pictures; b's video is muted from 6 s to 12 s.
	build := func(first int64, more func(w *world)) *trace.Record {
		w := goodCall(t)
		for n := int64(16); n < 20*16; n++ {
			key := int64(0)
			if n%45 == 0 {
				key = 1
			}
			w.Emit(trace.Event{At: time.Duration(n) * frameGap, Kind: trace.FrameCaptured, Actor: a, Peer: trace.Nobody, V: [6]int64{n, key, 3000}})
		}
		w.arrives(a, s, 20*s)
		w.relays(b, a, s, 6*s, 15, 43)
		w.event(6*s, trace.ServerMuted, b, a, "video")
		w.relays(b, a, 6*s, 12*s, 0, 43)
		w.at(11950*ms).call(b, a, "unmute", "video", true, 0)
		w.event(11980*ms, trace.ServerUnmuted, b, a, "video")
		w.relays(b, a, 12*s, 20*s, 15, 43)
		for n := first; n < 19*16; n++ {
			w.show(b, a, n, time.Duration(n)*frameGap, time.Duration(n)*frameGap+100*ms, 0)
		}
		if more != nil {
			more(w)
		}
		return endCall(w, 20*s)
	}
	for _, x := range []struct {
		name  string
		first int64 // picture shown
		more  func(w *world)
		want  string
	}{
		{"from the key frame", 225, nil, Held},
		{"a little after it", 228, nil, Held},
		{"in the middle", 230, nil, Violated},
		{"at once", 193, nil, Violated},
		{"in the middle, on a bad network", 230, func(w *world) { w.troubles(13*s, b) }, Held},
		{"at once, with all that it needs sent again", 193, func(w *world) {
			w.Emit(trace.Event{At: 11999 * ms, Kind: trace.RelayOut, Actor: b, Peer: a, V: [6]int64{int64(11985 * ms), 14, 0}})
		}, Held},
	} {
		t.Run(x.name, func(t *testing.T) { expect(t, build(x.first, x.more), "C25", x.want, "") })
	}
}
