package sound

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// The echo canceller works on blocks, in partitions of its filter as long as a block
// (multi-delay filter). As in Valin, "On Adjusting the Learning Rate in Frequency Domain
// Echo Cancellation With Double-Talk", 2007, it learns the faster the more of the echo
// stays; how much that is is told from phase, because two who talk at once have loudness
// in common now and then. A second filter, which does not learn, makes the output and is
// replaced when the learning one has done better.
const (
	block      = 256 // samples: 16 ms
	frame      = 2 * block
	bins       = block + 1
	partitions = 8 // 128 ms of echo. Source: tails of 64-256 ms are usual; fidelity: assumed.
)

// Parameters of the canceller, all of them choices. Fidelity: assumed.
const (
	leakLeast    = 0.005 // of the echo's power that stays, as estimated
	residueLeast = 0.02  // and as the suppressor takes it
	leakSlow     = 0.08  // of a block in the means that this is told from
	weakShare    = 0.001 // of the reference's strongest frequency: weaker ones teach little
	sharpLeast   = 0.2   // share of a frequency's power that a sharper window leaves at least
	rateMost     = 0.5   // of the filter's step
	overall      = 0.5   // of the step for all frequencies, that one frequency may take
	loudEnough   = 1e-7  // mean power of a reference that the filter may learn from
	resetRatio   = 4.0   // of what comes out over what goes in, that means divergence ...
	resetAfter   = 50    // ... when it lasts so many blocks
	suppressOver = 32.0  // how much of the estimated residue the suppressor takes off
	suppressMost = 0.01  // the least gain of the suppressor: -40 dB
)

// echoCanceller takes from what a microphone captured what it knows the speaker played.
type echoCanceller struct {
	fft        *fourier.FFT
	reference  [frame]float64 // the newest two blocks
	history    [partitions][bins]complex128
	newest     int // place of the newest block in history
	background [partitions][bins]complex128
	foreground [partitions][bins]complex128
	power      [bins]float64 // of the reference, over the filter's length
	sharp      [bins]float64 // the same through a window that smears less

	adapted     bool
	learned     float64       // sum of the steps so far
	diverged    int           // blocks in which it made things worse
	constrain   int           // the partition that is constrained next
	leak        float64       // of the echo's power that stays
	leaks       [bins]float64 // the same by frequency; short means of what stays, of the
	left        [bins]float64 // expected echo, and of both together:
	expected    [bins]float64
	cross       [bins]complex128
	gain1       float64 // how much better the background is than the foreground, short term
	gain2       float64
	spread1     float64
	spread2     float64
	suppression suppressor
	idle        int // blocks since the reference was heard last

	time           [frame]float64
	spectrum, e, y [bins]complex128
	echo, fore     [block]float64
}

func newEchoCanceller() *echoCanceller {
	c := &echoCanceller{fft: fourier.NewFFT(frame), leak: 1}
	c.suppression.init(c.fft)
	return c
}

// process takes a block of the microphone and the block of the reference that belongs
// to it, and puts what is left, a block late, into out. In and out may be the same.
func (c *echoCanceller) process(mic, reference, out []float64) {
	c.take(reference)
	if c.idle > partitions {
		c.suppression.process(mic, nil, &c.leaks, out)
		return
	}
	fore, back := c.fore[:], c.echo[:]
	c.filter(&c.foreground, fore)
	c.filter(&c.background, back)
	in, difference, errorFore, errorBack := 0.0, 0.0, 0.0, 0.0
	for i, d := range mic {
		in += d * d
		f, b := d-fore[i], d-back[i]
		difference += (f - b) * (f - b)
		errorFore += f * f
		errorBack += b * b
	}
	c.choose(mic, errorFore, errorBack, difference)
	c.learn(mic, in)
	for i, d := range mic {
		back[i] = d - fore[i]
	}
	c.suppression.process(back, fore, &c.leaks, out)
}

// take moves the reference on by a block.
func (c *echoCanceller) take(reference []float64) {
	copy(c.reference[:block], c.reference[block:])
	copy(c.reference[block:], reference)
	c.newest = (c.newest + partitions - 1) % partitions
	if energy(reference) > loudEnough*block {
		c.idle = 0
	} else {
		c.idle++
	}
	if c.idle > partitions {
		clear(c.history[c.newest][:])
		return
	}
	x := &c.history[c.newest]
	c.fft.Coefficients(x[:], c.reference[:])
	clear(c.power[:])
	clear(c.sharp[:])
	for m := range c.history {
		h := &c.history[m]
		for k, z := range h {
			c.power[k] += norm(z)
		}
		for k := 1; k < bins-1; k++ {
			c.sharp[k] += norm(0.5*h[k] - 0.25*(h[k-1]+h[k+1]))
		}
	}
}

// filter gives the echo that weights expect.
func (c *echoCanceller) filter(weights *[partitions][bins]complex128, out []float64) {
	y := &c.spectrum
	clear(y[:])
	for m := range weights {
		x, w := &c.history[(c.newest+m)%partitions], &weights[m]
		for k := range y {
			y[k] += w[k] * x[k]
		}
	}
	c.fft.Sequence(c.time[:], y[:])
	for i := range out {
		out[i] = c.time[block+i] / frame
	}
}

