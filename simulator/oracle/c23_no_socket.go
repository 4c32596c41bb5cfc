package oracle

import (
	"slices"
	"strings"
)

// mediaCalls need an open WebSocket.
var mediaCalls = []string{"publish", "unpublish", "subscribe", "unsubscribe", "mute", "unmute"}

// C23: a media call without an open socket throws "Disconnected from server" at once,
// and nothing is sent. A method that the version lacks, or wrong arguments, throw too.
var _ = register(judge{id: "C23", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if !slices.Contains(mediaCalls, c.name) || f.lately(c) {
			continue
		}
		reason := c.reason(f)
		switch {
		case c.thrown() && strings.Contains(reason, "Disconnected from server"):
			applies = true
		case c.thrown() && !strings.Contains(reason, "Disconnected"): // for another reason
		default:
			found = append(found, f.find(c.Actor, c.At, "called %s without an open socket, and it did not throw", c.name))
		}
		for _, ev := range f.wire.within[c] {
			found = append(found, f.find(c.Actor, ev.At, "called %s without an open socket, and %s %s was sent", c.name, f.text(ev.Text), f.text(ev.Note)))
		}
	}
	return found, applies || len(found) > 0
}})

// lately tells whether a client has, or had a moment ago, an open socket: the SDK hears
// of a close after the host. A record that lacks the sockets of who joined says nothing.
func (f *facts) lately(c *call) bool {
	if a := f.wire.last(c.client(), c.At); a != nil {
		if a.ok() && len(a.dials) == 0 {
			return true
		}
		for _, d := range a.dials {
			if f.of[c.Actor].slept(d.closed) {
				return true // the host let go of it while the page slept, and told nobody
			}
		}
	}
	return f.wire.socket(c.client(), c.At) != nil || f.wire.socket(c.client(), c.At-tick) != nil
}
