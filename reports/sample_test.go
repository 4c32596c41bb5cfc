package reports

import (
	"fmt"
	"slices"
	"time"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/media/picture"
	"minilab/simulator/oracle"
)

// strip is six stills two seconds apart; a garbled one has samples shifted, as a
// corrupt encoder gives them.
func strip(viewer, publisher string, uid uint32, from time.Duration, garbled bool) []campaign.Still {
	var out []campaign.Still
	for i := range 6 {
		at := from + time.Duration(i)*2*time.Second
		p := drawn(uid, uint32(at/(66*time.Millisecond)))
		if garbled {
			rows := p.Y[picture.Width*picture.Block : picture.Width*picture.Block*4]
			copy(rows, slices.Concat(rows[37:], rows[:37]))
			for k := range p.Cb {
				p.Cb[k] += byte(k / 200 * 9)
			}
		}
		out = append(out, campaign.Still{At: at, Viewer: viewer, Publisher: publisher, Picture: p, Reading: picture.Read(p)})
	}
	return out
}

func arm(scenario, verdict string, evidence []oracle.Finding, strip []campaign.Still) campaign.Arm {
	return campaign.Arm{
		Key: scenario + "@7", Command: "minilab run " + scenario + " --seed 7 --sdk 1.1.3", Verdict: verdict,
		Expected: verdict, Evidence: evidence, Digest: fmt.Sprintf("%064x", len(scenario)*1000+len(verdict)), Length: 90 * time.Second, Strip: strip,
	}
}

// sampled are the promises and issues of the samples: few of the catalogue's.
var sampled = []string{"C13", "C14", "C16", "C24", "C25", "K4", "K5", "K8", "K15"}

// passing is a sign-off in which all is well, made of the catalogue's real entries.
func passing() *campaign.Signoff {
	s := &campaign.Signoff{SDK: "1.1.3", Seed: 7, Clauses: slices.Clone(fixtures.Clauses())}
	for _, p := range fixtures.Promises() {
		if !slices.Contains(sampled, p.ID) {
			continue
		}
		row := campaign.PromiseRow{Promise: p, Verdict: oracle.Held}
		for _, name := range p.Scenarios {
			row.Runs = append(row.Runs, arm(name, oracle.Held, nil, nil))
		}
		s.Promises = append(s.Promises, row)
	}
	for _, i := range fixtures.Issues() {
		if !slices.Contains(sampled, i.ID) {
			continue
		}
		found := []oracle.Finding{{At: 31200 * time.Millisecond, Text: "doctor: plays patient at up to 1.50x for 2.400 s"}, {At: 44 * time.Second, Text: "doctor: plays patient at up to 1.20x for 1.100 s"}}
		s.Issues = append(s.Issues, campaign.IssueRow{
			Issue: i, Verdict: oracle.Reproduced,
			Cause:   arm(i.Cause.Scenario, oracle.Reproduced, found, strip("doctor", "patient", 1002, 28*time.Second, i.ID == "K15")),
			Control: arm(i.Control.Scenario, oracle.Absent, nil, strip("doctor", "patient", 1002, 28*time.Second, false)),
		})
	}
	for _, id := range []string{"promises", "causes", "controls", "reproducible"} {
		s.Gates = append(s.Gates, campaign.Gate{ID: id, Title: fixtures.Text{EN: "Gate of " + id, ZH: "门禁 " + id}, Passed: true, Detail: "4/4"})
	}
	return s
}

// known is a sign-off that passes with a promise broken as documented, C14, and one
// that is documented to be broken and is held, C16.
func known() *campaign.Signoff {
	s := passing()
	for i, verdict := range []string{oracle.Violated, oracle.Held} {
		p := &s.Promises[1+i]
		p.Known = &fixtures.Break{How: fixtures.Text{EN: "the role moves", ZH: "角色会改变"}, Source: "SDK file, run", Fidelity: "observed"}
		p.Verdict, p.Runs[0].Verdict, p.Runs[0].Expected = verdict, verdict, oracle.Violated
		s.Gates[0].Known = append(s.Gates[0].Known, p.ID)
	}
	return s
}

// failing is a sign-off with one of each kind of trouble.
func failing() *campaign.Signoff {
	s := passing()
	broken := &s.Promises[1]
	broken.Verdict, broken.Runs[0].Verdict, broken.Known = oracle.Violated, oracle.Violated, nil
	broken.Runs[0].Evidence = []oracle.Finding{{At: 12480 * time.Millisecond, Text: "late: role is audience after setRole"}}
	broken.Runs[0].Strip = strip("doctor", "late", 1003, 10*time.Second, false)
	s.Promises[2].Verdict, s.Promises[2].Runs = oracle.NotRun, nil
	s.Issues[0].Cause.Verdict, s.Issues[0].Cause.Evidence = oracle.Absent, nil
	s.Issues[1].Control.Verdict, s.Issues[1].Control.Strip = oracle.Reproduced, nil
	for i := range 30 {
		s.Issues[1].Control.Evidence = append(s.Issues[1].Control.Evidence, oracle.Finding{At: time.Duration(i) * time.Second, Text: "doctor: it shows"})
	}
	s.Issues[2].Cause.Verdict, s.Issues[2].Cause.Evidence = oracle.NotRun, nil
	s.Gates[0].Passed, s.Gates[0].Detail = false, "3/5: C14, C16"
	s.Gates[1].Passed, s.Gates[1].Detail = false, "2/4: K4, K8"
	return s
}

// hostile has markup wherever text can come from.
func hostile() *campaign.Signoff {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(1)>'&amp;]]>` + "\x00\x1b[31m"
	text := fixtures.Text{EN: evil, ZH: evil}
	s := failing()
	s.SDK = evil
	for i := range s.Gates {
		s.Gates[i].Title, s.Gates[i].Detail, s.Gates[i].ID = text, evil, evil
	}
	for i := range s.Issues {
		r := &s.Issues[i]
		r.Title, r.Mechanism, r.Source, r.Layer, r.Frequency, r.Clauses = text, text, evil, evil, evil, []string{evil}
		r.Fidelity.All = evil
		for _, a := range []*campaign.Arm{&r.Cause, &r.Control} {
			a.Key, a.Command, a.Digest, a.Evidence = evil, evil, evil, []oracle.Finding{{Text: evil}}
			for k := range a.Strip {
				a.Strip[k].Viewer, a.Strip[k].Publisher = evil, evil
			}
		}
	}
	for i := range s.Promises {
		r := &s.Promises[i]
		r.ID, r.Title, r.Statement, r.Source, r.Clauses, r.Verdict = evil, text, text, evil, []string{evil}, evil
	}
	for i := range s.Clauses {
		c := &s.Clauses[i]
		c.ID, c.Section, c.Kind, c.Text, c.Reason, c.ReasonZH, c.Scenes, c.Issues = evil, evil, evil, text, evil, evil, []string{evil}, []string{evil}
	}
	return s
}
