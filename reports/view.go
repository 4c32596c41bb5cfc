package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"slices"
	"time"

	"minilab/fixtures"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
)

// pageView is what the page shows, ready for the template: no decision is left to it.
type pageView struct {
	SDK, Build, Made, Lang, HTMLLang string
	Seed                             uint64
	Style                            template.CSS
	Passed                           bool
	Why                              fixtures.Text
	FailedGates                      []campaign.Gate
	FailedRows                       []rowLink
	Gates                            []gateView
	Issues                           []issueView
	Promises                         []promiseView
	Clauses                          []clauseView
	Covered, Partly, Uncovered       int
	Gaps                             []clauseView
	NotRunPromises, NotRunIssues     []string
	Runs                             []runView
	Virtual                          time.Duration
	Digest                           string
}

// mark is a verdict as a sign, a word and a colour: the colour never stands alone.
type mark struct {
	Class string // good, bad or warn
	Sign  string
	Text  fixtures.Text
}

func good(t fixtures.Text) mark { return mark{"good", "✓", t} }
func bad(t fixtures.Text) mark  { return mark{"bad", "✗", t} }
func warn(t fixtures.Text) mark { return mark{"warn", "~", t} }

type gateView struct {
	campaign.Gate
	Mark mark
	Also []rowLink // rows of documented breaks
}

// rowLink points at a row of the page, or names one that it lacks.
type rowLink struct {
	ID    string
	Title fixtures.Text
	Mark  mark
	Here  bool
}

type runView struct {
	Row, Key, Verdict, Digest string
	Length                    time.Duration
}

// text is an entry of the catalogue; that the keys exist is held by a test.
func text(key string, args ...any) fixtures.Text {
	t, err := say(key, args...)
	if err != nil {
		panic(err)
	}
	return t
}

func newPage(s *campaign.Signoff, o Options) *pageView {
	p := &pageView{SDK: s.SDK, Build: o.Build, Lang: o.Lang, HTMLLang: "zh-CN", Seed: s.Seed, Style: template.CSS(pageCSS), Passed: s.Passed(), Digest: Digest(s)}
	if o.Lang == "en" {
		p.HTMLLang = "en"
	}
	if !o.Made.IsZero() {
		p.Made = o.Made.Format("2006-01-02 15:04 -07:00")
	}
	for _, row := range rows(s) {
		p.Runs = append(p.Runs, runView{row.id, row.Key, row.Verdict, row.Digest, row.Length})
		p.Virtual += row.Length
	}
	film := &film{lang: o.Lang, left: stripBytes}
	for i := range s.Promises {
		p.addPromise(s, &s.Promises[i], film)
	}
	for i := range s.Issues {
		p.addIssue(s, &s.Issues[i], film)
	}
	for i := range s.Clauses {
		p.addClause(&s.Clauses[i])
	}
	p.judge(s)
	return p
}

// judge says may-ship or not, and why.
func (p *pageView) judge(s *campaign.Signoff) {
	for _, g := range s.Gates {
		v := gateView{Gate: g, Mark: good(text("passed"))}
		if !g.Passed {
			v.Mark = bad(text("failed"))
			p.FailedGates = append(p.FailedGates, g)
		}
		for _, id := range g.Known {
			v.Also = append(v.Also, p.link(id))
		}
		p.Gates = append(p.Gates, v)
	}
	switch {
	case len(s.Gates) == 0:
		p.Why = text("why-no-gates")
	case !p.Passed:
		p.Why = text("why-failed", len(p.FailedGates), len(s.Gates))
	default:
		held, broken, due, known := 0, 0, 0, 0
		for i := range p.Promises {
			if p.Promises[i].Due {
				due++
			}
			switch p.Promises[i].Standing() {
			case oracle.Held, campaign.Repaired:
				held++
			case campaign.Documented:
				broken++
			}
		}
		for i := range p.Issues {
			if p.Issues[i].Mark.Class == "good" {
				known++
			}
		}
		p.Why = text("why-passed", len(s.Gates), held, due, broken, known, len(p.Issues))
	}
}

// row is a run of the sign-off, and the row it is for: C14, K5.cause, K5.control.
type row struct {
	id string
	campaign.Arm
}

// rows are all runs of a sign-off in its order. A promise put to more than one test
// has its scenarios' places in the names.
func rows(s *campaign.Signoff) []row {
	var out []row
	for _, p := range s.Promises {
		for i, arm := range p.Runs {
			id := p.ID
			if len(p.Runs) > 1 {
				id = fmt.Sprintf("%s.%d", p.ID, i+1)
			}
			out = append(out, row{id, arm})
		}
	}
	for _, i := range s.Issues {
		out = append(out, row{i.ID + ".cause", i.Cause}, row{i.ID + ".control", i.Control})
	}
	return out
}

// Digest is one for the whole sign-off: of its rows, runs, verdicts and their digests.
func Digest(s *campaign.Signoff) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "minilab.signoff/1 %s %d\n", s.SDK, s.Seed)
	for _, r := range rows(s) {
		fmt.Fprintf(sum, "%q %q %q %q\n", r.id, r.Key, r.Verdict, r.Digest)
	}
	for _, g := range s.Gates {
		fmt.Fprintf(sum, "%q %v\n", g.ID, g.Passed)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

type clauseView struct {
	fixtures.Clause
	Mark        mark
	KindWord    fixtures.Text
	SectionWord fixtures.Text
	Rows        []rowLink // the promises and issues that cover it
	Why         fixtures.Text
}

func (p *pageView) addClause(c *fixtures.Clause) {
	v := clauseView{Clause: *c, KindWord: word("kind-", c.Kind), SectionWord: word("section-", c.Section), Why: fixtures.Text{EN: c.Reason, ZH: c.ReasonZH}}
	if v.Why.ZH == "" {
		v.Why.ZH = v.Why.EN
	}
	for _, id := range slices.Concat(c.Promises, c.Issues) {
		v.Rows = append(v.Rows, p.link(id))
	}
	judged := len(v.Rows) > 0
	absent := slices.ContainsFunc(v.Rows, func(r rowLink) bool { return !r.Here })
	switch {
	case judged && !absent && c.Reason == "":
		v.Mark = good(text("full"))
		p.Covered++
	case judged || len(c.Scenes) > 0:
		v.Mark = warn(text("partly"))
		p.Partly++
		switch {
		case c.Reason != "":
		case judged:
			v.Why = text("not-all-here")
		default:
			v.Why = text("scene-only")
		}
	default:
		v.Mark = mark{"warn", "–", text("uncovered")}
		p.Uncovered++
		if c.Reason == "" {
			v.Mark, v.Why = bad(text("uncovered")), text("no-reason")
		}
	}
	p.Clauses = append(p.Clauses, v)
	if v.Mark.Class != "good" {
		p.Gaps = append(p.Gaps, v)
	}
}

// link finds the row of a promise or issue on the page.
func (p *pageView) link(id string) rowLink {
	for i := range p.Promises {
		if p.Promises[i].ID == id {
			return rowLink{id, p.Promises[i].Title, p.Promises[i].Mark, true}
		}
	}
	for i := range p.Issues {
		if p.Issues[i].ID == id {
			return rowLink{id, p.Issues[i].Title, p.Issues[i].Mark, true}
		}
	}
	return rowLink{ID: id, Mark: warn(text("not-here"))}
}
