package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// C30: when the far side closes the socket of a session, the app is told 904 once, and
// the SDK doesn't come back by itself.
var _ = register(judge{id: "C30", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		lost := f.lost(a)
		if lost == never || f.end < lost+tick {
			continue
		}
		applies = true
		told := f.toldOf(a, codeClosed, lost)
		if len(told) != 1 || told[0].At > lost+tick {
			found = append(found, f.find(a.Actor, lost, "lost its socket and was told 904 %d times", len(told)))
		}
		for _, x := range a.asks {
			if x.at >= lost {
				found = append(found, f.find(a.Actor, x.at, "its client asked for gateways by itself after it had lost its socket"))
			}
		}
		for _, d := range a.dials {
			if d.at >= lost {
				found = append(found, f.find(a.Actor, d.at, "its client dialled a gateway by itself after it had lost its socket"))
			}
		}
	}
	return found, applies
}})

// lost is when an attempt that had succeeded lost its socket without the page having
// asked for it; never if it didn't.
func (f *facts) lost(a *attempt) time.Duration {
	if !a.ok() {
		return never
	}
	for _, d := range a.dials {
		if d.opened == never || d.closed == never || d.closed < a.answered {
			continue
		}
		for _, c := range f.wire.calls[a.client()] {
			if c.At >= a.At && c.At <= d.closed && (c.name == "leave" || c.name == "destroy") && !(c.name == "destroy" && c.At == d.closed) {
				return never
			}
		}
		if m := f.of[a.Actor]; m.slept(d.closed) || m.gone.at(d.closed) {
			return never // the host let go of it, in a page that sleeps or is gone
		}
		return d.closed
	}
	return never
}

// slept tells whether a member's page slept at a time, or until then: what befalls it in
// the very instant in which it wakes it did not see.
func (m *member) slept(at time.Duration) bool { return m.asleep.at(at) || m.asleep.at(at-1) }

// toldOf are the errors of a code that a client's page was told since some time, until
// its client begins anew.
func (f *facts) toldOf(a *attempt, code int64, from time.Duration) []*trace.Event {
	var out []*trace.Event
	until := f.end + 1
	for _, o := range f.wire.client[a.client()] {
		if o.At > a.At && o.standing == free {
			until = min(until, o.At)
		}
	}
	for _, ev := range f.told {
		if ev.Actor == a.Actor && ev.V[3] == a.V[2] && ev.V[1] == code && f.text(ev.Text) == "error" && ev.At >= from && ev.At < until {
			out = append(out, ev)
		}
	}
	return out
}

// codeStopping is a gateway that stops in order. Source: vendor's error code table;
// fidelity: documented.
const codeStopping = 503

// C31: when the gateway reports 500, 501 or 502, the app is told once; of 503 as the
// version does, which stands in the record's head.
var _ = register(judge{id: "C31", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, ev := range f.story {
		code := ev.V[0]
		if ev.Kind != trace.ServerNotified || !f.cast(ev.Actor) || f.text(ev.Text) != "error" || code < 500 || code > codeStopping {
			continue
		}
		want := 1
		if code == codeStopping {
			want = int(f.param("sdk.raise503", -1))
		}
		n, judged := f.heard(ev, code)
		if want < 0 || n < 0 || n < want && !judged {
			continue
		}
		applies = true
		if n != want {
			found = append(found, f.find(ev.Actor, ev.At, "the gateway reported %d and the page was told %d times, not %d", code, n, want))
		}
	}
	return found, applies
}})

// heard counts how often a page was told of what the gateway reported; -1 if that can't
// be told. judged is false when it may not have come to hear of it all.
func (f *facts) heard(report *trace.Event, code int64) (n int, judged bool) {
	until := report.At + crossing
	judged = until <= f.end && !f.cut(report.Actor, report.At, until)
	for _, ev := range f.later(report.Actor, report.At-crossing) {
		if ev.At > until {
			break
		}
		if ev != report && ev.Kind == trace.ServerNotified && f.text(ev.Text) == "error" && ev.V[0] == code {
			return -1, false // which of them was told?
		}
	}
	for _, ev := range f.told {
		if ev.Actor == report.Actor && f.text(ev.Text) == "error" && ev.V[1] == code && ev.At >= report.At && ev.At <= until {
			n++
		}
	}
	if n == 0 { // did it leave, or lose its socket, before it could hear?
		for _, d := range f.wire.dials {
			if d.of.Actor == report.Actor && d.closed >= report.At && d.closed <= until || d.of.Actor == report.Actor && d.of.failed() && d.of.answered >= report.At {
				return 0, false
			}
		}
		for _, c := range f.calls {
			if c.Actor == report.Actor && c.At >= report.At-crossing && c.At <= until && (c.name == "leave" || c.name == "destroy") {
				return 0, false
			}
		}
	}
	return n, judged
}
