package tcp

import (
	"testing"
	"time"
)

func TestProfiles(t *testing.T) {
	floors := map[string]time.Duration{"linux": 200 * ms, "android": 200 * ms, "ios": 230 * ms}
	for _, p := range Profiles() {
		if p.MinRTO != floors[p.Name] || p.Source == "" || p.Fidelity == "" || p.Tick <= 0 || p.Retries <= 0 || p.SYNRetries <= 0 || p.KeepProbes <= 0 {
			t.Errorf("profile %+v", p)
		}
		delete(floors, p.Name)
	}
	if len(floors) > 0 {
		t.Errorf("no profile for %v", floors)
	}
	for name, want := range map[string]bool{"": true, "iOS": true, "Android": true, "linux": true, "windows": false} {
		o := Options{OS: name}
		if err := o.Validate(); (err == nil) != want {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestWheel: a timer never fires early, and late by a seventh and two ticks at most.
func TestWheel(t *testing.T) {
	k := ticks{tick: int64(4 * ms), wheel: true}
	for wait := int64(ms); wait < int64(time.Hour); wait += wait/7 + int64(ms) {
		for now := int64(0); now < int64(5*time.Second); now += int64(333 * ms) {
			late := k.fires(now, wait) - now - wait
			if late < 0 || late > wait/7+2*k.tick {
				t.Fatalf("a wait of %v from %v is %v late", time.Duration(wait), time.Duration(now), time.Duration(late))
			}
		}
	}
}
