package reports

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"minilab/fixtures"
	"minilab/simulator/oracle"
)

// Trial is one spec of one promise on one version of the SDK: what its judge said, if
// it was asked, and whether that is what was demanded.
type Trial struct {
	Promise, SDK string
	Verdict      string // "" where the spec asks no judge
	Ran, Passed  bool
}

// Conformance is what a suite over versions found out: minilab.promises/1.
type Conformance struct {
	Schema   string        `json:"schema"`
	Verdicts []Conformable `json:"verdicts"`
}

// Conformable is one promise kept or not by one version, over all its trials.
type Conformable struct {
	ID  string `json:"id"`
	SDK string `json:"sdk"`
	// Verdict is held, violated or not-run; violated once is violated.
	Verdict string `json:"verdict"`
	// Documented: the version is known to break the promise. Expected: every trial
	// went as demanded, so the promise is held, or broken as documented.
	Documented bool `json:"documented"`
	Expected   bool `json:"expected"`
}

const conformanceSchema = "minilab.promises/1"

// NewConformance folds trials into a verdict for each promise and version. A pair of
// which a trial did not run is left out: it would say more than is known.
func NewConformance(all []Trial) *Conformance {
	c := &Conformance{Schema: conformanceSchema, Verdicts: []Conformable{}}
	for _, p := range fixtures.Promises() {
		for _, version := range p.Versions {
			of := Conformable{ID: p.ID, SDK: version, Verdict: oracle.NotRun, Documented: p.Break(version) != nil, Expected: true}
			n, complete := 0, true
			for _, t := range all {
				if t.Promise == p.ID && t.SDK == version {
					complete = complete && t.Ran
					of.add(t)
					n++
				}
			}
			if n > 0 && complete {
				c.Verdicts = append(c.Verdicts, of)
			}
		}
	}
	return c
}

func (c *Conformable) add(t Trial) {
	c.Expected = c.Expected && t.Passed
	switch {
	case t.Verdict == oracle.Violated, t.Verdict == "" && !t.Passed:
		c.Verdict = oracle.Violated
	case t.Verdict == oracle.Held && c.Verdict == oracle.NotRun:
		c.Verdict = oracle.Held
	}
}

// Of is the verdict on a promise and a version, if there is one.
func (c *Conformance) Of(id, version string) (Conformable, bool) {
	i := slices.IndexFunc(c.Verdicts, func(v Conformable) bool { return v.ID == id && v.SDK == version })
	if i < 0 {
		return Conformable{}, false
	}
	return c.Verdicts[i], true
}

// Merge takes the verdicts of an older run on what this one has no word about.
func (c *Conformance) Merge(older *Conformance) {
	for _, v := range older.Verdicts {
		if _, ok := c.Of(v.ID, v.SDK); !ok {
			c.Verdicts = append(c.Verdicts, v)
		}
	}
}

// ReadConformance reads what WriteConformance wrote.
func ReadConformance(r io.Reader) (*Conformance, error) {
	var c Conformance
	if err := json.NewDecoder(r).Decode(&c); err != nil {
		return nil, fmt.Errorf("no file of promises' verdicts: %w", err)
	}
	if c.Schema != conformanceSchema {
		return nil, fmt.Errorf("no file of promises' verdicts: its schema is %q, not %s", c.Schema, conformanceSchema)
	}
	return &c, nil
}

// WriteConformance writes the verdicts as JSON of schema minilab.promises/1.
func WriteConformance(w io.Writer, c *Conformance) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(c)
}

// WriteSummary says for each version how many promises apply, and what became of
// them: a line of counts, then one for each that isn't simply held.
func WriteSummary(w io.Writer, c *Conformance) error {
	var b strings.Builder
	for _, sdk := range fixtures.SDKs() {
		c.version(&b, sdk.Name)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (c *Conformance) version(b *strings.Builder, version string) {
	n := map[string]int{}
	told := false
	var lines []string
	for _, p := range fixtures.Promises() {
		if !slices.Contains(p.Versions, version) {
			n["other"]++
			continue
		}
		n["apply"]++
		v, ok := c.Of(p.ID, version)
		if !ok {
			n["not-run"]++
			continue
		}
		told = true
		kind, line := v.word(p.Title.EN)
		n[kind]++
		if line != "" {
			lines = append(lines, line)
		}
	}
	if !told {
		return // nothing was asked about this version
	}
	fmt.Fprintf(b, "%s: %d promises apply: %d held, %d broken as documented, %d violated unexpectedly", version, n["apply"], n["held"], n["documented"], n["unexpected"])
	for _, k := range []struct{ kind, said string }{{"repaired", "no longer broken"}, {"not-run", "not run"}} {
		if n[k.kind] > 0 {
			fmt.Fprintf(b, ", %d %s", n[k.kind], k.said)
		}
	}
	fmt.Fprintf(b, "; %d do not apply\n", n["other"])
	for _, l := range lines {
		fmt.Fprintf(b, "  %s\n", l)
	}
}

// word sorts a verdict, and says it in a sentence unless nothing is to be said.
func (c Conformable) word(title string) (kind, sentence string) {
	what := fmt.Sprintf("%s, %s", c.ID, lowerFirst(title))
	switch {
	case c.Verdict == oracle.NotRun:
		return "not-run", fmt.Sprintf("%s was not put to the test of %s", c.SDK, what)
	case c.Documented && c.Expected:
		return "documented", fmt.Sprintf("%s breaks %s, as documented", c.SDK, what)
	case c.Documented && c.Verdict == oracle.Held:
		return "repaired", fmt.Sprintf("%s no longer breaks %s: it is documented to", c.SDK, what)
	case !c.Expected:
		return "unexpected", fmt.Sprintf("%s VIOLATES %s, unexpectedly", c.SDK, what)
	}
	return "held", ""
}

// lowerFirst begins a title in the middle of a sentence.
func lowerFirst(title string) string {
	r := []rune(title)
	if len(r) > 1 && unicode.IsUpper(r[0]) && (unicode.IsLower(r[1]) || unicode.IsSpace(r[1])) {
		r[0] = unicode.ToLower(r[0])
	}
	return string(r)
}
