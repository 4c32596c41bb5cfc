package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C03", func(promise fixtures.Promise) {
	It("joins by the fourth domain: one WebSocket, after its answer", func() {
		j := lab.Scenario("lookup-faults", 1)
		Expect(answers(j, "anna", "join")).To(Equal([]int64{0}))
		Expect(notes(j, trace.RequestEnded, "anna", "lookup")).To(ContainElement(BeEmpty()), "one was answered")
		dialled := times(j, trace.SocketDialled, "anna", "gateway")
		Expect(dialled).To(HaveLen(1))
		Expect(dialled[0]).To(Equal(answeredLast(j, "anna")))
	})

	It("is more than 1.1.1 can do, whose only domain is dead", func() {
		j := lab.RunSDK(fixtures.Recipe{Scenario: "lookup-three-dead"}, "1.1.1", 1)
		Expect(answers(j, "doctor", "join")).To(Equal([]int64{901}))
		Expect(times(j, trace.SocketDialled, "doctor", "gateway")).To(BeEmpty())
	})
})
