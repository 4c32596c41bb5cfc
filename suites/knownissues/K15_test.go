package knownissues

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
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

	It("leaves the sound alone", func() {
		j := lab.Run(issue.Cause, 1)
		Expect(*view(j, "doctor", "patient").AudioGap).To(BeZero())
	})
})
