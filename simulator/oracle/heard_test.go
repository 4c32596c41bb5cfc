package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// heardSecond is what a listener's phone measured of a talker's stream in a second.
type heardSecond struct{ level, least, most, echo, music int64 }

// plain is a second in which nothing is wrong.
var plain = heardSecond{level: -2200, least: -100, most: 100, echo: -8000, music: -9000}

// measures adds the seconds from 2 s on, changed where change says so.
func (w *world) measures(listener, talker trace.ActorID, change map[int]heardSecond) {
	for s := 2; s < 20; s++ {
		x, ok := change[s]
		if !ok {
			x = plain
		}
		at := time.Duration(s) * time.Second
		w.Emit(trace.Event{At: at + time.Second, Kind: trace.AudioMeasured, Actor: listener, Peer: talker,
			V: [6]int64{int64(at), x.level, x.least, x.most, x.echo, x.music}})
	}
}

// phoneMusic has a phone play music in a second.
func (w *world) phoneMusic(who trace.ActorID, s int) {
	at := time.Duration(s) * time.Second
	w.Emit(trace.Event{At: at + time.Second, Kind: trace.AudioMeasured, Actor: who, Peer: trace.Nobody,
		V: [6]int64{int64(at), -1700, trace.AudioUnmeasured, trace.AudioUnmeasured, -9000, -1800}})
}

func gains(least, most int64) heardSecond {
	x := plain
	x.least, x.most = least, most
	return x
}

func echoing(level int64) heardSecond {
	x := plain
	x.echo = level
	return x
}

func TestWithoutSamplesNothingIsSaidOfLoudnessAndEcho(t *testing.T) {
	w := goodCall(t)
	w.hears(b, a, 2*time.Second, 20*time.Second, 1, -2000)
	r := endCall(w, 20*time.Second)
	for _, id := range []string{"K6", "K7", "K14"} {
		expect(t, r, id, NotRun, "")
	}
	if v := viewOf(t, r, b, a); v.EchoDB != nil || v.Echo != nil || v.LevelSpreadDB == nil {
		t.Errorf("%+v", v)
	}
}

func TestSwings(t *testing.T) {
	silent := plain
	silent.least, silent.most = trace.AudioUnmeasured, trace.AudioUnmeasured
	cases := []struct {
		name    string
		seconds map[int]heardSecond
		want    string
	}{
		{"none", nil, Absent},
		{"one", map[int]heardSecond{8: gains(900, 1100)}, Absent},
		{"up twice", map[int]heardSecond{8: gains(900, 1100), 12: gains(700, 800)}, Reproduced},
		{"up and down", map[int]heardSecond{8: gains(900, 1100), 9: gains(-900, -700)}, Reproduced},
		{"not enough", map[int]heardSecond{8: gains(300, 800), 12: gains(-800, -300)}, Absent},
		{"long, but one", map[int]heardSecond{8: gains(900, 1100), 9: gains(700, 900), 10: gains(600, 700)}, Absent},
		{"gone is not quiet", map[int]heardSecond{8: gains(-7000, -100), 12: gains(-7000, 0)}, Absent},
		{"while a gain settles", map[int]heardSecond{6: gains(-900, -700), 8: gains(900, 1100)}, Absent},
		{"as soon as it has", map[int]heardSecond{7: gains(-900, -700), 12: gains(900, 1100)}, Reproduced},
		{"nothing said", map[int]heardSecond{8: silent, 12: silent}, Absent},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := goodCall(t)
			w.measures(b, a, x.seconds)
			r := endCall(w, 20*time.Second)
			expect(t, r, "K6", x.want, "")
			expect(t, r, "K14", Absent, "")
		})
	}
}

