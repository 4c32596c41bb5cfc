package wechat

import (
	"math"
	"testing"
	"time"

	pcm "minilab/devices/phone/sound"
	"minilab/simulator/media/aac"
	"minilab/simulator/trace"
)

// newSoundWorld is a world on samples, in which a speaks in a constant tone.
func newSoundWorld(t testing.TB, change func(a, b *HostOptions, push *PusherOptions, play *PlayerOptions)) *world {
	tape := pcm.NewTape()
	w := newWorld(t, 5, func(a, b *HostOptions, push *PusherOptions, play *PlayerOptions) {
		a.Sound = &SoundOptions{Tape: tape, Voice: pcm.Tone, UID: 7}
		b.Sound = &SoundOptions{Tape: tape, Voice: pcm.Talk, UID: 9}
		push.EnableCamera = false
		if change != nil {
			change(a, b, push, play)
		}
	})
	w.pusher.Start()
	w.at(500*ms, w.player.Play)
	return w
}

// heard are the seconds in which b heard a, from a time on.
func heardFrom(r *trace.Record, from time.Duration) []trace.Event {
	var out []trace.Event
	for _, ev := range pick(r, trace.AudioMeasured) {
		if ev.Actor == 1 && ev.Peer == 0 && time.Duration(ev.V[0]) >= from {
			out = append(out, ev)
		}
	}
	return out
}

func TestAPlayerPlaysTheSamplesThatWereSpoken(t *testing.T) {
	r := newSoundWorld(t, nil).run(12 * time.Second)
	seconds := heardFrom(r, 3*time.Second)
	if len(seconds) < 7 {
		t.Fatalf("%d seconds", len(seconds))
	}
	for _, ev := range seconds {
		if ev.V[1] < -2020 || ev.V[1] > -1980 || ev.V[2] < -50 || ev.V[3] > 50 {
			t.Errorf("%v at %v", ev.V, ev.At)
		}
	}
	for _, ev := range pick(r, trace.AudioPlayed) {
		if ev.At > 4*time.Second && (ev.V[4] < -2020 || ev.V[4] > -1980) {
			t.Errorf("played at %d", ev.V[4])
		}
	}
}

// What is heard and what was said are compared at the same place of the talk: neither
// the unit that is under way nor a pause of silent units moves them apart.
func TestATalkersLoudnessIsMeasuredWhereItIsSpoken(t *testing.T) {
	for seed := range uint64(3) {
		w := newSoundWorld(t, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			a.Sound.Voice, a.Sound.UID = pcm.Talk, 20+uint32(seed)
			push.UID = a.Sound.UID
		})
		spoken := 0
		for _, ev := range heardFrom(w.run(40*time.Second), 3*time.Second) {
			if ev.V[2] == trace.AudioUnmeasured {
				continue
			}
			if spoken++; ev.V[2] < -60 || ev.V[3] > 60 {
				t.Errorf("voice %d: %v at %v", seed, ev.V, ev.At)
			}
		}
		if spoken < 25 {
			t.Errorf("voice %d: %d seconds", seed, spoken)
		}
	}
}

func TestThreeUnitsAreAWholeNumberOfSamplesSilentOrNot(t *testing.T) {
	one := aac.LengthOf(aac.Config())
	for _, level := range []int32{-2000, aac.Silence} {
		n := 0
		for seq := range uint32(3) {
			n += samplesOf(sound{uid: 7, level: level, seq: seq}, one)
		}
		if n != 1024 {
			t.Errorf("three units of level %d: %d samples", level, n)
		}
	}
	if n := samplesOf(sound{uid: 7, seq: 4}, 3*one); n != 1024 {
		t.Errorf("a unit as long as three: %d samples", n)
	}
	if n := samplesOf(sound{uid: -1}, 20*ms); n != 320 {
		t.Errorf("20 ms of a recording: %d samples", n)
	}
}

func TestAMutedPlayerIsSilentAndNothingIsSaidOfTheTalker(t *testing.T) {
	w := newSoundWorld(t, nil)
	w.at(6*time.Second, func() { w.player.SetMuted(true) })
	for _, ev := range heardFrom(w.run(12*time.Second), 8*time.Second) {
		if ev.V[1] > -9000 || ev.V[2] != trace.AudioUnmeasured {
			t.Errorf("%v at %v", ev.V, ev.At)
		}
	}
}

