package aac

import (
	"encoding/binary"
	"math/bits"
	"time"
)

// Syntactic element ids.
const (
	idSingle = 0
	idData   = 4
	idFill   = 6
	idEnd    = 7
)

// bitWriter appends bits, most significant first.
type bitWriter struct {
	buf  []byte
	acc  uint64
	fill uint // bits in acc, < 8 between calls
}

func (w *bitWriter) u(n uint, v uint32) {
	w.acc = w.acc<<n | uint64(v)
	w.fill += n
	for w.fill >= 8 {
		w.fill -= 8
		w.buf = append(w.buf, byte(w.acc>>w.fill))
	}
}

func (w *bitWriter) align() {
	if w.fill > 0 {
		w.u(8-w.fill, 0)
	}
}

// stamp writes the data stream element but for the length of the tone and the
// checksum. It begins the unit, so it is aligned.
func (w *bitWriter) stamp(s Stamp) {
	w.buf = append(w.buf, headTag, stampBytes, stampMagic)
	w.buf = binary.BigEndian.AppendUint32(w.buf, s.UID)
	w.buf = binary.BigEndian.AppendUint32(w.buf, s.Seq)
	w.buf = binary.BigEndian.AppendUint32(w.buf, uint32(s.Captured/time.Millisecond))
	w.buf = binary.BigEndian.AppendUint16(w.buf, uint16(int16(s.LevelCentiDB)))
	w.buf = append(w.buf, 0, 0, 0, 0, 0)
}

// bandEdges are the first lines of the scale factor bands of long windows at 48 kHz, as
// far as tones go.
// Source: ISO/IEC 14496-3, table of scale factor bands for 44.1 and 48 kHz; fidelity: documented.
var bandEdges = [...]int{0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 72, 80, 88, 96, 108, 120, 132, 144}

// Codebook 11 and the two of its words that are needed: (0, 0) and (escape, 0).
// Source: ISO/IEC 14496-3, spectrum Huffman codebook 11; fidelity: documented.
const (
	escapeBook = 11
	pairZero   = 0x0 // 4 bits
	pairEscape = 0x1c2
)

// tone writes a single channel element with one spectral line.
func (w *bitWriter) tone(k, levelCentiDB int) {
	w.u(3, idSingle)
	w.u(4, 0) // element_instance_tag
	silent := levelCentiDB <= Silence
	gain, value, bands, band := 0, 0, 0, 0
	if !silent {
		gain, value = quantised(levelCentiDB)
		for bandEdges[band+1] <= k {
			band++
		}
		bands = band + 1
	}
	w.u(8, uint32(gain))
	w.u(4, 0) // ics_reserved_bit, window_sequence: long, window_shape: sine
	w.u(6, uint32(bands))
	w.u(1, 0) // predictor_data_present
	if silent {
		w.u(3, 0) // pulse_data, tns_data, gain_control_data
		return
	}
	w.u(4, 0) // section: the silent bands (there always are some)
	w.u(5, uint32(band))
	w.u(4, escapeBook)
	w.u(5, 1)
	w.u(1, 0) // scale factor: no difference from global_gain
	w.u(3, 0) // pulse_data, tns_data, gain_control_data
	for pair := bandEdges[band]; pair < bandEdges[band+1]; pair += 2 {
		if pair != k {
			w.u(4, pairZero)
			continue
		}
		w.u(9, pairEscape)
		w.u(1, 0) // sign: +
		w.escape(value)
	}
}

// escape writes a value of 16 or more: n ones, a zero, n+4 bits.
func (w *bitWriter) escape(value int) {
	n := uint(0)
	for value >= 1<<(n+5) {
		n++
	}
	w.u(n+1, 1<<(n+1)-2)
	w.u(n+4, uint32(value)&(1<<(n+4)-1))
}

// A fill element holds up to 14 bytes, or with an escape count 15 to 269.
const (
	fillShort = 14
	fillLong  = 269
)

// fillTo writes fill elements, so that the unit with its end takes size bytes.
func (w *bitWriter) fillTo(size int) {
	left := size*8 - len(w.buf)*8 - int(w.fill) - 3
	for left >= 7 {
		n := min((left-7)/8, fillShort)
		long := min((left-15)/8, fillLong)
		w.u(3, idFill)
		if long > fillShort {
			n = long
			w.u(4, 15)
			w.u(8, uint32(n-fillShort))
			left -= 15 + 8*n
		} else {
			w.u(4, uint32(n))
			left -= 7 + 8*n
		}
		w.fillBytes(n)
	}
}

// fillBytes writes extension_type EXT_FILL: zero nibbles, then 0xa5.
func (w *bitWriter) fillBytes(n int) {
	if n == 0 {
		return
	}
	w.u(8, 0)
	if n == 1 {
		return
	}
	w.u(8, 0xa5)
	same := bits.RotateLeft8(0xa5, -int(w.fill)) // each byte of the buffer from here on
	for range n - 2 {
		w.buf = append(w.buf, same)
	}
}