func TestSwingsWithMusicAreTheMusics(t *testing.T) {
	seconds := map[int]heardSecond{8: gains(-1000, -800), 12: gains(-1000, -900), 13: gains(-7000, 0)}
	for _, who := range []trace.ActorID{a, b} {
		w := goodCall(t)
		w.measures(b, a, seconds)
		for s := 6; s < 15; s++ {
			w.phoneMusic(who, s)
		}
		r := endCall(w, 20*time.Second)
		expect(t, r, "K6", Absent, "")
		expect(t, r, "K14", Reproduced, "quieter")
		expect(t, r, "K14", Reproduced, "break off")
	}
	w := goodCall(t) // a break at the end of the second in which music began
	w.measures(b, a, map[int]heardSecond{8: gains(-7000, 0)})
	w.phoneMusic(b, 8)
	if v := verdict(t, endCall(w, 20*time.Second), "K14"); len(v.Findings) != 1 || v.Findings[0].At != 9*time.Second {
		t.Errorf("%+v", v.Findings)
	}
	w = goodCall(t) // music that changes nothing
	w.measures(b, a, nil)
	w.phoneMusic(a, 8)
	expect(t, endCall(w, 20*time.Second), "K14", Absent, "")
	w = goodCall(t) // and in the stream itself
	for s, x := range seconds {
		x.music = -3000
		seconds[s] = x
	}
	w.measures(b, a, seconds)
	expect(t, endCall(w, 20*time.Second), "K14", Reproduced, "quieter")
}

func TestEchoes(t *testing.T) {
	loud := echoing(-4000) // 18 dB below the talker
	music := loud
	music.music = -3000
	cases := []struct {
		name    string
		seconds map[int]heardSecond
		want    string
		length  time.Duration
	}{
		{"none", nil, Absent, 0},
		{"a slip", map[int]heardSecond{8: loud, 9: loud}, Absent, 2 * time.Second},
		{"three seconds", map[int]heardSecond{8: loud, 9: loud, 10: loud}, Reproduced, 3 * time.Second},
		{"with pauses", map[int]heardSecond{8: loud, 11: loud, 13: loud}, Reproduced, 3 * time.Second},
		{"far apart", map[int]heardSecond{8: loud, 12: loud, 16: loud}, Absent, 3 * time.Second},
		{"too faint", map[int]heardSecond{8: echoing(-6200), 9: echoing(-6200), 10: echoing(-6200)}, Absent, 0},
		{"just", map[int]heardSecond{8: echoing(-6199), 9: echoing(-6199), 10: echoing(-6199)}, Reproduced, 3 * time.Second},
		{"while the canceller learns", map[int]heardSecond{2: loud, 3: loud, 4: loud}, Absent, 0},
		{"with music", map[int]heardSecond{8: music, 9: music, 10: music}, Absent, 0},
		{"while the canceller learns anew after music", map[int]heardSecond{8: music, 9: loud, 10: loud, 11: loud}, Absent, 0},
		{"long after music", map[int]heardSecond{4: music, 8: loud, 9: loud, 10: loud}, Reproduced, 3 * time.Second},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := goodCall(t)
			w.measures(b, a, x.seconds)
			r := endCall(w, 20*time.Second)
			v := expect(t, r, "K7", x.want, "")
			for _, f := range v.Findings {
				if f.On != b {
					t.Errorf("on %d", f.On)
				}
			}
			near(t, "echo", viewOf(t, r, b, a).Echo, x.length)
		})
	}
}

// Music that the talker's phone plays of the listener leads its canceller astray too.
func TestMusicTheOtherWayIsNoEchosCause(t *testing.T) {
	loud := echoing(-4000)
	w := goodCall(t)
	music := plain
	music.music = -3000
	w.measures(b, a, map[int]heardSecond{8: loud, 9: loud, 10: loud})
	w.measures(a, b, map[int]heardSecond{7: music, 8: music, 9: music})
	expect(t, endCall(w, 20*time.Second), "K7", Absent, "")
}

