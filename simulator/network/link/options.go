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
	// QueueBytes is the drop-tail queue: a packet is refused if what has not been
	// sent yet plus its length exceeds it. 0 stands for DefaultQueue at the
	// rate, yet no less than minQueueBytes.
	QueueBytes int
	// Delay is the one-way delay after serialisation.
	Delay time.Duration
	// Jitter: the delay is drawn evenly from Delay-Jitter to Delay+Jitter, and no
	// packet overtakes another.
	Jitter time.Duration
	// Loss is random loss after serialisation.
	Loss LossOptions
	// Outages are windows in which packets vanish before the queue.
	Outages []Outage
}

// LossOptions describe random loss. With BurstMean 0 each packet is lost
// independently with probability Rate. Otherwise the link alternates, in time,
// between a good state without loss and a bad state; dwell times are exponential
// with mean BurstMean in the bad state, and such in the good one that the mean loss
// of evenly spaced packets is Rate.
type LossOptions struct {
	Rate      float64
	BurstMean time.Duration
	// BurstRate is the loss within a burst; 0 stands for 1.
	BurstRate float64
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
	case o.QueueBytes < 0:
		return fmt.Errorf("queue of %d bytes is negative", o.QueueBytes)
	case o.Delay < 0:
		return fmt.Errorf("delay %v is negative", o.Delay)
	case o.Jitter < 0:
		return fmt.Errorf("jitter %v is negative", o.Jitter)
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
	switch {
	case !(o.Rate >= 0 && o.Rate <= 1):
		return fmt.Errorf("loss %v is not between 0 and 1", o.Rate)
	case !(o.BurstRate >= 0 && o.BurstRate <= 1):
		return fmt.Errorf("loss in bursts %v is not between 0 and 1", o.BurstRate)
	case o.BurstMean < 0:
		return fmt.Errorf("mean burst %v is negative", o.BurstMean)
	case o.BurstMean > 0 && o.Rate > 0 && o.Rate >= o.inBurst():
		return fmt.Errorf("loss %v can't be reached with loss %v in bursts", o.Rate, o.inBurst())
	}
	return nil
}

func (o *LossOptions) inBurst() float64 {
	if o.BurstRate == 0 {
		return 1
	}
	return o.BurstRate
}
