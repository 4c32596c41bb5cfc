package phone

import "time"

// Unit is one encoded picture or one unit of sound.
type Unit struct {
	Payload  []byte // a video access unit with 4-byte lengths, or a raw AAC unit
	Captured time.Duration
	Number   int64 // counts the pictures, or units of sound, of this phone
	Key      bool
	// Modelled and Taken are the bytes of the key interval that ends before this key
	// frame: what the rate model gave it, and what it took. Taken > Modelled means that
	// the modelled rate is too low for the test picture.
	Modelled, Taken int
	Sized           bool // it has the size of a picture, and is none
}

// Oversized tells whether the key interval that has ended took more than its rate.
func (u *Unit) Oversized() bool { return u.Taken > u.Modelled }
