package main

import (
	"fmt"
	"slices"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
)

// judged is a run with what its judges say, as this command tells it.
type judged struct{ *campaign.Judged }

// catalogue is what fixtures say of an issue or promise.
type catalogue struct {
	title    fixtures.Text
	clauses  []string
	fidelity string
}

func lookUp(id string) catalogue {
	for _, i := range fixtures.Issues() {
		if i.ID == id {
			return catalogue{i.Title, i.Clauses, i.Fidelity.For("mechanism")}
		}
	}
	for _, p := range fixtures.Promises() {
		if p.ID == id {
			return catalogue{p.Title, p.Clauses, p.Fidelity.All}
		}
	}
	return catalogue{fidelity: "assumed"}
}

// failures say why a run failed, a line each.
func (j *judged) failures() []string {
	var out []string
	for _, v := range slices.Concat(j.Verdicts, j.Invariants) {
		if v.Verdict != oracle.Violated {
			continue
		}
		line := v.ID + " " + v.Verdict + j.asDocumented(v.ID)
		if len(v.Findings) > 0 {
			f := v.Findings[0]
			line += fmt.Sprintf(": %s s  %s", seconds(f.At), f.Text)
		}
		out = append(out, line)
	}
	for _, x := range j.Outcomes {
		if !x.Met {
			out = append(out, fmt.Sprintf("expected: %s: %s", x.Text, x.Why))
		}
	}
	return out
}

// asDocumented follows the word violated where the version is known for it.
func (j *judged) asDocumented(id string) string {
	if b := j.Known(id); b != nil {
		return fmt.Sprintf(", as documented for %s: %s", j.Scenario.SDK, b.How.EN)
	}
	return ""
}

// speed is virtual over real time.
func (j *judged) speed() float64 {
	if j.Wall <= 0 {
		return 0
	}
	return j.Scenario.Length.Seconds() / j.Wall.Seconds()
}
