package link

import (
	"math/rand/v2"
	"time"
)

// loss is the loss of one direction.
type loss struct {
	opt   *LossOptions // those of the link
	rand  *rand.Rand
	start int64 // when these options came into force, ns
	bad   bool
	next  int64 // when the state changes, ns
	chain *chain
	count int // packets since the last that Every took
}

// chain is the state of a Markov loss.
type chain struct {
	rand *rand.Rand
	bad  bool
	next int64
}

// set changes the parameters at time now; a burst under way ends. markov gives the
// chain its random stream.
func (l *loss) set(opt *LossOptions, now int64, markov func() *rand.Rand) {
	l.opt = opt
	l.start = now
	l.bad = false
	l.count = 0
	if opt.BurstMean > 0 && opt.Rate > 0 {
		l.bad = l.rand.Float64() < l.badShare()
		l.next = now + l.dwell()
	}
	m := opt.Markov
	if m.P == 0 {
		return
	}
	if l.chain == nil {
		l.chain = &chain{rand: markov()}
	}
	l.chain.bad = l.chain.rand.Float64() < m.P/(m.P+m.R)
	if m.Dwell > 0 {
		l.chain.next = now + l.chain.dwell(m)
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
	return exponential(l.rand, mean)
}

func exponential(r *rand.Rand, mean float64) int64 {
	const longest = float64(1000 * time.Hour)
	return int64(min(r.ExpFloat64()*mean, longest)) + 1
}

// memory is for how many turns of good and bad a chain in time is followed through a
// silence. After more, its state has long nothing to do with the last one and is drawn
// afresh, so that states of nanoseconds don't take for ever to follow.
const memory = 1000

// forgotten tells whether a silence of that many ns is longer than memory, with turns
// of that mean.
func forgotten(silence int64, turn float64) bool { return float64(silence) > memory*turn }

// hits tells whether the packet that leaves the serialiser at that time is lost.
// Times of calls must not decrease.
func (l *loss) hits(at int64) bool {
	o := l.opt
	hit := o.Rate > 0 && l.random(at)
	if o.Markov.P > 0 && l.chain.hits(o.Markov, at) {
		hit = true
	}
	if o.Every > 0 {
		if l.count++; l.count == o.Every {
			l.count = 0
			hit = true
		}
	}
	if o.Lose > 0 && (at-l.start)%int64(o.Pass+o.Lose) >= int64(o.Pass) {
		hit = true
	}
	return hit
}

func (l *loss) random(at int64) bool {
	if l.opt.BurstMean == 0 {
		return l.rand.Float64() < l.opt.Rate
	}
	if forgotten(at-l.next, float64(l.opt.BurstMean)/l.badShare()) {
		l.bad = l.rand.Float64() < l.badShare()
		l.next = at + l.dwell()
	}
	for at >= l.next {
		l.bad = !l.bad
		l.next += l.dwell()
	}
	return l.bad && (l.opt.BurstRate == 0 || l.rand.Float64() < l.opt.BurstRate)
}

func (c *chain) dwell(m Markov) int64 {
	if c.bad {
		return exponential(c.rand, float64(m.Dwell)/m.R)
	}
	return exponential(c.rand, float64(m.Dwell)/m.P)
}

// hits tells whether the chain takes a packet. Without Dwell, the state that a packet
// finds decides, and then the chain makes its step.
// Source: Linux net/sched/sch_netem.c loss_gilb_ell; fidelity: documented.
func (c *chain) hits(m Markov, at int64) bool {
	if m.Dwell > 0 {
		if forgotten(at-c.next, float64(m.Dwell)*(1/m.P+1/m.R)) {
			c.bad = c.rand.Float64() < m.P/(m.P+m.R)
			c.next = at + c.dwell(m)
		}
		for at >= c.next {
			c.bad = !c.bad
			c.next += c.dwell(m)
		}
		return c.draw(c.lossIn(m))
	}
	hit := c.draw(c.lossIn(m))
	step := m.P
	if c.bad {
		step = m.R
	}
	if c.rand.Float64() < step {
		c.bad = !c.bad
	}
	return hit
}

func (c *chain) lossIn(m Markov) float64 {
	if c.bad {
		return m.LossBad
	}
	return m.LossGood
}

// draw spares a number where there is no choice.
func (c *chain) draw(p float64) bool { return p > 0 && (p >= 1 || c.rand.Float64() < p) }
