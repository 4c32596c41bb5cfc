package aac

import "time"

// LengthOf is how long one unit lasts in a stream of that AudioSpecificConfig; one
// that can't be read is taken for our own.
func LengthOf(config []byte) time.Duration {
	rate := int64(SampleRate)
	if len(config) >= 2 {
		if i := int(config[0]&7)<<1 | int(config[1]>>7); i < len(sampleRates) {
			rate = sampleRates[i]
		}
	}
	return time.Duration(SamplesPerUnit * int64(time.Second) / rate)
}

// Source: ISO/IEC 14496-3 table 1.18; fidelity: documented.
var sampleRates = [...]int64{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}
