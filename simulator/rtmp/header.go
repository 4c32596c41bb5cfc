package rtmp

import (
	"encoding/binary"
	"fmt"
)

// header is one parsed chunk header.
type header struct {
	id       uint32
	form     uint8 // 0 to 3, the "fmt" of the specification
	field    uint32
	extended bool
	length   int
	typ      uint8
	stream   uint32
	size     int // bytes on the wire
}

// formBytes is the size of the message header by form.
var formBytes = [4]int{11, 7, 3, 0}

// readHeader consumes a chunk header from the bytes kept of it and p, and opens the
// chunk's payload. It returns how many bytes of p it used; when the header isn't
// complete it keeps them all and r.cur stays -1. A negative number says that so many
// of the kept bytes lie behind the header.
func (r *Reader) readHeader(p []byte) (int, error) {
	b := p
	if r.headLen > 0 {
		n := copy(r.head[r.headLen:], p)
		b = r.head[:r.headLen+n]
	}
	h, ok := r.parseHeader(b)
	if !ok {
		if r.headLen == 0 {
			copy(r.head[:], p)
		}
		r.headLen = len(b)
		return len(p), nil
	}
	if err := r.open(h); err != nil {
		return 0, err
	}
	used := h.size - r.headLen
	if used >= 0 {
		r.headLen = 0
	}
	return used, nil
}

// parseHeader reads a header from the start of b; not ok means b is too short.
func (r *Reader) parseHeader(b []byte) (h header, ok bool) {
	h.form = b[0] >> 6
	h.id = uint32(b[0] & 0x3f)
	n := 1
	switch h.id {
	case 0:
		if len(b) < 2 {
			return h, false
		}
		h.id, n = 64+uint32(b[1]), 2
	case 1:
		if len(b) < 3 {
			return h, false
		}
		h.id, n = 64+uint32(b[1])+256*uint32(b[2]), 3
	}
	end := n + formBytes[h.form]
	if len(b) < end {
		return h, false
	}
	if h.form == 3 {
		more, ok := r.extendedOnType3(h.id, b[end:])
		h.size = end + more
		return h, ok
	}
	f := b[n:end]
	h.field = uint24(f)
	if h.form < 2 {
		h.length, h.typ = int(uint24(f[3:])), f[6]
	}
	if h.form == 0 {
		h.stream = binary.LittleEndian.Uint32(f[7:])
	}
	if h.field == extended {
		if len(b) < end+4 {
			return h, false
		}
		h.field, h.extended = binary.BigEndian.Uint32(b[end:]), true
		end += 4
	}
	h.size = end
	return h, true
}

// extendedOnType3 decides how many bytes of extended timestamp a type-3 chunk has: 4
// when the last header of the stream had one, unless this peer omits them there.
// While that is unknown, bytes that differ from the timestamp are payload.
func (r *Reader) extendedOnType3(id uint32, b []byte) (n int, ok bool) {
	i := r.find(id)
	if i < 0 || !r.streams[i].extended || r.habit == habitOmits {
		return 0, true
	}
	if r.habit == habitRepeats {
		return 4, len(b) >= 4
	}
	// Senders repeat the field as it was (a delta after forms 1 and 2); some write
	// the absolute time.
	cs := &r.streams[i]
	for _, want := range [2]uint32{cs.field, cs.timestamp} {
		var w [4]byte
		binary.BigEndian.PutUint32(w[:], want)
		k := 0
		for k < len(b) && k < 4 && b[k] == w[k] {
			k++
		}
		if k == 4 {
			r.habit = habitRepeats
			return 4, true
		}
		if k == len(b) {
			return 0, false
		}
	}
	r.habit = habitOmits
	return 0, true
}

// open applies a header to its chunk stream and makes that the current one.
func (r *Reader) open(h header) error {
	i := r.find(h.id)
	if i < 0 {
		if h.form > 1 {
			// Form 1 is let pass: librtmp and go-rtmp begin chunk streams with it.
			return fmt.Errorf("%w: header form %d begins chunk stream %d", errChunk, h.form, h.id)
		}
		if len(r.streams) >= r.limits.MaxChunkStreams {
			return fmt.Errorf("%w: more than %d chunk streams", errLimit, r.limits.MaxChunkStreams)
		}
		r.streams = append(r.streams, chunkStream{id: h.id})
		i = len(r.streams) - 1
	}
	cs := &r.streams[i]
	if cs.open && h.form != 3 {
		return fmt.Errorf("%w: header form %d inside a message of chunk stream %d", errChunk, h.form, h.id)
	}
	if !cs.open {
		if err := r.begin(cs, h); err != nil {
			return err
		}
	}
	r.cur, r.left = i, min(cs.length-cs.got, r.chunkSize)
	return nil
}

func (r *Reader) begin(cs *chunkStream, h header) error {
	if h.form < 3 {
		cs.field, cs.extended = h.field, h.extended
	}
	if h.form < 2 {
		cs.length, cs.typ = h.length, h.typ
	}
	if h.form == 0 {
		cs.timestamp, cs.stream = h.field, h.stream
	} else {
		// After form 0, form 3 repeats its timestamp as a delta (section 5.3.1.2.4).
		cs.timestamp += cs.field
	}
	cs.open, cs.got = true, 0
	limit := r.limits.MaxMessageBytes
	switch cs.typ {
	case typeDataAMF3, typeCommandAMF3, TypeData, TypeCommand:
		limit = r.limits.MaxCommandBytes
	}
	if cs.length > limit {
		return fmt.Errorf("%w: message type %d of %d bytes", errLimit, cs.typ, cs.length)
	}
	return nil
}

func uint24(b []byte) uint32 {
	return uint32(b[0])<<16 | uint32(b[1])<<8 | uint32(b[2])
}

func appendUint24(dst []byte, v uint32) []byte {
	return append(dst, byte(v>>16), byte(v>>8), byte(v))
}
