package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

const (
	// PushSilence is how long nothing may arrive from a member that publishes.
	// Source: our definition from the release notes' 推流中断; fidelity: assumed.
	PushSilence = 3 * time.Second
	// pushStart is how long a push that is begun anew, after recovery or a new publish,
	// may take until its first media arrives: opening the camera, a connect time-out of
	// 5 s and a retry interval of 3 s. The first push of a member may take its time:
	// what never began isn't interrupted. Fidelity: assumed.
	pushStart = 10 * time.Second
)

// Codes of live-pusher that say that its connection is lost: disconnected and
// reconnecting, and retries exhausted.
// Source: WeChat live-pusher documentation; fidelity: documented.
const (
	codeReconnecting = 1102
	codeGaveUp       = -1307
)

// Grades of the uplink in netstatus, by how long media has been waiting in the phone: a
// link that is slow from the beginning neither changes nor has to lose anything. The grade
// after them is that of no connection, whatever took it.
// Source: live-pusher documentation, netQualityLevel; fidelity: documented.
const (
	uplinkPoor     = 4
	uplinkVeryPoor = 5
)

// K8: on a weak network the push is interrupted (弱网下推流中断): while a member's pusher
// is started with camera or microphone on and has something to send, nothing arrives at
// the server for longer than PushSilence, or its connection is lost; and its network is
// in trouble, or was until TroubleLasts before, or media waits in the phone. A device that
// gives nothing (the user denies it, its encoder has died) and a session that the server
// ends interrupt a push too, but not because the network is weak.
var _ = register(judge{id: "K8", look: func(f *facts) (found []Finding, applies bool) {
	for id, m := range f.of {
		due := m.pushing()
		applies = applies || len(due) > 0
		for _, w := range due {
			found = append(found, f.pushSilences(trace.ActorID(id), w)...)
		}
		found = append(found, f.lostPushes(trace.ActorID(id))...)
	}
	return found, applies
}})

// lostPush tells whether an event is the end of a push that nobody asked for. That
// the server revokes it counts as well: who asked for that no longer wants to publish,
// and the server's session of one whose network is down expires.
func (f *facts) lostPush(ev *trace.Event) bool {
	if ev.Kind == trace.PusherCode {
		return ev.V[0] == codeReconnecting || ev.V[0] == codeGaveUp
	}
	why := f.text(ev.Text)
	return why == "lost" || why == "revoked"
}

// pushing is when media is due from a member: its app wants to publish, the pusher
// is started with something switched on that gives something, in the foreground, the
// server hasn't dismissed it, and the first media has arrived or should have.
func (m *member) pushing() []span {
	var begun []span
	for _, w := range m.wanted.spans {
		first := m.firstMedia(w)
		if m.firstMedia(span{m.wanted.spans[0].from, w.from}) < w.from {
			start := w.from
			for _, s := range m.starts {
				if w.holds(s) {
					start = s
					break
				}
			}
			first = min(first, start+pushStart)
		}
		if first < w.to {
			begun = append(begun, span{first, w.to})
		}
	}
	due := cross(minus(m.sending(), m.behind()), begun)
	return minus(minus(due, m.unfed()), m.dismissed())
}

// unfed are the times in which a member's netstatus tells that nothing was encoded, while
// its connection stood: before that, nothing is.
func (m *member) unfed() []span {
	var out []span
	for i := 1; i < len(m.statuses); i++ {
		if ev := m.statuses[i]; ev.V[0] == 0 && ev.V[1] == 0 {
			out = union(out, []span{{m.statuses[i-1].At, ev.At}})
		}
	}
	return cross(out, m.pushes.spans)
}

// clogged tells whether a member's netstatus says in a span that its uplink is poor.
func (m *member) clogged(s span) bool {
	return slices.ContainsFunc(in(m.statuses, s), func(ev *trace.Event) bool { return ev.V[5] == uplinkPoor || ev.V[5] == uplinkVeryPoor })
}

// dismissed are the times from the end of a session that the server ended for nothing
// that the member's network did, until the next one begins.
func (m *member) dismissed() []span {
	var out []span
	for i, s := range m.stays {
		if !s.over || s.why != "dropped" && s.why != "kicked" {
			continue
		}
		until := never
		if i+1 < len(m.stays) {
			until = m.stays[i+1].from
		}
		out = append(out, span{s.to, until})
	}
	return out
}

// behind is when a page is in the background or only just back: trouble then is K13's.
func (m *member) behind() []span {
	var out []span
	for _, s := range m.hidden.spans {
		out = union(out, []span{{s.from, s.to + m.settles}})
	}
	return out
}

func (f *facts) pushSilences(id trace.ActorID, w span) []Finding {
	var found []Finding
	silent := w.from
	check := func(until time.Duration) {
		if until-silent > PushSilence && (f.of[id].troubledIn(span{silent, until}) || f.of[id].clogged(span{silent, until})) {
			found = append(found, f.find(id, silent+PushSilence, "nothing arrives from its pusher for %s, from %s on", seconds(until-silent), seconds(silent)))
		}
	}
	m := f.of[id]
	for _, ev := range m.mediaIn[since(m.mediaIn, w.from):] {
		first, last := time.Duration(ev.V[0]), time.Duration(ev.V[4])
		if first >= w.to {
			break
		}
		check(first)
		silent = max(last, silent)
	}
	check(w.to)
	return found
}

// lostPushes are the losses of a connection that had carried media. What is said of
// one loss by several, or more than once while the pusher tries again, is one, and has
// the reason that the first had.
func (f *facts) lostPushes(id trace.ActorID) []Finding {
	var found []Finding
	m := f.of[id]
	known := time.Duration(-1) // the last loss: one of what came since then is another
	for _, ev := range m.lost {
		if len(cross(m.behind(), []span{{ev.At, ev.At + 1}})) > 0 {
			continue
		}
		_, dismissed := at(m.dismissed(), ev.At)
		for _, w := range m.wanted.spans {
			if ev.At > w.to {
				continue
			}
			carried := span{max(w.from, known+1), ev.At}
			if m.firstMedia(carried) >= carried.to {
				continue
			}
			if known = ev.At; !dismissed && m.troubled(ev.At) {
				found = append(found, f.find(id, ev.At, "the connection of its pusher is lost"))
			}
		}
	}
	return found
}
