package sound

import (
	"fmt"
	"math"
	"testing"
)

// player plays a stream from its beginning.
type player struct {
	*Playout
	stream []int16
	taken  int
	at     int // media samples that were played
	heard  []float64
}

// sine is so many seconds of a tone.
func sine(hertz, seconds float64, centiDB int) []int16 {
	x := make([]int16, int(seconds*Rate))
	for i := range x {
		x[i] = int16(32768 * gainOf(centiDB) * math.Sin(2*math.Pi*hertz*float64(i)/Rate))
	}
	return x
}

func (p *player) play(periods, speed int) {
	for range periods {
		media := Period * speed / 1000
		for p.taken < p.at+media {
			n := min(341, len(p.stream)-p.taken)
			p.Take(p.stream[p.taken:p.taken+n], 0, p.taken > 0)
			p.taken += n
		}
		out, decoded := p.Play(p.at, media)
		if len(decoded) != media {
			panic("the reference is not what was decoded")
		}
		p.heard = append(p.heard, out...)
		p.at += media
	}
}

func (p *player) conceal(periods int) {
	for range periods {
		out := p.Conceal()
		if out == nil {
			out = make([]float64, Period)
		}
		p.heard = append(p.heard, out...)
	}
}

// frequency is the strongest within 5 % of one.
func frequency(x []float64, near float64) (hertz float64, level int) {
	w := hann(len(x))
	best := 0.0
	for f := near * 0.95; f < near*1.05; f += near * 0.0005 {
		g := newGoertzel(f)
		g.addShaped(x, w)
		if p := g.power(float64(len(x)) / 2); p > best {
			best, hertz = p, f
		}
	}
	return hertz, Level(best)
}

func TestAtNormalSpeedNothingIsChanged(t *testing.T) {
	p := &player{Playout: NewPlayout(true), stream: sine(1000, 2, -2000)}
	p.play(90, 1000)
	for i := resume; i < len(p.heard); i++ {
		if want := float64(p.stream[i]) / 32768; p.heard[i] != want {
			t.Fatalf("sample %d is %g, want %g", i, p.heard[i], want)
		}
	}
}

func TestStretchingKeepsPitchAndLevel(t *testing.T) {
	for _, hertz := range []float64{375, 468.75, 1125, 2390.625, 3187.5} {
		for _, speed := range []int{700, 900, 1050, 1100, 1250, 1500, 1900} {
			t.Run(fmt.Sprintf("%.0f Hz at %d", hertz, speed), func(t *testing.T) {
				p := &player{Playout: NewPlayout(false), stream: sine(hertz, 8, -2000)}
				p.play(150, speed)
				got, level := frequency(p.heard[Rate:2*Rate], hertz)
				if math.Abs(got/hertz-1) > 0.01 {
					t.Errorf("%.1f Hz", got)
				}
				if level < -2150 || level > -1950 {
					t.Errorf("level %d", level)
				}
				for at := Rate; at+meterBlock < 3*Rate; at += meterBlock {
					if d := Level(Power(p.heard[at:at+meterBlock])) + 2000; d < -120 || d > 60 {
						t.Errorf("%d/100 dB at %d", d, at)
					}
				}
			})
		}
	}
}

func TestStretchingKeepsATalkersPitch(t *testing.T) {
	voice := NewVoice(Talk, 937.5, -2000, 5)
	x := make([]float64, 8*Rate)
	voice.Read(0, x)
	p := &player{Playout: NewPlayout(false), stream: make([]int16, len(x))}
	for i, v := range x {
		p.stream[i] = int16(v * 32768)
	}
	p.play(200, 1500)
	if got, _ := frequency(p.heard, 937.5); math.Abs(got/937.5-1) > 0.01 {
		t.Errorf("%.1f Hz", got)
	}
}

func TestWhatIsMissingIsMadeUpAndFades(t *testing.T) {
	for _, hertz := range []float64{375, 1125, 3187.5} {
		p := &player{Playout: NewPlayout(false), stream: sine(hertz, 4, -2000)}
		p.play(50, 1000)
		p.conceal(120)
		from := 50 * Period
		got, _ := frequency(p.heard[from:from+Rate/4], hertz)
		if math.Abs(got/hertz-1) > 0.01 {
			t.Errorf("%.1f Hz is made up for %.1f", got, hertz)
		}
		level := func(ms int) int { return Level(Power(p.heard[from+ms*Rate/1000:][:Period])) }
		if first := level(0); first < -2050 || first > -1950 {
			t.Errorf("it begins at %d", first)
		}
		if early, late := level(80), level(400); early > -2200 || late > -3900 || late < -4100 {
			t.Errorf("it fades to %d, then %d", early, late)
		}
		if end := level(2200); end != silent {
			t.Errorf("it never ends: %d", end)
		}
		if p.Conceal() != nil {
			t.Error("it is not silent in the end")
		}
	}
}

func TestAShortHoleIsHardlyHeard(t *testing.T) {
	p := &player{Playout: NewPlayout(true), stream: sine(1125, 4, -2000)}
	p.play(50, 1000)
	p.conceal(1)
	p.at += Period // the period was lost
	p.play(50, 1000)
	for at := 45 * Period; at < 60*Period; at += Period {
		if d := Level(Power(p.heard[at:at+Period])) + 2000; d < -100 || d > 100 {
			t.Errorf("%d/100 dB at %d", d, at)
		}
	}
}

func TestANewRunBeginsSoftly(t *testing.T) {
	p := &player{Playout: NewPlayout(true), stream: sine(1125, 4, -2000)}
	p.play(10, 1000)
	p.Reset()
	p.at, p.taken = 0, 0
	n := len(p.heard)
	p.play(10, 1000)
	for i := n + 1; i < n+resume; i++ {
		if math.Abs(p.heard[i]) > 0.1*float64(i-n)/resume+1e-9 {
			t.Fatalf("sample %d is %g", i-n, p.heard[i])
		}
	}
}
