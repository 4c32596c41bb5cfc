package house

import (
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
)

// catalogue is what promises and mutants may name.
type catalogue struct{ versions, scenarios, networks, promises []string }

func known() catalogue {
	c := catalogue{scenarios: fixtures.Scenarios()}
	for _, s := range fixtures.SDKs() {
		c.versions = append(c.versions, s.Name)
	}
	for _, n := range fixtures.Networks() {
		c.networks = append(c.networks, n.Name)
	}
	for _, p := range fixtures.Promises() {
		c.promises = append(c.promises, p.ID)
	}
	return c
}

// keepers are the rooms of the model that can keep a promise.
var keepers = []string{"sdk", "gateway", "relay", "host", "app"}

// crooked lists what is wrong with a promise's entry.
func (c catalogue) crooked(p fixtures.Promise) []string {
	var out []string
	within := func(what string, named, all []string) {
		for i, x := range named {
			if !slices.Contains(all, x) {
				out = append(out, fmt.Sprintf("%s: %s %s isn't there", p.ID, what, x))
			}
			if slices.Contains(named[:i], x) {
				out = append(out, fmt.Sprintf("%s: %s %s stands twice", p.ID, what, x))
			}
		}
	}
	within("version", p.Versions, c.versions)
	within("scenario", p.Scenarios, c.scenarios)
	within("network", p.Networks, c.networks)
	within("layer", []string{p.Layer}, keepers)
	if order := slices.Clone(p.Versions); !slices.IsSortedFunc(order, func(a, b string) int {
		return slices.Index(c.versions, a) - slices.Index(c.versions, b)
	}) {
		out = append(out, p.ID+": its versions aren't in order")
	}
	if len(p.Scenarios) == 0 || len(p.Versions) == 0 {
		out = append(out, p.ID+": no trial of it is ever made")
	}
	var broken []string
	for _, b := range p.Breaks {
		within("broken version", b.Versions, p.Versions)
		within("broken scenario", b.Scenarios, p.Scenarios)
		for _, n := range b.Networks {
			if len(p.Networks) > 0 && !slices.Contains(p.Networks, n) || !slices.Contains(c.networks, n) {
				out = append(out, fmt.Sprintf("%s: broken network %s isn't one of its own", p.ID, n))
			}
		}
		broken = append(broken, b.Versions...)
	}
	within("version broken in one way and another,", broken, p.Versions)
	return out
}

// aimless lists what is wrong with a mutant's entry.
func (c catalogue) aimless(m fixtures.Mutant, promises []fixtures.Promise) []string {
	var out []string
	if len(m.Promises)+len(m.Sequences) == 0 || len(m.Plant.Rooms) == 0 {
		out = append(out, m.Name+": plants nothing, or must break nothing")
	}
	if m.SDK != "" && !slices.Contains(c.versions, m.SDK) {
		out = append(out, m.Name+": no version "+m.SDK)
	}
	for _, name := range m.Sequences {
		if !slices.ContainsFunc(fixtures.Sequences(), func(s fixtures.Sequence) bool { return s.Name == name }) {
			out = append(out, m.Name+": no sequence "+name)
		}
	}
	for _, id := range m.Promises {
		i := slices.IndexFunc(promises, func(p fixtures.Promise) bool { return p.ID == id })
		switch {
		case i < 0:
			out = append(out, m.Name+": no promise "+id)
		case m.SDK != "" && !slices.Contains(promises[i].Versions, m.SDK):
			out = append(out, m.Name+": "+m.SDK+" doesn't promise "+id)
		case m.SDK != "" && promises[i].Break(m.SDK) != nil && kept(promises[i]):
			out = append(out, m.Name+": "+m.SDK+" breaks "+id+" anyway")
		}
	}
	return out
}

// kept tells whether any version keeps a promise. Where none does, a mutant that
// repairs it must be noticed as well.
func kept(p fixtures.Promise) bool {
	return slices.ContainsFunc(p.Versions, func(v string) bool { return p.Break(v) == nil })
}

