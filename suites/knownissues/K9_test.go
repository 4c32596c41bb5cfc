package knownissues

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("K9", func(issue fixtures.Issue) {
	It("is told once the network is back, and the page recovers", func() {
		for _, seed := range lab.Seeds {
			j := lab.Run(issue.Cause, seed)
			for _, f := range found(j, "K9", "patient") {
				inTime(f.At, 45*time.Second, 60*time.Second)
			}
			Expect(found(j, "K9", "doctor")).To(BeEmpty(), "whose network is fine")
			Expect(lab.Events(j, trace.ClientEvent, "patient", "")).To(ContainElement(HaveField("V", ContainElement(BeEquivalentTo(904)))))
			for _, m := range j.Verdict("K9").Measures {
				if m.Name == "network_recovery_longest_s" {
					Expect(m.Value).To(BeNumerically("<", 15))
				}
			}
		}
	})

	It("shows when a phone leaves Wi-Fi for 4G, and not when it stays", func() {
		for _, seed := range lab.Seeds {
			Expect(found(lab.Scenario("wifi-to-4g", seed), "K9", "patient")).NotTo(BeEmpty())
			stays := lab.Run(fixtures.Recipe{Scenario: "wifi-to-4g", Without: []string{"move"}}, seed)
			Expect(stays.Verdict("K9").Verdict).To(Equal(oracle.Absent))
		}
	})
})
