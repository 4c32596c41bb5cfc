package link

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

const msec = time.Millisecond

func TestTraceCarries1500BytesALine(t *testing.T) {
	o := Options{Trace: mustTrace(t, "10\n10\n30\n"), QueueBytes: 1e6} // 4500 bytes each 30 ms
	e, l, a := newLink(o)
	for i := range 5 {
		send(l, uint64(i), 1500)
	}
	e.RunUntil(65 * msec) // 40 and 40 are used, 60 is not
	send(l, 5, 500)
	send(l, 6, 500)
	send(l, 7, 600) // 100 of it wait for the next line
	e.RunUntil(time.Second)
	if got := fmt.Sprint(a.ids, a.at); got != "[0 1 2 3 4 5 6 7] [10ms 10ms 30ms 40ms 40ms 70ms 70ms 70ms]" {
		t.Errorf("arrived %s", got)
	}
	if o.Trace.MeanBPS() != 1.2e6 || o.Trace.RateBPS(0, 20*msec) != 1.2e6 || o.Trace.RateBPS(20*msec, 30*msec) != 0 {
		t.Errorf("mean rate %d, parts %d and %d", o.Trace.MeanBPS(), o.Trace.RateBPS(0, 20*msec), o.Trace.RateBPS(20*msec, 30*msec))
	}
}

func TestTraceAfterLongSilence(t *testing.T) {
	e, l, a := newLink(Options{Trace: mustTrace(t, "3\n7\n10\n")})
	for _, at := range []time.Duration{1000 * msec, 1000*msec + 1, 1003 * msec, 123457 * msec} {
		e.RunUntil(at)
		send(l, 0, 1500)
	}
	e.RunUntil(time.Hour)
	if got := fmt.Sprint(a.at); got != "[1s 1.003s 1.007s 2m3.457s]" {
		t.Errorf("arrived %s", got)
	}
}

func TestQueueLimits(t *testing.T) {
	for _, c := range []struct {
		name     string
		o        Options
		accepted int
	}{
		{"bytes", Options{RateBPS: 1e6, QueueBytes: 6000}, 4},
		{"packets", Options{RateBPS: 1e6, QueuePackets: 7}, 7},
		{"packets and bytes", Options{RateBPS: 1e6, QueuePackets: 7, QueueBytes: 3000}, 2},
		{"time", Options{RateBPS: 1e6, QueueTime: 600 * msec}, 50},
		{"time, at least ten packets", Options{RateBPS: 1e5, QueueTime: 100 * msec}, 10},
		{"default", Options{RateBPS: 1e6}, 25},
		{"trace, bytes", Options{Trace: mustTrace(t, "12\n"), QueueBytes: 6000}, 4},
		{"trace, time", Options{Trace: mustTrace(t, "12\n"), QueueTime: 600 * msec}, 50},
		{"trace, scaled", Options{Trace: mustTrace(t, "12\n"), TraceScale: 2, QueueTime: 600 * msec}, 100},
		{"trace, packets", Options{Trace: mustTrace(t, "12\n"), QueuePackets: 3}, 3},
	} {
		e, l, a := newLink(c.o)
		for i := range 200 {
			send(l, uint64(i), 1500)
		}
		if got := 200 - int(l.Totals().Refused); got != c.accepted {
			t.Errorf("%s: accepted %d, want %d", c.name, got, c.accepted)
		}
		e.RunUntil(time.Hour)
		if send(l, 0, 1500); l.Totals().Refused != int64(200-c.accepted) {
			t.Errorf("%s: an empty queue refuses", c.name)
		}
		e.RunUntil(2 * time.Hour)
		if len(a.at) != c.accepted+1 {
			t.Errorf("%s: %d arrived", c.name, len(a.at))
		}
	}
}

// delays sends packets far apart and gives how long each took, in ms.
func delays(o Options, packets int) []float64 {
	e, l, a := newLink(o)
	var out []float64
	for i := range packets {
		e.RunUntil(time.Duration(i) * time.Second)
		send(l, uint64(i), 100)
	}
	e.RunUntil(e.Now() + time.Hour)
	for i, at := range a.at {
		out = append(out, float64(at-time.Duration(a.ids[i])*time.Second)/1e6)
	}
	return out
}

func moments(v []float64) (mean, deviation float64) {
	for _, x := range v {
		mean += x / float64(len(v))
	}
	for _, x := range v {
		deviation += (x - mean) * (x - mean) / float64(len(v))
	}
	return mean, math.Sqrt(deviation)
}

