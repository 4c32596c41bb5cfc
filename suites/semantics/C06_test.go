package semantics

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C06", func(promise fixtures.Promise) {
	It("dials the gateway that the first answer names, though another names one too", func() {
		j := lab.Scenario("lookup-faults", 1)
		told := notes(j, trace.ServerAsked, "ben", "lookup")
		Expect(told).To(HaveLen(2))
		first := strings.Fields(told[0])[1]
		Expect(strings.Fields(told[1])[1]).NotTo(Equal(first))
		Expect(notes(j, trace.SocketDialled, "ben", "gateway")).To(ConsistOf(ContainSubstring(first)))
	})
})
