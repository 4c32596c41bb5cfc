package probe

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"minilab/simulator/network"
)

// Stream is the kind of traffic.
type Stream string

// Streams.
const (
	// Bulk writes blocks without pause.
	Bulk Stream = "bulk"
	// Frames writes frames at a steady rate, each in one write, from one queue.
	Frames Stream = "frames"
)

// Options say what to send over what.
type Options struct {
	Seed uint64
	// Access is the sender's link; data goes up, acknowledgements come down. The
	// receiver's link is ideal.
	Access network.AccessOptions
	// CC is the congestion control of both ends: "cubic" (the default) or "reno".
	CC     string
	Stream Stream
	// KBPS and FPS of frames; a bulk stream ignores them.
	KBPS, FPS int
	// Length is for how long the stream is written, from when the connection stands.
	Length time.Duration
	// Points is how many points the course over time has; 0: none.
	Points int
	// Tap, if not nil, sees all packets.
	Tap network.Tap
	// Progress, if not nil, holds how far the probe has come, in virtual nanoseconds.
	Progress *atomic.Int64
}

const (
	// headerBytes is what a frame carries besides the picture: an RTMP chunk header.
	// Source: RTMP 1.0 section 5.3.1, basic header and type 0; fidelity: documented.
	headerBytes = 12
	// blockBytes is what a bulk stream writes at once. Source: none; fidelity: assumed.
	blockBytes = 64 << 10
	// patience is for how long frames may still arrive after the last was due.
	// Source: the kernel measurements that the model is compared with; fidelity: observed.
	patience = 3 * time.Second
	// mostKBPS and mostFPS are bounds that no media stream comes near.
	mostKBPS, mostFPS = 10_000_000, 1000
	// mostLength is that of scenarios.
	mostLength = 24 * time.Hour
	// mostPoints bounds the course.
	mostPoints = 10_000
)

// FrameBytes is the length of a frame.
func (o *Options) FrameBytes() int { return o.KBPS*1000/8/o.FPS + headerBytes }

// Validate tells what is wrong with o, or nil.
func (o *Options) Validate() error {
	tcp := network.TCPOptions{CC: o.CC}
	switch {
	case o.Length <= 0:
		return fmt.Errorf("a stream of %v is over before it begins", o.Length)
	case o.Length > mostLength:
		return fmt.Errorf("a stream of %v is longer than %v", o.Length, mostLength)
	case o.Points < 0 || o.Points > mostPoints:
		return fmt.Errorf("%d points are not between 0 and %d", o.Points, mostPoints)
	case o.Stream != Bulk && o.Stream != Frames:
		return fmt.Errorf("unknown stream %q: bulk or frames", o.Stream)
	case o.Stream == Frames && (o.FPS < 1 || o.FPS > mostFPS):
		return fmt.Errorf("%d frames a second are not between 1 and %d", o.FPS, mostFPS)
	case o.Stream == Frames && (o.KBPS < 1 || o.KBPS > mostKBPS):
		return fmt.Errorf("%d kbit/s are not between 1 and %d", o.KBPS, mostKBPS)
	case o.Stream == Bulk && timeless(o.Access.Up) && timeless(o.Access.Down):
		return errors.New("a bulk stream over a link without rate or delay takes no time")
	}
	if err := tcp.Validate(); err != nil {
		return err
	}
	return o.Access.Validate()
}

// timeless tells whether packets cross a link in no time.
func timeless(o network.LinkOptions) bool { return o.RateBPS == 0 && o.Trace == nil && o.Delay == 0 }
