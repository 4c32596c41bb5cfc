package sound

import (
	"encoding/binary"
	"io"
)

// WriteWAV writes samples as a WAV file of one channel, 16 bits, at Rate.
func WriteWAV(w io.Writer, samples []int16) error {
	const header, bytesPerSample = 44, 2
	b := make([]byte, 0, header+len(samples)*bytesPerSample)
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(header-8+len(samples)*bytesPerSample))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16) // bytes of the format that follows
	b = le.AppendUint16(b, 1)  // PCM
	b = le.AppendUint16(b, 1)  // channel
	b = le.AppendUint32(b, Rate)
	b = le.AppendUint32(b, Rate*bytesPerSample)
	b = le.AppendUint16(b, bytesPerSample)
	b = le.AppendUint16(b, 8*bytesPerSample)
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(len(samples)*bytesPerSample))
	for _, s := range samples {
		b = le.AppendUint16(b, uint16(s))
	}
	_, err := w.Write(b)
	return err
}
