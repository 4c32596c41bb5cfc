package reports

import (
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Every schema compiles, with those it refers to.
func TestSchemasCompile(t *testing.T) {
	files, err := fs.Glob(schemas, "schema/*.json")
	if err != nil || len(files) < 4 {
		t.Fatalf("%d schemas, %v", len(files), err)
	}
	c := jsonschema.NewCompiler()
	var ids []string
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "schema/"), ".json")
		dot := strings.LastIndex(name, ".")
		src, err := Schema(name[:dot] + "/" + name[dot+1:])
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(src))
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		id := doc.(map[string]any)["$id"].(string)
		if id != name+".json" {
			t.Errorf("%s calls itself %s", file, id)
		}
		if err := c.AddResource(id, doc); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		if _, err := c.Compile(id); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"", "minilab.run/2", "../doc", "minilab.run.1"} {
		if _, err := Schema(name); err == nil && name != "minilab.run.1" {
			t.Errorf("there is a schema %q", name)
		}
	}
}
