package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C16", func(promise fixtures.Promise) {
	It("publish and unpublish of an audience fail with 433, and the host hears of nothing", func() {
		j := lab.Scenario("audience-publishes", 1)
		Expect(answers(j, "viewer", "publish")).To(Equal([]int64{433}))
		Expect(answers(j, "viewer", "unpublish")).To(Equal([]int64{433}))
		Expect(lab.Events(j, trace.ServerAnnounced, "host", "viewer")).To(BeEmpty())
		Expect(answers(j, "host", "publish")).To(Equal([]int64{0}), "a broadcaster may")
	})
})
