package oracle

import (
	"sort"
	"time"

	"minilab/simulator/trace"
)

// crowdLeast is from how many members on a channel counts as a large one. Source: the
// notes speak of ten thousand; fidelity: assumed.
const crowdLeast = 150

// crowdPatience is how long a mini-program may take to get into a large channel on a
// network without loss. Fidelity: assumed, as long as a request may last.
const crowdPatience = requestTimeout

// C44: in a large channel joining, subscribing and events of streams work for a
// mini-program as they do in a small one.
var _ = register(judge{id: "C44", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	if f.crowd(func(c *call) bool { return c.name == "join" && c.stay == nil }) < crowdLeast {
		return nil, false
	}
	for _, c := range f.calls {
		switch {
		case c.name != "join" && c.name != "subscribe" || !f.calm(c.Actor, span{c.At, c.At + crowdPatience}):
		case c.unanswered() && f.end-c.At > crowdPatience && c.stay == nil && c.name == "join":
			found = append(found, f.find(c.Actor, c.At+crowdPatience, "cannot get into a large channel"))
		case f.turnedAway(c):
			found = append(found, f.find(c.Actor, c.answered, "%s failed with %d in a large channel", c.name, c.code))
		case c.name == "subscribe" && c.ok():
			applies = true
		}
	}
	for id := range f.of {
		wrong, _ := f.streamsTold(trace.ActorID(id))
		found = append(found, wrong...)
	}
	return found, applies || len(found) > 0
}, measure: func(f *facts) []Measure {
	if n := f.crowd((*call).ok); n >= crowdLeast {
		return []Measure{{"members", float64(n)}}
	}
	return nil
}})

// crowd is how many members at once were in the channel or, by a call that counts,
// meant to be: who is turned away at the door belongs to the crowd.
func (f *facts) crowd(counts func(*call) bool) int {
	type step struct {
		at time.Duration
		by int
	}
	var steps []step
	add := func(s span) { steps = append(steps, step{s.from, 1}, step{s.to, -1}) }
	for _, m := range f.of {
		if len(m.stays) > 0 {
			for _, s := range m.stays {
				add(s.span)
			}
			continue
		}
		for _, c := range m.calls {
			if c.name == "join" && counts(c) {
				add(span{c.At, f.end})
				break
			}
		}
	}
	sort.Slice(steps, func(i, j int) bool {
		a, b := steps[i], steps[j]
		return a.at < b.at || a.at == b.at && a.by < b.by
	})
	now, most := 0, 0
	for _, s := range steps {
		now += s.by
		most = max(most, now)
	}
	return most
}
