package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C08", func(promise fixtures.Promise) {
	It("fails 10 s after the first of two was dialled", func() {
		j := lab.Scenario("gateway-dead", 1)
		dialled := times(j, trace.SocketDialled, "ben", "gateway")
		Expect(dialled).To(HaveLen(2))
		Expect(answers(j, "ben", "join")).To(Equal([]int64{905}))
		Expect(times(j, trace.CallDone, "ben", "join")).To(Equal([]time.Duration{dialled[0] + 10*time.Second}))
	})
})
