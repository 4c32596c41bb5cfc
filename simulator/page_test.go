package simulator

import (
	"context"
	"testing"
)

// The head names the page where it isn't the vendor's demo, since some promises are the
// demo's alone.
func TestHeadNamesThePage(t *testing.T) {
	for _, x := range []struct {
		scenario string
		set      []string
		want     string
	}{
		{"first-call", nil, ""},
		{"first-call", []string{"page=demo"}, ""},
		{"first-call", []string{"page=keeps-clients"}, "keeps-clients"},
		{"return-stale-url", nil, "demo-2018"},
		{"return-stale-url", []string{"page=demo"}, ""},
	} {
		s := find(t, x.scenario, append([]string{"length=1s"}, x.set...)...)
		r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
		if err != nil {
			t.Fatalf("%s %v: %v", x.scenario, x.set, err)
		}
		if got := r.Record.Head.Page; got != x.want {
			t.Errorf("%s %v: the head's page is %q, want %q", x.scenario, x.set, got, x.want)
		}
	}
}
