package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("C23", func(promise fixtures.Promise) {
	It("throws before join and after leave", func() {
		j := lab.Scenario("odd-calls", 1)
		Expect(answers(j, "anna", "publish")).To(Equal([]int64{-1, 0, -1}))
		Expect(reasons(j, "anna", "publish")).To(HaveEach(ContainSubstring("Disconnected from server")))
		Expect(reasons(j, "anna", "subscribe")).To(ContainElement(ContainSubstring("Disconnected from server")))
		Expect(sentBetween(j, "anna", 29*time.Second, 36*time.Second)).To(BeEmpty())
	})
})
