package sound

import (
	"math/bits"

	"gonum.org/v1/gonum/dsp/fourier"
)

const (
	// lags is how far back the estimator looks for what the microphone hears now, in
	// blocks: a second.
	lags = 64
	// history is how many blocks it remembers: what waits to be played comes on top.
	history = 2 * lags
	// bandFirst and bandBins lay its 32 bands over 375 to 3375 Hz.
	bandFirst, bandBins = 12, 3
	// lagSlow is over how many blocks it averages, lagStable how many must agree, lagClear
	// and lagBetter by how many bands of 32 the best lag must beat the mean of all and the
	// lags that are taken for right, and lagLoud how much louder than usual a loud band is.
	// Fidelity: assumed; they make it find a new delay within about a second.
	lagSlow, lagStable, lagClear, lagBetter, lagLoud, lagShare = 48, 16, 1.5, 1.2, 1.2, 0.002
	// lagAudible is the mean power from which a block says anything.
	lagAudible = 1e-6
)

// delayEstimator finds how long ago the sound was handed to the speaker that comes back
// into the microphone now, by comparing which bands of both are louder than usual.
type delayEstimator struct {
	fft       *fourier.FFT
	window    []float64
	time      [frame]float64
	spectrum  [bins]complex128
	far, near bandMeans
	history   [history]uint32
	newest    int64 // number of the newest block in history
	mismatch  [lags]float64
	best      int
	agreed    int
}

type bandMeans [32]float64

func newDelayEstimator(fft *fourier.FFT) *delayEstimator {
	d := &delayEstimator{fft: fft, window: hann(frame)}
	d.forget()
	return d
}

// forget begins anew.
func (d *delayEstimator) forget() {
	for i := range d.mismatch {
		d.mismatch[i] = 16
	}
	d.best, d.agreed = 0, 0
}

// played notes the blocks that were handed to the speaker since it was called last.
func (d *delayEstimator) played(r *ring) {
	for ; (d.newest+1)*block <= r.end; d.newest++ {
		if r.end-d.newest*block >= ringLength/2 {
			d.newest = r.end/block - history/2
		}
		r.read((d.newest+1)*block-frame, d.time[:])
		d.history[(d.newest+1)%history] = d.bands(&d.far)
	}
}

// heard compares a frame of the microphone with the blocks up to number now that were
// played. It returns the lag behind that one at which they agree best, and whether that
// is clearly better than all lags from first to last.
func (d *delayEstimator) heard(mic []float64, now int64, first, last int) (lag int, sure bool) {
	copy(d.time[:], mic)
	near := d.bands(&d.near)
	if near == 0 {
		return 0, false
	}
	mean, best, there := 0.0, 0, 16.0
	for j := range lags {
		far := uint32(0)
		if n := now - int64(j); n >= 0 && n <= d.newest && n > d.newest-history {
			far = d.history[n%history]
		}
		if far != 0 { // silence was played, and says nothing
			d.mismatch[j] += (float64(bits.OnesCount32(far^near)) - d.mismatch[j]) / lagSlow
		}
		mean += d.mismatch[j] / lags
		if d.mismatch[j] < d.mismatch[best] {
			best = j
		}
		if j >= first && j <= last {
			there = min(there, d.mismatch[j])
		}
	}
	if best >= d.best-1 && best <= d.best+1 {
		d.agreed++
	} else {
		d.agreed = 0
	}
	d.best = best
	return best, d.agreed >= lagStable && mean-d.mismatch[best] >= lagClear && there-d.mismatch[best] >= lagBetter
}

// bands tells which bands of the frame in time have more than their usual share of it;
// 0 when there is next to nothing.
func (d *delayEstimator) bands(means *bandMeans) (loud uint32) {
	if energy(d.time[:]) < lagAudible*frame {
		return 0
	}
	for i, w := range d.window {
		d.time[i] *= w
	}
	d.fft.Coefficients(d.spectrum[:], d.time[:])
	var power bandMeans
	sum := 0.0
	for b := range power {
		for _, z := range d.spectrum[bandFirst+b*bandBins:][:bandBins] {
			power[b] += norm(z)
		}
		sum += power[b]
	}
	for b, p := range power {
		share := p / sum
		if share > lagLoud*means[b] && share > lagShare {
			loud |= 1 << b
		}
		means[b] += (share - means[b]) / lags
	}
	return loud
}
