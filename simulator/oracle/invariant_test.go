package oracle

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/simulator/trace"
)

// invariantIs checks one invariant's verdict, and that a finding mentions something.
func invariantIs(t *testing.T, r *trace.Record, id, want, mention string) Verdict {
	t.Helper()
	for _, v := range Invariants(r) {
		if v.ID != id {
			continue
		}
		if v.Verdict != want {
			t.Fatalf("%s is %s, want %s; findings %v", id, v.Verdict, want, v.Findings)
		}
		if mention != "" && !slices.ContainsFunc(v.Findings, func(f Finding) bool { return strings.Contains(f.Text, mention) }) {
			t.Fatalf("%s: no finding says %q: %v", id, mention, v.Findings)
		}
		return v
	}
	t.Fatalf("no invariant %s", id)
	return Verdict{}
}

func TestInvariantsSayEachOfTheirIDs(t *testing.T) {
	var got []string
	for _, v := range Invariants(&trace.Record{}) {
		got = append(got, v.ID)
		if v.Verdict != NotRun || len(v.Findings)+len(v.Measures) != 0 {
			t.Errorf("an empty record: %+v", v)
		}
	}
	want := []string{"one-answer", "audience-silent", "mute-holds", "no-phantom", "nothing-left", "right-picture"}
	if !slices.Equal(got, want) || !slices.Equal(InvariantIDs(), want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestInvariantsAreJudgedAlike(t *testing.T) {
	words := func(r *trace.Record, by time.Duration) map[string][]string {
		out := map[string][]string{}
		for _, v := range Invariants(r) {
			out[v.ID] = []string{v.Verdict}
			for _, f := range v.Findings {
				out[v.ID] = append(out[v.ID], r.Head.Members[f.On].ID+" "+(f.At-by).String())
			}
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		r := messy(t)
		before := slices.Clone(r.Events)
		d := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "shift"))
		if was, is := words(r, 0), words(later(r, d), d); !reflect.DeepEqual(was, is) {
			t.Fatalf("%v became %v", was, is)
		}
		if !reflect.DeepEqual(Invariants(r), Invariants(r)) || !slices.Equal(before, r.Events) {
			t.Fatal("judging isn't pure")
		}
	})
}

func TestACleanCallKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		for _, v := range Invariants(clean(rt, t)) {
			if v.Verdict == Violated {
				rt.Errorf("%s: %v", v.ID, v.Findings)
			}
		}
	})
}

func TestOneAnswer(t *testing.T) {
	cases := []struct {
		name    string
		do      func(w *world)
		want    string
		mention string
	}{
		{"none", func(w *world) { w.issue(a, b, "subscribe", "") }, NotRun, ""},
		{"ok", func(w *world) { w.answer(a, w.issue(a, b, "subscribe", ""), true, 0) }, Held, ""},
		{"fail", func(w *world) { w.answer(a, w.issue(a, b, "subscribe", ""), false, 903) }, Held, ""},
		{"both", func(w *world) {
			n := w.issue(a, b, "subscribe", "")
			w.answer(a, n, true, 0)
			w.now += time.Second
			w.answer(a, n, false, 903)
		}, Violated, "subscribe was answered twice: ok, then fail 903"},
		{"the same twice at one instant", func(w *world) {
			n := w.issue(a, b, "subscribe", "")
			w.answer(a, n, true, 0)
			w.answer(a, n, true, 0)
		}, Violated, "ok, then ok"},
		{"failed twice", func(w *world) {
			n := w.issue(a, b, "subscribe", "")
			w.answer(a, n, false, 903)
			w.answer(a, n, false, 904)
		}, Violated, "fail 903, then fail 904"},
		{"two calls, an answer each", func(w *world) {
			n, m := w.issue(a, b, "subscribe", ""), w.issue(a, c, "subscribe", "")
			w.answer(a, m, true, 0)
			w.answer(a, n, false, 432)
		}, Held, ""},
		{"to no call", func(w *world) { w.answer(a, 77, true, 0) }, Violated, "never made"},
		{"to another's call", func(w *world) { w.answer(b, w.issue(a, b, "subscribe", ""), true, 0) }, Violated, "b: got an answer"},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 20*time.Second)
			w.at(time.Second)
			x.do(w)
			invariantIs(t, w.seal(), "one-answer", x.want, x.mention)
		})
	}
}

// event adds one at a time, with no words but text.
func (w *world) event(at time.Duration, k trace.Kind, who, about trace.ActorID, text string, v ...int64) {
	w.at(at)
	w.Add(k, who, about, text, "", v...)
}

