package sound

import "math"

const (
	// Period is how many samples are played at once: 20 ms.
	Period = Rate / 50
	// periodMost is how much media a period may hold, at double speed.
	periodMost = 2 * Period
	// behind is how far playback may lag behind where it should be, before sound is left
	// out or played twice; cross is how long two pieces overlap at a splice.
	// Source: pieces of 10-20 ms are usual for stretching speech; fidelity: assumed.
	behind, cross = 240, 160
	// lagLeast and lagMost bound the piece that is repeated where sound is missing.
	lagLeast, lagMost = 40, 320
	// concealHold is how long what is missing is made up at full level, concealFade how
	// long it then falls, to concealFloor (1/100 dB), and concealMost when it ends.
	// Source: players of real-time sound fade made-up sound within 100-300 ms to a noise;
	// numbers of the component are not published; fidelity: assumed.
	concealHold, concealFade, concealFloor, concealMost = Rate / 50, Rate / 5, -2000, 2 * Rate
	// resume is how long it takes to fade in after silence.
	resume = Rate / 200
)

// Playout turns one stream's decoded sound into what the speaker gets, a period at a
// time: at its own speed or another, at its own pitch, and with something made up
// where sound is missing.
type Playout struct {
	decoded ring
	run     int64 // number of the first sample of the run that is being played
	next    int64 // number of the sample after the newest played
	made    int64 // samples made up since the last real one
	out     [Period]float64
	old     [lagMost + 2*cross]float64 // the newest that was played
	lag     int                        // of the piece that is repeated
	phase   int                        // place in it
	agc     gainControl
	silent  bool // nothing has been played for a while, or ever
	decode  [maxUnit]float64
	spoken  [unitsSpoken]spoken
	units   int // taken ever
}

// spoken is what was said of a stretch of decoded sound, up to a sample.
type spoken struct {
	from, to int64
	said     float64
}

// decodedLength is how much decoded sound a player keeps: half a second, more than it
// takes ahead of what it plays. It is a power of two.
const decodedLength = 1 << 13

// maxUnit bounds a unit's samples, and unitsSpoken are more than decodedLength holds of
// the least, a third of that.
const maxUnit, unitsSpoken = 1024, 32

// NewPlayout makes the sound side of a player; leveller tells whether it brings what it
// plays to one loudness.
func NewPlayout(leveller bool) *Playout {
	rules := playoutGain
	if !leveller {
		rules.most = 0
	}
	return &Playout{decoded: newRing(decodedLength), agc: newGainControl(rules), silent: true, made: concealMost}
}

// Take appends a decoded unit, of which its talker said so much (see Device.Capture);
// follows tells whether it continues the one before, else a new run begins with it.
func (p *Playout) Take(unit []int16, said float64, follows bool) {
	if !follows {
		p.run = p.decoded.end
	}
	x := p.decode[:min(len(unit), maxUnit)]
	for i := range x {
		x[i] = float64(unit[i]) / 32768
	}
	p.spoken[p.units%unitsSpoken] = spoken{p.decoded.end, p.decoded.end + int64(len(x)), said}
	p.units++
	p.decoded.write(x)
}

// Play gives the period that begins offset samples into the run, of which it covers so
// many. It returns what the speaker gets and what the decoder gave for it, the
// latter before any stretching. Both hold until the next call.
func (p *Playout) Play(offset, media int) (out, decoded []float64) {
	media = min(media, periodMost)
	want := p.run + int64(offset)
	p.play(want)
	p.remember()
	p.agc.process(p.out[:])
	decoded = p.decode[:media]
	p.decoded.read(want, decoded)
	return p.out[:], decoded
}

// Said is what the talker said of what Play gave last: the mean amplitude in the voice's
// own frequency.
func (p *Playout) Said() float64 {
	from, sum := p.next-Period, 0.0
	for _, s := range p.spoken {
		if n := min(s.to, p.next) - max(s.from, from); n > 0 {
			sum += float64(n) * s.said
		}
	}
	return sum / Period
}

