package aac

import (
	"encoding/binary"
	"hash/crc32"
	"math"
	"time"
)

// The format: AAC-LC, mono.
const (
	SampleRate     = 48000
	SamplesPerUnit = 1024
)

// UnitLength is the play time of one access unit (21.333 ms, cut to a nanosecond). For
// instants use UnitTime, which doesn't add up the error.
const UnitLength = SamplesPerUnit * time.Second / SampleRate

// UnitTime is when unit seq begins, counted from unit 0.
func UnitTime(seq uint32) time.Duration {
	return time.Duration(seq) * SamplesPerUnit * time.Second / SampleRate
}

// Config is the AudioSpecificConfig.
func Config() []byte { return []byte{0x11, 0x88} }

// Silence is the level at and below which a unit holds no tone at all.
const Silence = -9600

// Stamp is what a unit says about itself.
type Stamp struct {
	UID          uint32
	Seq          uint32
	Captured     time.Duration // whole milliseconds, up to 49 days
	LevelCentiDB int           // of the tone: hundredths of dB, 0 is a sine at full scale; Silence and below: none
}

// Tones is how many tones there are: a prime, so that uids in any usual steps get
// different ones.
const Tones = 61

// Members' tones lie two lines apart from line 16 on.
const (
	firstLine = 16
	lineHertz = float64(SampleRate) / (2 * SamplesPerUnit)
)

// line is the spectral line of a member's tone; always even.
func line(uid uint32) int { return firstLine + 2*int(uid%Tones) }

// Tone is the frequency of a member's tone in Hz:
// (16 + 2 x (uid mod 61)) x 23.4375, which is 375 Hz to 3187.5 Hz in steps of 46.875 Hz.
// It is distinct for any 61 consecutive uids.
func Tone(uid uint32) float64 { return float64(line(uid)) * lineHertz }

// The stamp in the data stream element: magic, uid, seq, captured in ms, level, the
// number of bits of the channel element that follows, and a CRC-32 over all these and
// that element.
const (
	stampMagic = 0x4d
	stampBytes = 1 + 4 + 4 + 4 + 2 + 1 + 4
	stampAt    = 2 // after the element's head, which ends on a byte
	crcAt      = stampAt + stampBytes - 4
	toneAt     = stampAt + stampBytes
)

// headTag is a data stream element's id and tag 0 with data_byte_align_flag set.
const headTag = 0x81

// MinBytes is what no unit exceeds unpadded.
const MinBytes = 48

// Encode makes the access unit of s, with fill elements up to size bytes when that is
// more than it takes (27 to MinBytes). Levels above 0 are taken as 0.
func Encode(s Stamp, size int) []byte {
	s.LevelCentiDB = max(min(s.LevelCentiDB, 0), Silence)
	w := bitWriter{buf: make([]byte, 0, max(size, MinBytes))}
	w.stamp(s)
	w.tone(line(s.UID), s.LevelCentiDB)
	toneBits := len(w.buf)*8 + int(w.fill) - toneAt*8
	w.fillTo(size)
	w.u(3, idEnd)
	w.align()
	w.buf[crcAt-1] = byte(toneBits)
	binary.BigEndian.PutUint32(w.buf[crcAt:], checksum(w.buf, toneBits))
	return w.buf
}

// Read reads the stamp of a unit. It is true only for units of Encode, so the tone in
// the unit is the stamped one.
func Read(au []byte) (Stamp, bool) {
	if len(au) <= toneAt || au[0] != headTag || au[1] != stampBytes || au[2] != stampMagic {
		return Stamp{}, false
	}
	toneBits := int(au[crcAt-1])
	if len(au)*8 < toneAt*8+toneBits || binary.BigEndian.Uint32(au[crcAt:]) != checksum(au, toneBits) {
		return Stamp{}, false
	}
	b := au[stampAt:]
	s := Stamp{
		UID: binary.BigEndian.Uint32(b[1:]), Seq: binary.BigEndian.Uint32(b[5:]),
		Captured:     time.Duration(binary.BigEndian.Uint32(b[9:])) * time.Millisecond,
		LevelCentiDB: int(int16(binary.BigEndian.Uint16(b[13:]))),
	}
	return s, s.LevelCentiDB <= 0 && s.LevelCentiDB >= Silence
}

// checksum covers the stamp without the checksum and the bits of the tone.
func checksum(au []byte, toneBits int) uint32 {
	end := toneAt + toneBits/8
	crc := crc32.Update(crc32.ChecksumIEEE(au[stampAt:crcAt]), crc32.IEEETable, au[toneAt:end])
	if rest := toneBits % 8; rest > 0 {
		last := au[end] >> (8 - rest)
		crc = ^(crc32.IEEETable[byte(^crc)^last] ^ ^crc>>8)
	}
	return crc
}

// quantised finds global_gain and the line's quantised value for a level: a decoder
// computes value^(4/3) x 2^((gain-100)/4), and a line of 1024 x 32768 is a full-scale sine.
// Gain moves in steps of 1.5 dB; values from 1024 up refine that to 0.01 dB.
func quantised(levelCentiDB int) (gain, value int) {
	q := levels[-levelCentiDB]
	return int(q.gain), int(q.value)
}

type level struct {
	gain  uint8
	value uint16
}

var levels = func() (out [1 - Silence]level) {
	for i := range out {
		gain, value := quantise(-i)
		out[i] = level{uint8(gain), uint16(value)}
	}
	return out
}()

func quantise(levelCentiDB int) (gain, value int) {
	want := SamplesPerUnit * 32768 * math.Pow(10, float64(levelCentiDB)/2000)
	const base = 1024
	steps := math.Floor(4 * (math.Log2(want) - 4.0/3*math.Log2(base)))
	value = int(math.Round(math.Pow(want/math.Exp2(steps/4), 0.75)))
	return int(steps) + 100, value
}
