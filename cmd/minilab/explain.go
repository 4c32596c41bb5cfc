package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"minilab/devices/app"
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator"
)

type explainCmd struct {
	Words    []string `arg:"" name:"id" help:"A name or id from any list, such as K8, C24, RN26, 1.1.2, 3g-lossy, weak-call, or a step's word such as mute; what kind it is may stand before it: fault encoder."`
	Verdicts string   `help:"What the suite of promises last said (out/promises.json, if it is there)." placeholder:"FILE"`
	JSON     bool     `name:"json" help:"Print JSON."`
}

// found is something that can be explained.
type found struct {
	kind, name string
	entry      any // of one of kinds, or a stepEntry
	text       func() error
}

func (c *explainCmd) Run(e *env) error {
	kind, id := "", c.Words[0]
	switch len(c.Words) {
	case 1:
	case 2:
		kind, id = strings.TrimSuffix(c.Words[0], "s"), c.Words[1]
	default:
		return &simulator.UsageError{Problem: "one thing at a time", Remedy: "as in minilab explain fault encoder"}
	}
	all, err := e.everything(c.Verdicts)
	if err != nil {
		return err
	}
	all, err = of(kind, all)
	if err != nil {
		return err
	}
	told := false
	for _, f := range all {
		if !strings.EqualFold(f.name, id) {
			continue
		}
		if c.JSON {
			return writeJSON(e.stdout, f.entry)
		}
		if told { // a network and a scenario may have one name, a fault and a step one word
			fmt.Fprintln(e.stdout)
		}
		told = true
		if err := f.text(); err != nil {
			return err
		}
	}
	if told {
		return nil
	}
	if some, err := of(id, all); err == nil && kind == "" {
		return &simulator.UsageError{Problem: fmt.Sprintf("%q is a kind of thing", id),
			Remedy: fmt.Sprintf("name one of them, as in minilab explain %s %s: %s", id, some[0].name, strings.Join(namesOf(some), ", "))}
	}
	wrong := usageWord("name or id", id, namesOf(all))
	wrong.Remedy = "minilab list " + strings.Join(kindNames(), "|") + " says what there is"
	return wrong
}

func namesOf(all []found) []string {
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].name
	}
	return names
}

// of are those of one kind; all if none is named.
func of(kind string, all []found) ([]found, error) {
	if kind == "" {
		return all, nil
	}
	var out []found
	var kinds []string
	for _, f := range all {
		if f.kind == kind {
			out = append(out, f)
		}
		if !slices.Contains(kinds, f.kind) {
			kinds = append(kinds, f.kind)
		}
	}
	if len(out) == 0 {
		return nil, usageWord("kind of thing", kind, kinds)
	}
	return out, nil
}

// What the words of steps, and of the cast, are called.
const (
	kindStep       = "step"
	kindServerStep = "step of the server"
	kindMemberWord = "member"
)

// everything is all that can be explained: what lists show, then the words of steps
// and of the cast.
func (e *env) everything(verdicts string) ([]found, error) {
	var all []found
	for _, k := range kinds {
		things, err := k.entries(verdicts)
		if err != nil {
			return nil, err
		}
		for _, x := range things {
			kind, name := strings.TrimSuffix(k.name, "s"), k.row(x)[0]
			all = append(all, found{kind, name, x, func() error { return e.explain(kind, name, x) }})
		}
	}
	for _, words := range []struct {
		of   string
		list []app.Word
	}{{kindStep, app.Steps()}, {kindServerStep, simulator.ServerWords()}, {kindMemberWord, simulator.MemberWords()}} {
		for _, w := range words.list {
			all = append(all, found{words.of, w.Name, stepOf(w), func() error { return e.explainStep(words.of, w) }})
		}
	}
	return all, nil
}

func usageWord(what, word string, valid []string) *simulator.UsageError {
	return &simulator.UsageError{
		Problem: fmt.Sprintf("unknown %s %q", what, word), Nearest: yamlfile.Nearest(word, valid), Remedy: "valid: " + strings.Join(valid, ", "),
	}
}

// stepEntry is a step's word in JSON.
type stepEntry struct {
	Name string     `json:"name"`
	Doc  string     `json:"doc"`
	Args []argEntry `json:"args"`
}

type argEntry struct {
	Name     string   `json:"name"`
	Kind     app.Kind `json:"kind"`
	Optional bool     `json:"optional,omitempty"`
	Doc      string   `json:"doc"`
	Words    []string `json:"words"` // valid ones; of another kind than word: what may stand in a value's place
}

func stepOf(w app.Word) stepEntry {
	s := stepEntry{w.Name, w.Doc, []argEntry{}}
	for _, a := range w.Args {
		s.Args = append(s.Args, argEntry{a.Name, a.Kind, a.Optional, a.Doc, list(a.Words)})
	}
	return s
}

func (e *env) explainStep(of string, w app.Word) error {
	fmt.Fprintf(e.stdout, "%s %s\n%s\n", e.style.dim(of), e.style.bold(w.Name), w.Doc)
	return e.explainArgs(w)
}

