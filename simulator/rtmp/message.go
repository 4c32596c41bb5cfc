package rtmp

import (
	"errors"
	"fmt"

	"minilab/simulator/rtmp/amf0"
)

// Message is one RTMP message. CSID is the chunk stream that carries it, Stream the
// message stream it belongs to. Payload is shared and never changed.
type Message struct {
	CSID      uint32
	Type      uint8
	Stream    uint32
	Timestamp uint32 // ms, wraps
	Payload   []byte
}

// Message types (RTMP specification 1.0, sections 5.4 and 7.1).
const (
	typeSetChunkSize     = 1
	typeAbort            = 2
	typeAck              = 3
	typeUserControl      = 4
	typeWindowAckSize    = 5
	typeSetPeerBandwidth = 6
	TypeAudio            = 8
	TypeVideo            = 9
	typeDataAMF3         = 15
	typeCommandAMF3      = 17
	TypeData             = 18
	TypeCommand          = 20
	typeAggregate        = 22
)

// Events of user control messages (RTMP specification 1.0, section 7.1.7).
const (
	eventStreamBegin     = 0
	eventSetBufferLength = 3
	eventPingRequest     = 6
	eventPingResponse    = 7
)

// Chunk streams that messages go out on. Source: FFmpeg libavformat/rtmppkt.h
// (RTMP_NETWORK_CHANNEL 2, SYSTEM 3, AUDIO 4, VIDEO 6, SOURCE 8); fidelity: documented.
const (
	csidControl = 2
	csidCommand = 3
	csidAudio   = 4
	csidVideo   = 6
	csidSource  = 8
)

// csidOf is the chunk stream for a type of message: audio, video and data never share
// one, so that the deltas of each are their own.
func csidOf(typ uint8) uint32 {
	switch typ {
	case TypeAudio:
		return csidAudio
	case TypeVideo:
		return csidVideo
	case TypeData:
		return csidSource
	case TypeCommand:
		return csidCommand
	}
	return csidControl
}

// defaultChunkSize is the chunk size of both directions until one side announces
// another. Source: RTMP specification 1.0, section 5.4.1; fidelity: documented.
const defaultChunkSize = 128

// maxMessageBytes is what the 24-bit length of a message header can say.
const maxMessageBytes = 0xffffff

// extended in a 24-bit timestamp field says that the value follows in 32 bits.
const extended = 0xffffff

// windowAckBytes is the acknowledgement window that both sides announce.
// Source: FFmpeg rtmpproto.c (receive_report_size, max_sent_unacked 2,500,000) and
// SRS full.conf (in_ack_size, out_ack_size 2500000); fidelity: documented.
const windowAckBytes = 2_500_000

// Why bytes were refused. Matched with errors.Is.
var (
	// errVersion: the handshake asks for another version than plain RTMP 3.
	errVersion = errors.New("rtmp: unsupported version")
	// errChunk: the chunk layer or a protocol control message is malformed.
	errChunk = errors.New("rtmp: malformed chunk")
	// errLimit: a message, or what is buffered, exceeds the limits.
	errLimit = errors.New("rtmp: limit exceeded")
	// errCommand: a command is malformed or comes where it can't be answered.
	errCommand = errors.New("rtmp: bad command")
	// ErrRejected: the server answered a request of the Client with an error.
	ErrRejected = errors.New("rtmp: request rejected")
)

// Limits bound what a peer can make us hold or parse.
type Limits struct {
	MaxMessageBytes   int // one audio, video or aggregate message
	MaxCommandBytes   int // one command or data message
	MaxChunkStreams   int // chunk streams of one direction
	MaxBufferedBytes  int // unfinished messages of one direction together
	MaxMessageStreams int // createStream without deleteStream
	MaxAMFDepth       int
	MaxAMFItems       int
	MaxAMFStringBytes int
}

// DefaultLimits leave room for any phone and stop what is none.
// Source: an HD key frame stays below 1 MB and phones use at most 6 chunk streams
// and one message stream; fidelity: assumed.
var DefaultLimits = Limits{
	MaxMessageBytes:   4 << 20,
	MaxCommandBytes:   64 << 10,
	MaxChunkStreams:   64,
	MaxBufferedBytes:  8 << 20,
	MaxMessageStreams: 8,
	MaxAMFDepth:       16,
	MaxAMFItems:       4096,
	MaxAMFStringBytes: 16 << 10,
}

// Validate reports a limit that is missing or can't be kept.
func (l Limits) Validate() error {
	for _, f := range []struct {
		name     string
		value    int
		smallest int
		largest  int
	}{
		{"MaxMessageBytes", l.MaxMessageBytes, 64, maxMessageBytes},
		{"MaxCommandBytes", l.MaxCommandBytes, 64, l.MaxMessageBytes},
		{"MaxChunkStreams", l.MaxChunkStreams, 1, 65598},
		{"MaxBufferedBytes", l.MaxBufferedBytes, l.MaxMessageBytes, 1 << 30},
		{"MaxMessageStreams", l.MaxMessageStreams, 1, 1 << 10},
		{"MaxAMFDepth", l.MaxAMFDepth, 1, 1 << 10},
		{"MaxAMFItems", l.MaxAMFItems, 1, 1 << 20},
		{"MaxAMFStringBytes", l.MaxAMFStringBytes, 64, 0xffff},
	} {
		if f.value < f.smallest || f.value > f.largest {
			return fmt.Errorf("rtmp: limit %s is %d, must be %d to %d", f.name, f.value, f.smallest, f.largest)
		}
	}
	return nil
}

func (l Limits) amf() amf0.Limits {
	return amf0.Limits{MaxDepth: l.MaxAMFDepth, MaxItems: l.MaxAMFItems, MaxStringBytes: l.MaxAMFStringBytes}
}
