package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// muteResume is how soon after unmute the medium must be back on a network that
// carries it: a whole GOP, the player's buffer and a round trip.
// Fidelity: assumed; GOP 3 s is documented for LiteAV.
const muteResume = 5 * time.Second

// C24: after mute(uid, "video") no picture of that member reaches the caller, its
// sound goes on, nobody else loses anything and nobody is told.
var _ = register(judge{id: "C24", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	return f.judgeMutes("video")
}})

// C25: mute(uid, "audio") is the mirror of C24, "all" is both at once; after unmute
// the medium is back on the same URL without a new subscribe, pictures whole.
var _ = register(judge{id: "C25", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	found, applies = f.judgeMutes("audio")
	resumed, unmutes := f.judgeUnmutes()
	return append(found, resumed...), applies || unmutes
}})

// judgeMutes looks at every successful mute of one medium: mute(target) with that
// target, or "all", which C25 answers for.
func (f *facts) judgeMutes(medium string) (found []Finding, applies bool) {
	for _, c := range f.calls() {
		targets := mutedBy(c.args)
		if c.name != "mute" || !c.ok || !targets[medium] || (medium == "video" && targets["audio"]) {
			continue
		}
		applies = true
		p := pair{from: c.Peer, to: c.Actor}
		for _, target := range mediums {
			if targets[target] {
				found = append(found, f.mutedSpan(p, c, target)...)
			}
		}
		if !targets["audio"] || !targets["video"] {
			found = append(found, f.otherMediumGoesOn(p, c, medium)...)
		}
		found = append(found, f.nobodyElse(p, c, medium)...)
	}
	return found, applies
}

var mediums = [...]string{"audio", "video"}

func mutedBy(target string) map[string]bool {
	return map[string]bool{"audio": target == "audio" || target == "all", "video": target == "video" || target == "all"}
}

// mutedSpan checks one medium from the server's answer to the unmute.
func (f *facts) mutedSpan(p pair, c *call, medium string) []Finding {
	s, ok := f.muteAfter(p, c, medium)
	if !ok {
		return []Finding{f.find(p.to, c.answered, "muted %s's %s with success, but the relay knows nothing of it", f.name(p.from), medium)}
	}
	var found []Finding
	for _, ev := range f.rec.Events {
		if ev.Actor != p.to || ev.Peer != p.from || ev.At < s.from {
			continue
		}
		switch {
		case ev.Kind == trace.RelayOut && time.Duration(ev.V[0]) >= s.from && time.Duration(ev.V[0]) < s.to && relayed(ev, medium) > 0:
			found = append(found, f.find(p.to, ev.At, "has muted %s's %s, yet the relay enqueued %d messages of it", f.name(p.from), medium, relayed(ev, medium)))
		case medium == "video" && ev.Kind == trace.FrameShown && ev.V[1] >= 0 && s.holds(time.Duration(ev.V[1])) && s.holds(ev.At):
			found = append(found, f.find(p.to, ev.At, "has muted %s's video, yet sees a picture captured at %s", f.name(p.from), seconds(time.Duration(ev.V[1]))))
		}
	}
	return found
}

func relayed(ev trace.Event, medium string) int64 {
	if medium == "video" {
		return ev.V[1]
	}
	return ev.V[2]
}

// muteAfter is the muted span that a call brought about.
func (f *facts) muteAfter(p pair, c *call, medium string) (span, bool) {
	for _, s := range f.muted[p][medium] {
		if s.to > c.At && s.from <= c.answered {
			return s, true
		}
	}
	return span{}, false
}

// otherMediumGoesOn: muting one medium leaves the other flowing to the caller, if
// anything of it arrives at the relay.
func (f *facts) otherMediumGoesOn(p pair, c *call, medium string) []Finding {
	other := map[string]string{"video": "audio", "audio": "video"}[medium]
	s, ok := f.muteAfter(p, c, medium)
	if !ok || f.flowed(p, other, s) || !f.arrived(p.from, other, s) {
		return nil
	}
	return []Finding{f.find(p.to, s.from, "muted %s's %s and lost its %s too", f.name(p.from), medium, other)}
}

