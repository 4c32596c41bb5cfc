package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

// echoes is the issue of echo, which has a weak network of its own.
func echoes() fixtures.Issue {
	issue, err := lab.Issue("K7")
	Expect(err).NotTo(HaveOccurred())
	return issue
}

var _ = describe("K6", func(issue fixtures.Issue) {
	It("begins with the first outage", func() {
		for _, seed := range lab.Seeds {
			for _, f := range found(lab.Run(issue.Cause, seed), "K6", "") {
				Expect(f.At).To(BeNumerically(">", 14*time.Second), f.Text)
			}
		}
	})

	It("shows where a stall brings an echo, too, and isn't the echo", func() {
		stalls, calm := lab.Run(echoes().Cause, 1), lab.Run(echoes().Control, 1)
		Expect(found(calm, "K6", "")).To(BeEmpty())
		after := found(stalls, "K6", "patient")
		Expect(after).NotTo(BeEmpty(), "what was made up in the stall has turned the patient's gain up")
		Expect(after[0].At).To(BeNumerically(">", 20*time.Second))
	})
})
