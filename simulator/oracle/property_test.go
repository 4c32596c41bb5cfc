package oracle

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/simulator/trace"
)

// The kinds of event that judges look at, and words that they know.
var (
	judgedKinds = []trace.Kind{
		trace.CallIssued, trace.CallDone, trace.ClientEvent, trace.HostState, trace.PusherCode, trace.PushStarted, trace.PushStopped, trace.PushMedia,
		trace.PlayStarted, trace.PlayStopped, trace.FrameCaptured, trace.FrameShown, trace.FrameShown, trace.FrameShown, trace.AudioPlayed, trace.AudioPlayed,
		trace.ServerJoined, trace.ServerLeft, trace.ServerRole, trace.ServerPublish, trace.ServerUnpublish, trace.ServerAnnounced, trace.ServerPushOpened,
		trace.ServerLocalMuted, trace.ServerLocalUnmuted, trace.ServerAsked, trace.ServerRefused, trace.ServerNotified, trace.AppState, trace.PlayerCode,
		trace.CallIssued, trace.CallIssued, trace.CallDone, trace.RequestStarted, trace.RequestStarted, trace.RequestEnded, trace.RequestEnded,
		trace.SocketDialled, trace.SocketDialled, trace.SocketOpened, trace.SocketOpened, trace.SocketClosed, trace.SocketRefused, trace.SocketSent, trace.SocketSent,
		trace.ServerPushClosed, trace.ServerPlayOpened, trace.ServerPlayClosed, trace.MediaIn, trace.MediaIn, trace.RelayOut, trace.ServerMuted, trace.ServerUnmuted,
		trace.TileAdded, trace.TileRemoved, trace.ServerMediaRefused, trace.TCPTimeout, trace.OutageBegan, trace.OutageEnded, trace.PusherStatus,
		9999,
	}
	judgedTexts = []string{"", "publish", "unpublish", "join", "rejoin", "leave", "destroy", "setRole", "mute", "unmute", "subscribe", "unsubscribe",
		"audio", "video", "all", "audience", "broadcaster", "stream-added", "stream-removed", "lost", "revoked", "hide", "show", "mute-video",
		"lookup", "gateway", "join", "lookup", "gateway", "join", "error", "ping", "telemetry", "init", "joined", "suspend", `""`, `7, "x"`, "miniapp-1 1-2-3-4",
		"muteLocal", "unmuteLocal", "mute-audio", "update-url", "video-rotation", "left", "1 2", "rtmp://x", "play", "push", "dropped", "killed", "memory"}
)

// lengthOf is how long messy records last.
const lengthOf = 30 * time.Second

// messy draws a record of a few members in which anything happens.
func messy(t *rapid.T) *trace.Record {
	r := &trace.Record{Head: trace.Head{Length: lengthOf, Members: []trace.Member{{ID: "a"}, {ID: "b"}, {ID: "c"}},
		Params: []trace.Param{{Name: "sdk.lookup_domains", Value: 2}, {Name: "sdk.lookup_timeout", Value: 10_000}, {Name: "sdk.raise503", Value: 1}}},
		Actors: []string{"a", "b", "c", "server"}, Texts: judgedTexts}
	who := rapid.SampledFrom([]trace.ActorID{a, a, b, b, c, 3, trace.Nobody})
	when := rapid.Custom(func(t *rapid.T) time.Duration {
		return time.Duration(rapid.IntRange(0, 300).Draw(t, "ds")) * 100 * time.Millisecond
	})
	text := rapid.Custom(func(t *rapid.T) trace.TextID {
		return trace.TextID(rapid.IntRange(0, len(judgedTexts)-1).Draw(t, "text"))
	})
	for range rapid.IntRange(0, 120).Draw(t, "events") {
		ev := trace.Event{At: when.Draw(t, "at"), Kind: rapid.SampledFrom(judgedKinds).Draw(t, "kind"), Actor: who.Draw(t, "actor"), Peer: who.Draw(t, "peer"), Text: text.Draw(t, "text"), Note: text.Draw(t, "note")}
		for i := range ev.V {
			ev.V[i] = rapid.Int64Range(-1, 20).Draw(t, "v")
		}
		earlier := func() int64 { return int64(max(0, ev.At-when.Draw(t, "earlier")/10)) }
		switch ev.Kind {
		case trace.FrameShown:
			ev.V[1] = earlier()
			ev.V[3] &= 15
			ev.V[4] *= 100
		case trace.AudioPlayed:
			ev.V[0], ev.V[1] = earlier(), int64(when.Draw(t, "media")/10)
		case trace.MediaIn:
			ev.V[0] = earlier()
			ev.V[4] = rapid.Int64Range(ev.V[0], int64(ev.At)).Draw(t, "last")
		case trace.RelayOut:
			ev.V[0] = earlier()
		case trace.CallIssued, trace.CallDone, trace.RequestStarted, trace.RequestEnded, trace.SocketDialled, trace.SocketOpened, trace.SocketClosed:
			ev.V[0] %= 8
			ev.V[2] %= 3 // a few clients
		}
		r.Events = append(r.Events, ev)
	}
	return r
}