// What a finding says of an echo and what the view measures are of the same seconds.
func TestAnEchoIsToldAsItIsMeasured(t *testing.T) {
	w := goodCall(t)
	w.measures(b, a, map[int]heardSecond{15: echoing(-3000), 8: echoing(-4000), 9: echoing(-4000), 10: echoing(-4000)})
	r := endCall(w, 20*time.Second)
	v := viewOf(t, r, b, a)
	if v.Echo.Seconds() != 4 || *v.EchoDB != -8 {
		t.Errorf("%v of %v dB", *v.Echo, *v.EchoDB)
	}
	expect(t, r, "K7", Reproduced, "for 3.000 s, 18.0 dB below a at the loudest; with every moment of it 4.000 s, 8.0 dB")
}

func TestWhatIsPlayedFastTellsNoEcho(t *testing.T) {
	for speed, want := range map[float64]string{1: Reproduced, 1.25: Absent} {
		w := goodCall(t)
		w.measures(b, a, map[int]heardSecond{8: echoing(-4000), 9: echoing(-4000), 10: echoing(-4000)})
		w.hears(b, a, 8*time.Second, 11*time.Second, speed, -2000)
		expect(t, endCall(w, 20*time.Second), "K7", want, "")
	}
}

func TestTheSpreadIsOfWhatWasSpokenOnceTheGainHasSettled(t *testing.T) {
	for _, x := range []struct {
		second int
		most   int64
		want   float64
	}{{6, 900, 2}, {7, 900, 10}, {12, 100, 2}, {12, trace.AudioUnmeasured, 2}} {
		w := goodCall(t)
		w.measures(b, a, map[int]heardSecond{x.second: gains(-100, x.most)})
		if v := viewOf(t, endCall(w, 20*time.Second), b, a); *v.LevelSpreadDB != x.want {
			t.Errorf("%+v: spread %v dB", x, *v.LevelSpreadDB)
		}
	}
}

func TestWhoSaidNothingHasNoSpread(t *testing.T) {
	silent, all := gains(trace.AudioUnmeasured, trace.AudioUnmeasured), map[int]heardSecond{}
	for s := range 20 {
		all[s] = silent
	}
	w := goodCall(t)
	w.hears(b, a, 2*time.Second, 20*time.Second, 1, -2000)
	w.measures(b, a, all)
	if v := viewOf(t, endCall(w, 20*time.Second), b, a); v.LevelSpreadDB != nil {
		t.Errorf("a spread of %v dB", *v.LevelSpreadDB)
	}
}

func TestOnSamplesStampsTellNoSpread(t *testing.T) {
	w := goodCall(t)
	w.hears(b, a, 2*time.Second, 20*time.Second, 1, -2000)
	w.hears(c, a, 2*time.Second, 20*time.Second, 1, -2000)
	w.measures(b, a, nil)
	r := endCall(w, 20*time.Second)
	if heard, not := viewOf(t, r, b, a), viewOf(t, r, c, a); heard.LevelSpreadDB == nil || not.LevelSpreadDB != nil {
		t.Errorf("%v and %v, who measures nothing", heard.LevelSpreadDB, not.LevelSpreadDB)
	}
}

func TestEchoIsAgainstTheTalker(t *testing.T) {
	w := goodCall(t)
	w.measures(b, a, map[int]heardSecond{8: echoing(-5000)})
	if v := viewOf(t, endCall(w, 20*time.Second), b, a); *v.EchoDB != -28 || *v.LevelSpreadDB != 2 {
		t.Errorf("echo %v dB, spread %v dB", *v.EchoDB, *v.LevelSpreadDB)
	}
	w = goodCall(t) // a talker who is never heard
	mute := plain
	mute.level = -9000
	all := map[int]heardSecond{}
	for s := 2; s < 20; s++ {
		all[s] = mute
	}
	w.measures(b, a, all)
	if v := viewOf(t, endCall(w, 20*time.Second), b, a); v.EchoDB != nil {
		t.Errorf("echo %v dB of nothing", *v.EchoDB)
	}
}
