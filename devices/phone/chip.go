package phone

import (
	"fmt"
	"time"
)

// Chip are the traits of a phone's camera and of its video encoder.
type Chip struct {
	// SessionLost: the system takes the encoder's session away from an app that isn't on
	// the screen, and another can be had on return.
	// Source: VideoToolbox, kVTInvalidSessionErr -12903; fidelity: documented.
	SessionLost bool
	// Unrecovered is the share of such losses after which no other session works until the
	// push begins anew. Source: developers' reports that an encoder once lost stays dead;
	// no rate is public; fidelity: observed (that it happens), assumed (the share).
	Unrecovered float64
	// Corrupt: what the encoder writes has valid syntax and wrong content, always.
	Corrupt bool
	// Silent is the share of sessions that give nothing from their start and report no
	// error. Source: iOS 11's encoder may report success and give no buffer; no rate is
	// public; fidelity: observed (that it happens), assumed (the share).
	Silent float64
	// Stalls is how often an hour the camera gives its last picture again and again.
	// Source: release notes name the phone and no rate; fidelity: assumed.
	Stalls float64
	// RotationLag is how much later than the picture what is told about its rotation turns.
	// Source: an orientation sensor's usual debouncing; fidelity: assumed.
	RotationLag time.Duration
}

func (c Chip) validate() error {
	for _, share := range []float64{c.Unrecovered, c.Silent} {
		if share < 0 || share > 1 {
			return fmt.Errorf("a share of %v of an encoder's sessions: want 0 to 1", share)
		}
	}
	if c.Stalls < 0 || c.RotationLag < 0 {
		return fmt.Errorf("camera stalls %v times an hour, rotation lags by %v: want 0 or more", c.Stalls, c.RotationLag)
	}
	return nil
}