// later is a copy of a record in which all happens later.
func later(r *trace.Record, d time.Duration) *trace.Record {
	out := *r
	out.Head.Length += d
	out.Events = slices.Clone(r.Events)
	for i := range out.Events {
		ev := &out.Events[i]
		ev.At += d
		switch ev.Kind {
		case trace.FrameShown:
			if ev.V[1] >= 0 {
				ev.V[1] += int64(d)
			}
		case trace.AudioPlayed, trace.RelayOut:
			ev.V[0] += int64(d)
		case trace.MediaIn:
			ev.V[0] += int64(d)
			ev.V[4] += int64(d)
		}
	}
	return &out
}

// found is what must be equal of findings in records that are alike: who and when.
func foundBy(r *trace.Record, by time.Duration) map[string][]string {
	out := map[string][]string{}
	for _, v := range Judge(r) {
		out[v.ID] = []string{v.Verdict}
		for _, f := range v.Findings {
			out[v.ID] = append(out[v.ID], r.Head.Members[f.On].ID+" "+(f.At-by).String())
		}
	}
	return out
}

func TestShiftedRecordsAreJudgedAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := messy(t)
		d := time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "shift"))
		if was, is := foundBy(r, 0), foundBy(later(r, d), d); !reflect.DeepEqual(was, is) {
			t.Fatalf("%v became %v", was, is)
		}
		was, is := Views(r), Views(later(r, d))
		for i := range was {
			if !reflect.DeepEqual(was[i].AudioGap, is[i].AudioGap) || !reflect.DeepEqual(was[i].Delay, is[i].Delay) || !reflect.DeepEqual(was[i].Fast, is[i].Fast) ||
				!reflect.DeepEqual(was[i].Black, is[i].Black) || !reflect.DeepEqual(was[i].FramesExpected, is[i].FramesExpected) {
				t.Fatalf("%+v became %+v", was[i], is[i])
			}
		}
	})
}

func TestJudgingIsPure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := messy(t)
		before := slices.Clone(r.Events)
		verdicts, views := Judge(r), Views(r)
		if !reflect.DeepEqual(verdicts, Judge(r)) || !reflect.DeepEqual(views, Views(r)) {
			t.Fatal("judged otherwise the second time")
		}
		if !slices.Equal(before, r.Events) {
			t.Fatal("the record was changed")
		}
	})
}

func TestOrderOfMembersDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := messy(t)
		order := rapid.Permutation([]trace.ActorID{0, 1, 2}).Draw(t, "order")
		other := *r
		other.Head.Members = make([]trace.Member, len(order))
		for from, to := range order {
			other.Head.Members[to] = r.Head.Members[from]
		}
		place := func(x trace.ActorID) trace.ActorID {
			if int(x) < len(order) {
				return order[x]
			}
			return x
		}
		other.Events = slices.Clone(r.Events)
		for i := range other.Events {
			ev := &other.Events[i]
			ev.Actor, ev.Peer = place(ev.Actor), place(ev.Peer)
		}
		was, is := foundBy(r, 0), foundBy(&other, 0)
		for _, m := range []map[string][]string{was, is} {
			for _, list := range m {
				slices.Sort(list)
			}
		}
		if !reflect.DeepEqual(was, is) {
			t.Fatalf("%v became %v", was, is)
		}
	})
}

func TestOrderOfEventsInTheRecordDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := messy(t)
		for i := range r.Events { // one instant, one event, so that time gives the order
			r.Events[i].At += time.Duration(i)
		}
		other := *r
		other.Events = rapid.Permutation(r.Events).Draw(t, "events")
		if !reflect.DeepEqual(Judge(r), Judge(&other)) || !reflect.DeepEqual(Views(r), Views(&other)) {
			t.Fatal("judged otherwise")
		}
	})
}

func TestFindingsComeInOrderAndOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, v := range Judge(messy(t)) {
			for i, f := range v.Findings {
				if f.Text == "" || i > 0 && (f.At < v.Findings[i-1].At || f == v.Findings[i-1]) {
					t.Fatalf("%s: %v", v.ID, v.Findings)
				}
			}
			if n := len(v.Findings); (n > 0) != (v.Verdict == Reproduced || v.Verdict == Violated) {
				t.Fatalf("%s is %s with %d findings", v.ID, v.Verdict, n)
			}
		}
	})
}

