package sound

import (
	"math"

	"gonum.org/v1/gonum/dsp/fourier"
)

// suppressor takes off, frequency by frequency, what the filter is expected to have left
// of the echo, a share of what it found. Where no echo is expected it changes nothing, but
// it is a block late.
type suppressor struct {
	fft             *fourier.FFT
	window          [frame]float64 // applied twice; the squares of two that overlap make 1
	left, echo      [frame]float64 // the newest two blocks
	tail            [block]float64 // what the last frame adds to the next block
	removed, gain   [bins]float64  // the first is the power of the echo, and of its tail
	time            [frame]float64
	spectrum, echo2 [bins]complex128
	working         bool // some gain is below 1
}

func (s *suppressor) init(fft *fourier.FFT) {
	s.fft = fft
	for i := range s.window {
		s.window[i] = math.Sin(math.Pi * (float64(i) + 0.5) / frame)
	}
	for k := range s.gain {
		s.gain[k] = 1
	}
}

// process takes what the filter left and the echo that it took off (nil: none); out is the
// block before.
func (s *suppressor) process(left, echo, out []float64) {
	copy(s.left[:block], s.left[block:])
	copy(s.left[block:], left)
	if echo == nil && !s.working {
		for i := range block {
			first, second := s.window[i], s.window[block+i]
			out[i] = s.tail[i] + s.left[i]*first*first
			s.tail[i] = s.left[block+i] * second * second
		}
		return
	}
	copy(s.echo[:block], s.echo[block:])
	if echo == nil {
		clear(s.echo[block:])
	} else {
		copy(s.echo[block:], echo)
	}
	s.analyse(&s.echo, &s.echo2)
	s.analyse(&s.left, &s.spectrum)
	s.weigh()
	for k, g := range s.gain {
		s.spectrum[k] *= complex(g, 0)
	}
	s.fft.Sequence(s.time[:], s.spectrum[:])
	for i := range block {
		out[i] = s.tail[i] + s.time[i]*s.window[i]/frame
		s.tail[i] = s.time[block+i] * s.window[block+i] / frame
	}
}

func (s *suppressor) analyse(x *[frame]float64, out *[bins]complex128) {
	for i, v := range x {
		s.time[i] = v * s.window[i]
	}
	s.fft.Coefficients(out[:], s.time[:])
}

// weigh finds the gains. They fall at once and come back within some blocks, so that
// the echo's tail goes too.
func (s *suppressor) weigh() {
	const tail, back = 0.6, 0.8
	s.working = false
	for k := range s.gain {
		s.removed[k] = max(norm(s.echo2[k]), tail*s.removed[k])
		want := 1 - suppressShare*s.removed[k]/(norm(s.spectrum[k])+1e-12)
		if want >= s.gain[k] {
			want = s.gain[k] + back*(want-s.gain[k])
		}
		s.gain[k] = max(suppressMost, want)
		if s.gain[k] > 0.999 {
			s.gain[k] = 1
		} else {
			s.working = true
		}
	}
}
