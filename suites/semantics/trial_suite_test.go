package semantics

import (
	"cmp"
	"fmt"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/oracle"
	"minilab/suites/lab"
)

// networks are those that a promise is tried on unless it names its own.
var networks = []string{"good", "3g-lossy", "high-delay"}

// trial is a promise put to the test: in one scenario, by one version, on one network.
type trial struct {
	promise                fixtures.Promise
	scenario, sdk, network string
}

// trials are all of a promise's, those of one run next to each other.
func trials(p fixtures.Promise) []trial {
	on := p.Networks
	if len(on) == 0 {
		on = networks
	}
	var out []trial
	for _, scenario := range p.Scenarios {
		for _, sdk := range p.Versions {
			for _, network := range on {
				out = append(out, trial{p, scenario, sdk, network})
			}
		}
	}
	return out
}

// known is the break that the trial must show; nil: the promise must be held.
func (t trial) known() *fixtures.Break {
	if b := t.promise.Break(t.sdk); b != nil && b.Shows(t.scenario, t.network) {
		return b
	}
	return nil
}

// seeds is how many runs the trial takes: as many where a break must not show as it
// may take where it must.
func (t trial) seeds() uint64 {
	n := 1
	for i := range t.promise.Breaks {
		if b := &t.promise.Breaks[i]; b.Shows(t.scenario, t.network) {
			n = max(n, b.Seeds)
		}
	}
	return uint64(n)
}

func (t trial) title() string {
	title := fmt.Sprintf("%s (%s, %s, %s)", t.promise.Statement.EN, t.scenario, t.sdk, t.network)
	if b := t.known(); b != nil {
		title += ": broken as documented: " + b.How.EN
	}
	return title
}

// run demands that the promise is held with every seed, or that a documented break
// shows with one of them at least.
func (t trial) run() {
	r := lab.On(t.scenario, t.network)
	var last lab.Said
	for seed := uint64(1); seed <= t.seeds(); seed++ {
		last = lab.Verdict(t.promise.ID, r, t.sdk, seed)
		if last.Verdict != oracle.Held {
			break
		}
	}
	AddReportEntry(verdictEntry, last.Verdict, ReportEntryVisibilityNever)
	Expect(t.demand(last.Verdict)).To(Succeed(), "%s\n%s", last.Because, last.Command)
}

// demand compares the verdict with what is known of the version.
func (t trial) demand(verdict string) error {
	switch b := t.known(); {
	case b == nil && verdict != oracle.Held:
		return fmt.Errorf("%s in %s: it is %s", t.sdk, t.scenario, cmp.Or(verdict, "not judged"))
	case b != nil && verdict != oracle.Violated:
		return fmt.Errorf("%s in %s with %d seeds: it is %s, but documented to be broken: %s", t.sdk, t.scenario, t.seeds(), cmp.Or(verdict, "not judged"), b.How.EN)
	}
	return nil
}

// verdictEntry names a spec's report entry that holds what the judge said.
const verdictEntry = "verdict"

var _ = Describe("the table of trials", func() {
	promise := fixtures.Promise{
		ID: "C1", Versions: []string{"1", "2"}, Scenarios: []string{"a", "b"},
		Breaks: []fixtures.Break{{Versions: []string{"1"}, Seeds: 9, Scenarios: []string{"b"}}},
	}
	find := func(scenario, sdk, network string) trial {
		all := trials(promise)
		i := slices.IndexFunc(all, func(t trial) bool { return t.scenario == scenario && t.sdk == sdk && t.network == network })
		Expect(i).To(BeNumerically(">=", 0))
		return all[i]
	}

	It("has one for each scenario, version and network", func() {
		Expect(trials(promise)).To(HaveLen(2 * 2 * 3))
		alone := promise
		alone.Networks = []string{"4g"}
		Expect(trials(alone)).To(HaveLen(2 * 2))
	})

	It("demands a documented break where it shows, and nowhere else", func() {
		Expect(find("b", "1", "good").known()).NotTo(BeNil())
		Expect(find("a", "1", "good").known()).To(BeNil())
		Expect(find("b", "2", "good").known()).To(BeNil())
	})

	It("tries the versions that must not break it as often as those that must", func() {
		Expect(find("b", "1", "good").seeds()).To(BeEquivalentTo(9))
		Expect(find("b", "2", "good").seeds()).To(BeEquivalentTo(9))
		Expect(find("a", "2", "good").seeds()).To(BeEquivalentTo(1))
	})

	DescribeTable("passes nothing but what is known", func(sdk, verdict string, passes bool) {
		Expect(find("b", sdk, "good").demand(verdict) == nil).To(Equal(passes))
	},
		Entry("held", "2", oracle.Held, true),
		Entry("violated", "2", oracle.Violated, false),
		Entry("not put to the test", "2", oracle.NotRun, false),
		Entry("not judged", "2", "", false),
		Entry("broken as documented", "1", oracle.Violated, true),
		Entry("no longer broken", "1", oracle.Held, false),
		Entry("documented, but not put to the test", "1", oracle.NotRun, false),
	)
})
