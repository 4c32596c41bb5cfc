package sound

// gainRules say how an automatic gain moves.
type gainRules struct {
	target   int // level in 1/100 dB
	dead     int // how far from it the level may be without a correction
	most     int // of amplification and of attenuation
	least    int // below this level it is silence, and the gain stays
	up, down int // speed in 1/100 dB a second
	release  float64
}

// captureGain is the microphone's.
// Source: usual values of digital gain controls in calls; fidelity: assumed.
var captureGain = gainRules{target: -2000, dead: 600, most: 1200, least: -4500, up: 300, down: 1200, release: 1}

// playoutGain is the listener's: what fades, because it is made up for what has not come
// yet, it takes for a quiet talker, and makes louder.
// Source: that loudness swings when jitter meets automatic gain is known, numbers are
// not published; fidelity: assumed (mechanism inferred).
var playoutGain = gainRules{target: -2000, dead: 800, most: 1200, least: -5500, up: 1500, down: 500, release: 0.4}

// gainControl brings what it is given to one loudness, slowly.
type gainControl struct {
	rules    gainRules
	envelope float64 // power
	centiDB  float64 // the gain
	factor   float64
}

func newGainControl(r gainRules) gainControl {
	return gainControl{rules: r, envelope: gainOf(r.target) * gainOf(r.target) / 2, factor: 1}
}

// process changes samples in place.
func (g *gainControl) process(x []float64) {
	seconds := float64(len(x)) / Rate
	power := Power(x)
	if Level(power) > g.rules.least {
		if power > g.envelope {
			g.envelope += (power - g.envelope) * min(1, seconds/0.02)
		} else {
			g.envelope += (power - g.envelope) * min(1, seconds/g.rules.release)
		}
		g.move(seconds)
	}
	if g.centiDB == 0 && g.factor == 1 {
		return
	}
	to := gainOf(int(g.centiDB))
	step := (to - g.factor) / float64(len(x))
	for i := range x {
		g.factor += step
		x[i] *= g.factor
	}
	g.factor = to
}

// move goes some of the way to the gain that the level asks for.
func (g *gainControl) move(seconds float64) {
	r := &g.rules
	level := Level(g.envelope)
	miss := float64(r.target-level) - g.centiDB
	switch {
	case miss > float64(r.dead):
		g.centiDB = min(float64(r.most), g.centiDB+min(miss-float64(r.dead), float64(r.up)*seconds))
	case miss < -float64(r.dead) || g.centiDB > 0 && miss < 0:
		g.centiDB = max(-float64(r.most), g.centiDB-min(-miss, float64(r.down)*seconds))
	}
}

const (
	// gateOpen and gateShut are the levels at which the noise gate opens and, after
	// gateHold, shuts. Fidelity: assumed.
	gateOpen, gateShut = -5000, -5500
	gateHold           = Rate / 4
)

// gate lets nothing through that is only noise.
type gate struct {
	shut  bool
	quiet int     // samples since it was loud
	gain  float64 // as it was at the end of the last block
}

func (g *gate) process(x []float64) {
	switch level := Level(Power(x)); {
	case level >= gateOpen:
		g.shut, g.quiet = false, 0
	case level < gateShut:
		if g.quiet += len(x); g.quiet >= gateHold {
			g.shut = true
		}
	}
	to := 1.0
	if g.shut {
		to = 0
	}
	if g.gain == to {
		if to == 0 {
			clear(x)
		}
		return
	}
	step := (to - g.gain) / float64(len(x))
	for i := range x {
		g.gain += step
		x[i] *= g.gain
	}
	g.gain = to
}
