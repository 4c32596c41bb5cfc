package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C02", func(promise fixtures.Promise) {
	It("asks four domains since 1.1.2 and one before, all in the same instant", func() {
		for sdk, hosts := range map[string][]string{
			"1.1.3": {"miniapp-1.agoraio.cn", "miniapp-2.agoraio.cn", "miniapp-3.agoraio.cn", "miniapp-4.agoraio.cn"},
			"1.1.1": {"miniapp.agoraio.cn"},
		} {
			j := lab.RunSDK(fixtures.Recipe{Scenario: "lookup-faults"}, sdk, 1)
			Expect(notes(j, trace.RequestStarted, "anna", "lookup")).To(ConsistOf(hosts), sdk)
			Expect(times(j, trace.RequestStarted, "anna", "lookup")).To(HaveEach(BeZero()), sdk)
		}
	})
})
