package oracle

import (
	"slices"

	"minilab/simulator/trace"
)

// C35: when the gateway gives another URL for a remote stream, the page plays it from
// that with a new player, and media resumes; one for its own stream the demo ignores.
var _ = register(judge{id: "C35", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, ev := range f.story {
		if !f.cast(ev.Actor) || !f.cast(ev.Peer) || f.text(ev.Text) != updateURL {
			continue
		}
		switch {
		case ev.Kind == trace.ServerNotified && ev.Peer != ev.Actor:
			if !f.heardURL(ev) && f.mustHear(ev.Actor, ev.At) {
				found = append(found, f.find(ev.Actor, ev.At+newsLate, "its page never heard of the new URL of %s", f.name(ev.Peer)))
			}
		case ev.Kind == trace.ClientEvent && ev.Peer == ev.Actor:
			found = append(found, f.ignores(ev)...)
			applies = true
		case ev.Kind == trace.ClientEvent:
			wrong, any := f.swaps(ev)
			found, applies = append(found, wrong...), applies || any
		}
	}
	return found, applies || len(found) > 0
}})

const updateURL = "update-url"

// heardURL tells whether a page heard what the gateway told it.
func (f *facts) heardURL(told *trace.Event) bool {
	return slices.ContainsFunc(in(f.told, span{told.At, told.At + newsLate}), func(ev *trace.Event) bool {
		return ev.Actor == told.Actor && ev.Peer == told.Peer && ev.Note == told.Note && f.text(ev.Text) == updateURL
	})
}

// ignores: the pusher goes on as it is.
func (f *facts) ignores(told *trace.Event) []Finding {
	s := span{told.At, told.At + pageActs}
	if f.breaksPush(told.Actor, s) {
		return nil
	}
	for _, ev := range in(f.of[told.Actor].story, s) {
		if ev.Kind == trace.PushStarted || ev.Kind == trace.PushStopped {
			return []Finding{f.find(told.Actor, ev.At, "heard of a new URL for its own stream, and then: %s", ev.Kind)}
		}
	}
	return nil
}

// swaps: what plays is played from the new URL, and media comes.
func (f *facts) swaps(told *trace.Event) (found []Finding, applies bool) {
	t := f.track(pair{from: told.Peer, to: told.Actor})
	s := span{told.At, told.At + pageActs}
	if _, plays := at(t.playing.spans, told.At-1); !plays || f.end < s.to || !f.stays(told.Actor, s) {
		return nil, false
	}
	started := f.playerOn(t, f.text(told.Note), told.At)
	if started == nil || started.At > s.to {
		return []Finding{f.find(told.Actor, s.to, "heard of a new URL of %s, and does not play from it", f.name(told.Peer))}, true
	}
	player, _ := at(t.playing.spans, started.At)
	try := span{started.At, started.At + meetLate}
	if player.to < try.to || !f.calm(t.to, try) || !f.stays(t.to, try) || total(cross(f.of[t.from].granted.spans, []span{try})) < meetLate {
		return nil, true
	}
	i := slices.IndexFunc(t.open.spans, func(o span) bool { return o.from >= started.At && o.from < try.to })
	if i < 0 {
		return []Finding{f.find(told.Actor, try.to, "plays %s from its new URL, and is not let in", f.name(told.Peer))}, true
	}
	if o := t.open.spans[i]; f.starved(t, o) {
		found = append(found, f.find(told.Actor, try.to, "plays %s from its new URL, and gets none of its media", f.name(told.Peer)))
	}
	return found, true
}
