package phone

import (
	"time"

	"minilab/simulator/media/aac"
)

// What a phone's media are where they are sparse. Each message is larger than it would
// be, so that they are meant for networks that are no trouble. Fidelity: assumed, for
// speed alone.
const (
	// sparseFPS is the rate of pictures.
	sparseFPS = 3
	// sparsePicture is how often one of them is really drawn; the others have its size.
	sparsePicture = time.Second
	// sparseUnits is how many units of sound are one.
	sparseUnits = 10
)

// sparseConfig tells decoders that a unit lasts so long: its rate is 4800 Hz, mono.
var sparseConfig = []byte{0x17, 0x80, 0x09, 0x60, 0x08}

// Sparse makes the traits those of a phone whose media are sized rather than made, so
// that hours of them can be afforded: fewer pictures, of which one a second can be
// decoded, and fewer, larger units of sound.
func (t Traits) Sparse() Traits {
	t.Thin, t.CameraFPS = true, sparseFPS
	return t
}

// units is how many units of sound this phone makes one of.
func (t Traits) units() uint32 {
	if t.Thin {
		return sparseUnits
	}
	return 1
}

// soundConfig is the decoder configuration of its sound.
func (t Traits) soundConfig() []byte {
	if t.Thin {
		return sparseConfig
	}
	return aac.Config()
}
