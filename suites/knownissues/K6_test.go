package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("K6", func(issue fixtures.Issue) {
	It("begins with the first outage", func() {
		for _, seed := range lab.Seeds {
			for _, f := range found(lab.Run(issue.Cause, seed), "K6", "") {
				Expect(f.At).To(BeNumerically(">", 14*time.Second), f.Text)
			}
		}
	})
})
