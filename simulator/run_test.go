package simulator

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"minilab/devices/app"
	"minilab/simulator/trace"
)

func find(t testing.TB, name string, overrides ...string) *Scenario {
	t.Helper()
	s, err := Find(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range overrides {
		k, v, _ := strings.Cut(o, "=")
		if err := s.Override(k, v); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func digest(t testing.TB, s *Scenario, seed uint64) string {
	t.Helper()
	r, err := Run(context.Background(), Options{Scenario: s, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return r.Record.Digest
}

// The same scenario and seed give the same digest, on one processor or several, alone
// or beside other worlds; another seed gives another.
func TestSameSeedSameDigest(t *testing.T) {
	s := find(t, "weak-call")
	want := digest(t, s, 7)
	if other := digest(t, s, 8); other == want {
		t.Error("seeds 7 and 8 have the same digest")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for i := range 5 {
		runtime.GOMAXPROCS(1 + i%2)
		if got := digest(t, s, 7); got != want {
			t.Errorf("run %d: digest %s, want %s", i, got, want)
		}
	}
	for range 4 {
		t.Run("beside others", func(t *testing.T) {
			t.Parallel()
			if got := digest(t, find(t, "weak-call"), 7); got != want {
				t.Errorf("digest %s, want %s", got, want)
			}
		})
	}
}

func TestEveryShippedScenarioRuns(t *testing.T) {
	for _, name := range []string{"first-call", "class-7", "recorded-call", "mute-audio"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := find(t, name, "length=20s")
			r, err := Run(context.Background(), Options{Scenario: s, Seed: 3})
			if err != nil {
				t.Fatal(err)
			}
			shown := 0
			for _, ev := range r.Record.Events {
				if ev.Kind == trace.FrameShown {
					shown++
				}
			}
			if shown < 100 {
				t.Errorf("%d pictures were shown", shown)
			}
		})
	}
}

// What is drawn stands in the head, with the fidelity of its source, and stays within
// its spread.
func TestHeadHoldsWhatWasDrawn(t *testing.T) {
	s := find(t, "weak-call", "length=1s")
	rates := map[float64]bool{}
	for seed := range uint64(20) {
		r, err := Run(context.Background(), Options{Scenario: s, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]trace.Param{}
		for _, p := range r.Record.Head.Params {
			got[p.Name] = p
		}
		rate, queue := got["patient/up/rate"], got["patient/up/queue"]
		if rate.Value < 0.9*750e3 || rate.Value > 1.1*750e3 || rate.Unit != "bit/s" || rate.Fidelity != "documented" || queue.Fidelity != "assumed" {
			t.Errorf("seed %d: %+v %+v", seed, rate, queue)
		}
		rates[rate.Value] = true
		if uid := r.Record.Head.Members[0].UID; uid < 100000 || uid > 999999 || uid == r.Record.Head.Members[1].UID {
			t.Errorf("seed %d: uid %d", seed, uid)
		}
	}
	if len(rates) < 15 {
		t.Errorf("20 seeds drew %d rates", len(rates))
	}
}

func TestNetworkStepsAndOutage(t *testing.T) {
	src := strings.Replace(good, "camera: off, mic: off", "mic: off", 1)
	s, err := Parse("talk.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	outage := map[trace.Kind]time.Duration{}
	for _, ev := range r.Record.Events {
		switch ev.Kind {
		case trace.LinkChanged:
			changes = append(changes, r.Record.Text(ev.Note))
		case trace.OutageBegan, trace.OutageEnded:
			outage[ev.Kind] = ev.At
		}
	}
	if strings.Join(changes, "; ") != "to 4g, new address, 10.0.0.4; loss 5%" {
		t.Errorf("changes %q", changes)
	}
	if outage[trace.OutageBegan] != 7*time.Second || outage[trace.OutageEnded] != 15*time.Second {
		t.Errorf("outage %v", outage)
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var at atomic.Int64
	_, err := Run(ctx, Options{Scenario: find(t, "class-7"), Seed: 1, Progress: &at})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if time.Duration(at.Load()) > time.Second {
		t.Errorf("ran on until %v", time.Duration(at.Load()))
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, o := range []Options{{}, {Scenario: &Scenario{Name: "x", Length: time.Second}}, {Scenario: &Scenario{Name: "x", Members: []Member{{}}}}} {
		if _, err := Run(context.Background(), o); err == nil {
			t.Errorf("accepted %+v", o)
		}
	}
}

// A world that ends in the middle of a call has told all that was heard in it.
func TestSoundIsToldToTheEnd(t *testing.T) {
	s, err := Room("end", 3, CameraPattern, "good", 8700*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	heard := map[[2]trace.ActorID]time.Duration{}
	for _, ev := range r.Record.Events {
		if ev.Kind == trace.AudioPlayed {
			heard[[2]trace.ActorID{ev.Actor, ev.Peer}] = ev.At
		}
	}
	if len(heard) != 6 {
		t.Errorf("%d views are heard, want 6", len(heard))
	}
	for k, to := range heard {
		if to != s.Length {
			t.Errorf("%d hears %d until %v, want %v", k[0], k[1], to, s.Length)
		}
	}
}

// A page is one for sound only as long as nobody ever sends a picture.
func TestTilesOfAPage(t *testing.T) {
	const quiet = `name: tiles
length: 5s
sdk: 1.1.3
members:
  ann: {device: iphone-8-ios-11.4, network: good, role: broadcaster, camera: off}
script:
  - {at: 0s, ann: join}
`
	for src, want := range map[string]int{
		quiet: audioOnlyTiles,
		quiet + "  - {at: 1s, ann: {camera: off}}\n":                audioOnlyTiles,
		quiet + "  - {at: 1s, ann: {camera: on}}\n":                 app.DefaultMaxTiles,
		strings.Replace(quiet, "camera: off", "camera: pattern", 1): app.DefaultMaxTiles,
	} {
		s, err := Parse("tiles.yaml", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if got := (&world{s: s}).tiles(); got != want {
			t.Errorf("%d tiles, want %d, for\n%s", got, want, src)
		}
	}
}
