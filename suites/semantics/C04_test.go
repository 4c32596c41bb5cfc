package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C04", func(promise fixtures.Promise) {
	It("fails when the last lookup has failed, and dials no gateway", func() {
		j := lab.Scenario("lookup-faults", 1)
		Expect(answers(j, "cora", "join")).To(Equal([]int64{901}))
		ended := times(j, trace.RequestEnded, "cora", "lookup")
		Expect(times(j, trace.CallDone, "cora", "join")).To(Equal(ended[len(ended)-1:]))
		Expect(times(j, trace.SocketDialled, "cora", "gateway")).To(BeEmpty())
	})
})
