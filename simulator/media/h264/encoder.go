package h264

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"minilab/simulator/media/picture"
)

// blockBytes is one I_PCM macroblock: 256 luma and twice 64 chroma samples.
const blockBytes = 384

// EncoderOptions make an Encoder.
type EncoderOptions struct {
	UID     uint32     // used when a stamp has none
	Corrupt bool       // begin corrupt; see Encoder.SetCorrupt
	Rand    *rand.Rand // what the corruption is drawn from; nil: a fixed sequence
}

// Encoder draws test pictures and encodes them.
type Encoder struct {
	opt      EncoderOptions
	painter  picture.Painter
	frameNum uint32
	idr      uint32           // idr_pic_id, alternating
	last     *picture.Picture // the painter's, nil before the first frame
	w        bitWriter
	damage   damage
	// truncated: half of each slice is left out.
	truncated bool
}

// NewEncoder makes an encoder; its first frame is a key frame.
func NewEncoder(o EncoderOptions) *Encoder {
	if o.Rand == nil {
		o.Rand = rand.New(rand.NewPCG(uint64(o.UID), 0))
	}
	e := &Encoder{opt: o}
	e.w.buf = make([]byte, 0, 20<<10)
	return e
}

// SetCorrupt turns corruption on or off from the next frame. A corrupt encoder writes
// valid syntax with wrong content, blocks displaced and samples shifted, and believes
// that it is right: what it spoils stays until the next key frame.
func (e *Encoder) SetCorrupt(on bool) { e.opt.Corrupt = on }

// SetTruncated turns on or off, from the next frame, that an access unit holds the first
// half of its picture's slice only. The encoder doesn't know, so what it leaves out stays
// missing until the next key frame that is whole.
func (e *Encoder) SetTruncated(on bool) { e.truncated = on }

// Encode draws the picture of s and encodes it: whole when key is set, else what
// changed. The access unit is new memory and padded to size bytes where that is more
// than it takes (less than 6 bytes can't be padded); real is what it takes unpadded.
func (e *Encoder) Encode(s picture.Stamp, key bool, size int) (au []byte, real int) {
	if s.UID == 0 {
		s.UID = e.opt.UID
	}
	key = key || e.last == nil
	if e.opt.Corrupt {
		e.damage.begin(e.last)
	}
	p, changed := e.painter.Paint(s)
	e.last = p
	e.w.buf, e.w.acc, e.w.fill = e.w.buf[:0], 0, 0
	if key {
		changed = picture.All
		e.keyHeader()
	} else {
		e.deltaHeader()
	}
	if e.opt.Corrupt || e.damage.lasting {
		p, changed = e.damage.apply(p, changed, key, e.opt.Corrupt, e.opt.Rand)
	}
	if key {
		e.keyBlocks(p)
	} else {
		e.deltaBlocks(p, changed)
	}
	e.w.trail()
	if e.truncated {
		e.w.buf = e.w.buf[:len(e.w.buf)/2]
	}
	return seal(e.w.buf, size)
}

// seal makes an access unit of one NAL unit, header first, without emulation
// prevention, and pads it.
func seal(nal []byte, size int) (au []byte, real int) {
	au = make([]byte, lengthSize, max(size, lengthSize+len(nal)))
	au = appendEscaped(au, nal)
	binary.BigEndian.PutUint32(au, uint32(len(au)-lengthSize))
	real = len(au)
	if size-real >= fillerHead {
		au = appendFiller(au, size-real)
	}
	return au, real
}

func (e *Encoder) keyHeader() {
	e.frameNum = 0
	e.idr ^= 1
	w := &e.w
	w.buf = append(w.buf, 0x60|nalIDR)
	w.ue(0) // first_mb_in_slice
	w.ue(7) // slice_type: all I
	w.ue(0) // pic_parameter_set_id
	w.u(frameNumBits, 0)
	w.ue(e.idr)
	w.u(2, 0) // no_output_of_prior_pics_flag, long_term_reference_flag
	w.ue(0)   // slice_qp_delta
	w.ue(1)   // disable_deblocking_filter_idc
}

func (e *Encoder) deltaHeader() {
	e.frameNum = (e.frameNum + 1) & frameNumMask
	w := &e.w
	w.buf = append(w.buf, 0x40|nalSlice)
	w.ue(0) // first_mb_in_slice
	w.ue(5) // slice_type: all P
	w.ue(0) // pic_parameter_set_id
	w.u(frameNumBits, e.frameNum)
	w.u(3, 0) // num_ref_idx_active_override, ref_pic_list_modification, adaptive_ref_pic_marking
	w.ue(0)   // slice_qp_delta
	w.ue(1)   // disable_deblocking_filter_idc
}

// mb_type of I_PCM in I and in P slices.
const (
	pcmInI = 25
	pcmInP = 5 + pcmInI
)

func (e *Encoder) keyBlocks(p *picture.Picture) {
	for mb := range blocks {
		e.w.ue(pcmInI)
		e.w.align()
		e.w.buf = appendBlock(e.w.buf, p, mb)
	}
}

func (e *Encoder) deltaBlocks(p *picture.Picture, changed uint64) {
	next := 0
	for ; changed != 0; changed &= changed - 1 {
		mb := bits.TrailingZeros64(changed)
		e.w.ue(uint32(mb - next)) // mb_skip_run
		e.w.ue(pcmInP)
		e.w.align()
		e.w.buf = appendBlock(e.w.buf, p, mb)
		next = mb + 1
	}
	if next < blocks {
		e.w.ue(uint32(blocks - next))
	}
}

// blocks is the number of macroblocks in a picture.
const blocks = picture.Cols * picture.Rows

// blockAt is where a macroblock's luma and chroma begin.
func blockAt(mb int) (luma, chroma int) {
	col, row := mb%picture.Cols, mb/picture.Cols
	return row*16*picture.Width + col*16, row*8*picture.Width/2 + col*8
}

func appendBlock(dst []byte, p *picture.Picture, mb int) []byte {
	luma, chroma := blockAt(mb)
	for y := range 16 {
		dst = append(dst, p.Y[luma+y*picture.Width:][:16]...)
	}
	for y := range 8 {
		dst = append(dst, p.Cb[chroma+y*picture.Width/2:][:8]...)
	}
	for y := range 8 {
		dst = append(dst, p.Cr[chroma+y*picture.Width/2:][:8]...)
	}
	return dst
}

// setBlock is appendBlock the other way round; src holds blockBytes.
func setBlock(p *picture.Picture, mb int, src []byte) {
	_ = src[blockBytes-1]
	luma, chroma := blockAt(mb)
	for y := range 16 {
		copy(p.Y[luma+y*picture.Width:][:16], src[y*16:])
	}
	for y := range 8 {
		copy(p.Cb[chroma+y*picture.Width/2:][:8], src[256+y*8:])
		copy(p.Cr[chroma+y*picture.Width/2:][:8], src[320+y*8:])
	}
}
