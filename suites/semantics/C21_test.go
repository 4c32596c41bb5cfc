package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C21", func(promise fixtures.Promise) {
	It("refuses an audience with 432, and grants a broadcaster", func() {
		for _, sdk := range promise.Versions {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "stage"}, sdk, 1)
			var codes []int64
			for i, c := range of(j, trace.CallIssued, "host", "subscribe") {
				if j.Name(c.Peer) == "watcher" {
					codes = append(codes, answers(j, "host", "subscribe")[i])
				}
			}
			Expect(codes).To(Equal([]int64{432}), sdk)
			Expect(answers(j, "singer", "subscribe")).To(HaveEach(int64(0)), sdk)
			Expect(lab.Events(j, trace.PlayStarted, "host", "watcher")).To(BeEmpty(), sdk)
		}
	})
})
