package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C49", func(promise fixtures.Promise) {
	DescribeTable("each sees and hears each other", func(scenario string) {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: scenario}, sdk, 1)
			for _, other := range []string{"native", "web"} {
				Expect(of(j, trace.ClientEvent, "mini", "stream-added")).NotTo(BeEmpty(), sdk)
				for _, view := range [][2]string{{"mini", other}, {other, "mini"}} {
					Expect(pictures(j, view[0], view[1], 14*time.Second, 24*time.Second)).To(BeNumerically(">", 100), "%s: %v", sdk, view)
					Expect(lab.Events(j, trace.AudioPlayed, view[0], view[1])).NotTo(BeEmpty(), "%s: %v", sdk, view)
				}
			}
		}
	},
		Entry("in a communication channel", "other-sdks"),
		Entry("in a live channel", "other-sdks-live"),
	)
})
