package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"

	"minilab/fixtures"
)

func main() {
	only := flag.String("only", "", "comma-separated names of the mutants to plant; all by default")
	root := flag.String("root", ".", "the project's folder")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *root, *only)
	stop()
	switch {
	case errors.Is(err, errHoles):
		os.Exit(1)
	case err != nil:
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(2)
	}
}

// errHoles: the suite would not notice some defect. The table has said which.
var errHoles = errors.New("the suite has holes")

func run(ctx context.Context, root, only string) error {
	mutants := fixtures.Mutants()
	if only != "" {
		names := strings.Split(only, ",")
		mutants = slices.DeleteFunc(slices.Clone(mutants), func(m fixtures.Mutant) bool { return !slices.Contains(names, m.Name) })
		if len(mutants) < len(names) {
			return fmt.Errorf("%d mutants of %s are there; minilab list mutants names them all", len(mutants), only)
		}
	}
	s, err := build(ctx, root, semantics)
	if err != nil {
		return err
	}
	defer s.remove()
	p, err := build(ctx, root, phone)
	if err != nil {
		return err
	}
	defer p.remove()
	h := hunt{suite: s, phone: p, mutants: mutants, workers: runtime.GOMAXPROCS(0), progress: os.Stderr}
	if err := h.run(ctx); err != nil {
		return err
	}
	holes := h.table(os.Stdout)
	if only == "" {
		holes = h.gaps(os.Stdout, fixtures.Promises()) || holes
	}
	if holes {
		return errHoles
	}
	return nil
}
