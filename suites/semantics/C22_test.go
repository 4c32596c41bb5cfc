package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("C22", func(promise fixtures.Promise) {
	It("throws for a text, 0 and null, and asks the gateway for nothing", func() {
		j := lab.Scenario("odd-calls", 1)
		Expect(reasons(j, "anna", "subscribe")[:3]).To(HaveEach(ContainSubstring("Invalid uid type")))
		Expect(sentBetween(j, "anna", 13*time.Second, 14*time.Second)).NotTo(ContainElement("subscribe"))
		Expect(sentBetween(j, "anna", time.Second, 13*time.Second)).To(ContainElement("subscribe"), "the page's own, of ben")
	})
})
