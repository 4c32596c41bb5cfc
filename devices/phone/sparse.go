package phone

import (
	"time"

	"minilab/simulator/media/aac"
)

// What a phone's media are where they are sparse. Fidelity: assumed, for speed alone.
const (
	// sparseFPS is the rate of pictures.
	sparseFPS = 5
	// sparsePicture is how often one of them is really drawn; the others have its size.
	sparsePicture = time.Second
	// sparseUnits is how many units of sound are one.
	sparseUnits = 6
)

// sparseConfig tells decoders that a unit lasts so long: its rate is 8 kHz.
var sparseConfig = []byte{0x15, 0x88}

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
