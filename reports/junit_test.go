package reports

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// junitRead reads what was written, and holds its structure to what CI systems need.
func junitRead(t *testing.T, write func(*bytes.Buffer) error) junitSuites {
	t.Helper()
	var out bytes.Buffer
	if err := write(&out); err != nil {
		t.Fatal(err)
	}
	if out.Len() > 1<<20 || !bytes.HasPrefix(out.Bytes(), []byte(xml.Header)) {
		t.Errorf("%d bytes that begin with %.40q", out.Len(), out.String())
	}
	var all junitSuites
	if err := xml.Unmarshal(out.Bytes(), &all); err != nil {
		t.Fatal(err)
	}
	var tests, failures, skipped int
	suites := map[string]bool{}
	for _, s := range all.Suites {
		n, failed, left := len(s.Cases), 0, 0
		for _, c := range s.Cases {
			if c.Failure != nil {
				failed++
			}
			if c.Skipped != nil {
				left++
			}
			if c.Class != s.Name {
				t.Errorf("%s says it is of %s", c.Name, c.Class)
			}
		}
		if s.Tests != n || s.Failures != failed || s.Skipped != left || suites[s.Name] {
			t.Errorf("suite %s counts %d %d %d, holds %d %d %d; seen before: %v", s.Name, s.Tests, s.Failures, s.Skipped, n, failed, left, suites[s.Name])
		}
		suites[s.Name] = true
		tests, failures, skipped = tests+n, failures+failed, skipped+left
	}
	if all.Tests != tests || all.Failures != failures || all.Skipped != skipped || all.Errors != 0 {
		t.Errorf("the whole counts %d %d %d, holds %d %d %d", all.Tests, all.Failures, all.Skipped, tests, failures, skipped)
	}
	return all
}

func signoffJUnit(t *testing.T, s *campaign.Signoff) junitSuites {
	t.Helper()
	return junitRead(t, func(b *bytes.Buffer) error { return WriteJUnit(b, s, Options{Build: "a1b2c3"}) })
}

func names(all junitSuites) []string {
	var out []string
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			out = append(out, c.Class+"."+c.Name)
		}
	}
	return out
}

var stableName = regexp.MustCompile(`^minilab(\.[A-Za-z0-9_-]+)+$`)

func TestJUnitNamesAreStable(t *testing.T) {
	good, bad := names(signoffJUnit(t, passing())), names(signoffJUnit(t, failing()))
	if !slices.Equal(good, bad) {
		t.Errorf("names depend on the outcome:\n%v\n%v", good, bad)
	}
	for _, want := range []string{"minilab.signoff.promises.C14", "minilab.signoff.issues.K5.cause", "minilab.signoff.issues.K5.control", "minilab.signoff.gates.causes"} {
		if !slices.Contains(good, want) {
			t.Errorf("no test case %s in %v", want, good)
		}
	}
	slices.Sort(good)
	for _, name := range good {
		if !stableName.MatchString(name) {
			t.Errorf("%q is no dotted ASCII name", name)
		}
	}
	if len(slices.Compact(good)) != 5+2*4+4 {
		t.Errorf("test cases are not unique, or too few: %v", good)
	}
}

func TestJUnitTellsWhatFailed(t *testing.T) {
	all := signoffJUnit(t, passing())
	if all.Failures != 0 || all.Skipped != 0 || all.Tests != 17 {
		t.Errorf("passing: %d failed, %d skipped of %d", all.Failures, all.Skipped, all.Tests)
	}
	for _, s := range all.Suites {
		if len(s.Properties) != 4 || s.Properties[0] != (junitProperty{"sdk", "1.1.3"}) || s.Properties[3].Value != Digest(passing()) {
			t.Errorf("%s: properties %v", s.Name, s.Properties)
		}
	}
	all = signoffJUnit(t, failing())
	told := map[string]string{}
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			switch {
			case c.Failure != nil:
				told[c.Name] = c.Failure.Message + "\n" + c.Failure.Text
			case c.Skipped != nil:
				told[c.Name] = "skipped " + c.Skipped.Message
			}
		}
	}
	for name, parts := range map[string][]string{
		"C14":        {"violated, expected held", "12.48s  late: role is audience", "minilab run role-after-join --seed 7"},
		"C16":        {"skipped not-run"},
		"K4.cause":   {"absent, expected reproduced", "evidence: none", "digest: "},
		"K5.control": {"reproduced, expected absent", "and 22 more"},
		"K8.cause":   {"skipped not-run"},
		"promises":   {"3/5: C14, C16"},
		"causes":     {"2/4: K4, K8"},
	} {
		for _, part := range parts {
			if !strings.Contains(told[name], part) {
				t.Errorf("%s doesn't tell %q: %s", name, part, told[name])
			}
		}
		delete(told, name)
	}
	if len(told) > 0 {
		t.Errorf("these failed too: %v", told)
	}
}

