package main

import "testing"

func TestAFaultsExampleIsOneStep(t *testing.T) {
	for usage, want := range map[string]string{
		"{at: 1s, a: kill}, or {kill: 20s}":   "{at: 1s, a: kill}",
		"{a: {b: {c: d}}}. And {more: of it}": "{a: {b: {c: d}}}",
		"in words":                            "in words",
	} {
		if got := example(usage); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
