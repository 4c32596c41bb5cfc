package wechat

import (
	"errors"
	"fmt"
	"time"

	"minilab/simulator/media/flv"
)

// ModeRTC is the mode of both components for conversations; the player's ModeLive
// keeps a longer buffer.
const (
	ModeRTC  = "RTC"
	ModeLive = "live"
)

// PusherOptions are the attributes and events of a live-pusher.
type PusherOptions struct {
	URL          string
	Mode         string // ModeRTC or empty, which means the same
	EnableCamera bool
	EnableMic    bool // false: attribute muted, or enable-mic off
	// MinBitrateKbps and MaxBitrateKbps bound the video bitrate; 0 means those of the
	// vendor's demo. Source: Agora-Miniapp-Tutorial, 200 and 500; fidelity: documented.
	MinBitrateKbps, MaxBitrateKbps int

	UID    uint32
	Clip   *flv.Clip     // what camera and microphone record instead of the test media
	Params *PusherParams // nil: DefaultPusherParams

	OnStateChange func(code int, message string)
}

const (
	demoMinBitrateKbps = 200
	demoMaxBitrateKbps = 500
)

// PusherParams are the numbers behind a live-pusher that no attribute sets.
type PusherParams struct {
	Link LinkParams
	// StatusInterval is the time between two netstatus events.
	// Source: LiteAV reports every 1-2 s; fidelity: documented.
	StatusInterval time.Duration
	// SendStall is how long nothing may be sent before the connection is given up.
	// Source: LiteAV TXLiveSDKEventDef.h, 3008; fidelity: documented.
	SendStall time.Duration
	// SocketBacklog is how many bytes may wait in the socket, sent or not; the rest waits
	// in the pusher's own queue, where it can still be dropped.
	// Source: none published; a phone's system would take megabytes; fidelity: assumed.
	SocketBacklog int
	// VideoQueue and AudioQueue bound what waits to be sent, in time. Video over it is
	// dropped to the next key frame, sound over it from the oldest on.
	// Source: LiteAV counts such drops and publishes no limits; fidelity: assumed.
	VideoQueue, AudioQueue time.Duration
	// PoorQueue is the queue that raises 1101, PoorInterval the least time between two.
	// Source: live-pusher documentation names the growing queue, no number; fidelity: assumed.
	PoorQueue, PoorInterval time.Duration
	// QoSInterval is how often the bitrate is reconsidered. It goes down by QoSDown when
	// more than PoorQueue waits, and up by QoSUp after QoSCalm without a queue.
	// Source: LiteAV's realtime strategy is "very sensitive", steps unpublished; fidelity: assumed.
	QoSInterval, QoSCalm time.Duration
	QoSDown, QoSUp       float64
}

// DefaultPusherParams are the documented numbers, and assumptions where none are.
func DefaultPusherParams() PusherParams {
	return PusherParams{
		Link:           defaultLinkParams(),
		StatusInterval: 2 * time.Second,
		SendStall:      30 * time.Second,
		SocketBacklog:  64 << 10,
		VideoQueue:     2 * time.Second, AudioQueue: 5 * time.Second,
		PoorQueue: 500 * time.Millisecond, PoorInterval: 5 * time.Second,
		QoSInterval: time.Second, QoSCalm: 5 * time.Second, QoSDown: 0.75, QoSUp: 1.1,
	}
}

// Validate tells what makes no sense.
func (p PusherParams) Validate() error {
	switch {
	case p.StatusInterval <= 0 || p.SendStall <= 0 || p.QoSInterval <= 0:
		return errors.New("pusher: status interval, send stall and QoS interval must be positive")
	case p.SocketBacklog <= 0 || p.VideoQueue <= 0 || p.AudioQueue <= 0 || p.PoorQueue <= 0:
		return errors.New("pusher: queues must be positive")
	case p.QoSDown <= 0 || p.QoSDown >= 1 || p.QoSUp <= 1:
		return fmt.Errorf("pusher: QoS steps %v and %v: want below and above 1", p.QoSDown, p.QoSUp)
	}
	return p.Link.validate()
}

// validate fills in what is left out and tells what makes no sense.
func (o *PusherOptions) validate() error {
	if o.Mode == "" {
		o.Mode = ModeRTC
	}
	if o.MinBitrateKbps == 0 {
		o.MinBitrateKbps = demoMinBitrateKbps
	}
	if o.MaxBitrateKbps == 0 {
		o.MaxBitrateKbps = max(demoMaxBitrateKbps, o.MinBitrateKbps)
	}
	if o.Params == nil {
		p := DefaultPusherParams()
		o.Params = &p
	}
	switch {
	case o.Mode != ModeRTC:
		return fmt.Errorf("live-pusher mode %q: want %s", o.Mode, ModeRTC)
	case o.MinBitrateKbps < 0 || o.MaxBitrateKbps < o.MinBitrateKbps:
		return fmt.Errorf("live-pusher bitrate %d to %d kbit/s: want 0 < min <= max", o.MinBitrateKbps, o.MaxBitrateKbps)
	}
	return o.Params.Validate()
}
