package simulator

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"minilab/devices/app"
	"minilab/fixtures/yamlfile"
)

// argument is the value of a step's argument.
type argument struct {
	app.Value     // its UID and Actor are known only when the world runs
	Member    int // index of the member that it names, or -1

	at yamlfile.Node
}

// arguments reads the value of a step's word: bare when the word needs one argument at
// most, else by name.
func (p *parser) arguments(w app.Word, n yamlfile.Node) map[string]argument {
	out := map[string]argument{}
	if arg, may := w.Bare(); may && !n.IsMap() {
		otherwise := ""
		if len(w.Args) > 1 {
			otherwise = ", or all by name: " + p.inFull(w)
		}
		if a, ok := p.argument(arg, n, otherwise); ok {
			out[arg.Name] = a
		}
		return out
	}
	if !n.IsMap() {
		n.Fail(w.Name+" takes more than one value, each by its name", "as in "+p.example(w))
		return out
	}
	valid := names(w.Args, func(a *app.Arg) string { return a.Name })
	got := map[string]bool{}
	for _, e := range n.Entries() {
		i := slices.Index(valid, e.Key)
		if i < 0 {
			e.At.FailWord("argument", e.Key, valid)
			continue
		}
		got[e.Key] = true
		if a, ok := p.argument(w.Args[i], e.Value, ""); ok {
			out[e.Key] = a
		}
	}
	for _, a := range w.Args {
		if !a.Optional && !got[a.Name] {
			n.Fail(fmt.Sprintf("%s lacks %s", w.Name, a.Name), "as in "+p.example(w))
			break
		}
	}
	return out
}

// argument reads one value; ok is false when it is wrong, which has been noted, with how
// else it could be written.
func (p *parser) argument(arg app.Arg, n yamlfile.Node, otherwise string) (a argument, ok bool) {
	a = argument{Member: -1, at: n}
	if arg.Kind == app.KindList {
		a.List, ok = scalars(n)
		return a, ok
	}
	text, scalar := n.Scalar()
	if !scalar {
		n.Fail(fmt.Sprintf("%s needs one plain value", arg.Name), "such as "+p.exampleOf(arg)+otherwise)
		return a, false
	}
	if arg.Kind != app.KindWord && slices.Contains(arg.Words, text) {
		a.Word = text
		return a, true
	}
	switch arg.Kind {
	case app.KindWord:
		a.Word = text
		if ok = slices.Contains(arg.Words, text); !ok {
			n.FailWord(arg.Name, text, arg.Words)
		}
	case app.KindMember:
		if a.Member = p.member(text); a.Member < 0 {
			n.FailWord("member", text, append(slices.Clone(arg.Words), p.Cast()...))
		}
		ok = a.Member >= 0
	case app.KindTime:
		a.From, ok = moment(n, text, otherwise)
		a.To = a.From
	case app.KindSpan:
		a.From, a.To, ok = span(n, text, otherwise)
	case app.KindCount:
		a.Count, ok = count(n, text, otherwise)
	case app.KindTurn:
		a.Count, ok = turn(n, text)
	case app.KindText:
		a.Word, ok = text, true
	}
	return a, ok
}

func scalars(n yamlfile.Node) (out []any, ok bool) {
	ok = true
	for _, item := range n.Items() {
		v, scalar := item.Any()
		if !scalar {
			item.Fail("a list or map can't be an argument", "write texts, numbers, true, false and null")
			ok = false
		}
		out = append(out, v)
	}
	return out, ok
}

func moment(n yamlfile.Node, text, otherwise string) (time.Duration, bool) {
	d, err := yamlfile.ParseTime(text)
	var wrong *yamlfile.UnitError
	switch {
	case errors.As(err, &wrong):
		n.Fail(wrong.Problem, wrong.Remedy+otherwise)
	case d > maxLength:
		n.Fail(fmt.Sprintf("%v is more than %v", d, maxLength), "no scenario is longer: write less")
	}
	return d, err == nil && d <= maxLength
}

// span reads 1s..3s, or a time, which is a span without width.
func span(n yamlfile.Node, text, otherwise string) (from, to time.Duration, ok bool) {
	first, last, two := strings.Cut(text, "..")
	if !two {
		last = first
	}
	from, ok = moment(n, first, otherwise)
	if !ok {
		return 0, 0, false
	}
	if to, ok = moment(n, last, otherwise); ok && to < from {
		n.Fail(fmt.Sprintf("the span ends at %v, before it begins at %v", to, from), "write the shorter time first, as in 1s..3s")
		ok = false
	}
	return from, to, ok
}

func count(n yamlfile.Node, text, otherwise string) (int, bool) {
	c, err := strconv.Atoi(text)
	if err != nil || c < 0 || c > math.MaxInt32 {
		n.Fail(fmt.Sprintf("%q is no count", text), "write a whole number, 0 or more"+otherwise)
		return 0, false
	}
	return c, true
}

// turn reads how a phone or a picture is held.
func turn(n yamlfile.Node, text string) (int, bool) {
	d, err := strconv.Atoi(text)
	if err == nil && d >= 0 && d < 360 && d%90 == 0 {
		return d, true
	}
	remedy := "write 0, 90, 180 or 270: degrees clockwise from upright"
	if err == nil && d%90 == 0 {
		remedy += fmt.Sprintf("; %d is %d", d, (d%360+360)%360)
	}
	n.Fail(fmt.Sprintf("%q is no quarter turn", text), remedy)
	return 0, false
}

// example shows how a word that needs a value is written.
func (p *parser) example(w app.Word) string {
	if arg, may := w.Bare(); may {
		return fmt.Sprintf("{%s: %s}", w.Name, p.exampleOf(arg))
	}
	var parts []string
	for _, a := range w.Args {
		if !a.Optional {
			parts = append(parts, a.Name+": "+p.exampleOf(a))
		}
	}
	return fmt.Sprintf("{%s: {%s}}", w.Name, strings.Join(parts, ", "))
}

// inFull shows all that a word takes, each argument by its name.
func (p *parser) inFull(w app.Word) string {
	parts := make([]string, len(w.Args))
	for i, a := range w.Args {
		parts[i] = a.Name + ": " + p.exampleOf(a)
	}
	return fmt.Sprintf("{%s: {%s}}", w.Name, strings.Join(parts, ", "))
}

func (p *parser) exampleOf(a app.Arg) string {
	if a.Like != "" {
		return a.Like
	}
	switch a.Kind {
	case app.KindMember:
		return append(p.Cast(), "alice")[0]
	case app.KindTime:
		return "8s"
	case app.KindSpan:
		return "1s..3s"
	case app.KindCount:
		return "3"
	case app.KindTurn:
		return "90"
	case app.KindList:
		return `["7", null]`
	case app.KindText:
		return "text"
	}
	return a.Words[0]
}
