package simulator

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/engine"
	"minilab/simulator/network/link"
	"minilab/simulator/trace"
)

func TestEveryNetworkIsALink(t *testing.T) {
	for _, n := range fixtures.Networks() {
		if _, err := accessOf(n); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
	}
}

func TestAccess(t *testing.T) {
	n, _ := findNetwork("wifi-to-4g")
	a, err := accessOf(n)
	if err != nil {
		t.Fatal(err)
	}
	p := a.Phases[0]
	if a.Up.Trace == nil || a.Up.RateBPS != 0 || p.Up.Trace != nil || p.Up.RateBPS != 3e6 || !p.NewAddress || p.Up.QueueTime != 0 || p.Up.Loss.BurstMean != 0 {
		t.Errorf("up %+v, then %+v", a.Up, p.Up)
	}
	chain, _ := findNetwork("ge-lte-heavy")
	c, _ := accessOf(chain)
	if m := c.Up.Loss.Markov; fmt.Sprintf("%.4f %.4f %.4f %.4f %v", m.P, m.R, m.LossBad, m.LossGood, m.Dwell) != "0.0130 0.1500 0.6000 0.0010 0s" {
		t.Errorf("chain %+v", m)
	}
	jitter, _ := findNetwork("lab-jitter-500")
	if j, _ := accessOf(jitter); j.Up.Distribution != link.Normal || !j.Up.Reorder {
		t.Errorf("jitter %+v", j.Up)
	}
	nat, _ := findNetwork("lab-nat-60s")
	if v, _ := accessOf(nat); v.NAT.Idle != time.Minute || v.NAT.Reset {
		t.Errorf("nat %+v", v.NAT)
	}
	bloat, _ := findNetwork("lab-bufferbloat-codel")
	if v, _ := accessOf(bloat); !v.Up.CoDel || len(v.Cross) != 1 || !v.Cross[0].TCP || !v.Cross[0].Up || v.Cross[0].On != 20*time.Second {
		t.Errorf("%+v", v)
	}
}

// TestSpreadReachesPhases: a place that is better is so at all times.
func TestSpreadReachesPhases(t *testing.T) {
	n, _ := findNetwork("lift")
	n.Spread = 0.5
	e := engine.New(3)
	d := drawNetwork(n, e.Rand("x"))
	if d.Up.Scale == 0 || d.Up.Scale == 1 || d.Up.Scale != d.Down.Scale || d.Up.Delay == n.Up.Delay {
		t.Errorf("drawn %+v", d.Up)
	}
	p, _ := findNetwork("lab-periodic-rate")
	p.Spread = 0.5
	v := drawNetwork(p, e.Rand("y"))
	if was, is := *p.Phases[0].Up.Rate, *v.Phases[0].Up.Rate; was != 250e3 || is == was || is != vary(was, float64(v.Up.Rate)/float64(p.Up.Rate)) {
		t.Errorf("phase of %v drawn as %v, base %v as %v", was, is, p.Up.Rate, v.Up.Rate)
	}
}

// TestChangeOutlivesPhases: what a step says goes before what later phases say.
func TestChangeOutlivesPhases(t *testing.T) {
	n, _ := findNetwork("lab-periodic-rate")
	rate, loss := yamlfile.Rate(9e6), yamlfile.Share(0.02)
	c := networkChange{up: linkChange{Rate: &rate}, down: linkChange{Loss: &loss}}
	a, err := accessOf(c.apply(n))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range a.Phases {
		if p.Up.RateBPS != 9e6 || p.Down.RateBPS == 9e6 || p.Down.Loss.Rate != 0.02 || p.Up.Loss.Rate != 0 {
			t.Errorf("phase %d: up %+v, down %+v", i, p.Up, p.Down)
		}
	}
	if *n.Phases[0].Up.Rate != 250e3 {
		t.Error("the catalogue was changed")
	}
}

func TestOverrideMustFitTheScript(t *testing.T) {
	src := strings.Replace(moving, "{to: 4g}", "{queue_time: 1s, discipline: codel}", 1)
	for network, fits := range map[string]bool{"4g": true, "good": false} {
		s, err := Parse("moving.yaml", []byte(src))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Override("network.patient", network); (err == nil) != fits {
			t.Errorf("%s: %v", network, err)
		}
	}
}

const moving = `name: moving
length: 40s
sdk: 1.1.3
members:
  doctor:  {device: iphone-8-ios-11.4, network: good, role: broadcaster}
  patient: {device: xiaomi-6-android-8, network: wifi-home, role: broadcaster}
script:
  - {at: 0s, all: join}
  - {at: 15s, patient: {network: {to: 4g}}}
`

