package sound

import (
	"errors"
	"math"
	"math/rand/v2"
)

// DeviceOptions say what a phone's audio device is like.
type DeviceOptions struct {
	Voice           *Voice // of its owner
	Music           *Voice // what it plays when told to; nil: none
	Rand            *rand.Rand
	NoEchoCanceller bool // leaves it out, to see what it does
}

// Validate tells what is missing.
func (o DeviceOptions) Validate() error {
	switch {
	case o.Voice == nil:
		return errors.New("sound device: voice missing")
	case o.Rand == nil:
		return errors.New("sound device: randomness missing")
	}
	return nil
}

// mediaVolume is how loud calls are while the phone takes them for media, whose volume
// its owner sets apart, in 1/100 dB.
// Source: both systems have a volume of calls and one of media; fidelity: assumed (by
// how much they differ).
const mediaVolume = -900

// backlogMost is how much of the reference may wait: more is dropped.
// Fidelity: assumed.
const backlogMost = Rate / 2

// The canceller's filter begins realignHead samples before the echo once it has been
// realigned, and is realigned when the echo clearly begins elsewhere than within
// realignRange blocks from its beginning.
const realignHead, realignRange = 2 * block, 5

// Device is the audio device of one phone with the software around it. Samples are
// numbered from the start of the world, at Rate.
type Device struct {
	o      DeviceOptions
	path   *path
	route  string
	paused bool
	music  bool
	mixed  float64 // how loud music is that goes into what is sent, too; factor
	volume float64 // factor

	mix     [Period]float64
	decoded [periodMost]float64
	length  int // of what is in decoded
	at      int64
	limiter limiter
	played  ring

	// What was decoded, for the canceller. It takes sample number n + shift for sample
	// number n of the microphone.
	reference    ring
	shift        int64
	aec          *echoCanceller
	delay        *delayEstimator
	realignments int
	agc          gainControl
	gate         gate
	gains, gates bool // they are on

	capturedTo int64     // number after the newest sample of captured
	captured   []float64 // waits for a whole block
	ready      []float64 // has been through the chain
	back       [block]float64
	older      [frame]float64
	score      [maxUnit]float64 // music, for a moment
}

// NewDevice makes a silent device, whose sound leaves by the speaker.
func NewDevice(o DeviceOptions) (*Device, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	d := &Device{
		o: o, path: newPath(o.Rand), route: speaker, capturedTo: -1, played: newRing(ringLength), reference: newRing(ringLength), volume: 1, limiter: limiter{gain: 1},
		aec: newEchoCanceller(), agc: newGainControl(captureGain), gate: gate{gain: 1}, gains: true, gates: true,
	}
	d.delay = newDelayEstimator(d.aec.fft)
	d.captured = make([]float64, 0, 2*maxUnit)
	d.ready = make([]float64, 0, 2*maxUnit)
	return d, nil
}

// SetRoute sends sound another way: speaker, ear or headset.
func (d *Device) SetRoute(route string) { d.route = route }

// Route is the way that sound takes.
func (d *Device) Route() string { return d.route }

// SetMedia makes calls as loud as media, or as loud as calls again.
func (d *Device) SetMedia(on bool) {
	d.volume = 1
	if on {
		d.volume = gainOf(mediaVolume)
	}
}

// Volume is the factor by which everything is made louder last.
func (d *Device) Volume() float64 {
	if d.paused {
		return 0
	}
	return d.volume
}

// Improve turns what comes behind the echo canceller on or off: the automatic gain, and
// the suppression of noise, which here is a gate. Both are on at first.
func (d *Device) Improve(gain, noise bool) {
	if gain != d.gains {
		d.gains, d.agc = gain, newGainControl(captureGain)
	}
	if noise != d.gates {
		d.gates, d.gate = noise, gate{gain: 1}
	}
}

// Pause is what setting up the device anew does: it plays and captures nothing until
// it goes on.
func (d *Device) Pause(on bool) { d.paused = on }

// PlayMusic begins or ends the background music, of a player that the call knows
// nothing of.
func (d *Device) PlayMusic(on bool) { d.music = on && d.o.Music != nil }

// MixMusic has the call's own software play music so loud, from 0 to 1: it goes into what
// is sent, behind the microphone's chain, and is played, of which the echo canceller is
// told.
// Source: LiteAV TXLivePusher documentation, playBGM (mixed into what is pushed and
// played); fidelity: documented (what the canceller knows of it: inferred).
func (d *Device) MixMusic(volume float64) {
	if d.o.Music != nil {
		d.mixed = volume
	}
}

// mixedMusic gives n samples of that music from number at on.
func (d *Device) mixedMusic(at int64, n int) []float64 {
	x := d.score[:n]
	d.o.Music.Read(at, x)
	for i := range x {
		x[i] *= d.mixed
	}
	return x
}

