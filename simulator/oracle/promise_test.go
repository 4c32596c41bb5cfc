package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC13(t *testing.T) {
	for _, x := range []struct{ set, got, want string }{
		{"audience", "audience", Held}, {"broadcaster", "broadcaster", Held}, {"audience", "broadcaster", Violated},
	} {
		w := newWorld(t, 10*time.Second)
		w.at(time.Second)
		w.n++
		w.Add(trace.CallIssued, b, trace.Nobody, "setRole", x.set, w.n)
		w.n++
		w.Add(trace.CallIssued, b, trace.Nobody, "join", "", w.n)
		w.at(1200*time.Millisecond).joined(b, x.got)
		w.at(1300 * time.Millisecond)
		w.Add(trace.CallDone, b, trace.Nobody, "join", "", w.n, 1)
		expect(t, w.seal(), "C13", x.want, "")
	}
	w := newWorld(t, 10*time.Second)
	w.at(time.Second).joined(b, "broadcaster")
	expect(t, w.seal(), "C13", NotRun, "")
}

func TestC14(t *testing.T) {
	for _, changes := range []bool{false, true} {
		w := newWorld(t, 10*time.Second)
		w.at(time.Second).joined(b, "broadcaster")
		w.at(2 * time.Second)
		w.n++
		w.Add(trace.CallIssued, b, trace.Nobody, "setRole", "audience", w.n)
		want := Held
		if changes {
			w.at(2100 * time.Millisecond)
			w.Add(trace.ServerRole, b, trace.Nobody, "audience", "")
			want = Violated
		}
		expect(t, w.seal(), "C14", want, "")
	}
	w := newWorld(t, 10*time.Second)
	w.n++
	w.Add(trace.CallIssued, b, trace.Nobody, "setRole", "audience", w.n)
	w.at(time.Second).joined(b, "audience")
	expect(t, w.seal(), "C14", NotRun, "")
}

func TestC16(t *testing.T) {
	cases := []struct {
		name, role string
		ok         bool
		code       int64
		after      func(w *world)
		want       string
	}{
		{"refused", "audience", false, 433, nil, Held},
		{"refused with another code", "audience", false, 500, nil, Violated},
		{"allowed", "audience", true, 0, nil, Violated},
		{"refused but a push was opened", "audience", false, 433, func(w *world) { w.Add(trace.ServerPushOpened, b, trace.Nobody, "", "") }, Violated},
		{"refused but announced", "audience", false, 433, func(w *world) { w.Add(trace.ServerAnnounced, a, b, "stream-added", "") }, Violated},
		{"refused and another announced", "audience", false, 433, func(w *world) { w.Add(trace.ServerAnnounced, b, a, "stream-added", "") }, Held},
		{"a broadcaster may", "broadcaster", true, 0, nil, NotRun},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 20*time.Second)
			w.at(time.Second).joined(b, x.role)
			w.at(2*time.Second).call(b, trace.Nobody, "publish", "", x.ok, x.code)
			if x.after != nil {
				w.at(3 * time.Second)
				x.after(w)
			}
			expect(t, w.seal(), "C16", x.want, "")
		})
	}
}

func TestC16WithoutAnAnswer(t *testing.T) {
	w := newWorld(t, 20*time.Second)
	w.at(time.Second).joined(b, "audience")
	w.at(2 * time.Second)
	w.Add(trace.CallIssued, b, trace.Nobody, "publish", "", 99)
	expect(t, w.seal(), "C16", Violated, "never answered")
}

// muting is a call in which b mutes a at 6 s and unmutes at 12 s; c watches on.
type muting struct {
	target       string
	relayAnyway  bool // the relay goes on enqueueing what is muted
	showsAnyway  bool // a picture captured while muted is shown
	otherLost    bool // the other medium stops too
	bystander    bool // c loses the medium
	told         bool // someone is told
	notApplied   bool // the relay knows nothing of it
	staysMuted   bool // unmute succeeds, nothing resumes
	subscribed   bool // the app had to subscribe again
	garbledAfter bool // the first picture after unmute is garbled
}

