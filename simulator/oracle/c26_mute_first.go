package oracle

// codeNotSubscribed is the gateway's refusal. Source: vendor's error code table;
// fidelity: documented.
const codeNotSubscribed = 430

// C26: mute and unmute of a member that was never subscribed in the session fail with
// 430.
var _ = register(judge{id: "C26", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if c.name != "mute" && c.name != "unmute" || c.stay == nil || !f.cast(c.Peer) || f.subscribedIn(c) {
			continue
		}
		switch {
		case c.unanswered() || c.failed() && ownFailures[c.code]: // C40's matter
		case c.failed() && c.code == codeNotSubscribed:
			applies = true
		default:
			found = append(found, f.find(c.Actor, c.answered, "called %s of %s before subscribe, and it ended with code %d", c.name, f.name(c.Peer), c.code))
		}
	}
	return found, applies || len(found) > 0
}})

// subscribedIn tells whether the caller had asked for that member's stream in the same
// session.
func (f *facts) subscribedIn(c *call) bool {
	for _, o := range f.calls {
		if o.name == "subscribe" && o.Actor == c.Actor && o.Peer == c.Peer && o.At >= c.stay.from && o.At <= c.At {
			return true
		}
	}
	return false
}
