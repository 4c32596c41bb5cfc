package sequence

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Pattern is a row of codes with gaps.
type Pattern struct {
	text   string
	states []state // a row of them; the last is the end
}

// state is where a comparison can stand: before a code, or before a choice.
type state struct {
	kind kind
	code int   // of one
	next []int // where it leads
}

type kind uint8

const (
	one  kind = iota // takes the code
	any1             // takes any code
	pass             // takes none, leads on
	end
)

// Parse reads a pattern: codes with spaces between, each an integer; ? for any one
// code, * for any number of codes; ( ) around a group, which (...)* has any number of
// times, (...)+ at least once and (...)? at most once.
func Parse(text string) (*Pattern, error) {
	p := &parser{words: strings.Fields(separate.Replace(text))}
	if len(p.words) == 0 {
		return nil, fmt.Errorf("pattern %q: it has no codes", text)
	}
	last, err := p.row(false)
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", text, err)
	}
	p.lead(last, p.add(state{kind: end}))
	return &Pattern{text: text, states: p.states}, nil
}

// separate sets the signs of groups apart from codes. A sign right behind a bracket
// belongs to it, while a lone one stands for codes.
var separate = strings.NewReplacer("(", " ( ", ")*", " )* ", ")+", " )+ ", ")?", " )? ", ")", " ) ", ",", " ")

// parser builds a pattern's states from its words.
type parser struct {
	words  []string
	states []state
}

// add puts a state at the end of the row.
func (p *parser) add(s state) int {
	p.states = append(p.states, s)
	return len(p.states) - 1
}

// lead has a state lead to another.
func (p *parser) lead(from, to int) { p.states[from].next = append(p.states[from].next, to) }

// then adds a state behind last, and gives its number.
func (p *parser) then(last int, s state) int {
	i := p.add(s)
	p.lead(last, i)
	return i
}

// row reads items up to the end, or in a group up to its bracket, which stays. It
// gives the state that stands behind them.
func (p *parser) row(group bool) (last int, err error) {
	last = p.add(state{kind: pass})
	for ; len(p.words) > 0; p.words = p.words[1:] {
		switch w := p.words[0]; {
		case w[0] == ')' && group:
			return last, nil
		case w[0] == ')':
			return 0, fmt.Errorf("a bracket closes that none opened")
		case w == "(":
			if last, err = p.group(last); err != nil {
				return 0, err
			}
		case w == "?":
			last = p.then(last, state{kind: any1})
			last = p.then(last, state{kind: pass})
		case w == "*":
			loop := p.then(last, state{kind: any1})
			p.lead(loop, last)
			last = p.then(last, state{kind: pass})
		default:
			code, err := strconv.Atoi(w)
			if err != nil {
				return 0, fmt.Errorf("%q is no code", w)
			}
			last = p.then(last, state{kind: one, code: code})
			last = p.then(last, state{kind: pass})
		}
	}
	if group {
		return 0, fmt.Errorf("a bracket is left open")
	}
	return last, nil
}

// group reads ( ... ) with its sign, behind last.
func (p *parser) group(last int) (behind int, err error) {
	p.words = p.words[1:]
	first := len(p.states)
	inner, err := p.row(true)
	if err != nil {
		return 0, err
	}
	if inner == first {
		return 0, fmt.Errorf("a group has no codes")
	}
	sign := p.words[0][1:]
	p.lead(last, first)
	if sign == "*" || sign == "+" {
		p.lead(inner, first)
	}
	behind = p.then(inner, state{kind: pass})
	if sign == "*" || sign == "?" {
		p.lead(last, behind)
	}
	return behind, nil
}

// Thin leaves those of the codes that the pattern names.
func (p *Pattern) Thin(codes []int) []int {
	return slices.DeleteFunc(slices.Clone(codes), func(code int) bool {
		return !slices.ContainsFunc(p.states, func(s state) bool { return s.kind == one && s.code == code })
	})
}

// String is the pattern as it was written.
func (p *Pattern) String() string { return p.text }

// Mismatch says how codes differ from a pattern: Codes[:At] can begin a trace that
// matches, and what could follow is Want.
type Mismatch struct {
	Pattern string
	Codes   []int
	At      int
	Want    []string // codes, ? for any, "end" for no more
}

func (m *Mismatch) Error() string {
	got := "the end"
	if m.At < len(m.Codes) {
		got = fmt.Sprint("code ", m.Codes[m.At])
	}
	return fmt.Sprintf("%s after %d of %d codes, want %s\n  got  %s\n  want %s",
		got, m.At, len(m.Codes), strings.Join(m.Want, " or "), strings.Trim(fmt.Sprint(m.Codes), "[]"), m.Pattern)
}

// Match compares all codes of a trace. The error, if any, is a *Mismatch.
func (p *Pattern) Match(codes []int) error {
	at := p.close([]int{0})
	for i, code := range codes {
		var next []int
		for _, s := range at {
			if st := p.states[s]; st.kind == any1 || st.kind == one && st.code == code {
				next = append(next, st.next...)
			}
		}
		if next = p.close(next); len(next) == 0 {
			return &Mismatch{p.text, codes, i, p.wanted(at)}
		}
		at = next
	}
	if !slices.ContainsFunc(at, func(s int) bool { return p.states[s].kind == end }) {
		return &Mismatch{p.text, codes, len(codes), p.wanted(at)}
	}
	return nil
}

// close adds to a set of states all that they lead to without a code.
func (p *Pattern) close(set []int) []int {
	var out []int
	for len(set) > 0 {
		s := set[0]
		set = set[1:]
		if slices.Contains(out, s) {
			continue
		}
		out = append(out, s)
		if p.states[s].kind == pass {
			set = append(set, p.states[s].next...)
		}
	}
	return out
}

// wanted are the codes that could come in these states.
func (p *Pattern) wanted(at []int) []string {
	var out []string
	for _, s := range at {
		w := ""
		switch st := p.states[s]; st.kind {
		case one:
			w = strconv.Itoa(st.code)
		case any1:
			w = "?"
		case end:
			w = "end"
		}
		if w != "" && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	slices.Sort(out)
	return out
}
