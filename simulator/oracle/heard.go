package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// Bounds of what is heard, in 1/100 dB.
const (
	// EchoLeast is how loud the listener's own voice must be in what it hears, against the
	// talker's, to be an echo.
	// Source: our definition; fidelity: assumed.
	EchoLeast = -4000
	// SwingLeast is by how much a talker's loudness must differ from the usual to be a
	// swing. Source: our definition from the release notes' 忽大忽小, a step that nobody
	// misses; fidelity: assumed.
	SwingLeast = 600
	// brokenOff is how far below the usual a voice is not quiet but gone.
	// Fidelity: assumed.
	brokenOff = -2000
	// musicLeast is the level from which music is heard. Fidelity: assumed.
	musicLeast = -5000
	// audibleLeast is the level from which a talker is. Fidelity: assumed.
	audibleLeast = -6000
)

// echoSettles is how long an echo canceller may take to learn its room, from the first
// sound on. Source: usual for cancellers; fidelity: assumed.
const echoSettles = 3 * time.Second

// second is what was heard of a talker in one second.
type second struct {
	span
	level, echo, music int64
	least, most        int64 // loudness against what was said
	spoken             bool  // and that was something
}

// known is when a second can be told of: what was measured over it may have come at
// its end.
func (s second) known() time.Duration { return s.to }

// heardSeconds are the seconds of a view that were measured on samples.
func heardSeconds(t *track) []second {
	out := make([]second, 0, len(t.measured))
	for _, ev := range t.measured {
		s := second{span: span{time.Duration(ev.V[0]), time.Duration(ev.V[0]) + time.Second}, level: ev.V[1], least: ev.V[2], most: ev.V[3], echo: ev.V[4], music: ev.V[5]}
		s.spoken = s.least > trace.AudioUnmeasured && s.most > trace.AudioUnmeasured
		out = append(out, s)
	}
	return out
}

// loudness is how loud a talker is heard: nine seconds in ten are not louder.
func loudness(all []second) (level int64, audible bool) {
	levels := make([]int64, 0, len(all))
	for _, s := range all {
		levels = append(levels, s.level)
	}
	if len(levels) == 0 {
		return 0, false
	}
	slices.Sort(levels)
	level = levels[len(levels)*9/10]
	return level, level >= audibleLeast
}

// echoed are the seconds of a view in which a canceller should have learned its room,
// each with the echo's level against the talker's. Left out is music, which leads a
// canceller astray for a reason of its own, with the time until it has its room again, and
// playback at another speed, whose joints sound in all frequencies. Music in the view the
// other way, back, is what the talker's phone plays: it leads that canceller astray too.
func echoed(t, back *track) (out []second, any bool) {
	all := heardSeconds(t)
	level, audible := loudness(all)
	if !audible {
		return nil, false
	}
	unsettled := union(musicSpans(all), []span{{all[0].from, all[0].from + echoSettles}})
	if back != nil {
		unsettled = union(unsettled, musicSpans(heardSeconds(back)))
	}
	for _, s := range all {
		if _, astray := at(unsettled, s.from); !astray && !paced(t, s.span) {
			s.echo -= level
			out = append(out, s)
		}
	}
	return out, len(out) > 0
}

// musicSpans are the seconds with music, with the one before, in which it may have begun,
// and the time in which a canceller has its room again.
func musicSpans(all []second) []span {
	var out []span
	for _, s := range all {
		if s.music >= musicLeast {
			out = union(out, []span{{s.from - time.Second, s.to + echoSettles}})
		}
	}
	return out
}

// normalSpeed is that of AudioPlayed, in 1/1000.
const normalSpeed = 1000

// paced tells whether anything in a span was played faster or slower.
func paced(t *track, s span) bool {
	for _, ev := range t.played[since(t.played, s.from):] {
		if time.Duration(ev.V[0]) >= s.to {
			break
		}
		if ev.V[2] != normalSpeed {
			return true
		}
	}
	return false
}

// echo measures a view's echo; nil where there are no samples to tell it from.
func echo(t, back *track) (most *float64, length *time.Duration) {
	all, any := echoed(t, back)
	if !any {
		return nil, nil
	}
	top, sum := all[0].echo, time.Duration(0)
	for _, s := range all {
		top = max(top, s.echo)
		if s.echo > EchoLeast {
			sum += time.Second
		}
	}
	db := float64(top) / 100
	return &db, &sum
}

// gainSettles is how long an automatic gain may take to find a talker's level, from the
// first sound on. Source: usual for automatic gains; fidelity: assumed.
const gainSettles = 5 * time.Second

// gainSpread is between the least and the most loudness against what was said, over
// blocks of sound in which nothing was missing, once the gain should have settled.
func gainSpread(t *track) *float64 {
	var least, most int64
	any := false
	all := heardSeconds(t)
	for _, s := range all {
		if !s.spoken || s.from < all[0].from+gainSettles {
			continue
		}
		if !any {
			least, most, any = s.least, s.most, true
		}
		least, most = min(least, s.least), max(most, s.most)
	}
	if !any {
		return nil
	}
	spread := float64(most-least) / 100
	return &spread
}

// swing is a stretch in which a talker was louder or quieter than usual, or gone.
type swing struct {
	span
	known time.Duration // when it can be told of
	by    int64         // against the usual, where it differs most
	gone  bool
}

// swings finds them among some of a view's seconds, by what is usual in others.
func swings(usually, among []second) []swing {
	normal, any := usual(usually)
	if !any {
		return nil
	}
	var out []swing
	for _, s := range among {
		if !s.spoken {
			continue
		}
		next := swing{span: s.span, known: s.known(), by: (s.least+s.most)/2 - normal}
		switch {
		case s.least-normal <= brokenOff:
			next.by, next.gone = s.least-normal, true
		case next.by > -SwingLeast && next.by < SwingLeast:
			continue
		}
		if n := len(out); n > 0 && next.from <= out[n-1].to && (next.by > 0) == (out[n-1].by > 0) && next.gone == out[n-1].gone {
			last := &out[n-1]
			last.to = next.to
			if next.by > 0 == (next.by > last.by) {
				last.by = next.by
			}
			continue
		}
		out = append(out, next)
	}
	return out
}

// usual is the middle of a talker's loudness.
func usual(all []second) (gain int64, any bool) {
	var gains []int64
	for _, s := range all {
		if s.spoken {
			gains = append(gains, (s.least+s.most)/2)
		}
	}
	if len(gains) == 0 {
		return 0, false
	}
	slices.Sort(gains)
	return gains[len(gains)/2], true
}

// musical parts a view's seconds by whether music was heard in them: in the talker's
// stream, or from the listener's own phone.
func (f *facts) musical(t *track) (with, without []second) {
	for _, s := range heardSeconds(t) {
		if s.music >= musicLeast || f.playsMusic(t.to, s.span) || f.playsMusic(t.from, s.span) {
			with = append(with, s)
		} else {
			without = append(without, s)
		}
	}
	return with, without
}

// playsMusic tells whether a member's phone plays music at some time of a span.
func (f *facts) playsMusic(who trace.ActorID, s span) bool {
	loud := f.of[who].loud
	for _, ev := range loud[since(loud, s.from):] {
		if from := time.Duration(ev.V[0]); from >= s.to {
			break
		} else if ev.V[5] >= musicLeast {
			return true
		}
	}
	return false
}
