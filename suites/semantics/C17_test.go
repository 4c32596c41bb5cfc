package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C17", func(promise fixtures.Promise) {
	It("cuts the push at once, refuses its URL, and tells the others", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "stage"}, sdk, 1)
			became := times(j, trace.ServerRole, "singer", "audience")
			Expect(became).To(HaveLen(1), sdk)
			Expect(times(j, trace.ServerPushClosed, "singer", "revoked")).To(Equal(became), sdk)
			for _, other := range []string{"host", "viewer"} {
				told := of(j, trace.ClientEvent, other, "stream-removed")
				Expect(told).NotTo(BeEmpty(), "%s: %s", sdk, other)
				Expect(j.Name(told[0].Peer)).To(Equal("singer"), sdk)
			}
			// The page goes on pushing, as nothing tells it not to; the server lets none in.
			Expect(times(j, trace.ServerMediaRefused, "server", "push")).NotTo(BeEmpty(), sdk)
			for _, ev := range lab.Events(j, trace.ServerPushOpened, "singer", "") {
				Expect(ev.At).To(BeNumerically("<", became[0]), sdk)
			}
			for _, ev := range lab.Events(j, trace.MediaIn, "singer", "") {
				Expect(time.Duration(ev.V[4])).To(BeNumerically("<=", became[0]), sdk)
			}
		}
	})
})
