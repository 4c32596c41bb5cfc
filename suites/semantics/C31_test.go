package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C31", func(promise fixtures.Promise) {
	It("tells each, and 503 as the version does", func() {
		told := func(sdk string) []int64 {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "server-errors"}, sdk, 1)
			var codes []int64
			for _, ev := range lab.Events(j, trace.ClientEvent, "anna", "") {
				if j.Record.Text(ev.Text) == "error" {
					codes = append(codes, ev.V[1])
				}
			}
			return codes
		}
		Expect(told("2.3.2")).To(Equal([]int64{500, 502, 503, 501}))
		Expect(told("2.4.2")).To(Equal([]int64{500, 502, 501}))
	})
})
