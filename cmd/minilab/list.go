package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"minilab/fixtures"
	"minilab/simulator"
)

type listCmd struct {
	Things   string `arg:"" help:"scenarios, issues, promises, clauses, networks, devices, sdks, faults, wechats, sequences (of state codes) or mutants."`
	Verdicts string `help:"What the suite of promises last said (out/promises.json, if it is there)." placeholder:"FILE"`
	JSON     bool   `name:"json" help:"Print JSON."`
}

// kind is one kind of things: its entries as data, and as rows for people.
type kind struct {
	name    string
	head    []string
	entries func(verdictsFile string) ([]any, error)
	row     func(any) []string
}

var kinds = []kind{
	{"scenarios", []string{"name", "title", ">length", ">members", "about"}, scenarioEntries, func(x any) []string {
		s := x.(scenarioEntry)
		return []string{s.Name, s.Title.EN, fmt.Sprintf("%.0f s", s.LengthS), fmt.Sprint(len(s.Members)), strings.Join(append(s.Issues, s.Promises...), " ")}
	}},
	{"issues", []string{"id", "title", "frequency", "clauses", "cause"}, entries(fixtures.Issues), func(x any) []string {
		i := x.(fixtures.Issue)
		return []string{i.ID, i.Title.EN, i.Frequency, strings.Join(i.Clauses, " "), i.Cause.Scenario}
	}},
	{"promises", []string{"id", "title", "kept by", "versions", "breaks", "last verdict", "fidelity", "spec", "source"}, promiseEntries, promiseRow},
	{"clauses", []string{"id", "section", "kind", "text", "covered by"}, clauseEntries, func(x any) []string {
		c := x.(clauseEntry)
		return []string{c.ID, c.Section, c.Kind, c.Title.EN, strings.Join(append(append(c.Promises, c.Issues...), c.Scenes...), " ")}
	}},
	{"networks", []string{"name", "title", "up", "down", "fidelity"}, entries(fixtures.Networks), func(x any) []string {
		n := x.(fixtures.Network)
		return []string{n.Name, n.Title.EN, linkText(n.Up), linkText(n.Down), n.Fidelity.All}
	}},
	{"devices", []string{"name", "title", "wechat", "traits", "issues"}, entries(fixtures.Devices), func(x any) []string {
		d := x.(fixtures.Device)
		return []string{d.Name, d.Title.EN, d.WeChat, strings.Join(d.Traits, " "), strings.Join(d.Issues(), " ")}
	}},
	{"sdks", []string{"name", "title", "released", ">promises", "breaks", "fidelity"}, sdkEntries, sdkRow},
	{"faults", []string{"name", "title", "example"}, entries(fixtures.Faults), func(x any) []string {
		f := x.(fixtures.Fault)
		return []string{f.Name, f.Title.EN, example(f.Usage)}
	}},
	{"wechats", []string{"name", "title", "released", "library"}, entries(fixtures.WeChats), func(x any) []string {
		w := x.(fixtures.WeChat)
		return []string{w.Name, w.Title.EN, w.Released, w.Library}
	}},
	{"sequences", []string{"name", "title", "component", "codes"}, entries(fixtures.Sequences), func(x any) []string {
		s := x.(fixtures.Sequence)
		return []string{s.Name, s.Title.EN, s.Component, s.Codes}
	}},
	{"mutants", []string{"name", "title", "breaks", "sdk", "plants"}, mutantEntries, mutantRow},
}

func kindNames() []string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = k.name
	}
	return out
}

func entries[T any](all func() []T) func(string) ([]any, error) {
	return func(string) ([]any, error) {
		var out []any
		for _, x := range all() {
			out = append(out, x)
		}
		return out, nil
	}
}

func (c *listCmd) Run(e *env) error {
	for _, k := range kinds {
		if k.name != c.Things {
			continue
		}
		all, err := k.entries(c.Verdicts)
		if err != nil {
			return err
		}
		if c.JSON {
			return writeJSON(e.stdout, map[string]any{k.name: all})
		}
		rows := make([][]string, len(all))
		for i, x := range all {
			rows[i] = k.row(x)
		}
		e.style.table(e.stdout, "", k.head, rows)
		return nil
	}
	return usageWord("thing to list", c.Things, kindNames())
}

// scenarioEntry is a scenario as a list shows it.
type scenarioEntry struct {
	Name       string            `json:"name"`
	Title      fixtures.Text     `json:"title"`
	Source     string            `json:"source"`
	Fidelity   string            `json:"fidelity"`
	FidelityOf map[string]string `json:"fidelity_of,omitempty"`
	LengthS    float64           `json:"length_s"`
	SDK        string            `json:"sdk"`
	Profile    string            `json:"profile"`
	Members    []string          `json:"members"`
	Issues     []string          `json:"issues"`
	Promises   []string          `json:"promises"`
}

func scenarioEntries(string) ([]any, error) {
	var out []any
	for _, name := range fixtures.Scenarios() {
		s, err := simulator.Find(name)
		if err != nil {
			return nil, err
		}
		out = append(out, scenarioEntry{s.Name, s.Title, s.Source, s.Fidelity.All, s.Fidelity.Each(), s.Length.Seconds(), s.SDK, s.Profile, s.Cast(), list(s.Issues), list(s.Promises)})
	}
	return out, nil
}

// clauseEntry gives a clause the fields that all things have.
type clauseEntry struct {
	fixtures.Clause
	Title    fixtures.Text `json:"title"`
	Source   string        `json:"source"`
	Fidelity string        `json:"fidelity"`
}

func clauseEntries(string) ([]any, error) {
	var out []any
	for _, c := range fixtures.Clauses() {
		out = append(out, clauseEntry{c, c.Text, "release notes, " + c.Section, "documented"})
	}
	return out, nil
}

// list is never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// secondsOf is a time in JSON: seconds, to the microsecond.
func secondsOf(d time.Duration) float64 { return float64(d.Microseconds()) / 1e6 }

// millisecondsOf is a delay in JSON: milliseconds, to the microsecond.
func millisecondsOf(d time.Duration) float64 { return float64(d.Microseconds()) / 1e3 }

// example is the step that a fault's usage begins with; explain says the rest.
func example(usage string) string {
	depth := 0
	for i, c := range usage {
		switch c {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return usage[:i+1]
			}
		}
	}
	return usage
}
