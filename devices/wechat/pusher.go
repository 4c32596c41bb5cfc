package wechat

import (
	"errors"
	"fmt"
	"reflect"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/media/flv"
)

// ModeRTC is the mode of both components for conversations; the player's ModeLive
// keeps a longer buffer.
const (
	ModeRTC  = "RTC"
	ModeLive = "live"
)

// PusherOptions are the attributes and events of a live-pusher. Attributes that are
// no switches mean their defaults when left out.
type PusherOptions struct {
	PusherAttributes
	URL string

	UID    uint32
	Clip   *flv.Clip     // what camera and microphone record instead of the test media
	params *pusherParams // nil: defaultPusherParams
	// Load finds a file, a waiting image or background music, and how long it lasts; nil:
	// any is there, and lasts musicLength.
	Load func(url string) (length time.Duration, ok bool)

	OnStateChange func(code int, message string)
	OnError       func(code int, message string) // binderror
	OnNetStatus   func(NetStatus)
	OnMusic       func(event string, at, length time.Duration) // start, progress, complete
}

// pusherParams are the numbers behind a live-pusher that no attribute sets.
type pusherParams struct {
	Link linkParams
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
	// Strategy adapts to the uplink; empty: what the mode picks. Strategies has the
	// numbers of each.
	Strategy   string
	Strategies map[string]qosStrategy
	// ImageFPS is how many pictures a second a still image is sent with, by operating
	// system. Source: LiteAV TXLivePushConfig, pauseFps; fidelity: documented.
	ImageFPS map[phone.OS]int
}

// defaultPusherParams are the documented numbers, and assumptions where none are.
func defaultPusherParams() pusherParams {
	return pusherParams{
		Link:           defaultLinkParams(),
		StatusInterval: 2 * time.Second,
		SendStall:      30 * time.Second,
		SocketBacklog:  64 << 10,
		VideoQueue:     2 * time.Second, AudioQueue: 5 * time.Second,
		PoorQueue: 500 * time.Millisecond, PoorInterval: 5 * time.Second,
		Strategies: defaultStrategies(),
		ImageFPS:   map[phone.OS]int{phone.IOS: 5, phone.Android: 10},
	}
}

// Validate tells what makes no sense.
func (p pusherParams) Validate() error {
	switch {
	case p.StatusInterval <= 0 || p.SendStall <= 0:
		return errors.New("pusher: status interval and send stall must be positive")
	case p.SocketBacklog <= 0 || p.VideoQueue <= 0 || p.AudioQueue <= 0 || p.PoorQueue <= 0:
		return errors.New("pusher: queues must be positive")
	case p.ImageFPS[phone.IOS] <= 0 || p.ImageFPS[phone.Android] <= 0:
		return errors.New("pusher: a still image needs pictures")
	}
	if _, ok := p.Strategies[p.Strategy]; p.Strategy != "" && !ok {
		return fmt.Errorf("pusher: strategy %q is none", p.Strategy)
	}
	for name := range modeStrategies() {
		if _, ok := p.Strategies[modeStrategies()[name]]; !ok {
			return fmt.Errorf("pusher: mode %s has no strategy", name)
		}
	}
	for _, s := range p.Strategies {
		if err := s.validate(); err != nil {
			return err
		}
	}
	return p.Link.validate()
}

// fill sets the attributes that are left out, switches apart. Both point to structs of
// one type.
func fill(all, initial any) {
	to, from := reflect.ValueOf(all).Elem(), reflect.ValueOf(initial).Elem()
	for i := range to.NumField() {
		if f := to.Field(i); f.Kind() != reflect.Bool && f.IsZero() {
			f.Set(from.Field(i))
		}
	}
}

// validate fills in what is left out and tells what makes no sense.
func (o *PusherOptions) validate(h *Host) error {
	initial := DefaultPusherAttributes()
	if o.MaxBitrateKbps == 0 { // a lower bound alone moves the upper one
		o.MaxBitrateKbps = max(initial.MaxBitrateKbps, o.MinBitrateKbps)
	}
	fill(&o.PusherAttributes, &initial)
	if o.params == nil {
		p := defaultPusherParams()
		o.params = &p
	}
	if err := o.PusherAttributes.Validate(); err != nil {
		return err
	}
	h.gate(livePusher, &o.PusherAttributes, &initial)
	return o.params.Validate()
}
