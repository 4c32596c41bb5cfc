package reports

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
)

// JUnit XML as Jenkins and GitLab read it. Names are ASCII and stay the same from
// release to release, so that a test's history is not lost when a title changes.
type (
	junitSuites struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Name     string       `xml:"name,attr"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Errors   int          `xml:"errors,attr"`
		Skipped  int          `xml:"skipped,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name       string          `xml:"name,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Skipped    int             `xml:"skipped,attr"`
		Time       string          `xml:"time,attr,omitempty"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Class   string        `xml:"classname,attr"`
		Name    string        `xml:"name,attr"`
		Failure *junitMessage `xml:"failure"`
		Skipped *junitMessage `xml:"skipped"`
		Out     string        `xml:"system-out,omitempty"`
	}
	junitMessage struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// textBytes bounds what one test case says; its command shows the rest.
const textBytes = 4000

// WriteJUnit writes a sign-off as JUnit XML: a test case a promise, and two a known
// issue, with its cause and with the cause removed.
func WriteJUnit(w io.Writer, s *campaign.Signoff, o Options) error {
	properties := []junitProperty{{"sdk", s.SDK}, {"build", o.Build}, {"seed", fmt.Sprint(s.Seed)}, {"digest", Digest(s)}}
	suite := func(name string) *junitSuite {
		return &junitSuite{Name: "minilab.signoff." + name, Properties: properties}
	}
	promises, issues, gates := suite("promises"), suite("issues"), suite("gates")
	for i := range s.Promises {
		p := &s.Promises[i]
		c := junitCase{Class: promises.Name, Name: stable(p.ID), Out: lines(p.Title.EN, p.Title.ZH)}
		expected := oracle.Held
		switch p.Standing() {
		case campaign.Documented:
			expected = oracle.Violated
			c.Out = lines(c.Out, "violated, as documented: "+p.Known.How.EN)
		case campaign.Repaired:
			c.Out = lines(c.Out, "no longer broken: it was documented that "+p.Known.How.EN)
		}
		promises.add(c, p.Verdict, expected, told(p.Runs...))
	}
	for i := range s.Issues {
		r := &s.Issues[i]
		out := lines(r.Title.EN, r.Title.ZH)
		issues.add(junitCase{Class: issues.Name, Name: stable(r.ID) + ".cause", Out: out}, r.Cause.Verdict, oracle.Reproduced, told(r.Cause))
		issues.add(junitCase{Class: issues.Name, Name: stable(r.ID) + ".control", Out: out}, r.Control.Verdict, oracle.Absent, told(r.Control))
	}
	for _, g := range s.Gates {
		verdict := "failed"
		if g.Passed {
			verdict = "passed"
		}
		gates.add(junitCase{Class: gates.Name, Name: stable(g.ID), Out: lines(g.Title.EN, g.Title.ZH, g.Detail)}, verdict, "passed", g.Title.EN+": "+g.Detail)
	}
	return writeSuites(w, "minilab.signoff", *gates, *promises, *issues)
}

// WriteRunsJUnit writes judged runs as JUnit XML: a suite a run, a test case a verdict
// and an expectation. An issue that shows in a run of its own accord fails nothing;
// a promise or invariant that is violated and an expectation that isn't met do.
func WriteRunsJUnit(w io.Writer, runs []*campaign.Judged, o Options) error {
	var suites []junitSuite
	seen := map[string]int{}
	for _, j := range runs {
		h := &j.Record.Head
		s := junitSuite{
			Name: "minilab.run." + stable(h.Scenario) + "." + stable(strings.TrimPrefix(h.Key, h.Scenario+"@")), Time: fmt.Sprintf("%.3f", j.Wall.Seconds()),
			Properties: []junitProperty{{"sdk", h.SDK}, {"build", o.Build}, {"seed", fmt.Sprint(h.Seed)}, {"key", h.Key}, {"digest", j.Record.Digest}},
		}
		if seen[s.Name]++; seen[s.Name] > 1 {
			s.Name += fmt.Sprintf(".%d", seen[s.Name]) // readers ignore a name's second use
		}
		for _, v := range j.Verdicts {
			expected := v.Verdict
			if v.Verdict == oracle.Violated {
				expected = oracle.Held
			}
			s.add(junitCase{Class: s.Name, Name: stable(v.ID), Out: v.Verdict}, v.Verdict, expected, lines("run "+h.Key, evidenceText(v.Findings)))
		}
		for _, v := range j.Invariants {
			s.add(junitCase{Class: s.Name, Name: "invariant." + stable(v.ID), Out: v.Verdict}, v.Verdict, oracle.Held, lines("run "+h.Key, evidenceText(v.Findings)))
		}
		for i, x := range j.Outcomes {
			verdict := "met"
			if !x.Met {
				verdict = "not met"
			}
			s.add(junitCase{Class: s.Name, Name: fmt.Sprintf("expect.%02d", i+1), Out: x.Text}, verdict, "met", lines("run "+h.Key, x.Text+": "+x.Why))
		}
		suites = append(suites, s)
	}
	return writeSuites(w, "minilab.run", suites...)
}

// add counts a test case in; it fails if the verdict is another than expected, and is
// skipped if the run couldn't tell.
func (s *junitSuite) add(c junitCase, verdict, expected, text string) {
	s.Tests++
	c.Out = cut(c.Out)
	switch verdict {
	case oracle.NotRun:
		s.Skipped++
		c.Skipped = &junitMessage{Message: oracle.NotRun, Text: cut(text)}
	case expected:
	default:
		s.Failures++
		c.Failure = &junitMessage{Message: cut(verdict + ", expected " + expected), Type: cut(verdict), Text: cut(text)}
	}
	s.Cases = append(s.Cases, c)
}

func writeSuites(w io.Writer, name string, suites ...junitSuite) error {
	all := junitSuites{Name: name, Suites: suites}
	for _, s := range suites {
		all.Tests += s.Tests
		all.Failures += s.Failures
		all.Skipped += s.Skipped
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// told is what runs showed, each with the command that shows it again.
func told(arms ...campaign.Arm) string {
	var out []string
	for _, arm := range arms {
		out = append(out, lines("again: "+arm.Command, "digest: "+arm.Digest, evidenceText(arm.Evidence)))
	}
	if len(out) == 0 {
		return "no run"
	}
	return strings.Join(out, "\n")
}

func evidenceText(found []oracle.Finding) string {
	if len(found) == 0 {
		return "evidence: none"
	}
	out := "evidence:"
	for i, f := range found {
		if i == evidenceShown {
			return out + fmt.Sprintf("\n  and %d more", len(found)-i)
		}
		out += fmt.Sprintf("\n  %s  %s", f.At.Round(time.Millisecond), f.Text)
	}
	return out
}

func lines(all ...string) string { return strings.Join(all, "\n") }

// cut keeps a text short, without splitting a letter.
func cut(s string) string {
	if len(s) <= textBytes {
		return s
	}
	return strings.ToValidUTF8(s[:textBytes], "") + " ..."
}

// stable makes a name of ASCII letters, digits and dashes.
func stable(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '-':
			return r
		}
		return '_'
	}, name[:min(len(name), 120)])
}
