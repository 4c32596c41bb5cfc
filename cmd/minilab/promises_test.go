package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"minilab/fixtures"
	"minilab/reports"
	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// verdictsOf leaves a file in which one version broke a promise and keeps nothing else.
func verdictsOf(t *testing.T, id, version, verdict string, expected bool) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "promises.json")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c := reports.NewConformance(nil)
	c.Verdicts = append(c.Verdicts, reports.Conformable{ID: id, SDK: version, Verdict: verdict, Expected: expected})
	if err := reports.WriteConformance(f, c); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestListPromisesTellsTheLastVerdict(t *testing.T) {
	line := func(out, id string) string {
		for _, l := range strings.Split(out, "\n") {
			if strings.HasPrefix(l, id+" ") {
				return l
			}
		}
		t.Fatalf("%s isn't in\n%s", id, out)
		return ""
	}
	_, out, _ := minilab(t, "list", "promises", "--verdicts", verdictsOf(t, "C24", "1.1.3", oracle.Violated, false))
	if l := line(out, "C24"); !strings.Contains(l, unexpected) || !strings.Contains(l, "suites/semantics/C24_test.go") || !strings.Contains(l, "Release notes 1.1.2") {
		t.Errorf("%s", l)
	}
	if l := line(out, "C25"); !strings.Contains(l, oracle.NotRun) || strings.Contains(l, oracle.Held) {
		t.Errorf("nothing is known of C25, but it says %s", l)
	}
	_, out, _ = minilab(t, "explain", "C24", "--verdicts", verdictsOf(t, "C24", "1.1.3", oracle.Held, true))
	if !strings.Contains(out, "1.1.3  held") || !strings.Contains(out, "minilab run mute-video") {
		t.Errorf("%s", out)
	}
	bad := filepath.Join(t.TempDir(), "bad.json")
	if err := os.WriteFile(bad, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, stderr := minilab(t, "list", "promises", "--verdicts", bad); code != exitUsage || !strings.Contains(stderr, "its schema is") {
		t.Errorf("exit %d: %s", code, stderr)
	}
	if code, _, _ := minilab(t, "list", "promises", "--verdicts", bad+".none"); code != exitInfrastructure {
		t.Errorf("a file that isn't there: exit %d", code)
	}
}

func TestStandingIsSaid(t *testing.T) {
	for want, v := range map[string]reports.Conformable{
		oracle.Held:   {Verdict: oracle.Held, Expected: true},
		oracle.NotRun: {Verdict: oracle.NotRun, Documented: true},
		asDocumented:  {Verdict: oracle.Violated, Documented: true, Expected: true},
		repaired:      {Verdict: oracle.Held, Documented: true},
		unexpected:    {Verdict: oracle.Violated},
	} {
		if got := standing(v); got != want {
			t.Errorf("%+v stands as %q, want %q", v, got, want)
		}
	}
}

func TestExplainASDKSaysWhatItPromisesAndHas(t *testing.T) {
	for _, s := range fixtures.SDKs() {
		_, out, _ := minilab(t, "explain", s.Name)
		if !strings.Contains(out, "\nprofile:\n") {
			t.Errorf("%s: no switches in\n%s", s.Name, out)
		}
		for _, p := range fixtures.Promises() {
			if b := p.Break(s.Name); b != nil && !strings.Contains(out, p.ID+" "+p.Title.EN+": "+b.How.EN) {
				t.Errorf("%s doesn't say that it breaks %s", s.Name, p.ID)
			}
		}
	}
}

func TestExplainAMutantSaysWhatItPlants(t *testing.T) {
	_, out, _ := minilab(t, "explain", "mute-ignores-video")
	for _, want := range []string{"relay muteIgnoresVideo", "minilab run mute-video --set mutant=mute-ignores-video"} {
		if !strings.Contains(out, want) {
			t.Errorf("it doesn't say %q:\n%s", want, out)
		}
	}
}

// The command that explain gives for a break shows it.
func TestBreaksCanBeSeen(t *testing.T) {
	for _, p := range fixtures.Promises() {
		for _, b := range p.Breaks {
			args := strings.Fields(seeBreak(&p, &b))[1:]
			code, _, stderr := minilab(t, args...)
			if code != exitFailed || !strings.Contains(stderr, p.ID+" violated, as documented for ") && b.Seeds > 1 {
				t.Errorf("minilab %v: exit %d\n%s", args, code, stderr)
			}
		}
	}
}

func TestVersionSpans(t *testing.T) {
	for want, versions := range map[string][]string{
		"1.1.0..1.1.3":      {"1.1.0", "1.1.1", "1.1.2", "1.1.3"},
		"1.1.0 1.1.2 1.1.3": {"1.1.0", "1.1.2", "1.1.3"},
		"1.1.2 1.1.3":       {"1.1.2", "1.1.3"},
		"":                  nil,
	} {
		if got := versionSpan(versions); got != want {
			t.Errorf("%v: %q, want %q", versions, got, want)
		}
	}
}

// A run says that its invariants hold, or which one doesn't; then it fails.
func TestRunsTellInvariants(t *testing.T) {
	s, err := (&runCmd{Scenario: "muted-at-join"}).scenario()
	if err != nil {
		t.Fatal(err)
	}
	log := trace.NewLog(trace.Head{Version: trace.Version, Key: "muted-at-join@1", Length: s.Length}, nil)
	record, err := log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	j := &judged{&campaign.Judged{Scenario: s}}
	j.Result = &simulator.Result{Record: record}
	j.Invariants = []oracle.Verdict{{ID: "mute-holds", Verdict: oracle.Held}, {ID: "no-phantom", Verdict: oracle.NotRun}}
	told := func() string {
		var b strings.Builder
		j.showVerdicts(&env{stdout: &b})
		return b.String()
	}
	if got := told(); !strings.Contains(got, "invariants: 1 hold, 1 had nothing to hold") || strings.Contains(got, "VIOLATED") {
		t.Errorf("it says %s", got)
	}
	j.Invariants[0] = oracle.Verdict{ID: "mute-holds", Verdict: oracle.Violated, Findings: []oracle.Finding{{Text: "alice: sees bob"}}}
	if got := told(); !strings.Contains(got, "INVARIANT VIOLATED mute-holds") || !strings.Contains(got, "alice: sees bob") {
		t.Errorf("it says %s", got)
	}
	if got := j.failures(); len(got) != 1 || !strings.HasPrefix(got[0], "mute-holds violated") {
		t.Errorf("it failed because %q", got)
	}
	if rep := j.report(); len(rep.Invariants) != 2 || rep.Invariants[0].Verdict != oracle.Violated || len(rep.Invariants[0].Evidence) != 1 {
		t.Errorf("JSON says %+v", rep.Invariants)
	}
}
