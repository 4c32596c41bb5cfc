package oracle

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestVerdictsComeInTheOrderOfTheirNumbers(t *testing.T) {
	want := IDs()
	for i, id := range want {
		if i > 0 && !before(want[i-1], id) {
			t.Errorf("%s comes after %s", id, want[i-1])
		}
	}
	for _, id := range []string{"C13", "C24", "K4", "K15"} {
		if !slices.Contains(want, id) {
			t.Errorf("no %s in %v", id, want)
		}
	}
	var got []string
	for _, v := range Judge(&trace.Record{}) {
		got = append(got, v.ID)
		if v.Verdict != "not-run" || len(v.Findings) != 0 {
			t.Errorf("an empty record: %+v", v)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	ids := []string{"K10", "C2", "K9", "C10", "K1", "C9", "K1"}
	slices.SortFunc(ids, func(a, b string) int {
		switch {
		case before(a, b):
			return -1
		case before(b, a):
			return 1
		}
		return 0
	})
	if !slices.Equal(ids, []string{"C2", "C9", "C10", "K1", "K1", "K9", "K10"}) || before("K1", "K1") {
		t.Errorf("%v", ids)
	}
}

// TestWords are a contract: reports and exit codes go by them.
func TestWords(t *testing.T) {
	for _, x := range []struct {
		promise, found, applies bool
		want                    string
	}{
		{false, false, false, "not-run"}, {true, false, false, "not-run"},
		{false, true, true, "reproduced"}, {false, false, true, "absent"},
		{true, true, true, "violated"}, {true, false, true, "held"},
	} {
		if got := (judge{promise: x.promise}).word(x.found, x.applies); got != x.want {
			t.Errorf("%+v: %s", x, got)
		}
	}
}

func TestFindingsAreSortedAndSaidOnce(t *testing.T) {
	got := inOrder([]Finding{{1, 5, "x"}, {0, 5, "x"}, {2, 1, "x"}, {0, 5, "x"}, {0, 5, "a"}})
	if want := []Finding{{2, 1, "x"}, {0, 5, "a"}, {0, 5, "x"}, {1, 5, "x"}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	w := newWorld(t, 30*time.Second) // a's loss comes last, b's first
	for _, m := range []trace.ActorID{a, b} {
		w.at(time.Second).issue(m, trace.Nobody, "publish", "")
		w.starts(m)
		w.arrivesUntil(m, 2*time.Second, 29*time.Second)
		w.troubles(15*time.Second, m)
		w.at(20*time.Second-time.Duration(m)*time.Second).code(m, 1102)
	}
	if v := verdict(t, w.seal(), "K8"); len(v.Findings) != 2 || v.Findings[0].On != b {
		t.Errorf("%v", v.Findings)
	}
}

func TestTheEndIsThatOfTheLastEvent(t *testing.T) {
	for _, length := range []time.Duration{time.Second, 30 * time.Second} {
		w := newWorld(t, length)
		w.at(time.Second).issue(a, trace.Nobody, "publish", "")
		w.starts(a)
		w.arrivesUntil(a, 2*time.Second, 5*time.Second)
		w.troubles(5*time.Second, a)
		w.at(20 * time.Second)
		w.Add(trace.LinkTotals, b, trace.Nobody, "", "")
		mention := "for 15.000 s"
		if length > 20*time.Second {
			mention = "for 25.000 s"
		}
		expect(t, w.seal(), "K8", Reproduced, mention)
	}
}

func TestDamagedSpansOfMediaAreLeftOut(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).issue(a, trace.Nobody, "publish", "")
	w.starts(a)
	w.arrivesUntil(a, 2*time.Second, 5*time.Second)
	w.troubles(5*time.Second, a)
	w.Emit(trace.Event{At: 7 * time.Second, Kind: trace.MediaIn, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(7 * time.Second), 1, 1, 1, -1}})
	expect(t, w.seal(), "K8", Reproduced, "from 5.000 s on")
}

func TestAConnectionStandsToTheEnd(t *testing.T) {
	m := newMutedCall(t)
	m.quiet[pair{a, c}] = true
	m.at(time.Second)
	m.Add(trace.ServerPlayOpened, c, a, "", "")
	expect(t, m.seal("video"), "C24", Violated, "c: lost a's video when b muted a")
}

func TestOnlyAGrantIsAPublish(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).joined(a, "broadcaster")
	w.at(2 * time.Second)
	w.Add(trace.ServerPushOpened, a, trace.Nobody, "", "")
	w.at(5*time.Second).joined(b, "broadcaster")
	expect(t, w.seal(), "K4", NotRun, "")
}

