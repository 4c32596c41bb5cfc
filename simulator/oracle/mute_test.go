package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// mutedCall is a call of 30 s in which b mutes a's video from 10 s to 20 s, and all
// is as promised but for what a test adds. a publishes to b and c, c to b.
type mutedCall struct {
	*world
	quiet map[pair]bool // nothing is relayed while the mute lasts
	thin  map[pair]bool // of each second's messages but one
}

func newMutedCall(t *testing.T) *mutedCall {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second)
	for _, p := range []trace.ActorID{a, c} {
		w.publishes(p)
		w.now = time.Second
	}
	for _, p := range []pair{{a, b}, {a, c}, {c, b}} {
		w.plays(p.to, p.from)
	}
	return &mutedCall{world: w, quiet: map[pair]bool{}, thin: map[pair]bool{}}
}

// seal adds the mute and what came and went.
func (m *mutedCall) seal(target string) *trace.Record {
	w := m.world
	off := muteTargets(target)
	w.at(9950*ms).call(b, a, "mute", target, true, 0)
	w.at(20*time.Second).call(b, a, "unmute", target, true, 0)
	for i, on := range off {
		if on {
			w.at(10 * time.Second)
			w.Add(trace.ServerMuted, b, a, mediums[i], "")
			w.at(20 * time.Second)
			w.Add(trace.ServerUnmuted, b, a, mediums[i], "")
		}
	}
	w.arrives(a, time.Second, 30*time.Second)
	w.arrives(c, time.Second, 30*time.Second)
	for _, p := range []pair{{a, b}, {a, c}, {c, b}} {
		n := [2]int64{audio: 43, video: 15}
		w.relays(p.to, p.from, time.Second, 10*time.Second, n[video], n[audio])
		w.relays(p.to, p.from, 20*time.Second, 30*time.Second, n[video], n[audio])
		if p == (pair{a, b}) {
			for i := range n {
				if off[i] {
					n[i] = 0
				}
			}
		}
		switch {
		case m.thin[p]:
			w.relays(p.to, p.from, 10*time.Second, 20*time.Second, min(n[video], 1), min(n[audio], 1))
		case !m.quiet[p]:
			w.relays(p.to, p.from, 10*time.Second, 20*time.Second, n[video], n[audio])
		}
	}
	return w.seal()
}

func (m *mutedCall) relayed(from, at time.Duration, video, audio int64) {
	m.Emit(trace.Event{At: at, Kind: trace.RelayOut, Actor: b, Peer: a, V: [6]int64{int64(from), video, audio}})
}

