package reports

import (
	"bytes"
	"strings"
	"testing"

	"minilab/fixtures"
	"minilab/simulator/oracle"
)

// some promise of the catalogue and a version that makes it, and keeps it.
func some(t *testing.T) (fixtures.Promise, string) {
	t.Helper()
	for _, p := range fixtures.Promises() {
		for _, v := range p.Versions {
			if p.Break(v) == nil {
				return p, v
			}
		}
	}
	t.Fatal("no promise is kept by anybody")
	return fixtures.Promise{}, ""
}

func TestConformanceFoldsTrials(t *testing.T) {
	p, version := some(t)
	trial := func(verdict string, ran, passed bool) Trial {
		return Trial{Promise: p.ID, SDK: version, Verdict: verdict, Ran: ran, Passed: passed}
	}
	held, violated := trial(oracle.Held, true, true), trial(oracle.Violated, true, false)
	for name, x := range map[string]struct {
		trials   []Trial
		verdict  string // "" if there is none
		expected bool
	}{
		"held":                      {[]Trial{held, held}, oracle.Held, true},
		"violated once":             {[]Trial{held, violated, held}, oracle.Violated, false},
		"a look that failed":        {[]Trial{held, trial("", true, false)}, oracle.Violated, false},
		"a look that passed":        {[]Trial{held, trial("", true, true)}, oracle.Held, true},
		"not put to the test":       {[]Trial{trial(oracle.NotRun, true, false)}, oracle.NotRun, false},
		"broken where it should be": {[]Trial{held, trial(oracle.Violated, true, true)}, oracle.Violated, true},
		"a trial left out":          {[]Trial{held, trial("", false, false)}, "", false},
		"no trial":                  {nil, "", false},
		"another version's":         {[]Trial{{Promise: p.ID, SDK: "0.1", Verdict: oracle.Held, Ran: true, Passed: true}}, "", false},
	} {
		got, ok := NewConformance(x.trials).Of(p.ID, version)
		if ok != (x.verdict != "") || got.Verdict != x.verdict || ok && got.Expected != x.expected {
			t.Errorf("%s: got %+v, %v", name, got, ok)
		}
	}
}

func TestTheSummarySaysEachKindInWords(t *testing.T) {
	p, version := some(t)
	for name, x := range map[string]struct {
		v    Conformable
		want string
	}{
		"held":         {Conformable{Verdict: oracle.Held, Expected: true}, "1 held"},
		"documented":   {Conformable{Verdict: oracle.Violated, Documented: true, Expected: true}, version + " breaks " + p.ID + ", " + lowerFirst(p.Title.EN) + ", as documented"},
		"unexpected":   {Conformable{Verdict: oracle.Violated}, version + " VIOLATES " + p.ID},
		"repaired":     {Conformable{Verdict: oracle.Held, Documented: true}, version + " no longer breaks " + p.ID},
		"untested":     {Conformable{Verdict: oracle.NotRun}, version + " was not put to the test of " + p.ID},
		"a detail bad": {Conformable{Verdict: oracle.Held}, "1 violated unexpectedly"},
	} {
		x.v.ID, x.v.SDK = p.ID, version
		var b bytes.Buffer
		if err := WriteSummary(&b, &Conformance{Verdicts: []Conformable{x.v}}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(b.String(), x.want) {
			t.Errorf("%s: %q lacks %q", name, b.String(), x.want)
		}
	}
	var b bytes.Buffer
	if err := WriteSummary(&b, NewConformance(nil)); err != nil || b.Len() > 0 {
		t.Errorf("nothing run, but %q is said (%v)", b.String(), err)
	}
}

func TestConformanceIsReadAsWrittenAndMerged(t *testing.T) {
	p, version := some(t)
	old := &Conformance{Schema: conformanceSchema, Verdicts: []Conformable{
		{ID: p.ID, SDK: version, Verdict: oracle.Violated}, {ID: p.ID, SDK: "0.1", Verdict: oracle.Held, Expected: true},
	}}
	var b bytes.Buffer
	if err := WriteConformance(&b, old); err != nil {
		t.Fatal(err)
	}
	read, err := ReadConformance(&b)
	if err != nil || len(read.Verdicts) != 2 || read.Verdicts[0] != old.Verdicts[0] {
		t.Fatalf("read %+v, %v", read, err)
	}
	c := NewConformance([]Trial{{Promise: p.ID, SDK: version, Verdict: oracle.Held, Ran: true, Passed: true}})
	c.Merge(read)
	if v, _ := c.Of(p.ID, version); v.Verdict != oracle.Held {
		t.Errorf("an older verdict took the place of a newer: %+v", v)
	}
	if v, ok := c.Of(p.ID, "0.1"); !ok || v.Verdict != oracle.Held {
		t.Errorf("an older verdict is lost: %+v", v)
	}
	for _, text := range []string{"", "[]", `{"schema": "minilab.run/1"}`} {
		if _, err := ReadConformance(strings.NewReader(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