// clean draws a call without fault: pictures and sound come with jitter that is under
// all limits, members mute, switch camera and microphone, stop and play again.
func clean(rt *rapid.T, t *testing.T) *trace.Record {
	w := newWorld(t, 40*time.Second)
	w.at(time.Second)
	w.call(c, trace.Nobody, "setRole", audience, true, 0)
	for who, role := range []string{"broadcaster", "broadcaster", audience} {
		w.at(time.Second+time.Duration(who)*600*ms).enters(trace.ActorID(who), role) // c when the others have published
	}
	w.at(3*time.Second).call(c, trace.Nobody, "publish", "", false, codeForbidden)
	jitter := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "jitter"), 1))
	sound := rapid.Bool().Draw(rt, "sound")
	latency := time.Duration(rapid.IntRange(50, 900).Draw(rt, "latency")) * ms
	for _, publisher := range []trace.ActorID{a, b} {
		w.at(2 * time.Second).publishes(publisher)
		off := span{}
		if rapid.Bool().Draw(rt, "switches") {
			off.from = time.Duration(rapid.IntRange(10_000, 20_000).Draw(rt, "off")) * ms
			off.to = off.from + time.Duration(rapid.IntRange(1, 5000).Draw(rt, "for"))*ms
			w.at(off.from).switches(publisher, 0, 0)
			w.at(off.to).switches(publisher, 1, 1)
		}
		for _, t := range minus([]span{{2 * time.Second, 38 * time.Second}}, []span{off}) {
			w.arrives(publisher, t.from+100*ms, t.to+100*ms)
		}
		for _, viewer := range []trace.ActorID{0, 1, 2} {
			if viewer != publisher {
				w.told(2150*ms, viewer, publisher, streamAdded)
				w.cleanView(rt, jitter, viewer, publisher, off, latency, sound)
			}
		}
		w.at(38 * time.Second).stops(publisher)
	}
	return w.seal()
}

func (w *world) cleanView(rt *rapid.T, jitter *rand.Rand, viewer, publisher trace.ActorID, off span, latency time.Duration, sound bool) {
	start := time.Duration(rapid.IntRange(3000, 6000).Draw(rt, "start")) * ms
	again := time.Duration(rapid.IntRange(24_000, 28_000).Draw(rt, "again")) * ms
	w.at(start).plays(viewer, publisher)
	w.at(again)
	w.Add(trace.PlayStopped, viewer, publisher, "", "new URL")
	w.plays(viewer, publisher)
	w.at(38 * time.Second)
	w.Add(trace.PlayStopped, viewer, publisher, "", "leave")
	for n := int64(2 * time.Second / frameGap); ; n++ {
		captured := time.Duration(n) * frameGap
		shown := captured + latency + time.Duration(jitter.IntN(21))*ms
		if shown >= 38*time.Second {
			break
		}
		if shown < start || off.holds(captured) || shown >= again && captured < again {
			continue
		}
		w.show(viewer, publisher, n, captured, shown, 0)
	}
	if !sound {
		return
	}
	for _, s := range minus([]span{{start, 38 * time.Second}}, []span{{off.from + latency, off.to + latency}, {again, again + 500*ms}}) {
		w.hears(viewer, publisher, s.from, s.to, 1, -2000)
	}
}

// cleanly are the verdicts that a clean call must have; of a promise that isn't here
// it may be no evidence.
var cleanly = map[string]string{"C13": Held, "C16": Held, "C14": NotRun, "C24": NotRun, "C25": NotRun, "K11a": NotRun, "K11b": NotRun, "K13": NotRun, "K6": NotRun, "K7": NotRun, "K14": NotRun}

func TestACleanCallHasNoFindings(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := clean(rt, t)
		doubled := *r
		doubled.Events = nil
		for _, ev := range r.Events {
			doubled.Events = append(doubled.Events, ev)
			if ev.Kind != trace.CallDone { // a second answer is a finding
				doubled.Events = append(doubled.Events, ev)
			}
		}
		if !reflect.DeepEqual(Judge(r), Judge(&doubled)) || !reflect.DeepEqual(Views(r), Views(&doubled)) {
			rt.Error("events that come twice are judged otherwise")
		}
		for _, v := range Judge(r) {
			want := cleanly[v.ID]
			if want == "" && v.ID[0] == 'K' {
				want = Absent
			}
			if want == "" && v.Verdict == Violated || want != "" && v.Verdict != want {
				rt.Errorf("%s is %s: %v", v.ID, v.Verdict, v.Findings)
			}
		}
		for _, v := range Views(r) {
			if v.Freeze.WebRTC.N+v.Freeze.SDK.N+v.Freeze.Analytics.N > 0 || *v.Fast > 0 || *v.Black+*v.Garbled+*v.Rotated > 0 || v.AudioGap != nil && *v.AudioGap > 0 {
				rt.Errorf("%+v, freezes %+v %+v %+v", v, *v.Freeze.WebRTC, *v.Freeze.SDK, *v.Freeze.Analytics)
			}
		}
	})
}
