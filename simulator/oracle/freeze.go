package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// The limits of the three freeze definitions.
const (
	// Source: libwebrtc video_quality_observer2.cc; fidelity: documented.
	webrtcWindowFrames  = 30
	webrtcLeastSamples  = 5
	webrtcLeastTimes    = 3
	webrtcLeastIncrease = 150 * time.Millisecond
	// Source: Agora SDK, RemoteVideoStats.totalFrozenTime; fidelity: documented.
	sdkFreeze      = 500 * time.Millisecond
	sdkLeastFrames = 5 // a second; below that rate the SDK doesn't count freezes
	// Source: Agora Analytics, video freeze; fidelity: documented.
	analyticsFreeze = 600 * time.Millisecond
)

// freezes applies all three definitions to the intervals between shown pictures of
// each player. Where the camera was off or the video muted there was nothing to show:
// an interval ends where such a pause begins. A picture that stands until its player
// ends closes an interval too.
func (f *facts) freezes(t *track) FreezeByDefinition {
	d := FreezeByDefinition{&Freezes{}, &Freezes{}, &Freezes{}}
	fastEnough := f.usualGap(t) <= time.Second/sdkLeastFrames
	visible := f.visible(t)
	for _, player := range t.playing.spans {
		pauses := minus([]span{player}, visible)
		shown := in(t.shown, player)
		var recent meanDelay
		for i, ev := range shown {
			to, next := player.to, i+1 < len(shown)
			unseen := span{captured(ev), player.to}
			if next {
				to = shown[i+1].At
				unseen.to = to
				if at := shown[i+1].V[1]; at >= 0 {
					unseen.to = time.Duration(at)
				}
			}
			if pause, ok := pauseIn(pauses, unseen, ev.At, next); ok {
				to, next = pause.from, false
			}
			if to > ev.At {
				d.interval(span{ev.At, to}, &recent, next, fastEnough)
			}
		}
	}
	return d
}

// captured is when a picture was captured; of a recording, the earliest it can have
// been on a call with a usual delay.
func captured(ev *trace.Event) time.Duration {
	if ev.V[1] >= 0 {
		return time.Duration(ev.V[1])
	}
	return ev.At - inFlight
}

// pauseIn is the first pause in which a picture may have been missing for good
// reason. Of a picture that stands to the end, only what comes after it counts.
func pauseIn(pauses []span, unseen span, shown time.Duration, next bool) (span, bool) {
	for _, p := range pauses {
		if _, ok := p.overlap(unseen); ok && (next || p.to > shown) {
			return p, true
		}
	}
	return span{}, false
}

// usualGap is the usual time between pictures: of the camera, or of what is shown.
func (f *facts) usualGap(t *track) time.Duration {
	all := f.of[t.from].captured
	if len(all) < 2 {
		all = t.shown
	}
	var gaps []time.Duration
	for i := 1; i < len(all); i++ {
		gaps = append(gaps, all[i].At-all[i-1].At)
	}
	if len(gaps) == 0 {
		return 0
	}
	slices.Sort(gaps)
	return gaps[len(gaps)/2]
}

// interval judges one; whole tells that it ended with the next picture, so that it
// says something about the usual rate.
func (d *FreezeByDefinition) interval(s span, recent *meanDelay, whole, fastEnough bool) {
	with := *recent
	with.add(s.length())
	if whole {
		*recent = with
	}
	gap := s.length()
	if mean := with.mean(); with.n >= webrtcLeastSamples && gap >= max(webrtcLeastTimes*mean, mean+webrtcLeastIncrease) {
		d.WebRTC.add(s)
	}
	if gap > sdkFreeze && fastEnough {
		d.SDK.add(s)
	}
	if gap >= analyticsFreeze {
		d.Analytics.add(s)
	}
}

func (f *Freezes) add(s span) {
	f.N++
	f.Total += s.length()
	f.Since = append(f.Since, s.from)
}

// meanDelay is the mean interval of the last frames, in whole milliseconds.
type meanDelay struct {
	ring [webrtcWindowFrames]int64
	n    int
	next int
	sum  int64
}

func (m *meanDelay) add(d time.Duration) {
	m.sum += d.Milliseconds() - m.ring[m.next]
	m.ring[m.next] = d.Milliseconds()
	m.next = (m.next + 1) % len(m.ring)
	m.n = min(m.n+1, len(m.ring))
}

func (m *meanDelay) mean() time.Duration { return time.Duration(m.sum/int64(m.n)) * time.Millisecond }