// play fills out with sound from want on, or a little before.
func (p *Playout) play(want int64) {
	last := p.decoded.end - Period // that a whole period follows
	from := p.next
	splice := p.made > 0 || from > want || from < want-behind || from > last
	if splice {
		from = p.matching(min(want, last))
	}
	p.decoded.read(from, p.out[:])
	switch {
	case p.silent:
		for i := range resume {
			p.out[i] *= float64(i) / resume
		}
	case splice:
		p.overlap()
	}
	p.next, p.made, p.silent = from+Period, 0, false
}

// matching finds where, at most behind before want, sound goes on most like what was
// played last.
func (p *Playout) matching(want int64) int64 {
	if p.silent {
		return want
	}
	var goesOn, candidates [behind + cross]float64
	p.continuation(goesOn[:cross])
	first := max(p.run, want-behind)
	n := int(want - first)
	if n <= 0 {
		return want
	}
	p.decoded.read(first, candidates[:n+cross])
	best, place := math.Inf(-1), n
	power := energy(candidates[:cross])
	for k := 0; k <= n; k++ {
		part := candidates[k : k+cross]
		dot := 0.0
		for i, v := range goesOn[:cross] {
			dot += v * part[i]
		}
		if score := dot / math.Sqrt(power+1e-9); score >= best {
			best, place = score, k
		}
		if k < n {
			power += candidates[k+cross]*candidates[k+cross] - candidates[k]*candidates[k]
		}
	}
	return first + int64(place)
}

// continuation is what would have come next: the sound that follows what was played
// last, or what is being made up.
func (p *Playout) continuation(dst []float64) {
	if p.made == 0 && p.next+int64(len(dst)) <= p.decoded.end {
		p.decoded.read(p.next, dst)
		return
	}
	if p.made == 0 {
		p.findLag()
	}
	lag, phase, made := p.lag, p.phase, p.made
	for i := range dst {
		dst[i] = p.repeated(lag, phase) * fade(made)
		made++
		if phase++; phase == lag {
			phase = 0
		}
	}
}

// overlap goes over from what would have come to what comes.
func (p *Playout) overlap() {
	var goesOn [cross]float64
	p.continuation(goesOn[:])
	for i, v := range goesOn {
		w := (float64(i) + 0.5) / cross
		p.out[i] = v + w*(p.out[i]-v)
	}
}

// Conceal makes up a period for which there is no sound. It returns nil once there has
// been none for long.
func (p *Playout) Conceal() []float64 {
	if p.made >= concealMost {
		p.silent = true
		return nil
	}
	if p.made == 0 {
		p.findLag()
	}
	p.continuation(p.out[:])
	p.phase = (p.phase + Period) % p.lag
	p.made += Period
	p.agc.process(p.out[:])
	return p.out[:]
}

// Reset forgets everything, for a new connection.
func (p *Playout) Reset() {
	p.run = p.decoded.end
	p.next, p.made, p.silent = p.run, concealMost, true
}

// findLag looks for the piece to repeat: the one after which the newest sound came
// before.
func (p *Playout) findLag() {
	n := len(p.old)
	newest := p.old[n-cross:]
	best := math.Inf(-1)
	for lag := lagLeast; lag <= lagMost; lag++ {
		part := p.old[n-cross-lag : n-lag]
		dot := 0.0
		for i, v := range newest {
			dot += v * part[i]
		}
		if score := dot / math.Sqrt(energy(part)+1e-9); score >= best {
			best, p.lag = score, lag
		}
	}
	p.phase = 0
}

// repeated is a sample of the piece that is repeated.
func (p *Playout) repeated(lag, phase int) float64 { return p.old[len(p.old)-lag+phase] }

// fade is how loud sound is that has been made up for so many samples.
func fade(made int64) float64 {
	switch {
	case made < concealHold:
		return 1
	case made < concealHold+concealFade:
		return gainOf(int(concealFloor * (made - concealHold) / concealFade))
	case made < concealMost:
		return gainOf(concealFloor)
	}
	return 0
}

// remember keeps the newest of what was played, before any change of gain.
func (p *Playout) remember() {
	copy(p.old[:], p.old[Period:])
	copy(p.old[len(p.old)-Period:], p.out[:])
}
