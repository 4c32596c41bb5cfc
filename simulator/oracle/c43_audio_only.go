package oracle

import "time"

const (
	// audioAdvised and audioMost are how many may speak in an audio call: with promised
	// quality, and at all. Source: release notes 1.1.0; fidelity: documented.
	audioAdvised = 8
	audioMost    = 17
	// audioGapShare is how much of the time that there was something to hear may be
	// silent, on networks that lose nothing. Source: the notes give no bound; fidelity:
	// assumed.
	audioGapShare = 0.02
	// audioSeveral is from how many on a refusal may have to do with their number: of
	// two, nobody turns one away for being too many. Fidelity: assumed.
	audioSeveral = 5
	// audioLeast is how long a pair must have had something to hear. Fidelity: assumed.
	audioLeast = 5 * time.Second
)

// C43: in a call without pictures up to eight hear each other well, up to seventeen
// all get in and hear something of each other; of more only the outcome is reported.
var _ = register(judge{id: "C43", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	n := f.speakers()
	if n < 2 || n > audioMost {
		return nil, false
	}
	for _, c := range f.calls {
		if n >= audioSeveral && f.turnedAway(c) {
			found = append(found, f.find(c.Actor, c.answered, "%s failed with %d in an audio call of %d", c.name, c.code, n))
		}
	}
	for _, p := range f.hearings() {
		t := f.track(p)
		for _, w := range f.hearable(t) {
			applies = true
			gap := w.length() - f.heardIn(t, w)
			switch {
			case gap == w.length():
				found = append(found, f.find(p.to, w.to, "hears nothing of %s for %s in a call of %d", f.name(p.from), seconds(gap), n))
			case n <= audioAdvised && gap.Seconds() > audioGapShare*w.length().Seconds():
				found = append(found, f.find(p.to, w.to, "misses %s of %s that %s said in a call of %d", seconds(gap), seconds(w.length()), f.name(p.from), n))
			}
		}
	}
	return found, applies || len(found) > 0
}, measure: func(f *facts) []Measure {
	n := f.speakers()
	if n < 2 {
		return nil
	}
	worst := 0.0
	for _, p := range f.hearings() {
		t := f.track(p)
		for _, w := range f.hearable(t) {
			worst = max(worst, 1-f.heardIn(t, w).Seconds()/w.length().Seconds())
		}
	}
	return []Measure{{"speakers", float64(n)}, {"gap_worst_share", worst}}
}})

// speakers is how many published at once in a run without pictures; 0 if there are any.
func (f *facts) speakers() int {
	most := 0
	for id, m := range f.of {
		if f.rec.Head.Members[id].Camera != "off" || len(m.camera.spans) > 0 || len(m.captured) > 0 {
			return 0
		}
		for _, s := range m.granted.spans {
			n := 0
			for _, o := range f.of {
				if _, there := at(o.granted.spans, s.from); there {
					n++
				}
			}
			most = max(most, n)
		}
	}
	return most
}

// turnedAway tells whether the server refused somebody a way into a call, or to hear
// one who speaks in it.
func (f *facts) turnedAway(c *call) bool {
	if c.fails == 0 || c.oks > 0 || c.code < 400 || c.code >= 600 || c.args != "" && c.name == "subscribe" {
		return false
	}
	return c.name == "join" || c.name == "subscribe" && f.cast(c.Peer) && f.listed(c, broadcaster)
}

// hearings are the pairs of which one played the other with a mini-program.
func (f *facts) hearings() []pair {
	var out []pair
	for _, p := range f.pairs {
		if f.page(p.to) {
			out = append(out, p)
		}
	}
	return out
}

// hearable is when one member had another to hear: its player's connection stood and
// the other pushed, from some time after that had begun, long enough to say something
// of it, and on networks that lost nothing. What users and
// systems take away is left out: one is away, on the phone, plays music beside the call,
// denies the microphone, or its host has stopped its push.
func (f *facts) hearable(t *track) []span {
	on := cross(f.audible(t), t.open.spans)
	on = cross(on, cross(f.of[t.from].granted.spans, sessionsOf(f.of[t.to].stays)))
	if pushes := f.of[t.from].pushes.spans; len(pushes) > 0 {
		on = cross(on, pushes)
	}
	on = minus(minus(on, f.of[t.from].speechless()), f.of[t.to].elsewhere())
	var out []span
	for _, w := range on {
		w.from += newsLate
		w.to -= inFlight
		if w.length() >= audioLeast && f.steady(t.from, w) && f.steady(t.to, w) {
			out = append(out, w)
		}
	}
	return out
}

// heardIn is how much of a span was heard.
func (f *facts) heardIn(t *track, w span) time.Duration {
	var sum time.Duration
	for _, ev := range t.played[since(t.played, w.from):] {
		if time.Duration(ev.V[0]) >= w.to {
			break
		}
		if s, ok := (span{time.Duration(ev.V[0]), ev.At}).overlap(w); ok {
			sum += s.length()
		}
	}
	return sum
}
