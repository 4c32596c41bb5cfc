package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C26", func(promise fixtures.Promise) {
	It("refuses to mute and unmute a member that publishes nothing and was never subscribed", func() {
		j := lab.Scenario("odd-calls", 1)
		Expect(answers(j, "anna", "mute")).To(Equal([]int64{-1, 430}), "the first has a bad target")
		Expect(answers(j, "anna", "unmute")).To(Equal([]int64{-1, 430}))
		Expect(lab.Events(j, trace.ServerMuted, "anna", "")).To(BeEmpty())
	})
})
