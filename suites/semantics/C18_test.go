package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C18", func(promise fixtures.Promise) {
	It("lists it as broadcaster, so that it may publish, in every version", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "default-role"}, sdk, 1)
			Expect(of(j, trace.CallIssued, "mini", "setRole")).To(BeEmpty(), sdk)
			Expect(role(j, "mini")).To(Equal("broadcaster"), sdk)
			Expect(answers(j, "mini", "publish")).To(Equal([]int64{0}), sdk)
			Expect(times(j, trace.ServerNotified, "host", "user-joined")).To(HaveLen(1), "%s: the Native host hears of another host", sdk)
		}
	})
})