func TestDistributions(t *testing.T) {
	// Deviations in units of jitter: even 1/sqrt(3); normal 1; Pareto, whose values end
	// at 4: 0.821 by integration, with mean -0.033; the mixture sqrt(1/16 + 9/16 0.821^2).
	for _, c := range []struct {
		d                         Distribution
		mean, dev, least, most, q float64 // q: median
	}{
		{Uniform, 100, 11.55, 80, 120, 100},
		{Normal, 100, 20, 20, 180, 100},
		{Pareto, 99.34, 16.4, 86.6, 180, 93.6},
		{ParetoNormal, 99.5, 13.3, 60, 180, 96.4},
	} {
		v := delays(Options{Delay: 100 * msec, Jitter: 20 * msec, Distribution: c.d}, 20000)
		mean, dev := moments(v)
		slices.Sort(v)
		if math.Abs(mean-c.mean) > 0.7 || math.Abs(dev-c.dev) > 0.5 || v[0] < c.least || v[len(v)-1] > c.most || math.Abs(v[len(v)/2]-c.q) > 1 {
			t.Errorf("%v: mean %.1f, deviation %.2f, from %.1f to %.1f, median %.1f", c.d, mean, dev, v[0], v[len(v)-1], v[len(v)/2])
		}
	}
}

func TestReordering(t *testing.T) {
	overtaken := func(o Options) (n int) {
		e, l, a := newLink(o)
		for i := range 2000 {
			e.RunUntil(time.Duration(i) * msec)
			send(l, uint64(i), 100)
		}
		e.RunUntil(time.Hour)
		for i := 1; i < len(a.ids); i++ {
			if a.ids[i] < a.ids[i-1] {
				n++
			}
			if a.at[i] < a.at[i-1] {
				t.Fatal("arrivals out of time")
			}
		}
		return n
	}
	base := Options{Delay: 50 * msec, Jitter: 30 * msec}
	if n := overtaken(base); n != 0 {
		t.Errorf("%d overtook though they must not", n)
	}
	base.Reorder = true
	if n := overtaken(base); n < 500 {
		t.Errorf("only %d overtook", n)
	}
	if n := overtaken(Options{Delay: 20 * msec, AheadRate: 0.05}); n < 50 || n > 150 {
		t.Errorf("%d of 2000 were overtaken at a share of 5 %%", n)
	}
}

// pattern is which of so many packets, 1 ms apart, are lost.
func pattern(o LossOptions, packets int) string {
	e, l, a := newLink(Options{Loss: o})
	for i := range packets {
		e.RunUntil(time.Duration(i) * msec)
		send(l, uint64(i), 100)
	}
	e.RunUntil(time.Hour)
	out := []byte(strings.Repeat("x", packets))
	for _, id := range a.ids {
		out[id] = '.'
	}
	return string(out)
}

func TestPeriodicLoss(t *testing.T) {
	if got := pattern(LossOptions{Every: 4}, 12); got != "...x...x...x" {
		t.Errorf("every fourth: %s", got)
	}
	if got := pattern(LossOptions{Pass: 5 * msec, Lose: 2 * msec}, 16); got != ".....xx.....xx.." {
		t.Errorf("2 ms after each 5 ms: %s", got)
	}
}

func TestMarkovLoss(t *testing.T) {
	for _, c := range []struct {
		name        string
		m           Markov
		mean, burst float64
	}{
		{"netem gemodel", Markov{P: 0.01, R: 0.25, LossBad: 1}, 0.0385, 4},
		{"netem gemodel with h and k", Markov{P: 0.02, R: 0.2, LossBad: 0.5, LossGood: 0.001}, 0.0464, 0},
		{"dwell of 1 ms, packets 1 ms apart", Markov{P: 0.01, R: 0.05, LossBad: 1, Dwell: msec}, 0.1667, 20.5},
		{"dwell of 20 ms", Markov{P: 0.1, R: 0.5, LossBad: 1, Dwell: 20 * msec}, 0.1667, 40.5},
	} {
		got := pattern(LossOptions{Markov: c.m}, 400000)
		lost := strings.Count(got, "x")
		mean := float64(lost) / float64(len(got))
		burst := float64(lost) / float64(strings.Count(got, ".x"))
		if math.Abs(c.m.MeanLoss()-c.mean) > 1e-4 || math.Abs(mean/c.mean-1) > 0.06 || c.burst > 0 && math.Abs(burst/c.burst-1) > 0.06 {
			t.Errorf("%s: loss %.4f (said %.4f, want %.4f), burst %.2f, want %.2f", c.name, mean, c.m.MeanLoss(), c.mean, burst, c.burst)
		}
	}
}

func TestDuplicationAndCorruption(t *testing.T) {
	e, l, a := newLink(Options{DuplicateRate: 0.1, CorruptRate: 0.05})
	for i := range 20000 {
		e.RunUntil(time.Duration(i) * msec)
		send(l, uint64(i), 100)
	}
	e.RunUntil(time.Hour)
	v := l.Totals()
	if v.Duplicated < 1850 || v.Duplicated > 2150 || v.Corrupted < 990 || v.Corrupted > 1210 || v.Delivered != int64(len(a.at)) || v.Sent+v.Duplicated != v.Ended() {
		t.Errorf("totals %+v", v)
	}
}

// flood keeps a queue filled at twice the rate for ten seconds and gives how long the
// last packets took, in ms.
func flood(o Options) (v Totals, late float64) {
	e, l, a := newLink(o)
	for i := range 10000 {
		e.RunUntil(time.Duration(i) * msec)
		send(l, uint64(i), 1500)
	}
	e.RunUntil(time.Hour)
	last := len(a.at) - 1
	return l.Totals(), float64(a.at[last]-time.Duration(a.ids[last])*msec) / 1e6
}

