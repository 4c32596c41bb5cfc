package model

import (
	"flag"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"minilab/fixtures"
	"minilab/simulator"
)

// witness stands in for a test that must fail. What it says nobody need read.
type witness struct {
	*testing.T
	failed bool
}

func (w *witness) Logf(string, ...any)   {}
func (w *witness) Log(...any)            {}
func (w *witness) Errorf(string, ...any) { w.failed = true }
func (w *witness) Error(...any)          { w.failed = true }
func (w *witness) Fatalf(string, ...any) { w.FailNow() }
func (w *witness) Fatal(...any)          { w.FailNow() }
func (w *witness) Fail()                 { w.failed = true }
func (w *witness) FailNow()              { w.failed = true; runtime.Goexit() }
func (w *witness) Failed() bool          { return w.failed }

// hunted plays random sketches with a mutant planted, and tells whether one went
// wrong; file is what is left of it.
func hunted(t *testing.T, mutant string) (found bool, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "model.yaml")
	w := &witness{T: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		rapid.Check(w, func(rt *rapid.T) { play(rt, mutant, file) })
	}()
	<-done
	return w.failed, file
}

// A reference that finds no planted defect would find no other either. What it finds
// it leaves as a scenario that goes wrong in the same way when it is read again, and
// right without the defect.
func TestPlantedDefectsAreFoundAndShrunk(t *testing.T) {
	// More sketches than it should take, so that no change of the catalogue hides one;
	// time to shrink on a busy machine, of which an idle one needs a part.
	for name, value := range map[string]string{"rapid.shrinktime": "20s", "rapid.checks": "400"} {
		if err := flag.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	for _, mutant := range found() {
		t.Run(mutant, func(t *testing.T) {
			ok, file := hunted(t, mutant)
			if !ok {
				t.Fatal("nothing went wrong")
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			steps := strings.Count(string(text), "{at: ")
			if !strings.HasPrefix(string(text), "# ") || steps > 8 {
				t.Errorf("it is left in %d steps:\n%s", steps, text)
			}
			if wrong := wrongIn(t, file, mutant); len(wrong) == 0 {
				t.Errorf("the scenario that is left goes right with the defect:\n%s", text)
			}
			if wrong := wrongIn(t, file, ""); len(wrong) > 0 {
				t.Errorf("the scenario that is left goes wrong without the defect: %q\n%s", wrong, text)
			}
		})
	}
}

// found are mutants that random calls find quickly; with MINILAB_MODEL_MUTANTS=all
// every one is tried, and those that aren't found say where the reference is blind.
func found() []string {
	if os.Getenv("MINILAB_MODEL_MUTANTS") != "all" {
		return []string{"audience-publishes", "mute-ignores-video", "publish-announced-to-self", "stream-removed-not-sent"}
	}
	var all []string
	for _, m := range fixtures.Mutants() {
		all = append(all, m.Name)
	}
	return all
}

func wrongIn(t *testing.T, file, mutant string) []string {
	t.Helper()
	s, err := simulator.Find(file)
	if err != nil {
		t.Fatal(err)
	}
	_, wrong, err := judge(s, mutant)
	if err != nil {
		t.Fatal(err)
	}
	return wrong
}
