package reports

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed schema/*.json
var schemas embed.FS

// Schema is the JSON Schema (2020-12) that a JSON output is held to, by the name that
// stands in it: minilab.run/1, minilab.runs/1, minilab.bench/1, minilab.probe/1,
// minilab.promises/1; minilab.list/1 is for the lists, which carry no name. Schemas
// refer to each other by their $id.
func Schema(name string) ([]byte, error) {
	src, err := schemas.ReadFile("schema/" + strings.ReplaceAll(name, "/", ".") + ".json")
	if err != nil {
		return nil, fmt.Errorf("no schema %q", name)
	}
	return src, nil
}