func TestChangesWhileWaiting(t *testing.T) {
	trace := mustTrace(t, "10\n")
	for _, c := range []struct {
		name     string
		from, to Options
		want     string
	}{
		{"rate to trace", Options{RateBPS: 1e6, QueueBytes: 1e6}, Options{Trace: trace, QueueBytes: 1e6}, "[12ms 28ms 38ms 48ms]"},
		{"trace to rate", Options{Trace: trace, QueueBytes: 1e6}, Options{RateBPS: 1e6, QueueBytes: 1e6}, "[10ms 30ms 42ms 54ms]"},
		{"trace to none", Options{Trace: trace, QueueBytes: 1e6}, Options{}, "[10ms 18ms 18ms 18ms]"},
		{"drop-tail to CoDel", Options{RateBPS: 1e6, QueueBytes: 1e6}, Options{RateBPS: 1e6, CoDel: true}, "[12ms 24ms 36ms 48ms]"},
		{"CoDel to drop-tail", Options{RateBPS: 1e6, CoDel: true}, Options{RateBPS: 1e6, QueueBytes: 1e6}, "[12ms 24ms 36ms 48ms]"},
		{"rate behind CoDel", Options{RateBPS: 1e6, CoDel: true}, Options{RateBPS: 2e6, CoDel: true}, "[12ms 21ms 27ms 33ms]"},
		{"packets to bytes", Options{RateBPS: 1e6, QueuePackets: 9}, Options{RateBPS: 2e6, QueueBytes: 1e6}, "[12ms 21ms 27ms 33ms]"},
	} {
		e, l, a := newLink(c.from)
		for i := range 4 {
			send(l, uint64(i), 1500)
		}
		e.RunUntil(18 * msec)
		l.Set(c.to)
		e.RunUntil(time.Second)
		if got := fmt.Sprint(a.at); got != c.want {
			t.Errorf("%s: arrived at %s, want %s", c.name, got, c.want)
		}
	}
}

func TestBadTraces(t *testing.T) {
	for src, want := range map[string]string{
		"":                  "f.trace: a trace needs",
		"0\n0\n":            "f.trace: a trace needs",
		"1\nx\n":            `f.trace:2: "x" is not a time`,
		"-1\n":              `f.trace:1: "-1" is not a time`,
		"5\n\n4\n":          "f.trace:3: 4 ms comes after 5 ms",
		"999999999\n":       "f.trace:1: 999999999 ms is more than a day",
		"1.5\n":             `f.trace:1: "1.5" is not`,
		"1\r\n2\r\n2\r\n\n": "",
	} {
		_, err := ParseTrace("f.trace", []byte(src))
		if got := fmt.Sprint(err); (err != nil) != (want != "") || !strings.HasPrefix(got, want) && want != "" {
			t.Errorf("%q: %v", src, err)
		}
	}
}

func TestBadOptions(t *testing.T) {
	trace := mustTrace(t, "1\n")
	for _, o := range []Options{
		{RateBPS: 1, Trace: trace}, {TraceScale: -1}, {QueueTime: -1}, {QueuePackets: -1}, {QueueBytes: 1, QueueTime: 1}, {CoDel: true},
		{Distribution: 9}, {AheadRate: 2}, {DuplicateRate: -0.1}, {CorruptRate: math.NaN()},
		{Loss: LossOptions{Markov: Markov{P: 0.1}}}, {Loss: LossOptions{Markov: Markov{P: 0.1, R: 2}}}, {Loss: LossOptions{Markov: Markov{P: 0.1, R: 1, Dwell: -1}}},
		{Loss: LossOptions{Every: -1}}, {Loss: LossOptions{Lose: 1}},
	} {
		if o.Validate() == nil {
			t.Errorf("accepted %+v", o)
		}
	}
}

// TestNoAllocations: in steady state no impairment costs memory.
func TestNoAllocations(t *testing.T) {
	for name, o := range map[string]Options{
		"trace": {Trace: mustTrace(t, "1\n2\n2\n9\n"), QueuePackets: 50, Delay: 20 * msec, Jitter: 10 * msec, Reorder: true, Distribution: Pareto},
		"CoDel": {RateBPS: 10e6, CoDel: true, Delay: 20 * msec, DuplicateRate: 0.1, CorruptRate: 0.1, AheadRate: 0.1},
		"chain": {RateBPS: 20e6, Loss: LossOptions{Markov: Markov{P: 0.1, R: 0.5, LossBad: 1, Dwell: msec}, Every: 9, Rate: 0.1, BurstMean: 10 * msec}},
	} {
		e, l, a := newLink(o)
		l.sink = discard{a.pool}
		run := func() {
			for range 100 {
				e.RunUntil(e.Now() + msec)
				send(l, 0, 1500)
				send(l, 0, 300)
			}
		}
		for range 20 {
			run()
		}
		if n := testing.AllocsPerRun(20, run); n > 0 {
			t.Errorf("%s: %v allocations in 200 packets", name, n)
		}
	}
}
