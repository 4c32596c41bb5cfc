package sound

import (
	"math"
	"time"
)

const (
	// Rate is the sampling rate in Hz.
	// Source: wideband speech, the low audio quality of live-pusher; fidelity: assumed.
	Rate = 16000
	// silent is the level of nothing at all, in 1/100 dB.
	silent = -9600
)

// Level is a mean power (of samples of -1..1) in 1/100 dB; 0 is a sine at full scale.
func Level(power float64) int {
	if power <= 0 {
		return silent
	}
	return max(silent, int(math.Round(1000*math.Log10(2*power))))
}

// LevelOf is the level of samples.
func LevelOf(x []int16) int {
	sum := 0.0
	for _, v := range x {
		sum += float64(v) * float64(v)
	}
	return Level(sum / (32768 * 32768) / float64(max(1, len(x))))
}

// At is the number of the sample at a time since the start of the world.
func At(t time.Duration) int64 { return int64(t) * Rate / int64(time.Second) }

// gainOf is the factor of so many 1/100 dB.
func gainOf(centiDB int) float64 { return math.Pow(10, float64(centiDB)/2000) }

// Power is the mean power of samples.
func Power(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	return energy(x) / float64(len(x))
}

func energy(x []float64) float64 {
	sum := 0.0
	for _, v := range x {
		sum += v * v
	}
	return sum
}

// goertzel measures one frequency in a row of samples that comes in pieces.
type goertzel struct{ coefficient, s1, s2 float64 }

func newGoertzel(hertz float64) goertzel {
	return goertzel{coefficient: 2 * math.Cos(2*math.Pi*hertz/Rate)}
}

func (g *goertzel) add(x []float64) {
	c, s1, s2 := g.coefficient, g.s1, g.s2
	for _, v := range x {
		s1, s2 = v+c*s1-s2, s1
	}
	g.s1, g.s2 = s1, s2
}

// addShaped adds samples times a window.
func (g *goertzel) addShaped(x, window []float64) {
	c, s1, s2 := g.coefficient, g.s1, g.s2
	window = window[:len(x)]
	for i, v := range x {
		s1, s2 = v*window[i]+c*s1-s2, s1
	}
	g.s1, g.s2 = s1, s2
}

// power is that of the sine of this frequency, given the sum of the window's values
// (the number of samples where there was none). The next row begins.
func (g *goertzel) power(weight float64) float64 {
	square := g.s1*g.s1 + g.s2*g.s2 - g.coefficient*g.s1*g.s2
	g.s1, g.s2 = 0, 0
	return 2 * square / (weight * weight)
}

// toneLevel is the level of one frequency in samples, in 1/100 dB.
func toneLevel(x []float64, hertz float64) int {
	g := newGoertzel(hertz)
	g.add(x)
	return Level(g.power(float64(len(x))))
}

// hann is a window that keeps a frequency apart from its neighbours.
func hann(n int) []float64 {
	w := make([]float64, n)
	for i := range w {
		w[i] = 0.5 - 0.5*math.Cos(2*math.Pi*(float64(i)+0.5)/float64(n))
	}
	return w
}
