package weaknet

import (
	"slices"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/engine/sockets"
)

func named(name string) fixtures.Network {
	all := fixtures.Networks()
	i := slices.IndexFunc(all, func(n fixtures.Network) bool { return n.Name == name })
	Expect(i).To(BeNumerically(">=", 0), name)
	return all[i]
}

var _ = Describe("RFC 8867", func() {
	DescribeTable("capacity is what its section says", func(name string, mbps ...float64) {
		b := newBench(name)
		b.flood(8e6)
		times := []time.Duration{0}
		for _, p := range named(name).Phases {
			if p.Up.Rate != nil {
				times = append(times, p.At)
			}
		}
		Expect(times).To(HaveLen(len(mbps)))
		for i, from := range times {
			b.e.RunUntil(from + time.Second)
			before, _ := b.phone.Traffic()
			b.e.RunUntil(from + 14*time.Second)
			after, _ := b.phone.Traffic()
			Expect(float64(after.Bytes-before.Bytes)*8/13/1e6).To(BeNumerically("~", mbps[i], 0.01*mbps[i]), "from %v on", from)
		}
	},
		Entry("5.1", "rfc8867-5.1", 1.0, 2.5, 0.6, 1.0),
		Entry("5.2", "rfc8867-5.2", 4.0, 2.0, 3.5, 1.0, 2.0),
		Entry("5.3", "rfc8867-5.3", 2.0, 1.0, 0.5, 2.0),
		Entry("5.4", "rfc8867-5.4", 3.5),
	)

	It("5.6: a long TCP flow takes about half, and keeps the queue filled", func() {
		long := newBench("rfc8867-5.6").stream(true).goodput(20*time.Second, 120*time.Second) / 2e6
		Expect(long).To(BeNumerically("~", 0.48, 0.2))
	})

	It("5.8: who pauses leaves room", func() {
		s := newBench("rfc8867-5.8").stream(true)
		before, pause := s.goodput(20*time.Second, 40*time.Second), s.goodput(45*time.Second, 60*time.Second)
		Expect(pause).To(BeNumerically(">", 1.15*before))
	})
})

var _ = Describe("places where a phone moves", func() {
	DescribeTable("stall a stream as long as their gaps", func(name string, least, most time.Duration) {
		o := runFrames(named(name))
		Expect(o.longest).To(BeNumerically(">=", least))
		Expect(o.longest).To(BeNumerically("<=", most))
	},
		Entry("lift", "lift", 7*time.Second, 25*time.Second),
		Entry("metro", "metro", 3*time.Second, 30*time.Second),
		Entry("high-speed rail", "high-speed-rail", 5*time.Second, 30*time.Second),
		Entry("car park", "car-park", 4*time.Second, 35*time.Second),
		Entry("edge of Wi-Fi", "wifi-edge", 300*time.Millisecond, 8*time.Second),
	)

	It("Wi-Fi to 4G leaves the connection half-open, and a new one works", func() {
		b := newBench("wifi-to-4g")
		old := b.stream(true)
		address := b.phone.Addr()
		Expect(old.goodput(0, 10*time.Second)).To(BeNumerically(">", 5e5))
		b.e.RunUntil(19 * time.Second)
		Expect(b.phone.Addr()).NotTo(Equal(address))
		Expect(old.goodput(20*time.Second, time.Minute)).To(BeZero())
		Expect(old.closed).To(BeNil(), "nobody tells it")
		fresh := &stream{b: b, bulk: true}
		b.phone.Dial("server", port, fresh)
		before := old.got
		b.e.RunUntil(70 * time.Second)
		Expect(float64(old.got-before)*8/10).To(BeNumerically(">", 2e6), "the server's end counts both")
	})
})

var _ = Describe("the laboratory's matrix", func() {
	It("CoDel keeps the delay that a long queue makes short", func() {
		long, short := runFrames(named("lab-bufferbloat")), runFrames(named("lab-bufferbloat-codel"))
		Expect(long.p95).To(BeNumerically(">", 800*time.Millisecond))
		Expect(short.p95).To(BeNumerically("<", long.p95/2))
		Expect(short.up.Shed).To(BeNumerically(">", 0))
		Expect(long.up.Shed).To(BeZero())
	})

	It("a queue of one packet loses what a long one delays", func() {
		long, short := runFrames(named("lab-rate-200k")), runFrames(named("lab-rate-200k-short-queue"))
		Expect(long.up.Refused).To(BeZero())
		Expect(short.up.Refused).To(BeNumerically(">", 50))
		Expect(short.goodput).To(BeNumerically("<", long.goodput))
	})

	It("background UDP makes a stream wait more than TCP, which gives way", func() {
		udp, tcp := runFrames(named("lab-background-udp")), runFrames(named("lab-background-tcp"))
		Expect(udp.p95).To(BeNumerically(">", tcp.p95))
		Expect(tcp.p95).To(BeNumerically(">", 200*time.Millisecond))
		Expect(runFrames(named("lab-background-tcp-short-queue")).up.Refused).To(BeNumerically(">", 2*tcp.up.Refused))
	})

	It("a NAT forgets a connection that was idle for more than a minute", func() {
		b := newBench("lab-nat-60s")
		quiet := &stream{b: b}
		quiet.alarm = b.e.Proc("quiet").Alarm(func() { quiet.sock.Send(block[:100]) })
		_, err := b.server.Listen(port, func(sockets.Socket) sockets.Handler { return receiver{quiet} })
		Expect(err).NotTo(HaveOccurred())
		b.phone.Dial("server", port, idler{quiet})
		b.e.RunUntil(50 * time.Second)
		quiet.alarm.In(0)
		b.e.RunUntil(51 * time.Second)
		Expect(quiet.got).To(Equal(100))
		quiet.alarm.Set(120 * time.Second)
		b.e.RunUntil(200 * time.Second)
		Expect(quiet.got).To(Equal(100))
		Expect(b.n.Stray().Unmapped).To(BeNumerically(">", 0))
	})

	It("a slow or bad name service delays the first packet", func() {
		Expect(runFrames(named("apple-high-latency-dns")).opened).To(BeNumerically("~", 3*time.Second, 100*time.Millisecond))
		Expect(runFrames(named("good")).opened).To(BeNumerically("<", 100*time.Millisecond))
	})
})

// idler opens a stream and sends nothing by itself.
type idler struct{ *stream }

func (i idler) OnOpen(s sockets.Socket) { i.sock = s }
