package phone

import (
	"math/rand/v2"
	"time"

	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
)

const (
	// keyInterval is the time between key frames.
	// Source: LiteAV TXLivePushConfig videoEncodeGop 3 s; fidelity: documented.
	keyInterval = 3 * time.Second
	// keyWeight is the size of a key frame in mean other frames.
	// Source: chosen so that the test picture's key frame fits at 200 kbit/s, the
	// lowest rate of the vendor's demo; fidelity: assumed.
	keyWeight = 15
	// sizeSpread is how far a frame's size strays from its mean, either way.
	// Source: a talking head moves little; fidelity: assumed.
	sizeSpread = 0.05
)

// encoder turns capture times into access units of the modelled size.
type encoder struct {
	uid    uint32
	traits Traits
	h264   *h264.Encoder
	rand   *rand.Rand
	bps    int64
	frame  uint32
	keyAt  time.Duration // when the next key frame is due
	forced bool
}

func newEncoder(uid uint32, t Traits, r *rand.Rand) *encoder {
	return &encoder{uid: uid, traits: t, rand: r, forced: true,
		h264: h264.NewEncoder(h264.EncoderOptions{UID: uid, Corrupt: t.Encoder == EncoderCorruptBitstream})}
}

func (e *encoder) encode(captured time.Duration) Unit {
	key := e.forced || captured >= e.keyAt
	if key {
		e.forced = false
		e.keyAt = captured + keyInterval
	}
	size := e.size(key)
	s := picture.Stamp{UID: e.uid, Frame: e.frame, Captured: captured, Rotation: e.traits.Orientation}
	au, real := e.h264.Encode(s, key, size)
	u := Unit{Payload: au, Captured: captured, Number: int64(e.frame), Key: key, Modelled: size, Real: real}
	e.frame++
	return u
}

// size spreads the bits of one key interval over its frames.
func (e *encoder) size(key bool) int {
	frames := e.traits.CameraFPS * int(keyInterval/time.Second)
	budget := float64(e.bps) / 8 * keyInterval.Seconds()
	size := budget / float64(frames-1+keyWeight)
	if key {
		size *= keyWeight
	}
	return int(size * (1 + sizeSpread*(2*e.rand.Float64()-1)))
}
