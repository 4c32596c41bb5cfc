package knownissues

import (
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

var _ = describe("K4", func(issue fixtures.Issue) {
	It("ends when the silent member speaks", func() {
		j := lab.Run(issue.Cause, 1)
		spoke := lab.Events(j, trace.PushMedia, "quiet", "")
		Expect(spoke).NotTo(BeEmpty())
		told := lab.Events(j, trace.ServerAnnounced, "late", "quiet")
		Expect(told).NotTo(BeEmpty())
		Expect(told[0].At).To(BeNumerically(">", spoke[0].At), "not before")
		Expect(view(j, "late", "quiet").AudioGap).NotTo(BeNil(), "and then it is heard")
	})

	It("is over with a WeChat that sends silence for a muted member", func() {
		fixed := issue.Cause
		fixed.Set = append(slices.Clone(fixed.Set), yamlfile.Named[string]{Name: "wechat.quiet", V: "8.0.30"})
		for _, seed := range lab.Seeds {
			Expect(lab.Run(fixed, seed).Verdict("K4").Verdict).To(Equal(oracle.Absent), "seed %d", seed)
		}
	})
})
