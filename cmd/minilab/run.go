package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/oracle"
)

type runCmd struct {
	Scenario string            `arg:"" help:"A scenario's name, or the path of a scenario file."`
	Seed     *uint64           `help:"What everything that is drawn follows from (1)." placeholder:"N"`
	Seeds    string            `help:"Run many seeds, the last included." placeholder:"A..B"`
	Network  string            `help:"Put everybody on this network." placeholder:"N"`
	Device   map[string]string `help:"Give a member another phone." placeholder:"ID=N" mapsep:"none"`
	SDK      string            `name:"sdk" help:"Another SDK version." placeholder:"V"`
	Set      map[string]string `help:"Change a setting: ${settings} (a star for a member, with at for a step)." placeholder:"K=V" mapsep:"none"`
	Out      string            `help:"Leave the record and one FLV a view in this directory." placeholder:"DIR"`
	PCAPNG   string            `name:"pcapng" help:"Leave all packets of the members' access links in this file, each with its fate." placeholder:"FILE"`
	WAV      string            `name:"wav" help:"Leave what each user heard in this directory; needs a scenario with audio: samples. Each voice has a frequency of its own, tone_hz of a member in --json." placeholder:"DIR"`
	JSON     bool              `name:"json" help:"Print only JSON of schema minilab.run/1 (with --seeds minilab.runs/1)."`
}

// defaultSeed is used where none is given: a run must never depend on chance.
const defaultSeed = 1

// maxSeeds bounds one command; more is a campaign.
const maxSeeds = 10000

func (c *runCmd) Run(e *env) error {
	s, err := c.scenario()
	if err != nil {
		return err
	}
	if c.Seeds != "" {
		return c.many(e, s)
	}
	seed := uint64(defaultSeed)
	if c.Seed != nil {
		seed = *c.Seed
	}
	return c.one(e, s, seed)
}

// scenario is the one asked for, with what the flags change.
func (c *runCmd) scenario() (*simulator.Scenario, error) {
	s, err := simulator.Find(c.Scenario)
	if err != nil {
		return nil, err
	}
	set := func(key, value string) {
		if err == nil {
			err = s.Override(key, value)
		}
	}
	if c.SDK != "" {
		set("sdk", c.SDK)
	}
	if c.Network != "" {
		set("network", c.Network)
	}
	for _, id := range slices.Sorted(maps.Keys(c.Device)) {
		set("device."+id, c.Device[id])
	}
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		set(key, c.Set[key])
	}
	return s, err
}

// one runs one seed and tells all about it.
func (c *runCmd) one(e *env, s *simulator.Scenario, seed uint64) error {
	out, err := newOutput(c.Out)
	if err != nil {
		return err
	}
	defer out.abandon()
	packets, err := newCapture(c.PCAPNG, c.captured(s, seed))
	if err != nil {
		return err
	}
	defer packets.abandon()
	heard, err := newSounds(c.WAV, s)
	if err != nil {
		return err
	}
	defer heard.abandon()
	var progress atomic.Int64
	start := time.Now()
	stop := e.status.follow(func() string { return progressText(s.Key(seed), &progress, s.Length, start) })
	r, err := campaign.Run(e.ctx, simulator.Options{Scenario: s, Seed: seed, Hooks: heard.hook(out.hooks()), Tap: packets.tap(), Progress: &progress})
	stop()
	if err != nil {
		return err
	}
	j := &judged{r}
	if err := errors.Join(out.write(r.Record), packets.close(), heard.write(r.Record)); err != nil {
		return err
	}
	if c.JSON {
		err = writeJSON(e.stdout, j.report())
		for _, line := range j.failures() { // the JSON has no place for expectations
			fmt.Fprintf(e.stderr, "minilab: %s: %s\n", s.Key(seed), line)
		}
	} else {
		j.show(e)
		out.show(e)
		packets.show(e)
		heard.show(e, r.Record)
	}
	if err == nil && j.Failed() {
		err = &exitError{code: exitFailed}
	}
	return err
}

// captured says what a capture of a run holds.
func (c *runCmd) captured(s *simulator.Scenario, seed uint64) string {
	return fmt.Sprintf("minilab run %s: %s\nthe same key and build give the same packets again, but for the random bytes in handshakes\n"+
		"Port 443 is modelled TLS: its lengths and round trips, without cryptography.", s.Key(seed), s.Title.EN)
}

