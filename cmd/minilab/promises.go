package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"minilab/fixtures"
	"minilab/reports"
	"minilab/simulator"
	"minilab/simulator/oracle"
)

// lastVerdicts is where the suite of promises leaves its verdicts.
const lastVerdicts = "out/promises.json"

// promiseEntry is a promise as a list shows it: with what the suite last said of it.
type promiseEntry struct {
	fixtures.Promise
	Mutants []string              `json:"mutants"` // planted defects that it must notice
	Last    []reports.Conformable `json:"last"`    // a verdict for each version
}

func promiseEntries(verdictsFile string) ([]any, error) {
	c, err := verdicts(verdictsFile)
	if err != nil {
		return nil, err
	}
	var out []any
	for _, p := range fixtures.Promises() {
		e := promiseEntry{Promise: p, Mutants: []string{}}
		e.Clauses = list(p.Clauses)
		for _, m := range fixtures.Mutants() {
			if slices.Contains(m.Promises, p.ID) {
				e.Mutants = append(e.Mutants, m.Name)
			}
		}
		for _, version := range p.Versions {
			v, ok := c.Of(p.ID, version)
			if !ok {
				v = reports.Conformable{ID: p.ID, SDK: version, Verdict: oracle.NotRun, Documented: p.Break(version) != nil}
			}
			e.Last = append(e.Last, v)
		}
		out = append(out, e)
	}
	return out, nil
}

// verdicts reads what the suite last said. With no file named, none need be there.
func verdicts(file string) (*reports.Conformance, error) {
	f, err := os.Open(cmp.Or(file, lastVerdicts))
	if file == "" && errors.Is(err, fs.ErrNotExist) {
		return &reports.Conformance{}, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c, err := reports.ReadConformance(f)
	if err != nil {
		return nil, &simulator.UsageError{Problem: fmt.Sprintf("%s: %v", f.Name(), err), Remedy: "go tool ginkgo ./suites/semantics makes one: " + lastVerdicts}
	}
	return c, nil
}

func promiseRow(x any) []string {
	p := x.(promiseEntry)
	var broken []string
	for _, b := range p.Breaks {
		broken = append(broken, b.Versions...)
	}
	slices.SortFunc(broken, func(a, b string) int { return slices.Index(p.Versions, a) - slices.Index(p.Versions, b) })
	return []string{p.ID, p.Title.EN, p.Layer, versionSpan(p.Versions), dash(versionSpan(broken)), p.last(), p.Fidelity.All, p.Spec, p.Source}
}

// last is the last verdict in a few words: how many versions went which way.
func (p *promiseEntry) last() string {
	n := map[string]int{}
	for _, v := range p.Last {
		n[standing(v)]++
	}
	var parts []string
	for _, word := range []string{oracle.Held, asDocumented, repaired, unexpected, oracle.NotRun} {
		switch n[word] {
		case 0:
		case len(p.Last):
			return word
		default:
			parts = append(parts, fmt.Sprintf("%s %d", word, n[word]))
		}
	}
	return strings.Join(parts, ", ")
}

// How a promise stands with a version, besides held and not-run.
const (
	asDocumented = "violated as documented"
	repaired     = "no longer broken"
	unexpected   = "VIOLATED"
)

func standing(v reports.Conformable) string {
	switch {
	case v.Verdict == oracle.NotRun:
		return oracle.NotRun
	case v.Expected && v.Documented:
		return asDocumented
	case v.Documented && v.Verdict == oracle.Held:
		return repaired
	case !v.Expected:
		return unexpected
	}
	return v.Verdict
}

// versionSpan shortens a list of versions that follow each other.
func versionSpan(versions []string) string {
	var all []string
	for _, s := range fixtures.SDKs() {
		all = append(all, s.Name)
	}
	if len(versions) > 2 {
		if i := slices.Index(all, versions[0]); i >= 0 && i+len(versions) <= len(all) && slices.Equal(all[i:i+len(versions)], versions) {
			return versions[0] + ".." + versions[len(versions)-1]
		}
	}
	return strings.Join(versions, " ")
}

func dash(s string) string { return cmp.Or(s, "-") }

// explainPromise says what is known of the versions, and how to see it.
func (e *env) explainPromise(p promiseEntry) error {
	for _, b := range p.Breaks {
		e.field("broken by", fmt.Sprintf("%s: %s  %s", strings.Join(b.Versions, " "), b.How.EN, b.How.ZH))
		e.field("", fmt.Sprintf("%s; %s", b.Fidelity, b.Source))
		e.field("see it break", seeBreak(&p.Promise, &b))
	}
	for _, v := range p.Last {
		e.field("last verdict", v.SDK+"  "+standing(v))
	}
	for _, s := range p.Scenarios {
		e.field("see it", fmt.Sprintf("minilab run %s --sdk %s", s, p.Versions[len(p.Versions)-1]))
	}
	return nil
}

// seeBreak is a command line whose run breaks a promise as it is documented; with more
// than one seed where timing decides.
func seeBreak(p *fixtures.Promise, b *fixtures.Break) string {
	line := fmt.Sprintf("minilab run %s --sdk %s", slices.Concat(b.Scenarios, p.Scenarios)[0], b.Versions[len(b.Versions)-1])
	if len(b.Networks) > 0 {
		line += " --network " + b.Networks[0]
	}
	if b.Seeds > 1 {
		line += fmt.Sprintf(" --seeds 1..%d", b.Seeds)
	}
	return line
}

// sdkEntry is a release as a list shows it: with the promises that it makes.
type sdkEntry struct {
	fixtures.SDK
	Promises []string `json:"promises"`
	Breaks   []string `json:"breaks"` // those among them that it is known not to keep
}

func sdkEntries(string) ([]any, error) {
	var out []any
	for _, s := range fixtures.SDKs() {
		e := sdkEntry{SDK: s, Promises: []string{}, Breaks: []string{}}
		for _, p := range fixtures.Promises() {
			if !slices.Contains(p.Versions, s.Name) {
				continue
			}
			e.Promises = append(e.Promises, p.ID)
			if p.Break(s.Name) != nil {
				e.Breaks = append(e.Breaks, p.ID)
			}
		}
		out = append(out, e)
	}
	return out, nil
}

func sdkRow(x any) []string {
	s := x.(sdkEntry)
	return []string{s.Name, s.Title.EN, dash(s.Released), fmt.Sprint(len(s.Promises)), dash(strings.Join(s.Breaks, " ")), s.Fidelity.All}
}

// explainSDK says which promises a release makes and breaks, and shows its switches as
// they are written, with their reasons.
func (e *env) explainSDK(s sdkEntry) error {
	var other []string
	for _, p := range fixtures.Promises() {
		if !slices.Contains(p.Versions, s.Name) {
			other = append(other, p.ID)
		}
		if b := p.Break(s.Name); b != nil {
			e.field("breaks", fmt.Sprintf("%s %s: %s (%s; %s)", p.ID, p.Title.EN, b.How.EN, b.Fidelity, b.Source))
		}
	}
	e.field("doesn't make", dash(strings.Join(other, " ")))
	_, src, err := fixtures.SDKFile(s.Name)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.stdout, "\n%s", src)
	return nil
}

