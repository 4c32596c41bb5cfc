package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C50", func(promise fixtures.Promise) {
	It("is added and heard, but not seen, and sees the mini-program itself", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "other-sdks"}, sdk, 1)
			Expect(lab.Events(j, trace.ClientEvent, "mini", "old")).NotTo(BeEmpty(), sdk)
			Expect(lab.Events(j, trace.FrameShown, "mini", "old")).To(BeEmpty(), sdk)
			Expect(lab.Events(j, trace.AudioPlayed, "mini", "old")).NotTo(BeEmpty(), sdk)
			Expect(lab.Events(j, trace.FrameShown, "old", "mini")).NotTo(BeEmpty(), sdk)
			Expect(lab.Events(j, trace.FrameShown, "web", "old")).NotTo(BeEmpty(), "%s: others can decode it", sdk)
		}
	})
})
