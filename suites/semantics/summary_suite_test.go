package semantics

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"minilab/fixtures"
	"minilab/reports"
	"minilab/suites/lab"
)

// verdictsFile is where the last verdicts are kept for minilab list promises.
const verdictsFile = "../../out/promises.json"

// After the suite: what became of each version's promises. Under a mutant nothing is
// kept, because it says nothing about a version.
var _ = ReportAfterSuite("verdicts by version", func(r Report) {
	c := reports.NewConformance(told(r.SpecReports))
	var text bytes.Buffer
	if err := reports.WriteSummary(&text, c); err != nil {
		Fail(err.Error())
	}
	if text.Len() > 0 {
		fmt.Printf("\n%s", &text)
	}
	if lab.Mutant() == "" && os.Getenv(lab.VerdictsVariable) != "off" && len(c.Verdicts) > 0 {
		if err := keep(c); err != nil {
			Fail(err.Error())
		}
	}
})

// told turns the specs' reports into trials.
func told(all types.SpecReports) []reports.Trial {
	var out []reports.Trial
	for _, s := range all {
		t := reports.Trial{Promise: labelled(s, "promise:"), SDK: labelled(s, "sdk:"), Passed: s.State == types.SpecStatePassed}
		t.Ran = t.Passed || s.State.Is(types.SpecStateFailureStates)
		for _, e := range s.ReportEntries {
			if e.Name == verdictEntry {
				t.Verdict = e.StringRepresentation()
			}
		}
		if t.Promise != "" {
			out = append(out, t)
		}
	}
	return out
}

func labelled(s types.SpecReport, key string) string {
	labels := s.Labels()
	i := slices.IndexFunc(labels, func(l string) bool { return strings.HasPrefix(l, key) })
	if i < 0 {
		return ""
	}
	return strings.TrimPrefix(labels[i], key)
}

// keep adds the verdicts to those of earlier runs. What isn't of this catalogue any
// more is dropped.
func keep(c *reports.Conformance) error {
	if old, err := os.Open(verdictsFile); err == nil {
		older, err := reports.ReadConformance(old)
		old.Close()
		if err == nil { // a file that can't be read is written anew
			c.Merge(older)
		}
	}
	c.Verdicts = slices.DeleteFunc(c.Verdicts, func(v reports.Conformable) bool {
		return !slices.ContainsFunc(fixtures.Promises(), func(p fixtures.Promise) bool {
			return p.ID == v.ID && slices.Contains(p.Versions, v.SDK)
		})
	})
	var text bytes.Buffer
	if err := reports.WriteConformance(&text, c); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(verdictsFile), 0o755); err != nil {
		return err
	}
	return os.WriteFile(verdictsFile, text.Bytes(), 0o644)
}
