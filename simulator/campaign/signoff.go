package campaign

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/media/picture"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// Signoff is all that a release is signed off on.
type Signoff struct {
	SDK      string
	Seed     uint64
	Promises []PromiseRow
	Issues   []IssueRow
	Clauses  []fixtures.Clause // of the release notes
	Gates    []Gate
}

// Gate is one condition of the release, with what decided it. Gates that pass are
// listed too: an empty list would look like no gate.
type Gate struct {
	ID     string // ASCII, stable
	Title  fixtures.Text
	Passed bool
	Detail string
}

// Passed tells whether every gate is passed. Where there is none, nothing was decided.
func (s *Signoff) Passed() bool {
	return len(s.Gates) > 0 && !slices.ContainsFunc(s.Gates, func(g Gate) bool { return !g.Passed })
}

// PromiseRow is one promise in the runs that put it to the test.
type PromiseRow struct {
	fixtures.Promise
	Verdict string
	Runs    []Arm
}

// IssueRow is one known issue: the run with its cause and the run without.
type IssueRow struct {
	fixtures.Issue
	Verdict        string
	Cause, Control Arm
}

// Arm is one judged run as the page shows it.
type Arm struct {
	Key      string // scenario@seed+k=v
	Command  string // runs it again
	Verdict  string // on the row's issue or promise
	Evidence []oracle.Finding
	Digest   string
	Length   time.Duration
	Strip    []Still
}

// Still is one picture that a viewer was shown.
type Still struct {
	At                time.Duration
	Viewer, Publisher string
	Picture           *picture.Picture
	Reading           picture.Reading
}

// Options of a sign-off.
type Options struct {
	SDK  string
	Seed uint64
	// Progress, if not nil, is told what runs next.
	Progress func(done, total int, key string)
}

// Validate tells what is wrong with the options.
func (o Options) Validate() error {
	for _, s := range fixtures.SDKs() {
		if s.Name == o.SDK {
			return nil
		}
	}
	return fmt.Errorf("unknown SDK version %q", o.SDK)
}

// RunSignoff makes every run that the promises and issues of an SDK version call for.
func RunSignoff(ctx context.Context, o Options) (*Signoff, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	w := &signing{ctx: ctx, Options: o, page: &Signoff{SDK: o.SDK, Seed: o.Seed, Clauses: fixtures.Clauses()}}
	for _, p := range fixtures.Promises() {
		w.total += len(p.Scenarios)
	}
	w.total += 2 * len(fixtures.Issues())
	for _, p := range fixtures.Promises() {
		if err := w.promise(p); err != nil {
			return nil, fmt.Errorf("sign off %s: %w", p.ID, err)
		}
	}
	for _, i := range fixtures.Issues() {
		if err := w.issue(i); err != nil {
			return nil, fmt.Errorf("sign off %s: %w", i.ID, err)
		}
	}
	w.gates()
	return w.page, nil
}

// signing is a sign-off in the making.
type signing struct {
	Options
	ctx         context.Context
	page        *Signoff
	done, total int
}

func (w *signing) promise(p fixtures.Promise) error {
	row := PromiseRow{Promise: p, Verdict: oracle.NotRun}
	if !slices.Contains(p.Versions, w.SDK) {
		w.done += len(p.Scenarios)
		w.page.Promises = append(w.page.Promises, row)
		return nil
	}
	for _, name := range p.Scenarios {
		arm, err := w.arm(p.ID, fixtures.Recipe{Scenario: name})
		if err != nil {
			return err
		}
		row.Runs = append(row.Runs, arm)
		switch {
		case arm.Verdict == oracle.Violated, row.Verdict == oracle.NotRun:
			row.Verdict = arm.Verdict
		}
	}
	w.page.Promises = append(w.page.Promises, row)
	return nil
}

func (w *signing) issue(i fixtures.Issue) (err error) {
	row := IssueRow{Issue: i}
	if row.Cause, err = w.arm(i.ID, i.Cause); err != nil {
		return err
	}
	if row.Control, err = w.arm(i.ID, i.Control); err != nil {
		return err
	}
	row.Verdict = row.Cause.Verdict
	w.page.Issues = append(w.page.Issues, row)
	return nil
}

