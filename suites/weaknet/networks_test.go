package weaknet

import (
	"fmt"
	"math"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/network"
	"minilab/simulator/network/link"
)

var rows []string

var _ = Describe("every network of the catalogue", Ordered, func() {
	for _, n := range fixtures.Networks() {
		It(n.Name+" keeps to its file", func() {
			o := runFrames(n)
			rows = append(rows, row(n, o))
			Expect(o.up.Sent + o.up.Duplicated).To(BeNumerically(">=", o.up.Ended()))
			if limit := rateLimit(n); limit > 0 {
				Expect(o.goodput).To(BeNumerically("<=", limit), "more came than can")
			}
			Expect(o.goodput).To(BeNumerically("<=", 1.01*streamKBPS*1000), "more came than was sent")
			if o.frames > 0 {
				Expect(o.p50).To(BeNumerically(">=", leastDelay(n)), "a frame was faster than the link")
			}
			if roomy(n) {
				Expect(o.made-o.frames).To(BeNumerically("<=", 6+int(leastDelay(n).Seconds()*fps)), "frames are missing on a link that has room")
			}
		})
	}

	AfterAll(func() {
		head := fmt.Sprintf("One stream of %d kbit/s, %d fps upwards; times in ms, packets of the up-link.\n%-28s %8s %6s %6s %6s %6s %6s %5s %7s %7s %7s %7s\n", streamKBPS, fps,
			"network", "kbit/s", "frames", "p50", "p95", "max", "sent", "lost", "refused", "shed", "damaged", "doubled")
		AddReportEntry("networks", ReportEntryVisibilityAlways, head+strings.Join(rows, "\n"))
	})
})

func row(n fixtures.Network, o outcome) string {
	ms := func(d time.Duration) string {
		if o.frames == 0 {
			return "-"
		}
		return fmt.Sprint(d.Milliseconds())
	}
	return fmt.Sprintf("%-28s %8.1f %6d %6s %6s %6s %6d %5d %7d %7d %7d %7d", n.Name, o.goodput/1000, o.frames, ms(o.p50), ms(o.p95), ms(o.longest),
		o.up.Sent, o.up.Lost, o.up.Refused, o.up.Shed, o.up.Corrupted, o.up.Duplicated)
}

// ups are the up-link at each of its times.
func ups(n fixtures.Network) []network.LinkOptions {
	a, err := simulator.Access(n.Name)
	Expect(err).NotTo(HaveOccurred())
	out := []network.LinkOptions{a.Up}
	for _, p := range a.Phases {
		out = append(out, p.Up)
	}
	return out
}

// rateLimit is the most payload that the up-link can carry, in bit/s; 0: any.
func rateLimit(n fixtures.Network) float64 {
	most := 0.0
	for _, l := range ups(n) {
		rate := float64(l.RateBPS)
		if l.Trace != nil {
			rate = float64(l.Trace.MeanBPS())
			if length := watched(n); length < l.Trace.Length() {
				rate = float64(l.Trace.RateBPS(0, length))
			}
		}
		if rate == 0 {
			return 0
		}
		most = max(most, rate)
	}
	return most
}

func leastDelay(n fixtures.Network) time.Duration {
	least := time.Hour
	for _, l := range ups(n) {
		reach := l.Jitter
		if l.Distribution != link.Uniform {
			reach = 4 * l.Jitter
		}
		least = min(least, l.Delay-reach)
	}
	return max(0, least)
}

// roomy tells whether a link has room for the stream all the time, and loses nothing.
func roomy(n fixtures.Network) bool {
	for _, l := range ups(n) {
		rate := l.RateBPS
		if l.Trace != nil || rate > 0 && rate < 2*streamKBPS*1000 || l.Loss != (network.LossOptions{}) || l.CorruptRate > 0 || l.Delay > 100*time.Millisecond || l.QueuePackets > 0 {
			return false
		}
	}
	return len(n.Cross) == 0
}

// expectedLoss is the mean loss of evenly spaced packets and by how much the variance
// of their number is above that of independent losses; false if it isn't one number.
func expectedLoss(n fixtures.Network, gap time.Duration) (mean, inflation float64, ok bool) {
	all := ups(n)
	l := all[0].Loss
	for _, other := range all[1:] {
		if other.Loss != l {
			return 0, 0, false
		}
	}
	m := l.Markov
	switch {
	case l.Lose > 0 || l.Every > 0:
		return 0, 0, false
	case m.P > 0:
		keep := 1 - m.P - m.R
		if m.Dwell > 0 {
			keep = math.Exp(-gap.Seconds() * (m.P + m.R) / m.Dwell.Seconds())
		}
		return m.MeanLoss(), (1 + keep) / (1 - keep), l.Rate == 0
	case l.BurstMean > 0:
		keep := math.Exp(-gap.Seconds() / l.BurstMean.Seconds() / (1 - l.Rate))
		return l.Rate, (1 + keep) / (1 - keep), true
	}
	return l.Rate, 1, true
}

var _ = Describe("evenly spaced datagrams", func() {
	const count, gap = 8000, 20 * time.Millisecond
	for _, n := range fixtures.Networks() {
		if len(n.Phases) > 0 && n.Phases[0].Address != "" {
			continue // what comes back from a network that was left is another matter
		}
		It("are lost on "+n.Name+" as often as its file says", func() {
			up, b := datagrams(n.Name, count, gap)
			if len(n.Cross) == 0 {
				Expect(up.Sent+up.Duplicated).To(Equal(up.Ended()), "%+v", up)
				Expect(b.n.Live()).To(BeZero())
			}
			mean, inflation, ok := expectedLoss(n, gap)
			if !ok || len(n.Cross) > 0 {
				return
			}
			passed := float64(up.Lost + up.Delivered + up.Corrupted)
			deviation := math.Sqrt(mean * (1 - mean) * inflation / passed)
			Expect(float64(up.Lost)/passed).To(BeNumerically("~", mean, 4*deviation+1e-9), "of %v packets behind the queue", passed)
		})
	}
})
