package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C34", func(promise fixtures.Promise) {
	It("asks nobody, enters nothing and is never answered", func() {
		j := lab.Scenario("odd-calls", 1)
		Expect(times(j, trace.CallIssued, "anna", "rejoin")).To(HaveLen(1))
		Expect(answers(j, "anna", "rejoin")).To(BeEmpty())
		Expect(times(j, trace.RequestStarted, "anna", "lookup")).To(HaveEach(Equal(time.Second)))
		Expect(lab.Events(j, trace.ServerJoined, "anna", "")).To(HaveLen(1))
	})
})