// choose lets the background filter take over where it does better, or begin again
// from the foreground where it does worse.
func (c *echoCanceller) choose(mic []float64, errorFore, errorBack, difference float64) {
	better := errorFore - errorBack
	c.gain1 = 0.6*c.gain1 + 0.4*better
	c.gain2 = 0.85*c.gain2 + 0.15*better
	c.spread1 = 0.36*c.spread1 + 0.16*errorFore*difference
	c.spread2 = 0.7225*c.spread2 + 0.0225*errorFore*difference
	switch {
	case better*math.Abs(better) > errorFore*difference,
		c.gain1*math.Abs(c.gain1) > 0.5*c.spread1,
		c.gain2*math.Abs(c.gain2) > 0.25*c.spread2:
		c.gain1, c.gain2, c.spread1, c.spread2 = 0, 0, 0, 0
		c.foreground = c.background
		for i := range mic { // from the old to the new echo without a step
			w := (float64(i) + 0.5) / block
			c.fore[i] += w * (c.echo[i] - c.fore[i])
		}
	case -better*math.Abs(better) > resetRatio*errorFore*difference,
		-c.gain1*math.Abs(c.gain1) > resetRatio*c.spread1,
		-c.gain2*math.Abs(c.gain2) > resetRatio*c.spread2:
		c.gain1, c.gain2, c.spread1, c.spread2 = 0, 0, 0, 0
		c.background = c.foreground
		c.echo = c.fore
	}
}

// learn corrects the background filter by what it left of this block.
func (c *echoCanceller) learn(mic []float64, in float64) {
	clear(c.time[:block])
	left, echo := 0.0, 0.0
	for i, d := range mic {
		e := d - c.echo[i]
		c.time[block+i] = e
		left += e * e
		echo += c.echo[i] * c.echo[i]
	}
	c.fft.Coefficients(c.e[:], c.time[:])
	copy(c.time[block:], c.echo[:])
	c.fft.Coefficients(c.y[:], c.time[:])
	c.estimateLeak()
	reference := energy(c.reference[block:])
	if left > resetRatio*in+loudEnough*block {
		c.diverged++
	} else {
		c.diverged = max(0, c.diverged-1)
	}
	if c.diverged > resetAfter {
		c.forget()
		return
	}
	c.step(left, echo, reference)
	c.bound()
}

// estimateLeak finds, for each frequency, how much of the echo stays: of what stays, the
// part that keeps its phase against the expected echo. What the near end says doesn't.
func (c *echoCanceller) estimateLeak() {
	sum, all := 0.0, 0.0
	for k := range bins {
		e, y := c.e[k], c.y[k]
		c.cross[k] += complex(leakSlow, 0) * (e*complex(real(y), -imag(y)) - c.cross[k])
		c.left[k] += leakSlow * (norm(e) - c.left[k])
		c.expected[k] += leakSlow * (norm(y) - c.expected[k])
		chance := leakSlow * c.left[k] * c.expected[k] // what two that are strangers have in common
		c.leaks[k] = min(1, max(leakLeast, (norm(c.cross[k])-chance)/(c.expected[k]*c.expected[k]+1e-12)))
		sum += c.leaks[k] * c.expected[k]
		all += c.expected[k]
	}
	c.leak = leakLeast
	if all > 0 {
		c.leak = sum / all
	}
}

// step adds the correction to each partition, and notes when the filter has learned.
func (c *echoCanceller) step(left, echo, reference float64) {
	ratio := 0.0 // of the echo that stays to all that stays
	if left > 0 {
		ratio = (0.00001*reference + 3*c.leak*echo) / left
		ratio = min(ratio, rateMost)
	}
	c.adapted = c.adapted || c.learned > partitions
	early := 0.0
	if !c.adapted && left > 0 && reference > loudEnough*block {
		early = min(0.25*reference, 0.25*left) / left
		c.learned += early
	}
	// Where the reference has next to nothing, or only what a strong frequency elsewhere
	// smears, there is nothing to learn; it might be the near end that comes back.
	weak := 1e-3
	for _, p := range c.power {
		weak = max(weak, weakShare*p)
	}
	for k := range bins {
		mu := early
		if c.adapted {
			e := norm(c.e[k]) + 1e-12
			r := min(c.leaks[k]*norm(c.y[k]), 0.5*e)
			mu = min(0.7*r/e+0.3*ratio, overall*ratio)
		}
		sharp := min(1, c.sharp[k]/(sharpLeast*c.power[k]+1e-12))
		strong := c.power[k] / (c.power[k] + weak)
		mu *= sharp * sharp * strong * strong
		c.e[k] *= complex(mu/(c.power[k]+weak), 0)
	}
	for m := range partitions {
		x, w := &c.history[(c.newest+m)%partitions], &c.background[m]
		for k := range w {
			w[k] += complex(real(x[k]), -imag(x[k])) * c.e[k]
		}
	}
}

// bound keeps one partition, another one each time, from wrapping round.
func (c *echoCanceller) bound() {
	w := &c.background[c.constrain]
	c.constrain = (c.constrain + 1) % partitions
	c.fft.Sequence(c.time[:], w[:])
	for i := range block {
		c.time[i] /= frame
	}
	clear(c.time[block:])
	c.fft.Coefficients(w[:], c.time[:])
}

// forget begins anew after the filter has diverged.
func (c *echoCanceller) forget() {
	c.background = [partitions][bins]complex128{}
	c.foreground = c.background
	c.adapted, c.learned, c.diverged, c.leak = false, 0, 0, 1
	c.left, c.expected, c.cross = [bins]float64{}, [bins]float64{}, [bins]complex128{}
	c.gain1, c.gain2, c.spread1, c.spread2 = 0, 0, 0, 0
}

func norm(z complex128) float64 { return real(z)*real(z) + imag(z)*imag(z) }
