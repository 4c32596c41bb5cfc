package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

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
	off := map[string]bool{}
	for i, on := range muteTargets(m.target) {
		off[mediums[i]] = on
	}
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
