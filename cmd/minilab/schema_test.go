package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"minilab/reports"
)

// schema compiles one of our schemas with all that it may refer to.
func schema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	id := ""
	for _, n := range []string{"minilab.run/1", "minilab.runs/1", "minilab.bench/1", "minilab.list/1", "minilab.probe/1", "minilab.promises/1"} {
		src, err := reports.Schema(n)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
		if err != nil {
			t.Fatal(err)
		}
		url := strings.ReplaceAll(n, "/", ".") + ".json"
		if err := c.AddResource(url, doc); err != nil {
			t.Fatal(err)
		}
		if n == name {
			id = url
		}
	}
	s, err := c.Compile(id)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// printed runs the program and reads the JSON that it prints.
func printed(t *testing.T, codes []int, args ...string) any {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(context.Background(), args, &out, &errs); !slices.Contains(codes, code) {
		t.Fatalf("minilab %v: exit %d\n%s", args, code, errs.String())
	}
	doc, err := jsonschema.UnmarshalJSON(&out)
	if err != nil {
		t.Fatalf("minilab %v doesn't print JSON alone: %v", args, err)
	}
	return doc
}

func TestListsKeepTheirSchema(t *testing.T) {
	s := schema(t, "minilab.list/1")
	for _, k := range kinds {
		if err := s.Validate(printed(t, []int{exitOK}, "list", k.name, "--json")); err != nil {
			t.Errorf("list %s: %#v", k.name, err)
		}
	}
}

func TestRunsKeepTheirSchema(t *testing.T) {
	one, many := schema(t, "minilab.run/1"), schema(t, "minilab.runs/1")
	// first-call has clean views, muted-at-join no pictures, weak-call all the rest.
	codes := []int{exitOK, exitFailed}
	for _, args := range [][]string{{"first-call"}, {"muted-at-join"}, {"weak-call", "--seed", "7"}, {"audience-publishes"}} {
		doc := printed(t, codes, append([]string{"run", "--json"}, args...)...)
		if err := one.Validate(doc); err != nil {
			t.Errorf("run %v: %v", args, err)
		}
	}
	doc := printed(t, codes, "run", "--json", "first-call", "--set", "length=10s", "--seeds", "1..2")
	if err := many.Validate(doc); err != nil {
		t.Errorf("runs: %v", err)
	}
	refuses(t, one, doc.(map[string]any)["runs"].([]any)[0])
}

// refuses: a schema that lets anything pass would hold nobody to anything.
func refuses(t *testing.T, s *jsonschema.Schema, doc any) {
	t.Helper()
	if err := s.Validate(doc); err != nil {
		t.Fatalf("the run is refused as it is: %v", err)
	}
	for what, spoil := range map[string]func(m map[string]any){
		"a field too many":       func(m map[string]any) { m["extra"] = true },
		"a field missing":        func(m map[string]any) { delete(m, "digest") },
		"another schema":         func(m map[string]any) { m["schema"] = "minilab.run/2" },
		"a time as text":         func(m map[string]any) { m["virtual_s"] = "10 s" },
		"null members":           func(m map[string]any) { m["members"] = nil },
		"a verdict of promises":  func(m map[string]any) { verdictOf(m, "K5")["verdict"] = "held" },
		"an unknown fidelity":    func(m map[string]any) { verdictOf(m, "K5")["fidelity"] = "sure" },
		"null evidence":          func(m map[string]any) { verdictOf(m, "K5")["evidence"] = nil },
		"a count that is a half": func(m map[string]any) { m["views"].([]any)[0].(map[string]any)["frames"] = 0.5 },
	} {
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		var spoilt map[string]any
		if err := json.Unmarshal(text, &spoilt); err != nil {
			t.Fatal(err)
		}
		spoil(spoilt)
		if s.Validate(spoilt) == nil {
			t.Errorf("%s passes", what)
		}
	}
}

func verdictOf(run map[string]any, id string) map[string]any {
	for _, v := range run["verdicts"].([]any) {
		if m := v.(map[string]any); m["id"] == id {
			return m
		}
	}
	return map[string]any{}
}

func TestBenchKeepsItsSchema(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: the standard rooms are not measured")
	}
	if err := schema(t, "minilab.bench/1").Validate(printed(t, []int{exitOK}, "bench", "--json")); err != nil {
		t.Error(err)
	}
}
