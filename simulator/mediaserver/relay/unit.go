package relay

import (
	"time"

	"minilab/simulator/rtmp"
)

// Medium is what a message carries, and what can be muted: Audio and Video.
type Medium uint8

// The media of a stream, and the metadata that describes them.
const (
	Audio Medium = iota
	Video
	data
	media = iota
)

func (m Medium) String() string { return [...]string{"audio", "video", "data"}[m] }

// part says which part of its medium a message is.
type part uint8

const (
	partMedia  part = iota // coded audio, or a picture that needs others
	partKey                // a key frame
	partConfig             // a sequence header, or metadata
)

// unit is one message on its way through the relay, shared by all queues.
type unit struct {
	msg     rtmp.Message
	medium  Medium
	part    part
	epoch   uint32 // changes where the publisher's clock starts anew
	delta   uint32 // ms since the message before it of its medium
	arrived time.Duration
	wire    rtmp.Chunked
	wired   bool
}

// unitBytes is what a message holds besides its payload: bounds count it, so that many
// small messages are bounded too. Source: the size of unit; fidelity: observed.
const unitBytes = 256

// size is what the message counts for where memory is bounded.
func (u *unit) size() int { return len(u.msg.Payload) + unitBytes }

// Chunk streams of what subscribers are sent. Each medium has its own, because a
// header that holds a difference refers to the message before on its chunk stream.
// Source: FFmpeg libavformat/rtmppkt.h (audio 4, video 6, source 8); fidelity: documented.
const (
	chunkStreamAudio = 4
	chunkStreamVideo = 6
	chunkStreamData  = 8
)

func (m Medium) chunkStream() uint32 {
	return [...]uint32{chunkStreamAudio, chunkStreamVideo, chunkStreamData}[m]
}

// classify reads the first bytes of an FLV tag body. ok is false for messages that
// carry nothing to relay.
func classify(m rtmp.Message) (medium Medium, p part, ok bool) {
	b := m.Payload
	switch {
	case m.Type == rtmp.TypeData && len(b) > 0:
		return data, partConfig, true
	case m.Type == rtmp.TypeAudio && len(b) > 0:
		if b[0]>>4 == flvAAC && len(b) > 1 && b[1] == 0 {
			return Audio, partConfig, true
		}
		return Audio, partMedia, true
	case m.Type == rtmp.TypeVideo && len(b) > 0:
		if b[0]&0x0f == flvAVC && len(b) > 1 && b[1] == 0 {
			return Video, partConfig, true
		}
		end := b[0]&0x0f == flvAVC && len(b) > 1 && b[1] == flvAVCEnd // ffmpeg calls it a key frame
		if b[0]>>4 == flvKeyFrame && !end {
			return Video, partKey, true
		}
		return Video, partMedia, true
	}
	return 0, 0, false
}

// Source: Adobe FLV specification 10.1, tables E.4.2 and E.4.3; fidelity: documented.
const (
	flvAAC      = 10
	flvAVC      = 7
	flvAVCEnd   = 2 // of a sequence: no picture
	flvKeyFrame = 1
)
