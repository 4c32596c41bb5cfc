package oracle

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// spansOf draws a sorted list of spans that don't overlap, and may touch.
func spansOf(t *rapid.T, name string) []span {
	var out []span
	at := time.Duration(0)
	for _, d := range rapid.SliceOfN(rapid.IntRange(0, 5), 0, 12).Draw(t, name) {
		from := at + time.Duration(d)
		at = from + 1 + time.Duration(d*7%4)
		out = append(out, span{from, at})
	}
	return out
}

// TestSpansAreSets holds the operations to what they mean, instant by instant.
func TestSpansAreSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := spansOf(t, "a"), spansOf(t, "b")
		both, without, either := cross(a, b), minus(a, b), union(a, b)
		sums := map[string]time.Duration{}
		for at0 := time.Duration(0); at0 < 120; at0++ {
			_, inA := at(a, at0)
			_, inB := at(b, at0)
			for name, x := range map[string]struct {
				got  []span
				want bool
			}{"cross": {both, inA && inB}, "minus": {without, inA && !inB}, "union": {either, inA || inB}} {
				n := 0
				for _, s := range x.got {
					if s.holds(at0) {
						n++
					}
				}
				if want := map[bool]int{true: 1}[x.want]; n != want {
					t.Fatalf("%s of %v and %v is %v: holds %d %d times, want %d", name, a, b, x.got, at0, n, want)
				}
				sums[name] += time.Duration(n)
			}
		}
		if total(both) != sums["cross"] || total(without) != sums["minus"] || total(either) != sums["union"] {
			t.Fatal("sums")
		}
		for i := 1; i < len(either); i++ {
			if either[i].from == either[i-1].to {
				t.Fatalf("%v touch", either)
			}
		}
	})
}

func TestAt(t *testing.T) {
	spans := []span{{2, 4}, {4, 6}, {8, 9}}
	for at0, want := range map[time.Duration]span{1: {}, 2: {2, 4}, 3: {2, 4}, 4: {4, 6}, 6: {}, 7: {}, 8: {8, 9}, 9: {}} {
		if got, ok := at(spans, at0); got != want || ok != (want != span{}) {
			t.Errorf("at %d: %v %v", at0, got, ok)
		}
	}
}

func TestToggle(t *testing.T) {
	var x toggle
	for i, on := range []bool{false, true, true, false, false, true, false} {
		x.set(on, time.Duration(i))
	}
	if want := []span{{1, 3}, {5, 6}}; !reflect.DeepEqual(x.spans, want) || x.on {
		t.Errorf("%v, want %v", x.spans, want)
	}
}
