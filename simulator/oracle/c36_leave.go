package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// C36: a leave that the gateway has granted is answered once, closes the socket, and
// nothing leaves by it later; the others are told that the stream is gone.
var _ = register(judge{id: "C36", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		d := f.wire.socket(c.client(), c.At)
		left := f.granted(c)
		if c.name != "leave" || d == nil || left == nil || c.failed() && c.code == codeTimedOut { // the answer came too late
			continue
		}
		wrong := f.afterLeave(c, d, left)
		if len(wrong) > 0 && f.cut(c.Actor, c.At, left.At+crossing) {
			continue
		}
		found = append(found, wrong...)
		found = append(found, f.othersOf(c.Actor, left)...)
		applies = true
	}
	return found, applies || len(found) > 0
}})

// afterLeave: the leave is answered once, or not at all where that is the version's
// way, and its socket is closed and silent.
func (f *facts) afterLeave(c *call, d *dial, left *trace.Event) []Finding {
	var found []Finding
	since := left.At + crossing
	switch {
	case !c.unanswered() && !c.ok() || c.oks > 1:
		found = append(found, f.find(c.Actor, c.answered, "leave was granted, and answered %d times, with code %d", c.oks+c.fails, c.code))
	case c.unanswered() && f.param("sdk.leaveCallbacks", 0) > 0 && f.end >= since:
		found = append(found, f.find(c.Actor, since, "leave was granted and never answered"))
	case c.ok():
		since = c.answered
	}
	if d.closed > since+closeBound && f.end >= since+closeBound {
		found = append(found, f.find(c.Actor, since+closeBound, "has left, and its socket is still open"))
	}
	for _, ev := range d.sent {
		if ev.At > since {
			found = append(found, f.find(c.Actor, ev.At, "has left, and sends %s", f.text(ev.Note)))
		}
	}
	return found
}

// granted is the end of the caller's session by its leave; nil if there is none.
func (f *facts) granted(c *call) *trace.Event {
	for _, ev := range f.later(c.Actor, c.At) {
		if ev.At > c.At+requestLasts {
			break
		}
		if ev.Kind == trace.ServerLeft {
			if f.text(ev.Text) == "leave" {
				return ev
			}
			break
		}
	}
	return nil
}

// othersOf: who had been told of the leaver's stream is told that it is gone.
func (f *facts) othersOf(leaver trace.ActorID, left *trace.Event) []Finding {
	var found []Finding
	for _, t := range f.of[leaver].views {
		if t.from != leaver {
			continue
		}
		for _, s := range f.of[t.to].stays {
			if s.from < left.At && s.to > left.At+crossing && f.stillShown(t, s, left.At) {
				found = append(found, f.find(t.to, left.At, "was not told that %s's stream is gone", f.name(leaver)))
			}
		}
	}
	return found
}

// stillShown tells whether a member knows a stream as there although its publisher left.
func (f *facts) stillShown(t *track, s *stay, left time.Duration) bool {
	there := false
	for _, ev := range t.announced {
		if ev.At >= s.from && ev.At <= left+tick {
			there = f.text(ev.Text) == streamAdded
		}
	}
	return there
}

// C37: leave calls back also when the socket has gone before.
var _ = register(judge{id: "C37", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		a := f.wire.last(c.client(), c.At)
		if c.name != "leave" || a == nil || !a.ok() || a.left != nil && a.left != c || !f.goneBefore(a, c.At) {
			continue
		}
		switch {
		case !c.unanswered():
			applies = true
		case f.end >= c.At+requestLasts+tick:
			found = append(found, f.find(c.Actor, c.At, "called leave after its socket had gone, and was never answered"))
		}
	}
	return found, applies || len(found) > 0
}})

// goneBefore tells whether the socket of a session had gone a moment before.
func (f *facts) goneBefore(a *attempt, at time.Duration) bool {
	gone := false
	for _, d := range a.dials {
		if d.opened != never && d.closed > at-tick {
			return false
		}
		gone = gone || d.opened != never
	}
	return gone
}
