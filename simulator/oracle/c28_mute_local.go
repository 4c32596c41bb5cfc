package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// localEvents are what pages hear when a publisher stops or resumes sending a medium,
// translated or as the server says it.
// Source: SDK files 2.3.2 (raw) and 2.4.2 (translated); fidelity: observed.
var localEvents = [len(mediums)]struct{ off, on, raw string }{
	audio: {"mute-audio", "unmute-audio", "audio-mute"},
	video: {"mute-video", "unmute-video", "video-mute"},
}

// C28: muteLocal stops the publisher's own medium for all who play it, leaves the
// other alone, and their pages hear of it once; unmuteLocal is the way back.
var _ = register(judge{id: "C28", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		off := c.name == "muteLocal"
		if !off && c.name != "unmuteLocal" || !c.ok() {
			continue
		}
		m := f.of[c.Actor]
		for medium, on := range muteTargets(c.args) {
			if !on {
				continue
			}
			s, ok := m.quietBy(c, medium)
			if off && !ok {
				found = append(found, f.find(c.Actor, c.answered, "muted its own %s with success, but the relay knows nothing of it", mediums[medium]))
			}
			if !ok {
				continue
			}
			applies = applies || off
			found = append(found, f.quietFor(c, s, medium, off, muteTargets(c.args))...)
		}
	}
	return found, applies || len(found) > 0
}})

// quietBy is the span of a local mute that a call began or ended.
func (m *member) quietBy(c *call, medium int) (span, bool) {
	for _, s := range m.quiet[medium].spans {
		edge := s.from
		if c.name == "unmuteLocal" {
			edge = s.to
		}
		if edge >= c.At && edge <= c.answered {
			return s, true
		}
	}
	return span{}, false
}

// quietFor looks at all who play a publisher that muted a medium (off) or ended that.
func (f *facts) quietFor(c *call, s span, medium int, off bool, targets [len(mediums)]bool) []Finding {
	var found []Finding
	for _, t := range f.of[c.Actor].views {
		if t.from != c.Actor {
			continue
		}
		if off {
			found = append(found, f.quietSpan(t, s, medium, targets)...)
			found = append(found, f.quietTold(t, s.from, medium, true)...)
			continue
		}
		found = append(found, f.quietTold(t, s.to, medium, false)...)
		after := span{s.to, s.to + muteResume}
		if f.resumes(t, medium, after) == stopped && f.calm(t.from, after) {
			found = append(found, f.find(t.to, after.to, "still gets none of %s's %s, which it sends again", f.name(t.from), mediums[medium]))
		}
	}
	return found
}

// quietSpan: nothing of the medium is enqueued, and the other goes on.
func (f *facts) quietSpan(t *track, s span, medium int, targets [len(mediums)]bool) []Finding {
	var found []Finding
	for _, ev := range t.relayed[since(t.relayed, s.from+1):] {
		from := time.Duration(ev.V[0])
		if from >= s.to {
			break
		}
		if n := relayed(ev, medium); from > s.from && n > 0 {
			found = append(found, f.find(t.to, ev.At, "%s muted its own %s, yet the relay enqueued %d messages of it", f.name(t.from), mediums[medium], n))
			break
		}
	}
	early, before := span{s.from, min(s.to, s.from+flowBefore)}, span{s.from - flowBefore, s.from}
	for other := range mediums {
		if targets[other] || total(f.due(t, other, early)) < early.length() {
			continue
		}
		if f.flow(t, other, early) == stopped && f.flow(t, other, before) == flowing {
			found = append(found, f.find(t.to, s.from, "lost %s's %s when it muted its own %s", f.name(t.from), mediums[other], mediums[medium]))
		}
	}
	return found
}

// quietTold: who plays the stream hears of the change once, where its SDK raises the
// event at all.
func (f *facts) quietTold(t *track, changed time.Duration, medium int, off bool) []Finding {
	names := localEvents[medium]
	want := names.on
	if off {
		want = names.off
	}
	if f.param("sdk."+[...]string{audio: "muteAudioEvent", video: "muteVideoEvent"}[medium], 1) == 0 {
		want = names.raw
	}
	heard := 0
	for _, ev := range in(f.told, span{changed, changed + newsLate}) {
		if ev.Actor == t.to && ev.Peer == t.from && f.text(ev.Text) == want {
			heard++
		}
	}
	_, plays := at(t.playing.spans, changed)
	switch {
	case heard > 1 && !f.changesAgain(t.from, medium, changed):
		return []Finding{f.find(t.to, changed, "heard %d times that %s changed its own %s", heard, f.name(t.from), mediums[medium])}
	case heard == 0 && plays && f.mustHear(t.to, changed):
		return []Finding{f.find(t.to, changed+newsLate, "heard no %s of %s", want, f.name(t.from))}
	}
	return nil
}

// changesAgain tells whether a member changed the same medium once more soon after.
func (f *facts) changesAgain(who trace.ActorID, medium int, changed time.Duration) bool {
	return slices.ContainsFunc(f.of[who].quiet[medium].spans, func(s span) bool {
		return s.from > changed && s.from < changed+newsLate || s.to > changed && s.to < changed+newsLate
	})
}
