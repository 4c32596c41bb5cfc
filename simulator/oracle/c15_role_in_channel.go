package oracle

// C15: setRole in the channel changes the role without joining again, and ok is called
// once. A failure that the client found by itself, and a refusal, change nothing; a
// success without a change is a broken promise.
var _ = register(judge{id: "C15", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, m := range f.of {
		for _, s := range m.stays {
			for _, c := range s.roleCalls {
				if c.args != audience && c.args != broadcaster {
					continue
				}
				wrong, any := f.roleCall(c, s)
				found, applies = append(found, wrong...), applies || any
			}
		}
	}
	return found, applies || len(found) > 0
}})

// broadcaster is the other role.
const broadcaster = "broadcaster"

// roleCall judges one call of setRole within a session: the gateway's change lies
// between the call and its answer.
func (f *facts) roleCall(c *call, s *stay) (found []Finding, applies bool) {
	switch {
	case c.unanswered():
		if f.waited(c) {
			found = append(found, f.find(c.Actor, c.At, "called setRole(%s) in the channel and was never answered", c.args))
		}
		return found, false
	case c.fails > 0:
		return nil, false
	case c.oks > 1:
		found = append(found, f.find(c.Actor, c.answered, "setRole(%s) succeeded %d times", c.args, c.oks))
	}
	changed := false
	for _, ev := range s.changes {
		changed = changed || f.text(ev.Text) == c.args && ev.At >= c.At && ev.At <= c.answered
	}
	if !changed && s.to < c.answered {
		return found, false
	}
	if !changed {
		found = append(found, f.find(c.Actor, c.answered, "setRole(%s) succeeded in the channel, but the gateway still lists it as %s", c.args, c.role))
	}
	return found, true
}
