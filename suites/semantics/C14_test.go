package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C14", func(promise fixtures.Promise) {
	It("setRole in the channel moves nobody: the audience still may not publish, the broadcaster still does", func() {
		j := lab.Scenario("role-after-join", 1)
		Expect(lab.Events(j, trace.ServerRole, "viewer", "")).To(BeEmpty())
		Expect(lab.Events(j, trace.ServerRole, "host", "")).To(BeEmpty())
		Expect(answers(j, "viewer", "publish")).To(Equal([]int64{433}))
		Expect(lab.Events(j, trace.ServerPushClosed, "host", "")).To(HaveLen(1), "at the end, by leaving")
		Expect(pictures(j, "viewer", "host", 15e9, 25e9)).To(BeNumerically(">", 100), "after the host's setRole(audience)")
	})
})
