package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("C27", func(promise fixtures.Promise) {
	It("throws for other targets, and sends nothing", func() {
		j := lab.Scenario("odd-calls", 1)
		Expect(answers(j, "anna", "mute")[0]).To(BeEquivalentTo(-1))
		Expect(answers(j, "anna", "unmute")[0]).To(BeEquivalentTo(-1))
		Expect(sentBetween(j, "anna", 14*time.Second, 15*time.Second)).NotTo(ContainElement(ContainSubstring("mute")))
	})
})
