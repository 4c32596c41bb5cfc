package memory

import (
	"testing"
	"time"
)

// Phones by what the fixtures say of them.
var (
	phone1GB = Traits{RAM: 1024 * mb, Others: 450 * mb, Limit: 645 * mb}
	phone2GB = Traits{RAM: 1990 * mb, Others: 700 * mb, Limit: 1364 * mb}
	phone3GB = Traits{RAM: 2785 * mb, Others: 900 * mb, Limit: 1392 * mb}
	android  = Traits{RAM: 3072 * mb, Others: 1600 * mb}
)

// call looks at a phone's memory each second of a call, until the worst.
func call(t Traits, p Params, c Components, length time.Duration) (warned []time.Duration, exceeded time.Duration) {
	m := New(t, p, 0)
	for at := time.Second; at <= length; at += time.Second {
		switch m.Look(at, c) {
		case None:
		case LimitExceeded:
			return warned, at
		default:
			warned = append(warned, at)
		}
	}
	return warned, 0
}

// twice tells when two warnings came within 5 s.
func twice(warned []time.Duration) time.Duration {
	for i := 1; i < len(warned); i++ {
		if warned[i]-warned[i-1] <= 5*time.Second {
			return warned[i]
		}
	}
	return 0
}

var (
	callOfTwo   = Components{Pushers: 1, Players: 1, Decoders: 1, Voices: 1}
	callOfSeven = Components{Pushers: 1, Players: 6, Decoders: 6, Voices: 6}
	voicesOf17  = Components{Pushers: 1, Players: 16, Voices: 16}
)

func TestWarningsComeOftenerBeforeTheEnd(t *testing.T) {
	p := DefaultParams()
	warned, exceeded := call(phone1GB, p, callOfSeven, time.Hour)
	end := twice(warned)
	if end < 5*time.Minute || end > 30*time.Minute || exceeded != 0 && exceeded < end {
		t.Errorf("1 GB: two warnings at %v, limit at %v", end, exceeded)
	}
	if len(warned) < 3 || warned[1]-warned[0] < 5*time.Second {
		t.Errorf("1 GB: first warnings at %v", warned[:min(3, len(warned))])
	}
	warned, exceeded = call(phone2GB, p, callOfSeven, 4*time.Hour)
	if end := twice(warned); end < 30*time.Minute || exceeded != 0 && exceeded < end {
		t.Errorf("2 GB: two warnings at %v, limit at %v", end, exceeded)
	}
}

// Where one app may have much less than the phone has, no warning comes before the end.
func TestLimitBeforeWarnings(t *testing.T) {
	warned, exceeded := call(phone3GB, DefaultParams(), callOfSeven, 4*time.Hour)
	if len(warned) > 0 || exceeded < 30*time.Minute || exceeded > 2*time.Hour {
		t.Errorf("warned at %v, limit at %v", warned, exceeded)
	}
}

func TestSmallCallsLast(t *testing.T) {
	for name, c := range map[string]struct {
		phone  Traits
		with   Components
		length time.Duration
	}{
		"two on 2 GB":            {phone2GB, callOfTwo, 5 * time.Hour},
		"two on 3 GB":            {phone3GB, callOfTwo, 6 * time.Hour},
		"two on 1 GB":            {phone1GB, callOfTwo, time.Hour},
		"17 voices on 1 GB":      {phone1GB, voicesOf17, 30 * time.Minute},
		"seven, a few minutes":   {phone1GB, callOfSeven, 4 * time.Minute},
		"seven on Android, 3 GB": {android, callOfSeven, time.Hour},
	} {
		if warned, exceeded := call(c.phone, DefaultParams(), c.with, c.length); len(warned) > 0 || exceeded > 0 {
			t.Errorf("%s: warned at %v, limit at %v", name, warned, exceeded)
		}
	}
}

