package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"minilab/fixtures"
	"minilab/suites/lab"
)

// suite is a program of specs: of the promises', or of a phone's state codes.
type suite struct {
	binary string // absolute
	test   string // the one test in it that runs the specs
	dir    string // where its specs expect to be
}

// The suites that mutants are tried with.
const (
	semantics = "semantics" // specs of promises
	phone     = "phone"     // of rows of state codes
)

// build makes the program of a suite once, so that a mutant costs no compilation.
func build(ctx context.Context, root, name string) (*suite, error) {
	tmp, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return nil, err
	}
	s := &suite{test: "^Test" + strings.ToUpper(name[:1]) + name[1:] + "$", binary: filepath.Join(tmp, name+".test"), dir: filepath.Join(root, "suites", name)}
	compile := exec.CommandContext(ctx, "go", "test", "-c", "-o", s.binary, "./suites/"+name)
	compile.Dir, compile.Stderr = root, os.Stderr
	if err := compile.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("build the suite: %w", err), os.RemoveAll(tmp))
	}
	return s, nil
}

func (s *suite) remove() { os.RemoveAll(filepath.Dir(s.binary)) }

// patience is how long the specs of one mutant may take.
const patience = 5 * time.Minute

// outcome is what became of one spec.
type outcome struct {
	promise, title string // or sequence
	failed         bool
	broken         bool // it was no judge that failed it, but the simulator
	why            string
}

// run runs the specs of a filter, with a mutant planted unless its name is empty.
func (s *suite) run(ctx context.Context, mutant, filter string) ([]outcome, error) {
	file, err := os.CreateTemp(filepath.Dir(s.binary), "report")
	if err != nil {
		return nil, err
	}
	file.Close()
	defer os.Remove(file.Name())
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c := exec.CommandContext(ctx, s.binary, "--test.run="+s.test, "--ginkgo.label-filter="+filter, "--ginkgo.json-report="+file.Name(), "--ginkgo.no-color", "--ginkgo.silence-skips")
	c.Dir = s.dir
	// Nothing is kept of these runs, and they say nothing about the versions.
	c.Env = append(os.Environ(), lab.MutantVariable+"="+mutant, lab.VerdictsVariable+"=off")
	said, ended := c.CombinedOutput()
	var exit *exec.ExitError
	if ended != nil && (!errors.As(ended, &exit) || ctx.Err() != nil) {
		return nil, fmt.Errorf("%s: %w", mutant, errors.Join(ended, ctx.Err()))
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		return nil, err
	}
	var reports []types.Report
	if err := json.Unmarshal(text, &reports); err != nil {
		return nil, fmt.Errorf("%s: the suite ended without a report: %w\n%s", mutant, err, tail(said))
	}
	var out []outcome
	for _, r := range reports {
		for _, spec := range r.SpecReports {
			if spec.LeafNodeType == types.NodeTypeIt && !spec.State.Is(types.SpecStateSkipped|types.SpecStatePending) {
				out = append(out, told(spec))
			}
		}
	}
	return out, nil
}

// told is a spec's report in short.
func told(spec types.SpecReport) outcome {
	o := outcome{title: spec.LeafNodeText, failed: spec.State.Is(types.SpecStateFailureStates), why: spec.Failure.Message}
	for _, l := range spec.Labels() {
		for _, of := range []string{"promise:", "sequence:"} {
			if id, ok := strings.CutPrefix(l, of); ok {
				o.promise = strings.TrimSpace(id)
			}
		}
	}
	o.broken = o.failed && (spec.State != types.SpecStateFailed || strings.Contains(o.why, lab.SimulatorFailed))
	return o
}

func tail(said []byte) []byte { return said[max(0, len(said)-2000):] }

// filter chooses the specs of a promise that a mutant is tried with: one version, on
// the good network where the promise is tried on that.
func filter(p fixtures.Promise, sdk string) string {
	networks := []string{"good", "own"}
	if len(p.Networks) > 0 && !slices.Contains(p.Networks, "good") {
		networks = append(networks, p.Networks...)
	}
	return fmt.Sprintf("(promise: containsAny {%s} && sdk: containsAny {%s} && network: containsAny {%s})", p.ID, sdk, strings.Join(networks, ", "))
}

// rows chooses the specs of rows of state codes.
func rows(sequences []string) string {
	return fmt.Sprintf("sequence: containsAny {%s}", strings.Join(sequences, ", "))
}

// version is the one that a mutant is planted in to break a promise: its own, else the
// newest of the release notes' time that keeps the promise, else the newest that does,
// else the newest: what all break as documented, a mutant repairs.
func version(m fixtures.Mutant, p fixtures.Promise) string {
	if m.SDK != "" {
		return m.SDK
	}
	kept := ""
	for _, v := range p.Versions {
		if p.Break(v) == nil {
			kept = v
			if v == lab.SDK {
				return v
			}
		}
	}
	if kept == "" {
		return p.Versions[len(p.Versions)-1]
	}
	return kept
}