func TestAudienceSilent(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	media := func(w *world, first, last time.Duration) {
		w.Emit(trace.Event{At: last + 10*ms, Kind: trace.MediaIn, Actor: b, Peer: no, V: [6]int64{int64(first), 90, 0, 5, int64(last)}})
	}
	// b joins as broadcaster, publishes, and becomes audience at 5 s.
	turns := func(w *world) {
		w.event(s, trace.ServerJoined, b, no, "broadcaster")
		w.event(2*s, trace.ServerPublish, b, no, "")
		w.event(2*s, trace.ServerPushOpened, b, no, "")
	}
	role := func(w *world, at time.Duration, role string) { w.event(at, trace.ServerRole, b, no, role) }
	cases := []struct {
		name    string
		do      func(w *world)
		want    string
		mention string
	}{
		{"a broadcaster", func(w *world) { turns(w); media(w, 3*s, 4*s) }, NotRun, ""},
		{"an audience", func(w *world) { w.event(s, trace.ServerJoined, b, no, audience) }, Held, ""},
		{"is granted a URL", func(w *world) {
			w.event(s, trace.ServerJoined, b, no, audience)
			w.event(2*s, trace.ServerPublish, b, no, "")
		}, Violated, "the server has its publish"},
		{"opens a push", func(w *world) {
			w.event(s, trace.ServerJoined, b, no, audience)
			w.event(2*s, trace.ServerPushOpened, b, no, "")
		}, Violated, "an open push for 18.000 s"},
		{"turns in order", func(w *world) {
			turns(w)
			media(w, 3*s, 5*s)
			w.event(5*s, trace.ServerUnpublish, b, no, "")
			w.event(5*s, trace.ServerPushClosed, b, no, "revoked")
			role(w, 5*s, audience)
		}, Held, ""},
		{"keeps its push", func(w *world) {
			turns(w)
			w.event(5*s, trace.ServerUnpublish, b, no, "")
			role(w, 5*s, audience)
			w.event(5*s+1, trace.ServerPushClosed, b, no, "lost")
		}, Violated, "an open push"},
		{"keeps its URL", func(w *world) {
			turns(w)
			w.event(5*s, trace.ServerPushClosed, b, no, "revoked")
			role(w, 5*s, audience)
		}, Violated, "a publish URL in force"},
		{"media on the way is taken in", func(w *world) {
			turns(w)
			w.event(5*s, trace.ServerUnpublish, b, no, "")
			w.event(5*s, trace.ServerPushClosed, b, no, "revoked")
			role(w, 5*s, audience)
			media(w, 4800*ms, 5200*ms)
		}, Violated, "took in media"},
		{"is announced", func(w *world) {
			w.event(s, trace.ServerJoined, b, no, audience)
			w.event(2*s, trace.ServerAnnounced, a, b, streamAdded)
		}, Violated, "a was told of its stream"},
		{"becomes a broadcaster and sends", func(w *world) {
			w.event(s, trace.ServerJoined, b, no, audience)
			role(w, 5*s, "broadcaster")
			w.event(5*s, trace.ServerPublish, b, no, "")
			w.event(6*s, trace.ServerPushOpened, b, no, "")
			media(w, 6*s, 7*s)
		}, Held, ""},
		{"comes back as broadcaster", func(w *world) {
			w.event(s, trace.ServerJoined, b, no, audience)
			w.event(5*s, trace.ServerLeft, b, no, "leave")
			w.event(6*s, trace.ServerJoined, b, no, "broadcaster")
			w.event(7*s, trace.ServerPublish, b, no, "")
			w.event(7*s, trace.ServerPushOpened, b, no, "")
			media(w, 8*s, 9*s)
		}, Held, ""},
		{"another's media", func(w *world) {
			w.event(s, trace.ServerJoined, b, no, audience)
			w.arrives(a, 2*s, 4*s)
		}, Held, ""},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 20*s)
			x.do(w)
			invariantIs(t, w.seal(), "audience-silent", x.want, x.mention)
		})
	}
}

func TestMuteHolds(t *testing.T) {
	cases := []struct {
		name    string
		m       muting
		want    string
		mention string
	}{
		{"video", muting{target: "video"}, Held, ""},
		{"audio", muting{target: "audio"}, Held, ""},
		{"all", muting{target: "all"}, Held, ""},
		{"never applied: no evidence here", muting{target: "video", notApplied: true}, NotRun, ""},
		{"video goes on", muting{target: "video", relayAnyway: true}, Violated, "enqueued"},
		{"audio goes on", muting{target: "audio", relayAnyway: true}, Violated, "enqueued"},
		{"a picture of the muted time is shown", muting{target: "video", showsAnyway: true}, Violated, "captured at"},
		{"audio lost with video", muting{target: "video", otherLost: true}, Violated, "lost a's audio"},
		{"video lost with audio", muting{target: "audio", otherLost: true}, Violated, "lost a's video"},
		{"a bystander loses it", muting{target: "video", bystander: true}, Violated, "c: lost a's"},
		{"someone is told: another's matter", muting{target: "video", told: true}, Held, ""},
		{"staying muted: another's matter", muting{target: "video", staysMuted: true}, Held, ""},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) { invariantIs(t, x.m.record(t), "mute-holds", x.want, x.mention) })
	}
}

