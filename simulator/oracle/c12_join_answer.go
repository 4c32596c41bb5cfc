package oracle

import "minilab/simulator/trace"

// C12: join and rejoin that succeed say so once, with the uid that the gateway knows.
var _ = register(judge{id: "C12", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, a := range f.wire.attempts {
		if a.oks == 0 {
			continue
		}
		applies = true
		if a.oks+a.fails > 1 {
			found = append(found, f.find(a.Actor, a.answered, "%s had %d answers", a.name, a.oks+a.fails))
		}
		uid, known := f.admittedAs(a)
		if !known {
			continue // C13's matter
		}
		for _, ev := range a.answers {
			if ev.V[1] == 1 && ev.V[3] != uid {
				found = append(found, f.find(a.Actor, ev.At, "%s succeeded and gave the uid %d, not %d", a.name, ev.V[3], uid))
			}
		}
	}
	return found, applies
}})

// admittedAs is the uid that the gateway let an attempt in with.
func (f *facts) admittedAs(a *attempt) (uid int64, known bool) {
	for _, ev := range f.later(a.Actor, a.At) {
		if ev.At > a.answered {
			break
		}
		if ev.Kind == trace.ServerJoined {
			uid, known = ev.V[0], true
		}
	}
	return uid, known
}
