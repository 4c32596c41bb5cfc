package oracle

import "time"

// lookupsTogether is how far apart the lookups of a join may leave: they are sent
// from one call. Source: SDK files 2.3.2 and 2.4.2, run; fidelity: observed.
const lookupsTogether = time.Millisecond

// C02: join asks all lookup domains of its version, each once and at the same instant.
// How many those are stands in the record's head; without it nothing is judged.
var _ = register(judge{id: "C02", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	want := int(f.param("sdk.lookup_domains", 0))
	for _, a := range f.wire.attempts {
		if a.standing != free || want <= 0 {
			continue
		}
		applies = true
		hosts := map[string]bool{}
		together := 0
		for _, x := range a.asks {
			hosts[x.host] = true
			if x.at-a.At < lookupsTogether {
				together++
			}
		}
		if together != want || len(a.asks) != want || len(hosts) != want {
			found = append(found, f.find(a.Actor, a.At, "%s asked %d lookup domains at once and %d in all, of %d", a.name, together, len(hosts), want))
		}
	}
	return found, applies
}})

// C03: with some lookups failed and one answered, the first gateway is dialled after
// that answer, one at a time, and join succeeds.
var _ = register(judge{id: "C03", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		first := a.found()
		switch {
		case a.standing != free || len(a.asks) < 2:
		case f.tooEarly(a):
			found = append(found, f.find(a.Actor, a.answered, "gave up with 901 while a lookup was under way or had brought gateways"))
		case first == nil || first.ended > f.over(a) || !a.someFailed():
		default:
			found = append(found, f.dialsInTurn(a, first.ended)...)
			applies = applies || a.ok()
			if f.over(a)-a.At >= joinBound && a.unanswered() && !f.excused(a) {
				found = append(found, f.find(a.Actor, a.At, "had gateways from %s, yet %s never ended", first.host, a.name))
			}
			if a.failed() && !f.excused(a) && !f.spoiled(a) {
				found = append(found, f.find(a.Actor, a.answered, "had gateways from %s, yet %s failed with %d", first.host, a.name, a.code))
			}
		}
	}
	return found, applies || len(found) > 0
}})

// tooEarly tells whether an attempt failed for want of gateways while a lookup could
// still bring some, or had. What an older attempt's lookups did to it is C38's matter.
func (f *facts) tooEarly(a *attempt) bool {
	return a.failed() && a.code == codeNoServer && len(a.asks) > 0 && f.lookupsOver(a) > a.answered+tick && !f.leftovers(a)
}

// someFailed tells whether a lookup failed, or never ended.
func (a *attempt) someFailed() bool {
	for _, x := range a.asks {
		if x.failed || x.ended == never {
			return true
		}
	}
	return false
}

// dialsInTurn: no gateway is dialled before the lists are there, nor while another may
// still open, nor after one has opened.
func (f *facts) dialsInTurn(a *attempt, listed time.Duration) []Finding {
	var found []Finding
	for i, d := range a.dials {
		if d.at < listed {
			found = append(found, f.find(a.Actor, d.at, "dialled a gateway before a lookup had answered"))
		}
		if i > 0 && a.dials[i-1].refused == "" && !f.missed(a.dials[i-1], d.at) {
			found = append(found, f.find(a.Actor, d.at, "dialled another gateway while the one before might do"))
		}
	}
	return found
}

// C04: when all lookups have failed, join fails once, with 901, and not before the
// last of them. Lookups that have not ended when the client stops to wait have failed.
var _ = register(judge{id: "C04", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		over := f.lookupsOver(a)
		switch {
		case a.standing != free || len(a.asks) == 0:
		case f.tooEarly(a):
			found = append(found, f.find(a.Actor, a.answered, "%s failed with 901 while a lookup was under way or had brought gateways", a.name))
		case over == never || f.end-over < tick || f.of[a.Actor].gone.at(over) || a.left != nil && a.left.At <= over+tick:
		case a.unanswered():
			found = append(found, f.find(a.Actor, over, "all lookups failed, yet %s never ended", a.name))
		case a.failed() && a.answered < over-tick: // by something else
		case a.code != codeNoServer && f.spoiled(a):
		case a.fails != 1 || a.oks > 0 || a.code != codeNoServer || a.answered-over > tick:
			found = append(found, f.find(a.Actor, a.answered, "all lookups had failed by %s, and %s ended with code %d, %d times", seconds(over), a.name, a.code, a.oks+a.fails))
		default:
			applies = true
		}
	}
	return found, applies || len(found) > 0
}})

// leftovers tells whether lookups of an older attempt of the same client were still
// under way.
func (f *facts) leftovers(a *attempt) bool {
	for old := a.before; old != nil; old = old.before {
		for _, x := range old.asks {
			if x.ended >= a.At {
				return true
			}
		}
	}
	return false
}

// C05: with some lookups failed and one that never answers, join still ends in time.
var _ = register(judge{id: "C05", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		if a.standing != free || a.found() != nil || !f.silent(a) {
			continue
		}
		switch {
		case !a.unanswered() && a.answered-a.At <= joinBound:
			applies = true
		case f.over(a)-a.At > joinBound:
			found = append(found, f.find(a.Actor, a.At+joinBound, "a lookup had no answer, and %s had not ended after %s", a.name, seconds(joinBound)))
		}
	}
	return found, applies || len(found) > 0
}})

// silent tells whether one lookup failed and one had no answer for as long as a
// client can be expected to wait.
func (f *facts) silent(a *attempt) bool {
	some, none := false, false
	for _, x := range a.asks {
		some = some || x.failed && x.ended-a.At < requestLasts
		none = none || x.ended-a.At >= requestLasts-tick
	}
	return some && none
}
