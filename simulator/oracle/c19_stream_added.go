package oracle

import (
	"slices"
	"strings"
	"time"

	"minilab/simulator/trace"
)

// mediaScheme begins every media URL. Source: vendor's documents; fidelity: documented.
const mediaScheme = "rtmp://"

// C19: publish gives an RTMP URL; members that have joined already are told of the
// stream once its media is there, each once, and the publisher never.
var _ = register(judge{id: "C19", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if c.name != "publish" || !c.ok() {
			continue
		}
		applies = true
		if !strings.HasPrefix(c.url, mediaScheme) {
			found = append(found, f.find(c.Actor, c.answered, "publish succeeded and gave %q, no URL to push to", c.url))
		}
	}
	for _, ev := range f.story {
		about := ev.Kind == trace.ServerAnnounced || ev.Kind == trace.ClientEvent
		if about && f.cast(ev.Actor) && ev.Actor == ev.Peer && f.text(ev.Text) == streamAdded {
			found = append(found, f.find(ev.Actor, ev.At, "was told of its own stream"))
		}
	}
	for id := range f.of {
		wrong, any := f.streamsTold(trace.ActorID(id))
		found, applies = append(found, wrong...), applies || any
	}
	return found, applies || len(found) > 0
}})

// streamsTold looks at who hears of a member's streams.
func (f *facts) streamsTold(who trace.ActorID) (found []Finding, applies bool) {
	m := f.of[who]
	for _, published := range m.granted.spans {
		flows, ok := m.flows(published)
		due := span{published.from, flows.to + tellLate}
		if !ok || published.to <= due.to {
			continue
		}
		for id, o := range f.of {
			to := trace.ActorID(id)
			i := slices.IndexFunc(o.stays, func(s *stay) bool { return s.from < flows.from && s.to > due.to })
			if to == who || i < 0 || f.channelOf(to) != f.channelOf(who) {
				continue
			}
			applies = true
			found = append(found, f.streamTold(pair{from: who, to: to}, o.stays[i], due)...)
		}
	}
	return found, applies
}

// streamTold looks at one member that was there when a stream began.
func (f *facts) streamTold(p pair, s *stay, due span) []Finding {
	t := f.track(p)
	if told := f.announcedIn(t, streamAdded, due); told != nil {
		if _, heard := f.hears(p.to, p.from, span{told.At, told.At + newsLate}, streamAdded); !heard && f.mustHear(p.to, told.At) {
			return []Finding{f.find(p.to, told.At+newsLate, "its page never heard of %s's stream", f.name(p.from))}
		}
		if again := f.announcedIn(t, streamAdded, span{told.At + 1, due.to}); again != nil && f.announcedIn(t, streamRemoved, span{told.At, again.At + 1}) == nil {
			return []Finding{f.find(p.to, again.At, "was told of %s's stream twice", f.name(p.from))}
		}
		return nil
	}
	if s.back && (f.knew(t, s.from, span{0, due.to}) || f.knows(t, due.from)) {
		return nil
	}
	return []Finding{f.find(p.to, due.to, "was in the channel when %s's media came, and was not told of its stream", f.name(p.from))}
}

// flows is the span of the first media of a publisher that is more than what sets up
// decoders.
func (m *member) flows(published span) (span, bool) {
	for _, ev := range m.mediaIn[since(m.mediaIn, published.from):] {
		s := span{time.Duration(ev.V[0]), time.Duration(ev.V[4])}
		if s.from >= published.to {
			break
		}
		if s.from >= published.from && ev.V[2]+ev.V[3] >= flowFewest {
			return s, true
		}
	}
	return span{}, false
}
