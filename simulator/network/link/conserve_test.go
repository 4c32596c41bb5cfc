package link

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/simulator/engine"
	"minilab/simulator/network/packet"
)

func mustTrace(t testing.TB, src string) *Trace {
	t.Helper()
	tr, err := ParseTrace("t", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func drawOptions(t *rapid.T, traces []*Trace) Options {
	share := func(name string) float64 { return rapid.SampledFrom([]float64{0, 0, 0.01, 0.3, 1}).Draw(t, name) }
	o := Options{
		RateBPS:      rapid.SampledFrom([]int64{0, 100e3, 1e6, 30e6}).Draw(t, "rate"),
		QueuePackets: rapid.SampledFrom([]int{0, 0, 1, 20}).Draw(t, "packets"),
		Delay:        time.Duration(rapid.IntRange(0, 200).Draw(t, "delay")) * time.Millisecond,
		Jitter:       time.Duration(rapid.IntRange(0, 100).Draw(t, "jitter")) * time.Millisecond,
		Distribution: Distribution(rapid.IntRange(0, 3).Draw(t, "distribution")),
		Reorder:      rapid.Bool().Draw(t, "reorder"), AheadRate: share("ahead"), DuplicateRate: share("duplicate"), CorruptRate: share("corrupt"),
	}
	if rapid.Bool().Draw(t, "traced") {
		o.RateBPS, o.Trace = 0, rapid.SampledFrom(traces).Draw(t, "trace")
		o.TraceScale = rapid.SampledFrom([]float64{0, 0.1, 2}).Draw(t, "scale")
	}
	switch rapid.IntRange(0, 2).Draw(t, "queue") {
	case 1:
		o.QueueBytes = rapid.SampledFrom([]int{3000, 50000}).Draw(t, "bytes")
	case 2:
		o.QueueTime = time.Second
	}
	o.CoDel = !o.unlimited() && rapid.Bool().Draw(t, "codel")
	o.Loss = LossOptions{Rate: rapid.SampledFrom([]float64{0, 0.05}).Draw(t, "loss"), BurstMean: rapid.SampledFrom([]time.Duration{0, 30 * time.Millisecond}).Draw(t, "burst"), Every: rapid.IntRange(0, 5).Draw(t, "every")}
	if rapid.Bool().Draw(t, "chain") {
		o.Loss.Markov = Markov{P: 0.1, R: 0.5, LossBad: 0.8, LossGood: 0.01, Dwell: rapid.SampledFrom([]time.Duration{0, 10 * time.Millisecond}).Draw(t, "dwell")}
	}
	if rapid.Bool().Draw(t, "periodic") {
		o.Loss.Pass, o.Loss.Lose = 300*time.Millisecond, 50*time.Millisecond
	}
	return o
}

// ledger checks a tap's story against the totals.
type ledger struct {
	t     *rapid.T
	e     *engine.Engine
	under map[*packet.Packet]time.Duration
	ended map[Fate]int64
	late  bool
}

func (g *ledger) Sent(p *packet.Packet) { g.under[p] = g.e.Now() }
func (g *ledger) Ended(p *packet.Packet, f Fate, left time.Duration) {
	handed, ok := g.under[p]
	if !ok {
		g.t.Fatalf("a packet ended twice, or was never sent: %v", f)
	}
	delete(g.under, p)
	g.ended[f]++
	if f == Delivered && (left < handed || left > g.e.Now()) {
		g.t.Fatalf("handed over at %v, left at %v, delivered at %v", handed, left, g.e.Now())
	}
}

// TestConservation: whatever the options and however they change, each packet has one
// fate, nothing comes before its time, and in the end nothing is left.
func TestConservation(t *testing.T) {
	traces := []*Trace{mustTrace(t, "5\n5\n40\n100\n"), mustTrace(t, "1\n"), mustTrace(t, "700\n701\n1500\n")}
	rapid.Check(t, func(t *rapid.T) {
		e, pool := engine.New(rapid.Uint64().Draw(t, "seed")), &packet.Pool{}
		a := &arrivals{e: e, pool: pool}
		first := drawOptions(t, traces)
		if err := first.Validate(); err != nil {
			t.Fatal(err)
		}
		l := New(e, pool, "link", first, a)
		g := &ledger{t, e, map[*packet.Packet]time.Duration{}, map[Fate]int64{}, false}
		l.SetTap(g)
		for id := range rapid.IntRange(1, 150).Draw(t, "packets") {
			e.RunUntil(e.Now() + time.Duration(rapid.SampledFrom([]int{0, 0, 1, 30, 400}).Draw(t, "gap"))*time.Millisecond)
			switch rapid.IntRange(0, 30).Draw(t, "event") {
			case 0:
				l.Set(drawOptions(t, traces))
			case 1:
				l.Break(50 * time.Millisecond)
			case 2:
				l.Strand()
			}
			send(l, uint64(id), rapid.SampledFrom([]int{40, 1500}).Draw(t, "bytes"))
			if v := l.Totals(); v.Sent+v.Duplicated != v.Ended()+int64(l.Live()) || pool.Live() != l.Live() {
				t.Fatalf("%+v, %d on the link, %d alive", v, l.Live(), pool.Live())
			}
		}
		e.RunUntil(e.Now() + time.Hour)
		v := l.Totals()
		if l.Live() != 0 || pool.Live() != 0 || v.Sent+v.Duplicated != v.Ended() || len(g.under) != 0 {
			t.Fatalf("%d packets never ended: %+v, %+v", l.Live(), v, l.Options())
		}
		for f, n := range map[Fate]int64{Delivered: v.Delivered, Lost: v.Lost, Refused: v.Refused, Blacked: v.Blacked, Shed: v.Shed, Corrupted: v.Corrupted, Stranded: v.Stranded} {
			if g.ended[f] != n {
				t.Fatalf("%v: %d told, %d counted", f, g.ended[f], n)
			}
		}
	})
}