func TestARoleGivenAgainIsNoNewRole(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).joined(b, audience)
	w.at(5 * time.Second)
	w.Add(trace.ServerRole, b, trace.Nobody, audience, "")
	w.arrives(b, 4900*ms, 5500*ms) // began when it had long been an audience
	expect(t, w.seal(), "C16", Violated, "media-in")
}

func TestACodeIsNoCloseOfTheServers(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).issue(a, trace.Nobody, "publish", "")
	w.starts(a)
	w.arrivesUntil(a, 2*time.Second, 9*time.Second)
	w.troubles(9*time.Second, a)
	w.at(10*time.Second).code(a, 1102)
	w.Add(trace.ServerRole, a, trace.Nobody, audience, "")
	expect(t, w.seal(), "K8", Reproduced, "connection")
}

func TestAUnreadableFirstPictureHasNoNumber(t *testing.T) {
	const s = time.Second
	for _, foreign := range []bool{false, true} {
		w := goodCall(t)
		w.shows(b, a, frames{from: 2 * s, to: 4 * s, unseen: true})
		if foreign {
			w.show(b, a, 0, -1, 3900*ms, trace.ShownForeign)
		} else {
			w.show(b, a, -1, -1, 3900*ms, trace.ShownGarbled)
		}
		w.shows(b, a, frames{from: 4 * s, to: 20 * s})
		if v := viewOf(t, endCall(w, 20*s), b, a); *v.FramesExpected != 15*16 || v.Frames != 15*16 {
			t.Errorf("foreign %v: %d of %d", foreign, v.Frames, *v.FramesExpected)
		}
	}
}

func TestAPlayerThatShowedNothingExpectsNothing(t *testing.T) {
	const s = time.Second
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * s, to: 5 * s, unseen: true})
	w.at(3 * s)
	w.Add(trace.PlayStopped, b, a, "", "")
	w.at(4*s).plays(b, a)
	w.shows(b, a, frames{from: 5 * s, to: 20 * s})
	if v := viewOf(t, endCall(w, 20*s), b, a); *v.FramesExpected != 14*16 || v.Frames != 14*16 {
		t.Errorf("%d of %d", v.Frames, *v.FramesExpected)
	}
}

func TestFramesThatCameOutOfOrderAreFound(t *testing.T) {
	w := goodCall(t)
	for i, n := range []int64{0, 3, 1, 2, 4, 8, 7, 6, 5, 9} {
		at := 2*time.Second + time.Duration(i)*frameGap
		w.Emit(trace.Event{At: at, Kind: trace.FrameCaptured, Actor: a, Peer: trace.Nobody, V: [6]int64{int64(i)}})
		w.show(b, a, n, at, at, 0)
	}
	if v := viewOf(t, endCall(w, 20*time.Second), b, a); *v.FramesExpected != 10 || v.Frames != 10 {
		t.Errorf("%d of %d", v.Frames, *v.FramesExpected)
	}
}

func TestWhatARecordingSaysIsNotRead(t *testing.T) {
	w := goodCall(t)
	w.show(b, a, 0, -1, 2*time.Second, trace.ShownForeign|trace.ShownBlack)
	w.show(b, a, 1, 3*time.Second, 3*time.Second+100*ms, 0)
	w.show(b, a, 2, -1, 4*time.Second, trace.ShownBlack) // no capture time, no delay
	w.at(5*time.Second).switches(a, 0, 1)                // the camera goes before the next picture
	w.show(b, a, 3, 5900*ms, 6*time.Second, 0)
	v := viewOf(t, endCall(w, 20*time.Second), b, a)
	near(t, "black", v.Black, time.Second)
	near(t, "delay", &v.Delay.Max, 100*ms)
	if v.Fast != nil || v.SpeedMax != nil {
		t.Errorf("speed %v of pictures far apart", *v.SpeedMax)
	}
}
