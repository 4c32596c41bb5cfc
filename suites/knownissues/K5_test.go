package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("K5", func(issue fixtures.Issue) {
	It("comes after the outage, when what was held up arrives all at once", func() {
		for _, seed := range lab.Seeds {
			for _, f := range lab.Run(issue.Cause, seed).Verdict("K5").Findings {
				Expect(f.At).To(BeNumerically(">", 38*time.Second))
			}
		}
	})
})
