package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C51", func(promise fixtures.Promise) {
	It("lets in none of seven uses of a URL that is another's, or out of its time", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "own-urls"}, sdk, 1)
			var tried int
			for _, member := range []string{"alice", "bob", "eve", "mallory"} {
				tried += len(times(j, trace.FaultInjected, member, "intrude"))
			}
			Expect(tried).To(Equal(7), "%s: the script's intrusions found their URLs", sdk)
			Expect(lab.Events(j, trace.AudioPlayed, "mallory", "")).To(BeEmpty(), sdk)
			for _, ev := range lab.Events(j, trace.AudioPlayed, "eve", "alice") {
				Expect(time.Duration(ev.V[0])).To(BeNumerically("<", 12*time.Second), "%s: before it gave up its right", sdk)
			}
			for _, ev := range lab.Events(j, trace.AudioPlayed, "bob", "alice") {
				Expect(time.Duration(ev.V[0])).NotTo(And(BeNumerically(">", 27*time.Second), BeNumerically("<", 32*time.Second)), "%s: while it was away", sdk)
			}
		}
	})

	It("disturbs nobody whose URLs they are", func() {
		j := lab.Scenario("own-urls", 1)
		for _, ev := range lab.Events(j, trace.ServerPushClosed, "bob", "") {
			Expect(j.Record.Text(ev.Text)).NotTo(Equal("replaced"))
		}
		Expect(lab.Events(j, trace.ServerPushClosed, "alice", "")).To(BeEmpty())
	})
})
