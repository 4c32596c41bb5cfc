package sound

import "gonum.org/v1/gonum/dsp/fourier"

// The echo canceller works on blocks, in partitions of its filter as long as a block.
// It is a Kalman filter of the room's frequency response, as in Enzner and Vary,
// "Frequency-domain adaptive Kalman filter for acoustic echo control in hands-free
// telephones", 2006, and for partitions in Kuech, Mabande and Enzner, "State-space
// architecture of the partitioned-block-based acoustic echo controller", 2014. For each
// frequency it knows how uncertain it is and how loud whatever else is in the microphone,
// so that it learns while the far end talks alone and holds still while both talk.
const (
	block      = 256 // samples: 16 ms
	frame      = 2 * block
	bins       = block + 1
	partitions = 8 // 128 ms of echo. Source: tails of 64-256 ms are usual; fidelity: assumed.
)

// Parameters of the canceller, all of them choices. Fidelity: assumed. otherSlow is the one
// of several with which the echo of twelve rooms was reduced most while both talk. With a
// roomChange of 0.0005, two of twenty calm calls had an echo: a filter that is so ready to
// believe in another room is 10 dB off while both talk.
const (
	roomPrior     = 0.1 / partitions // power of a frequency's response, before anything is known
	roomChange    = 0.0001           // of that power, by which it may have changed after a block
	otherSlow     = 0.5              // of a block in the mean of what else is in the microphone
	loudEnough    = 1e-7             // mean power of a reference that is heard
	foundLeast    = 0.5              // of the expected echo, that is to be found in the microphone ...
	watchSlow     = 0.04             // ... in the means over so much of a block
	suppressShare = 0.64             // of the echo's power, that the suppressor takes off what is left
	suppressMost  = 0.01             // the least gain of the suppressor: -40 dB
)

// echoCanceller takes from what a microphone captured what it knows the speaker played.
type echoCanceller struct {
	fft         *fourier.FFT
	reference   [frame]float64 // the newest two blocks
	history     [partitions][bins]complex128
	newest      int // place of the newest block in history
	room        [partitions][bins]complex128
	uncertainty [partitions][bins]float64
	other       [bins]float64 // power of what isn't echo
	all         [bins]float64 // power of that and of the echo that is expected to stay
	constrain   int           // the partition that is constrained next
	common      float64       // mean of what the microphone has in common with the expected echo, ...
	expected    float64       // ... and of that echo's own energy
	suppression suppressor
	idle        int // blocks since the reference was heard last

	time     [frame]float64
	spectrum [bins]complex128
	echo     [block]float64
}

func newEchoCanceller() *echoCanceller {
	c := &echoCanceller{fft: fourier.NewFFT(frame)}
	c.suppression.init(c.fft)
	c.forget()
	return c
}

// process takes a block of the microphone and the block of the reference that belongs
// to it, and puts what is left, a block late, into out. In and out may be the same.
func (c *echoCanceller) process(mic, reference, out []float64) {
	c.take(reference)
	if c.idle > partitions {
		c.suppression.process(mic, nil, out)
		return
	}
	c.predict()
	c.filter()
	var left [block]float64
	for i, d := range mic {
		left[i] = d - c.echo[i]
	}
	c.learn(left[:])
	c.watch(mic)
	c.suppression.process(left[:], c.echo[:], out)
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
	c.fft.Coefficients(c.history[c.newest][:], c.reference[:])
}

// predict is what a block of time does to the knowledge of the room: it grows older.
func (c *echoCanceller) predict() {
	for m := range c.room {
		w, p := &c.room[m], &c.uncertainty[m]
		for k := range p {
			p[k] += roomChange * norm(w[k])
		}
	}
}

// filter gives the echo that is expected.
func (c *echoCanceller) filter() {
	y := &c.spectrum
	clear(y[:])
	for m := range c.room {
		x, w := &c.history[(c.newest+m)%partitions], &c.room[m]
		for k := range y {
			y[k] += w[k] * x[k]
		}
	}
	c.fft.Sequence(c.time[:], y[:])
	for i := range c.echo {
		c.echo[i] = c.time[block+i] / frame
	}
}

// learn corrects the filter by what it left of this block. That is half of a frame: of the
// echo that a frame's spectrum stands for it shows one half, and the other counts as noise.
func (c *echoCanceller) learn(left []float64) {
	const shown = float64(block) / frame
	clear(c.time[:block])
	copy(c.time[block:], left)
	e := &c.spectrum
	c.fft.Coefficients(e[:], c.time[:])
	for k, z := range e {
		c.other[k] += otherSlow * (norm(z) - c.other[k])
		c.all[k] = c.other[k] + 1e-12
	}
	for m := range c.room {
		x, p := &c.history[(c.newest+m)%partitions], &c.uncertainty[m]
		for k := range p {
			c.all[k] += norm(x[k]) * p[k]
		}
	}
	for m := range c.room {
		x, w, p := &c.history[(c.newest+m)%partitions], &c.room[m], &c.uncertainty[m]
		for k := range w {
			gain := p[k] / c.all[k]
			w[k] += complex(gain*real(x[k]), -gain*imag(x[k])) * e[k]
			p[k] -= shown * gain * p[k] * norm(x[k])
		}
	}
	c.bound()
}

// bound keeps one partition, another one each time, from wrapping round.
func (c *echoCanceller) bound() {
	w := &c.room[c.constrain]
	c.constrain = (c.constrain + 1) % partitions
	c.fft.Sequence(c.time[:], w[:])
	for i := range block {
		c.time[i] /= frame
	}
	clear(c.time[block:])
	c.fft.Coefficients(w[:], c.time[:])
}

// watch has it begin anew when what it expects isn't in what the microphone captured: the
// room has changed, or the reference lies elsewhere. What the near end says is no relative
// of the expected echo, and averages out.
func (c *echoCanceller) watch(mic []float64) {
	common, expected := 0.0, 0.0
	for i, y := range c.echo {
		common += mic[i] * y
		expected += y * y
	}
	c.common += watchSlow * (common - c.common)
	c.expected += watchSlow * (expected - c.expected)
	if c.common < foundLeast*c.expected {
		c.forget()
	}
}

// forget begins anew.
func (c *echoCanceller) forget() {
	c.room = [partitions][bins]complex128{}
	for m := range c.uncertainty {
		for k := range c.uncertainty[m] {
			c.uncertainty[m][k] = roomPrior
		}
	}
	c.other = [bins]float64{}
	c.common, c.expected = 0, 0
}

func norm(z complex128) float64 { return real(z)*real(z) + imag(z)*imag(z) }
