package oracle

import (
	"strings"
	"time"

	"minilab/simulator/trace"
)

// C24: after mute(uid, "video") no picture of that member reaches the caller, its
// sound goes on, nobody else loses anything and nobody is told.
var _ = register(judge{id: "C24", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	return f.judgeMutes(video)
}})

// muteTargets are the mediums that a target names.
func muteTargets(target string) [len(mediums)]bool {
	return [len(mediums)]bool{audio: target == "audio" || target == "all", video: target == "video" || target == "all"}
}

// judgeMutes looks at every successful mute of one medium: mute(target) with that
// target, or "all", which C25 answers for. A mute of what nobody sent is no evidence.
func (f *facts) judgeMutes(medium int) (found []Finding, applies bool) {
	for _, c := range f.calls {
		targets := muteTargets(c.args)
		t := f.track(pair{from: c.Peer, to: c.Actor})
		if c.name != "mute" || !c.ok() || t == nil || !targets[medium] || medium == video && targets[audio] {
			continue
		}
		for target := range mediums {
			if !targets[target] {
				if s, ok := t.mutedBy(c, target); ok && s.from > c.At && !f.askedToMute(t, target, s.from) {
					found = append(found, f.find(t.to, s.from, "muted %s's %s, which it had not asked for", f.name(t.from), mediums[target]))
				}
				continue
			}
			s, ok := t.mutedBy(c, target)
			if !ok {
				found = append(found, f.find(t.to, c.answered, "muted %s's %s with success, but the relay knows nothing of it", f.name(t.from), mediums[target]))
				continue
			}
			applies = applies || messages(f.of[t.from].mediaIn, target, []span{s}) > 0
			found = append(found, f.mutedSpan(t, s, target)...)
			found = append(found, f.nobodyElse(t, s)...)
		}
	}
	return found, applies || len(found) > 0
}

// mutedBy is the muted span that a call brought about.
func (t *track) mutedBy(c *call, medium int) (span, bool) {
	for _, s := range t.muted[medium].spans {
		if s.to > c.At && s.from <= c.answered {
			return s, true
		}
	}
	return span{}, false
}

// askedToMute tells whether the subscriber had asked for a mute of that medium, and
// not been answered when it came.
func (f *facts) askedToMute(t *track, medium int, at time.Duration) bool {
	for _, c := range f.calls {
		if c.name == "mute" && c.Actor == t.to && c.Peer == t.from && c.At <= at && (c.unanswered() || c.answered >= at) && muteTargets(c.args)[medium] {
			return true
		}
	}
	return false
}

// mutedSpan checks one medium from the server's answer to the unmute.
func (f *facts) mutedSpan(t *track, s span, medium int) []Finding {
	var found []Finding
	for _, ev := range t.relayed[since(t.relayed, s.from+1):] {
		from := time.Duration(ev.V[0])
		if from >= s.to {
			break
		}
		if n := relayed(ev, medium); from >= s.from && n > 0 {
			found = append(found, f.find(t.to, ev.At, "has muted %s's %s, yet the relay enqueued %d messages of it", f.name(t.from), mediums[medium], n))
		}
	}
	if medium != video {
		return found
	}
	for _, ev := range in(t.shown, s) {
		if captured := time.Duration(ev.V[1]); captured >= s.from {
			found = append(found, f.find(t.to, ev.At, "has muted %s's video, yet sees a picture captured at %s", f.name(t.from), seconds(captured)))
		}
	}
	return found
}

// relayed is how many messages of a medium were enqueued.
func relayed(ev *trace.Event, medium int) int64 {
	if medium == video {
		return ev.V[1]
	}
	return ev.V[2]
}

// flowBefore is how long before a mute a stream is looked at: what had stopped by
// then was not stopped by the mute. Fidelity: assumed.
const flowBefore = 5 * time.Second

// nobodyElse: a mute takes one stream's mediums from its caller and no more. The
// publisher's other medium goes on for the caller, everybody keeps all else, and no
// app is told.
func (f *facts) nobodyElse(t *track, s span) []Finding {
	var found []Finding
	for _, p := range f.pairs {
		q := f.tracks[p]
		for medium := range mediums { // what is muted isn't due
			if f.flow(q, medium, s) != stopped || f.flow(q, medium, span{s.from - flowBefore, s.from}) == stopped {
				continue
			}
			found = append(found, f.find(q.to, s.from, "lost %s's %s when %s muted %s", f.name(q.from), mediums[medium], f.name(t.to), f.name(t.from)))
		}
	}
	return append(found, f.muteTold(t, s)...)
}

// muteToldLate is how long after an unmute an app that is told of it would hear.
// Fidelity: assumed.
const muteToldLate = 2 * time.Second

// muteTold finds apps that heard of a mute, which concerns its caller only. A member
// that switched its own camera or microphone may be announced.
func (f *facts) muteTold(t *track, s span) []Finding {
	var found []Finding
	for _, ev := range f.told {
		about := ev.Peer == t.from || ev.Peer == t.to
		name := f.text(ev.Text)
		if !about || ev.At < s.from || ev.At >= s.to+muteToldLate || !strings.Contains(name, "mute") || f.switched(ev.Peer, ev.At) {
			continue
		}
		found = append(found, f.find(ev.Actor, ev.At, "was told %s of %s, though only %s stopped receiving %s", name, f.name(ev.Peer), f.name(t.to), f.name(t.from)))
	}
	return found
}

// switched tells whether a member switched camera or microphone shortly before.
func (f *facts) switched(m trace.ActorID, t time.Duration) bool {
	for _, s := range [...]*toggle{&f.of[m].camera, &f.of[m].mic} {
		for _, x := range s.spans {
			if x.from <= t && t-x.from < flowBefore || x.to <= t && t-x.to < flowBefore {
				return true
			}
		}
	}
	return false
}
