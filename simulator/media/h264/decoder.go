package h264

import (
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"

	"minilab/simulator/media/picture"
)

// ErrNeedKey is returned for a picture whose reference is missing: at the beginning,
// after a gap in the frame numbers and after an error, until the next key frame.
var ErrNeedKey = errors.New("h264: a reference picture is missing, need a key frame")

// ErrNoConfig is returned when no configuration has come.
var ErrNoConfig = errors.New("h264: no decoder configuration")

// Frame is what came of one access unit.
type Frame struct {
	Picture *picture.Picture // shared, not to be changed; nil when Foreign
	Reading picture.Reading  // what stands in Picture
	Key     bool
	Foreign bool   // of another encoder: followed, not decoded
	Broken  bool   // Foreign: something that it refers to, however far back, was missing
	Hash    uint64 // as by Hash
}

// Decoder decodes one stream.
type Decoder struct {
	memo    *Memo
	config  []byte
	info    Info
	ref     *node // the last picture of an own stream; nil: need a key frame
	scratch []byte
	foreign foreign
}

// foreign is the state of a stream that is followed and not decoded.
type foreign struct {
	begun    bool // a key frame was seen
	broken   bool
	frameNum uint32 // of the last reference picture
}

// NewDecoder makes a decoder. The memo may be nil.
func NewDecoder(m *Memo) *Decoder { return &Decoder{memo: m} }

// Configure takes an AVCDecoderConfigurationRecord. The one already in force changes
// nothing; another one needs a key frame next. A record that can't be read leaves the
// decoder without configuration.
func (d *Decoder) Configure(avcc []byte) error {
	if d.config != nil && bytes.Equal(avcc, d.config) {
		return nil
	}
	d.config, d.ref, d.foreign = nil, nil, foreign{}
	info, err := ParseConfig(avcc)
	if err != nil {
		return err
	}
	d.config, d.info = config, info // shared by all that decode our own
	if !info.Own {
		d.config = bytes.Clone(avcc)
	}
	return nil
}

// Decode decodes one access unit. It keeps nothing of au.
func (d *Decoder) Decode(au []byte) (Frame, error) {
	switch {
	case d.config == nil:
		return Frame{}, ErrNoConfig
	case !d.info.Own:
		return d.follow(au)
	}
	nal, hash, err := split(au)
	if err != nil {
		d.ref = nil
		return Frame{}, err
	}
	key := memoKey{hash: hash}
	isKey := nal[0]&31 == nalIDR
	if !isKey {
		if d.ref == nil {
			return Frame{Hash: hash}, ErrNeedKey
		}
		key.parent = d.ref.id
	}
	n := d.memo.find(key, nal)
	if n == nil {
		n, err = d.decode(nal, isKey)
		if err != nil {
			d.ref = nil
			return Frame{Hash: hash}, err
		}
		n.hash = hash
		n.reading = picture.Read(&n.picture)
		d.memo.add(key, n, nal)
	}
	d.ref = n
	return Frame{Picture: &n.picture, Reading: n.reading, Key: isKey, Hash: n.hash}, nil
}

// split finds the one slice of an access unit of our own and the unit's Hash.
func split(au []byte) (slice []byte, hash uint64, err error) {
	a, b := uint32(0), uint32(0)
	for len(au) > 0 {
		nal, rest, ok := nextNAL(au, lengthSize)
		if !ok {
			return nil, 0, errUnit
		}
		au = rest
		switch nal[0] & 0x9f { // with the forbidden bit
		case nalFiller:
			continue
		case nalSlice, nalIDR:
			if slice != nil {
				return nil, 0, errors.New("h264: more than one slice in a picture")
			}
			slice = nal
		default:
			return nil, 0, fmt.Errorf("h264: unexpected NAL unit, header %#02x", nal[0])
		}
		a, b = crc32.Update(a, crc32.IEEETable, nal), crc32.Update(b, castagnoli, nal)
	}
	if slice == nil {
		return nil, 0, errNoSlice
	}
	return slice, uint64(a)<<32 | uint64(b), nil
}