// explainArgs says what a step's word takes.
func (e *env) explainArgs(w app.Word) error {
	width := 8
	for _, a := range w.Args {
		width = max(width, len(a.Name))
	}
	for _, a := range w.Args {
		kind := string(a.Kind)
		switch {
		case a.Kind == app.KindWord:
			kind = strings.Join(a.Words, ", ")
		case len(a.Words) > 0:
			kind += " or " + strings.Join(a.Words, ", ")
		}
		if a.Optional {
			kind += ", may be left out"
		}
		fmt.Fprintf(e.stdout, "  %s  %s (%s)\n", pad(a.Name, width), a.Doc, kind)
	}
	return nil
}

// explain shows what an entry says about itself, and what else speaks of it.
func (e *env) explain(kind, name string, x any) error {
	fields, err := flatten(x)
	if err != nil {
		return err
	}
	title := fields["title"]
	fmt.Fprintf(e.stdout, "%s %s  %s\n", e.style.dim(kind), e.style.bold(name), title)
	skip := []string{"title", "name", "id", "fidelity_of"} // the last is told below, in its order
	switch x.(type) {
	case promiseEntry, sdkEntry:
		skip = append(skip, "breaks", "last") // told below
	}
	keys := make([]string, 0, len(fields))
	for k := range fields {
		if !slices.Contains(skip, k) && fields[k] != "" && fields[k] != title {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		e.field(k, fields[k])
	}
	if v, ok := x.(fixtures.WeChat); ok { // with its fidelities
		if err := e.explainWeChat(v); err != nil {
			return err
		}
	} else if known, ok := x.(interface{ Parts() yamlfile.Map[string] }); ok {
		for _, f := range known.Parts() {
			e.field("", f.Name+" is "+f.V)
		}
	}
	if about := spokenOf(name); len(about) > 0 {
		e.field("see also", strings.Join(about, ", "))
	}
	switch v := x.(type) {
	case fixtures.Network:
		return e.explainPlan(v)
	case scenarioEntry:
		return e.explainFile(name)
	case promiseEntry:
		return e.explainPromise(v)
	case sdkEntry:
		return e.explainSDK(v)
	case mutantEntry:
		return e.explainMutant(v)
	case fixtures.Fault:
		return e.explainFault(v)
	case fixtures.Sequence:
		e.field("see it", recipeCommand(v.Run, 1))
	case fixtures.Issue:
		e.field("see it", recipeCommand(v.Cause, 1))
		e.field("without it", recipeCommand(v.Control, 1))
		for _, w := range v.Ways {
			e.field("also as", fmt.Sprintf("%s: %s   (without: %s)", w.Finds, recipeCommand(w.Cause, 1), recipeCommand(w.Control, 1)))
		}
	}
	return nil
}

// explainFault says what a script can write of a fault that befalls a phone.
func (e *env) explainFault(f fixtures.Fault) error {
	for _, w := range simulator.FaultWords() {
		if w.Name == f.Name {
			return e.explainArgs(w)
		}
	}
	return nil
}

// field says one thing about an entry.
func (e *env) field(name, what string) {
	fmt.Fprintf(e.stdout, "  %s  %s\n", e.style.dim(pad(name, 12)), what)
}

// explainFile shows a scenario as it is written: the best example for one's own.
func (e *env) explainFile(name string) error {
	_, src, err := fixtures.Scenario(name)
	if err != nil {
		return err
	}
	e.field("see it", "minilab run "+name)
	s, err := simulator.Parse(name, src)
	if err != nil {
		return err
	}
	if s.Audio == audioSamples {
		e.field("hear it", "minilab run "+name+" --wav DIR   (and by which frequency each voice is told)")
	}
	fmt.Fprintf(e.stdout, "\n%s", src)
	return nil
}

// recipeCommand is the command that makes a recipe's run. Recipes are part of the
// program, and its tests read them all, so one that can't be made is a bug.
func recipeCommand(r fixtures.Recipe, seed uint64) string {
	s, err := simulator.Variant(r)
	if err != nil {
		panic(err)
	}
	return s.Command(seed)
}

// flatten turns an entry into words by field.
func flatten(x any) (map[string]string, error) {
	if n, ok := x.(fixtures.Network); ok {
		return networkFields(n), nil
	}
	raw, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	if err := json.Unmarshal(raw, &fields); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for k, v := range fields {
		out[k] = words(v)
	}
	return out, nil
}

func words(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		parts := make([]string, len(v))
		for i, x := range v {
			parts[i] = words(x)
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		if en, ok := v["en"]; ok {
			return fmt.Sprintf("%v  %v", en, v["zh"])
		}
		var parts []string
		for k, x := range v {
			parts = append(parts, k+" "+words(x))
		}
		slices.Sort(parts)
		return strings.Join(parts, ", ")
	}
	return fmt.Sprint(v)
}

// spokenOf lists the clauses, issues and promises that name an entry, and those that
// it concerns.
func spokenOf(name string) []string {
	var out []string
	for _, c := range fixtures.Clauses() {
		if slices.Contains(slices.Concat(c.Issues, c.Promises, c.Scenes), name) {
			out = append(out, c.ID)
		}
	}
	for _, i := range fixtures.Issues() {
		runs := slices.ContainsFunc(i.Recipes(), func(r fixtures.Recipe) bool { return r.Scenario == name })
		if runs || slices.Contains(i.Clauses, name) {
			out = append(out, i.ID)
		}
	}
	for _, p := range fixtures.Promises() {
		if slices.Contains(p.Scenarios, name) || slices.Contains(p.Clauses, name) {
			out = append(out, p.ID)
		}
	}
	return out
}
