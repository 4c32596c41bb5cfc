package flv

import "errors"

// Body heads. Source: Adobe Flash Video File Format Specification 10.1, E.4.2 and E.4.3.
const (
	frameKey   = 0x10
	frameInter = 0x20
	codecAVC   = 7
	audioAAC   = 0xaf // AAC, and as the specification demands "44 kHz, 16 bit, stereo"

	packetConfig = 0
	packetUnit   = 1
	packetEnd    = 2

	videoHead = 5
	audioHead = 2
)

// Kind tells what a body holds.
type Kind uint8

// The kinds of bodies.
const (
	Config Kind = packetConfig // a codec's configuration record
	Media  Kind = packetUnit   // an access unit
	End    Kind = packetEnd    // video only: end of sequence
)

// Video is a parsed video body.
type Video struct {
	Kind        Kind
	Key         bool
	Composition int32  // milliseconds; not 0 where there are B-frames
	Data        []byte // shares the body
}

// Audio is a parsed audio body.
type Audio struct {
	Kind Kind
	Data []byte // shares the body
}

// VideoTag makes the body for an access unit without B-frames.
func VideoTag(key bool, au []byte) []byte {
	head := byte(frameInter | codecAVC)
	if key {
		head = frameKey | codecAVC
	}
	return join([]byte{head, packetUnit, 0, 0, 0}, au)
}

// Relabel is a video body that claims another codec id, for senders whose codec
// nobody here can make. The body itself stays as it was.
func Relabel(body []byte, codec byte) []byte {
	if len(body) == 0 {
		return body
	}
	return join([]byte{body[0]&^15 | codec&15}, body[1:])
}

// VideoConfig makes the body for an AVCDecoderConfigurationRecord.
func VideoConfig(avcc []byte) []byte {
	return join([]byte{frameKey | codecAVC, packetConfig, 0, 0, 0}, avcc)
}

// AudioTag makes the body for an AAC access unit.
func AudioTag(au []byte) []byte { return join([]byte{audioAAC, packetUnit}, au) }

// AudioConfig makes the body for an AudioSpecificConfig.
func AudioConfig(asc []byte) []byte { return join([]byte{audioAAC, packetConfig}, asc) }

func join(head, data []byte) []byte {
	out := make([]byte, 0, len(head)+len(data))
	return append(append(out, head...), data...)
}

var (
	errShort = errors.New("flv: body too short")
	errCodec = errors.New("flv: not H.264 or AAC")
)

// ParseVideo reads a video body.
func ParseVideo(body []byte) (Video, error) {
	if len(body) == 0 {
		return Video{}, errShort
	}
	frame := body[0] &^ 15
	if body[0]&15 != codecAVC || frame != frameKey && frame != frameInter {
		return Video{}, errCodec
	}
	if len(body) < videoHead {
		return Video{}, errShort
	}
	if body[1] > packetEnd {
		return Video{}, errCodec
	}
	return Video{
		Kind:        Kind(body[1]),
		Key:         frame == frameKey,
		Composition: int32(uint32(body[2])<<24|uint32(body[3])<<16|uint32(body[4])<<8) >> 8,
		Data:        body[videoHead:],
	}, nil
}

// ParseAudio reads an audio body.
func ParseAudio(body []byte) (Audio, error) {
	switch {
	case len(body) == 0:
		return Audio{}, errShort
	case body[0]>>4 != audioAAC>>4:
		return Audio{}, errCodec
	case len(body) < audioHead:
		return Audio{}, errShort
	case body[1] > packetUnit:
		return Audio{}, errCodec
	}
	return Audio{Kind: Kind(body[1]), Data: body[audioHead:]}, nil
}
