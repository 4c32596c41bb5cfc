package oracle

import (
	"slices"
	"strconv"
	"time"

	"minilab/simulator/trace"
)

// TroubleLasts is how long after its network was in trouble an error is still the
// network's doing: the time-outs of request, session and connection, one after another.
// Source: 10 s, 20 s and three retries of 3 s; fidelity: assumed.
const TroubleLasts = 45 * time.Second

// networkErrors are the SDK's codes that a weak network leads to: a request without
// answer, a closed socket, no gateway. Source: vendor's error code table; fidelity:
// documented.
var networkErrors = []int64{903, 904, 905}

// K9: on a weak network there are network errors (网络错误): the SDK reports 903, 904 or
// 905, or a component gives up (-1307, -2301), after trouble of the member's own network.
// A socket that the server closes of its own accord (904) is no network's error, and one
// that the host drops in the background, or what it then can't start, is K13's.
var _ = register(judge{id: "K9", look: func(f *facts) (found []Finding, applies bool) {
	for id, m := range f.of {
		applies = applies || len(m.stays) > 0
		for _, e := range f.networkErrors(trace.ActorID(id)) {
			back := "and is not back"
			if e.back != never {
				back = "and is back after " + seconds(e.back-e.at)
			}
			found = append(found, f.find(trace.ActorID(id), e.at, "%s after trouble of its network, %s", e.what, back))
		}
	}
	return found, applies
}, measure: func(f *facts) []Measure {
	count, unhealed, longest := 0.0, 0.0, 0.0
	for id := range f.of {
		for _, e := range f.networkErrors(trace.ActorID(id)) {
			count++
			if e.back == never {
				unhealed++
				continue
			}
			longest = max(longest, (e.back - e.at).Seconds())
		}
	}
	if count == 0 {
		return nil
	}
	return []Measure{{"network_errors", count}, {"network_errors_not_healed", unhealed}, {"network_recovery_longest_s", longest}}
}})

// networkError is one, and when what it broke worked again; never if it didn't.
type networkError struct {
	at, back time.Duration
	what     string
}

func (f *facts) networkErrors(id trace.ActorID) []networkError {
	var out []networkError
	m := f.of[id]
	behind := m.behind()
	for _, ev := range m.story {
		if _, away := at(behind, ev.At); away || m.asleep.at(ev.At) || !m.troubled(ev.At) {
			continue
		}
		_, dismissed := at(m.dismissed(), ev.At)
		switch {
		case dismissed && ev.Kind == trace.ClientEvent && ev.V[1] == codeClosed, dismissed && ev.Kind == trace.CallDone && ev.V[2] == codeClosed:
		case ev.Kind == trace.ClientEvent && f.text(ev.Text) == "error" && slices.Contains(networkErrors, ev.V[1]):
			out = append(out, networkError{ev.At, m.joinedAfter(ev.At), "error " + f.codeText(ev)})
		case ev.Kind == trace.CallDone && ev.V[1] == 0 && slices.Contains(networkErrors, ev.V[2]):
			out = append(out, networkError{ev.At, m.joinedAfter(ev.At), f.text(ev.Text) + " fails with " + f.codeText(ev)})
		case ev.Kind == trace.PusherCode && ev.V[0] == codeGaveUp:
			out = append(out, networkError{ev.At, m.pushedAfter(ev.At), "its pusher gives up (-1307)"})
		case ev.Kind == trace.PlayerCode && ev.V[0] == codePlayGaveUp && f.publishes(ev.Peer, ev.At):
			out = append(out, networkError{ev.At, f.playedAfter(pair{from: ev.Peer, to: id}, ev.At), "its player of " + f.name(ev.Peer) + " gives up (-2301)"})
		}
	}
	return out
}

func (f *facts) codeText(ev *trace.Event) string {
	code := ev.V[1]
	if ev.Kind == trace.CallDone {
		code = ev.V[2]
	}
	return strconv.FormatInt(code, 10)
}

// troubled tells whether a member's network was in trouble shortly before, or is.
func (m *member) troubled(at time.Duration) bool { return m.troubledIn(span{at, at}) }

// troubledIn tells whether it was so at some time of a span, its end included.
func (m *member) troubledIn(s span) bool {
	near := func(t time.Duration) bool { return t <= s.to && s.from-t <= TroubleLasts }
	return m.dark.at(s.from) || slices.ContainsFunc(m.trouble, near) ||
		slices.ContainsFunc(m.dark.spans, func(d span) bool { return near(d.from) || near(d.to) })
}

// publishes tells whether a member's stream is at the server; of nobody of the cast
// nothing is known.
func (f *facts) publishes(id trace.ActorID, at time.Duration) bool {
	return f.cast(id) && f.of[id].pushes.at(at)
}

// joinedAfter is when a member next entered its channel.
func (m *member) joinedAfter(at time.Duration) time.Duration {
	for _, s := range m.stays {
		if s.from > at {
			return s.from
		}
	}
	return never
}

// pushedAfter is when media of a member next arrived.
func (m *member) pushedAfter(at time.Duration) time.Duration {
	for _, ev := range m.mediaIn[since(m.mediaIn, at):] {
		if t := time.Duration(ev.V[0]); t > at {
			return t
		}
	}
	return never
}

// playedAfter is when one member next saw or heard another.
func (f *facts) playedAfter(p pair, at time.Duration) time.Duration {
	t, first := f.tracks[p], never
	if t == nil {
		return never
	}
	for _, list := range [][]*trace.Event{t.shown, t.played} {
		if i := since(list, at+1); i < len(list) && (first == never || list[i].At < first) {
			first = list[i].At
		}
	}
	return first
}