func (m muting) record(t *testing.T) *trace.Record {
	w := goodCall(t)
	w.arrives(a, time.Second, 20*time.Second)
	count := func(on bool, n int64) int64 {
		if on {
			return n
		}
		return 0
	}
	off := mutedBy(m.target)
	w.relays(b, a, time.Second, 6*time.Second, 15, 43)
	w.shows(b, a, frames{from: 2 * time.Second, to: 6 * time.Second, latency: 100 * time.Millisecond})
	w.at(6*time.Second).call(b, a, "mute", m.target, true, 0)
	if !m.notApplied {
		for _, medium := range mediums {
			if off[medium] {
				w.at(6020 * time.Millisecond)
				w.Add(trace.ServerMuted, b, a, medium, "")
			}
		}
	}
	w.relays(b, a, 6020*time.Millisecond, 12*time.Second,
		count(m.relayAnyway || !off["video"] && !m.otherLost, 15), count(m.relayAnyway || !off["audio"] && !m.otherLost, 43))
	w.relays(c, a, time.Second, 6*time.Second, 15, 43)
	w.relays(c, a, 6020*time.Millisecond, 12*time.Second, count(!m.bystander, 15), count(!m.bystander, 43))
	w.relays(c, a, 12*time.Second, 20*time.Second, 15, 43)
	if m.showsAnyway {
		w.shows(b, a, frames{from: 8 * time.Second, to: 8100 * time.Millisecond, latency: 100 * time.Millisecond})
	}
	if m.told {
		w.at(6500 * time.Millisecond)
		w.Add(trace.ClientEvent, c, a, "mute-video", "")
	}
	w.at(12*time.Second).call(b, a, "unmute", m.target, true, 0)
	for _, medium := range mediums {
		if off[medium] {
			w.at(12020 * time.Millisecond)
			w.Add(trace.ServerUnmuted, b, a, medium, "")
		}
	}
	if m.subscribed {
		w.at(13*time.Second).call(b, a, "subscribe", "", true, 0)
	}
	w.relays(b, a, 12020*time.Millisecond, 20*time.Second, count(!m.staysMuted, 15), count(!m.staysMuted, 43))
	flags := int64(0)
	if m.garbledAfter {
		flags = trace.ShownGarbled
	}
	w.shows(b, a, frames{from: 13 * time.Second, to: 20 * time.Second, latency: 100 * time.Millisecond, flags: flags})
	return endCall(w, 20*time.Second)
}

func TestC24AndC25(t *testing.T) {
	cases := []struct {
		name string
		m    muting
		id   string
		want string
	}{
		{"video muted as promised", muting{target: "video"}, "C24", Held},
		{"audio muted as promised", muting{target: "audio"}, "C25", Held},
		{"all muted as promised", muting{target: "all"}, "C25", Held},
		{"audio says nothing of C24", muting{target: "audio"}, "C24", NotRun},
		{"unmute of video counts for C25", muting{target: "video"}, "C25", Held},
		{"video goes on", muting{target: "video", relayAnyway: true}, "C24", Violated},
		{"audio goes on", muting{target: "audio", relayAnyway: true}, "C25", Violated},
		{"all goes on", muting{target: "all", relayAnyway: true}, "C25", Violated},
		{"a picture of the muted time is shown", muting{target: "video", showsAnyway: true}, "C24", Violated},
		{"audio lost with video", muting{target: "video", otherLost: true}, "C24", Violated},
		{"video lost with audio", muting{target: "audio", otherLost: true}, "C25", Violated},
		{"a bystander loses it", muting{target: "video", bystander: true}, "C24", Violated},
		{"a bystander loses sound", muting{target: "audio", bystander: true}, "C25", Violated},
		{"someone is told", muting{target: "video", told: true}, "C24", Violated},
		{"never applied", muting{target: "video", notApplied: true}, "C24", Violated},
		{"video stays muted", muting{target: "video", staysMuted: true}, "C25", Violated},
		{"audio stays muted", muting{target: "audio", staysMuted: true}, "C25", Violated},
		{"needs a new subscribe", muting{target: "all", subscribed: true}, "C25", Violated},
		{"comes back garbled", muting{target: "video", garbledAfter: true}, "C25", Violated},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) { expect(t, x.m.record(t), x.id, x.want, "") })
	}
}

func TestAFailedMuteIsNoEvidence(t *testing.T) {
	w := goodCall(t)
	w.at(6*time.Second).call(b, a, "mute", "video", false, 430)
	expect(t, endCall(w, 20*time.Second), "C24", NotRun, "")
}
