package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("K12", func(issue fixtures.Issue) {
	const stall, shut, open = 20 * time.Second, 40 * time.Second, 42 * time.Second

	It("shows one picture at the usual pace, with new time stamps and sound", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			numbers, stamps := map[int64]bool{}, map[int64]bool{}
			for _, ev := range lab.Events(j, trace.FrameShown, "doctor", "patient") {
				if ev.At > stall+time.Second && ev.At < shut {
					numbers[ev.V[0]], stamps[ev.V[4]] = true, true
					Expect(ev.V[3]).To(BeZero(), "the picture at %v is spoiled", ev.At)
				}
			}
			Expect(numbers).To(HaveLen(1))
			Expect(len(stamps)).To(BeNumerically(">=", 18*15))
			v := view(j, "doctor", "patient")
			Expect(*v.AudioGap).To(BeZero())
			Expect(v.Freeze.WebRTC.N).To(BeZero())
		}
	})

	It("can't be told of whom it is who is seen garbled", func() {
		garbled := issue.Cause
		garbled.Set = yamlfile.Map[string]{{Name: "device.patient", V: "iphone-8-ios-12.0"}}
		for _, seed := range lab.Seeds {
			Expect(lab.Run(garbled, seed).Verdict("K12").Verdict).To(Equal(oracle.NotRun))
		}
	})

	It("is told by no code; the bitrate falls", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			Expect(codesIn(j, "patient", stall, shut)).To(BeEmpty())
			before, meanwhile := videoRate(j, 10*time.Second, stall), videoRate(j, stall+2*time.Second, shut)
			Expect(before).To(BeNumerically(">", 300))
			Expect(meanwhile).To(And(BeNumerically("<", before/3), BeNumerically(">", 10)))
		}
	})

	It("ends when the camera is opened anew", func() {
		for _, seed := range lab.Seeds {
			numbers := map[int64]bool{}
			for _, ev := range lab.Events(lab.Run(issue.Cause, seed), trace.FrameShown, "doctor", "patient") {
				if ev.At > open+3*time.Second {
					numbers[ev.V[0]] = true
				}
			}
			Expect(len(numbers)).To(BeNumerically(">", 12*15))
		}
	})

	It("is not taken for a black or frozen picture, or one of who is away, and they not for it", func() {
		for _, seed := range lab.Seeds {
			for _, id := range []string{"K8", "K10", "K15"} {
				Expect(lab.Run(issue.Cause, seed).Verdict(id).Verdict).NotTo(Equal(oracle.Reproduced), id)
			}
			for _, scenario := range []string{"encoder-dies-ios", "garbled-ios-12", "weak-call", "mute-video", "codes-left"} {
				Expect(lab.Scenario(scenario, seed).Verdict("K12").Verdict).NotTo(Equal(oracle.Reproduced), scenario)
			}
		}
	})

	It("comes by itself, as often as the phone's rate says", func() {
		for _, seed := range lab.Seeds {
			r := fixtures.Recipe{Scenario: issue.Cause.Scenario, Without: issue.Control.Without}
			r.Set = yamlfile.Map[string]{{Name: "camera-stalls.patient", V: "1800"}}
			Expect(found(lab.Run(r, seed), "K12", "doctor")).NotTo(BeEmpty(), "seed %d", seed)
			r.Set = yamlfile.Map[string]{{Name: "camera-stalls.patient", V: "0"}}
			Expect(lab.Run(r, seed).Verdict("K12").Verdict).To(Equal(oracle.Absent), "seed %d", seed)
		}
	})

	It("is the phone's: on any other nothing happens by itself", func() {
		for _, seed := range lab.Seeds {
			r := issue.Control
			r.Set = yamlfile.Map[string]{{Name: "device.patient", V: "xiaomi-6-android-8"}}
			j := lab.Run(r, seed)
			Expect(j.Verdict("K12").Verdict).To(Equal(oracle.Absent))
			for _, p := range j.Record.Head.Params {
				Expect(p.Name).NotTo(Equal("patient/camera/stalls"))
			}
			named := false
			for _, p := range lab.Run(issue.Cause, seed).Record.Head.Params {
				named = named || p.Name == "patient/camera/stalls" && p.Fidelity == "assumed" && p.Value > 0
			}
			Expect(named).To(BeTrue(), "the Xiaomi 5S's rate is not in the record's head")
		}
	})
})

// videoRate is the mean of what the patient's netstatus says of its video in a span, in
// kbit/s.
func videoRate(j *campaign.Judged, from, to time.Duration) int64 {
	sum, n := int64(0), int64(0)
	for _, ev := range lab.Events(j, trace.PusherStatus, "patient", "") {
		if ev.At > from && ev.At <= to {
			sum, n = sum+ev.V[0], n+1
		}
	}
	Expect(n).To(BeNumerically(">", 2))
	return sum / n
}
