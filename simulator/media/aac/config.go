package aac

import "time"

// LengthOf is how long one unit lasts in a stream of that AudioSpecificConfig; one
// that can't be read is taken for our own.
func LengthOf(config []byte) time.Duration {
	rate := int64(SampleRate)
	if len(config) >= 2 {
		i := int(config[0]&7)<<1 | int(config[1]>>7)
		switch {
		case i < len(sampleRates):
			rate = sampleRates[i]
		case i == rateWritten && len(config) >= 5:
			if written := int64(config[1]&127)<<17 | int64(config[2])<<9 | int64(config[3])<<1 | int64(config[4]>>7); written > 0 {
				rate = written
			}
		}
	}
	return time.Duration(SamplesPerUnit * int64(time.Second) / rate)
}

// Source: ISO/IEC 14496-3 table 1.18; fidelity: documented.
var sampleRates = [...]int64{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

// rateWritten is the index that says that the rate itself follows, in 24 bits.
const rateWritten = 15
