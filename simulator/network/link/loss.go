package link

import (
	"math/rand/v2"
	"time"
)

// loss is the random loss of one direction.
type loss struct {
	opt  LossOptions
	rand *rand.Rand
	bad  bool
	next int64 // when the state changes, ns
}

// set changes the parameters at time now; a burst under way ends.
func (l *loss) set(opt LossOptions, now int64) {
	l.opt = opt
	l.bad = false
	if opt.BurstMean > 0 && opt.Rate > 0 {
		l.bad = l.rand.Float64() < l.badShare()
		l.next = now + l.dwell()
	}
}

// badShare is the share of time spent in the bad state.
func (l *loss) badShare() float64 { return l.opt.Rate / l.opt.inBurst() }

func (l *loss) dwell() int64 {
	mean := float64(l.opt.BurstMean)
	if !l.bad {
		share := l.badShare()
		mean *= (1 - share) / share
	}
	const longest = float64(1000 * time.Hour)
	return int64(min(l.rand.ExpFloat64()*mean, longest)) + 1
}

// hits tells whether the packet that leaves the serialiser at that time is lost.
// Times of calls must not decrease.
func (l *loss) hits(at int64) bool {
	if l.opt.Rate == 0 {
		return false
	}
	if l.opt.BurstMean == 0 {
		return l.rand.Float64() < l.opt.Rate
	}
	for at >= l.next {
		l.bad = !l.bad
		l.next += l.dwell()
	}
	return l.bad && (l.opt.BurstRate == 0 || l.rand.Float64() < l.opt.BurstRate)
}
