package phone

import "time"

// Unit is one encoded picture or one unit of sound.
type Unit struct {
	Payload  []byte // a video access unit with 4-byte lengths, or a raw AAC unit
	Captured time.Duration
	Number   int64 // counts the pictures, or units of sound, of this phone
	Key      bool
	// Modelled is the size that the rate model asked for, Real what the content needs.
	// Real > Modelled means that the modelled rate is too low for the test picture.
	Modelled, Real int
}
