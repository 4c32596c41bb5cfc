package app

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"minilab/simulator/trace"
)

// Step is one thing that a script has a page do.
type Step struct {
	Name string
	Args map[string]Value // by name
}

// Value is an argument of a step. Which of its fields count follows from the kind of
// the Arg.
type Value struct {
	Word  string        // Word, and Text
	UID   uint32        // Member: its uid ...
	Actor trace.ActorID // ... and who it is, since two members may share a uid
	From  time.Duration // Time, and the beginning of a Span
	To    time.Duration // the end of a Span, included
	Count int           // Count
	List  []any         // List: strings, float64, bool and nil
}

// Word is a step that scripts may use: the vocabulary for parsers and for people.
type Word struct {
	Name string
	Args []Arg
	Doc  string
	do   func(a *App, s Step)
}

// Bare is the argument that a value without names is: the only one that the word needs,
// or, where it needs none, its first. There is no such argument where it needs more.
func (w Word) Bare() (a Arg, may bool) {
	needed := 0
	for i, arg := range w.Args {
		if !arg.Optional {
			needed++
		}
		if i == 0 || !arg.Optional && needed == 1 {
			a = arg
		}
	}
	return a, len(w.Args) > 0 && needed < 2
}

// Needs tells whether the word can't stand alone.
func (w Word) Needs() bool {
	return slices.ContainsFunc(w.Args, func(a Arg) bool { return !a.Optional })
}

// Arg is an argument of a Word.
type Arg struct {
	Name string
	Kind Kind
	// Words are the valid words of a Word; of any other kind, what may stand in the
	// place of a value, as "all" does for a member.
	Words    []string
	Optional bool
	Like     string // what a value may look like; "": as those of its kind do
	Doc      string
}

// Kind is what an argument is.
type Kind string

// The kinds of arguments, with how they are written.
const (
	KindWord   Kind = "word"   // one of Arg.Words
	KindMember Kind = "member" // the name of one of the cast
	KindTime   Kind = "time"   // 1.5s
	KindSpan   Kind = "span"   // 1s..3s, drawn from, or one time
	KindCount  Kind = "count"  // a whole number from 1
	KindTurn   Kind = "turn"   // 0, 90, 180 or 270 degrees clockwise from upright
	KindText   Kind = "text"   // any text
	KindList   Kind = "list"   // texts, numbers, true, false and null
)

// ArgUID names the argument that is the member a step is about.
const ArgUID = "uid"

// Do has the page do a step now, or when it wakes if it sleeps; nobody is there to do it
// on a page that is gone. An error means that there is no such step; what the SDK says to
// it is in the trace.
func (a *App) Do(s Step) error {
	words := Steps()
	i := slices.IndexFunc(words, func(w Word) bool { return w.Name == s.Name })
	if i < 0 {
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = w.Name
		}
		return fmt.Errorf("%s: unknown step %q: want one of %s", a.o.Name, s.Name, strings.Join(names, ", "))
	}
	if err := words[i].check(s); err != nil {
		return fmt.Errorf("%s: step %s: %w", a.o.Name, s.Name, err)
	}
	a.proc.Do(func() { words[i].do(a, s) })
	return nil
}

// check compares a step's arguments with those of its word.
func (w Word) check(s Step) error {
	known := 0
	for _, arg := range w.Args {
		v, there := s.Args[arg.Name]
		switch {
		case !there && arg.Optional:
			continue
		case !there:
			return fmt.Errorf("lacks %s", arg.Name)
		case arg.Kind == KindWord && !slices.Contains(arg.Words, v.Word):
			return fmt.Errorf("%s is %q: want one of %s", arg.Name, v.Word, strings.Join(arg.Words, ", "))
		case arg.Kind == KindMember && v.UID == 0:
			return fmt.Errorf("%s names no member", arg.Name)
		case arg.Kind == KindSpan && v.To < v.From:
			return fmt.Errorf("%s ends at %v, before it begins at %v", arg.Name, v.To, v.From)
		}
		known++
	}
	if len(s.Args) > known {
		return fmt.Errorf("%d arguments too many", len(s.Args)-known)
	}
	return nil
}
