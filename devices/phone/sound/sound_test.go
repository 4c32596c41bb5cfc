package sound

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"testing"
)

// tone is the frequency of a member, as coded sound has it.
func tone(uid int) float64 { return float64(16+2*uid) * lineHertz }

func TestSeventeenVoicesAreToldApart(t *testing.T) {
	x, mix := make([]float64, meterBlock), make([]float64, meterBlock)
	for uid := 0; uid < 34; uid += 2 { // every other one is silent
		NewVoice(Tone, tone(uid), -4000, 0).Read(12345, x)
		for i, v := range x {
			mix[i] += v
		}
	}
	for uid := range 34 {
		got := toneLevel(mix, tone(uid))
		if uid%2 == 0 && (got < -4010 || got > -3990) || uid%2 == 1 && got > -8000 {
			t.Errorf("voice %d: %d", uid, got)
		}
	}
}

func TestATalkerHidesNobody(t *testing.T) {
	m := NewMeter(tone(7), tone(20))
	x := make([]float64, Period)
	for uid := range 20 {
		voice := NewVoice(Talk, tone(uid), -2000, uint64(uid))
		most, loudest := silent, silent
		for at := int64(0); at < 8*Rate; at += Period {
			voice.Read(at, x)
			if m.Add(x, voice.Said(at, Period)) {
				s := m.Second()
				most, loudest = max(most, s.Echo, s.Music), max(loudest, s.Level)
			}
		}
		if most > -7000 {
			t.Errorf("voice %d: %d in another's frequency", uid, most)
		}
		if loudest < -2600 || loudest > -1500 {
			t.Errorf("voice %d: %d at its loudest", uid, loudest)
		}
	}
}

func TestWhatIsSaidIsWhatIsHeard(t *testing.T) {
	for uid := range 30 {
		kind := []string{Tone, Talk}[min(uid, 1)]
		voice := NewVoice(kind, tone(uid), -2000, uint64(uid))
		m := NewMeter(tone(uid), tone(uid+1))
		x := make([]float64, Period)
		seconds := 0
		for at := int64(0); at < 20*Rate; at += Period {
			voice.Read(at, x)
			for i := range x {
				x[i] *= 0.5
			}
			if !m.Add(x, voice.Said(at, Period)) {
				continue
			}
			s := m.Second()
			if seconds++; s.Least == Unmeasured {
				continue
			}
			if s.Least < -602-40 || s.Most > -602+40 {
				t.Errorf("%s %d, second %d: %d to %d, want -602", kind, uid, seconds, s.Least, s.Most)
			}
		}
		if seconds != 20 {
			t.Errorf("%d seconds", seconds)
		}
	}
}

func TestTheMeterKnowsSilence(t *testing.T) {
	m := NewMeter(tone(1), tone(2))
	for range 49 {
		if m.Add(nil, 0) {
			t.Fatal("a second before its time")
		}
	}
	if !m.Add(nil, 0) {
		t.Fatal("no second")
	}
	if s := m.Second(); s.Level != silent || s.Echo != silent || s.Music != silent || s.Least != Unmeasured || s.Most != Unmeasured {
		t.Errorf("%+v", s)
	}
	for range 50 {
		m.Add(nil, gainOf(-2000))
	}
	if s := m.Second(); s.Least > -7000 {
		t.Errorf("nothing is heard of what was said: %+v", s)
	}
}

func TestVoicesAreFunctionsOfTime(t *testing.T) {
	voice := NewVoice(Talk, tone(5), -2000, 3)
	all, part := make([]float64, 3*talkStep*(talkLeast+talkMore)), make([]float64, 777)
	voice.Read(0, all)
	for at := 0; at+len(part) < len(all); at += 50001 {
		voice.Read(int64(at), part)
		for i, v := range part {
			if v != all[at+i] {
				t.Fatalf("sample %d from %d on differs", i, at)
			}
		}
	}
	if peak := peakOf(all); peak > 0.6 {
		t.Errorf("a voice of 0.1 has a peak of %g", peak)
	}
}

func peakOf(x []float64) float64 {
	peak := 0.0
	for _, v := range x {
		peak = max(peak, math.Abs(v))
	}
	return peak
}

func TestManyVoicesStayWithinFullScale(t *testing.T) {
	d := newEnd(t, Tone, 1, DeviceOptions{}).device
	x := make([]float64, Period)
	var voices []*Voice
	for uid := range 17 {
		voices = append(voices, NewVoice(Tone, tone(uid), -1200, 0))
	}
	for at := int64(0); at < Rate; at += Period {
		d.Begin(at)
		for _, v := range voices {
			v.Read(at, x)
			d.Add(x, nil)
		}
		if out := d.Play(); peakOf(out) > limit+1e-9 {
			t.Fatalf("a peak of %g", peakOf(out))
		}
	}
	d.Begin(Rate)
	voices[3].Read(Rate, x)
	d.Add(x, nil)
	for range 10 {
		d.Begin(d.at + Period)
		voices[3].Read(d.at, x)
		d.Add(x, nil)
		d.Play()
	}
	if got := Level(Power(d.mix[:])); got < -1210 || got > -1190 {
		t.Errorf("one voice is at %d afterwards, want -1200", got)
	}
}

