package reports

import (
	"encoding/base64"
	"html/template"
	"slices"
	"time"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
)

// How much of a run stands on the page; its command shows the rest.
const (
	evidenceShown = 8
	stripBytes    = 3 << 20 // of stills on the whole page, as they stand in it
)

type issueView struct {
	campaign.IssueRow
	Mark  mark
	Notes []fixtures.Clause
	Where fixtures.Text
	Trust []rowLink // what is known how well
	Arms  []armView
}

func (p *pageView) addIssue(s *campaign.Signoff, r *campaign.IssueRow, film *film) {
	v := issueView{IssueRow: *r, Where: word("layer-", r.Layer)}
	for _, id := range r.Clauses {
		note := fixtures.Clause{ID: id}
		if at := slices.IndexFunc(s.Clauses, func(c fixtures.Clause) bool { return c.ID == id }); at >= 0 {
			note = s.Clauses[at]
		}
		v.Notes = append(v.Notes, note)
	}
	v.Trust = []rowLink{
		{Title: text("issue-words"), Mark: warn(word("", r.Fidelity.All))},
		{Title: text("mech-words"), Mark: warn(word("", r.Fidelity.For("mechanism")))},
	}
	v.Arms = []armView{
		newArm(r.ID, "cause", &r.Cause, film),
		newArm(r.ID, "control", &r.Control, film),
	}
	switch cause, control := r.Cause.Verdict, r.Control.Verdict; {
	case cause == oracle.Reproduced && control == oracle.Absent:
		v.Mark = good(text("as-notes"))
	case cause == oracle.Absent:
		v.Mark = bad(text("not-shown"))
	case control == oracle.Reproduced:
		v.Mark = bad(text("leaks"))
	default:
		v.Mark = warn(text("cannot-tell"))
		p.NotRunIssues = append(p.NotRunIssues, r.ID)
	}
	if v.Mark.Class != "good" {
		p.FailedRows = append(p.FailedRows, rowLink{r.ID, r.Title, v.Mark, true})
	}
	p.Issues = append(p.Issues, v)
}

type promiseView struct {
	campaign.PromiseRow
	Mark     mark
	Due      bool // this version makes it
	Arms     []armView
	Untested fixtures.Text // why there is no arm
}

func (p *pageView) addPromise(s *campaign.Signoff, r *campaign.PromiseRow, film *film) {
	v := promiseView{PromiseRow: *r, Due: slices.Contains(r.Versions, s.SDK), Untested: text("no-scenario")}
	for i := range r.Runs {
		arm := newArm(r.ID, "tested-in", &r.Runs[i], film)
		arm.Differs = r.Runs[i].Verdict != r.Verdict
		v.Arms = append(v.Arms, arm)
	}
	fails := v.Due
	switch standing := r.Standing(); {
	case !v.Due:
		v.Untested = text("other-version", s.SDK)
		v.Mark = warn(word("", r.Verdict))
	case standing == oracle.Held:
		v.Mark, fails = good(word("", standing)), false
	case standing == campaign.Documented:
		v.Mark, fails = warn(text("as-documented")), false
	case standing == campaign.Repaired:
		v.Mark, fails = warn(text("repaired")), false
	case standing == oracle.Violated:
		v.Mark = bad(word("", standing))
	default:
		v.Mark = warn(word("", standing))
	}
	if fails {
		p.FailedRows = append(p.FailedRows, rowLink{r.ID, r.Title, v.Mark, true})
	}
	if r.Verdict == oracle.NotRun {
		p.NotRunPromises = append(p.NotRunPromises, r.ID)
	}
	p.Promises = append(p.Promises, v)
}

type armView struct {
	campaign.Arm
	Label    string // for those who can't see where it stands
	Title    fixtures.Text
	Mark     mark
	Differs  bool // from the verdict of its row
	Evidence []oracle.Finding
	More     int
	Without  fixtures.Text // said where there is no evidence
	Stills   []stillView
	Viewer   string
	Of       string
	Note     fixtures.Text // why there are no stills, or not all
}

