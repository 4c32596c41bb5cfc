package sound

import (
	"math"
	"math/rand/v2"

	"gonum.org/v1/gonum/dsp/fourier"
)

// What a Voice may be.
const (
	// Tone is one frequency at one level: what loudness is measured by.
	Tone = "tone"
	// Talk has the rhythm of speech: phrases of syllables, each the voice's own frequency
	// and noise coloured by formants. An echo canceller can lose its place in it.
	Talk = "talk"
)

const (
	// toneLength holds a whole number of periods of each member's frequency (an even
	// multiple of 23.4375 Hz).
	toneLength = 2048
	// A talker's voice repeats after talkLeast and up to talkMore times talkStep samples,
	// which holds a whole number of periods too. Two who repeat themselves in step would
	// have more in common than people have, and mislead each other's echo cancellers.
	talkStep, talkLeast, talkMore = 1024, 112, 32
	// lineHertz is half of the distance between two members' frequencies. A voice's noise
	// lies half-way between them, noiseHalf wide to either side, so that no voice hides
	// another's frequency.
	lineHertz = 23.4375
	noiseHalf = 8.0
	// toneShare and noiseShare are how far a talker's own frequency and the rest of the
	// voice lie below the whole, in 1/100 dB: a third and two thirds of its power.
	// Fidelity: assumed.
	toneShare, noiseShare = -477, -176
)

// Voice is what a phone's owner says: a function of time that repeats.
type Voice struct {
	samples   []float32
	tone      []float32 // how loud the voice's own frequency is, 0 to 1; nil where it is constant
	amplitude float64   // of it at its loudest
}

// NewVoice makes a voice of a kind, Tone or Talk, whose own frequency is an even
// multiple of 23.4375 Hz and whose level is that of its loudest syllables.
func NewVoice(kind string, hertz float64, centiDB int, seed uint64) *Voice {
	amplitude := gainOf(centiDB)
	v := &Voice{amplitude: amplitude}
	if kind != Talk {
		v.samples = make([]float32, toneLength)
		for i := range v.samples {
			v.samples[i] = float32(amplitude * math.Sin(2*math.Pi*hertz*float64(i)/Rate))
		}
		return v
	}
	r := rand.New(rand.NewPCG(seed, 0x7a1c))
	length := talkStep * (talkLeast + r.IntN(talkMore))
	v.tone = rhythm(r, length)
	noise := babble(r, length)
	v.samples = make([]float32, length)
	scale := amplitude * gainOf(noiseShare) / math.Sqrt2
	v.amplitude *= gainOf(toneShare)
	for i, loud := range v.tone {
		v.samples[i] = loud * float32(v.amplitude*math.Sin(2*math.Pi*hertz*float64(i)/Rate)+scale*noise[i])
	}
	return v
}

// Read gives the samples from number at on, counted from the start of the world.
func (v *Voice) Read(at int64, dst []float64) {
	n := len(v.samples)
	k := int(at % int64(n))
	for i := range dst {
		dst[i] = float64(v.samples[k])
		if k++; k == n {
			k = 0
		}
	}
}

// Said is the mean amplitude of the voice's own frequency over n samples from number
// at on.
func (v *Voice) Said(at int64, n int) float64 {
	if v.tone == nil {
		return v.amplitude
	}
	length := int64(len(v.tone))
	sum, k := 0.0, int((at%length+length)%length)
	for range n {
		sum += float64(v.tone[k])
		if k++; k == len(v.tone) {
			k = 0
		}
	}
	return v.amplitude * sum / float64(n)
}

// rhythm is how loud the voice is, 0 to 1.
// Source: syllables of 160-320 ms at 4-5 a second, phrases of one to two seconds and
// pauses of 0.3-0.8 s are usual in speech; fidelity: assumed.
func rhythm(r *rand.Rand, length int) []float32 {
	out := make([]float32, length)
	between := func(ms, to int) int { return (ms + r.IntN(to-ms+1)) * Rate / 1000 }
	const edge = 60 * Rate / 1000
	for at := between(50, 300); at < len(out); at += between(300, 800) {
		for phrase := at + between(900, 1800); at < phrase; at += between(0, 40) {
			length, loud := between(160, 320), float32(0.5+0.5*r.Float64())
			if at+length > len(out) {
				return out // a pause, then it begins anew
			}
			for i := range length {
				rise := min(1, float64(i)/edge, float64(length-i)/edge)
				out[at+i] = loud * float32(0.5-0.5*math.Cos(math.Pi*rise))
			}
			at += length
		}
	}
	return out
}

// babble is noise of power 1 with formants, without anything near a member's frequency.
func babble(r *rand.Rand, length int) []float64 {
	step := float64(Rate) / float64(length)
	spectrum := make([]complex128, length/2+1)
	first, second := 350+450*r.Float64(), 1000+1200*r.Float64()
	for line := 17; line < 151; line += 2 {
		middle := float64(line) * lineHertz
		loud := formant(middle, first, 200) + 0.5*formant(middle, second, 300) + 0.15
		for k := int((middle - noiseHalf) / step); float64(k)*step < middle+noiseHalf; k++ {
			sin, cos := math.Sincos(2 * math.Pi * r.Float64())
			spectrum[k] = complex(loud*cos, loud*sin)
		}
	}
	out := fourier.NewFFT(length).Sequence(nil, spectrum)
	scale := 1 / math.Sqrt(Power(out))
	for i := range out {
		out[i] *= scale
	}
	return out
}

func formant(hertz, middle, width float64) float64 {
	x := (hertz - middle) / width
	return 1 / (1 + x*x)
}

// musicLines are the multiples of 23.4375 Hz that music is made of: odd ones below all
// members' frequencies, so that it can be told from every voice.
var musicLines = [...]float64{7, 9, 11, 13}

// NewMusic is background music: a chord, whose level is that of all its frequencies
// together.
func NewMusic(centiDB int) *Voice {
	v := &Voice{samples: make([]float32, toneLength)}
	amplitude := gainOf(centiDB) / math.Sqrt(float64(len(musicLines)))
	for i := range v.samples {
		sum := 0.0
		for _, line := range musicLines {
			sum += math.Sin(2 * math.Pi * line * lineHertz * float64(i) / Rate)
		}
		v.samples[i] = float32(amplitude * sum)
	}
	return v
}
