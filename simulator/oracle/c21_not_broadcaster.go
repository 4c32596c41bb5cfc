package oracle

// codeNotBroadcaster refuses a subscription of who is no broadcaster.
// Source: the SDK's error table; fidelity: documented.
const codeNotBroadcaster = 432

// C21: subscribe to a member that is no broadcaster, or is not there, fails with 432.
var _ = register(judge{id: "C21", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if c.name != "subscribe" || c.stay == nil || c.unanswered() || !f.cast(c.Peer) || c.Peer == c.Actor || c.stay.to < c.answered {
			continue
		}
		if f.channelOf(c.Peer) == f.channelOf(c.Actor) && !f.listed(c, audience) && !f.listed(c, "") {
			continue
		}
		switch {
		case c.oks > 0:
			found = append(found, f.find(c.Actor, c.answered, "subscribed to %s with success, which is no broadcaster", f.name(c.Peer)))
		case c.code == codeNotBroadcaster:
			applies = true
		case !ownFailures[c.code]:
			found = append(found, f.find(c.Actor, c.answered, "subscribed to %s, which is no broadcaster, and was refused with %d, not %d", f.name(c.Peer), c.code, codeNotBroadcaster))
		}
	}
	return found, applies || len(found) > 0
}})