// Without its cause, the leak, nothing ever ends.
func TestNothingLeaksNothingEnds(t *testing.T) {
	p := DefaultParams()
	p.Leak, p.VoiceLeak = 0, 0
	for name, phone := range map[string]Traits{"1 GB": phone1GB, "2 GB": phone2GB, "3 GB": phone3GB} {
		if warned, exceeded := call(phone, p, callOfSeven, 24*time.Hour); len(warned) > 0 || exceeded > 0 {
			t.Errorf("%s: warned %d times, limit at %v", name, len(warned), exceeded)
		}
	}
}

func TestLevelsOfAndroid(t *testing.T) {
	p := DefaultParams()
	p.CachesBack = 0
	small := Traits{RAM: 1100 * mb, Others: 600 * mb}
	m := New(small, p, 0)
	seen := map[Pressure]bool{}
	for at := time.Second; at < 2*time.Hour; at += time.Second {
		seen[m.Look(at, callOfSeven)] = true
	}
	if !seen[None] || !seen[Moderate] || !seen[Low] || !seen[Critical] || seen[LimitExceeded] {
		t.Errorf("levels seen: %v", seen)
	}
}

func TestMemoryThatMakesNoSense(t *testing.T) {
	for _, m := range []Traits{{RAM: -1}, {RAM: 10, Others: 10}, {Limit: -1}} {
		if m.Validate() == nil {
			t.Errorf("%+v accepted", m)
		}
	}
}

// All that a page has takes memory at once: camera and encoder, a player with its canvas, its
// decoder's surfaces, what the mixer has for its sound. Only what decodes or mixes leaks.
func TestEachComponentWeighs(t *testing.T) {
	const hour = time.Hour
	p := DefaultParams()
	p.CachesBack = 0
	used := func(c Components, at time.Duration) int64 {
		m := New(Traits{RAM: 8 << 30}, p, 0)
		m.Look(0, c)
		m.Look(at, c)
		return m.Used()
	}
	bare := used(Components{}, hour)
	if bare != used(Components{}, 0) || bare < 100*mb {
		t.Errorf("a page without components takes %d bytes, %d after an hour", used(Components{}, 0), bare)
	}
	for name, c := range map[string]struct {
		has, less Components
		leaks     bool
	}{
		"pusher":  {Components{Pushers: 1}, Components{}, false},
		"player":  {Components{Players: 1}, Components{}, false},
		"decoder": {Components{Players: 1, Decoders: 1}, Components{Players: 1}, true},
		"voice":   {Components{Players: 1, Voices: 1}, Components{Players: 1}, true},
	} {
		weighs := used(c.has, 0) - used(c.less, 0)
		leaks := used(c.has, hour) - used(c.has, 0)
		if weighs < mb || weighs > 100*mb || (leaks > mb) != c.leaks {
			t.Errorf("a %s weighs %d bytes, and leaks %d in an hour", name, weighs, leaks)
		}
	}
	two := used(Components{Players: 2, Decoders: 2}, hour) - used(Components{Players: 1, Decoders: 1}, hour)
	if one := used(Components{Players: 1, Decoders: 1}, hour) - bare; two != one {
		t.Errorf("the second decoder takes %d bytes in an hour, the first %d", two, one)
	}
}

// Of 60 MB free the system says that it is little, of less than half that it is low, of less
// than a quarter that it is critical; a warning has WeChat give up its caches.
func TestWarningsAreByQuarters(t *testing.T) {
	p := DefaultParams()
	p.CachesBack = 0
	base := New(Traits{RAM: 8 << 30}, p, 0)
	base.Look(0, Components{})
	for free, want := range map[int64]Pressure{61: None, 59: Moderate, 31: Moderate, 29: Low, 16: Low, 14: Critical} {
		m := New(Traits{RAM: base.Used() + free*mb}, p, 0)
		if got := m.Look(time.Second, Components{}); got != want {
			t.Errorf("%d MB free: %v, want %v", free, got, want)
		}
	}
	p.CachesBack = 2 * mb
	m := New(Traits{RAM: base.Used() + 70*mb}, p, 0)
	m.Look(0, Components{})
	if before, level := m.Used(), m.Look(20*time.Second, Components{}); level != Moderate || m.Used() != before {
		t.Errorf("%v: %d bytes, and %d before the caches grew", level, m.Used(), before)
	}
}