func TestJUnitPassesWhatIsBrokenAsDocumented(t *testing.T) {
	all := signoffJUnit(t, known())
	if all.Failures != 0 || all.Skipped != 0 {
		t.Errorf("%d failed, %d skipped", all.Failures, all.Skipped)
	}
	out := map[string]string{}
	for _, s := range all.Suites {
		for _, c := range s.Cases {
			out[c.Name] = c.Out
		}
	}
	if !strings.Contains(out["C14"], "violated, as documented: the role moves") || !strings.Contains(out["C16"], "no longer broken") || strings.Contains(out["C13"], "documented") {
		t.Errorf("it says %q", out)
	}
	s := known()
	s.Promises[1].Runs[0].Expected = oracle.Held // another scenario than the one that is documented
	if all := signoffJUnit(t, s); all.Failures != 1 {
		t.Errorf("%d failed of a promise broken otherwise than documented", all.Failures)
	}
}

func TestJUnitSurvivesHostileText(t *testing.T) {
	s := hostile()
	s.Issues[0].Cause.Verdict = oracle.Absent
	s.Issues[0].Cause.Evidence = []oracle.Finding{{Text: strings.Repeat("花", 1<<20)}}
	s.Promises[0].ID, s.Promises[1].ID = "C1", "C2"
	signoffJUnit(t, s)
}

func judged(scenario, key string, seed uint64) *campaign.Judged {
	r := &trace.Record{Digest: fmt.Sprintf("%064d", seed)}
	r.Head.Scenario, r.Head.Key, r.Head.Seed, r.Head.SDK = scenario, key, seed, "1.1.3"
	return &campaign.Judged{
		Result: &simulator.Result{Record: r, Wall: 300 * time.Millisecond},
		Verdicts: []oracle.Verdict{
			{ID: "C14", Verdict: oracle.Held}, {ID: "C24", Verdict: oracle.Violated, Findings: []oracle.Finding{{At: time.Second, Text: "doctor: sees it still"}}},
			{ID: "K4", Verdict: oracle.NotRun}, {ID: "K5", Verdict: oracle.Reproduced},
		},
		Outcomes: []campaign.Outcome{{Text: "K5 shows", Met: true}, {Text: "no view freezes", Why: "doctor does"}},
	}
}

func TestJUnitOfRunsTellsInvariants(t *testing.T) {
	j := judged("weak-call", "weak-call@7", 7)
	j.Verdicts, j.Outcomes = nil, nil
	j.Invariants = []oracle.Verdict{
		{ID: "one-answer", Verdict: oracle.Violated, Findings: []oracle.Finding{{Text: "doctor: answered twice"}}},
		{ID: "mute-holds", Verdict: oracle.Held}, {ID: "no-phantom", Verdict: oracle.NotRun},
	}
	all := junitRead(t, func(b *bytes.Buffer) error { return WriteRunsJUnit(b, []*campaign.Judged{j}, Options{Build: "a1b2c3"}) })
	if all.Tests != 3 || all.Failures != 1 || all.Skipped != 1 {
		t.Fatalf("%d tests, %d failed, %d skipped", all.Tests, all.Failures, all.Skipped)
	}
	if c := all.Suites[0].Cases[0]; c.Name != "invariant.one-answer" || c.Failure == nil || !strings.Contains(c.Failure.Text, "answered twice") {
		t.Errorf("%+v", c)
	}
}

func TestJUnitOfRuns(t *testing.T) {
	runs := []*campaign.Judged{judged("weak-call", "weak-call@7", 7), judged("weak-call", "weak-call@8+sdk=1.1.3", 8), judged("weak-call", "weak-call@7", 7), judged("病房", "病房@1", 1)}
	all := junitRead(t, func(b *bytes.Buffer) error { return WriteRunsJUnit(b, runs, Options{Build: "a1b2c3"}) })
	if len(all.Suites) != 4 || all.Tests != 24 || all.Failures != 8 || all.Skipped != 4 {
		t.Fatalf("%d suites, %d tests, %d failed, %d skipped", len(all.Suites), all.Tests, all.Failures, all.Skipped)
	}
	first := all.Suites[0]
	if first.Name != "minilab.run.weak-call.7" || first.Time != "0.300" {
		t.Errorf("suite %s took %s", first.Name, first.Time)
	}
	if f := first.Cases[1].Failure; f == nil || !strings.Contains(f.Text, "doctor: sees it still") {
		t.Errorf("C24: %+v", first.Cases[1])
	}
	if c := first.Cases[3]; c.Failure != nil || c.Skipped != nil {
		t.Errorf("an issue that shows in a run fails nothing: %+v", c)
	}
	if f := first.Cases[5].Failure; first.Cases[5].Name != "expect.02" || f == nil || !strings.Contains(f.Text, "doctor does") {
		t.Errorf("an expectation that isn't met: %+v", first.Cases[5])
	}
	for _, s := range all.Suites {
		if !stableName.MatchString(s.Name) {
			t.Errorf("%q is no dotted ASCII name", s.Name)
		}
	}
}
