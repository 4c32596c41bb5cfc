package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C09", func(promise fixtures.Promise) {
	It("fails 10 s after the request, closes the socket, and the next join works", func() {
		j := lab.Scenario("unanswered", 1)
		Expect(answers(j, "dan", "join")).To(Equal([]int64{903, 0}))
		failed := times(j, trace.CallDone, "dan", "join")[0]
		Expect(failed - times(j, trace.SocketOpened, "dan", "gateway")[0]).To(Equal(10 * time.Second))
		closed := times(j, trace.SocketClosed, "dan", "gateway")
		Expect(closed[0]).To(BeNumerically("~", failed, time.Second))
	})
})
