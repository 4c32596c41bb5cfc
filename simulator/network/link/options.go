package link

import (
	"fmt"
	"time"
)

// Options describe one direction of a link. The zero value is ideal: no limit, no
// delay, no loss.
type Options struct {
	// RateBPS is the rate at which whole IP packets are serialised, in bit/s;
	// 0 is unlimited.
	RateBPS int64
	// Trace, if not nil, takes the place of RateBPS. It begins anew when the link
	// gets another trace.
	Trace *Trace
	// TraceScale stretches what an opportunity of the trace carries; 0 stands for 1.
	TraceScale float64

	// QueueBytes is the drop-tail queue: a packet is refused if what has not been
	// sent yet plus its length exceeds it. If it and the next two are 0, the queue is
	// DefaultQueue.
	QueueBytes int
	// QueueTime is a queue of that long at the rate (a trace's mean rate), yet no less
	// than ten full packets.
	QueueTime time.Duration
	// QueuePackets is a limit on the packets that have not been sent yet.
	QueuePackets int
	// CoDel drops from the head of the queue what has waited too long (RFC 8289).
	CoDel bool

	// Delay is the one-way delay after serialisation.
	Delay time.Duration
	// Jitter spreads the delay by Distribution. No packet overtakes another unless
	// Reorder is set.
	Jitter       time.Duration
	Distribution Distribution
	Reorder      bool
	// AheadRate is the share of packets that skip the delay and so overtake others.
	AheadRate float64

	// Loss happens after serialisation.
	Loss LossOptions
	// DuplicateRate is the share of packets that come twice.
	DuplicateRate float64
	// CorruptRate is the share of packets that arrive damaged.
	CorruptRate float64
	// Outages are windows of the world's time in which packets vanish before the queue.
	Outages []Outage
}

// LossOptions describe loss. With BurstMean 0 each packet is lost independently with
// probability Rate. Otherwise the link alternates, in time, between a good state
// without loss and a bad state; dwell times are exponential with mean BurstMean in
// the bad state, and such in the good one that the mean loss of evenly spaced
// packets is Rate. Markov and the periodic forms act besides.
type LossOptions struct {
	Rate      float64
	BurstMean time.Duration
	// BurstRate is the loss within a burst; 0 stands for 1.
	BurstRate float64
	// Markov is the two-state chain as it is written for netem.
	Markov Markov
	// Every loses one packet in so many, the last of them; 0: none.
	Every int
	// Pass and Lose lose all packets for Lose after each Pass, counted from when the
	// link was given these options.
	Pass, Lose time.Duration
}

// Markov is a Gilbert-Elliott chain. With Dwell 0 it makes a step at each packet,
// as netem's loss gemodel does; otherwise its states last, exponentially, for a mean
// of Dwell/P (good) and Dwell/R (bad), whatever the packets do.
type Markov struct {
	P, R     float64 // good to bad, bad to good; P 0 switches the chain off
	LossBad  float64 // netem's 1-h
	LossGood float64 // netem's 1-k
	Dwell    time.Duration
}

// MeanLoss is the loss of evenly spaced packets.
func (m Markov) MeanLoss() float64 {
	if m.P == 0 {
		return 0
	}
	bad := m.P / (m.P + m.R)
	return bad*m.LossBad + (1-bad)*m.LossGood
}

// Outage is a window of virtual time.
type Outage struct{ Start, Length time.Duration }

const (
	// DefaultQueue is the queue of a link that names none.
	// Source: RFC 8867 section 4.1, bottleneck queue 300 ms; fidelity: documented.
	DefaultQueue = 300 * time.Millisecond
	// minQueueBytes is the least queue of a link that names none: ten full packets.
	// Source: RFC 6928, so that an initial window fits; fidelity: assumed.
	minQueueBytes = 15000
)

