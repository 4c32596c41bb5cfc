package oracle

// C18: a mini-program that joins without ever having called setRole counts as
// broadcaster, also in a Native live channel: which is why an audience must call it.
var _ = register(judge{id: "C18", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if c.name != "join" && c.name != "rejoin" || len(c.roleCalls) > 0 || !c.ok() {
			continue
		}
		for _, s := range f.of[c.Actor].stays {
			if s.from < c.At || s.from > c.answered {
				continue
			}
			applies = true
			if s.joinedAs != broadcaster {
				found = append(found, f.find(c.Actor, s.from, "never called setRole, and the gateway lists it as %s", s.joinedAs))
			}
		}
	}
	return found, applies
}})
