package semantics

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/suites/lab"
)

var _ = describe("C38", func(promise fixtures.Promise) {
	// The seeds are tried one by one in the table; here what is lost is counted.
	lost := func(scenario, sdk string) int {
		n := 0
		for seed := uint64(1); seed <= 5; seed++ {
			j := lab.RunSDK(fixtures.Recipe{Scenario: scenario}, sdk, seed)
			for _, member := range []string{"anna", "ben"} {
				n += len(reasons(j, member, "join")) + len(errors(j, member))
			}
		}
		return n
	}

	It("loses joins after a leave up to 1.1.2, and none since", func() {
		Expect(lost("joins-repeated", "1.1.2")).To(BeNumerically(">", 0))
		Expect(lost("joins-repeated", "1.1.3")).To(BeZero())
	})

	It("loses joins after a refused one up to 1.1.2, and since only those that are refused", func() {
		Expect(lost("joins-until-success", "1.1.2")).To(BeNumerically(">", 5*6))
		Expect(lost("joins-until-success", "1.1.3")).To(Equal(5 * 6))
	})
})
