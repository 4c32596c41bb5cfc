package oracle

import (
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

// frameWindow is how long a stretch of pictures is measured for its speed: shorter
// ones are dominated by the screen's own rhythm. Fidelity: assumed.
const frameWindow = 500 * time.Millisecond

// pace is a stretch of playback without a jump: so much media in so much time.
type pace struct {
	span
	media time.Duration
}

func (p pace) speed() float64 { return float64(p.media) / float64(p.length()) }

// paces are the stretches heard, or, of a stream without sound, seen.
func paces(played, shown []trace.Event) []pace {
	var out []pace
	for _, ev := range played {
		s := span{time.Duration(ev.V[0]), ev.At}
		if s.length() > 0 {
			out = append(out, pace{s, time.Duration(ev.V[1])})
		}
	}
	if out != nil {
		return out
	}
	start := 0
	for i := range shown {
		if i > start && shown[i].V[0] != shown[i-1].V[0]+1 {
			start = i // a jump is a skip, not fast playback
		}
		if s := (span{shown[start].At, shown[i].At}); s.length() >= frameWindow {
			media := shown[i].V[4] - shown[start].V[4]
			out = append(out, pace{s, time.Duration(media) * time.Millisecond})
			start = i
		}
	}
	return out
}

// fastRuns joins neighbouring fast stretches and keeps those long enough.
func fastRuns(all []pace) []span {
	var runs []span
	for _, p := range all {
		if p.speed() <= FastSpeed {
			continue
		}
		if n := len(runs); n > 0 && p.from-runs[n-1].to <= time.Millisecond {
			runs[n-1].to = p.to
			continue
		}
		runs = append(runs, p.span)
	}
	var out []span
	for _, r := range runs {
		if r.length() >= FastLength {
			out = append(out, r)
		}
	}
	return out
}
