package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C10", func(promise fixtures.Promise) {
	It("tells code and reason, and then asks all domains again", func() {
		j := lab.Scenario("join-refused", 1)
		Expect(answers(j, "anna", "join")).To(Equal([]int64{431, 0}))
		Expect(reasons(j, "anna", "join")).To(Equal([]string{"login failed"}))
		Expect(reasons(j, "ben", "join")).To(Equal([]string{"invalid vendor key"}))
		Expect(notes(j, trace.RequestStarted, "anna", "lookup")).To(HaveLen(8))
		Expect(times(j, trace.SocketClosed, "anna", "gateway")).To(HaveLen(1))
	})
})
