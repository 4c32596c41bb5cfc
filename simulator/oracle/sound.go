package oracle

import "time"

const (
	// AudioGapLeast is the shortest silence that counts as a gap.
	// Source: Agora Analytics, audio freeze; fidelity: documented.
	AudioGapLeast = 200 * time.Millisecond
	// levelLeast is how much sound a level is measured over.
	// Source: our definition, 100 ms RMS of a constant tone; fidelity: assumed.
	levelLeast = 100 * time.Millisecond
)

// hear measures gaps and levels of what was played.
func (f *facts) hear(v *View, t *track) {
	if f.sampled { // units that are stamped are louder and quieter as their talker is
		v.LevelSpreadDB = gainSpread(t)
	} else {
		v.LevelSpreadDB = levelSpread(t)
	}
	v.EchoDB, v.Echo = echo(t, f.tracks[pair{from: t.to, to: t.from}])
	if len(t.played) == 0 {
		return
	}
	var gap time.Duration
	audible := f.audible(t)
	for _, player := range t.playing.spans {
		pause, last := time.Duration(0), player.from
		for i, w := range cross(audible, []span{player}) {
			if i > 0 {
				pause = w.from - last
			}
			gap += silence(t, w, pause)
			last = w.to
		}
	}
	v.AudioGap = &gap
}

// silence adds up the gaps of a window, from the first sound heard in it. In a pause
// before it the microphone was off or the sound muted; what was sent before that is
// still heard a little later, so that the pause comes late too and is taken off a gap
// that begins early in the window.
func silence(t *track, w span, pause time.Duration) time.Duration {
	var sum, heardTo time.Duration
	began := false
	gap := func(to time.Duration) {
		d := to - heardTo
		if heardTo < w.from+inFlight {
			d -= pause
		}
		if began && d >= AudioGapLeast {
			sum += d
		}
	}
	for _, ev := range t.played[since(t.played, w.from):] {
		if time.Duration(ev.V[0]) >= w.to {
			break
		}
		s, ok := span{time.Duration(ev.V[0]), ev.At}.overlap(w)
		if !ok {
			continue
		}
		gap(s.from)
		heardTo, began = s.to, true
	}
	gap(w.to)
	return sum
}

// levelSpread is how much the level of a constant tone varied; nil where no stamp
// told it.
func levelSpread(t *track) *float64 {
	var least, most int64
	read := false
	for _, ev := range t.played {
		if ev.V[3] < 0 || ev.At-time.Duration(ev.V[0]) < levelLeast {
			continue
		}
		if !read {
			least, most, read = ev.V[4], ev.V[4], true
		}
		least, most = min(least, ev.V[4]), max(most, ev.V[4])
	}
	if !read {
		return nil
	}
	spread := float64(most-least) / 100
	return &spread
}
