package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// The limits of the three freeze definitions.
const (
	// Source: libwebrtc video_quality_observer2.cc; fidelity: documented.
	webrtcWindowFrames  = 30
	webrtcLeastSamples  = 5
	webrtcLeastIncrease = 150 * time.Millisecond
	// Source: Agora SDK, RemoteVideoStats.totalFrozenTime; fidelity: documented.
	sdkFreeze      = 500 * time.Millisecond
	sdkLeastFrames = 5 // a second; below that rate the SDK doesn't count freezes
	// Source: Agora Analytics, video freeze; fidelity: documented.
	analyticsFreeze = 600 * time.Millisecond
)

// freezes applies all three definitions to the intervals between shown pictures,
// within the windows in which there was something to see. A picture that stands
// until the end of a window closes an interval too.
func freezes(shown []trace.Event, windows []span) FreezeByDefinition {
	d := FreezeByDefinition{&Freezes{}, &Freezes{}, &Freezes{}}
	var recent meanDelay
	i := 0
	for _, w := range windows {
		var last time.Duration
		began := false
		for ; i < len(shown) && shown[i].At < w.to; i++ {
			if shown[i].At < w.from {
				continue
			}
			if began {
				d.interval(last, shown[i].At, &recent)
			}
			last, began = shown[i].At, true
		}
		if began {
			d.interval(last, w.to, &recent)
		}
	}
	return d
}

func (d *FreezeByDefinition) interval(from, to time.Duration, recent *meanDelay) {
	gap := to - from
	usual := recent.mean()
	recent.add(gap)
	if mean := recent.mean(); recent.n >= webrtcLeastSamples && gap >= max(3*mean, mean+webrtcLeastIncrease) {
		d.WebRTC.add(from, gap)
	}
	if gap > sdkFreeze && usual <= time.Second/sdkLeastFrames {
		d.SDK.add(from, gap)
	}
	if gap >= analyticsFreeze {
		d.Analytics.add(from, gap)
	}
}

func (f *Freezes) add(since, gap time.Duration) {
	f.N++
	f.Total += gap
	f.Since = append(f.Since, since)
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

func (m *meanDelay) mean() time.Duration {
	if m.n == 0 {
		return 0
	}
	return time.Duration(m.sum/int64(m.n)) * time.Millisecond
}
