package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// tellLate is how long the server may take to tell the others of a change: it tells
// them in the same request. Fidelity: assumed, generous.
const tellLate = 100 * time.Millisecond

// C17: when a publishing broadcaster becomes audience its push is cut and its URL
// good for nothing, and the others hear that its stream is gone.
var _ = register(judge{id: "C17", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for id, m := range f.of {
		who := trace.ActorID(id)
		for _, s := range m.stays {
			for i, l := range f.asAudience(s) {
				published, ok := endingAt(m.granted.spans, l.from)
				if i == 0 && s.joinedAs == audience || !ok && !touches(m.granted.spans, l.from) {
					continue
				}
				applies = true
				for _, z := range cross(m.pushes.spans, []span{l}) {
					found = append(found, f.find(who, z.from, "became audience at %s, and its push is taken in for %s", seconds(l.from), seconds(z.length())))
				}
				if !ok {
					found = append(found, f.find(who, l.from, "became audience, and its publish URL is still good"))
					continue
				}
				found = append(found, f.untoldEnd(who, published)...)
			}
		}
	}
	return found, applies
}})

// endingAt finds the span that ends at a time.
func endingAt(spans []span, t time.Duration) (span, bool) {
	for _, s := range spans {
		if s.to == t {
			return s, true
		}
	}
	return span{}, false
}

// untoldEnd finds members that knew of a stream and didn't hear of its end, from the
// server or from their SDK.
func (f *facts) untoldEnd(who trace.ActorID, published span) []Finding {
	var found []Finding
	for _, t := range f.of[who].views {
		if t.from != who || !f.stays(t.to, span{published.to, published.to + tellLate}) || !f.knows(t, published.to) {
			continue
		}
		told := f.announcedIn(t, streamRemoved, span{published.to, published.to + tellLate + 1})
		if told == nil {
			found = append(found, f.find(t.to, published.to+tellLate, "was not told that %s's stream is gone since %s", f.name(who), seconds(published.to)))
			continue
		}
		if _, heard := f.hears(t.to, who, span{told.At, told.At + newsLate}, streamRemoved); !heard && f.mustHear(t.to, told.At) {
			found = append(found, f.find(t.to, told.At+newsLate, "its page never heard that %s's stream is gone since %s", f.name(who), seconds(published.to)))
		}
	}
	return found
}

// knows tells whether a member had been told of another's stream in its session, and
// not of its end, before a time.
func (f *facts) knows(t *track, before time.Duration) bool {
	for _, s := range f.of[t.to].stays {
		if s.from > before || s.to <= before {
			continue
		}
		known := false
		for _, ev := range in(t.announced, span{s.from, before}) {
			known = f.text(ev.Text) == streamAdded
		}
		return known
	}
	return false
}

// announcedIn is the first announcement of a name within a span; nil if there is none.
func (f *facts) announcedIn(t *track, name string, s span) *trace.Event {
	for _, ev := range in(t.announced, s) {
		if f.text(ev.Text) == name {
			return ev
		}
	}
	return nil
}
