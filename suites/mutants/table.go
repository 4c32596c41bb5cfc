package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"minilab/fixtures"
)

// table prints promise or row of codes, mutant, killed by, and tells whether any lives.
func (h *hunt) table(w io.Writer) (holes bool) {
	slices.SortFunc(h.rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(number(a.promise), number(b.promise)), strings.Compare(a.promise, b.promise), strings.Compare(a.mutant, b.mutant))
	})
	first, width := len("promise"), len("mutant")
	for _, r := range h.rows {
		first, width = max(first, len(r.promise)), max(width, len(r.mutant))
	}
	fmt.Fprintf(w, "%-*s  %-*s  %s\n", first, "promise", width, "mutant", "killed by")
	alive := 0
	for _, r := range h.rows {
		by := r.killedBy
		if by == "" {
			by = "NOBODY: " + r.why
			alive++
		}
		fmt.Fprintf(w, "%-*s  %-*s  %s\n", first, r.promise, width, r.mutant, by)
	}
	fmt.Fprintf(w, "\n%d mutants against %d promises and rows of codes: %d killed, %d alive\n", len(h.mutants), len(h.promises()), len(h.rows)-alive, alive)
	for _, title := range slices.Sorted(maps.Keys(h.before)) {
		fmt.Fprintf(w, "fails without any mutant: %s\n", title)
	}
	return alive > 0 || len(h.before) > 0
}

func (h *hunt) promises() []string {
	var out []string
	for _, r := range h.rows {
		out = append(out, r.promise)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func number(id string) int {
	n, _ := strconv.Atoi(strings.TrimLeft(id, "C")) // an id that is none sorts first
	return n
}

// gaps names the promises that no mutant is for, and those whose specs kill nothing.
func (h *hunt) gaps(w io.Writer, all []fixtures.Promise) (holes bool) {
	var without, toothless []string
	for _, p := range all {
		tried, killed := 0, 0
		for _, r := range h.rows {
			if r.promise == p.ID {
				tried++
				if r.killedBy != "" {
					killed++
				}
			}
		}
		switch {
		case tried == 0:
			without = append(without, p.ID)
		case killed == 0:
			toothless = append(toothless, p.ID)
		}
	}
	for _, g := range []struct {
		what string
		ids  []string
	}{{"promises without a mutant", without}, {"promises whose specs killed nothing", toothless}} {
		said := "none"
		if len(g.ids) > 0 {
			said, holes = strings.Join(g.ids, " "), true
		}
		fmt.Fprintf(w, "%s: %s\n", g.what, said)
	}
	return holes
}