// Validate tells what is wrong with o, or nil.
func (o *Options) Validate() error {
	switch {
	case o.RateBPS < 0:
		return fmt.Errorf("rate %d bit/s is negative", o.RateBPS)
	case o.RateBPS > 0 && o.Trace != nil:
		return fmt.Errorf("a link has a rate or a trace, not both")
	case !(o.TraceScale >= 0 && o.TraceScale <= maxTraceScale):
		return fmt.Errorf("trace scale %v is not between 0 and %v", o.TraceScale, maxTraceScale)
	case o.QueueBytes < 0:
		return fmt.Errorf("queue of %d bytes is negative", o.QueueBytes)
	case o.QueueTime < 0:
		return fmt.Errorf("queue of %v is negative", o.QueueTime)
	case o.QueuePackets < 0:
		return fmt.Errorf("queue of %d packets is negative", o.QueuePackets)
	case o.QueueBytes > 0 && o.QueueTime > 0:
		return fmt.Errorf("a queue is limited in bytes or in time, not both")
	case o.CoDel && o.unlimited():
		return fmt.Errorf("CoDel needs a rate: nothing waits on a link without one")
	case o.Delay < 0:
		return fmt.Errorf("delay %v is negative", o.Delay)
	case o.Jitter < 0:
		return fmt.Errorf("jitter %v is negative", o.Jitter)
	case int(o.Distribution) >= len(distributions):
		return fmt.Errorf("unknown distribution %d", o.Distribution)
	case !share(o.AheadRate) || !share(o.DuplicateRate) || !share(o.CorruptRate):
		return fmt.Errorf("shares ahead %v, duplicated %v, corrupted %v are not all between 0 and 1", o.AheadRate, o.DuplicateRate, o.CorruptRate)
	}
	for _, w := range o.Outages {
		if w.Start < 0 || w.Length < 0 {
			return fmt.Errorf("outage %v+%v is negative", w.Start, w.Length)
		}
	}
	return o.Loss.Validate()
}

// Validate tells what is wrong with o, or nil.
func (o *LossOptions) Validate() error {
	m := o.Markov
	switch {
	case !share(o.Rate):
		return fmt.Errorf("loss %v is not between 0 and 1", o.Rate)
	case !share(o.BurstRate):
		return fmt.Errorf("loss in bursts %v is not between 0 and 1", o.BurstRate)
	case o.BurstMean < 0:
		return fmt.Errorf("mean burst %v is negative", o.BurstMean)
	case o.BurstMean > 0 && o.Rate > 0 && o.Rate >= o.inBurst():
		return fmt.Errorf("loss %v can't be reached with loss %v in bursts", o.Rate, o.inBurst())
	case !share(m.P) || !share(m.R) || !share(m.LossBad) || !share(m.LossGood):
		return fmt.Errorf("chain p %v, r %v, loss %v and %v: not all between 0 and 1", m.P, m.R, m.LossBad, m.LossGood)
	case m.P > 0 && m.R == 0:
		return fmt.Errorf("a chain with r 0 never leaves its bad state")
	case m.Dwell < 0:
		return fmt.Errorf("dwell %v is negative", m.Dwell)
	case o.Every < 0:
		return fmt.Errorf("loss of one packet in %d", o.Every)
	case o.Pass < 0 || o.Lose < 0 || o.Lose > 0 && o.Pass == 0:
		return fmt.Errorf("pass %v and lose %v: both must be more than nothing", o.Pass, o.Lose)
	}
	return nil
}

func share(v float64) bool { return v >= 0 && v <= 1 }

func (o *LossOptions) inBurst() float64 {
	if o.BurstRate == 0 {
		return 1
	}
	return o.BurstRate
}

func (o *Options) unlimited() bool { return o.RateBPS == 0 && o.Trace == nil }

// counted tells whether the queue has to count what waits: a constant rate turns
// bytes into time, and a trace or a number of packets doesn't.
func (o *Options) counted() bool {
	return o.Trace != nil || o.QueuePackets > 0 && !o.unlimited()
}

// queueBytes is the queue's limit in bytes.
func (o *Options) queueBytes() int64 {
	rate := o.RateBPS
	if o.Trace != nil {
		rate = int64(float64(o.Trace.MeanBPS()) * o.scale())
	}
	switch {
	case o.QueueBytes > 0:
		return int64(o.QueueBytes)
	case o.QueueTime > 0:
		return max(timeBytes(o.QueueTime, rate), minQueueBytes)
	case o.QueuePackets > 0:
		return noLimit
	}
	return max(timeBytes(DefaultQueue, rate), minQueueBytes)
}

const noLimit = int64(1) << 50

func timeBytes(d time.Duration, rateBPS int64) int64 {
	return int64(d.Seconds() * float64(rateBPS) / 8)
}
