package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C15", func(promise fixtures.Promise) {
	stage := fixtures.Recipe{Scenario: "stage"}

	It("makes a broadcaster of a viewer, who then publishes in the same session", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(stage, sdk, 1)
			Expect(lab.Events(j, trace.ServerJoined, "viewer", "")).To(HaveLen(1), sdk)
			Expect(times(j, trace.ServerRole, "viewer", "broadcaster")).To(HaveLen(1), sdk)
			Expect(answers(j, "viewer", "setRole")).To(Equal([]int64{0}), "%s: the one in the channel; the one before join is silent", sdk)
			Expect(answers(j, "viewer", "publish")).To(Equal([]int64{0}), sdk)
			Expect(lab.Events(j, trace.ServerAnnounced, "host", "viewer")).NotTo(BeEmpty(), sdk)
		}
	})

	It("did not in the versions before, where the viewer still may not publish", func() {
		j := lab.RunSDK(stage, "1.1.3", 1)
		Expect(lab.Events(j, trace.ServerRole, "viewer", "")).To(BeEmpty())
		Expect(answers(j, "viewer", "publish")).To(Equal([]int64{433}))
	})
})
