package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C12", func(promise fixtures.Promise) {
	It("gives the uid that the member has", func() {
		given := func(sdk string) []int64 {
			var uids []int64
			for _, ev := range lab.Events(lab.RunSDK(fixtures.Recipe{Scenario: "odd-calls"}, sdk, 1), trace.CallDone, "ben", "") {
				if ev.V[3] >= 0 {
					uids = append(uids, ev.V[3])
				}
			}
			return uids
		}
		j := lab.Scenario("odd-calls", 1)
		Expect(given("1.1.3")).To(Equal([]int64{int64(j.Record.Head.Members[1].UID)}))
		Expect(given("2.4.2")).To(BeEmpty(), "undefined")
	})
})
