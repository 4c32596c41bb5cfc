package phone

import (
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
)

// CameraOptions say what a camera looks at.
type CameraOptions struct {
	Name   string // names the camera's actor and random streams
	UID    uint32
	Traits Traits
	Clip   *flv.Clip // a recording to send instead of the test picture; may be nil
	// OnPicture is called for each picture; Encode gives it.
	OnPicture func(captured time.Duration)
}

// Camera is a capture clock with an encoder behind it. Between Open and Close it
// calls OnPicture, first after its start delay and then at its own rate and phase,
// whether or not anyone has the pictures encoded.
type Camera struct {
	e      *engine.Engine
	o      CameraOptions
	timer  engine.Timer
	delay  time.Duration
	open   bool
	origin time.Duration // of the first picture since the camera opened or rewound
	count  int64         // pictures since then
	fps    int           // of the capture clock
	enc    *encoder
	reel   *reel // nil without a clip
	filmed Unit  // the picture of the clip that is due
	sent   int64 // pictures of the clip that were taken
}

// NewCamera makes a closed camera; its start delay, hence its phase, is drawn from
// the seed.
func NewCamera(e *engine.Engine, o CameraOptions) *Camera {
	c := &Camera{e: e, o: o, fps: o.Traits.CameraFPS}
	c.timer = e.NewTimer(e.Add(o.Name, c), 0)
	spread := o.Traits.CameraStartMax - o.Traits.CameraStartMin
	c.delay = o.Traits.CameraStartMin + time.Duration(e.Rand(o.Name).Int64N(int64(spread)+1))
	if o.Clip != nil {
		c.reel = newVideoReel(o.Clip)
	} else {
		c.enc = newEncoder(o.UID, o.Traits, e.Rand(o.Name+"/encoder"))
	}
	return c
}

// StartDelay is this camera's time from Open to its first picture.
func (c *Camera) StartDelay() time.Duration { return c.delay }

// Open switches the camera on.
func (c *Camera) Open() {
	if !c.open {
		c.open = true
		c.roll(c.e.Now() + c.delay)
	}
}

// Close switches it off.
func (c *Camera) Close() {
	c.open = false
	c.timer.Clear()
}

// Restart makes the next picture a key frame; a recording begins anew, now or when the
// camera has opened.
func (c *Camera) Restart() {
	if c.reel == nil {
		c.enc.forced = true
	} else if c.open {
		c.roll(max(c.e.Now(), c.origin))
	}
}

// SetBitrate tells the encoder its target and whether it follows: a recording has a
// bitrate of its own.
func (c *Camera) SetBitrate(bps int64) (follows bool) {
	if c.enc == nil {
		return false
	}
	c.enc.bps = bps
	return true
}

// SetFPS asks for so many pictures a second and gives how many there will be: no camera
// is faster than its own clock, and a recording keeps its pace.
func (c *Camera) SetFPS(fps int) int {
	fps = min(max(fps, 1), c.o.Traits.CameraFPS)
	if c.enc == nil || fps == c.fps {
		return c.fps
	}
	if c.open && c.count > 0 { // from the newest picture on
		c.origin += time.Duration(c.count-1) * time.Second / time.Duration(c.fps)
		c.count = 1
		c.timer.Set(max(c.e.Now(), c.origin+time.Second/time.Duration(fps)))
	}
	c.fps, c.enc.fps = fps, fps
	return fps
}

// Turn says how the phone is held: the pictures that follow are turned that many degrees
// clockwise from what it does when held upright. A recording is as it is.
func (c *Camera) Turn(degrees int) {
	if c.enc != nil {
		c.enc.turn = (c.o.Traits.Orientation + degrees) % 360
	}
}

// Config is the decoder configuration record of the stream.
func (c *Camera) Config() []byte {
	if c.reel != nil {
		return c.reel.config
	}
	return h264.Config()
}

// Encode gives the picture that OnPicture announces. Only OnPicture may call it.
func (c *Camera) Encode() Unit {
	if c.reel != nil {
		u := c.filmed
		u.Number = c.sent
		c.sent++
		return u
	}
	return c.enc.encode(c.e.Now())
}

func (c *Camera) roll(first time.Duration) {
	c.origin, c.count = first, 0
	if c.reel != nil {
		c.reel.rewind()
		first += c.reel.due()
	}
	c.timer.Set(first)
}

// HandleEvent implements engine.Actor: a picture is due.
func (c *Camera) HandleEvent(uint64) {
	if !c.timer.Due() {
		return
	}
	c.count++
	if c.reel == nil {
		c.timer.Set(c.origin + time.Duration(c.count)*time.Second/time.Duration(c.fps))
	} else {
		c.filmed = c.reel.take(c.e.Now())
		c.timer.Set(c.origin + c.reel.due())
	}
	c.o.OnPicture(c.e.Now())
}
