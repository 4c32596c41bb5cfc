package sound

import (
	"math"
	"testing"
)

// constant is a block of one amplitude, whose level as a sine is 3 dB above its power's.
func constant(n int, centiDB int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = gainOf(centiDB) / math.Sqrt2
	}
	return x
}

// A shut gate opens at -50 dB and not at -52; an open one shuts below -55 dB, after a quarter
// of a second and not before.
func TestTheGateHasTwoLevels(t *testing.T) {
	g := gate{gain: 1}
	quiet := func(blocks int) {
		for range blocks {
			g.process(constant(block, -5600))
		}
	}
	if quiet(15); g.shut {
		t.Error("shut after 240 ms")
	}
	if quiet(1); !g.shut {
		t.Error("open after 256 ms of quiet")
	}
	if g.process(constant(block, -5200)); !g.shut {
		t.Error("opens at -52 dB")
	}
	if g.process(constant(block, -4950)); g.shut {
		t.Error("shut at -49.5 dB")
	}
	for range 40 {
		g.process(constant(block, -5400))
	}
	if g.shut {
		t.Error("shuts at -54 dB")
	}
}

// The limiter lets nothing above 0.9 of full scale through, and lets go within 50 ms.
func TestTheLimiterLetsGoSlowly(t *testing.T) {
	l := limiter{gain: 1}
	loud := constant(Rate/100, 1200)
	l.process(loud)
	for _, v := range loud {
		if v > 0.9+1e-9 {
			t.Fatalf("%v of full scale", v)
		}
	}
	soft := constant(Rate/100, -4000)
	l.process(soft)
	after10 := l.gain
	for range 4 {
		l.process(constant(Rate/100, -4000))
	}
	if after10 > 0.7 || l.gain != 1 {
		t.Errorf("gain %v after 10 ms and %v after 50", after10, l.gain)
	}
}

// While the phone takes a call for media it is 9 dB quieter, and as loud as before afterwards.
func TestCallsAreQuieterAsMedia(t *testing.T) {
	d := &Device{volume: 1}
	d.SetMedia(true)
	if db := 20 * math.Log10(d.Volume()); math.Abs(db+9) > 0.01 {
		t.Errorf("%.2f dB", db)
	}
	if d.SetMedia(false); d.Volume() != 1 {
		t.Errorf("volume %v", d.Volume())
	}
}
