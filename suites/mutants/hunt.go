package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"minilab/fixtures"
)

// hunt plants mutants and looks who notices.
type hunt struct {
	suite    *suite // of the promises
	phone    *suite // of the state codes; nil where no mutant is to break any
	mutants  []fixtures.Mutant
	workers  int
	progress io.Writer

	mu     sync.Mutex
	done   int
	rows   []row
	before map[string]string // specs that fail without any mutant, and why
}

// row is one mutant against one promise, or row of state codes, that it must break.
type row struct {
	promise, mutant string
	killedBy        string // title of a spec that failed; empty: it lives
	why             string // what the spec said, or why nothing killed it
}

// run plants all mutants. What fails without any kills none.
func (h *hunt) run(ctx context.Context) error {
	if err := h.baseline(ctx); err != nil {
		return err
	}
	todo := make(chan fixtures.Mutant)
	errs := make(chan error, h.workers)
	var all sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for range h.workers {
		all.Go(func() {
			for m := range todo {
				if err := h.plant(ctx, m); err != nil {
					errs <- err
					cancel()
					return
				}
			}
		})
	}
	for _, m := range h.mutants {
		select {
		case todo <- m:
		case <-ctx.Done():
		}
	}
	close(todo)
	all.Wait()
	select {
	case err := <-errs:
		return err
	default:
		return ctx.Err()
	}
}

// baseline runs all specs that mutants are tried with, without a mutant.
func (h *hunt) baseline(ctx context.Context) error {
	var filters, sequences []string
	for _, m := range h.mutants {
		sequences = append(sequences, m.Sequences...)
		for _, p := range promisesOf(m) {
			if f := filter(p, version(m, p)); !slices.Contains(filters, f) {
				filters = append(filters, f)
			}
		}
	}
	h.before = map[string]string{}
	start := time.Now()
	all, err := h.try(ctx, "", filters, sequences)
	if err != nil {
		return err
	}
	for _, o := range all {
		if o.failed {
			h.before[o.promise+o.title] = o.why
		}
	}
	fmt.Fprintf(h.progress, "without a mutant: %d specs in %.1f s, %d fail\n", len(all), time.Since(start).Seconds(), len(h.before))
	return nil
}

// try runs the specs of some filters, and of some rows of state codes, with a mutant planted.
func (h *hunt) try(ctx context.Context, mutant string, filters, sequences []string) ([]outcome, error) {
	var all []outcome
	if len(filters) > 0 {
		o, err := h.suite.run(ctx, mutant, strings.Join(filters, " || "))
		if err != nil {
			return nil, err
		}
		all = o
	}
	if len(sequences) > 0 {
		o, err := h.phone.run(ctx, mutant, rows(sequences))
		if err != nil {
			return nil, err
		}
		all = append(all, o...)
	}
	return all, nil
}

// promisesOf are the promises of a mutant that are in the catalogue.
func promisesOf(m fixtures.Mutant) []fixtures.Promise {
	var out []fixtures.Promise
	for _, p := range fixtures.Promises() {
		if slices.Contains(m.Promises, p.ID) {
			out = append(out, p)
		}
	}
	return out
}

// plant tries one mutant with the specs of all promises that it must break.
func (h *hunt) plant(ctx context.Context, m fixtures.Mutant) error {
	start := time.Now()
	known := promisesOf(m)
	var filters []string
	for _, p := range known {
		filters = append(filters, filter(p, version(m, p)))
	}
	all, err := h.try(ctx, m.Name, filters, m.Sequences)
	if err != nil {
		return err
	}
	aims := slices.Concat(m.Promises, m.Sequences)
	rows := make([]row, len(aims))
	killed := 0
	for i, id := range aims {
		rows[i] = h.fate(m.Name, id, all)
		if rows[i].killedBy != "" {
			killed++
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.rows = append(h.rows, rows...)
	h.done++
	fmt.Fprintf(h.progress, "%d of %d  %s: killed by %d of %d promises or rows of codes, %d specs in %.1f s\n", h.done, len(h.mutants), m.Name, killed, len(rows), len(all), time.Since(start).Seconds())
	return nil
}

// fate finds who noticed a mutant among the specs of one promise.
func (h *hunt) fate(mutant, promise string, all []outcome) row {
	r := row{promise: promise, mutant: mutant, why: "no spec of it is run with the mutant"}
	for _, o := range all {
		_, before := h.before[o.promise+o.title]
		switch {
		case o.promise != promise:
		case !o.failed:
			r.why = "its specs pass"
		case before:
			r.why = "its specs fail without the mutant too: " + firstLine(o.why)
		case o.broken:
			r.why = "it broke the simulator, which is no judge: " + firstLine(o.why)
		default:
			r.killedBy, r.why = o.title, firstLine(o.why)
			return r
		}
	}
	return r
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
