package oracle

import "time"

// C38: a join that follows a leave or a failed join of the same client works as the
// first one does: what is left of the session before has no say in it. A failure that
// its own lookups, gateways or answers explain is no matter of this.
var _ = register(judge{id: "C38", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		if a.standing != free || !follows(a) {
			continue
		}
		switch {
		case a.ok():
			applies = true
			if _, known := f.admittedAs(a); !known {
				found = append(found, f.find(a.Actor, a.answered, "%s again succeeded, but the gateway had let nobody in", a.name))
			}
			if at := f.tornDown(a); at != never {
				found = append(found, f.find(a.Actor, at, "joined again, and was told 904 though the socket of this session had not been closed"))
			}
		case f.spoiled(a):
			found = append(found, f.find(a.Actor, a.answered, "%s again failed with %d (%s), which its own lookups, gateways and answers don't explain", a.name, a.code, a.reason(f)))
		case a.unanswered() && f.over(a)-a.At >= joinBound && !f.excused(a):
			found = append(found, f.find(a.Actor, a.At, "%s again has not ended after %s", a.name, seconds(joinBound)))
		}
	}
	return found, applies || len(found) > 0
}})

// follows tells whether an attempt comes after a leave or a failed join of its client.
func follows(a *attempt) bool {
	return a.before != nil && (a.before.failed() || a.before.left != nil && a.before.left.name == "leave")
}

// spoiled tells whether an attempt that follows another failed for nothing that it did
// itself. Other judges leave it to C38.
func (f *facts) spoiled(a *attempt) bool { return follows(a) && a.failed() && !f.excused(a) }

// tornDown is when the page of a session was told 904 while its socket stood; never if
// it wasn't.
func (f *facts) tornDown(a *attempt) time.Duration {
	for _, ev := range f.toldOf(a, codeClosed, a.answered) {
		closed := false
		for _, d := range a.dials {
			closed = closed || d.closed <= ev.At
		}
		if !closed && len(a.dials) > 0 && (a.left == nil || a.left.At >= ev.At) {
			return ev.At
		}
	}
	return never
}
