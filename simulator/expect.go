package simulator

import (
	"fmt"
	"time"

	"minilab/fixtures/yamlfile"
)

// rawExpectation is one line of expect; which of its fields are set says which kind
// it is.
type rawExpectation struct {
	node yamlfile.Node
	rawExpectationFields
}

type rawExpectationFields struct {
	Symptom    yamlfile.Value[string]          `yaml:"symptom"`
	Absent     yamlfile.Value[string]          `yaml:"absent"`
	Promise    yamlfile.Value[string]          `yaml:"promise"`
	FirstFrame *rawFirstFrame                  `yaml:"first_frame"`
	Freezes    yamlfile.Value[int]             `yaml:"freezes"`
	Frames     yamlfile.Value[string]          `yaml:"frames"`
	On         yamlfile.Value[string]          `yaml:"on"`
	Within     yamlfile.Value[[]time.Duration] `yaml:"within"`
	After      yamlfile.Value[time.Duration]   `yaml:"after"`
	Before     yamlfile.Value[time.Duration]   `yaml:"before"`
}

type rawFirstFrame struct {
	From   yamlfile.Value[string]        `yaml:"from,required"`
	To     yamlfile.Value[string]        `yaml:"to,required"`
	Before yamlfile.Value[time.Duration] `yaml:"before,required"`
}

// UnmarshalNode implements yamlfile.Unmarshaler.
func (r *rawExpectation) UnmarshalNode(n yamlfile.Node) {
	r.node = n
	n.Decode(&r.rawExpectationFields)
}

func (p *parser) expectation(r *rawExpectation) {
	if !r.node.IsMap() {
		return
	}
	e := Expectation{Line: r.node.Line(), On: r.On.V, Until: p.Length}
	kinds := 0
	for _, known := range []bool{r.Symptom.At.Known(), r.Absent.At.Known(), r.Promise.At.Known(), r.FirstFrame != nil, r.Freezes.At.Known(), r.Frames.At.Known()} {
		if known {
			kinds++
		}
	}
	if kinds != 1 {
		r.node.Fail(fmt.Sprintf("this expects %d things, but should expect one", kinds), "one of symptom, absent, promise, first_frame, freezes and frames")
		return
	}
	oneOf(r.Symptom, "issue", issueIDs())
	oneOf(r.Absent, "issue", issueIDs())
	oneOf(r.Promise, "promise", promiseIDs())
	oneOf(r.On, "member", p.Cast())
	oneOf(r.Frames, "expectation of frames", []string{"complete"})
	e.Symptom, e.Absent, e.Promise, e.Frames = r.Symptom.V, r.Absent.V, r.Promise.V, r.Frames.At.Known()
	if r.Freezes.At.Known() {
		e.Freezes = &r.Freezes.V
	}
	if f := r.FirstFrame; f != nil {
		oneOf(f.From, "member", p.Cast())
		oneOf(f.To, "member", p.Cast())
		e.FirstFrame, e.Publisher, e.Viewer, e.Until = true, f.From.V, f.To.V, f.Before.V
		p.inTime(f.Before)
	}
	p.window(r, &e)
	p.Expect = append(p.Expect, e)
}

// window reads when something is expected.
func (p *parser) window(r *rawExpectation, e *Expectation) {
	if r.Within.At.Known() {
		switch w := r.Within.V; {
		case len(w) != 2:
			r.Within.At.Fail(fmt.Sprintf("within has %d times", len(w)), "write the first and the last, as in [30s, 45s]")
		case w[0] > w[1]:
			r.Within.At.Fail(fmt.Sprintf("within begins at %v, after its end at %v", w[0], w[1]), "write the earlier time first")
		default:
			e.From, e.Until = w[0], w[1]
			p.inTime(yamlfile.Value[time.Duration]{V: w[1], At: r.Within.At})
		}
	}
	if r.After.At.Known() {
		e.From = r.After.V
		p.inTime(r.After)
	}
	if r.Before.At.Known() {
		e.Until = r.Before.V
		p.inTime(r.Before)
	}
}

func (p *parser) inTime(v yamlfile.Value[time.Duration]) {
	if v.At.Known() && p.Length > 0 && v.V > p.Length {
		v.At.Fail(fmt.Sprintf("%v is after the end of the scenario at %v", v.V, p.Length), "write an earlier time, or a greater length at the top")
	}
}
