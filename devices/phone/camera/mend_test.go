package camera

import (
	"testing"
	"time"

	"minilab/devices/phone"
)

// A stall that is over leaves what else is wrong with the pictures, whichever began first;
// what ended meanwhile has ended.
func TestAStallEndsAlone(t *testing.T) {
	for _, how := range []string{"corrupts", "truncates"} {
		for name, c := range map[string]struct {
			stalls, begins, ends time.Duration // the stall lasts until 8 s
		}{
			"begun before":        {5 * time.Second, 3 * time.Second, 15 * time.Second},
			"begun meanwhile":     {5 * time.Second, 6 * time.Second, 15 * time.Second},
			"both from the start": {0, 0, 15 * time.Second},
			"over meanwhile":      {5 * time.Second, 3 * time.Second, 7 * time.Second},
			"all of it meanwhile": {5 * time.Second, 6 * time.Second, 7 * time.Second},
		} {
			s := newStage(t, phone.DefaultTraits())
			s.at(c.stalls, func() { s.hardware.FailEncoder("stalls") })
			s.at(c.begins, func() { s.hardware.FailEncoder(how) })
			s.at(8*time.Second, func() { s.hardware.MendEncoder("stalls") })
			s.at(c.ends, func() { s.hardware.MendEncoder(how) })
			s.run(22 * time.Second)
			if n := s.coming(max(c.stalls, time.Second), 8*time.Second); n > 0 {
				t.Errorf("%s, %s: %d pictures of a silent encoder", how, name, n)
			}
			lasts := c.ends > 8*time.Second
			if n := s.coming(9*time.Second, 15*time.Second); lasts && n > 9 || !lasts && n != 90 {
				t.Errorf("%s, %s: %d clean pictures in 6 s after the stall", how, name, n)
			}
			if n := s.coming(19*time.Second, 22*time.Second); n != 45 {
				t.Errorf("%s, %s: %d clean pictures in 3 s in the end", how, name, n)
			}
		}
	}
}

// A session that the system took for good is no fault's to give back.
func TestWhatTheSystemTookStaysTaken(t *testing.T) {
	for _, behind := range []bool{true, false} {
		traits := on(true)
		traits.Chip.Unrecovered = 1
		s := newStage(t, traits)
		lose := func() { s.hardware.FailEncoder("dies") }
		if behind {
			lose = func() { s.hardware.LoseSessions(true) }
		}
		s.at(5*time.Second, lose)
		s.at(6*time.Second, func() { s.hardware.FailEncoder("dies") })
		s.at(8*time.Second, func() { s.hardware.MendEncoder("dies") })
		s.run(12 * time.Second)
		if n := s.coming(9*time.Second, 12*time.Second); behind && n > 0 || !behind && n != 45 {
			t.Errorf("taken behind another app %v: %d pictures in 3 s after the fault", behind, n)
		}
	}
}