// nobodyElse: other subscribers keep getting the medium, and no one is told.
func (f *facts) nobodyElse(p pair, c *call, medium string) []Finding {
	s, ok := f.muteAfter(p, c, medium)
	if !ok {
		return nil
	}
	var found []Finding
	for _, q := range f.pairs {
		if q.from != p.from || q.to == p.to || !coversMost(f.playing[q], s) || len(cross(f.muted[q][medium], []span{s})) > 0 {
			continue
		}
		if !f.flowed(q, medium, s) && f.arrived(p.from, medium, s) {
			found = append(found, f.find(q.to, s.from, "lost %s's %s when %s muted it", f.name(p.from), medium, f.name(p.to)))
		}
	}
	for _, ev := range f.events(trace.ClientEvent) {
		name := f.rec.Text(ev.Text)
		if ev.Peer == p.from && s.holds(ev.At) && (name == "mute-audio" || name == "mute-video" || name == "audio-mute" || name == "video-mute") {
			found = append(found, f.find(ev.Actor, ev.At, "was told %s of %s, though only %s stopped receiving it", name, f.name(p.from), f.name(p.to)))
		}
	}
	return found
}

func coversMost(spans []span, s span) bool {
	for _, x := range spans {
		if s.within(x) {
			return true
		}
	}
	return false
}

// flowed tells whether the relay kept a medium flowing to a pair during a span: in
// at least half of its seconds it enqueued some, or dropped some for want of room.
// A span too short to judge (under two of RelayOut's seconds) counts as flowing.
func (f *facts) flowed(p pair, medium string, s span) bool {
	if s.length() < 2*time.Second {
		return true
	}
	var flowing time.Duration
	for _, ev := range f.events(trace.RelayOut) {
		part, ok := span{time.Duration(ev.V[0]), ev.At}.overlap(s)
		if ok && ev.Actor == p.to && ev.Peer == p.from && (relayed(ev, medium) > 0 || ev.V[3] > 0) {
			flowing += part.length()
		}
	}
	return flowing >= s.length()/2
}

// arrived tells whether a publisher's medium came in steadily during a span: in at
// least three quarters of it. Where it came in fits and starts, nobody can say what
// was lost behind the relay.
func (f *facts) arrived(from trace.ActorID, medium string, s span) bool {
	var coming time.Duration
	for _, ev := range f.mediaIn[from] {
		n := ev.V[2]
		if medium == "audio" {
			n = ev.V[3]
		}
		if part, ok := (span{time.Duration(ev.V[0]), ev.At}).overlap(s); ok && n > 0 {
			coming += part.length()
		}
	}
	return coming >= s.length()*3/4
}

// judgeUnmutes looks at every successful unmute: what was muted is enqueued again,
// a picture is shown whole, and the app did not subscribe again for it.
func (f *facts) judgeUnmutes() (found []Finding, applies bool) {
	all := f.calls()
	for _, c := range all {
		if c.name != "unmute" || !c.ok {
			continue
		}
		applies = true
		p := pair{from: c.Peer, to: c.Actor}
		after := span{c.answered, c.answered + muteResume}
		for _, medium := range mediums {
			if !mutedBy(c.args)[medium] || !coversMost(f.playing[p], after) || len(cross(f.muted[p][medium], []span{{c.answered + time.Nanosecond, after.to}})) > 0 {
				continue
			}
			if !f.flowed(p, medium, after) && f.arrived(p.from, medium, after) {
				found = append(found, f.find(p.to, after.to, "unmuted %s's %s and still gets none of it", f.name(p.from), medium))
			}
		}
		if mutedBy(c.args)["video"] {
			found = append(found, f.wholeAgain(p, after)...)
		}
		for _, again := range all {
			if again.name == "subscribe" && again.Actor == c.Actor && again.Peer == c.Peer && after.holds(again.At) {
				found = append(found, f.find(p.to, again.At, "had to subscribe to %s again after unmute", f.name(p.from)))
			}
		}
	}
	return found, applies
}

// wholeAgain: the first picture after an unmute decodes from a key frame, so it is
// not garbled unless the stream was garbled before.
func (f *facts) wholeAgain(p pair, after span) []Finding {
	before := int64(0)
	for _, ev := range f.shown[p] {
		if ev.At < after.from {
			before = ev.V[3]
			continue
		}
		if ev.V[3]&trace.ShownGarbled != 0 && before&trace.ShownGarbled == 0 {
			return []Finding{f.find(p.to, ev.At, "unmuted %s's video and sees it garbled", f.name(p.from))}
		}
		return nil
	}
	return nil
}
