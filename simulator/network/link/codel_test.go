package link

import (
	"math"
	"strings"
	"testing"
	"time"
)

// TestCoDelShortensTheQueue: an unresponsive flood is the case that CoDel is worst at,
// yet it drops and the queue stays below its limit; below the rate it drops nothing.
func TestCoDelShortensTheQueue(t *testing.T) {
	long, lateLong := flood(Options{RateBPS: 6e6, QueueTime: 2 * time.Second})
	short, lateShort := flood(Options{RateBPS: 6e6, QueueTime: 2 * time.Second, CoDel: true})
	if long.Shed != 0 || long.Refused == 0 || lateLong < 1900 {
		t.Errorf("drop-tail: %+v, %v ms", long, lateLong)
	}
	if short.Shed < 1000 || lateShort > 1600 {
		t.Errorf("CoDel: %+v, %v ms", short, lateShort)
	}
	if calm, _ := flood(Options{RateBPS: 13e6, CoDel: true}); calm.Shed != 0 || calm.Delivered != 10000 {
		t.Errorf("CoDel below the rate: %+v", calm)
	}
}

// TestCoDelFollowsRFC8289: a standing queue from 0 on is first dropped from one
// interval after the sojourn time has passed the target, then after interval/sqrt(n).
func TestCoDelFollowsRFC8289(t *testing.T) {
	e, l, _ := newLink(Options{RateBPS: 12e6, CoDel: true}) // 1500 bytes a ms
	for i := range 1000 {
		send(l, uint64(i), 1500)
	}
	var drops []string
	for at := time.Duration(0); at < 400*msec; at += 100 * time.Microsecond {
		before := l.Totals().Shed
		e.RunUntil(at)
		if l.Totals().Shed > before {
			drops = append(drops, at.Truncate(msec).String())
		}
	}
	// Sojourn reaches 5 ms at 5 ms; 105 ms is the first drop, then 100, 70.7, 57.7 ms on.
	if got := strings.Join(drops, " "); got != "105ms 205ms 276ms 334ms 384ms" {
		t.Errorf("drops at %s", got)
	}
}

// TestCoDelTakesUpItsRate: a dropping state that begins soon after another goes on
// where that one's drops were, less those that it had itself begun with.
func TestCoDelTakesUpItsRate(t *testing.T) {
	e, l, _ := newLink(Options{RateBPS: 12e6, CoDel: true})
	var drops []time.Duration
	burst := func(at time.Duration) {
		e.RunUntil(at)
		for i := range 600 {
			send(l, uint64(i), 1500)
		}
		drops = nil
		for now := at; now < at+650*msec; now += 100 * time.Microsecond {
			before := l.Totals().Shed
			e.RunUntil(now)
			for range l.Totals().Shed - before {
				drops = append(drops, now)
			}
		}
	}
	burst(0)
	if gap := drops[1] - drops[0]; gap.Round(2*msec) != 100*msec {
		t.Errorf("first burst: second drop after %v", gap)
	}
	for i := range 2 {
		count := len(drops) - 1
		burst(time.Duration(i+1) * 700 * msec)
		want := time.Duration(float64(100*msec) / math.Sqrt(float64(count)))
		if gap := drops[1] - drops[0]; count < 3 || gap < want-msec || gap > want+2*msec {
			t.Errorf("burst %d: second drop after %v, want %v", i+2, gap, want)
		}
	}
	burst(10 * time.Second)
	if gap := drops[1] - drops[0]; gap.Round(2*msec) != 100*msec {
		t.Errorf("long after: second drop after %v", gap)
	}
}

// TestCoDelSparesASinglePacket: on a slow link a packet waits longer than the target
// though the queue is as short as can be.
func TestCoDelSparesASinglePacket(t *testing.T) {
	e, l, a := newLink(Options{RateBPS: 1e6, CoDel: true})
	for i := range 1000 { // 12 ms to send each, which come every 12 ms, half way through
		if i > 0 {
			e.RunUntil(time.Duration(i)*12*msec - 6*msec)
		}
		send(l, uint64(i), 1500)
	}
	e.RunUntil(time.Hour)
	if l.Totals().Shed != 0 || len(a.at) != 1000 {
		t.Errorf("%+v", l.Totals())
	}
}
