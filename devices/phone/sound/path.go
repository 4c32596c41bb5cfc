package sound

import (
	"math"
	"math/rand/v2"
)

// The ways sound leaves a phone.
const (
	speaker = "speaker"
	ear     = "ear"
	headset = "headset"
)

// coupling is how much of what is played comes back into the microphone, in 1/100 dB.
// Source: cancellers of hands-free calls are specified for an echo return loss from 6 dB
// on, 10 dB is usual; handsets lie above 30; fidelity: assumed.
var coupling = map[string]int{speaker: -1000, ear: -3500, headset: -7000}

const (
	// pathDelayMin and pathDelayMax bound the time from the mixer to the first echo in
	// the microphone: the buffers of the audio device both ways.
	// Source: round trips of 30-100 ms are usual on phones; fidelity: assumed.
	pathDelayMin, pathDelayMax = 30 * Rate / 1000, 60 * Rate / 1000
	// pathTail is how long a room's echo lasts, pathTaps how many reflections it has
	// here, pathDecay by how much it has fallen at its end (amplitude).
	// Fidelity: assumed.
	pathTail, pathTaps, pathDecay = 40 * Rate / 1000, 24, 0.03
)

// path is the way from the mixer through the speaker, the room and the microphone.
type path struct {
	at   [pathTaps]int
	gain [pathTaps]float64 // of a path that loses nothing
}

// newPath draws a phone's and a room's own path.
func newPath(r *rand.Rand) *path {
	p := &path{}
	sum := 0.0
	first := pathDelayMin + r.IntN(pathDelayMax-pathDelayMin+1)
	for i := range p.at {
		after := r.IntN(pathTail)
		if i == 0 {
			after = 0
		}
		p.at[i] = first + after
		p.gain[i] = math.Pow(pathDecay, float64(after)/pathTail)
		if r.IntN(2) == 0 {
			p.gain[i] = -p.gain[i]
		}
		if i > 0 {
			p.gain[i] *= 0.4 // no reflection is as strong as the direct way
		}
		sum += p.gain[i] * p.gain[i]
	}
	for i := range p.gain {
		p.gain[i] /= math.Sqrt(sum)
	}
	return p
}

// add adds what the microphone hears of the speaker, from number at on.
func (p *path) add(played *ring, at int64, gain float64, dst []float64) {
	for i, delay := range p.at {
		g := gain * p.gain[i]
		a, b := played.part(at-int64(delay), len(dst))
		for k, v := range a {
			dst[k] += g * v
		}
		rest := dst[len(a):]
		for k, v := range b {
			rest[k] += g * v
		}
	}
}

// ringLength is how much a device's rings remember: two seconds. It is a power of two.
const ringLength = 1 << 15

// ring holds the newest samples of a signal by their number; what was never written
// is silence.
type ring struct {
	samples []float64 // a power of two of them
	end     int64     // number after the newest
}

func newRing(length int) ring { return ring{samples: make([]float64, length)} }

func (r *ring) length() int64 { return int64(len(r.samples)) }

// extend makes room up to a number, with silence.
func (r *ring) extend(end int64) {
	if end-r.end >= r.length() {
		clear(r.samples)
		r.end = end
	}
	for r.end < end {
		a, b := r.part(r.end, int(min(end-r.end, r.length()/2)))
		clear(a)
		clear(b)
		r.end += int64(len(a) + len(b))
	}
}

// write appends samples.
func (r *ring) write(x []float64) {
	r.end += int64(len(x))
	a, b := r.part(r.end-int64(len(x)), len(x))
	copy(b, x[copy(a, x):])
}

// part is a stretch of the ring, in two pieces where it goes round. Its caller asks
// for nothing that is older than the ring or not written yet.
func (r *ring) part(from int64, n int) (a, b []float64) {
	i := int(from & (r.length() - 1))
	if i+n <= len(r.samples) {
		return r.samples[i : i+n], nil
	}
	return r.samples[i:], r.samples[:i+n-len(r.samples)]
}

// read copies a stretch; what is too old, or not written yet, is silence.
func (r *ring) read(from int64, dst []float64) {
	for len(dst) > 0 && (from < 0 || from < r.end-r.length()) {
		dst[0] = 0
		dst, from = dst[1:], from+1
	}
	n := int(max(0, min(int64(len(dst)), r.end-from)))
	a, b := r.part(from, n)
	copy(dst[len(a):n], b)
	copy(dst, a)
	clear(dst[n:])
}