// Publisher is whose pictures the stills show.
func (a armView) Publisher() string { return a.Of }

func newArm(id, title string, arm *campaign.Arm, film *film) armView {
	v := armView{Arm: *arm, Label: id + " " + title, Title: text(title), Evidence: arm.Evidence}
	if len(v.Evidence) > evidenceShown {
		v.More = len(v.Evidence) - evidenceShown
		v.Evidence = v.Evidence[:evidenceShown]
	}
	said, expected := word("", arm.Verdict), arm.Expected
	switch {
	case arm.Verdict == oracle.Violated && expected == oracle.Violated:
		v.Mark = warn(text("as-documented"))
	case arm.Verdict == expected:
		v.Mark = good(said)
	case arm.Verdict == oracle.NotRun, arm.Verdict == "undecided":
		v.Mark = warn(said)
	default:
		want := text("unexpected", word("", expected))
		v.Mark = bad(fixtures.Text{EN: said.EN + ", " + want.EN, ZH: said.ZH + "，" + want.ZH})
	}
	switch {
	case arm.Verdict == oracle.NotRun:
		v.Without = text("evidence-nil")
	case expected == oracle.Held, expected == oracle.Violated:
		v.Without = text("violated-no", seconds(arm.Length))
	default:
		v.Without = text("evidence-no", seconds(arm.Length))
	}
	if expected == oracle.Reproduced || expected == oracle.Absent || arm.Verdict == oracle.Violated {
		film.develop(&v, arm.Strip)
	}
	return v
}

type stillView struct {
	Source       template.URL
	Alt, AltLang string
	At, Captured time.Duration
	Delay        time.Duration
	UID, Frame   uint32
	Trusted      bool
	Mark         mark
	Also         []mark
}

// film turns stills into pictures of the page until it is full.
type film struct {
	lang string
	left int
}

func (f *film) develop(v *armView, strip []campaign.Still) {
	if len(strip) == 0 {
		v.Note = text("strip-none")
		return
	}
	v.Viewer, v.Of = strip[0].Viewer, strip[0].Publisher
	for i := range strip {
		still := &strip[i]
		if still.Picture == nil {
			continue
		}
		source := "data:image/png;base64," + base64.StdEncoding.EncodeToString(EncodeStill(still.Picture))
		if f.left -= len(source); f.left < 0 {
			v.Note = text("strip-cut")
			return
		}
		v.Stills = append(v.Stills, f.still(still, template.URL(source)))
	}
	if len(v.Stills) == 0 {
		v.Note = text("strip-none")
	}
}

// still says what was read from the pixels, and trusts it if the checksum is right.
func (f *film) still(s *campaign.Still, source template.URL) stillView {
	r := s.Reading
	v := stillView{Source: source, At: s.At, Captured: r.Stamp.Captured, Delay: s.At - r.Stamp.Captured, UID: r.Stamp.UID, Frame: r.Stamp.Frame, Trusted: r.OK}
	alt := text("still-alt", s.Viewer, s.Publisher, seconds(s.At))
	switch {
	case r.OK:
		v.Mark = good(text("checksum-ok"))
	case r.Black:
		v.Mark = bad(text("black"))
	default:
		v.Mark = bad(text("checksum-bad"))
	}
	if r.OK && r.Black {
		v.Also = append(v.Also, bad(text("black")))
	}
	if r.Readable && r.Rotation != 0 {
		v.Also = append(v.Also, warn(text("rotated", r.Rotation)))
	}
	v.Alt, v.AltLang = alt.ZH+"，"+v.Mark.Text.ZH, "zh-CN"
	if f.lang == "en" {
		v.Alt, v.AltLang = alt.EN+", "+v.Mark.Text.EN, "en"
	}
	return v
}
