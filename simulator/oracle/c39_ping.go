package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// C39: while a socket is open, pings leave at their interval, counted from its opening.
// That a black-holed link is noticed is up to the app, and no flow of the vendor's has
// a probe for it.
var _ = register(judge{id: "C39", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	every := f.lasting("sdk.ping_interval", pingEvery)
	if every <= 0 {
		return nil, false
	}
	for _, d := range f.wire.dials {
		until := f.pingsUntil(d)
		if d.opened == never || until-d.opened <= every+tick {
			continue
		}
		applies = true
		sent := d.sentAt(f, "ping")
		for at := d.opened + every; at < until-tick; at += every {
			if !nearOne(sent, at) {
				found = append(found, f.find(d.of.Actor, at, "sent no ping at %s, as one every %s would", seconds(at), seconds(every)))
				break
			}
		}
		for _, at := range sent {
			if off := (at - d.opened) % every; at < until && off > tick && off < every-tick || at-d.opened < every-tick {
				found = append(found, f.find(d.of.Actor, at, "sent a ping %s after its socket opened", seconds(at-d.opened)))
				break
			}
		}
	}
	return found, applies
}})

func nearOne(times []time.Duration, at time.Duration) bool {
	for _, t := range times {
		if t >= at-tick && t <= at+tick {
			return true
		}
	}
	return false
}

// pingsUntil is until when a socket is its client's business: its end, the page's word
// that it leaves, a join that failed, a phone that suspends the page.
func (f *facts) pingsUntil(d *dial) time.Duration {
	until := min(d.closed, f.end)
	if d.of.failed() {
		until = min(until, d.of.answered)
	}
	for _, c := range f.wire.calls[d.of.client()] {
		if c.At >= d.at && (c.name == "leave" || c.name == "destroy") {
			until = min(until, c.At)
		}
	}
	for _, ev := range f.events(d.of.Actor, trace.HostState) {
		if ev.At >= d.at && f.text(ev.Text) == "suspend" {
			until = min(until, ev.At)
		}
	}
	return until
}