func TestMuteTakesAwayJustThat(t *testing.T) {
	const s = time.Second
	event := func(at time.Duration, who, about trace.ActorID, name string) func(m *mutedCall) {
		return func(m *mutedCall) { m.at(at); m.Add(trace.ClientEvent, who, about, name, "") }
	}
	cases := []struct {
		name string
		do   func(m *mutedCall)
		want string
		on   trace.ActorID
	}{
		{"as promised", func(m *mutedCall) {}, Held, 0},
		{"a message", func(m *mutedCall) { m.relayed(15*s, 15*s+1, 1, 0) }, Violated, b},
		{"at its very beginning", func(m *mutedCall) { m.relayed(10*s, 10*s+1, 1, 0) }, Violated, b},
		{"flushed when it began", func(m *mutedCall) { m.relayed(10*s, 10*s, 1, 0) }, Held, 0},
		{"across its beginning, which no span is", func(m *mutedCall) { m.relayed(9900*ms, 10100*ms, 1, 0) }, Held, 0},
		{"before it", func(m *mutedCall) { m.relayed(9900*ms, 10*s, 1, 0) }, Held, 0},
		{"at its end", func(m *mutedCall) { m.relayed(20*s, 20*s+1, 1, 0) }, Held, 0},
		{"just before its end", func(m *mutedCall) { m.relayed(20*s-1, 20*s, 1, 0) }, Violated, b},
		{"dropped only", func(m *mutedCall) {
			m.Emit(trace.Event{At: 15 * s, Kind: trace.RelayOut, Actor: b, Peer: a, V: [6]int64{int64(14 * s), 0, 0, 5}})
		}, Held, 0},
		{"a picture captured in it", func(m *mutedCall) { m.show(b, a, 1, 10*s, 11*s, 0) }, Violated, b},
		{"a picture captured before", func(m *mutedCall) { m.show(b, a, 1, 10*s-1, 11*s, 0) }, Held, 0},
		{"shown at once", func(m *mutedCall) { m.show(b, a, 1, 10*s, 10*s, 0) }, Violated, b},
		{"captured in it and shown after", func(m *mutedCall) { m.show(b, a, 1, 19*s, 20*s, 0) }, Held, 0},
		{"a picture that can't be read", func(m *mutedCall) { m.show(b, a, -1, -1, 15*s, trace.ShownGarbled) }, Held, 0},
		{"another sees it", func(m *mutedCall) { m.show(c, a, 1, 15*s, 15*s, 0) }, Held, 0},
		{"a bystander loses both", func(m *mutedCall) { m.quiet[pair{a, c}] = true }, Violated, c},
		{"a bystander gets one in a second", func(m *mutedCall) { m.thin[pair{a, c}] = true }, Violated, c},
		{"the caller loses another's stream", func(m *mutedCall) { m.quiet[pair{c, b}] = true }, Violated, b},
		{"the caller loses the sound", func(m *mutedCall) { m.quiet[pair{a, b}] = true }, Violated, b},
		{"the caller's sound thins", func(m *mutedCall) { m.thin[pair{a, b}] = true }, Violated, b},
		{"a bystander that had none before", func(m *mutedCall) {
			m.quiet[pair{a, c}] = true
			m.at(5 * s)
			m.Add(trace.PlayStopped, c, a, "", "")
			m.plays(c, a)
			m.Add(trace.ServerPlayOpened, c, a, "", "")
			m.at(9 * s)
			m.Add(trace.ServerPlayClosed, c, a, "lost", "")
		}, Held, 0},
		{"a bystander that stopped playing", func(m *mutedCall) {
			m.quiet[pair{a, c}] = true
			m.at(11 * s)
			m.Add(trace.PlayStopped, c, a, "", "")
		}, Held, 0},
		{"a bystander that muted it too", func(m *mutedCall) {
			m.quiet[pair{a, c}] = true
			for _, medium := range mediums {
				m.at(11 * s)
				m.Add(trace.ServerMuted, c, a, medium, "")
			}
		}, Held, 0},
		{"the sound is muted too", func(m *mutedCall) { m.at(10 * s); m.Add(trace.ServerMuted, b, a, "audio", "") }, Violated, b},
		{"the sound is muted later", func(m *mutedCall) { m.at(12 * s); m.Add(trace.ServerMuted, b, a, "audio", "") }, Held, 0},
		{"the sound is muted by another call", func(m *mutedCall) {
			m.at(10*s-1).issue(b, a, "mute", "audio")
			m.at(10 * s)
			m.Add(trace.ServerMuted, b, a, "audio", "")
		}, Held, 0},
		{"an app is told", event(15*s, c, a, "mute-video"), Violated, c},
		{"the publisher is told", event(15*s, a, b, "video-mute"), Violated, a},
		{"told at the beginning", event(10*s, c, a, "mute"), Violated, c},
		{"told before", event(10*s-1, c, a, "mute"), Held, 0},
		{"told of the unmute", event(22*s-1, c, a, "unmute-video"), Violated, c},
		{"told long after", event(22*s, c, a, "unmute-video"), Held, 0},
		{"told of a stranger", event(15*s, b, c, "mute-video"), Held, 0},
		{"told of nobody", event(15*s, b, trace.Nobody, "mute-video"), Held, 0},
		{"told of something else", event(15*s, c, a, streamAdded), Held, 0},
		{"told of what a did itself", func(m *mutedCall) {
			m.at(10*s+1).switches(a, 1, 0)
			event(15*s, c, a, "mute-audio")(m)
		}, Held, 0},
		{"told of what a did itself, on again", func(m *mutedCall) {
			m.at(3*s).switches(a, 0, 1)
			m.at(10*s+1).switches(a, 1, 1)
			event(15*s, c, a, "unmute-video")(m)
		}, Held, 0},
		{"told of what a did long ago", func(m *mutedCall) {
			m.at(10*s).switches(a, 1, 0)
			event(15*s, c, a, "mute-audio")(m)
		}, Violated, c},
		{"told 5 s after a switched on", func(m *mutedCall) {
			m.at(3*s).switches(a, 0, 1)
			m.at(10*s).switches(a, 1, 1)
			event(15*s, c, a, "unmute-video")(m)
		}, Violated, c},
		{"told before a switched on", func(m *mutedCall) {
			m.at(3*s).switches(a, 0, 1)
			m.at(16*s).switches(a, 1, 1)
			event(15*s, c, a, "unmute-video")(m)
		}, Violated, c},
		{"told after something else", func(m *mutedCall) {
			event(11*s, c, a, streamAdded)(m)
			event(15*s, c, a, "mute-video")(m)
		}, Violated, c},
		{"told before a did it", func(m *mutedCall) {
			m.at(16*s).switches(a, 1, 0)
			event(15*s, c, a, "mute-audio")(m)
		}, Violated, c},
		{"taken away by unsubscribing", func(m *mutedCall) {
			m.at(14*s).issue(b, a, "unsubscribe", "")
			m.relayed(15*s, 15*s+1, 1, 0)
		}, Held, 0},
		{"another unsubscribed", func(m *mutedCall) {
			m.at(14*s).issue(c, a, "unsubscribe", "")
			m.relayed(15*s, 15*s+1, 1, 0)
		}, Violated, b},
		{"taken away by the publisher", func(m *mutedCall) {
			m.at(14 * s)
			m.Add(trace.ServerUnpublish, a, trace.Nobody, "", "")
			m.relayed(15*s, 15*s+1, 1, 0)
		}, Held, 0},
		{"the viewer unpublished", func(m *mutedCall) {
			m.at(14 * s)
			m.Add(trace.ServerUnpublish, b, trace.Nobody, "", "")
			m.relayed(15*s, 15*s+1, 1, 0)
		}, Violated, b},
		{"taken away by a new session", func(m *mutedCall) {
			m.at(2*s).joined(b, "broadcaster")
			m.at(14*s).joined(b, "broadcaster")
			m.relayed(15*s, 15*s+1, 1, 0)
		}, Held, 0},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			m := newMutedCall(t)
			x.do(m)
			v := expect(t, m.seal("video"), "C24", x.want, "")
			if x.want == Violated && v.Findings[0].On != x.on {
				t.Errorf("%v", v.Findings)
			}
		})
	}
}