func TestHeardIsCalledForEachPeriod(t *testing.T) {
	var next, periods int64
	w := newSoundWorld(t, func(_, b *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
		b.Sound.Heard = func(viewer trace.ActorID, at int64, x []float64) {
			if viewer != 1 || len(x) != pcm.Period || next != 0 && at != next {
				t.Fatalf("%d samples of %d at %d, want %d", len(x), viewer, at, next)
			}
			next = at + int64(len(x))
			periods++
		}
	})
	w.run(5 * time.Second)
	if periods < 200 {
		t.Errorf("%d periods", periods)
	}
}

func TestMusicAndCallTakeTheDeviceFromOneAnother(t *testing.T) {
	w := newSoundWorld(t, nil)
	push, err := w.b.NewLivePusher(PusherOptions{URL: "rtmp://edge/live/s2?token=x", UID: 9, PusherAttributes: PusherAttributes{EnableMic: true, MinBitrateKbps: 200, MaxBitrateKbps: 500}})
	if err != nil {
		t.Fatal(err)
	}
	push.started = true // a call, of which the fake server shall hear nothing
	w.at(5*time.Second, func() { w.b.PlayBGM("", "") })
	w.at(20*time.Second, func() { w.b.StopBGM("") })
	r := w.run(28 * time.Second)
	soft, gone, music := 0, 0, 0
	for _, ev := range heardFrom(r, 4*time.Second) {
		from := time.Duration(ev.V[0])
		inside := from > 4*time.Second && from < 21*time.Second
		if !inside && (ev.V[2] < -50 || ev.V[3] > 50) {
			t.Errorf("without music %v at %v", ev.V, ev.At)
		}
		if ev.V[3] < -800 {
			soft++
		}
		if ev.V[2] < -2000 {
			gone++
		}
	}
	for _, ev := range pick(r, trace.AudioMeasured) {
		if ev.Actor == 1 && ev.Peer == trace.Nobody && ev.V[5] > -3000 {
			music++
		}
	}
	if soft < 3 || gone < 4 || music < 12 {
		t.Errorf("%d seconds soft, %d with a break, %d with music", soft, gone, music)
	}
}

func TestMusicWithoutACallKeepsTheDevice(t *testing.T) {
	w := newSoundWorld(t, nil)
	w.at(5*time.Second, func() { w.b.PlayBGM("", "") })
	gone := 0
	for _, ev := range heardFrom(w.run(25*time.Second), 4*time.Second) {
		if ev.V[2] < -2000 {
			gone++
		}
	}
	if gone > 2 { // as it begins, which may be in two seconds
		t.Errorf("%d breaks", gone)
	}
}

func TestWithoutSamplesMusicBreaksTheSoundTooAndNothingElse(t *testing.T) {
	w := newWorld(t, 5, nil)
	w.pusher.Start()
	w.at(500*ms, w.player.Play)
	w.at(6*time.Second, func() { w.b.PlayBGM("", "") })
	w.at(12*time.Second, func() { w.b.StopBGM("") })
	w.at(13*time.Second, func() { w.b.SetRoute("headset") })
	r := w.run(16 * time.Second)
	if n := len(pick(r, trace.AudioMeasured)); n > 0 {
		t.Errorf("%d seconds are measured", n)
	}
	gaps, to := 0, time.Duration(0)
	for _, ev := range pick(r, trace.AudioPlayed) {
		if from := time.Duration(ev.V[0]); to > 0 && from-to >= 200*ms {
			gaps++
		}
		to = ev.At
	}
	if gaps != 2 {
		t.Errorf("%d gaps, want one as music begins and one as it ends", gaps)
	}
}

func TestSoundOptions(t *testing.T) {
	for _, o := range []*SoundOptions{{}, {Tape: pcm.NewTape()}, {Tape: pcm.NewTape(), Voice: "song"}, {Voice: pcm.Tone}} {
		if o.validate() == nil {
			t.Errorf("%+v is accepted", o)
		}
	}
}

