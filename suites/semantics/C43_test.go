package semantics

import (
	"fmt"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/oracle"
	"minilab/suites/lab"
)

var _ = describe("C43", func(promise fixtures.Promise) {
	It("lets eight hear each other without a gap", func() {
		j := lab.Scenario("audio-8", 1)
		Expect(j.Views).To(HaveLen(8 * 7))
		for _, v := range j.Views {
			Expect(v.AudioGap).NotTo(BeNil(), "%s hears %s", j.Name(v.To), j.Name(v.From))
			Expect(*v.AudioGap).To(BeZero(), "%s hears %s", j.Name(v.To), j.Name(v.From))
		}
	})

	It("lets seventeen hear each other", func() {
		j := lab.Scenario("audio-17", 1)
		Expect(j.Views).To(HaveLen(17 * 16))
		for _, v := range j.Views {
			Expect(v.AudioGap).NotTo(BeNil(), "%s hears %s", j.Name(v.To), j.Name(v.From))
		}
	})

	It("reports what an eighteenth finds, and judges nothing of it", func() {
		j := lab.Scenario("audio-18", 1)
		v := j.Verdict("C43")
		Expect(v.Verdict).To(Equal(oracle.NotRun))
		Expect(v.Measures).NotTo(BeEmpty())
		AddReportEntry("eighteen speak", fmt.Sprint(v.Measures))
		Expect(answers(j, "voice-18", "join")).To(HaveLen(1))
	})
})
