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

var _ = describe("K10", func(issue fixtures.Issue) {
	const dies, anew = 20 * time.Second, 42 * time.Second

	It("is told by one code, and by netstatus; the phone's own picture goes on", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			Expect(codesIn(j, "patient", dies, 40*time.Second)).To(Equal([]int64{-1303}))
			captured, empty := 0, 0
			for _, ev := range lab.Events(j, trace.FrameCaptured, "patient", "") {
				if ev.At > dies && ev.At < 40*time.Second {
					captured++
					if ev.V[2] == 0 {
						empty++
					}
				}
			}
			Expect(captured).To(BeNumerically(">=", 295))
			Expect(empty).To(Equal(captured))
			for _, ev := range lab.Events(j, trace.PusherStatus, "patient", "") {
				if ev.At > dies+2*time.Second && ev.At < 40*time.Second {
					Expect(ev.V[0]).To(BeZero(), "video at %v", ev.At)
					Expect(ev.V[1]).To(BeNumerically(">", 40), "sound at %v", ev.At)
				}
			}
		}
	})

	It("is seen by all, also by who comes later, until the push begins anew; the sound goes on", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			for _, viewer := range []string{"doctor", "nurse"} {
				Expect(found(j, "K10", viewer)).To(HaveLen(1))
				Expect(*view(j, viewer, "patient").AudioGap).To(BeNumerically("<", 5*time.Second)) // of the new push
				for _, ev := range lab.Events(j, trace.FrameShown, viewer, "patient") {
					Expect(ev.At < dies+2*time.Second || ev.At > anew).To(BeTrue(), "%s is shown a picture at %v", viewer, ev.At)
				}
				inTime(firstAfter(j, viewer, anew), anew, anew+5*time.Second)
			}
		}
	})

	It("also comes without a word, from the first moment on", func() {
		for _, seed := range lab.Seeds {
			j := lab.Scenario("encoder-silent-ios", seed)
			Expect(found(j, "K10", "doctor")).To(HaveLen(1))
			Expect(codesIn(j, "patient", 0, 19*time.Second)).To(Equal([]int64{1005, 1003, 1007, 1008, 1001, 1002}))
			inTime(firstAfter(j, "doctor", 0), 22*time.Second, 28*time.Second)
		}
	})

	It("comes after a short leave where, and only where, the encoder can't be restarted", func() {
		for _, seed := range lab.Seeds {
			left := func(unrecovered string) *campaign.Judged {
				return lab.Run(fixtures.Recipe{Scenario: "codes-left", Without: []string{"long", "too-long"},
					Set: yamlfile.Map[string]{{Name: "length", V: "28s"}, {Name: "encoder-unrecovered.alice", V: unrecovered}}}, seed)
			}
			j := left("0%")
			Expect(codesIn(j, "alice", 10*time.Second, 20*time.Second)).To(Equal([]int64{-1303, 1104}))
			Expect(j.Verdict("K10").Verdict).To(Equal(oracle.Absent))
			j = left("100%")
			Expect(codesIn(j, "alice", 10*time.Second, 20*time.Second)).To(Equal([]int64{-1303}))
			Expect(found(j, "K10", "bob")).To(HaveLen(1))
		}
	})

	It("is an iPhone's: another phone that is as black has something else", func() {
		elsewhere := fixtures.Recipe{Scenario: "encoder-silent-ios", Set: yamlfile.Map[string]{{Name: "device.patient", V: "huawei-p20-android-8.1"}}}
		for _, seed := range lab.Seeds {
			j := lab.Run(elsewhere, seed)
			Expect(j.Verdict("K10").Verdict).To(Equal(oracle.NotRun))
			inTime(firstAfter(j, "doctor", 0), 22*time.Second, 28*time.Second)
		}
	})

	It("stays away where another session can be had, or the software does the work", func() {
		elsewhere := issue.Cause
		elsewhere.Set = yamlfile.Map[string]{{Name: "device.patient", V: "xiaomi-6-android-8"}}
		for _, seed := range lab.Seeds {
			j := lab.Run(elsewhere, seed)
			Expect(codesIn(j, "patient", dies, 40*time.Second)).To(Equal([]int64{1104}))
			inTime(firstAfter(j, "doctor", dies+time.Second), dies+time.Second, dies+4*time.Second)
			j = lab.Run(fixtures.Recipe{Scenario: "codes-encoder", Without: []string{"middle", "corrupt"}}, seed)
			Expect(codesIn(j, "alice", 0, 10*time.Second)).To(ContainElement(int64(1103)))
			Expect(j.Verdict("K10").Verdict).To(Equal(oracle.Absent))
		}
	})

	It("is not taken for a stuck or garbled picture, a muted one, or one of who is away, and they not for it", func() {
		for _, seed := range lab.Seeds {
			for _, id := range []string{"K8", "K12", "K15"} {
				Expect(lab.Run(issue.Cause, seed).Verdict(id).Verdict).NotTo(Equal(oracle.Reproduced), id)
			}
			for _, scenario := range []string{"camera-stall", "garbled-ios-12", "mute-video", "mute-local", "muted-at-join"} {
				Expect(lab.Scenario(scenario, seed).Verdict("K10").Verdict).NotTo(Equal(oracle.Reproduced), scenario)
			}
			left := fixtures.Recipe{Scenario: "codes-left", Without: []string{"short", "too-long"}}
			Expect(lab.Run(left, seed).Verdict("K10").Verdict).To(Equal(oracle.Absent))
		}
	})
})

// codesIn are the codes of a member's live-pusher in a span.
func codesIn(j *campaign.Judged, member string, from, to time.Duration) []int64 {
	var out []int64
	for _, ev := range lab.Events(j, trace.PusherCode, member, "") {
		if ev.At >= from && ev.At < to {
			out = append(out, ev.V[0])
		}
	}
	return out
}

// firstAfter is when a viewer is first shown a picture of the patient from a time on.
func firstAfter(j *campaign.Judged, viewer string, from time.Duration) time.Duration {
	for _, ev := range lab.Events(j, trace.FrameShown, viewer, "patient") {
		if ev.At >= from {
			return ev.At
		}
	}
	Fail(viewer + " is shown nothing any more")
	return 0
}
