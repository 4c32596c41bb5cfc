package oracle

import "time"

// refusalBound is how soon a join ends when the host lets no lookup out. Fidelity:
// assumed; nothing has to cross the network.
const refusalBound = time.Second

// C48: requests to domains outside the app's list are refused by the host. With all
// lookup domains refused join fails with 901; while one is left it succeeds.
var _ = register(judge{id: "C48", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		refused := 0
		for _, x := range a.asks {
			if x.refused {
				refused++
			}
		}
		first := a.found()
		switch {
		case refused == 0 || a.standing != free:
		case refused == len(a.asks) && a.left != nil && a.left.At < a.At+refusalBound, refused == len(a.asks) && f.end < a.At+refusalBound:
		case refused == len(a.asks) && (!a.failed() || a.fails > 1 || a.code != codeNoServer || a.answered > a.At+refusalBound):
			found = append(found, f.find(a.Actor, a.At, "the host refused all lookups, and %s did not fail with 901 at once", a.name))
		case refused == len(a.asks):
			applies = true
		case a.ok():
			applies = true
		case first != nil && f.over(a) > first.ended && !f.excused(a) && (a.failed() || f.over(a)-a.At >= joinBound):
			found = append(found, f.find(a.Actor, f.over(a), "the host refused %d of %d lookups and another brought gateways, yet %s did not succeed", refused, len(a.asks), a.name))
		}
	}
	return found, applies || len(found) > 0
}})
