package house

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/oracle"
)

// specs are the stems of a suite's spec files, such as K5 of K5_test.go.
func specs(suite string) []string {
	files, err := filepath.Glob(filepath.Join(root, "suites", suite, "*_test.go"))
	Expect(err).NotTo(HaveOccurred())
	var stems []string
	for _, f := range files {
		stem := strings.TrimSuffix(filepath.Base(f), "_test.go")
		if !strings.HasSuffix(stem, "_suite") {
			stems = append(stems, stem)
		}
	}
	return stems
}

var _ = Describe("data and specs", func() {
	It("come in pairs: every known issue has its spec and its judge", func() {
		var ids []string
		for _, i := range fixtures.Issues() {
			ids = append(ids, i.ID)
			Expect(oracle.IDs()).To(ContainElement(i.ID), "no judge in simulator/oracle")
		}
		Expect(specs("knownissues")).To(ConsistOf(ids))
	})

	It("come in pairs: every promise has its spec and its judge", func() {
		var ids []string
		for _, p := range fixtures.Promises() {
			ids = append(ids, p.ID)
			Expect(oracle.IDs()).To(ContainElement(p.ID), "no judge in simulator/oracle")
			_, err := os.Stat(filepath.Join(root, p.Spec))
			Expect(err).NotTo(HaveOccurred(), "%s names a spec that isn't there", p.ID)
		}
		Expect(specs("semantics")).To(ConsistOf(ids))
	})

	It("have no judge without an entry", func() {
		for _, id := range oracle.IDs() {
			known := slices.ContainsFunc(fixtures.Issues(), func(i fixtures.Issue) bool { return i.ID == id }) ||
				slices.ContainsFunc(fixtures.Promises(), func(p fixtures.Promise) bool { return p.ID == id })
			Expect(known).To(BeTrue(), "%s is judged and stands in no catalogue", id)
		}
	})
})

// uncovered says what is wrong with a clause's cover, if anything.
func uncovered(c fixtures.Clause, promises, issues, scenes []string) string {
	for _, x := range []struct {
		kind       string
		named, all []string
	}{{"promise", c.Promises, promises}, {"issue", c.Issues, issues}, {"scene", c.Scenes, scenes}} {
		for _, id := range x.named {
			if !slices.Contains(x.all, id) {
				return c.ID + " is covered by a " + x.kind + " that isn't there: " + id
			}
		}
	}
	if len(c.Promises)+len(c.Issues)+len(c.Scenes) == 0 && strings.TrimSpace(c.Reason) == "" {
		return c.ID + " has neither cover nor reason"
	}
	return ""
}

var _ = Describe("clauses of the release notes", func() {
	It("are covered, or say why not", func() {
		var promises, issues []string
		for _, p := range fixtures.Promises() {
			promises = append(promises, p.ID)
		}
		for _, i := range fixtures.Issues() {
			issues = append(issues, i.ID)
		}
		for _, c := range fixtures.Clauses() {
			Expect(uncovered(c, promises, issues, fixtures.Scenarios())).To(BeEmpty())
			Expect(c.Text.ZH).NotTo(BeEmpty())
		}
	})

	It("are numbered without a hole", func() {
		for i, c := range fixtures.Clauses() {
			Expect(c.ID).To(HavePrefix("RN"))
			Expect(strings.TrimLeft(c.ID[2:], "0")).To(Equal(strconv.Itoa(i + 1)))
		}
	})

	It("name what covers them as the covers name them", func() {
		covers := map[string][]string{}
		for _, c := range fixtures.Clauses() {
			for _, id := range append(slices.Clone(c.Promises), c.Issues...) {
				covers[id] = append(covers[id], c.ID)
			}
		}
		for _, p := range fixtures.Promises() {
			for _, rn := range p.Clauses {
				Expect(covers[p.ID]).To(ContainElement(rn), p.ID)
			}
		}
		for _, i := range fixtures.Issues() {
			for _, rn := range i.Clauses {
				Expect(covers[i.ID]).To(ContainElement(rn), i.ID)
			}
		}
	})

	DescribeTable("a hole is caught", func(c fixtures.Clause, caught bool) {
		Expect(uncovered(c, []string{"C1"}, []string{"K1"}, []string{"call"}) != "").To(Equal(caught))
	},
		Entry("nothing", fixtures.Clause{ID: "RN01"}, true),
		Entry("a blank reason", fixtures.Clause{ID: "RN01", Reason: " "}, true),
		Entry("a reason", fixtures.Clause{ID: "RN01", Reason: "because"}, false),
		Entry("a promise", fixtures.Clause{ID: "RN01", Promises: []string{"C1"}}, false),
		Entry("a promise that isn't there", fixtures.Clause{ID: "RN01", Promises: []string{"C2"}}, true),
		Entry("an issue that isn't there", fixtures.Clause{ID: "RN01", Issues: []string{"K2"}, Reason: "because"}, true),
		Entry("a scene that isn't there", fixtures.Clause{ID: "RN01", Scenes: []string{"talk"}}, true),
	)
})
