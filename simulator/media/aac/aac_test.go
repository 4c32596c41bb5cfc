package aac

import (
	"bytes"
	"encoding/binary"
	"math"
	"os/exec"
	"testing"
	"time"
)

func TestReadsWhatWasEncoded(t *testing.T) {
	for uid := uint32(0); uid < 200; uid++ {
		for _, size := range []int{0, 48, 60, 61, 85, 128, 200, 777} {
			s := Stamp{UID: uid * 7919, Seq: uid, Captured: time.Duration(uid) * time.Second, LevelCentiDB: -int(uid) * 48}
			au := Encode(s, size)
			if got, ok := Read(au); !ok || got != s {
				t.Fatalf("encoded %+v, read %+v %v", s, got, ok)
			}
			if size >= MinBytes && len(au) != size || len(au) > max(size, MinBytes) {
				t.Fatalf("wanted %d bytes, got %d", size, len(au))
			}
		}
	}
}

func TestEverySize(t *testing.T) {
	for size := MinBytes; size < 1500; size++ {
		if got := len(Encode(Stamp{UID: 60, LevelCentiDB: -1234}, size)); got != size {
			t.Fatalf("wanted %d bytes, got %d", size, got)
		}
	}
}

func TestDamageIsSeen(t *testing.T) {
	s := Stamp{UID: 9, Seq: 4, LevelCentiDB: -2000}
	au := Encode(s, 0)
	for bit := range toneAt*8 + int(au[crcAt-1]) { // what follows is filling
		bad := bytes.Clone(au)
		bad[bit/8] ^= 0x80 >> (bit % 8)
		if _, ok := Read(bad); ok {
			t.Errorf("bit %d flipped and still read", bit)
		}
	}
	for n := range len(au) - 2 {
		if _, ok := Read(au[:n]); ok {
			t.Errorf("cut to %d bytes and still read", n)
		}
	}
	short := bytes.Clone(au)
	short[crcAt-1]-- // one bit of the tone fewer under the checksum
	if _, ok := Read(short); ok {
		t.Error("read a unit whose tone is said to be shorter")
	}
	if _, ok := Read([]byte{0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c}); ok {
		t.Error("read a foreign unit")
	}
}

func TestTonesDiffer(t *testing.T) {
	for _, step := range []uint32{1, 2, 7, 10, 100, 1000} {
		seen := map[float64]uint32{}
		for i := range uint32(17) {
			uid := 1 + i*step
			if other, ok := seen[Tone(uid)]; ok {
				t.Errorf("uids %d and %d have one tone", uid, other)
			}
			seen[Tone(uid)] = uid
		}
	}
}

func TestQuantisedLevels(t *testing.T) {
	for level := Silence + 1; level <= 0; level++ {
		gain, value := quantised(level)
		if gain < 0 || gain > 255 || value < 16 || value > 8191 {
			t.Fatalf("level %d: gain %d, value %d", level, gain, value)
		}
		got := 20 * math.Log10(math.Pow(float64(value), 4.0/3)*math.Exp2(float64(gain-100)/4)/1024/32768)
		if math.Abs(got*100-float64(level)) > 1 {
			t.Fatalf("level %d comes out as %.2f", level, got*100)
		}
	}
}

func needFFmpeg(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("ffmpeg"); err != nil {
		t.Skip("ffmpeg not installed: our tones are not measured as it plays them")
	}
}

// adts puts the header that a raw stream needs before a unit.
func adts(au []byte) []byte {
	n := uint32(len(au) + 7)
	return append([]byte{0xff, 0xf1, 1<<6 | 3<<2, 1<<6 | byte(n>>11), byte(n >> 3), byte(n<<5) | 0x1f, 0xfc}, au...)
}

// play decodes units with ffmpeg to samples of -1..1.
func play(t *testing.T, units [][]byte) []float64 {
	t.Helper()
	var stream []byte
	for _, au := range units {
		stream = append(stream, adts(au)...)
	}
	cmd := exec.Command("ffmpeg", "-v", "error", "-xerror", "-f", "aac", "-i", "-", "-f", "f32le", "-ac", "1", "-ar", "48000", "-")
	cmd.Stdin = bytes.NewReader(stream)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	raw, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("ffmpeg: %v\n%s", err, complaints.String())
	}
	out := make([]float64, len(raw)/4)
	for i := range out {
		out[i] = float64(math.Float32frombits(binary.LittleEndian.Uint32(raw[i*4:])))
	}
	return out
}

// amplitude is the amplitude of one frequency in samples (a whole number of cycles).
func amplitude(x []float64, hertz float64) float64 {
	re, im := 0.0, 0.0
	for i, v := range x {
		sin, cos := math.Sincos(2 * math.Pi * hertz * float64(i) / SampleRate)
		re, im = re+v*cos, im+v*sin
	}
	return 2 * math.Hypot(re, im) / float64(len(x))
}

func decibel(x float64) float64 { return 20 * math.Log10(x) }

func TestFFmpegPlaysTheTone(t *testing.T) {
	needFFmpeg(t)
	for uid := uint32(0); uid < Tones; uid += 6 {
		level := -600 - int(uid)*37
		var units [][]byte
		for i := range uint32(60) {
			units = append(units, Encode(Stamp{UID: uid, Seq: i, LevelCentiDB: level}, 40+int(i)*5))
		}
		x := play(t, units)
		if len(x) < 50*SamplesPerUnit {
			t.Fatalf("uid %d: %d samples", uid, len(x))
		}
		for from := 4 * SamplesPerUnit; from+SamplesPerUnit*4 < len(x)-SamplesPerUnit; from += SamplesPerUnit {
			part := x[from : from+4*SamplesPerUnit]
			got := decibel(amplitude(part, Tone(uid))) * 100
			if math.Abs(got-float64(level)) > 3 {
				t.Fatalf("uid %d: level %.1f, want %d (hundredths of dB)", uid, got, level)
			}
			power := 0.0
			for _, v := range part {
				power += v * v
			}
			rms := decibel(math.Sqrt(2*power/float64(len(part)))) * 100
			if math.Abs(rms-float64(level)) > 3 {
				t.Fatalf("uid %d: not a pure tone: %.1f in all, %d wanted", uid, rms, level)
			}
		}
	}
}

func TestFFmpegPlaysSilence(t *testing.T) {
	needFFmpeg(t)
	var units [][]byte
	for i := range uint32(20) {
		units = append(units, Encode(Stamp{UID: 3, Seq: i, LevelCentiDB: Silence}, 100))
	}
	for i, v := range play(t, units) {
		if v != 0 {
			t.Fatalf("sample %d is %g", i, v)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(Encode(Stamp{UID: 1, Seq: 2, LevelCentiDB: -1000}, 80))
	f.Add(Encode(Stamp{UID: 1, LevelCentiDB: Silence}, 0))
	f.Add([]byte{headTag, stampBytes, stampMagic})
	f.Fuzz(func(t *testing.T, au []byte) {
		s, ok := Read(au)
		if !ok {
			return
		}
		if again, ok := Read(Encode(s, len(au))); !ok || again != s {
			t.Fatalf("%+v does not survive encoding", s)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		Encode(Stamp{UID: 7, Seq: uint32(i), LevelCentiDB: -2000}, 128)
	}
}

func BenchmarkRead(b *testing.B) {
	au := Encode(Stamp{UID: 7, LevelCentiDB: -2000}, 128)
	b.ReportAllocs()
	for b.Loop() {
		Read(au)
	}
}
