package semantics

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("C01", func(promise fixtures.Promise) {
	It("throws for each kind of bad app id, and asks nobody", func() {
		j := lab.Scenario("odd-calls", 1)
		Expect(answers(j, "anna", "init")[:4]).To(HaveEach(BeEquivalentTo(-1)))
		Expect(reasons(j, "anna", "init")[:4]).To(HaveEach(ContainSubstring("Invalid appId")))
		Expect(times(j, trace.RequestStarted, "anna", "lookup")).To(HaveEach(BeNumerically(">=", time.Second)), "the page's own join comes at 1 s")
	})
})
