package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C05", func(promise fixtures.Promise) {
	It("fails with 901 when the lookups' time is up, where there is such a time", func() {
		j := lab.Scenario("lookup-faults", 1)
		Expect(answers(j, "dan", "join")).To(Equal([]int64{901}))
		Expect(times(j, trace.CallDone, "dan", "join")).To(Equal([]time.Duration{34 * time.Second}), "10 s after join")
		hung := lab.RunSDK(fixtures.Recipe{Scenario: "lookup-faults"}, "2.4.2", 1)
		Expect(answers(hung, "dan", "join")).To(BeEmpty(), "32 s after join")
	})
})
