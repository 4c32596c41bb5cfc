package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C47", func(promise fixtures.Promise) {
	It("tells nobody of a watcher that comes and goes, while it watches", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "stage"}, sdk, 1)
			Expect(role(j, "watcher")).To(Equal("audience"), sdk)
			Expect(lab.Events(j, trace.ServerLeft, "watcher", "")).To(HaveLen(1), sdk)
			Expect(lab.Events(j, trace.AudioPlayed, "watcher", "host")).NotTo(BeEmpty(), sdk)
			for _, k := range []trace.Kind{trace.ServerAnnounced, trace.ServerNotified, trace.ClientEvent} {
				for _, member := range []string{"host", "singer", "viewer"} {
					Expect(lab.Events(j, k, member, "watcher")).To(BeEmpty(), "%s: %s %v", sdk, member, k)
				}
			}
		}
	})
})
