package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"minilab/fixtures"
	"minilab/reports"
	"minilab/simulator/campaign"
)

// exitGate: a release that may not go.
const exitGate = 9

type signoffCmd struct {
	SDK  string `name:"sdk" required:"" help:"The SDK version to sign off." placeholder:"V"`
	Out  string `help:"Leave signoff.html and junit.xml in this directory (${default})." default:"out" placeholder:"DIR"`
	Lang string `help:"What the page shows when it is opened: zh, en or both (${default}); it always holds both." default:"zh" placeholder:"L"`
	Seed uint64 `help:"What everything that is drawn follows from (${default})." default:"1" placeholder:"N"`
}

// The files of a sign-off.
const (
	pageFile  = "signoff.html"
	junitFile = "junit.xml"
)

func (c *signoffCmd) Run(e *env) error {
	if err := c.check(); err != nil {
		return err
	}
	out, err := newDrop(c.Out)
	if err != nil {
		return err
	}
	defer out.abandon()
	s, err := c.make(e)
	if err != nil {
		return err
	}
	return c.finish(e, s, out)
}

// finish leaves the reports and says the verdict.
func (c *signoffCmd) finish(e *env, s *campaign.Signoff, out *drop) error {
	o := reports.Options{Build: build(), Lang: c.Lang, Made: time.Now()}
	err := errors.Join(
		out.file(pageFile, func(w io.Writer) error { return reports.WritePage(w, s, o) }),
		out.file(junitFile, func(w io.Writer) error { return reports.WriteJUnit(w, s, o) }))
	if err == nil {
		err = out.publish()
	}
	if err != nil {
		return err
	}
	c.show(e, s)
	if !s.Passed() {
		return &exitError{code: exitGate}
	}
	return nil
}

func (c *signoffCmd) check() error {
	var versions []string
	for _, s := range fixtures.SDKs() {
		versions = append(versions, s.Name)
	}
	if !slices.Contains(versions, c.SDK) {
		return usageWord("SDK version", c.SDK, versions)
	}
	if !slices.Contains(reports.Languages, c.Lang) {
		return usageWord("language", c.Lang, reports.Languages)
	}
	return nil
}

// make makes all the runs and says how far it has come: on a terminal in one line that
// changes, elsewhere in a line a run.
func (c *signoffCmd) make(e *env) (*campaign.Signoff, error) {
	var now atomic.Pointer[string]
	start := time.Now()
	stop := e.status.follow(func() string {
		if at := now.Load(); at != nil {
			return fmt.Sprintf("%s  %.0f s", *at, time.Since(start).Seconds())
		}
		return "sign-off of " + c.SDK
	})
	defer stop()
	return campaign.RunSignoff(e.ctx, campaign.Options{SDK: c.SDK, Seed: c.Seed, Progress: func(done, total int, key string) {
		at := fmt.Sprintf("%d of %d  %s", done+1, total, key)
		now.Store(&at)
		if !e.status.on {
			fmt.Fprintln(e.stderr, at)
		}
	}})
}

// show says what the page says first.
func (c *signoffCmd) show(e *env, s *campaign.Signoff) {
	verdict := e.style.good("✓ may ship")
	if !s.Passed() {
		verdict = e.style.bad("✗ not ready")
	}
	fmt.Fprintf(e.stdout, "%s  SDK %s, seed %d\n\n", verdict, s.SDK, s.Seed)
	for _, g := range s.Gates {
		sign := e.style.good("✓ passed")
		if !g.Passed {
			sign = e.style.bad("✗ failed")
		}
		fmt.Fprintf(e.stdout, "  %s  %s  %s\n", sign, g.Title.EN, e.style.dim(g.Detail))
		for _, id := range g.Known {
			fmt.Fprintf(e.stdout, "            %s\n", knownRow(s, id))
		}
	}
	fmt.Fprintf(e.stdout, "\ndigest %s\npage   %s\njunit  %s\n", reports.Digest(s), filepath.Join(c.Out, pageFile), filepath.Join(c.Out, junitFile))
}

// knownRow says how a promise that is documented to be broken stands.
func knownRow(s *campaign.Signoff, id string) string {
	for i := range s.Promises {
		p := &s.Promises[i]
		switch {
		case p.ID != id:
		case p.Standing() == campaign.Repaired:
			return fmt.Sprintf("~ %s %s: no longer broken, though documented to be", id, p.Title.EN)
		default:
			return fmt.Sprintf("~ %s %s: broken as documented: %s", id, p.Title.EN, p.Known.How.EN)
		}
	}
	return id
}