// mutantEntry is a planted defect as a list shows it.
type mutantEntry struct {
	fixtures.Mutant
	Plant map[string][]string `json:"plant"` // the switches that it turns on, by room
}

func mutantEntries(string) ([]any, error) {
	var out []any
	for _, m := range fixtures.Mutants() {
		e := mutantEntry{Mutant: m, Plant: map[string][]string{}}
		for _, room := range m.Plant.Rooms {
			e.Plant[room.Name] = room.V
		}
		out = append(out, e)
	}
	return out, nil
}

func mutantRow(x any) []string {
	m := x.(mutantEntry)
	return []string{m.Name, m.Title.EN, strings.Join(slices.Concat(m.Promises, m.Sequences), " "), dash(m.SDK), m.planted()}
}

// planted are the switches in words.
func (m *mutantEntry) planted() string {
	var parts []string
	for _, room := range slices.Sorted(maps.Keys(m.Plant)) {
		parts = append(parts, room+" "+strings.Join(m.Plant[room], " "))
	}
	return strings.Join(parts, ", ")
}

// explainMutant says how to see what a defect does.
func (e *env) explainMutant(m mutantEntry) error {
	for _, p := range fixtures.Promises() {
		if slices.Contains(m.Promises, p.ID) {
			e.field("see it", fmt.Sprintf("minilab run %s --set mutant=%s   (%s %s)", p.Scenarios[0], m.Name, p.ID, p.Title.EN))
		}
	}
	for _, s := range fixtures.Sequences() {
		if slices.Contains(m.Sequences, s.Name) {
			e.field("see it", fmt.Sprintf("minilab run %s --set mutant=%s   (%s %s)", s.Run.Scenario, m.Name, s.Name, s.Title.EN))
		}
	}
	return nil
}