func TestSamplesMakeNoGarbage(t *testing.T) {
	w := newSoundWorld(t, nil)
	w.e.RunUntil(4 * time.Second)
	now := 4 * time.Second
	with := testing.AllocsPerRun(20, func() { now += 100 * ms; w.e.RunUntil(now) })
	p := newWorld(t, 5, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) { push.EnableCamera = false })
	p.pusher.Start()
	p.at(500*ms, p.player.Play)
	p.e.RunUntil(4 * time.Second)
	now = 4 * time.Second
	without := testing.AllocsPerRun(20, func() { now += 100 * ms; p.e.RunUntil(now) })
	if with > without+1 {
		t.Errorf("%v allocations in 100 ms, %v without samples", with, without)
	}
}

// The call takes the volume of media where the page wants that and the library knows it,
// for as long as it pushes.
func TestTheVolumeOfACall(t *testing.T) {
	for _, c := range []struct {
		kind  string
		known bool
		media bool
	}{{"", true, false}, {volumeAuto, true, false}, {volumeCall, true, false}, {volumeMedia, true, true}, {volumeMedia, false, false}} {
		w := newSoundWorld(t, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			push.AudioVolumeType = c.kind
			a.Knows = func(_, name string) bool { return c.known || name != "audio-volume-type" }
		})
		want, device := 1.0, w.a.sound.device
		if c.media {
			want = math.Pow(10, -900.0/2000)
		}
		w.at(4*time.Second, func() {
			if got := device.Volume(); math.Abs(got-want) > 0.001 {
				t.Errorf("%+v: volume %v, want %v", c, got, want)
			}
			w.pusher.Stop("")
			if got := device.Volume(); got != 1 {
				t.Errorf("%+v: volume %v after the call", c, got)
			}
		})
		w.run(5 * time.Second)
	}
}

// Music and a call that both want the volume of media don't fight over the audio device;
// a call that wants its own does.
func TestMusicAndACallThatTakesTheVolumeOfMedia(t *testing.T) {
	for _, kind := range []string{volumeMedia, volumeCall} {
		w := newSoundWorld(t, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) { push.AudioVolumeType = kind })
		w.at(4*time.Second, func() { w.a.PlayBGM("", "") })
		w.at(16*time.Second, func() { w.a.StopBGM("") })
		changes, last := 0, w.a.sound.device.Volume()
		for at := 2 * time.Second; at < 18*time.Second; at += 100 * ms {
			w.at(at, func() {
				if v := w.a.sound.device.Volume(); at > 2*time.Second && v != last {
					changes++
				}
				last = w.a.sound.device.Volume()
			})
		}
		w.run(18 * time.Second)
		if (changes == 0) != (kind == volumeMedia) {
			t.Errorf("%s: the volume changes %d times", kind, changes)
		}
	}
}

// What a page asks of the capture chain reaches what is sent.
func TestGainAndSuppressorOfACall(t *testing.T) {
	level := func(micLevel int, change func(*PusherOptions)) int64 {
		w := newSoundWorld(t, func(a, _ *HostOptions, push *PusherOptions, play *PlayerOptions) {
			a.Traits.MicLevelCentiDB = micLevel
			params := defaultPlayerParams()
			params.Levels = false
			play.params = &params
			change(push)
		})
		heard := heardFrom(w.run(12*time.Second), 10*time.Second)
		return heard[len(heard)-1].V[1]
	}
	agc := func(push *PusherOptions) { push.EnableAGC = true }
	ans := func(push *PusherOptions) { push.EnableANS = true }
	none := func(*PusherOptions) {}
	for _, x := range []struct {
		name   string
		at     int
		change func(*PusherOptions)
		most   int64 // of how far it is from as it was said
		least  int64
	}{{"as it is", -3800, none, 50, -50}, {"gain", -3800, agc, 1250, 1150}, {"suppressor", -3800, ans, 50, -50},
		{"hardly there", -5800, none, 50, -50}, {"hardly there, suppressed", -5800, ans, -3000, -9600}} {
		if d := level(x.at, x.change) - int64(x.at); d < x.least || d > x.most {
			t.Errorf("%s: %d above what was said", x.name, d)
		}
	}
}
