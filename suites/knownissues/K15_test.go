package knownissues

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("K15", func(issue fixtures.Issue) {
	It("is there in every picture, and only in that member's", func() {
		j := lab.Run(issue.Cause, 1)
		shown := lab.Events(j, trace.FrameShown, "doctor", "patient")
		Expect(len(shown)).To(BeNumerically(">", 300))
		for _, ev := range shown {
			Expect(ev.V[3]&trace.ShownGarbled).NotTo(BeZero(), "the picture at %v is clean", ev.At)
		}
		Expect(*view(j, "patient", "doctor").Garbled).To(BeZero())
	})

	It("goes with the encoder that makes it: the same phone with another one is clean", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Control, seed)
			Expect(*view(j, "doctor", "patient").Garbled).To(BeZero())
			Expect(len(lab.Events(j, trace.FrameShown, "doctor", "patient"))).To(BeNumerically(">", 300))
		}
	})

	It("is of iOS 12.0: other versions are clean, and what else garbles a picture is something else", func() {
		for _, seed := range lab.Seeds {
			fixed := issue.Cause
			fixed.Set = yamlfile.Map[string]{{Name: "device.patient", V: "iphone-8-ios-11.4"}}
			j := lab.Run(fixed, seed)
			Expect(*view(j, "doctor", "patient").Garbled).To(BeZero())
			Expect(j.Verdict("K15").Verdict).To(Equal(oracle.NotRun))
			j = lab.Run(fixtures.Recipe{Scenario: "codes-bitstream", Without: []string{"truncated"}}, seed)
			Expect(view(j, "alice", "bob").Garbled.Seconds()).To(BeNumerically(">", 1))
			Expect(j.Verdict("K15").Verdict).To(Equal(oracle.NotRun))
		}
	})

	It("leaves the sound alone", func() {
		j := lab.Run(issue.Cause, 1)
		Expect(*view(j, "doctor", "patient").AudioGap).To(BeZero())
	})
})
