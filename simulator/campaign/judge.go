package campaign

import (
	"context"
	"fmt"
	"slices"
	"time"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// Judged is a run with what its judges say.
type Judged struct {
	*simulator.Result
	Scenario *simulator.Scenario
	Views    []oracle.View
	Verdicts []oracle.Verdict // promises of other SDK versions left out
	// Invariants are verdicts on what must hold in every run, whatever its version,
	// network and script.
	Invariants []oracle.Verdict
	Outcomes   []Outcome // of the scenario's expectations, in their order
}

// Outcome is what became of one expectation: what was expected and, if it was not
// met, what was found instead.
type Outcome struct {
	Text string
	Met  bool
	Why  string
}

// Run runs a scenario and judges it.
func Run(ctx context.Context, o simulator.Options) (*Judged, error) {
	result, err := simulator.Run(ctx, o)
	if err != nil {
		return nil, err
	}
	return Judge(o.Scenario, result), nil
}

// Judge judges a finished run.
func Judge(s *simulator.Scenario, r *simulator.Result) *Judged {
	j := &Judged{Result: r, Scenario: s, Views: oracle.Views(r.Record), Invariants: oracle.Invariants(r.Record)}
	for _, v := range oracle.Judge(r.Record) {
		if applies(v.ID, s.SDK) {
			j.Verdicts = append(j.Verdicts, v)
		}
	}
	for _, e := range s.Expect {
		j.Outcomes = append(j.Outcomes, j.outcome(e))
	}
	return j
}

// applies tells whether a verdict concerns an SDK version: a promise may not.
func applies(id, sdk string) bool {
	for _, p := range fixtures.Promises() {
		if p.ID == id {
			return slices.Contains(p.Versions, sdk)
		}
	}
	return true
}

// Failed tells whether a promise or an invariant was violated or an expectation not
// met. It is a failure too where a version is known to break the promise.
func (j *Judged) Failed() bool {
	for _, v := range slices.Concat(j.Verdicts, j.Invariants) {
		if v.Verdict == oracle.Violated {
			return true
		}
	}
	for _, o := range j.Outcomes {
		if !o.Met {
			return true
		}
	}
	return false
}

// Upset are the invariants that don't hold.
func (j *Judged) Upset() []oracle.Verdict {
	var out []oracle.Verdict
	for _, v := range j.Invariants {
		if v.Verdict == oracle.Violated {
			out = append(out, v)
		}
	}
	return out
}

// Known is how the run's SDK version is known to break a promise; nil if it isn't.
func (j *Judged) Known(id string) *fixtures.Break {
	for _, p := range fixtures.Promises() {
		if p.ID == id {
			return p.Break(j.Scenario.SDK)
		}
	}
	return nil
}

// Verdict is the verdict on an issue or promise.
func (j *Judged) Verdict(id string) oracle.Verdict {
	for _, v := range j.Verdicts {
		if v.ID == id {
			return v
		}
	}
	return oracle.Verdict{ID: id, Verdict: oracle.NotRun}
}

func (j *Judged) outcome(e simulator.Expectation) Outcome {
	switch {
	case e.Symptom != "":
		return Outcome{e.Symptom + " shows" + j.where(e), len(j.findings(e.Symptom, e)) > 0, "it doesn't"}
	case e.Absent != "":
		return j.absent(e)
	case e.Promise != "":
		v := j.Verdict(e.Promise).Verdict
		return Outcome{e.Promise + " is held", v == oracle.Held, "it is " + v}
	case e.FirstFrame:
		return j.firstFrame(e)
	case e.Freezes != nil:
		return j.freezes(*e.Freezes)
	}
	return j.complete()
}

// where says on whom and when, as far as the expectation narrows it.
func (j *Judged) where(e simulator.Expectation) string {
	s := ""
	if e.On != "" {
		s = " on " + e.On
	}
	if e.From > 0 || e.Until < j.Scenario.Length {
		s += fmt.Sprintf(" between %v and %v", e.From, e.Until)
	}
	return s
}

func (j *Judged) absent(e simulator.Expectation) Outcome {
	o := Outcome{Text: e.Absent + " doesn't show" + j.where(e)}
	found := j.findings(e.Absent, e)
	switch {
	case j.Verdict(e.Absent).Verdict == oracle.NotRun:
		o.Why = "this run can't tell"
	case len(found) > 0:
		o.Why = fmt.Sprintf("it does at %v", found[0].At.Round(time.Millisecond))
	default:
		o.Met = true
	}
	return o
}

// findings are those of one judge on whom and when the expectation says.
func (j *Judged) findings(id string, e simulator.Expectation) []oracle.Finding {
	var out []oracle.Finding
	for _, f := range j.Verdict(id).Findings {
		if (e.On == "" || j.Name(f.On) == e.On) && e.From <= f.At && f.At <= e.Until {
			out = append(out, f)
		}
	}
	return out
}

// Name is a member's id in the scenario.
func (j *Judged) Name(a trace.ActorID) string { return j.Record.Actors[a] }

func (j *Judged) firstFrame(e simulator.Expectation) Outcome {
	o := Outcome{Text: fmt.Sprintf("%s sees %s before %v", e.Viewer, e.Publisher, e.Until), Why: "no picture came"}
	for _, v := range j.Views {
		if j.Name(v.From) == e.Publisher && j.Name(v.To) == e.Viewer && v.FirstFrame != nil {
			o.Met, o.Why = *v.FirstFrame < e.Until, fmt.Sprintf("at %v", v.FirstFrame.Round(time.Millisecond))
		}
	}
	return o
}

func (j *Judged) freezes(most int) Outcome {
	o := Outcome{Text: fmt.Sprintf("no view freezes more than %d times", most), Why: "nobody saw a picture"}
	for _, v := range j.Views {
		f := v.Freeze.WebRTC
		if f == nil {
			continue
		}
		o.Met = true
		if f.N > most {
			return Outcome{o.Text, false, fmt.Sprintf("%s sees %s freeze %d times, first at %v", j.Name(v.To), j.Name(v.From), f.N, f.Since[0].Round(time.Millisecond))}
		}
	}
	return o
}

func (j *Judged) complete() Outcome {
	o := Outcome{Text: "every expected frame is shown", Why: "no view could tell"}
	for _, v := range j.Views {
		if v.FramesExpected == nil {
			continue
		}
		o.Met = true
		if v.Frames != *v.FramesExpected {
			return Outcome{o.Text, false, fmt.Sprintf("%s is shown %d of %d frames of %s", j.Name(v.To), v.Frames, *v.FramesExpected, j.Name(v.From))}
		}
	}
	return o
}
