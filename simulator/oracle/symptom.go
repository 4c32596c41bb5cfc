package oracle

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"minilab/simulator/trace"
)

// Finding is one place in a run where a symptom shows or a promise breaks.
type Finding struct {
	On   trace.ActorID // whose doing or suffering it is
	At   time.Duration // when it could first be told
	Text string
}

// Verdict words. An issue is reproduced or absent, a promise held or violated.
const (
	Reproduced = "reproduced"
	Absent     = "absent"
	Held       = "held"
	Violated   = "violated"
	NotRun     = "not-run"
)

// Verdict is what a judge says of one run.
type Verdict struct {
	ID       string // Knn, Cnn, or the word of an invariant
	Verdict  string
	Findings []Finding
	Measures []Measure // numbers that are reported and not judged
}

// Measure is a number of a run; its unit is last in its name, as in mute_tail_s.
type Measure struct {
	Name  string
	Value float64
}

// judge is a symptom or a promise: it tells whether the run had what it takes to
// show the thing at all, and what it found. checked is evidence of a held promise.
type judge struct {
	id      string
	promise bool
	look    func(f *facts) (findings []Finding, applies bool)
	measure func(f *facts) []Measure // may be nil
}

var judges []judge

// register lets a symptom's or a promise's own file enter it.
func register(j judge) struct{} {
	judges = append(judges, j)
	return struct{}{}
}

// before sorts ids by letter, then number, then what follows it: C13, K4, K11a, K15.
func before(a, b string) bool {
	na, nb := strings.TrimRight(a, "ab"), strings.TrimRight(b, "ab")
	if a[0] != b[0] || len(na) == len(nb) {
		return a < b
	}
	return len(na) < len(nb)
}

// IDs lists the issues and promises that this package can judge, in their order.
func IDs() []string {
	var ids []string
	for _, j := range judges {
		ids = append(ids, j.id)
	}
	sort.Slice(ids, func(i, k int) bool { return before(ids[i], ids[k]) })
	return ids
}

// Judge gives the verdicts of all judges on one run, sorted by id.
func Judge(r *trace.Record) []Verdict {
	out := judgeBy(judges, gather(r))
	sort.Slice(out, func(i, k int) bool { return before(out[i].ID, out[k].ID) })
	return out
}

func judgeBy(judges []judge, f *facts) []Verdict {
	out := make([]Verdict, 0, len(judges))
	for _, j := range judges {
		findings, applies := j.look(f)
		findings = inOrder(findings)
		v := Verdict{ID: j.id, Verdict: j.word(len(findings) > 0, applies), Findings: findings}
		if j.measure != nil {
			v.Measures = j.measure(f)
		}
		out = append(out, v)
	}
	return out
}

// inOrder sorts findings by time, then member, and says each once.
func inOrder(all []Finding) []Finding {
	slices.SortFunc(all, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.On, b.On), cmp.Compare(a.Text, b.Text))
	})
	return slices.Compact(all)
}

func (j judge) word(found, applies bool) string {
	switch {
	case !applies:
		return NotRun
	case j.promise && found:
		return Violated
	case j.promise:
		return Held
	case found:
		return Reproduced
	}
	return Absent
}

func (f *facts) find(on trace.ActorID, at time.Duration, format string, args ...any) Finding {
	return Finding{On: on, At: at, Text: f.name(on) + ": " + fmt.Sprintf(format, args...)}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }
