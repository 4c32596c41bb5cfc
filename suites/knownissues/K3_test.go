package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("K3", func(issue fixtures.Issue) {
	It("lasts from the loss of the session to the end, and is on nobody else's screen", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			f := found(j, "K3", "")
			Expect(f).To(HaveLen(1), "seed %d", seed)
			Expect(j.Name(f[0].On)).To(Equal("doctor"))
			inTime(f[0].At, 26*time.Second, 35*time.Second)
			Expect(*view(j, "doctor", "specialist").Rotated).To(BeNumerically(">", 12*time.Second))
			Expect(*view(j, "specialist", "doctor").Rotated).To(BeZero())
		}
	})

	It("is no picture that lies while the page is about to turn its player", func() {
		for _, seed := range lab.Seeds {
			lying := 0
			for _, ev := range lab.Events(lab.Run(issue.Control, seed), trace.FrameShown, "doctor", "specialist") {
				if ev.V[3]&trace.ShownRotated != 0 {
					inTime(ev.At, 15*time.Second, 17*time.Second)
					lying++
				}
			}
			Expect(lying).To(BeNumerically(">", 5), "seed %d: a second of pictures", seed)
		}
	})

	It("is not in a call in which nobody turns a phone, whatever is lost", func() {
		j := lab.Run(fixtures.Recipe{Scenario: issue.Cause.Scenario, Without: []string{"turned"}}, 1)
		Expect(*view(j, "doctor", "specialist").Rotated).To(BeZero())
		Expect(j.Verdict("K3").Findings).To(BeEmpty())
	})

	It("needs no loss where the phone is turned further than a player can turn", func() {
		j := lab.Run(fixtures.Recipe{Scenario: "upside-down"}, 1)
		f := found(j, "K3", "doctor")
		Expect(f).To(HaveLen(1))
		inTime(f[0].At, 15*time.Second, 16*time.Second)
	})
})
