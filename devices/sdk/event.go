package sdk

import "fmt"

// The roles of a member in a channel.
const (
	Broadcaster = "broadcaster"
	Audience    = "audience"
)

// Codes that the client itself gives; all others are the gateway's.
// Source: vendor's error code table; fidelity: documented.
const (
	CodeNoServer  = 901 // every lookup failed
	CodeTimeout   = 903 // a request without answer
	CodeClosed    = 904 // the WebSocket was closed
	CodeNoGateway = 905 // no gateway's WebSocket opened
)

// The events that a page listens to. Others are passed through under the name that
// the gateway gave them.
const (
	StreamAdded   = "stream-added"
	StreamRemoved = "stream-removed"
	UpdateURL     = "update-url"
	VideoRotation = "video-rotation"
	ErrorRaised   = "error"
)

// codeStopping is a gateway that stops in order: nothing for the app to do.
const codeStopping = 503

// Event is what a Client raises. Fields that the event doesn't have are zero.
type Event struct {
	Name     string
	UID      uint32
	URL      string
	Rotation int // degrees, clockwise
	Code     int
	Reason   string
	// Mute is that of audio-mute and video-mute, where the profile passes them on
	// as they are instead of as mute-audio, unmute-audio, and so on.
	Mute bool
}

// Answer is what a success callback receives. Fields that the method doesn't have
// are zero.
type Answer struct {
	UID       uint32 // join, rejoin; 0 where the page gets none, see Profile.JoinUID
	URL       string // publish, subscribe, updatePushUrl
	Rotation  int    // subscribe: degrees, clockwise
	UpdateURL string // setRole in a channel
}

// Failure is what a failure callback receives.
type Failure struct {
	Code   int
	Reason string
}

func (f *Failure) Error() string { return fmt.Sprintf("%d %s", f.Code, f.Reason) }

// Done is the pair of callbacks of a method: f is nil for success. It is called at
// most once; nil is allowed.
type Done func(a Answer, f *Failure)

func (d Done) fail(f *Failure) {
	if d != nil {
		d(Answer{}, f)
	}
}
