package phone

import "testing"

func TestTraitsThatMakeNoSense(t *testing.T) {
	if err := DefaultTraits().Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Traits){
		"os":          func(x *Traits) { x.OS = "Symbian" },
		"start":       func(x *Traits) { x.CameraStartMax = -1 },
		"fps":         func(x *Traits) { x.CameraFPS = 0 },
		"orientation": func(x *Traits) { x.Orientation = 45 },
		"level":       func(x *Traits) { x.MicLevelCentiDB = 1 },
	} {
		x := DefaultTraits()
		change(&x)
		if err := x.Validate(); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// A trait changes what it says, and a name that stands for numbers nothing.
func TestTraitsAdded(t *testing.T) {
	for name, is := range map[Trait]func(Traits) bool{
		CorruptBitstream:   func(x Traits) bool { return x.Chip.Corrupt },
		EncoderSessionLost: func(x Traits) bool { return x.Chip.SessionLost },
		MicBlockedBehind:   func(x Traits) bool { return x.MicBehind == micBlockedAfter },
	} {
		x := DefaultTraits()
		if is(x) {
			t.Errorf("a healthy phone has the trait %s", name)
		}
		x.Add(name)
		if !is(x) || x == DefaultTraits() {
			t.Errorf("%s changes nothing", name)
		}
	}
	x := DefaultTraits()
	if x.Add("few-decoders"); x != DefaultTraits() {
		t.Errorf("few decoders change %+v", x)
	}
}

func TestChipsThatMakeNoSense(t *testing.T) {
	for name, c := range map[string]Chip{
		"unrecovered": {Unrecovered: 1.1}, "silent": {Silent: -0.1}, "stalls": {Stalls: -1}, "lag": {RotationLag: -1},
	} {
		x := DefaultTraits()
		x.Chip = c
		if x.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
