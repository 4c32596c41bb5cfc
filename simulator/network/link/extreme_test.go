package link

import (
	"math"
	"testing"
	"time"
)

// TestShortStatesTakeNoTime: states of nanoseconds, seen by a packet a second for an
// hour, keep their share of losses and end in this lifetime.
func TestShortStatesTakeNoTime(t *testing.T) {
	for name, o := range map[string]LossOptions{
		"bursts": {Rate: 0.3, BurstMean: 1},
		"chain":  {Markov: Markov{P: 0.3, R: 0.7, LossBad: 1, Dwell: 1}},
	} {
		e, l, _ := newLink(Options{Loss: o})
		for range 3600 {
			send(l, 0, 100)
			e.RunUntil(e.Now() + time.Second)
		}
		if share := float64(l.Totals().Lost) / 3600; math.Abs(share-0.3) > 0.03 {
			t.Errorf("%s: %.3f lost", name, share)
		}
	}
}

// TestHugeNumbers: a queue or an outage without an end doesn't turn into none.
func TestHugeNumbers(t *testing.T) {
	for _, o := range []Options{{RateBPS: 1e6, QueueBytes: 2e9}, {RateBPS: 1, QueueBytes: math.MaxInt64}} {
		_, l, _ := newLink(o)
		for range 1000 {
			send(l, 0, 1500)
		}
		if v := l.Totals(); v.Refused > 0 {
			t.Errorf("%+v: %d of 1000 packets refused", o, v.Refused)
		}
	}
	e, l, _ := newLink(Options{Outages: []Outage{{Start: time.Second, Length: math.MaxInt64}}})
	e.RunUntil(time.Hour)
	send(l, 0, 100)
	if l.Totals().Blacked != 1 {
		t.Errorf("the outage is over: %+v", l.Totals())
	}
}
