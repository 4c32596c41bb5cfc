package main

import (
	"fmt"
	"slices"

	"minilab/fixtures"
	"minilab/simulator"
	"minilab/simulator/oracle"
	"minilab/simulator/trace"
)

// The words of verdicts, which are a contract.
const (
	verdictReproduced = oracle.Reproduced
	verdictAbsent     = oracle.Absent
	verdictHeld       = oracle.Held
	verdictViolated   = oracle.Violated
)

// judged is a run with what the judges say of it.
type judged struct {
	scenario *simulator.Scenario
	result   *simulator.Result
	record   *trace.Record
	views    []oracle.View
	verdicts []oracle.Verdict
	expected []expected
}

// expected is an expectation of the scenario and what became of it.
type expected struct {
	text string
	met  bool
	why  string
}

func judge(s *simulator.Scenario, r *simulator.Result) *judged {
	j := &judged{scenario: s, result: r, record: r.Record, views: oracle.Views(r.Record), verdicts: oracle.Judge(r.Record)}
	for _, x := range s.Expect {
		j.expected = append(j.expected, j.check(x))
	}
	return j
}

// failed tells whether a promise is broken or an expectation not met.
func (j *judged) failed() bool {
	return slices.ContainsFunc(j.verdicts, func(v oracle.Verdict) bool { return v.Verdict == verdictViolated }) ||
		slices.ContainsFunc(j.expected, func(x expected) bool { return !x.met })
}

func (j *judged) verdict(id string) oracle.Verdict {
	for _, v := range j.verdicts {
		if v.ID == id {
			return v
		}
	}
	return oracle.Verdict{ID: id, Verdict: oracle.NotRun}
}

func (j *judged) check(x simulator.Expectation) expected {
	switch {
	case x.Symptom != "":
		return j.checkSymptom(x)
	case x.Absent != "":
		return j.checkAbsent(x)
	case x.Promise != "":
		v := j.verdict(x.Promise)
		return expected{x.Promise + " is held", v.Verdict == verdictHeld, "it is " + v.Verdict}
	case x.FirstFrame:
		return j.checkFirstFrame(x)
	case x.Freezes != nil:
		return j.checkFreezes(*x.Freezes)
	}
	return j.checkFrames()
}

// findings are those of an issue on the member and in the time that x names.
func (j *judged) findings(id string, x simulator.Expectation) []oracle.Finding {
	var out []oracle.Finding
	for _, f := range j.verdict(id).Findings {
		if (x.On == "" || j.record.Actors[f.On] == x.On) && f.At >= x.From && f.At <= x.Until {
			out = append(out, f)
		}
	}
	return out
}

func (j *judged) checkSymptom(x simulator.Expectation) expected {
	text := x.Symptom + " shows"
	if x.On != "" {
		text += " on " + x.On
	}
	if x.From > 0 || x.Until < j.scenario.Length {
		text += fmt.Sprintf(" between %v and %v", x.From, x.Until)
	}
	return expected{text, len(j.findings(x.Symptom, x)) > 0, "it doesn't"}
}

func (j *judged) checkAbsent(x simulator.Expectation) expected {
	text := x.Absent + " doesn't show"
	if x.On != "" {
		text += " on " + x.On
	}
	found := j.findings(x.Absent, x)
	if v := j.verdict(x.Absent); v.Verdict == oracle.NotRun {
		return expected{text, false, "this run can't tell"}
	}
	if len(found) > 0 {
		return expected{text, false, fmt.Sprintf("it does at %s s", seconds(found[0].At))}
	}
	return expected{text, true, ""}
}

func (j *judged) checkFirstFrame(x simulator.Expectation) expected {
	text := fmt.Sprintf("%s sees %s before %v", x.Viewer, x.Publisher, x.Until)
	for _, v := range j.views {
		if j.record.Actors[v.From] == x.Publisher && j.record.Actors[v.To] == x.Viewer && v.FirstFrame != nil {
			return expected{text, *v.FirstFrame < x.Until, fmt.Sprintf("at %s s", seconds(*v.FirstFrame))}
		}
	}
	return expected{text, false, "no picture came"}
}

func (j *judged) checkFreezes(most int) expected {
	text := fmt.Sprintf("no view freezes more than %d times", most)
	if most == 0 {
		text = "no view freezes"
	}
	for _, v := range j.views {
		if f := v.Freeze.WebRTC; f != nil && f.N > most {
			return expected{text, false, fmt.Sprintf("%s sees %s freeze %d times, first at %s s", j.record.Actors[v.To], j.record.Actors[v.From], f.N, seconds(f.Since[0]))}
		}
	}
	return expected{text, true, ""}
}

func (j *judged) checkFrames() expected {
	text := "every expected frame is shown"
	seen := false
	for _, v := range j.views {
		if v.FramesExpected == nil {
			continue
		}
		seen = true
		if v.Frames != *v.FramesExpected {
			return expected{text, false, fmt.Sprintf("%s is shown %d of %d frames of %s", j.record.Actors[v.To], v.Frames, *v.FramesExpected, j.record.Actors[v.From])}
		}
	}
	return expected{text, seen, "no view could tell"}
}

// catalogue is what fixtures say of an issue or promise.
type catalogue struct {
	title    fixtures.Text
	clauses  []string
	fidelity string
}

func lookUp(id string) catalogue {
	for _, i := range fixtures.Issues() {
		if i.ID == id {
			return catalogue{i.Title, i.Clauses, i.Fidelity.For("mechanism")}
		}
	}
	for _, p := range fixtures.Promises() {
		if p.ID == id {
			return catalogue{p.Title, p.Clauses, p.Fidelity.All}
		}
	}
	return catalogue{fidelity: "assumed"}
}

func (j *judged) name(a trace.ActorID) string { return j.record.Actors[a] }

// speed is virtual over real time.
func (j *judged) speed() float64 {
	if j.result.Wall <= 0 {
		return 0
	}
	return j.scenario.Length.Seconds() / j.result.Wall.Seconds()
}
