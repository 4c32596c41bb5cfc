package oracle

import "time"

// muteHolds: once the relay has answered a mute it enqueues nothing of that medium
// for that subscriber and nothing captured later is shown; the others lose nothing.
// What was queued before may still arrive: for how long is measured.
var muteHolds = judge{id: "mute-holds", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	f.eachMute(func(t *track, medium int, s span) {
		applies = true
		found = append(found, f.mutedSpan(t, s, medium)...)
		found = append(found, f.lostBy(t, medium, s)...)
	})
	return found, applies
}, measure: func(f *facts) []Measure {
	tail, any := time.Duration(0), false
	f.eachMute(func(t *track, medium int, s span) { tail, any = max(tail, f.muteTail(t, medium, s)), true })
	if !any {
		return nil
	}
	return []Measure{{"mute_tail_s", tail.Seconds()}}
}}

// eachMute goes through all mutes that the relay applied, in a fixed order.
func (f *facts) eachMute(do func(t *track, medium int, s span)) {
	for from := range f.of {
		for _, t := range f.of[from].views {
			if int(t.from) != from {
				continue
			}
			for medium := range mediums {
				for _, s := range t.muted[medium].spans {
					do(t, medium, s)
				}
			}
		}
	}
}

// lostBy finds who lost what nobody muted: a stream that flowed right before a mute
// and was stopped by it. Only what was due for the whole time counts, so that one who
// leaves, or whose connection broke, is no loss.
func (f *facts) lostBy(muter *track, mutedMedium int, s span) []Finding {
	var found []Finding
	early := span{s.from, min(s.to, s.from+flowBefore)}
	before := span{s.from - flowBefore, s.from}
	for _, p := range f.pairs {
		t := f.tracks[p]
		for medium := range mediums {
			if t == muter && medium == mutedMedium || total(f.due(t, medium, early)) < early.length() {
				continue
			}
			if f.flow(t, medium, early) == stopped && f.flow(t, medium, before) == flowing {
				found = append(found, f.find(t.to, s.from, "lost %s's %s when %s muted %s's %s",
					f.name(t.from), mediums[medium], f.name(muter.to), f.name(muter.from), mediums[mutedMedium]))
			}
		}
	}
	return found
}

// muteTail is how long after a mute the last of what had been queued before was
// shown or heard.
func (f *facts) muteTail(t *track, medium int, s span) time.Duration {
	var last time.Duration
	if medium == video {
		for _, ev := range in(t.shown, s) {
			last = ev.At - s.from
		}
		return last
	}
	for _, ev := range t.played[since(t.played, s.from+1):] {
		if from := time.Duration(ev.V[0]); from >= s.to {
			break
		}
		last = min(ev.At, s.to) - s.from
	}
	return last
}
