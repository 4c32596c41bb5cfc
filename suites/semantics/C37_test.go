package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C37", func(promise fixtures.Promise) {
	It("answers the leave that was under way, and not the one after the end", func() {
		j := lab.RunSDK(fixtures.Recipe{Scenario: "server-closes"}, "2.4.2", 1)
		Expect(times(j, trace.CallIssued, "cora", "leave")).To(HaveLen(2))
		Expect(answers(j, "cora", "leave")).To(Equal([]int64{904}))
	})
})
