package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// closeBound is how long a socket that the client closes may take to be gone: until the
// far side's close frame, or the end of the host's patience for it, 10 s, and a bit.
// Source: none; fidelity: assumed.
const closeBound = 12 * time.Second

// C09: a request to join without answer fails with 903 when its time is up, and its
// socket is closed.
var _ = register(judge{id: "C09", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		if a.standing != free || len(a.dials) != 1 {
			continue
		}
		d := a.dials[0]
		at := d.request("join", f)
		deadline := at + f.lasting("sdk.request_timeout", requestLasts)
		timedOut := a.failed() && a.code == codeTimedOut
		switch {
		case at == never || d.closed < deadline-tick || a.left != nil && a.left.At <= deadline+aboutTime || f.end < deadline+aboutTime:
		case !a.unanswered() && !timedOut && a.answered < deadline:
		case !timedOut || a.fails > 1:
			found = append(found, f.find(a.Actor, deadline, "%s had no answer in time, and did not fail with 903 once", a.name))
		case a.answered < deadline-aboutTime || a.answered > deadline+aboutTime:
			found = append(found, f.find(a.Actor, a.answered, "%s failed with 903, %s after its request", a.name, seconds(a.answered-at)))
		default:
			wrong, judged := f.closedAfter(a, d)
			found, applies = append(found, wrong...), applies || judged
		}
	}
	return found, applies || len(found) > 0
}})

// closedAfter: the socket of a join that failed is closed.
func (f *facts) closedAfter(a *attempt, d *dial) (found []Finding, judged bool) {
	switch {
	case d.closed <= a.answered+closeBound:
		return nil, true
	case f.end < a.answered+closeBound || f.cut(a.Actor, a.answered, a.answered+closeBound):
		return nil, false
	}
	return []Finding{f.find(a.Actor, a.answered+closeBound, "%s failed with %d, and its socket is still open", a.name, a.code)}, true
}

// C10: a refused join fails with the gateway's code and reason, its socket is closed,
// and the next join of the same client is a whole new attempt.
var _ = register(judge{id: "C10", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		d, refusal := f.refusal(a)
		if a.standing != free || refusal == nil || a.left != nil && a.left.At <= refusal.At+crossing {
			continue
		}
		code, reason := refusal.V[0], f.text(refusal.Note)
		switch {
		case a.unanswered() && f.end < refusal.At+requestLasts:
		case a.failed() && (a.code == codeTimedOut || a.code == codeClosed) && a.answered-refusal.At > crossing:
		case (a.unanswered() || ownFailures[a.code]) && f.cut(a.Actor, refusal.At, refusal.At+crossing):
		case !a.failed() || a.fails > 1 || a.code != code || a.reason(f) != reason:
			found = append(found, f.find(a.Actor, refusal.At, "the gateway refused %s with %d %q, and the page heard of %d %q, %d times", a.name, code, reason, a.code, a.reason(f), a.oks+a.fails))
		default:
			wrong, judged := f.closedAfter(a, d)
			found, applies = append(found, wrong...), applies || judged
		}
	}
	return append(found, f.nextAttempts()...), applies || len(found) > 0
}})

// refusal is the gateway's refusal of an attempt's request to join, and the socket that
// had asked.
func (f *facts) refusal(a *attempt) (*dial, *trace.Event) {
	for _, d := range a.dials {
		at := d.request("join", f)
		if at == never {
			continue
		}
		if asked := f.asked(a.Actor, "join", 0, at, min(f.over(a), at+requestLasts)); asked != nil && asked.V[2] != codeFine && asked.V[2] != 0 {
			for _, ev := range f.later(a.Actor, asked.At) {
				if ev.Kind == trace.ServerRefused && ev.V[0] == asked.V[2] && f.text(ev.Text) == "join" {
					return d, ev
				}
			}
		}
	}
	return nil, nil
}

// nextAttempts: after a refusal, join looks up all domains again.
func (f *facts) nextAttempts() []Finding {
	var found []Finding
	want := int(f.param("sdk.lookup_domains", 1))
	for _, a := range f.wire.attempts {
		if a.standing != free || a.before == nil || !a.before.failed() {
			continue
		}
		if _, refusal := f.refusal(a.before); refusal != nil && a.before.code == refusal.V[0] && len(a.asks) < want {
			found = append(found, f.find(a.Actor, a.At, "%s after a refused join asked %d lookup domains, of %d", a.name, len(a.asks), want))
		}
	}
	return found
}

// reason is what the page was told of a call's failure.
func (c *call) reason(f *facts) string {
	for _, ev := range c.answers {
		if ev.V[1] != 1 {
			return f.text(ev.Note)
		}
	}
	return ""
}
