package h264

import "errors"

// Unit is what the slice headers of an access unit say.
type Unit struct {
	Key       bool // an IDR picture
	B         bool // has B slices
	Reference bool // later pictures may refer to it
	FrameNum  uint32
}

var errUnit = errors.New("h264: malformed access unit")

// errNoSlice: parameter sets or supplemental information only.
var errNoSlice = errors.New("h264: access unit without a picture")

// Inspect reads the slice headers of an access unit of the stream that i describes.
func (i Info) Inspect(au []byte) (Unit, error) {
	var unit Unit
	slices := 0
	for len(au) > 0 {
		nal, rest, ok := nextNAL(au, i.LengthSize)
		if !ok || nal[0]&0x80 != 0 {
			return Unit{}, errUnit
		}
		au = rest
		kind := nal[0] & 31
		if kind != nalSlice && kind != nalIDR {
			continue
		}
		slice, err := i.sliceHeader(nal)
		if err != nil {
			return Unit{}, err
		}
		if slices > 0 && (slice.Key != unit.Key || slice.FrameNum != unit.FrameNum || slice.Reference != unit.Reference) {
			return Unit{}, errUnit
		}
		slice.B = slice.B || unit.B
		unit = slice
		slices++
	}
	if slices == 0 {
		return Unit{}, errNoSlice
	}
	return unit, nil
}

// headerBytes are enough for the fields that sliceHeader reads.
const headerBytes = 32

func (i Info) sliceHeader(nal []byte) (Unit, error) {
	var room [headerBytes]byte
	rbsp, _ := unescape(room[:0], nal[1:min(len(nal), headerBytes)])
	r := bitReader{buf: rbsp}
	r.ue() // first_mb_in_slice
	kind := r.ue()
	r.ue() // pic_parameter_set_id
	if i.separatePlanes {
		r.u(2)
	}
	unit := Unit{
		Key:       nal[0]&31 == nalIDR,
		B:         kind%5 == 1,
		Reference: nal[0]>>5&3 != 0,
		FrameNum:  r.u(i.frameNumBits),
	}
	if r.bad || kind > 9 || unit.Key && (unit.FrameNum != 0 || !unit.Reference) {
		return Unit{}, errUnit
	}
	return unit, nil
}
