package knownissues

import (
	"fmt"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/suites/lab"
)

func TestKnownIssues(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "known issues")
}

// describe is the body of an issue's file: the cause run shows it, the control run
// doesn't. Under its cause an issue shows always or, where the notes say that it may,
// with most seeds: how often exactly is a campaign's business. More looks deeper.
func describe(id string, more func(issue fixtures.Issue)) bool {
	issue, err := lab.Issue(id)
	if err != nil {
		panic(err)
	}
	return Describe(id+" "+issue.Title.EN, Label("issue:"+id, "layer:"+issue.Layer), func() {
		It("appears under its cause", func() {
			shown := 0
			for _, seed := range lab.Seeds {
				j := lab.Run(issue.Cause, seed)
				if len(found(j, issue.ID, issue.Cause.On)) > 0 {
					shown++
				} else if issue.Frequency == "always" {
					Fail(fmt.Sprintf("not with seed %d: %v", seed, j.Verdict(id).Findings))
				}
			}
			Expect(2*shown).To(BeNumerically(">", len(lab.Seeds)), "shown by %d of %d seeds", shown, len(lab.Seeds))
		})
		for _, seed := range lab.Seeds {
			It(fmt.Sprintf("stays away without it, seed %d", seed), func() {
				j := lab.Run(issue.Control, seed)
				Expect(j.Verdict(id).Verdict).To(Equal(oracle.Absent), "findings: %v", j.Verdict(id).Findings)
			})
		}
		more(issue)
	})
}

// found are the findings of an issue on a member; "" is anybody.
func found(j *campaign.Judged, id, on string) []oracle.Finding {
	var out []oracle.Finding
	for _, f := range j.Verdict(id).Findings {
		if on == "" || j.Name(f.On) == on {
			out = append(out, f)
		}
	}
	return out
}

// view is how one member saw another.
func view(j *campaign.Judged, viewer, publisher string) oracle.View {
	for _, v := range j.Views {
		if j.Name(v.To) == viewer && j.Name(v.From) == publisher {
			return v
		}
	}
	Fail(viewer + " never played " + publisher)
	return oracle.View{}
}

// inTime tells that a time lies between two others.
func inTime(t, from, to time.Duration) {
	GinkgoHelper()
	Expect(t).To(And(BeNumerically(">=", from), BeNumerically("<=", to)))
}