// shown counts the patient's pictures that the doctor saw within a time.
func shown(t *testing.T, src string, from, to time.Duration) (n int, r *trace.Record) {
	t.Helper()
	s, err := Parse("moving.yaml", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	res, err := Run(context.Background(), Options{Scenario: s, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range res.Record.Events {
		if ev.Kind == trace.FrameShown && ev.Actor == 0 && ev.At >= from && ev.At < to {
			n++
		}
	}
	return n, res.Record
}

// TestHandover: who goes to another network has another address, and both ends are left
// with connections that lead nowhere, of which they learn late; with the address kept the
// call goes on.
func TestHandover(t *testing.T) {
	kept, same := shown(t, strings.Replace(moving, "{to: 4g}", "{to: 4g, address: same}", 1), 16*time.Second, 18*time.Second)
	moved, r := shown(t, moving, 16*time.Second, 18*time.Second)
	if kept < 20 || moved > 5 {
		t.Errorf("%d pictures with the address kept, %d with a new one", kept, moved)
	}
	if n := changes(r); len(n) != 1 || !strings.HasPrefix(n[0], "to 4g, new address") {
		t.Errorf("notes %q", n)
	}
	if n := changes(same); len(n) != 1 || n[0] != "to 4g" {
		t.Errorf("notes %q with the address kept", n)
	}
	_, said := shown(t, strings.Replace(moving, "{to: 4g}", "{to: 4g, address: new}", 1), 16*time.Second, 18*time.Second)
	if said.Digest != r.Digest {
		t.Error("address: new isn't what a change of network means by itself")
	}
	if _, stays := shown(t, strings.Replace(moving, "{to: 4g}", "{rate: 3M}", 1), 0, 0); strings.Contains(changes(stays)[0], "address") {
		t.Errorf("notes %q of a network that is only slower", changes(stays))
	}
}

// changes are what the record says of each change of a link.
func changes(r *trace.Record) (notes []string) {
	for _, ev := range r.Events {
		if ev.Kind == trace.LinkChanged {
			notes = append(notes, r.Text(ev.Note))
		}
	}
	return notes
}

func TestNewFieldsInScenarios(t *testing.T) {
	file := filepath.Join(t.TempDir(), "moving.yaml")
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "own.trace"), []byte("1\n2\n4\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(file), "bad.trace"), []byte("4\n2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ step, want string }{
		{"{loss: 2%, duplicate: 1%, corrupt: 1%, every: 9}", ""},
		{"{up: {trace: own.trace}, down: {trace: metro.down}}", ""},
		{"{queue_time: 1s, discipline: codel, jitter: 20ms, distribution: pareto, reorder: true}", ""},
		{"{chain: {p: 1%, r: 20%, loss_bad: 90%}, periodic: {pass: 5s, lose: 1s}}", ""},
		{"{nat: {idle: 30s, then: reset}, lookup: {delay: 1s}, cross: [{direction: down, protocol: udp, rate: 1M}]}", ""},
		{"{discipline: fifo}", `:9:47: unknown discipline "fifo"`},
		{"{distribution: nromal}", `:9:49: unknown distribution "nromal"; did you mean "normal"?`},
		{"{trace: lft.up}", `:9:42: unknown trace "lft.up"; did you mean "lift.up"?`},
		{"{trace: bad.trace}", `:9:42: bad.trace:2: 2 ms comes after 4 ms`},
		{"{to: 4g, address: old}", `:9:52: unknown address "old"`},
		{"{chain: {p: 1%, r: 0%, loss_bad: 90%}}", `:9:34: these values don't go together: up: a chain with r 0 never leaves its bad state`},
		{"{loss: 100%, burst: 1s}", ""},
		{"{loss: 50%, burst: 1s, burst_loss: 40%}", `:9:34: these values don't go together: up: loss 0.5 can't be reached`},
		{"{rate: 0, discipline: codel}", `:9:34: these values don't go together: up: CoDel needs a rate`},
		{"{cross: [{direction: down, protocol: udp}]}", `:9:34: these values don't go together: cross traffic: rate 0 bit/s: UDP needs one`},
		{"{cross: [{direction: dwon, protocol: udp}]}", `:9:55: unknown direction "dwon"; did you mean "down"?`},
		{"{nat: {then: reset}}", `:9:40: lacks idle`},
		{"{burst_lost: 3%}", `:9:35: unknown field "burst_lost"; did you mean "burst_loss"?`},
	} {
		_, err := Parse(file, []byte(strings.Replace(moving, "{to: 4g}", c.step, 1)))
		if got := fmt.Sprint(err); (err != nil) != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %v", c.step, err)
		}
	}
	inline := strings.Replace(moving, "network: good", "network: {rate: 1M, address: new}", 1)
	if _, err := Parse(file, []byte(inline)); err == nil || !strings.Contains(err.Error(), `unknown field "address"`) {
		t.Errorf("an address in the cast: %v", err)
	}
}
