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
			findings := lab.Run(issue.Cause, seed).Verdict("K8").Findings
			Expect(findings).NotTo(BeEmpty())
			inTime(findings[0].At, 32*time.Second, 45*time.Second)
			for _, f := range findings[1:] { // a reconnect, later, is of the same stall
				Expect(f.Text).To(ContainSubstring("connection"))
			}
			Expect(found(lab.Run(issue.Cause, seed), "K8", "doctor")).To(BeEmpty())
		}
	})
})
