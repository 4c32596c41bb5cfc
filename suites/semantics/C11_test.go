package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C11", func(promise fixtures.Promise) {
	It("asks nobody and enters nothing", func() {
		j := lab.Scenario("odd-calls", 1)
		Expect(times(j, trace.CallIssued, "anna", "join")).To(HaveLen(2))
		Expect(answers(j, "anna", "join")).To(Equal([]int64{0}), "the second is never answered")
		Expect(notes(j, trace.RequestStarted, "anna", "lookup")).To(HaveLen(4))
		Expect(lab.Events(j, trace.ServerJoined, "anna", "")).To(HaveLen(1))
	})
})
