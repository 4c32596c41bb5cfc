package oracle

import (
	"time"

	"minilab/simulator/trace"
)

const (
	// flowLeast is how long a stream must have been due to judge whether it flowed:
	// two of the relay's spans. Fidelity: assumed.
	flowLeast = 2 * time.Second
	// flowFewest is how many messages must have come in for the same.
	// Fidelity: assumed; sound makes 43 a second, pictures 15.
	flowFewest = 5
	// flowShare of what came in must have been meant for a subscriber. The counts are
	// of spans, so parts of spans are estimates. Fidelity: assumed.
	flowShare = 0.5
)

// counted is how many messages of a medium a MediaIn or RelayOut event tells of. What
// a relay dropped for want of room or of a key frame it meant to send.
func counted(ev *trace.Event, medium int) int64 {
	switch {
	case ev.Kind == trace.MediaIn && medium == video:
		return ev.V[2]
	case ev.Kind == trace.MediaIn:
		return ev.V[3]
	case medium == video:
		return ev.V[1] + ev.V[3]
	}
	return ev.V[2]
}

// messages estimates how many messages of a medium such events tell of in some spans.
func messages(events []*trace.Event, medium int, spans []span) float64 {
	sum := 0.0
	for _, s := range spans {
		for i := since(events, s.from); i < len(events); i++ {
			of := span{time.Duration(events[i].V[0]), events[i].At}
			if of.from >= s.to {
				break
			}
			if part, ok := of.overlap(s); ok {
				sum += float64(counted(events[i], medium)) * float64(part.length()) / float64(of.length())
			}
		}
	}
	return sum
}

// due is when a member's medium was meant for another within a span: it played, its
// connection stood, it had not muted the medium and the publisher not its own.
func (f *facts) due(t *track, medium int, s span) []span {
	on := t.playing.spans
	if len(t.open.spans) > 0 {
		on = cross(on, t.open.spans)
	}
	return minus(minus(cross(on, []span{s}), t.muted[medium].spans), f.of[t.from].quiet[medium].spans)
}

// flow is what became of a stream.
type flow uint8

const (
	unknown flow = iota // too little was due
	flowing
	stopped
)

// flow compares what the relay enqueued for a subscriber with what came in.
func (f *facts) flow(t *track, medium int, s span) flow {
	due := f.due(t, medium, s)
	came := messages(f.of[t.from].mediaIn, medium, due)
	switch {
	case total(due) < flowLeast || came < flowFewest:
		return unknown
	case messages(t.relayed, medium, due) >= flowShare*came:
		return flowing
	}
	return stopped
}