func TestMuteOfWhatNobodySendsIsNoEvidence(t *testing.T) {
	for _, target := range []string{"video", "audio"} {
		w := goodCall(t)
		w.at(6*time.Second).call(b, a, "mute", target, true, 0)
		w.at(6010 * ms)
		w.Add(trace.ServerMuted, b, a, target, "")
		w.at(12*time.Second).call(b, a, "unmute", target, true, 0)
		w.Add(trace.ServerUnmuted, b, a, target, "")
		r := endCall(w, 20*time.Second)
		expect(t, r, "C24", NotRun, "")
		expect(t, r, "C25", NotRun, "")
	}
}

func TestAMuteWithoutASuccessIsNoEvidence(t *testing.T) {
	for name, answers := range map[string][]bool{"none": nil, "failed": {false}, "both": {true, false}} {
		m := newMutedCall(t)
		m.arrives(a, time.Second, 30*time.Second)
		n := m.at(5*time.Second).issue(b, a, "mute", "audio")
		m.Add(trace.ServerMuted, b, a, "audio", "")
		for _, ok := range answers {
			m.answer(b, n, ok, 430)
		}
		t.Run(name, func(t *testing.T) { expect(t, m.world.seal(), "C25", NotRun, "") })
	}
}

func TestMuteOfNobody(t *testing.T) {
	w := goodCall(t)
	w.at(6*time.Second).call(b, trace.Nobody, "mute", "video", true, 0)
	w.at(7*time.Second).call(b, trace.Nobody, "unmute", "all", true, 0)
	w.at(8*time.Second).call(b, b, "mute", "audio", true, 0)
	r := endCall(w, 20*time.Second)
	expect(t, r, "C24", NotRun, "")
	expect(t, r, "C25", NotRun, "")
}

func TestMuteFindsItsSpan(t *testing.T) {
	for name, x := range map[string]struct {
		muted, unmuted time.Duration
		want           string
	}{
		"applied as it was answered":     {5050 * ms, 0, Held},
		"too late":                       {5050*ms + 1, 0, Violated},
		"it was muted already":           {3 * time.Second, 0, Held},
		"and unmuted when it was called": {3 * time.Second, 5 * time.Second, Violated},
		"a moment after it was called":   {3 * time.Second, 5*time.Second + 1, Held},
	} {
		w := goodCall(t)
		w.arrives(a, time.Second, 20*time.Second)
		w.at(x.muted)
		w.Add(trace.ServerMuted, b, a, "video", "")
		if x.unmuted > 0 {
			w.at(x.unmuted)
			w.Add(trace.ServerUnmuted, b, a, "video", "")
		}
		w.at(5*time.Second).call(b, a, "mute", "video", true, 0)
		t.Run(name, func(t *testing.T) {
			mention := ""
			if x.want == Violated {
				mention = "the relay knows nothing of it"
			}
			expect(t, endCall(w, 20*time.Second), "C24", x.want, mention)
		})
	}
}
