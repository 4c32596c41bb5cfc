package foreign

import (
	"errors"
	"fmt"
	"time"

	"minilab/devices/phone"
	"minilab/devices/phone/sound"
	"minilab/simulator/engine"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// What a member's pictures are coded in. VP8 is a label: the bytes are those that the
// camera makes, under a codec id that no mini-program's player takes for H.264.
const (
	H264 = "h264"
	VP8  = "vp8"
)

// Codec ids of a video message. Source: Adobe FLV specification 10.1, E.4.3 (7 is
// AVC); VP8 has no number there, and 14 is none of those that it gives; fidelity:
// documented (AVC), assumed (VP8).
const (
	codecAVC = 7
	codecVP8 = 14
)

// Options say who a member is and what it has.
type Options struct {
	Engine  *engine.Engine
	Log     *trace.Log // may be nil
	Channel Channel
	Name    string // the member's id; names actors and random streams
	Actor   trace.ActorID
	// Resolve finds the member behind a uid; trace.Nobody when there is none.
	Resolve func(uid uint32) trace.ActorID
	UID     uint32
	Origin  string // Native or Web
	Role    string // Broadcaster or Audience
	Codec   string // H264, or VP8 for a Web member; empty means H264
	Traits  phone.Traits
	Camera  bool      // on at the start
	Mic     bool      // on at the start
	Clip    *flv.Clip // what camera and microphone record; nil: the test media
	// Tape has the member speak in samples, as phones do, in a Voice of a kind (sound.Talk
	// or sound.Tone) at its uid's frequency; nil: units say themselves how loud they are.
	Tape  *sound.Tape
	Voice string
	// PathDelay is how long everything takes between the member and the channel, each
	// way; 0 means defaultPathDelay.
	PathDelay time.Duration
	Memo      *h264.Memo // may be nil
	// Picture and Received are as in wechat.HostOptions; both may be nil.
	Picture  func(viewer, publisher trace.ActorID, at time.Duration, p *picture.Picture, shown trace.Event)
	Received func(viewer, publisher trace.ActorID, m rtmp.Message)
}

const (
	// defaultPathDelay. Source: the vendor's pages speak of 76 ms end to end on the
	// mean through its network; fidelity: assumed.
	defaultPathDelay = 40 * time.Millisecond
	// playout is how long media waits at a viewer, so that what comes a little late is
	// in time. Source: usual of conferencing; fidelity: assumed.
	playout = 120 * time.Millisecond
	// bitrate of a camera, in bit/s. Source: the Native SDK's default profile, 640x360
	// at 15 pictures a second and 400 kbit/s; fidelity: documented.
	bitrate = 400_000
)

// Validate tells what is missing or makes no sense.
func (o Options) Validate() error {
	switch {
	case o.Engine == nil:
		return errors.New("engine missing")
	case o.Channel == nil:
		return errors.New("channel missing")
	case o.Resolve == nil:
		return errors.New("resolve missing")
	case o.Name == "":
		return errors.New("name missing")
	case o.UID == 0:
		return errors.New("uid missing")
	case o.Origin != Native && o.Origin != Web:
		return fmt.Errorf("origin %q: want %s or %s", o.Origin, Native, Web)
	case o.Role != Broadcaster && o.Role != Audience:
		return fmt.Errorf("role %q: want %s or %s", o.Role, Broadcaster, Audience)
	case o.Codec != "" && o.Codec != H264 && o.Codec != VP8:
		return fmt.Errorf("codec %q: want %s or %s", o.Codec, H264, VP8)
	case o.Codec == VP8 && o.Origin != Web:
		return fmt.Errorf("codec %s: only a %s member sends it", VP8, Web)
	case o.Tape != nil && o.Voice != sound.Talk && o.Voice != sound.Tone:
		return fmt.Errorf("voice %q: want %s or %s", o.Voice, sound.Talk, sound.Tone)
	case o.PathDelay < 0:
		return fmt.Errorf("path delay %v: want 0 or more", o.PathDelay)
	}
	if err := o.Traits.Validate(); err != nil {
		return fmt.Errorf("traits: %w", err)
	}
	return nil
}
