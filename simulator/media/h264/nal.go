package h264

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

// NAL unit types that this package meets.
const (
	nalSlice  = 1
	nalIDR    = 5
	nalSPS    = 7
	nalPPS    = 8
	nalFiller = 12
)

// fillerHead is what a filler NAL unit costs at least: length, header, stop bit.
const fillerHead = lengthSize + 2

const lengthSize = 4

// nextNAL cuts the first NAL unit off an access unit with lengths of size bytes.
func nextNAL(au []byte, size int) (nal, rest []byte, ok bool) {
	if len(au) < size {
		return nil, nil, false
	}
	n := 0
	for _, b := range au[:size] {
		n = n<<8 | int(b)
	}
	if n == 0 || n > len(au)-size {
		return nil, nil, false
	}
	return au[size : size+n], au[size+n:], true
}

// appendEscaped appends src with emulation prevention bytes.
func appendEscaped(dst, src []byte) []byte {
	zeros, from := 0, 0
	for i := 0; i < len(src); i++ {
		if zeros == 0 { // jump to the next zero byte
			n := bytes.IndexByte(src[i:], 0)
			if n < 0 {
				break
			}
			i += n
			zeros = 1
			continue
		}
		if zeros == 2 && src[i] <= 3 {
			dst = append(dst, src[from:i]...)
			dst = append(dst, 3)
			from, zeros = i, 0
		}
		if src[i] == 0 {
			zeros++
		} else {
			zeros = 0
		}
	}
	return append(dst, src[from:]...)
}

// unescape removes emulation prevention bytes; without any it returns src itself,
// else it uses scratch.
func unescape(scratch, src []byte) (rbsp, grown []byte) {
	first := bytes.Index(src, []byte{0, 0, 3})
	if first < 0 {
		return src, scratch
	}
	out := append(scratch[:0], src[:first+2]...)
	zeros := 0
	for i := first + 3; i < len(src); i++ {
		b := src[i]
		if zeros >= 2 && b == 3 {
			zeros = 0
			continue
		}
		if b == 0 {
			zeros++
		} else {
			zeros = 0
		}
		out = append(out, b)
	}
	return out, out
}

// appendFiller appends a filler NAL unit of exactly n bytes, n >= fillerHead.
func appendFiller(dst []byte, n int) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(n-lengthSize))
	dst = append(dst, nalFiller)
	at := len(dst)
	dst = dst[:at+n-fillerHead]
	for i := range dst[at:] {
		dst[at+i] = 0xff
	}
	return append(dst, 0x80)
}

// IsKey tells whether an access unit holds an IDR picture.
func IsKey(au []byte) bool {
	for len(au) > 0 {
		nal, rest, ok := nextNAL(au, lengthSize)
		if !ok {
			return false
		}
		switch nal[0] & 31 {
		case nalIDR:
			return true
		case nalSlice:
			return false
		}
		au = rest
	}
	return false
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Hash names an access unit by the bytes of all its NAL units but filler. It is quick
// and stable, and not made against forgery.
func Hash(au []byte) uint64 { return hashUnits(au, lengthSize) }

func hashUnits(au []byte, size int) uint64 {
	a, b := uint32(0), uint32(0)
	for len(au) > 0 {
		nal, rest, ok := nextNAL(au, size)
		if !ok { // not an access unit: hash what there is
			nal, rest = au, nil
		}
		if nal[0]&31 != nalFiller {
			a, b = crc32.Update(a, crc32.IEEETable, nal), crc32.Update(b, castagnoli, nal)
		}
		au = rest
	}
	return uint64(a)<<32 | uint64(b)
}
