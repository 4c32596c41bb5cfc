package simulator

import (
	"context"
	"math"
	"strings"
	"testing"

	"minilab/simulator/media/aac"
	"minilab/simulator/trace"
)

const soundCall = `
name: sound-call
length: 25s
sdk: 1.1.3
audio: samples
members:
  a: {device: iphone-8-ios-11.4, network: good, role: broadcaster, camera: off, voice: VOICE}
  b: {device: xiaomi-6-android-8, network: good, role: broadcaster, camera: off, voice: VOICE}
script:
  - {at: 0s, all: join}
STEPS`

// hearing runs a call with voices of a kind.
func hearing(t *testing.T, voice, steps string, seed uint64) *trace.Record {
	t.Helper()
	s, err := Parse("sound-call.yaml", []byte(strings.NewReplacer("VOICE", voice, "STEPS", steps).Replace(soundCall)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{Scenario: s, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return r.Record
}

// seconds are what was measured of another's stream after the first seconds.
func measuredSeconds(r *trace.Record) []trace.Event {
	var out []trace.Event
	for _, ev := range r.Events {
		if ev.Kind == trace.AudioMeasured && ev.Peer != trace.Nobody && ev.V[0] > 3e9 {
			out = append(out, ev)
		}
	}
	return out
}

func TestAConstantToneStaysWithinADecibelOnAGoodNetwork(t *testing.T) {
	for seed, route := range map[uint64]string{1: "speaker", 2: "speaker", 3: "speaker", 4: "speaker", 5: "speaker", 6: "speaker", 7: "headset"} {
		seconds := measuredSeconds(hearing(t, "tone", "  - {at: 0s, all: {route: "+route+"}}\n", seed))
		if len(seconds) < 30 {
			t.Fatalf("seed %d: %d seconds are measured", seed, len(seconds))
		}
		for _, ev := range seconds {
			if ev.V[2] < -50 || ev.V[3] > 50 || ev.V[1] < -2050 || ev.V[1] > -1950 {
				t.Errorf("seed %d: in the second from %d ms %v", seed, ev.V[0]/1e6, ev.V)
			}
			if ev.V[4] > -6000 {
				t.Errorf("seed %d: echo at %d in the second from %d ms", seed, ev.V[4], ev.V[0]/1e6)
			}
		}
	}
}

// A talker whose loudness stays is measured so, and one that swings isn't lost in the
// measurement: while music has the phone set up for media, calls are 9 dB quieter.
func TestATalkersLoudnessIsMeasuredOnAGoodNetwork(t *testing.T) {
	for seed := uint64(1); seed <= 5; seed++ {
		quietest := int64(0)
		for _, ev := range measuredSeconds(hearing(t, "talk", "  - {at: 18s, b: {play-bgm: 6s}}\n", seed)) {
			switch from := ev.V[0]; {
			case ev.V[2] < -2000: // not measured, or the device is being set up
			case from > 18e9:
				quietest = min(quietest, ev.V[3])
			case from < 16e9 && (ev.V[2] < -150 || ev.V[3] > 150):
				t.Errorf("seed %d: in the second from %d ms %v", seed, from/1e6, ev.V)
			}
		}
		if quietest > -800 || quietest < -1000 {
			t.Errorf("seed %d: %d while music plays", seed, quietest)
		}
	}
}

func TestAMutedMicrophoneIsSilentOnSamplesToo(t *testing.T) {
	r := hearing(t, "tone", "  - {at: 12s, a: {mic: off}}\n", 1)
	after := 0
	for _, ev := range measuredSeconds(r) {
		if ev.Actor == 1 && ev.V[0] > 16e9 {
			after++
			if ev.V[1] > -6000 {
				t.Errorf("heard at %d in the second from %d ms", ev.V[1], ev.V[0]/1e6)
			}
		}
	}
	if after < 5 {
		t.Errorf("%d seconds are measured", after)
	}
}

// A member of another SDK speaks with a voice of its own, and is measured by phones; what
// it hears itself isn't.
func TestOthersAreHeardOnSamples(t *testing.T) {
	source := strings.NewReplacer("VOICE", "talk", "STEPS", "  - {at: 14s, n: {mic: off}}\n", "script:", "  n: {origin: native, role: broadcaster, camera: off}\nscript:").Replace(soundCall)
	s, err := Parse("sound-call.yaml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	spoken := 0
	for _, ev := range measuredSeconds(r.Record) {
		switch {
		case ev.Actor == 2:
			t.Fatalf("it measures: %v", ev)
		case ev.Peer != 2:
		case ev.V[0] > 17e9 && ev.V[1] > -6000:
			t.Errorf("its microphone is off, and it is heard: %v", ev.V)
		case ev.V[0] < 12e9 && ev.V[2] != trace.AudioUnmeasured:
			if spoken++; ev.V[1] < -3500 || ev.V[2] < -150 || ev.V[3] > 150 {
				t.Errorf("in the second from %d ms %v", ev.V[0]/1e6, ev.V)
			}
		}
	}
	if spoken < 8 {
		t.Errorf("it speaks in %d seconds", spoken)
	}
}

func TestSamplesGiveTheSameDigest(t *testing.T) {
	const steps = "  - {at: 8s, a: {outage: 2s}}\n  - {at: 14s, b: {play-bgm: 6s}}\n  - {at: 15s, a: {route: ear}}\n"
	if a, b := hearing(t, "talk", steps, 3), hearing(t, "talk", steps, 3); a.Digest != b.Digest {
		t.Error("two digests")
	}
}

func TestWithoutSamplesNothingIsMeasured(t *testing.T) {
	s, err := Parse("sound-call.yaml", []byte(strings.NewReplacer("VOICE", "talk", "STEPS", "", "samples", "stamps").Replace(soundCall)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(measuredSeconds(r.Record)); n > 0 {
		t.Errorf("%d seconds", n)
	}
}

// BenchmarkSamples is a call of two on samples: 25 seconds of it.
func BenchmarkSamples(b *testing.B) {
	for _, audio := range audios {
		b.Run(audio, func(b *testing.B) {
			s, err := Parse("sound-call.yaml", []byte(strings.NewReplacer("VOICE", "talk", "STEPS", "", "samples", audio).Replace(soundCall)))
			if err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := Run(context.Background(), Options{Scenario: s, Seed: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestOnSamplesNoTwoMembersHaveOneTone(t *testing.T) {
	s, err := Parse("sound-call.yaml", []byte(strings.NewReplacer("VOICE", "talk", "STEPS", "", "25s", "1s").Replace(soundCall)))
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(150) { // of 61 tones: without care seven of these would be the same or next to each other
		r, err := Run(context.Background(), Options{Scenario: s, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		if m := r.Record.Head.Members; math.Abs(aac.Tone(m[0].UID)-aac.Tone(m[1].UID)) < 50 {
			t.Errorf("seed %d: %d and %d sound alike", seed, m[0].UID, m[1].UID)
		}
	}
}