// arm runs one recipe twice: once to judge it, and once more, from the same key,
// for the pictures around the evidence. Both must give the same digest.
func (w *signing) arm(id string, r fixtures.Recipe) (Arm, error) {
	s, err := Prepare(r, w.SDK)
	if err != nil {
		return Arm{}, err
	}
	if w.Progress != nil {
		w.Progress(w.done, w.total, s.Key(w.Seed))
	}
	w.done++
	j, err := Run(w.ctx, simulator.Options{Scenario: s, Seed: w.Seed})
	if err != nil {
		return Arm{}, err
	}
	v := j.Verdict(id)
	arm := Arm{Key: s.Key(w.Seed), Command: s.Command(w.Seed), Verdict: v.Verdict, Evidence: on(j, v.Findings, r.On), Digest: j.Record.Digest, Length: s.Length}
	if v.Verdict == oracle.Reproduced && len(arm.Evidence) == 0 {
		arm.Verdict = oracle.Absent // it shows, but not on whom the recipe says
	}
	arm.Strip, err = w.strip(j, cmp.Or(r.Watch, r.On), arm.Evidence)
	return arm, err
}

func on(j *Judged, all []oracle.Finding, who string) []oracle.Finding {
	if who == "" {
		return all
	}
	var out []oracle.Finding
	for _, f := range all {
		if j.Name(f.On) == who {
			out = append(out, f)
		}
	}
	return out
}

// Prepare makes the scenario of a recipe for an SDK version.
func Prepare(r fixtures.Recipe, sdk string) (*simulator.Scenario, error) {
	s, err := simulator.Variant(r)
	if err != nil || sdk == s.SDK {
		return s, err
	}
	return s, s.Override("sdk", sdk)
}

// The film strip: so many stills, so far apart, around the first evidence.
const (
	stripStills = 6
	stripEvery  = 2 * time.Second
	stripBefore = 3 * time.Second
)

// strip runs the key again and keeps stills of what a viewer was shown. Around the
// evidence if there is any, else in the middle of the run. Where nobody saw a picture
// the strip is empty, and the run is made again all the same.
func (w *signing) strip(j *Judged, who string, evidence []oracle.Finding) ([]Still, error) {
	view, ok := stripView(j, who)
	from := j.Scenario.Length/2 - stripStills/2*stripEvery
	if len(evidence) > 0 {
		from = evidence[0].At - stripBefore
	}
	if ok {
		from = max(from, *view.FirstFrame)
	}
	var strip []Still
	next := from
	hooks := simulator.Hooks{Picture: func(viewer, publisher trace.ActorID, at time.Duration, p *picture.Picture, _ trace.Event) {
		if !ok || viewer != view.To || publisher != view.From || at < next || len(strip) == stripStills || p == nil {
			return
		}
		strip = append(strip, Still{At: at, Viewer: j.Name(viewer), Publisher: j.Name(publisher), Picture: p, Reading: picture.Read(p)})
		next = at - (at-from)%stripEvery + stripEvery
	}}
	again, err := simulator.Run(w.ctx, simulator.Options{Scenario: j.Scenario, Seed: w.Seed, Hooks: hooks})
	if err != nil {
		return nil, err
	}
	if again.Record.Digest != j.Record.Digest {
		return nil, &MismatchError{Key: j.Scenario.Key(w.Seed), First: j.Record.Digest, Second: again.Record.Digest}
	}
	return strip, nil
}

// stripView is the view to show: of whom the recipe names as the viewer, else as
// the publisher, else the first with pictures.
func stripView(j *Judged, who string) (oracle.View, bool) {
	var best *oracle.View
	rank := -1
	for i := range j.Views {
		v := &j.Views[i]
		r := 0
		switch who {
		case j.Name(v.To):
			r = 2
		case j.Name(v.From):
			r = 1
		}
		if v.FirstFrame != nil && v.Black != nil && r > rank {
			best, rank = v, r
		}
	}
	if best == nil {
		return oracle.View{}, false
	}
	return *best, true
}

// MismatchError is a run that went another way the second time: the simulator's
// failure, never the product's.
type MismatchError struct{ Key, First, Second string }

func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s is not reproducible: digest %.12s, then %.12s", e.Key, e.First, e.Second)
}

// gates decides whether the release may go.
func (w *signing) gates() {
	due, runs := 0, 2*len(w.page.Issues)
	var broken, missing, leaking []string
	for _, p := range w.page.Promises {
		if !slices.Contains(p.Versions, w.SDK) {
			continue
		}
		due++
		runs += len(p.Runs)
		if p.Verdict != oracle.Held {
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
	w.gate("promises", fixtures.Text{EN: "Every promise of this version is held", ZH: "该版本的每项承诺均成立"}, broken, due)
	w.gate("causes", fixtures.Text{EN: "Each known issue appears under its cause", ZH: "每个已知问题在其成因下可复现"}, missing, n)
	w.gate("controls", fixtures.Text{EN: "None appears once its cause is removed", ZH: "去除成因后均不出现"}, leaking, n)
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
