package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C48", func(promise fixtures.Promise) {
	It("keeps the requests from leaving, and one that leaves is enough", func() {
		some := lab.Scenario("domains-some", 1)
		Expect(times(some, trace.SocketRefused, "anna", "lookup")).To(HaveLen(3))
		Expect(times(some, trace.SocketOpened, "anna", "lookup")).To(HaveLen(1))
		Expect(answers(some, "anna", "join")).To(Equal([]int64{0}))
		none := lab.Scenario("domains-none", 1)
		Expect(times(none, trace.SocketRefused, "anna", "lookup")).To(HaveLen(4))
		Expect(times(none, trace.SocketOpened, "anna", "lookup")).To(BeEmpty())
		Expect(answers(none, "anna", "join")).To(Equal([]int64{901}))
	})
})
