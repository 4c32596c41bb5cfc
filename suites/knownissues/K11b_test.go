package knownissues

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/oracle"
	"minilab/suites/lab"
)

// issueSet is one setting of a recipe.
func issueSet(name, value string) yamlfile.Map[string] {
	return yamlfile.Map[string]{{Name: name, V: value}}
}

var _ = describe("K11b", func(issue fixtures.Issue) {
	It("comes without a warning, and is not the mini-program's exit", func() {
		j := lab.Run(issue.Cause, lab.Seeds[0]) // more than an hour with seven members: one is enough to look closer at
		Expect(heard(j, "iphone", "onMemoryWarning")).To(BeEmpty())
		Expect(j.Verdict("K11a").Verdict).To(Equal(oracle.Absent))
		vanished(j, "iphone", found(j, "K11b", "iphone")[0].At)
	})
})