// decode decodes one slice, which is a whole picture.
func (d *Decoder) decode(nal []byte, isKey bool) (*node, error) {
	var rbsp []byte
	rbsp, d.scratch = unescape(d.scratch, nal[1:])
	r := bitReader{buf: rbsp}
	wantType := uint32(5)
	if isKey {
		wantType = 7
	}
	if first, kind, pps := r.ue(), r.ue(), r.ue(); first != 0 || kind != wantType || pps != 0 || nal[0]&0x60 == 0 {
		return nil, errors.New("h264: slice header outside the subset")
	}
	n := &node{frameNum: r.u(frameNumBits)}
	if isKey {
		r.ue() // idr_pic_id
		if n.frameNum != 0 || r.u(2) != 0 {
			return nil, errors.New("h264: key slice header outside the subset")
		}
	} else if r.u(3) != 0 {
		return nil, errors.New("h264: delta slice header outside the subset")
	} else if n.frameNum != (d.ref.frameNum+1)&frameNumMask {
		return nil, ErrNeedKey
	}
	if r.ue() != 0 || r.ue() != 1 || r.bad {
		return nil, errors.New("h264: quantiser or deblocking outside the subset")
	}
	var err error
	if isKey {
		err = keyBlocks(&r, &n.picture)
	} else {
		n.picture = d.ref.picture
		err = deltaBlocks(&r, &n.picture)
	}
	if err == nil && !r.atTrail() {
		err = errors.New("h264: slice data goes on after the last macroblock")
	}
	return n, err
}

func keyBlocks(r *bitReader, p *picture.Picture) error {
	for mb := range blocks {
		if r.ue() != pcmInI {
			return errBlock
		}
		if err := readBlock(r, p, mb); err != nil {
			return err
		}
	}
	return nil
}

func deltaBlocks(r *bitReader, p *picture.Picture) error {
	for mb := 0; mb < blocks; mb++ {
		run := r.ue()
		if r.bad || run > uint32(blocks-mb) {
			return errBlock
		}
		mb += int(run)
		if mb == blocks {
			return nil
		}
		if r.ue() != pcmInP {
			return errBlock
		}
		if err := readBlock(r, p, mb); err != nil {
			return err
		}
	}
	return nil
}

var errBlock = errors.New("h264: macroblock outside the subset")

// readBlock reads the alignment and samples of an I_PCM macroblock.
func readBlock(r *bitReader, p *picture.Picture, mb int) error {
	if pad := -r.pos & 7; pad > 0 && r.u(pad) != 0 {
		return errBlock
	}
	at := r.pos / 8
	if r.bad || len(r.buf)-at < blockBytes {
		return errBlock
	}
	setBlock(p, mb, r.buf[at:at+blockBytes])
	r.pos += blockBytes * 8
	return nil
}

// follow keeps track of a foreign stream.
func (d *Decoder) follow(au []byte) (Frame, error) {
	f := &d.foreign
	unit, err := d.info.Inspect(au)
	if err == errNoSlice {
		return Frame{}, err
	}
	if err != nil {
		f.broken = true
		return Frame{}, err
	}
	if !unit.Key && !f.begun {
		return Frame{}, ErrNeedKey
	}
	if unit.Key {
		*f = foreign{begun: true}
	} else if !d.follows(unit) {
		f.broken = true
	}
	if unit.Reference {
		f.frameNum = unit.FrameNum
	}
	return Frame{Key: unit.Key, Foreign: true, Broken: f.broken, Hash: hashUnits(au, d.info.LengthSize)}, nil
}

// follows tells whether nothing is missing between the last reference picture and unit.
func (d *Decoder) follows(unit Unit) bool {
	if d.info.gapsAllowed {
		return true
	}
	next := (d.foreign.frameNum + 1) & (1<<d.info.frameNumBits - 1)
	return unit.FrameNum == next
}
