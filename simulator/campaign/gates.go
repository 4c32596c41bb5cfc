package campaign

import (
	"fmt"
	"slices"
	"strings"

	"minilab/fixtures"
	"minilab/simulator/oracle"
)

// Gate is one condition of the release, with what decided it. Gates that pass are
// listed too: an empty list would look like no gate.
type Gate struct {
	ID     string // ASCII, stable
	Title  fixtures.Text
	Passed bool
	Detail string
	Known  []string // rows of documented breaks; they fail no gate
}

// Passed tells whether every gate is passed. Where there is none, nothing was decided.
func (s *Signoff) Passed() bool {
	return len(s.Gates) > 0 && !slices.ContainsFunc(s.Gates, func(g Gate) bool { return !g.Passed })
}

// gates decides whether the release may go.
func (w *signing) gates() {
	due, runs := 0, 2*len(w.page.Issues)
	var broken, known, missing, leaking []string
	for _, p := range w.page.Promises {
		if !slices.Contains(p.Versions, w.SDK) {
			continue
		}
		due++
		runs += len(p.Runs)
		switch p.Standing() {
		case oracle.Held:
		case Documented, Repaired:
			known = append(known, p.ID)
		default:
			broken = append(broken, p.ID)
		}
	}
	for _, i := range w.page.Issues {
		if i.Cause.Verdict != oracle.Reproduced {
			missing = append(missing, i.ID)
		}
		if i.Control.Verdict != oracle.Absent {
			leaking = append(leaking, i.ID)
		}
	}
	n := len(w.page.Issues)
	w.gate("promises", fixtures.Text{EN: "Every promise of this version is held, or broken as documented", ZH: "该版本的每项承诺均成立，或仅以文档所述的方式不成立"}, broken, due)
	w.page.Gates[len(w.page.Gates)-1].Known = known
	w.gate("causes", fixtures.Text{EN: "Each known issue appears under its cause", ZH: "每个已知问题在其成因下可复现"}, missing, n)
	w.gate("controls", fixtures.Text{EN: "None appears once its cause is removed", ZH: "去除成因后均不出现"}, leaking, n)
	slices.Sort(w.judged)
	slices.Sort(w.upset)
	w.gate("invariants", fixtures.Text{EN: "What must hold in every run held", ZH: "每次运行都应满足的不变式均成立"}, slices.Compact(w.upset), len(slices.Compact(w.judged)))
	// A run that differs the second time ends the sign-off, so here all are equal.
	w.gate("reproducible", fixtures.Text{EN: "Every run gave the same digest twice", ZH: "每次运行两次摘要一致"}, nil, runs)
}

// gate is passed if none of n failed. Nothing tested is nothing passed.
func (w *signing) gate(id string, title fixtures.Text, failed []string, n int) {
	detail := fmt.Sprintf("%d/%d", n-len(failed), n)
	if len(failed) > 0 {
		detail += ": " + strings.Join(failed, ", ")
	}
	w.page.Gates = append(w.page.Gates, Gate{ID: id, Title: title, Passed: n > 0 && len(failed) == 0, Detail: detail})
}
