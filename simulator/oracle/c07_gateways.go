package oracle

import "time"

const (
	// failoverBound is how long a join may take from the first gateway's dial when the
	// second opens: the open timer's 5 s and a second. Source: SDK files, run, and the
	// documents; fidelity: inferred.
	failoverBound = 6 * time.Second
	// roundTrips of the second gateway's opening are what its answer may take beyond
	// that, with a retransmission. Opening takes some four round trips and a lookup of
	// the name, an answer one. Source: none; fidelity: assumed.
	roundTrips = 2
	// aboutTime is how exactly a time-out of several timers is met. Fidelity: assumed.
	aboutTime = 500 * time.Millisecond
)

// C07: when the first gateway doesn't open in its time and the second does, join
// succeeds by the second.
var _ = register(judge{id: "C07", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	timeout := f.lasting("sdk.open_timeout", gatewayOpens)
	for _, a := range f.wire.attempts {
		if a.standing != free || len(a.dials) == 0 || a.dials[0].refused != "" || !f.missed(a.dials[0], f.end) || f.spoiled(a) {
			continue
		}
		first := a.dials[0]
		switch {
		case len(a.listed()) > 1 && len(a.dials) == 1 && (f.over(a)-first.at > timeout+aboutTime || a.failed() && a.code == codeNoGateway):
			found = append(found, f.find(a.Actor, first.at+timeout, "the first gateway did not open, and the second was not tried"))
		case len(a.dials) < 2 || a.dials[1].opened == never:
		default:
			wrong, judged := f.second(a, a.dials[1])
			found, applies = append(found, wrong...), applies || judged
		}
	}
	return found, applies || len(found) > 0
}})

// second judges a join whose second gateway has opened.
func (f *facts) second(a *attempt, d *dial) (found []Finding, judged bool) {
	bound := a.dials[0].at + failoverBound + roundTrips*(d.opened-d.at)
	switch {
	case a.ok() && a.answered <= bound:
		return nil, true
	case a.failed() && f.refusedWith(a) != nil, f.cut(a.Actor, d.opened, bound), f.over(a) < bound && a.unanswered():
		return nil, false
	case a.failed() && a.code == codeClosed && d.closed <= a.answered:
		return nil, false
	case a.failed() && f.unanswered(a, d):
		return nil, false
	case a.ok():
		return []Finding{f.find(a.Actor, a.answered, "%s by the second gateway took %s", a.name, seconds(a.answered-a.dials[0].at))}, true
	case a.failed():
		return []Finding{f.find(a.Actor, a.answered, "the second gateway opened at %s, yet %s failed with %d", seconds(d.opened), a.name, a.code)}, true
	}
	return []Finding{f.find(a.Actor, bound, "the second gateway opened at %s, yet %s has not ended", seconds(d.opened), a.name)}, true
}

// unanswered tells whether a gateway gave no answer to the request to join.
func (f *facts) unanswered(a *attempt, d *dial) bool {
	at := d.request("join", f)
	if at == never {
		return false
	}
	asked := f.asked(a.Actor, "join", 0, at, a.answered)
	return asked == nil || asked.V[2] == 0
}

// C08: when no gateway of the list opens, join fails once with 905, after the time of
// each.
var _ = register(judge{id: "C08", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	timeout := f.lasting("sdk.open_timeout", gatewayOpens)
	for _, a := range f.wire.attempts {
		if a.standing != free || len(a.dials) == 0 || !f.allMissed(a) {
			continue
		}
		n := max(len(a.dials), len(a.listed()))
		due := a.dials[0].at + time.Duration(n)*timeout
		switch {
		case a.unanswered() && f.over(a) < due+aboutTime:
		case a.unanswered():
			found = append(found, f.find(a.Actor, due, "none of %d gateways opened, yet %s has not ended", n, a.name))
		case a.fails != 1 || a.oks > 0 || a.code != codeNoGateway:
			found = append(found, f.find(a.Actor, a.answered, "none of %d gateways opened, and %s ended with code %d, %d times", n, a.name, a.code, a.fails+a.oks))
		case a.answered < due-aboutTime || a.answered > due+aboutTime:
			found = append(found, f.find(a.Actor, a.answered, "none of %d gateways opened, and %s failed after %s", n, a.name, seconds(a.answered-a.dials[0].at)))
		default:
			applies = true
		}
	}
	return found, applies || len(found) > 0
}})

// allMissed: no gateway opened, and the host let each be tried.
func (f *facts) allMissed(a *attempt) bool {
	for _, d := range a.dials {
		if d.refused != "" || d.opened != never {
			return false
		}
	}
	if len(a.dials) < len(a.listed()) { // C07's matter
		return false
	}
	// What failed before the first gateway's time was up failed for something else.
	early := a.failed() && a.answered < a.dials[0].at+f.lasting("sdk.open_timeout", gatewayOpens)-tick
	return !early || a.code == codeNoGateway && a.answered > a.dials[0].at
}
