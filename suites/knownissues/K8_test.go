package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("K8", func(issue fixtures.Issue) {
	It("is noticed in the outage, and on nobody else", func() {
		for _, seed := range lab.Seeds {
			for _, f := range lab.Run(issue.Cause, seed).Verdict("K8").Findings {
				inTime(f.At, 33*time.Second, 45*time.Second)
			}
			Expect(found(lab.Run(issue.Cause, seed), "K8", "doctor")).To(BeEmpty())
		}
	})
})
