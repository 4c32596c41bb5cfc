package lab

import (
	"context"
	"fmt"
	"slices"

	"github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
)

// Said is a verdict with its evidence in words: what is left of a run when its record
// is gone.
type Said struct {
	Command string // makes the run again
	Verdict string // "" if the promise doesn't concern the version
	Because string // first finding
}

func say(j *campaign.Judged, v oracle.Verdict) Said {
	s := Said{Command: j.Scenario.Command(j.Record.Head.Seed), Verdict: v.Verdict}
	if len(v.Findings) > 0 {
		s.Because = fmt.Sprintf("%v %s", v.Findings[0].At, v.Findings[0].Text)
	}
	return s
}

// verdicts are those of all runs made so far, by key and id; a few kB a run.
var verdicts = map[string]map[string]Said{}

// On is a scenario with every member on one network. Where they are on it anyway,
// nothing is changed, so that the run has its plain name.
func On(scenario, network string) fixtures.Recipe {
	r := fixtures.Recipe{Scenario: scenario}
	s, err := simulator.Variant(r)
	gomega.ExpectWithOffset(1, err).NotTo(gomega.HaveOccurred())
	if slices.ContainsFunc(s.Members, func(m simulator.Member) bool { return m.Network.Name != network }) {
		r.Set = yamlfile.Map[string]{{Name: "network", V: network}}
	}
	return r
}

// maxKept bounds the records kept, in events: at some 100 bytes each.
const maxKept = 2_000_000

// kept are the runs made last, because the specs of one promise follow each other.
var kept cache

// cache holds runs until their events are too many; then the one longest unused goes.
type cache struct {
	runs   []keptRun // the one used last at the end
	events int
}

type keptRun struct {
	key string
	run *campaign.Judged
}

func (c *cache) get(key string) *campaign.Judged {
	for i, k := range c.runs {
		if k.key == key {
			c.runs = append(append(c.runs[:i:i], c.runs[i+1:]...), k)
			return k.run
		}
	}
	return nil
}

func (c *cache) put(key string, j *campaign.Judged) {
	c.runs = append(c.runs, keptRun{key, j})
	c.events += len(j.Record.Events)
	for len(c.runs) > 1 && c.events > maxKept {
		c.events -= len(c.runs[0].run.Record.Events)
		c.runs = c.runs[1:]
	}
}

// prepare makes the scenario of a recipe, with the mutant that is planted if one is.
func prepare(r fixtures.Recipe, sdk string) *simulator.Scenario {
	s, err := campaign.Prepare(r, sdk)
	gomega.ExpectWithOffset(2, err).NotTo(gomega.HaveOccurred())
	if name := Mutant(); name != "" {
		gomega.ExpectWithOffset(2, s.Override("mutant", name)).To(gomega.Succeed())
	}
	return s
}

// made makes a run in two worlds at once, which must be equal. A planted defect is in no
// version, so its run is made in one.
func made(s *simulator.Scenario, seed uint64) *campaign.Judged {
	o := simulator.Options{Scenario: s, Seed: seed}
	type second struct {
		*simulator.Result
		error
	}
	other := make(chan second, 1)
	if Mutant() == "" {
		go func() {
			r, err := simulator.Run(context.Background(), o)
			other <- second{r, err}
		}()
	}
	first, err := campaign.Run(context.Background(), o)
	gomega.ExpectWithOffset(2, err).NotTo(gomega.HaveOccurred(), "%s: %s", SimulatorFailed, s.Key(seed))
	if Mutant() == "" {
		again := <-other
		gomega.ExpectWithOffset(2, again.error).NotTo(gomega.HaveOccurred(), "%s: %s", SimulatorFailed, s.Key(seed))
		gomega.ExpectWithOffset(2, again.Record.Digest).To(gomega.Equal(first.Record.Digest), "%s: %s went another way the second time", SimulatorFailed, s.Key(seed))
	}
	gomega.ExpectWithOffset(2, upset(first)).To(gomega.BeEmpty(), "what must hold in every run, in %s", s.Command(seed))
	return first
}

// upset says which invariants don't hold, and why.
func upset(j *campaign.Judged) []string {
	var out []string
	for _, v := range j.Upset() {
		out = append(out, v.ID+": "+say(j, v).Because)
	}
	return out
}
