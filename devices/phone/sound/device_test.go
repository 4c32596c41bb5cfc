package sound

import (
	"math/rand/v2"
	"testing"
)

// call is two phones whose sound travels without a network: what one captures the
// other plays after a while.
type call struct {
	at   int64
	x, y *end
}

// end is one phone of a call.
type end struct {
	device  *Device
	playout *Playout
	hertz   float64
	tape    []int16 // that it captured
	from    int     // of the other's tape, that it plays next
	speed   int     // in 1/1000
	holds   int     // periods in which nothing comes
	heard   []float64
	taken   int
	run     int // where what is played without a hole began
}

const latency = 4 * Period

func newEnd(t *testing.T, kind string, uid int, o DeviceOptions) *end {
	hertz := float64(16+2*uid) * lineHertz
	o.Voice = NewVoice(kind, hertz, -2000, uint64(uid))
	if kind == "" {
		o.Voice = NewVoice(Tone, hertz, silent, 0)
	}
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(uint64(uid), 1))
	}
	d, err := NewDevice(o)
	if err != nil {
		t.Fatal(err)
	}
	return &end{device: d, playout: NewPlayout(true), hertz: hertz, speed: 1000}
}

func newCall(t *testing.T, kindX, kindY string) *call {
	return &call{x: newEnd(t, kindX, 3, DeviceOptions{}), y: newEnd(t, kindY, 10, DeviceOptions{})}
}

// run lets so many seconds pass.
func (c *call) run(seconds float64) {
	for range int(seconds * 50) {
		c.x.tick(c.at, c.y)
		c.y.tick(c.at, c.x)
		c.at += Period
	}
}

// tick captures the period that has passed and plays the next.
func (e *end) tick(at int64, other *end) {
	if at > 0 {
		n := len(e.tape)
		e.tape = append(e.tape, make([]int16, Period)...)
		e.device.Capture(at-Period, e.tape[n:])
	}
	e.device.Begin(at)
	media := Period * e.speed / 1000
	switch {
	case e.holds > 0:
		e.holds--
		e.device.Add(e.playout.Conceal(), nil)
	case len(other.tape)-e.from >= media+latency || e.from > 0 && len(other.tape)-e.from >= media:
		for e.taken < e.from+media {
			e.playout.Take(other.tape[e.taken:e.taken+Period], 0, e.taken > e.run)
			e.taken += Period
		}
		e.device.Add(e.playout.Play(e.from-e.run, media))
		e.from += media
	default:
		e.device.Add(e.playout.Conceal(), nil)
	}
	e.heard = append(e.heard, e.device.Play()...)
}

// echo is the level of the own tone in what it heard in a second.
func (e *end) echo(second int) int {
	g := newGoertzel(e.hertz)
	g.addShaped(e.heard[second*Rate:][:Rate], hann(Rate))
	return Level(g.power(Rate / 2))
}

// loudest is the loudest echo in seconds from to until.
func (e *end) loudest(from, until int) int {
	most := silent
	for s := from; s < until; s++ {
		most = max(most, e.echo(s))
	}
	return most
}

// spread is between the least and the most level of the other's tone, in blocks of 128 ms.
func (e *end) spread(hertz float64, from, until int) int {
	least, most := 0, silent
	for at := from * Rate; at+meterBlock <= until*Rate; at += meterBlock {
		level := toneLevel(e.heard[at:at+meterBlock], hertz)
		least, most = min(least, level), max(most, level)
	}
	return most - least
}

func TestAConstantToneStaysWhereItIs(t *testing.T) {
	c := newCall(t, Tone, Tone)
	c.run(20)
	if got := c.x.spread(c.y.hertz, 3, 20); got > 100 {
		t.Errorf("the other's tone varies by %d/100 dB", got)
	}
	if got := c.y.spread(c.x.hertz, 3, 20); got > 100 {
		t.Errorf("the other's tone varies by %d/100 dB", got)
	}
}

func TestTheEchoIsCancelledWithinThreeSeconds(t *testing.T) {
	for uid := range 3 {
		with, without := newCall(t, Talk, ""), newCall(t, Talk, "")
		for _, c := range []*call{with, without} {
			c.y = newEnd(t, "", 20+uid, DeviceOptions{NoEchoCanceller: c == without})
			c.y.device.Improve(false, false)
			c.run(8)
		}
		far := func(e *end) float64 { return Power(e.heard[3*Rate : 8*Rate]) }
		reduction := Level(far(without.x)) - Level(far(with.x))
		if reduction < 2000 {
			t.Errorf("room %d: the echo is reduced by %d/100 dB", uid, reduction)
		}
		if plain := Level(far(without.x)); plain < -4500 {
			t.Errorf("room %d: without a canceller the echo is at %d only", uid, plain)
		}
	}
}

