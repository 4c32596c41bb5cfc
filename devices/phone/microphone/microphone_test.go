package microphone

import (
	"slices"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/aac"
	"minilab/simulator/media/flv"
)

func TestMicrophoneKeepsItsClock(t *testing.T) {
	e := engine.New(1)
	var units []phone.Unit
	m := New(e, Options{Name: "a/mic", UID: 7, Traits: phone.DefaultTraits(), OnSound: func(u phone.Unit) { units = append(units, u) }})
	m.Open()
	e.RunUntil(10 * time.Second)
	m.Close()
	e.RunUntil(20 * time.Second)
	if len(units) != 468 {
		t.Fatalf("%d units in 10 s, want 468", len(units))
	}
	bytes := 0
	for i, u := range units {
		s, ok := aac.Read(u.Payload)
		if !ok || s.UID != 7 || s.Seq != uint32(i) || u.Captured != aac.UnitTime(uint32(i)) {
			t.Fatalf("unit %d: %+v, %v, captured %v", i, s, ok, u.Captured)
		}
		bytes += len(u.Payload)
	}
	if bps := bytes * 8 / 10; bps < voiceBPS*97/100 || bps > voiceBPS*103/100 {
		t.Errorf("%d bit/s", bps)
	}
}

// Sound of a recording begins anew with the recording, not when it is over itself.
func TestRecordedSoundLoopsAndBeginsAnew(t *testing.T) {
	ms := time.Millisecond
	clip := &flv.Clip{AudioConfig: []byte{2}, Length: 300 * ms, Units: []flv.Unit{
		{Video: true, Key: true, Data: []byte("p0")}, {At: 10 * ms, Data: []byte("s0")}, {At: 160 * ms, Data: []byte("s1")},
	}}
	e := engine.New(1)
	var sounds []string
	var at []time.Duration
	m := New(e, Options{Name: "m", Clip: clip, OnSound: func(u phone.Unit) { sounds, at = append(sounds, string(u.Payload)), append(at, u.Captured) }})
	m.Open()
	e.RunUntil(350 * ms)
	m.Restart()
	e.RunUntil(400 * ms)
	if want := []string{"s0", "s1", "s0", "s0"}; !slices.Equal(sounds, want) {
		t.Errorf("sounds %v, want %v", sounds, want)
	}
	if want := []time.Duration{10 * ms, 160 * ms, 310 * ms, 360 * ms}; !slices.Equal(at, want) {
		t.Errorf("at %v, want %v", at, want)
	}
	if config := m.Config(); !slices.Equal(config, clip.AudioConfig) {
		t.Errorf("configuration % x", config)
	}
}

// A recording without sound is silence.
func TestRecordingWithoutSound(t *testing.T) {
	e := engine.New(1)
	m := New(e, Options{Name: "m", Clip: &flv.Clip{Length: time.Second, Units: []flv.Unit{{Video: true, Key: true}}},
		OnSound: func(phone.Unit) { t.Error("it sounds") }})
	m.Open()
	m.Restart()
	e.RunUntil(3 * time.Second)
}

// Units are numbered on when the microphone is switched off and on, so that no two are taken
// for one; a second Open of an open one begins nothing anew.
func TestUnitsAreNumberedOn(t *testing.T) {
	e := engine.New(1)
	var numbers []int64
	var stamps []uint32
	m := New(e, Options{Name: "a/mic", UID: 7, Traits: phone.DefaultTraits(), OnSound: func(u phone.Unit) {
		s, _ := aac.Read(u.Payload)
		numbers, stamps = append(numbers, u.Number), append(stamps, s.Seq)
	}})
	m.Open()
	e.RunUntil(510 * time.Millisecond)
	m.Open()
	e.RunUntil(time.Second)
	m.Close()
	e.RunUntil(2 * time.Second)
	before := len(numbers)
	m.Open()
	e.RunUntil(3 * time.Second)
	if before != 46 || len(numbers) != 92 {
		t.Errorf("%d units in the first second, %d in all", before, len(numbers))
	}
	for i := range numbers {
		if numbers[i] != int64(i) || stamps[i] != uint32(i) {
			t.Fatalf("unit %d has the numbers %d and %d", i, numbers[i], stamps[i])
		}
	}
}

// Where media are sparse ten units are one: as many bits a second in a tenth of the units,
// which decoders are told of.
func TestSparseSound(t *testing.T) {
	traits := phone.DefaultTraits()
	traits.Thin = true
	e := engine.New(1)
	n, bytes := 0, 0
	m := New(e, Options{Name: "a/mic", UID: 7, Traits: traits, OnSound: func(u phone.Unit) { n++; bytes += len(u.Payload) }})
	m.Open()
	e.RunUntil(10 * time.Second)
	if n != 46 || bytes*8/10 < 46000 || bytes*8/10 > 49000 {
		t.Errorf("%d units and %d bit/s in 10 s", n, bytes*8/10)
	}
	if unit := aac.LengthOf(m.Config()); unit < 213*time.Millisecond || unit > 214*time.Millisecond {
		t.Errorf("decoders are told of units of %v", unit)
	}
}