// seeds reads A..B.
func (c *runCmd) seeds() (from, to uint64, err error) {
	a, b, ok := strings.Cut(c.Seeds, "..")
	from, err1 := strconv.ParseUint(a, 10, 64)
	to, err2 := strconv.ParseUint(b, 10, 64)
	switch {
	case !ok || err1 != nil || err2 != nil:
		err = &simulator.UsageError{Problem: fmt.Sprintf("seeds %q are no range", c.Seeds), Remedy: "write them as 1..20"}
	case from > to:
		err = &simulator.UsageError{Problem: fmt.Sprintf("seeds %s run backwards", c.Seeds), Remedy: fmt.Sprintf("write them as %d..%d", to, from)}
	case to-from >= maxSeeds:
		err = &simulator.UsageError{Problem: fmt.Sprintf("seeds %s are more than %d", c.Seeds, maxSeeds)}
	case c.Out != "":
		err = &simulator.UsageError{Problem: "--out takes one run", Remedy: "give --seed instead of --seeds"}
	case c.PCAPNG != "":
		err = &simulator.UsageError{Problem: "--pcapng takes one run", Remedy: "give --seed instead of --seeds"}
	case c.WAV != "":
		err = &simulator.UsageError{Problem: "--wav takes one run", Remedy: "give --seed instead of --seeds"}
	case c.Seed != nil:
		err = &simulator.UsageError{Problem: "--seed and --seeds together", Remedy: "give one of them"}
	}
	return from, to, err
}

// runsReport is schema minilab.runs/1.
type runsReport struct {
	Schema   string        `json:"schema"`
	Runs     []runReport   `json:"runs"`
	Verdicts []countReport `json:"verdicts"`
	Digest   string        `json:"digest"`
}

type countReport struct {
	ID string `json:"id"`
	K  int    `json:"k"` // runs in which the issue was reproduced, or the promise held
	N  int    `json:"n"` // runs that could tell
}

// many runs a range of seeds and counts.
func (c *runCmd) many(e *env, s *simulator.Scenario) error {
	from, to, err := c.seeds()
	if err != nil {
		return err
	}
	all, err := c.sweep(e, s, from, int(to-from)+1)
	if err != nil {
		return err
	}
	rep := runsReport{Schema: "minilab.runs/1", Verdicts: []countReport{}}
	digests := sha256.New()
	failed := false
	counts := map[string]*countReport{}
	for _, j := range all {
		rep.Runs = append(rep.Runs, j.json)
		failed = failed || len(j.failures) > 0
		digests.Write([]byte(j.json.Digest))
		for _, v := range j.json.Verdicts {
			if counts[v.ID] == nil {
				rep.Verdicts = append(rep.Verdicts, countReport{ID: v.ID})
				counts[v.ID] = &countReport{ID: v.ID}
			}
			counts[v.ID].add(v.Verdict)
		}
	}
	for i := range rep.Verdicts {
		rep.Verdicts[i] = *counts[rep.Verdicts[i].ID]
	}
	rep.Digest = hex.EncodeToString(digests.Sum(nil))
	if c.JSON {
		err = writeJSON(e.stdout, rep)
	} else {
		e.showMany(s, &rep)
	}
	showFailures(e.stderr, all)
	if err == nil && failed {
		err = &exitError{code: exitFailed}
	}
	return err
}

// maxFailures is how many failed runs of many are told.
const maxFailures = 10

// showFailures tells of each failed run why it failed.
func showFailures(w io.Writer, all []sweptRun) {
	failed := 0
	for _, r := range all {
		if len(r.failures) == 0 {
			continue
		}
		if failed++; failed > maxFailures {
			continue
		}
		for _, line := range r.failures {
			fmt.Fprintf(w, "minilab: %s: %s\n", r.json.Key, line)
		}
	}
	if failed > maxFailures {
		fmt.Fprintf(w, "minilab: and %d runs more failed\n", failed-maxFailures)
	}
}

func (c *countReport) add(verdict string) {
	switch verdict {
	case oracle.Reproduced, oracle.Held:
		c.K++
		c.N++
	case oracle.Absent, oracle.Violated:
		c.N++
	}
}

// sweptRun is what is kept of one run of many.
type sweptRun struct {
	json     runReport
	failures []string
}

// sweep runs n seeds, as many at a time as there are processors. What it returns
// doesn't depend on how many that is.
func (c *runCmd) sweep(e *env, s *simulator.Scenario, from uint64, n int) ([]sweptRun, error) {
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	var next, done atomic.Int64
	start := time.Now()
	stop := e.status.follow(func() string {
		return fmt.Sprintf("%s  %d of %d runs  %s", s.Name, done.Load(), n, times(time.Duration(done.Load())*s.Length, time.Since(start)))
	})
	defer stop()
	out, errs := make([]sweptRun, n), make([]error, n)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n || ctx.Err() != nil {
					return
				}
				r, err := campaign.Run(ctx, simulator.Options{Scenario: s, Seed: from + uint64(i)})
				if err != nil {
					errs[i] = err
					cancel()
					return
				}
				j := &judged{r}
				out[i] = sweptRun{json: j.report(), failures: j.failures()}
				done.Add(1)
			}
		})
	}
	workers.Wait()
	for _, err := range errs {
		if err != nil && ctx.Err() != nil && e.ctx.Err() == nil && err == context.Canceled {
			continue // it was stopped because of another one's failure
		}
		if err != nil {
			return nil, err
		}
	}
	return out, e.ctx.Err()
}