func TestBothTalkAndNobodyHearsHimself(t *testing.T) {
	c := newCall(t, Talk, Talk)
	c.run(15)
	for _, e := range []*end{c.x, c.y} {
		if got := e.loudest(3, 15); got > -6000 {
			t.Errorf("echo at %d, and voices at -2000", got)
		}
		if e.device.Realignments() > 0 {
			t.Errorf("realigned %d times without a reason", e.device.Realignments())
		}
	}
}

// withoutEcho puts headsets on both.
func (c *call) withoutEcho() {
	c.x.device.SetRoute(headset)
	c.y.device.SetRoute(headset)
}

// stall has y get nothing for a while and then play faster until it has caught up.
func (c *call) stall(seconds float64) {
	c.y.holds = int(seconds * 50)
	c.run(seconds)
	c.y.speed = 1500
	c.run(2 * seconds)
	c.y.speed = 1000
}

func TestTheEchoComesBackWhilePlaybackRunsFastAndGoesAgain(t *testing.T) {
	for uid := range 2 {
		c := newCall(t, Talk, Talk)
		c.x, c.y = newEnd(t, Talk, 1+uid, DeviceOptions{}), newEnd(t, Talk, 20-2*uid, DeviceOptions{})
		c.run(8)
		c.stall(3) // to 17 s
		c.run(10)
		before, during, after := c.x.loudest(3, 8), c.x.loudest(11, 17), c.x.loudest(22, 27)
		if before > -6000 || after > -6000 {
			t.Errorf("echo at %d before and %d after", before, after)
		}
		if during < before+1000 || during < -6000 {
			t.Errorf("echo at %d while the other phone plays fast, %d before", during, before)
		}
		if c.y.device.Realignments() == 0 {
			t.Error("the canceller never found its reference again")
		}
		if got := c.y.loudest(3, 27); got > during {
			t.Errorf("the phone that plays fast hears itself at %d: the other one's canceller was never misled", got)
		}
	}
}

func TestAStallWithoutFastPlaybackDoesNotMisleadTheCanceller(t *testing.T) {
	c := newCall(t, Talk, Talk)
	c.run(8)
	c.y.holds = 150
	c.run(3)
	c.y.run = len(c.x.tape) - latency // what was missed is left out
	c.y.from, c.y.taken = c.y.run, c.y.run
	c.run(8)
	if got := c.x.loudest(3, 19); got > -5500 {
		t.Errorf("echo at %d", got)
	}
}

func TestLoudnessSwingsAfterAStallIfPlayersLevel(t *testing.T) {
	for _, levels := range []bool{true, false} {
		c := newCall(t, Tone, Tone)
		c.withoutEcho()
		c.y.playout = NewPlayout(levels)
		c.run(5)
		c.stall(2) // to 11 s
		c.run(6)
		loud := toneLevel(c.y.heard[7*Rate+Rate/4:][:meterBlock], c.x.hertz) - toneLevel(c.y.heard[4*Rate:][:meterBlock], c.x.hertz)
		later := c.y.spread(c.x.hertz, 14, 16)
		if levels && loud < 600 {
			t.Errorf("louder by %d/100 dB after the stall", loud)
		}
		if !levels && (loud > 50 || loud < -50) {
			t.Errorf("without levelling, louder by %d/100 dB", loud)
		}
		if later > 100 {
			t.Errorf("it still varies by %d/100 dB long after", later)
		}
	}
}

func TestRoutes(t *testing.T) {
	level := map[string]int{}
	for _, route := range []string{speaker, ear, headset} {
		c := newCall(t, Talk, "")
		c.y = newEnd(t, "", 20, DeviceOptions{NoEchoCanceller: true})
		c.y.device.Improve(false, false)
		c.y.device.SetRoute(route)
		if c.y.device.Route() != route {
			t.Errorf("route %s", c.y.device.Route())
		}
		c.run(4)
		level[route] = Level(Power(c.x.heard))
	}
	if level[speaker] < level[ear]+2000 || level[ear] < level[headset]+2000 {
		t.Errorf("echo by route: %v", level)
	}
}