var _ = Describe("promises", func() {
	It("name versions, scenarios, networks and keepers that are there", func() {
		for _, p := range fixtures.Promises() {
			Expect(known().crooked(p)).To(BeEmpty())
		}
	})

	It("are numbered without a hole, C01 to C51", func() {
		for i, p := range fixtures.Promises() {
			Expect(p.ID).To(Equal(fmt.Sprintf("C%02d", i+1)))
		}
		Expect(fixtures.Promises()).To(HaveLen(51))
	})

	It("each have a defect that must be noticed", func() {
		aimed := map[string]bool{}
		for _, m := range fixtures.Mutants() {
			for _, id := range m.Promises {
				aimed[id] = true
			}
			Expect(known().aimless(m, fixtures.Promises())).To(BeEmpty())
		}
		for _, p := range fixtures.Promises() {
			Expect(aimed).To(HaveKey(p.ID), "no mutant breaks it")
		}
	})

	c := catalogue{versions: []string{"1", "2", "3"}, scenarios: []string{"a", "b"}, networks: []string{"good", "4g"}}
	straight := func() fixtures.Promise {
		return fixtures.Promise{ID: "C1", Layer: "sdk", Versions: []string{"1", "2"}, Scenarios: []string{"a"},
			Breaks: []fixtures.Break{{Versions: []string{"2"}, Scenarios: []string{"a"}, Networks: []string{"good"}}}}
	}
	DescribeTable("a crooked entry is caught", func(bend func(p *fixtures.Promise), caught bool) {
		p := straight()
		bend(&p)
		Expect(len(c.crooked(p)) > 0).To(Equal(caught))
	},
		Entry("none", func(*fixtures.Promise) {}, false),
		Entry("a version", func(p *fixtures.Promise) { p.Versions[0] = "9" }, true),
		Entry("versions out of order", func(p *fixtures.Promise) { p.Versions = []string{"2", "1"} }, true),
		Entry("a version twice", func(p *fixtures.Promise) { p.Versions = []string{"1", "2", "2"} }, true),
		Entry("a scenario", func(p *fixtures.Promise) { p.Scenarios[0] = "c" }, true),
		Entry("no scenario", func(p *fixtures.Promise) { p.Scenarios, p.Breaks = nil, nil }, true),
		Entry("a network", func(p *fixtures.Promise) { p.Networks = []string{"good", "5g"} }, true),
		Entry("a layer", func(p *fixtures.Promise) { p.Layer = "sky" }, true),
		Entry("a break of a version that doesn't promise", func(p *fixtures.Promise) { p.Breaks[0].Versions = []string{"3"} }, true),
		Entry("a break in another scenario", func(p *fixtures.Promise) { p.Breaks[0].Scenarios = []string{"b"} }, true),
		Entry("a break on another network", func(p *fixtures.Promise) { p.Networks = []string{"4g"} }, true),
		Entry("two breaks of one version", func(p *fixtures.Promise) { p.Breaks = append(p.Breaks, p.Breaks[0]) }, true),
	)

	DescribeTable("a mutant without aim is caught", func(m fixtures.Mutant, caught bool) {
		if real := fixtures.Mutants(); len(real) > 0 {
			m.Plant = real[0].Plant
		}
		Expect(len(c.aimless(m, []fixtures.Promise{straight()})) > 0).To(Equal(caught))
	},
		Entry("none", fixtures.Mutant{Name: "m", Promises: []string{"C1"}}, false),
		Entry("no promise", fixtures.Mutant{Name: "m"}, true),
		Entry("a row of codes", fixtures.Mutant{Name: "m", Sequences: []string{"push-left"}}, false),
		Entry("a row that isn't there", fixtures.Mutant{Name: "m", Sequences: []string{"push-right"}}, true),
		Entry("a promise that isn't there", fixtures.Mutant{Name: "m", Promises: []string{"C2"}}, true),
		Entry("a version that isn't there", fixtures.Mutant{Name: "m", Promises: []string{"C1"}, SDK: "9"}, true),
		Entry("a version that doesn't promise", fixtures.Mutant{Name: "m", Promises: []string{"C1"}, SDK: "3"}, true),
		Entry("a version that breaks it anyway", fixtures.Mutant{Name: "m", Promises: []string{"C1"}, SDK: "2"}, true),
	)
})
