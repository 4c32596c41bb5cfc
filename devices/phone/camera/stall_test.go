package camera

import (
	"slices"
	"testing"
	"time"

	"minilab/devices/phone"
)

// A camera that stalls gives the same picture again and again, at its own pace, and for
// far fewer bytes; opened anew it films again.
func TestCameraStalls(t *testing.T) {
	s := newStage(t, phone.DefaultTraits())
	s.at(10*time.Second, func() { s.hardware.FailCamera("stalls") })
	s.at(20*time.Second, func() { s.camera.Close(); s.camera.Open() })
	s.run(25 * time.Second)
	if len(s.troubles) > 0 {
		t.Errorf("it says %v", s.troubles)
	}
	stuck := s.between(10*time.Second, 20*time.Second)
	first := stuck[0].frame.Reading.Stamp
	bytes := 0
	for _, f := range stuck {
		if f.err != nil || f.frame.Reading.Stamp != first || f.unit.Number != int64(first.Frame) || f.unit.Captured != f.at {
			t.Fatalf("the picture at %v: %+v, %v", f.at, f.frame.Reading.Stamp, f.err)
		}
		bytes += len(f.unit.Payload)
	}
	if bps := bytes * 8 / 10; len(stuck) != 150 || bps > 100_000 || bps < 20_000 {
		t.Errorf("%d pictures, %d bit/s of 400000", len(stuck), bps)
	}
	after := s.between(21*time.Second, 25*time.Second)
	for i, f := range after[1:] {
		if f.unit.Number != after[i].unit.Number+1 {
			t.Fatalf("opened anew, picture %d follows %d", f.unit.Number, after[i].unit.Number)
		}
	}
}

// A stall that is written before the camera opens befalls it once it has a picture to
// give again; a stall that is over is over.
func TestCameraStallsFromTheBeginning(t *testing.T) {
	s := newStage(t, phone.DefaultTraits())
	s.hardware.FailCamera("stalls")
	s.at(5*time.Second, func() { s.hardware.MendCamera("stalls") })
	s.run(10 * time.Second)
	for i, f := range s.between(0, 5*time.Second) {
		if f.unit.Number != 0 {
			t.Fatalf("picture %d is number %d", i, f.unit.Number)
		}
	}
	after := s.between(5*time.Second, 10*time.Second)
	if first, last := after[0].unit.Number, after[len(after)-1].unit.Number; first != 1 || last != int64(len(after)) {
		t.Errorf("%d pictures after that, of numbers %d to %d", len(after), first, last)
	}
}

// By itself a camera stalls as often as its trait says, and no other does.
func TestCameraStallsByItself(t *testing.T) {
	for _, perHour := range []float64{0, 720} {
		traits := phone.DefaultTraits()
		traits.Chip.Stalls = perHour
		s := newStage(t, traits)
		stalls := 0
		const spell = 5 * time.Second
		s.camera.Open()
		for i := range 100 {
			s.at(time.Duration(i+1)*spell, func() {
				if s.camera.stalled {
					stalls++
				}
				s.camera.Close()
				s.camera.Open()
			})
		}
		s.e.RunUntil(100 * spell)
		// 1 - exp(-1) of the spells of 5 s have one; less, since the camera takes time to open.
		if perHour == 0 && stalls > 0 || perHour > 0 && (stalls < 48 || stalls > 75) {
			t.Errorf("%v an hour: %d of 100 spells", perHour, stalls)
		}
	}
}

// What something else has taken can't be opened; it comes back by itself.
func TestCameraLost(t *testing.T) {
	s := newStage(t, phone.DefaultTraits())
	s.at(5*time.Second, func() { s.hardware.FailCamera("lost") })
	s.at(8*time.Second, func() { s.camera.Close(); s.camera.Open() })
	s.at(10*time.Second, func() { s.hardware.MendCamera("lost") })
	s.run(12 * time.Second)
	if !slices.Equal(s.troubles, []Trouble{Refused}) {
		t.Errorf("troubles %v", s.troubles)
	}
	if n := len(s.between(5*time.Second, 10*time.Second)); n > 0 {
		t.Errorf("%d pictures of a camera that is lost", n)
	}
	if n := s.coming(11*time.Second, 12*time.Second); n != 15 {
		t.Errorf("%d pictures in a second after that", n)
	}
}

// Each fault of a camera is over by itself: what stalls while something else has it stalls
// when it is back, until that is over; what had stalled before is opened anew.
func TestCameraLostAndStalled(t *testing.T) {
	numbers := func(s *stage, from, to time.Duration) map[uint32]bool {
		out := map[uint32]bool{}
		for _, f := range s.between(from, to) {
			out[f.frame.Reading.Stamp.Frame] = true
		}
		return out
	}
	for _, c := range []struct{ stalls, stallsUntil time.Duration }{{6 * time.Second, 12 * time.Second}, {4 * time.Second, 12 * time.Second}, {6 * time.Second, 7 * time.Second}} {
		s := newStage(t, phone.DefaultTraits())
		s.at(5*time.Second, func() { s.hardware.FailCamera("lost") })
		s.at(c.stalls, func() { s.hardware.FailCamera("stalls") })
		s.at(8*time.Second, func() { s.hardware.MendCamera("lost") })
		s.at(c.stallsUntil, func() { s.hardware.MendCamera("stalls") })
		s.run(15 * time.Second)
		stuck := c.stalls > 5*time.Second && c.stallsUntil > 8*time.Second
		if n, kinds := s.coming(9*time.Second, 12*time.Second), len(numbers(s, 9*time.Second, 12*time.Second)); n < 44 || stuck != (kinds == 1) {
			t.Errorf("stalls from %v to %v: %d pictures in 3 s, %d of them different", c.stalls, c.stallsUntil, n, kinds)
		}
		if n := len(numbers(s, 12100*time.Millisecond, 15*time.Second)); n < 42 {
			t.Errorf("stalls from %v to %v: %d different pictures in the end", c.stalls, c.stallsUntil, n)
		}
	}
}

// The picture turns at once, what is told about it later.
func TestRotationLags(t *testing.T) {
	for _, lag := range []time.Duration{0, 700 * time.Millisecond} {
		traits := phone.DefaultTraits()
		traits.Chip.RotationLag = lag
		s := newStage(t, traits)
		s.at(5*time.Second, func() { s.camera.Turn(90) })
		s.at(6*time.Second, func() { s.camera.Turn(90) })
		s.run(8 * time.Second)
		for _, f := range s.films {
			if got := f.frame.Reading.Rotation; got != 0 && f.at < 5*time.Second || got != 90 && f.at >= 5*time.Second {
				t.Fatalf("the picture at %v is turned by %d", f.at, got)
			}
		}
		if !slices.Equal(s.turns, []time.Duration{5*time.Second + lag}) {
			t.Errorf("lag %v: told at %v", lag, s.turns)
		}
	}
}