func TestVolumeAndPause(t *testing.T) {
	c := newCall(t, Tone, Tone)
	c.withoutEcho()
	c.run(3)
	c.y.device.SetMedia(true)
	c.run(1)
	c.y.device.Pause(true)
	c.run(1)
	c.y.device.Pause(false)
	c.y.device.SetMedia(false)
	c.run(2)
	level := func(second int) int { return Level(Power(c.y.heard[second*Rate:][:Rate])) }
	if d := level(3) - level(2) - mediaVolume; d < -20 || d > 20 {
		t.Errorf("media is %d, calls are %d", level(3), level(2))
	}
	if level(4) != silent {
		t.Errorf("while paused: %d", level(4))
	}
	if got := Level(Power(c.x.heard[5*Rate-Rate/2:][:Rate/4])); got > -6000 {
		t.Errorf("the other hears %d of a phone that is paused", got)
	}
	if d := level(6) - level(2); d < -20 || d > 20 {
		t.Errorf("%d afterwards, %d before", level(6), level(2))
	}
}

// A gain brings a quiet talker up, and a gate takes away what is hardly there; a phone
// without them sends both as they are.
func TestImprove(t *testing.T) {
	for level, want := range map[int]struct{ gain, gate int }{-3800: {-2600, -3800}, -5800: {-5800, silent}} {
		sent := func(gain, gate bool) int {
			c := newCall(t, Tone, Tone)
			c.withoutEcho()
			c.y.device.o.Voice = NewVoice(Tone, c.y.hertz, level, 10)
			c.y.device.Improve(gain, gate)
			c.run(8)
			x := make([]float64, meterBlock)
			for i, v := range c.y.tape[7*Rate:][:meterBlock] {
				x[i] = float64(v) / 32768
			}
			return toneLevel(x, c.y.hertz)
		}
		c := map[string][2]int{"as it is": {sent(false, false), level}, "gain": {sent(true, false), want.gain}, "gate": {sent(false, true), want.gate}}
		for name, x := range c {
			if d := x[0] - x[1]; x[1] == silent && x[0] > -9000 || x[1] != silent && (d < -150 || d > 150) {
				t.Errorf("a talker at %d, %s: sent at %d, want %d", level, name, x[0], x[1])
			}
		}
	}
}

func TestMusicIsHeardAndLeaksToTheOther(t *testing.T) {
	c := newCall(t, Tone, Tone)
	c.y = newEnd(t, Tone, 10, DeviceOptions{Music: NewMusic(-1500)})
	c.run(3)
	c.y.device.PlayMusic(true)
	c.run(3)
	c.y.device.PlayMusic(false)
	c.run(2)
	music := func(e *end, second int) int {
		m := NewMeter(e.hertz, e.hertz)
		for k := 0; k < Rate; k += Period {
			m.Add(e.heard[second*Rate+k:][:Period], 0)
		}
		return m.Second().Music
	}
	if got := music(c.y, 4); got < -1520 || got > -1480 {
		t.Errorf("its owner hears it at %d, want -1500", got)
	}
	if got := music(c.x, 5); got < -3500 || got > -1700 {
		t.Errorf("the other hears it at %d", got)
	}
	for _, second := range []int{2, 7} {
		if a, b := music(c.x, second), music(c.y, second); a > -6000 || b > -6000 {
			t.Errorf("second %d: music at %d and %d", second, a, b)
		}
	}
}

func TestSameEverywhere(t *testing.T) {
	heard := func() []float64 {
		c := newCall(t, Talk, Talk)
		c.run(3)
		c.stall(1)
		return append(c.x.heard, c.y.heard...)
	}
	a, b := heard(), heard()
	for i := range a {
		if a[i] != b[i] {
			t.Fatalf("sample %d differs", i)
		}
	}
}

func TestOptions(t *testing.T) {
	voice, r := NewVoice(Tone, 375, -2000, 0), rand.New(rand.NewPCG(1, 1))
	for _, o := range []DeviceOptions{{}, {Voice: voice}, {Rand: r}} {
		if _, err := NewDevice(o); err == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestNothingIsAllocated(t *testing.T) {
	c := newCall(t, Talk, Talk)
	c.run(4)
	d, p := c.y.device, c.y.playout
	dst := make([]int16, Period)
	m := NewMeter(375, 421.875)
	at := c.at
	if n := testing.AllocsPerRun(100, func() {
		d.Capture(at-Period, dst)
		d.Begin(at)
		p.Take(dst, 0, true)
		out, decoded := p.Play(int(at-c.at)+c.y.from-c.y.run, Period)
		d.Add(out, decoded)
		d.Add(p.Conceal(), nil)
		if m.Add(d.Play(), 0.1) {
			m.Second()
		}
		at += Period
	}); n > 0 {
		t.Errorf("%v allocations a period", n)
	}
}

// BenchmarkPair is what two phones in a call cost, in processor time a second of the call.
func BenchmarkPair(b *testing.B) {
	c := newCall(nil, Talk, Talk)
	c.run(3)
	b.ReportAllocs()
	for b.Loop() {
		c.run(1)
		for _, e := range []*end{c.x, c.y} {
			e.heard = e.heard[:0]
		}
	}
}
