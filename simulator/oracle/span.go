package oracle

import (
	"slices"
	"sort"
	"time"
)

// span is a stretch of virtual time, end not included.
type span struct{ from, to time.Duration }

func (s span) length() time.Duration      { return s.to - s.from }
func (s span) holds(t time.Duration) bool { return s.from <= t && t < s.to }
func (s span) overlap(o span) (span, bool) {
	r := span{max(s.from, o.from), min(s.to, o.to)}
	return r, r.from < r.to
}

// toggle collects on and off, in the order of time, into spans.
type toggle struct {
	spans []span
	on    bool
}

func (t *toggle) set(on bool, at time.Duration) {
	switch {
	case on && !t.on:
		t.spans = append(t.spans, span{at, at})
	case !on && t.on:
		t.spans[len(t.spans)-1].to = at
	}
	t.on = on
}

// spell is when something had befallen a phone that a script can have befall it again
// meanwhile: it is over when the last that has a length is.
type spell struct {
	toggle
	timed int
}

func (s *spell) begin(at, length time.Duration) {
	if length > 0 {
		s.timed++
	}
	s.set(true, at)
}

func (s *spell) end(at time.Duration) {
	s.timed = max(0, s.timed-1)
	s.set(s.timed > 0, at)
}

// at tells whether it was on at a time.
func (t *toggle) at(when time.Duration) bool {
	return slices.ContainsFunc(t.spans, func(s span) bool { return s.holds(when) }) || t.on && when >= t.spans[len(t.spans)-1].from
}

// The functions below take lists that are sorted and don't overlap, and give such.

// cross is the time that lies in both lists.
func cross(a, b []span) []span {
	var out []span
	for i, j := 0, 0; i < len(a) && j < len(b); {
		if z, ok := a[i].overlap(b[j]); ok {
			out = append(out, z)
		}
		if a[i].to < b[j].to {
			i++
		} else {
			j++
		}
	}
	return out
}

// minus is the time of a outside all of b.
func minus(a, b []span) []span {
	var out []span
	j := 0
	for _, x := range a {
		for j < len(b) && b[j].to <= x.from {
			j++
		}
		for k := j; k < len(b) && b[k].from < x.to; k++ {
			if x.from < b[k].from {
				out = append(out, span{x.from, b[k].from})
			}
			x.from = max(x.from, b[k].to)
		}
		if x.from < x.to {
			out = append(out, x)
		}
	}
	return out
}

// union is the time that lies in either list; spans that touch become one.
func union(a, b []span) []span {
	all := append(append([]span{}, a...), b...)
	sort.Slice(all, func(i, j int) bool { return all[i].from < all[j].from })
	var out []span
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}

func at(spans []span, t time.Duration) (span, bool) {
	i := sort.Search(len(spans), func(i int) bool { return spans[i].to > t })
	if i == len(spans) || spans[i].from > t {
		return span{}, false
	}
	return spans[i], true
}

func total(spans []span) time.Duration {
	var sum time.Duration
	for _, s := range spans {
		sum += s.length()
	}
	return sum
}