func TestTape(t *testing.T) {
	tape := NewTape()
	total := 0
	for n := range int64(2 * unitsKept) {
		x, said := tape.Record(7, n)
		total += len(x)
		for i := range x {
			x[i] = int16(n)
		}
		*said = float64(n)
	}
	if want := int(UnitAt(2 * unitsKept)); total != want {
		t.Errorf("%d samples, want %d", total, want)
	}
	for _, c := range []struct {
		uid    uint32
		number int64
		found  bool
	}{{7, 2*unitsKept - 1, true}, {7, unitsKept, true}, {7, unitsKept - 1, false}, {7, 2 * unitsKept, false}, {7, -1, false}, {8, 0, false}} {
		x, said := tape.Find(c.uid, c.number)
		if (x != nil) != c.found {
			t.Errorf("%+v: found %d samples", c, len(x))
		}
		if c.found && (x[0] != int16(c.number) || said != float64(c.number)) {
			t.Errorf("%+v: %d and %g", c, x[0], said)
		}
	}
}

func TestWAV(t *testing.T) {
	var b bytes.Buffer
	if err := WriteWAV(&b, []int16{1, -2, 32767}); err != nil {
		t.Fatal(err)
	}
	raw := b.Bytes()
	if len(raw) != 44+6 || string(raw[:4]) != "RIFF" || string(raw[8:16]) != "WAVEfmt " || string(raw[36:40]) != "data" {
		t.Fatalf("% x", raw)
	}
	le := binary.LittleEndian
	for at, want := range map[int]uint32{4: 36 + 6, 16: 16, 24: Rate, 28: 2 * Rate, 40: 6} {
		if got := le.Uint32(raw[at:]); got != want {
			t.Errorf("at %d: %d, want %d", at, got, want)
		}
	}
	if int16(le.Uint16(raw[46:])) != -2 {
		t.Error("samples are not little-endian")
	}
}

func TestTheGateShutsOnNoiseAndOpensAtOnce(t *testing.T) {
	g := gate{gain: 1}
	noise := func(centiDB int) []float64 {
		x := make([]float64, block)
		for i := range x {
			x[i] = gainOf(centiDB) * math.Sin(float64(i))
		}
		return x
	}
	for range 30 {
		x := noise(-6500)
		g.process(x)
	}
	x := noise(-6500)
	if g.process(x); Power(x) != 0 {
		t.Error("noise goes through")
	}
	x = noise(-2000)
	g.process(x)
	x = noise(-2000)
	if g.process(x); Level(Power(x)) < -2010 {
		t.Errorf("a voice is at %d", Level(Power(x)))
	}
}

func TestTheGainFollowsTheLevel(t *testing.T) {
	for _, c := range []struct{ level, want int }{{-3500, -2600}, {-2100, -2100}, {-800, -1400}, {-5000, -5000}} {
		g := newGainControl(captureGain)
		var x [block]float64
		for k := range 1000 { // 16 s
			for i := range x {
				x[i] = gainOf(c.level) * math.Sin(float64(k*block+i))
			}
			g.process(x[:])
		}
		if got := Level(Power(x[:])); got < c.want-30 || got > c.want+30 {
			t.Errorf("%d becomes %d, want %d", c.level, got, c.want)
		}
	}
}

func TestPathsDifferAndKeepTheirGain(t *testing.T) {
	first := map[int]bool{}
	for seed := range uint64(8) {
		p := newPath(rand.New(rand.NewPCG(seed, 0)))
		first[p.at[0]] = true
		sum := 0.0
		for _, g := range p.gain {
			sum += g * g
		}
		if math.Abs(sum-1) > 1e-9 {
			t.Errorf("path %d has a gain of %g", seed, sum)
		}
		if last := p.at[0] + pathTail; last > partitions*block {
			t.Errorf("path %d ends after %d samples", seed, last)
		}
	}
	if len(first) < 4 {
		t.Error("all phones have one delay")
	}
}

func TestRing(t *testing.T) {
	r := newRing(ringLength)
	x := make([]float64, 1000)
	for k := range 100 {
		for i := range x {
			x[i] = float64(k*1000 + i)
		}
		r.write(x)
	}
	got := make([]float64, 500)
	r.read(99800, got)
	for i, v := range got {
		if want := float64(99800 + i); i < 200 && v != want || i >= 200 && v != 0 {
			t.Fatalf("sample %d is %g", i, v)
		}
	}
	r.read(100, got)
	if peakOf(got) != 0 {
		t.Error("what is forgotten is not silent")
	}
	r.extend(100300)
	r.read(99990, got[:20])
	if got[9] != 99999 || got[10] != 0 {
		t.Errorf("%v", got[:20])
	}
	r.extend(1 << 40)
	if r.end != 1<<40 {
		t.Error("it does not leap")
	}
}