func TestWhatWasQueuedMayStillArrive(t *testing.T) {
	w := goodCall(t)
	w.arrives(a, time.Second, 20*time.Second)
	for _, medium := range mediums {
		w.event(6*time.Second, trace.ServerMuted, b, a, medium)
	}
	w.show(b, a, 1, 5900*ms, 6400*ms, 0)
	w.Emit(trace.Event{At: 7100 * ms, Kind: trace.AudioPlayed, Actor: b, Peer: a, V: [6]int64{int64(6200 * ms), int64(900 * ms), 1000, 1}})
	v := invariantIs(t, endCall(w, 20*time.Second), "mute-holds", Held, "")
	if len(v.Measures) != 1 || v.Measures[0] != (Measure{"mute_tail_s", 1.1}) {
		t.Errorf("%v", v.Measures)
	}
}

func TestWhoLeavesLosesNothingByAMute(t *testing.T) {
	const s = time.Second
	base := func() *world {
		w := goodCall(t)
		w.arrives(a, s, 20*s)
		w.relays(c, a, s, 6*s, 15, 43)
		w.relays(b, a, s, 6*s, 15, 43)
		w.event(6*s, trace.ServerMuted, b, a, "video")
		w.relays(b, a, 6*s, 20*s, 0, 43)
		return w
	}
	for name, x := range map[string]struct {
		do   func(w *world)
		want string
	}{
		"nothing": {func(w *world) {}, Violated},
		"it left": {func(w *world) { w.event(7*s, trace.PlayStopped, c, a, "") }, Held},
		"connection broke": {func(w *world) {
			w.event(s, trace.ServerPlayOpened, c, a, "")
			w.event(7*s, trace.ServerPlayClosed, c, a, "")
		}, Held},
		"the publisher muted itself": {func(w *world) {
			w.event(6500*ms, trace.ServerLocalMuted, a, trace.Nobody, "audio")
			w.event(6500*ms, trace.ServerLocalMuted, a, trace.Nobody, "video")
		}, Held},
		"it muted itself": {func(w *world) {
			w.event(6*s, trace.ServerMuted, c, a, "audio")
			w.event(6*s, trace.ServerMuted, c, a, "video")
		}, Held},
		"it goes on": {func(w *world) { w.relays(c, a, 6*s, 20*s, 15, 43) }, Held},
	} {
		t.Run(name, func(t *testing.T) {
			w := base()
			x.do(w)
			invariantIs(t, endCall(w, 20*s), "mute-holds", x.want, "")
		})
	}
}

func TestRightPicture(t *testing.T) {
	const s = time.Second
	show := func(uid, flags int64) func(w *world) {
		return func(w *world) {
			w.Emit(trace.Event{At: 5 * s, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{1, int64(4 * s), uid, flags}})
		}
	}
	play := func(uid int64) func(w *world) {
		return func(w *world) {
			w.Emit(trace.Event{At: 5 * s, Kind: trace.AudioPlayed, Actor: b, Peer: a, V: [6]int64{int64(4 * s), int64(s), 1000, uid}})
		}
	}
	for name, x := range map[string]struct {
		do            func(w *world)
		want, mention string
	}{
		"none":                 {func(w *world) {}, NotRun, ""},
		"its own":              {show(1, 0), Held, ""},
		"its own, rotated":     {show(1, trace.ShownRotated), Held, ""},
		"another's":            {show(3, 0), Violated, "b: its tile of a shows a picture of uid 3"},
		"the viewer's":         {show(2, 0), Violated, "uid 2"},
		"another's, black too": {show(3, trace.ShownBlack), Violated, ""},
		"unreadable":           {show(-1, trace.ShownGarbled), NotRun, ""},
		"garbled":              {show(3, trace.ShownGarbled), NotRun, ""},
		"a recording":          {show(-1, trace.ShownForeign), NotRun, ""},
		"sound":                {play(1), Held, ""},
		"another's sound":      {play(3), Violated, "plays sound of uid 3"},
		"sound without stamps": {play(-1), NotRun, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 20*s)
			x.do(w)
			invariantIs(t, w.seal(), "right-picture", x.want, x.mention)
		})
	}
	w := newWorld(t, 20*s)
	for i := range 50 {
		w.Emit(trace.Event{At: time.Duration(i) * s / 10, Kind: trace.FrameShown, Actor: b, Peer: a, V: [6]int64{1, 0, 3}})
	}
	if v := invariantIs(t, w.seal(), "right-picture", Violated, ""); len(v.Findings) != 1 {
		t.Errorf("one stretch is said %d times", len(v.Findings))
	}
}
