package camera

import (
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var encoderFaults = []string{encoderDies, encoderRefuses, encoderSilent, encoderCorrupts, encoderCuts}

// Whatever befalls camera and encoder in whatever order: a closed or lost camera films
// nothing, pictures are never numbered backwards, what an encoder gives can be decoded
// once a key frame has come, and when all is mended and begun anew the pictures are right
// again.
func TestMishapsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		traits := on(rapid.Bool().Draw(rt, "takes"))
		traits.Chip.Unrecovered, traits.Chip.Silent = 0.5, 0.2
		traits.Chip.Stalls = 60
		traits.CPU = rapid.SampledFrom([]float64{0.5, 1, 2.6}).Draw(rt, "cpu")
		s := newStage(t, traits)
		c, h := s.camera, s.hardware
		open, filming := false, false
		acts := map[string]func(){
			"open":          func() { c.Open(); filming, open = !h.lost, true },
			"close":         func() { c.Close(); filming, open = false, false },
			"begin":         c.BeginEncoding,
			"end":           c.EndEncoding,
			"restart":       c.Restart,
			"slower":        func() { c.SetFPS(7) },
			"faster":        func() { c.SetFPS(15) },
			"turn":          func() { c.Turn(90) },
			"away":          func() { h.LoseSessions(true) },
			"covered":       func() { h.LoseSessions(false) },
			"mend encoder":  func() { h.MendEncoder(rapid.SampledFrom(encoderFaults).Draw(rt, "encoder fault")) },
			"mend stall":    func() { h.MendCamera("stalls") },
			"mend camera":   func() { h.MendCamera("lost"); filming = open },
			"dies":          func() { h.FailEncoder("dies") },
			"refuses":       func() { h.FailEncoder("fails-to-start") },
			"stalls":        func() { h.FailEncoder("stalls") },
			"corrupts":      func() { h.FailEncoder("corrupts") },
			"camera stalls": func() { h.FailCamera("stalls") },
			"camera lost":   func() { h.FailCamera("lost"); filming = false },
		}
		names := slices.Sorted(maps.Keys(acts))
		for range rapid.IntRange(1, 20).Draw(rt, "acts") {
			name := rapid.SampledFrom(names).Draw(rt, "act")
			acts[name]()
			before, from := len(s.films), s.e.Now()
			s.e.RunUntil(from + time.Duration(rapid.IntRange(1, 1000).Draw(rt, "ms"))*time.Millisecond)
			if n := len(s.films) - before; !filming && n > 0 {
				rt.Fatalf("%s: %d pictures of a camera that isn't open", name, n)
			}
		}
		for i, f := range s.films {
			if i > 0 && f.unit.Number < s.films[i-1].unit.Number {
				rt.Fatalf("picture %d after %d", f.unit.Number, s.films[i-1].unit.Number)
			}
			if f.comes() && f.err != nil {
				rt.Fatalf("the picture at %v: %v", f.at, f.err)
			}
		}
		c.Close()
		for _, how := range encoderFaults {
			h.MendEncoder(how)
		}
		h.MendCamera("stalls")
		h.MendCamera("lost")
		c.EndEncoding()
		h.traits.Chip.Silent, c.o.Traits.Chip.Stalls = 0, 0
		from := s.e.Now()
		c.Open()
		s.e.RunUntil(from + 3*time.Second)
		if n := s.coming(from+time.Second, from+3*time.Second); n < 13 {
			rt.Fatalf("mended, %d pictures in 2 s", n)
		}
		if len(h.users) != 1 {
			rt.Fatalf("%d cameras", len(h.users))
		}
	})
}