// Realignments counts how often the echo canceller found that its reference was
// elsewhere than it thought.
func (d *Device) Realignments() int { return d.realignments }

// Begin begins the period of sample number at.
func (d *Device) Begin(at int64) {
	d.at = at
	d.length = 0
	clear(d.mix[:])
	clear(d.decoded[:])
}

// Add adds a stream: what the speaker gets of it, and what was decoded for that, which
// is what the echo canceller is told. Either may be nil.
func (d *Device) Add(out, decoded []float64) {
	for i, v := range out {
		d.mix[i] += v
	}
	for i, v := range decoded {
		d.decoded[i] += v
	}
	d.length = max(d.length, len(decoded))
}

// Play ends the period and gives what the phone's owner hears in it, until the next.
func (d *Device) Play() []float64 {
	if d.music {
		var music [Period]float64
		d.o.Music.Read(d.at, music[:])
		d.Add(music[:], nil)
	}
	if d.mixed > 0 {
		music := d.mixedMusic(d.at, Period)
		d.Add(music, music)
	}
	d.limiter.process(d.mix[:])
	for i := range d.mix {
		d.mix[i] *= d.Volume()
	}
	d.played.extend(d.at)
	d.played.write(d.mix[:])
	if d.length == 0 {
		d.length = Period // of silence
	}
	d.reference.extend(d.at + d.shift)
	d.reference.write(d.decoded[:d.length])
	d.shift = max(d.shift, d.lead()-backlogMost)
	return d.mix[:]
}

// lead is by how much more was decoded than played.
func (d *Device) lead() int64 { return d.reference.end - (d.at + Period) }

// captureLate is how much later sound leaves the capture chain than it came in: a block
// that is collected, and one that the suppressor holds.
const captureLate = 2 * block

// Capture gives the samples from number at on as the phone sends them, and the mean
// amplitude of what its owner said of that in the voice's own frequency.
func (d *Device) Capture(at int64, dst []int16) (said float64) {
	if at != d.capturedTo {
		d.restart(at)
	}
	n := len(d.captured)
	d.captured = d.captured[:n+len(dst)]
	d.capturedTo += int64(len(dst))
	raw := d.captured[n:]
	if d.paused {
		clear(raw)
	} else {
		d.o.Voice.Read(at, raw)
		d.played.extend(at + int64(len(dst)) - pathDelayMin)
		d.path.add(&d.played, at, gainOf(coupling[d.route]), raw)
	}
	for len(d.captured) >= block {
		d.process(d.captured[:block], d.capturedTo-int64(len(d.captured)))
		d.captured = d.captured[:copy(d.captured, d.captured[block:])]
	}
	out := d.ready[:len(dst)]
	if d.mixed > 0 && !d.paused {
		for i, v := range d.mixedMusic(at, len(dst)) {
			out[i] += v
		}
	}
	for i, v := range out {
		dst[i] = int16(max(-32768, min(32767, math.Round(v*32768))))
	}
	d.ready = d.ready[:copy(d.ready, d.ready[len(dst):])]
	return d.o.Voice.Said(at-captureLate, len(dst))
}

// restart begins to capture after a pause.
func (d *Device) restart(at int64) {
	d.captured = d.captured[:0]
	d.capturedTo = at
	d.ready = d.ready[:block]
	clear(d.ready)
	clear(d.older[:])
}

// process takes a block, whose first sample has a number, through the chain.
func (d *Device) process(mic []float64, at int64) {
	out := d.back[:]
	copy(d.older[:block], d.older[block:])
	copy(d.older[block:], mic)
	d.delay.played(&d.reference)
	// The echo lies so far behind the filter's beginning, by the lag of the estimator.
	now := (at + d.lead()) / block
	echo := func(lag int) int64 { return at + d.shift - (now-int64(lag))*block }
	first := int(-echo(0) / block)
	if lag, sure := d.delay.heard(d.older[:], now, first, first+realignRange); sure {
		d.shift += realignHead - echo(lag)
		d.realignments++
		d.aec.forget()
	}
	d.reference.read(at+d.shift, out)
	if d.o.NoEchoCanceller {
		clear(out)
	}
	d.aec.process(mic, out, out)
	if d.gains {
		d.agc.process(out)
	}
	if d.gates {
		d.gate.process(out)
	}
	d.ready = append(d.ready, out...)
}

// limiter keeps the sum of many voices within full scale.
type limiter struct{ gain float64 }

const (
	limit        = 0.9 // of full scale. Fidelity: assumed.
	limitRelease = 1.0 / (Rate / 20)
)

func (l *limiter) process(x []float64) {
	for i, v := range x {
		l.gain = min(1, l.gain+limitRelease)
		if loud := math.Abs(v); loud*l.gain > limit {
			l.gain = limit / loud
		}
		x[i] = v * l.gain
	}
}
