package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("K5", func(issue fixtures.Issue) {
	It("follows the outage, when what was held up arrives all at once", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			after := 0
			for _, f := range found(j, "K5", issue.Cause.On) {
				if f.At > 38*time.Second {
					after++
				}
			}
			Expect(after).NotTo(BeZero(), "seed %d: %v", seed, j.Verdict("K5").Findings)
		}
	})
})
