package sequence

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func codes(text string) []int {
	var out []int
	for _, w := range strings.Fields(text) {
		c, err := strconv.Atoi(w)
		if err != nil {
			panic(err)
		}
		out = append(out, c)
	}
	return out
}

func TestPatterns(t *testing.T) {
	for pattern, c := range map[string]struct{ yes, no []string }{
		"1 2 3":           {[]string{"1 2 3"}, []string{"", "1", "1 2", "1 3 2", "1 2 3 4", "0 1 2 3", "1 2 2 3"}},
		"1 ? 3":           {[]string{"1 2 3", "1 1 3"}, []string{"1 3", "1 2 2 3"}},
		"1 * 3":           {[]string{"1 3", "1 2 3", "1 2 3 4 3", "1 3 3"}, []string{"1", "3", "1 2", "1 3 4"}},
		"*":               {[]string{"", "1", "1 2"}, nil},
		"1 *":             {[]string{"1", "1 2 3"}, []string{"", "2 1"}},
		"1 (2 3)* 4":      {[]string{"1 4", "1 2 3 4", "1 2 3 2 3 4"}, []string{"1 2 4", "1 3 4", "1 2 3", "1 2 3 2 4"}},
		"1 (2)+ 4":        {[]string{"1 2 4", "1 2 2 4"}, []string{"1 4"}},
		"1 (2)? 4":        {[]string{"1 4", "1 2 4"}, []string{"1 2 2 4"}},
		"1 (2 (3)* )+ 4":  {[]string{"1 2 4", "1 2 3 3 2 4"}, []string{"1 4", "1 3 4"}},
		"1 (2 3) 4":       {[]string{"1 2 3 4"}, []string{"1 4", "1 2 3 2 3 4"}},
		"-1307":           {[]string{"-1307"}, []string{"1307", ""}},
		"1, 2, (3)*":      {[]string{"1 2", "1 2 3 3"}, []string{"1"}},
		"(1)* (1 2)":      {[]string{"1 2", "1 1 2"}, []string{"2", "1"}},
		"1 * 2 * 3":       {[]string{"1 2 3", "1 3 2 3", "1 9 2 9 3"}, []string{"1 3", "1 3 2"}},
		"(1 2)? (1 3)? 4": {[]string{"4", "1 2 4", "1 3 4", "1 2 1 3 4"}, []string{"1 4", "1 3 1 2 4"}},
	} {
		p, err := Parse(pattern)
		if err != nil {
			t.Errorf("%s: %v", pattern, err)
			continue
		}
		for _, y := range c.yes {
			if err := p.Match(codes(y)); err != nil {
				t.Errorf("%s doesn't match %q: %v", pattern, y, err)
			}
		}
		for _, n := range c.no {
			if p.Match(codes(n)) == nil {
				t.Errorf("%s matches %q", pattern, n)
			}
		}
	}
}

func TestThin(t *testing.T) {
	p, err := Parse("1 (2 -3)* * 4")
	if err != nil {
		t.Fatal(err)
	}
	trace := codes("1 7 2 8 -3 3 2 -3 4 9")
	if got := p.Thin(trace); !slices.Equal(got, codes("1 2 -3 2 -3 4")) {
		t.Errorf("got %v", got)
	}
	if !slices.Equal(trace, codes("1 7 2 8 -3 3 2 -3 4 9")) {
		t.Errorf("the trace itself has become %v", trace)
	}
}

func TestBadPatterns(t *testing.T) {
	for _, text := range []string{"", "  ", "1 (2", "1 2)", "1 (2 3", "one", "()", "()*", "1 2* 3", "1**", "((1)"} {
		if p, err := Parse(text); err == nil {
			t.Errorf("%q: read as %v", text, p.states)
		}
	}
}

func TestMismatchSaysWhere(t *testing.T) {
	p, err := Parse("1 (2 3)* 4")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"1 2 5":   "code 5 after 2 of 3 codes, want 3",
		"1 2 3":   "the end after 3 of 3 codes, want 2 or 4",
		"1 4 4":   "code 4 after 2 of 3 codes, want end",
		"2":       "code 2 after 0 of 1 codes, want 1",
		"1 2 3 9": "code 9 after 3 of 4 codes, want 2 or 4",
	} {
		var m *Mismatch
		if err := p.Match(codes(text)); !errors.As(err, &m) || !strings.HasPrefix(err.Error(), want+"\n") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

// The matcher agrees with regular expressions over one letter a code.
func TestAgreesWithRegexp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var item func(depth int) (pattern, expr string)
	item = func(depth int) (string, string) {
		switch n := r.IntN(8); {
		case n == 0:
			return "?", "."
		case n == 1:
			return "*", ".*"
		case n < 5 || depth == 0:
			c := r.IntN(3)
			return strconv.Itoa(c), string(rune('a' + c))
		}
		var ps, es []string
		for range 1 + r.IntN(3) {
			p, e := item(depth - 1)
			ps, es = append(ps, p), append(es, e)
		}
		sign := []string{"", "*", "+", "?"}[r.IntN(4)]
		return "(" + strings.Join(ps, " ") + ")" + sign, "(" + strings.Join(es, "") + ")" + sign
	}
	matched := 0
	for range 2000 {
		var ps, es []string
		for range 1 + r.IntN(4) {
			p, e := item(2)
			ps, es = append(ps, p), append(es, e)
		}
		p, err := Parse(strings.Join(ps, " "))
		if err != nil {
			t.Fatalf("%v: %v", ps, err)
		}
		re := regexp.MustCompile("^" + strings.Join(es, "") + "$")
		for range 10 {
			var trace []int
			text := ""
			for range r.IntN(7) {
				c := r.IntN(3)
				trace, text = append(trace, c), text+string(rune('a'+c))
			}
			want := re.MatchString(text)
			if got := p.Match(trace) == nil; got != want {
				t.Fatalf("%v and %v: %v, want %v (%s)", ps, trace, got, want, re)
			}
			if want {
				matched++
			}
		}
	}
	if matched < 1000 {
		t.Errorf("only %d of 20000 matched: too few to say anything", matched)
	}
}
