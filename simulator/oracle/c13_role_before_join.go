package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// C13: setRole before join decides the role that the gateway lists.
var _ = register(judge{id: "C13", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	stays := f.membership()
	wanted := map[trace.ActorID]string{}
	for _, c := range f.calls() {
		switch c.name {
		case "setRole":
			if f.role(c.Actor, c.At) == "" {
				wanted[c.Actor] = c.args
			}
		case "join", "rejoin":
			want, set := wanted[c.Actor]
			if !set || !c.ok {
				continue
			}
			applies = true
			for _, s := range stays[c.Actor] {
				if s.from < c.At || s.from > c.answered {
					continue
				}
				if got := f.role(c.Actor, s.from); got != want {
					found = append(found, f.find(c.Actor, s.from, "set its role to %s before it joined, but the gateway lists it as %s", want, got))
				}
			}
		}
	}
	return found, applies
}})

// C14: in the versions where setRole works before join only, a later call changes
// nothing: the role stays what it was at join.
var _ = register(judge{id: "C14", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	stays := f.membership()
	for _, c := range f.calls() {
		s, in := at(stays[c.Actor], c.At)
		if c.name != "setRole" || !in {
			continue
		}
		applies = true
		before := f.role(c.Actor, c.At)
		if after := f.role(c.Actor, s.to-time.Nanosecond); after != before {
			found = append(found, f.find(c.Actor, c.At, "called setRole(%s) in the channel and its role changed from %s to %s", c.args, before, after))
		}
	}
	return found, applies
}})
