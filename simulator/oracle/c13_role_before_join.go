package oracle

import "minilab/simulator/trace"

// C13: setRole before join decides the role that the gateway lists. What counts is
// the last setRole of the same client that didn't fail, whenever that was; a join
// that says it succeeded must have been admitted.
var _ = register(judge{id: "C13", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		want, set := c.roleSet()
		if c.name != "join" && c.name != "rejoin" || !set || !c.ok() {
			continue
		}
		applies = true
		admitted := false
		for _, s := range f.of[c.Actor].stays {
			if s.from > c.answered || s.to <= c.At {
				continue
			}
			admitted = true
			if s.from >= c.At && s.joinedAs != want {
				found = append(found, f.find(c.Actor, s.from, "set its role to %s before it joined, but the gateway lists it as %s", want, s.joinedAs))
			}
		}
		if !admitted {
			found = append(found, f.find(c.Actor, c.answered, "was told that its %s succeeded, but the gateway doesn't list it", c.name))
		}
	}
	return found, applies
}})

// roleSet is the role that a client was given before a call.
func (c *call) roleSet() (role string, set bool) {
	for i := len(c.roleCalls) - 1; i >= 0; i-- {
		if r := c.roleCalls[i]; r.fails == 0 {
			return r.args, true
		}
	}
	return "", false
}

// C14: in the versions where setRole works before join only, a later call changes
// nothing: the role stays what it was at join.
var _ = register(judge{id: "C14", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, m := range f.of {
		for _, s := range m.stays {
			for i, c := range s.roleCalls {
				applies = true
				end := len(s.changes)
				if i+1 < len(s.roleCalls) {
					end = s.roleCalls[i+1].changes // those are that call's doing
				}
				found = append(found, f.roleChanges(c, s.changes[c.changes:end])...)
			}
		}
	}
	return found, applies
}})

func (f *facts) roleChanges(c *call, changes []*trace.Event) []Finding {
	var found []Finding
	role := c.role
	for _, ev := range changes {
		if got := f.text(ev.Text); got != role {
			found = append(found, f.find(c.Actor, ev.At, "called setRole(%s) in the channel and its role changed from %s to %s", c.args, role, got))
			role = got
		}
	}
	return found
}
