package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C07", func(promise fixtures.Promise) {
	It("dials the second 5 s after the first and joins by it", func() {
		j := lab.Scenario("gateway-dead", 1)
		dialled := times(j, trace.SocketDialled, "anna", "gateway")
		Expect(dialled).To(HaveLen(2))
		Expect(dialled[1] - dialled[0]).To(Equal(5 * time.Second))
		Expect(times(j, trace.SocketOpened, "anna", "gateway")).To(HaveLen(1))
		Expect(answers(j, "anna", "join")).To(Equal([]int64{0}))
		Expect(times(j, trace.CallDone, "anna", "join")[0] - dialled[0]).To(BeNumerically("<", 6*time.Second))
	})

	It("is what later versions don't do: 2.3.2 gives up after 15 s, 2.4.2 never", func() {
		Expect(answers(lab.RunSDK(fixtures.Recipe{Scenario: "gateway-dead"}, "2.3.2", 1), "anna", "join")).To(Equal([]int64{903}))
		Expect(answers(lab.RunSDK(fixtures.Recipe{Scenario: "gateway-dead"}, "2.4.2", 1), "anna", "join")).To(BeEmpty())
	})
})
