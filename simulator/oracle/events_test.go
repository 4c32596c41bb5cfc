package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestTheStoryLeavesOutWhatComesByTheThousand(t *testing.T) {
	w := goodCall(t)
	w.shows(b, a, frames{from: 2 * time.Second, to: 4 * time.Second, latency: 100 * ms})
	w.arrives(a, time.Second, 4*time.Second)
	w.at(5*time.Second).call(b, a, "subscribe", "", true, 0)
	w.at(3*time.Second).call(c, a, "subscribe", "", true, 0) // out of order
	f := gather(w.seal())
	if len(f.story) == 0 {
		t.Fatal("no story")
	}
	for i, ev := range f.story {
		if dense[ev.Kind] || i > 0 && ev.At < f.story[i-1].At {
			t.Errorf("%v at %v", ev.Kind, ev.At)
		}
	}
	if got := f.events(c, trace.CallIssued, trace.CallDone); len(got) != 2 || got[0].Kind != trace.CallIssued || got[1].At != 3050*ms {
		t.Errorf("%v", got)
	}
	if got := f.events(c, trace.AppState); got != nil {
		t.Errorf("%v", got)
	}
}

func TestWhatAMemberMutesItselfIsNotDue(t *testing.T) {
	const s = time.Second
	w := goodCall(t)
	w.at(8 * s)
	w.Add(trace.ServerLocalMuted, a, trace.Nobody, "audio", "")
	w.at(12 * s)
	w.Add(trace.ServerLocalUnmuted, a, trace.Nobody, "audio", "")
	w.at(15 * s)
	w.Add(trace.ServerLocalMuted, a, trace.Nobody, "video", "")
	w.at(18 * s)
	w.Add(trace.ServerLeft, a, trace.Nobody, "leave", "")
	f := gather(w.seal())
	track := f.tracks[pair{a, b}]
	all := span{0, 22 * s}
	if got := total(f.due(track, audio, all)); got != 17*s {
		t.Errorf("sound is due for %v", got)
	}
	if got := total(f.due(track, video, all)); got != 18*s {
		t.Errorf("pictures are due for %v", got)
	}
	if got := total(f.audible(track)); got > 17*s {
		t.Errorf("audible for %v", got)
	}
	if stay := f.of[a].stays[0]; stay.why != "leave" || stay.sid != "s" {
		t.Errorf("%+v", stay)
	}
}

func TestPushesAreSpansOfConnections(t *testing.T) {
	w := goodCall(t)
	for _, x := range []struct {
		at   time.Duration
		kind trace.Kind
	}{{2, trace.ServerPushOpened}, {5, trace.ServerPushClosed}, {7, trace.ServerPushOpened}, {9, trace.ServerPushOpened}} {
		w.at(x.at * time.Second)
		w.Add(x.kind, a, trace.Nobody, "", "")
	}
	got := gather(w.seal()).of[a].pushes.spans
	if len(got) != 3 || got[0] != (span{2e9, 5e9}) || got[1] != (span{7e9, 9e9}) || got[2] != (span{9e9, 22e9}) {
		t.Errorf("%v", got)
	}
}
