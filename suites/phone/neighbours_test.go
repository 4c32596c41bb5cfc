package phone

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
	"minilab/suites/lab"
)

// neighbours are things that look alike to whom they befall: what the doctor sees of the
// patient, and the issues that it is, of all there are.
var neighbours = []struct {
	step     string // of the scenario, or several; the others are left out
	sdk      string // "": the usual one
	scenario string // "": neighbours; else as it is
	sees     string
	issues   []string
}{
	{step: "", sees: "live"},
	{step: "encoder-silent", sees: "heard only", issues: []string{"K10"}},
	{step: "encoder-corrupt", sees: "garbled"},
	{step: "encoder-truncated", sees: "heard only", issues: []string{"K10"}},
	{step: "camera-stuck", sees: "still", issues: []string{"K12"}},
	{step: "camera-lost", sees: "heard only"},
	{step: "camera-off", sees: "heard only"},
	{step: "muted", sdk: "2.4.2", sees: "heard only"},
	{step: "muted-by-viewer", sees: "heard only"},
	{step: "paused", sees: "waiting image"},
	{scenario: "paused-black", sees: "black"},
	{step: "away", sees: "waiting image"},
	{step: "link-dead", sees: "frozen", issues: []string{"K5", "K8"}},
	{step: "killed", sees: "gone"},
	{step: "left", sees: "gone"},
	{step: "turned", sees: "rotated", issues: []string{"K3"}},
	{step: "mic-off", sees: "live"},
	{step: "denied", sees: "heard only"},
	{step: "mic-off denied", sees: "frozen"},
	{step: "mic-off encoder-silent", sees: "frozen"},
	{step: "mic-off camera-lost", sees: "frozen"},
	{step: "phoned", sees: "waiting image"},
	{step: "expelled", sees: "live"},
	{step: "warned", sees: "live"},
	{step: "warned warned-again", sees: "gone"},
}

var _ = Describe("what looks alike is told apart", func() {
	for _, n := range neighbours {
		for _, seed := range lab.Seeds {
			It(fmt.Sprintf("%s is %q, and issues %v, seed %d", n.scenario+n.step, n.sees, n.issues, seed), func() {
				r := fixtures.Recipe{Scenario: "neighbours", Without: slices.DeleteFunc(steps(), func(s string) bool { return slices.Contains(strings.Fields(n.step), s) })}
				if n.scenario != "" {
					r = fixtures.Recipe{Scenario: n.scenario}
				}
				j := lab.RunSDK(r, cmp.Or(n.sdk, lab.SDK), seed)
				Expect(sees(j, "doctor", "patient", 22*time.Second, 24800*time.Millisecond)).To(Equal(n.sees))
				Expect(issuesOf(j)).To(ConsistOf(n.issues))
			})
		}
	}
})

// steps are the neighbours', by id.
func steps() []string {
	var out []string
	for _, n := range neighbours {
		for _, s := range strings.Fields(n.step) {
			if !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

// issuesOf are all that a run shows.
func issuesOf(j *campaign.Judged) []string {
	out := []string{}
	for _, i := range fixtures.Issues() {
		if j.Verdict(i.ID).Verdict == oracle.Reproduced {
			out = append(out, i.ID)
		}
	}
	return out
}

// sees is what a member sees and hears of another in a stretch of time, in a word.
func sees(j *campaign.Judged, viewer, publisher string, from, to time.Duration) string {
	if !tiled(j, viewer, publisher, to) {
		return "gone"
	}
	var shown []trace.Event
	for _, ev := range lab.Events(j, trace.FrameShown, viewer, publisher) {
		if ev.At >= from && ev.At < to {
			shown = append(shown, ev)
		}
	}
	heard := time.Duration(0)
	for _, ev := range lab.Events(j, trace.AudioPlayed, viewer, publisher) {
		heard += max(0, min(to, ev.At)-max(from, time.Duration(ev.V[0])))
	}
	last := func(flag int64) bool {
		return len(shown) > 0 && !slices.ContainsFunc(shown, func(ev trace.Event) bool { return ev.V[3]&flag == 0 })
	}
	switch {
	case len(shown) == 0 && heard > (to-from)/2:
		return "heard only"
	case len(shown) == 0:
		return "frozen"
	case last(trace.ShownBlack): // whatever it stands for
		return "black"
	case last(trace.ShownWaiting):
		return "waiting image"
	case last(trace.ShownGarbled):
		return "garbled"
	case last(trace.ShownRotated):
		return "rotated"
	case shown[0].V[0] == shown[len(shown)-1].V[0]:
		return "still"
	}
	return "live"
}

// tiled tells whether a member's page has a tile of another.
func tiled(j *campaign.Judged, viewer, publisher string, at time.Duration) bool {
	newest := func(k trace.Kind) time.Duration {
		last := time.Duration(-1)
		for _, ev := range lab.Events(j, k, viewer, publisher) {
			if ev.At < at {
				last = ev.At
			}
		}
		return last
	}
	return newest(trace.TileAdded) > newest(trace.TileRemoved)
}
