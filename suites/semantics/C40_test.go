package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C40", func(promise fixtures.Promise) {
	It("gives up after 10 s, whether the answer never comes or too late, and asks again", func() {
		j := lab.Scenario("unanswered", 1)
		subscribed := answers(j, "anna", "subscribe")
		Expect(subscribed[0]).To(BeEquivalentTo(903))
		Expect(subscribed[1:]).To(And(Not(BeEmpty()), HaveEach(BeZero())))
		Expect(answers(j, "ben", "publish")).To(Equal([]int64{903, 0}))
		issued, done := times(j, trace.CallIssued, "ben", "publish"), times(j, trace.CallDone, "ben", "publish")
		Expect(done[0] - issued[0]).To(Equal(10 * time.Second))
		Expect(times(j, trace.SocketClosed, "ben", "gateway")).To(BeEmpty())
	})
})
