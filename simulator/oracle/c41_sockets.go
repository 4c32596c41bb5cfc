package oracle

import (
	"time"

	"minilab/simulator/trace"
)

const (
	// socketLimit is how many WebSockets a mini-program may have, unless the record's
	// head says otherwise of a member's.
	// Source: vendor's demo of 2018; fidelity: documented.
	socketLimit = 2
	// opensAtMost is how long the host tries to open one. Source: mini-program
	// documentation, 60 s; fidelity: documented.
	opensAtMost = 60 * time.Second
	reasonLimit = "limit"
)

// C41: while a mini-program has as many WebSockets as it may, two in the time of the
// release notes, because a client was not destroyed before the next, another is refused,
// and none is refused before.
var _ = register(judge{id: "C41", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	before := map[trace.ActorID][]*dial{}
	for _, d := range f.wire.dials {
		limit := int(f.param(f.nameOr(d.of.Actor)+"/websockets", socketLimit))
		older := before[d.of.Actor]
		before[d.of.Actor] = append(older, d)
		have, maybe := f.othersOpen(older, d)
		refused := d.refused == reasonLimit
		switch {
		case have >= limit && refused:
			applies = true
		case have >= limit && d.refused == "":
			found = append(found, f.find(d.of.Actor, d.at, "has %d WebSockets, and another is dialled", have))
		case refused && have+maybe < limit:
			found = append(found, f.find(d.of.Actor, d.at, "has %d WebSockets, and is refused another", have+maybe))
		}
	}
	return found, applies || len(found) > 0
}})

// othersOpen counts the sockets that a phone has when it dials one, open or being
// opened, and those that it may have.
func (f *facts) othersOpen(older []*dial, d *dial) (have, maybe int) {
	for _, o := range older {
		switch {
		case o.refused != "" || o.closed <= d.at:
		case o.opened != never, f.tried(o, d.at):
			have++
		case d.at-o.at <= opensAtMost:
			maybe++
		}
	}
	return have, maybe
}

// tried tells whether a client is still waiting for a gateway to open.
func (f *facts) tried(d *dial, at time.Duration) bool {
	return at-d.at < f.lasting("sdk.open_timeout", gatewayOpens)-tick && f.over(d.of) > at
}
