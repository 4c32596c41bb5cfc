package model

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/simulator"
	"minilab/simulator/campaign"
	"minilab/simulator/trace"
)

// TestMain makes random tests the same in each run unless a seed is given, and leaves
// scenarios in the place of rapid's own files.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{"rapid.seed": "1", "rapid.nofailfile": "true"} {
		if err := flag.Set(name, value); err != nil {
			panic(err)
		}
	}
	flag.Parse()
	os.Exit(m.Run())
}

func TestRandomCalls(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { play(rt, "", "../../out/model.yaml") })
}

// play plays a sketch and compares it with the reference; one that goes wrong is left
// in a file.
func play(rt *rapid.T, mutant, file string) {
	s := drawSketch(rt)
	wrong, err := s.wrong(mutant)
	if err == nil && len(wrong) == 0 {
		return
	}
	if err != nil {
		wrong = []string{err.Error()}
	}
	text := s.text()
	for _, w := range wrong[:min(len(wrong), 5)] {
		text = "# " + strings.ReplaceAll(w, "\n", "\n# ") + "\n" + text
	}
	command := "minilab run " + file
	if mutant != "" {
		command += " --set mutant=" + mutant
	}
	if err := leave(file, text); err != nil {
		rt.Logf("%v", err)
	}
	rt.Fatalf("%s\n%s", command, text)
}

func leave(file, text string) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(text), 0o644)
}

// wrong runs the sketch and says what is wrong with what happened.
func (s *sketch) wrong(mutant string) ([]string, error) {
	scenario, err := simulator.Parse("model.yaml", []byte(s.text()))
	if err != nil {
		return nil, fmt.Errorf("the scenario is refused: %w", err)
	}
	j, wrong, err := judge(scenario, mutant)
	if err != nil {
		return nil, err
	}
	return append(wrong, s.ending(j)...), nil
}

// judge runs a scenario and says what is wrong with it, whatever it should come to.
func judge(scenario *simulator.Scenario, mutant string) (*campaign.Judged, []string, error) {
	if mutant != "" {
		if err := scenario.Override("mutant", mutant); err != nil {
			return nil, nil, err
		}
	}
	j, err := campaign.Run(context.Background(), simulator.Options{Scenario: scenario, Seed: 1})
	if err != nil {
		return nil, nil, err
	}
	wrong := compare(j)
	for _, v := range j.Upset() {
		for _, f := range v.Findings {
			wrong = append(wrong, fmt.Sprintf("%v: %s, which must hold in every run: %s", f.At, v.ID, f.Text))
		}
	}
	return j, append(wrong, flows(j)...), nil
}

// ending looks at the state that a sketch must come to.
func (s *sketch) ending(j *campaign.Judged) []string {
	if !s.smooth() || s.sdk != "1.1.3" {
		return nil
	}
	in := map[string]bool{}
	for _, ev := range j.Record.Events {
		switch ev.Kind {
		case trace.ServerJoined:
			in[j.Name(ev.Actor)] = true
		case trace.ServerLeft:
			in[j.Name(ev.Actor)] = false
		}
	}
	var wrong []string
	for _, p := range s.cast {
		if want := s.visitor(p.name); in[p.name] != want {
			wrong = append(wrong, fmt.Sprintf("%v: %s is in: %v, want %v", j.Scenario.Length, p.name, in[p.name], want))
		}
	}
	return wrong
}

// flows looks whether in the last seconds each medium that came in and isn't muted
// went out to who plays it, and none that its publisher mutes.
func flows(j *campaign.Judged) []string {
	const window = 4 * time.Second
	from := j.Scenario.Length - window
	n := len(j.Record.Head.Members)
	came, went := make([][2]int64, n), make([][2]int64, n*n)
	open, muted, own := make([]time.Duration, n*n), make([][2]bool, n*n), make([][2]time.Duration, n)
	for _, ev := range j.Record.Events {
		if int(ev.Actor) >= n {
			continue
		}
		pair := int(ev.Actor)*n + int(ev.Peer)
		switch ev.Kind {
		case trace.ServerPlayOpened:
			open[pair] = ev.At
		case trace.ServerPlayClosed:
			open[pair] = 0
		case trace.ServerMuted, trace.ServerUnmuted:
			muted[pair][slices.Index(media, j.Record.Text(ev.Text))] = ev.Kind == trace.ServerMuted
		case trace.ServerLocalMuted, trace.ServerLocalUnmuted:
			since := &own[ev.Actor][slices.Index(media, j.Record.Text(ev.Text))]
			if *since = 0; ev.Kind == trace.ServerLocalMuted {
				*since = ev.At
			}
		case trace.ServerLeft:
			own[ev.Actor] = [2]time.Duration{}
		case trace.MediaIn:
			if ev.At >= from {
				came[ev.Actor][0] += ev.V[3]
				came[ev.Actor][1] += ev.V[2]
			}
		case trace.RelayOut:
			if ev.At >= from {
				went[pair][0] += ev.V[2]
				went[pair][1] += ev.V[1]
			}
		}
	}
	var wrong []string
	for viewer := range n {
		for publisher := range n {
			pair := viewer*n + publisher
			for i, medium := range media {
				steady := open[pair] > 0 && open[pair] < from-window && came[publisher][i] > 10
				silent, who := own[publisher][i], j.Name(trace.ActorID(publisher))
				switch {
				case steady && !muted[pair][i] && silent == 0 && went[pair][i] == 0:
					wrong = append(wrong, fmt.Sprintf("%v: %s gets no %s of %s", j.Scenario.Length, j.Name(trace.ActorID(viewer)), medium, who))
				case silent > 0 && silent < from-window && went[pair][i] > 0:
					wrong = append(wrong, fmt.Sprintf("%v: %s gets %s of %s, who mutes it", j.Scenario.Length, j.Name(trace.ActorID(viewer)), medium, who))
				}
			}
		}
	}
	return wrong
}
