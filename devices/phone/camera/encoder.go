package camera

import (
	"math/rand/v2"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
)

const (
	// keyInterval is the time between key frames.
	// Source: LiteAV TXLivePushConfig videoEncodeGop 3 s; fidelity: documented.
	keyInterval = 3 * time.Second
	// keyWeight is the size of a key frame in mean other frames.
	// Source: usual for a talking head; fidelity: assumed.
	keyWeight = 8
	// keyLeastBytes is what a key frame gets at any rate: a little more than the test
	// picture takes whole. Fidelity: assumed.
	keyLeastBytes = 19000
	// sizeSpread is how far a frame's size strays from its mean, either way.
	// Source: a talking head moves little; fidelity: assumed.
	sizeSpread = 0.05
	// sparsePicture is how often a picture is really drawn where media are sparse; the
	// others have its size. Fidelity: assumed, for speed alone.
	sparsePicture = time.Second
)

// encoder turns capture times into access units of the modelled size.
type encoder struct {
	uid    uint32
	fps    int // of the pictures that come
	turn   int // degrees that they are turned
	h264   *h264.Encoder
	rand   *rand.Rand
	bps    int64
	frame  uint32
	last   picture.Stamp // of the newest picture
	keyAt  time.Duration // when the next key frame is due
	forced bool
	asked  int // bytes that the model gave to this key interval so far
	taken  int // bytes that it took
	sparse bool
	drawAt time.Duration // when the next picture is due that is one, if sparse
}

func newEncoder(uid uint32, t phone.Traits, r *rand.Rand) *encoder {
	return &encoder{uid: uid, sparse: t.Thin, fps: t.CameraFPS, turn: t.Orientation, rand: r, forced: true,
		h264: h264.NewEncoder(h264.EncoderOptions{UID: uid, Corrupt: t.Chip.Corrupt})}
}

// encode gives the picture that is captured now, or, of a camera that is stuck, the one
// before once more; without payload unless the encoder works.
func (e *encoder) encode(captured time.Duration, stuck, works bool) phone.Unit {
	if !stuck {
		e.last = picture.Stamp{UID: e.uid, Frame: e.frame, Captured: captured, Rotation: e.turn}
		e.frame++
	}
	u := phone.Unit{Captured: captured, Number: int64(e.last.Frame)}
	if !works {
		return u
	}
	if u.Key = e.forced || captured >= e.keyAt; u.Key {
		if !e.forced {
			u.Modelled, u.Taken = e.asked, e.taken
		}
		e.forced, e.asked, e.taken = false, 0, 0
		e.keyAt = captured + keyInterval
	}
	size := e.size(u.Key)
	if stuck && !u.Key {
		size = 0 // a picture that doesn't change takes next to nothing
	}
	e.asked += size
	if e.sparse && !u.Key && captured < e.drawAt {
		u.Payload, u.Sized = h264.Sized(size), true
		e.taken += len(u.Payload)
		return u
	}
	e.drawAt = captured + sparsePicture
	// What the interval took too much so far is saved on the frames that follow.
	u.Payload, _ = e.h264.Encode(e.last, u.Key, size-max(0, e.taken-(e.asked-size)))
	e.taken += len(u.Payload)
	return u
}

// size spreads the bits of one key interval over its frames.
func (e *encoder) size(key bool) int {
	others := float64(e.fps*int(keyInterval/time.Second) - 1)
	budget := float64(e.bps) / 8 * keyInterval.Seconds()
	size := max(keyLeastBytes, budget*keyWeight/(others+keyWeight))
	if !key {
		size = max(0, budget-size) / others
	}
	return int(size * (1 + sizeSpread*(2*e.rand.Float64()-1)))
}
