package h264

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"minilab/simulator/media/picture"
)

// The encoder's sequence: Baseline, level 3.0 (I_PCM needs the bitrate), 16-bit frame
// numbers, output in decoding order.
const (
	profileBaseline = 66
	level           = 30
	frameNumBits    = 16
	frameNumMask    = 1<<frameNumBits - 1
)

var (
	spsNAL = makeSPS()
	ppsNAL = makePPS()
	config = makeConfig()
)

// Config is the encoder's AVCDecoderConfigurationRecord.
func Config() []byte { return bytes.Clone(config) }

func makeSPS() []byte {
	w := bitWriter{buf: []byte{0x67, profileBaseline, 0xc0, level}}
	w.ue(0)                // seq_parameter_set_id
	w.ue(frameNumBits - 4) // log2_max_frame_num_minus4
	w.ue(2)                // pic_order_cnt_type: output order is decoding order
	w.ue(1)                // max_num_ref_frames
	w.u(1, 0)              // gaps_in_frame_num_value_allowed_flag
	w.ue(picture.Cols - 1)
	w.ue(picture.Rows - 1)
	w.u(1, 1) // frame_mbs_only_flag
	w.u(1, 1) // direct_8x8_inference_flag
	w.u(1, 0) // frame_cropping_flag
	w.u(1, 0) // vui_parameters_present_flag
	w.trail()
	return w.buf
}

func makePPS() []byte {
	w := bitWriter{buf: []byte{0x68}}
	w.ue(0)   // pic_parameter_set_id
	w.ue(0)   // seq_parameter_set_id
	w.u(1, 0) // entropy_coding_mode_flag: CAVLC
	w.u(1, 0) // bottom_field_pic_order_in_frame_present_flag
	w.ue(0)   // num_slice_groups_minus1
	w.ue(0)   // num_ref_idx_l0_default_active_minus1
	w.ue(0)   // num_ref_idx_l1_default_active_minus1
	w.u(3, 0) // weighted_pred_flag, weighted_bipred_idc
	w.ue(0)   // pic_init_qp_minus26
	w.ue(0)   // pic_init_qs_minus26
	w.ue(0)   // chroma_qp_index_offset
	w.u(1, 1) // deblocking_filter_control_present_flag
	w.u(1, 0) // constrained_intra_pred_flag
	w.u(1, 0) // redundant_pic_cnt_present_flag
	w.trail()
	return w.buf
}

func makeConfig() []byte {
	out := []byte{1, profileBaseline, 0xc0, level, 0xff, 0xe1}
	out = binary.BigEndian.AppendUint16(out, uint16(len(spsNAL)))
	out = append(out, spsNAL...)
	out = append(out, 1)
	out = binary.BigEndian.AppendUint16(out, uint16(len(ppsNAL)))
	return append(out, ppsNAL...)
}

// Info is what a decoder configuration says.
type Info struct {
	Profile       int // profile_idc; 66 is Baseline
	Level         int
	Width, Height int
	LengthSize    int  // bytes of the length before each NAL unit
	Own           bool // this package's Config

	frameNumBits     int
	frameMBsOnly     bool
	separatePlanes   bool
	refFrames        int
	gapsAllowed      bool
	pictureOrderType int
}

// Baseline tells whether the stream is of the Baseline profile.
func (i Info) Baseline() bool { return i.Profile == profileBaseline }

var errConfig = errors.New("h264: not an AVC decoder configuration record")

// ParseConfig reads an AVCDecoderConfigurationRecord and its first sequence parameter set.
func ParseConfig(avcc []byte) (Info, error) {
	if bytes.Equal(avcc, config) {
		return Info{Profile: profileBaseline, Level: level, Width: picture.Width, Height: picture.Height,
			LengthSize: lengthSize, Own: true, frameNumBits: frameNumBits, frameMBsOnly: true, refFrames: 1, pictureOrderType: 2}, nil
	}
	if len(avcc) < 8 || avcc[0] != 1 {
		return Info{}, errConfig
	}
	size := int(avcc[4]&3) + 1
	if size == 3 || avcc[5]&31 == 0 {
		return Info{}, errConfig
	}
	n := int(binary.BigEndian.Uint16(avcc[6:]))
	if n < 4 || len(avcc) < 8+n {
		return Info{}, errConfig
	}
	info, err := parseSPS(avcc[8 : 8+n])
	info.LengthSize = size
	return info, err
}

// maxSide bounds a foreign picture's width and height in macroblocks.
const maxSide = 1 << 10

func parseSPS(nal []byte) (Info, error) {
	if nal[0]&31 != nalSPS {
		return Info{}, errConfig
	}
	rbsp, _ := unescape(nil, nal[1:])
	r := bitReader{buf: rbsp}
	info := Info{Profile: int(r.u(8))}
	r.u(8)
	info.Level = int(r.u(8))
	r.ue()
	cropUnitX, cropUnitY := 2, 2
	if hasChromaFormat(info.Profile) {
		format := r.ue()
		if format == 3 {
			info.separatePlanes = r.flag()
		}
		r.ue()
		r.ue()
		r.flag()
		if format > 3 || r.flag() {
			return info, fmt.Errorf("h264: scaling matrices of profile %d are not understood", info.Profile)
		}
	}
	info.frameNumBits = int(r.ue()) + 4
	info.pictureOrderType = int(r.ue())
	switch info.pictureOrderType {
	case 0:
		r.ue()
	case 1:
		r.flag()
		r.se()
		r.se()
		cycle := r.ue()
		for range min(cycle, 256) {
			r.se()
		}
	}
	info.refFrames = int(r.ue())
	info.gapsAllowed = r.flag()
	w, h := r.ue(), r.ue()
	info.frameMBsOnly = r.flag()
	if !info.frameMBsOnly {
		r.flag()
		h = h*2 + 1
		cropUnitY = 4
	}
	r.flag()
	if r.bad || info.frameNumBits > 16 || info.pictureOrderType > 2 || w >= maxSide || h >= maxSide {
		return info, errors.New("h264: bad sequence parameter set")
	}
	info.Width, info.Height = int(w+1)*16, int(h+1)*16
	if r.flag() {
		left, right, top, bottom := r.ue(), r.ue(), r.ue(), r.ue()
		if r.bad || left > maxSide || right > maxSide || top > maxSide || bottom > maxSide {
			return info, errors.New("h264: bad cropping")
		}
		info.Width -= int(left+right) * cropUnitX
		info.Height -= int(top+bottom) * cropUnitY
	}
	if info.Width <= 0 || info.Height <= 0 {
		return info, errors.New("h264: bad cropping")
	}
	return info, nil
}

// hasChromaFormat: the profiles whose sequence parameter set has a chroma format.
func hasChromaFormat(profile int) bool {
	switch profile {
	case 100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135:
		return true
	}
	return false
}
