package phone

import (
	"context"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// call runs a call of alice and others, written as the members' and the script's lines.
func call(seed uint64, members, script string) *campaign.Judged {
	GinkgoHelper()
	text := "name: a-call\nlength: 40s\nsdk: 1.1.3\nmembers:\n" + members + "script:\n  - {at: 0s, all: join}\n" + script
	s, err := simulator.Parse("a-call", []byte(text))
	Expect(err).NotTo(HaveOccurred())
	j, err := campaign.Run(context.Background(), simulator.Options{Scenario: s, Seed: seed})
	Expect(err).NotTo(HaveOccurred())
	return j
}

const bob = "  bob: {device: xiaomi-6-android-8, network: good, role: broadcaster}\n"

// counted counts the events of a kind that one member has of another.
func counted(j *campaign.Judged, kind trace.Kind, on, of string, is func(trace.Event) bool) int {
	n := 0
	for _, ev := range lab.Events(j, kind, on, of) {
		if is(ev) {
			n++
		}
	}
	return n
}

func coded(code int64) func(trace.Event) bool {
	return func(ev trace.Event) bool { return ev.V[0] == code }
}

func each(trace.Event) bool { return true }

var _ = Describe("live-pusher and live-player", func() {
	for _, seed := range lab.Seeds {
		for _, quality := range []string{"high", "low"} {
			It(fmt.Sprintf("of audio-quality %s: only sound of 48 kHz is heard, seed %d", quality, seed), func() {
				j := call(seed, "  alice: {device: iphone-8-ios-11.4, network: good, role: broadcaster, pusher: {audio-quality: "+quality+"}}\n"+bob, "")
				heard := counted(j, trace.AudioPlayed, "bob", "alice", each)
				Expect(heard > 20).To(Equal(quality == "high"), "%d spans", heard)
				Expect(counted(j, trace.FrameShown, "bob", "alice", each)).To(BeNumerically(">", 400))
				Expect(counted(j, trace.AudioPlayed, "alice", "bob", each)).To(BeNumerically(">", 20))
			})
		}

		for _, c := range []struct {
			device   string
			software int
		}{{"honor-7a-android-8", 2}, {"xiaomi-6-android-8", 0}} {
			device, software := c.device, c.software
			It(fmt.Sprintf("of %s in a call of seven: %d streams are decoded in software, and all are seen, seed %d", device, software, seed), func() {
				members := "  alice: {device: " + device + ", network: good, role: broadcaster}\n"
				for i := range 6 {
					members += fmt.Sprintf("  m%d: {device: xiaomi-6-android-8, network: good, role: broadcaster}\n", i)
				}
				j := call(seed, members, "")
				soft := 0
				for i := range 6 {
					other := fmt.Sprintf("m%d", i)
					soft += counted(j, trace.PlayerCode, "alice", other, coded(2106))
					Expect(counted(j, trace.FrameShown, "alice", other, each)).To(BeNumerically(">", 480), "of %s", other)
				}
				Expect(soft).To(Equal(software))
			})
		}

		It(fmt.Sprintf("film with the other camera after switchCamera, which ends a stall, seed %d", seed), func() {
			alice := "  alice: {device: iphone-8-ios-11.4, network: good, role: broadcaster}\n"
			stall := "  - {at: 10s, alice: {camera: stalls}}\n"
			for script, films := range map[string]bool{stall: false, stall + "  - {at: 20s, alice: switchCamera}\n": true, "  - {at: 20s, alice: switchCamera}\n": true} {
				j := call(seed, alice+bob, script)
				numbers, shown, last, gap := map[int64]bool{}, 0, 15*time.Second, time.Duration(0)
				for _, ev := range lab.Events(j, trace.FrameShown, "bob", "alice") {
					if ev.At < 15*time.Second || ev.At > 30*time.Second {
						continue
					}
					if gap, last, shown = max(gap, ev.At-last), ev.At, shown+1; ev.At > 22*time.Second {
						numbers[ev.V[0]] = true
					}
				}
				Expect(len(numbers) > 8*14).To(Equal(films), "%d different pictures after%s", len(numbers), script)
				Expect(films || len(numbers) == 1).To(BeTrue(), "%d different pictures of a camera that is stuck", len(numbers))
				// The other camera takes its time to open.
				Expect(gap > 200*time.Millisecond).To(Equal(films), "pictures %v apart after%s", gap, script)
				Expect(shown).To(BeNumerically(">", 14*14))
			}
		})

		It(fmt.Sprintf("tell another size where the uplink is slow, and only there, seed %d", seed), func() {
			alice := "  alice: {device: iphone-8-ios-11.4, network: {rate: 5M, delay: 20ms}, role: broadcaster}\n"
			slow := call(seed, alice+bob, "  - {at: 10s, alice: {network: {up: {rate: 330k}}}}\n")
			fast := call(seed, alice+bob, "")
			Expect(counted(slow, trace.PlayerCode, "bob", "alice", coded(2009))).To(BeNumerically(">", 1))
			Expect(counted(fast, trace.PlayerCode, "bob", "alice", coded(2009))).To(Equal(1))
			Expect(counted(slow, trace.PlayerCode, "alice", "bob", coded(2009))).To(Equal(1))
		})

		It(fmt.Sprintf("send the waiting image while the page is away, and the camera's picture before, seed %d", seed), func() {
			alice := "  alice: {device: xiaomi-6-android-8, network: good, role: broadcaster}\n"
			j := call(seed, alice+bob, "  - {at: 15s, alice: {background: 20s}}\n")
			waiting := func(ev trace.Event) bool { return ev.V[3]&trace.ShownWaiting != 0 }
			for _, ev := range lab.Events(j, trace.FrameShown, "bob", "alice") {
				if waiting(ev) {
					Expect(ev.At).To(BeNumerically(">", 15*time.Second))
					Expect(ev.V[3]&trace.ShownBlack).To(BeZero(), "it isn't black")
				}
			}
			Expect(counted(j, trace.FrameShown, "bob", "alice", waiting)).To(BeNumerically(">", 80), "10 a second on Android, until the session is lost")
			Expect(counted(j, trace.FrameShown, "alice", "bob", waiting)).To(BeZero())
		})
	}
})
