package oracle

import (
	"sort"
	"time"

	"minilab/simulator/trace"
)

// Fast playback: media time runs ahead of virtual time by more than this, for at
// least so long. Source: our definition, from the release notes' 快放 and the
// latency control of live-player; fidelity: assumed.
const (
	FastSpeed  = 1.1
	FastLength = time.Second
)

const (
	// frameWindow is how long a stretch of pictures is measured for its speed: shorter
	// ones are dominated by the screen's own rhythm. Fidelity: assumed.
	frameWindow = 500 * time.Millisecond
	// skipLeast is the step of media time from which pictures that are missing in
	// between were jumped over and not played too fast to be shown.
	// Fidelity: assumed, below what the model's player jumps.
	skipLeast = 250 * time.Millisecond
	// stepMost is the longest step of media time from one picture to the next that is
	// not a new beginning. Fidelity: assumed.
	stepMost = time.Second
	// fastPause is the longest pause in fast playback, such as lost sound, that doesn't
	// end it. Pauses don't count as fast. Fidelity: assumed.
	fastPause = 100 * time.Millisecond
)

// pace is a stretch of playback without a jump: so much media in so much time.
type pace struct {
	span
	media time.Duration
}

func (p pace) speed() float64 { return float64(p.media) / float64(p.length()) }

// paces are the stretches of one player that were heard or, where nothing was, seen.
func paces(t *track, player span) []pace {
	var out []pace
	for i := since(t.played, player.from); i < len(t.played); i++ {
		ev := t.played[i]
		s := span{time.Duration(ev.V[0]), ev.At}
		if s.from >= player.to {
			break
		}
		if s.from >= player.from && s.length() > 0 {
			out = append(out, pace{s, time.Duration(ev.V[1])})
		}
	}
	heard := make([]span, len(out))
	for i := range out {
		heard[i] = out[i].span
	}
	for _, p := range seen(in(t.shown, player)) {
		if len(cross(clip(heard, p.span), []span{p.span})) == 0 {
			out = append(out, p)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].from < out[j].from })
	return out
}

// clip leaves out the spans that end before another begins.
func clip(spans []span, s span) []span {
	return spans[sort.Search(len(spans), func(i int) bool { return spans[i].to > s.from }):]
}

// seen are the stretches of a player's pictures.
func seen(shown []*trace.Event) []pace {
	var out []pace
	start := 0
	for i := 1; i < len(shown); i++ {
		if jumped(shown[i-1], shown[i]) {
			start = i
			continue
		}
		if s := (span{shown[start].At, shown[i].At}); s.length() >= frameWindow {
			media := shown[i].V[4] - shown[start].V[4]
			out = append(out, pace{s, time.Duration(media) * time.Millisecond})
			start = i
		}
	}
	return out
}

// jumped tells whether the player was elsewhere in the stream at its next picture.
func jumped(a, b *trace.Event) bool {
	step := time.Duration(b.V[4]-a.V[4]) * time.Millisecond
	return step < 0 || step > stepMost || step > skipLeast && b.V[0] != a.V[0]+1
}

// fastRun is fast playback, pauses included in its span only.
type fastRun struct {
	span
	fast time.Duration
	top  float64
}

// fastRuns joins neighbouring fast stretches and keeps those long enough.
func fastRuns(all []pace) []fastRun {
	var runs []fastRun
	for _, p := range all {
		if p.speed() <= FastSpeed {
			continue
		}
		if n := len(runs); n > 0 && p.from-runs[n-1].to <= fastPause {
			r := &runs[n-1]
			r.to, r.fast, r.top = p.to, r.fast+p.length(), max(r.top, p.speed())
			continue
		}
		runs = append(runs, fastRun{p.span, p.length(), p.speed()})
	}
	var out []fastRun
	for _, r := range runs {
		if r.fast >= FastLength {
			out = append(out, r)
		}
	}
	return out
}
