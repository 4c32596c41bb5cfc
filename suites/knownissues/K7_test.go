package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("K7", func(issue fixtures.Issue) {
	It("follows the outage and goes again", func() {
		for _, seed := range lab.Seeds {
			for _, f := range found(lab.Run(issue.Cause, seed), "K7", "") {
				Expect(f.At).To(BeNumerically(">", 20*time.Second), f.Text)
			}
		}
	})

	It("needs a loudspeaker: with headsets nobody hears himself", func() {
		quiet := issue.Cause
		quiet.Scenario = "echo-headsets"
		for _, seed := range lab.Seeds {
			j := lab.Run(quiet, seed)
			Expect(found(j, "K7", "")).To(BeEmpty())
			Expect(found(j, "K5", "")).NotTo(BeEmpty(), "playback is fast all the same")
		}
	})

	It("is measured on every view, and is nothing before the outage", func() {
		j := lab.Run(issue.Control, 1)
		for _, v := range j.Views {
			Expect(v.EchoDB).NotTo(BeNil())
			Expect(*v.EchoDB).To(BeNumerically("<", -25))
			Expect(*v.Echo).To(BeNumerically("<=", 2*time.Second))
		}
	})
})
