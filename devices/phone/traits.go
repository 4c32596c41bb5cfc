package phone

import (
	"fmt"
	"time"

	"minilab/devices/phone/memory"
)

// OS is an operating system.
type OS string

// The operating systems that behave differently.
const (
	IOS     OS = "iOS"
	Android OS = "Android"
)

// Trait is what sets a device apart beyond its numbers, by the name that its fixture has.
type Trait string

// The traits that change what a phone does.
const (
	CorruptBitstream   Trait = "corrupt-bitstream"         // Chip.Corrupt
	EncoderSessionLost Trait = "encoder-session-lost"      // Chip.SessionLost
	MicBlockedBehind   Trait = "microphone-blocked-behind" // MicBehind is micBlockedAfter
)

// micBlockedAfter is how long an app that isn't on the screen keeps the microphone where
// the system takes it. Source: vendor's page on Android 9, the others hear silence within
// about a minute; fidelity: documented.
const micBlockedAfter = time.Minute

// Traits are what a device is; the simulator fills them from the device's fixture.
type Traits struct {
	Model     string
	OS        OS
	OSVersion string
	// CameraStartMin and CameraStartMax bound the time from opening the camera to its
	// first picture; each phone draws its own.
	CameraStartMin, CameraStartMax time.Duration
	// CameraFPS is the rate of the capture clock.
	CameraFPS int
	// Thin: media are sized rather than made, see Sparse.
	Thin bool
	// Orientation is how many degrees the sent picture is turned: 0, 90, 180, 270.
	Orientation int
	// Decoders is how many video streams its hardware decodes at once.
	Decoders int
	// CPU is how fast one core is, an iPhone 6 being 1.
	CPU float64
	// MusicLoad is how much of a core of speed 1 playing a music file takes, as a share;
	// VoiceLoad the same of a stream whose sound is decoded and mixed.
	MusicLoad, VoiceLoad float64
	// CanvasCost is what it takes such a core to draw one picture on the page.
	CanvasCost time.Duration
	// Memory is its RAM, and who has it.
	Memory memory.Traits
	// MicLevelCentiDB is the mean level of the microphone, in 1/100 dB full scale.
	MicLevelCentiDB int
	// MicBehind is how long an app that isn't on the screen may have the microphone; 0:
	// as long as it likes.
	MicBehind time.Duration
	// Chip is what camera and encoder do besides.
	Chip Chip
}

// Add gives the phone a trait. Of others its numbers tell already.
func (t *Traits) Add(x Trait) {
	switch x {
	case CorruptBitstream:
		t.Chip.Corrupt = true
	case EncoderSessionLost:
		t.Chip.SessionLost = true
	case MicBlockedBehind:
		t.MicBehind = micBlockedAfter
	}
}

// DefaultTraits are those of a healthy phone.
func DefaultTraits() Traits {
	return Traits{
		Model: "generic", OS: Android, OSVersion: "8.0",
		// Source: live-pusher documentation, camera opening takes 1-2 s on some Android
		// phones, hence less on the others; fidelity: assumed.
		CameraStartMin: 250 * time.Millisecond, CameraStartMax: 500 * time.Millisecond,
		// Source: LiteAV TXLivePushConfig videoFPS 15 (iOS) and live-pusher fps 15;
		// fidelity: documented.
		CameraFPS: 15,
		// Source: none published for phones of that time; fidelity: assumed.
		Decoders: 16, CPU: 1.5,
		// Source: developers' reports name a load and no number; decoding 44.1 kHz stereo,
		// resampling and mixing take some hundredths of such a core; fidelity: assumed.
		MusicLoad: 0.05,
		// Source: none published; AAC of one channel at 48 kHz, resampled and mixed, is less
		// than music of two; fidelity: assumed.
		VoiceLoad: 0.02,
		// Source: none published; what the CPU does for a texture that the GPU draws;
		// fidelity: assumed.
		CanvasCost: 300 * time.Microsecond,
		// Source: usual speech level in front of a phone; fidelity: assumed.
		MicLevelCentiDB: -2000,
		Chip:            Chip{RotationLag: 200 * time.Millisecond},
	}
}

// Validate tells what makes no sense.
func (t Traits) Validate() error {
	switch {
	case t.OS != IOS && t.OS != Android:
		return fmt.Errorf("os %q: want %s or %s", t.OS, IOS, Android)
	case t.CameraStartMin < 0 || t.CameraStartMax < t.CameraStartMin:
		return fmt.Errorf("camera start %v to %v: want 0 <= min <= max", t.CameraStartMin, t.CameraStartMax)
	case t.CameraFPS < 1 || t.CameraFPS > 30:
		return fmt.Errorf("camera fps %d: want 1 to 30", t.CameraFPS)
	case t.Orientation != 0 && t.Orientation != 90 && t.Orientation != 180 && t.Orientation != 270:
		return fmt.Errorf("orientation %d: want 0, 90, 180 or 270", t.Orientation)
	case t.MusicLoad < 0 || t.VoiceLoad < 0 || t.CanvasCost < 0:
		return fmt.Errorf("music takes %v of a core, a voice %v, a picture on the page %v: want 0 or more", t.MusicLoad, t.VoiceLoad, t.CanvasCost)
	case t.Decoders < 0 || t.CPU <= 0:
		return fmt.Errorf("%d decoders, CPU %v: want 0 or more, and more than 0", t.Decoders, t.CPU)
	case t.MicLevelCentiDB > 0:
		return fmt.Errorf("microphone level %d: above full scale", t.MicLevelCentiDB)
	}
	if err := t.Memory.Validate(); err != nil {
		return err
	}
	return t.Chip.validate()
}
