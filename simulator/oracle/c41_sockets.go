package oracle

import "time"

const (
	// socketLimit is how many WebSockets a mini-program may have.
	// Source: vendor's demo of 2018; fidelity: documented.
	socketLimit = 2
	// opensAtMost is how long the host tries to open one. Source: mini-program
	// documentation, 60 s; fidelity: documented.
	opensAtMost = 60 * time.Second
	reasonLimit = "limit"
)

// C41: while a mini-program has its two WebSockets, because a client was not destroyed
// before the next, a third is refused, and none is refused before.
var _ = register(judge{id: "C41", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	limit := int(f.param("host.websockets", socketLimit))
	for i, d := range f.wire.dials {
		open, maybe := f.othersOpen(f.wire.dials[:i], d)
		refused := d.refused == reasonLimit
		switch {
		case open >= limit && refused:
			applies = true
		case open >= limit && d.refused == "":
			found = append(found, f.find(d.of.Actor, d.at, "has %d WebSockets open, and another is dialled", open))
		case refused && open+maybe < limit:
			found = append(found, f.find(d.of.Actor, d.at, "has %d WebSockets, and is refused another", open+maybe))
		}
	}
	return found, applies || len(found) > 0
}})

// othersOpen counts the sockets that a phone has open when it dials one, and those that
// it may still be dialling.
func (f *facts) othersOpen(older []*dial, d *dial) (open, maybe int) {
	for _, o := range older {
		switch {
		case o.of.Actor != d.of.Actor || o.refused != "":
		case o.stands(d.at):
			open++
		case o.opened > d.at && d.at-o.at <= opensAtMost:
			maybe++
		}
	}
	return open, maybe
}
