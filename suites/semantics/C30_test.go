package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C30", func(promise fixtures.Promise) {
	It("tells the page once, whose recovery then waits a second", func() {
		j := lab.Scenario("server-closes", 1)
		for _, member := range []string{"anna", "ben"} { // closed, and kicked
			var codes []int64
			for _, ev := range lab.Events(j, trace.ClientEvent, member, "") {
				if j.Record.Text(ev.Text) == "error" {
					codes = append(codes, ev.V[1])
				}
			}
			Expect(codes).To(Equal([]int64{904}), member)
			closed := times(j, trace.SocketClosed, member, "gateway")[0]
			lookups := times(j, trace.RequestStarted, member, "lookup")
			Expect(lookups).To(HaveLen(8))
			Expect(lookups[4]-closed).To(Equal(time.Second), "not the SDK, but the page")
		}
	})
})
