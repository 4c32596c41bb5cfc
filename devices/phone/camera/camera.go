package camera

import (
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
)

// Options say what a camera looks at.
type Options struct {
	Name   string // names the camera's actor and random streams
	UID    uint32
	Traits phone.Traits
	Clip   *flv.Clip // a recording to send instead of the test picture; may be nil
	// Hardware is the phone's, which outlasts the camera; nil: the camera's own.
	Hardware *Hardware
	// OnPicture is called for each picture; Encode gives it.
	OnPicture func(captured time.Duration)
	// OnTrouble hears what camera and encoder report; may be nil.
	OnTrouble func(Trouble)
	// OnTurned hears how the pictures are turned, Chip.RotationLag after they are: what
	// metadata can say of them. It may be nil.
	OnTurned func(degrees int)
}

// Camera is a capture clock with an encoder behind it. Between Open and Close it
// calls OnPicture, first after its start delay and then at its own rate and phase,
// whether or not anyone has the pictures encoded.
type Camera struct {
	e        *engine.Engine
	o        Options
	hardware *Hardware
	session  session
	timer    engine.Timer
	delay    time.Duration
	open     bool
	origin   time.Duration // of the first picture since the camera opened or rewound
	count    int64         // pictures since then
	fps      int           // of the capture clock
	asked    int           // pictures a second, of SetFPS
	enc      *encoder
	reel     *flv.Reel  // nil without a clip
	filmed   phone.Unit // the picture of the clip that is due
	sent     int64      // pictures of the clip that were taken

	stalled bool          // it gives the same picture again and again
	stalls  bool          // it will,
	stallAt time.Duration // then
	turned  engine.Timer
}

// What the camera's timers send.
const (
	opPicture = iota
	opTurned
)

// New makes a closed camera; its start delay, hence its phase, is drawn from
// the seed.
func New(e *engine.Engine, o Options) *Camera {
	c := &Camera{e: e, o: o, fps: o.Traits.CameraFPS, asked: o.Traits.CameraFPS, hardware: o.Hardware}
	if c.hardware == nil {
		c.hardware = NewHardware(e, o.Name, o.Traits)
	}
	c.session.c = c
	c.timer = e.NewTimer(e.Add(o.Name, c), opPicture)
	c.turned = e.NewTimer(c.timer.Actor(), opTurned)
	spread := o.Traits.CameraStartMax - o.Traits.CameraStartMin
	c.delay = o.Traits.CameraStartMin + time.Duration(e.Rand(o.Name).Int64N(int64(spread)+1))
	if o.Clip != nil {
		c.reel = o.Clip.Reel(true)
	} else {
		c.enc = newEncoder(o.UID, o.Traits, e.Rand(o.Name+"/encoder"))
	}
	return c
}

// StartDelay is this camera's time from Open to its first picture.
func (c *Camera) StartDelay() time.Duration { return c.delay }

// Open switches the camera on. One that something else has is refused, and films when
// that has let it go.
func (c *Camera) Open() {
	if c.open {
		return
	}
	c.open = true
	c.hardware.use(c)
	c.mayStall()
	c.befallen()
	if c.hardware.lost {
		c.report(Refused)
		return
	}
	c.roll(c.e.Now() + c.delay)
}

// Close switches it off. A camera that stalled films again when it is opened anew.
// Source: live-pusher's switchCamera and stop are what cures it; fidelity: inferred.
func (c *Camera) Close() {
	if c.open && !c.hardware.lost {
		c.hardware.stalls = false
	}
	c.open = false
	c.timer.Clear()
	c.hardware.letGo(c)
}

// BeginEncoding starts the encoder; the first Encode does so otherwise.
func (c *Camera) BeginEncoding() { c.session.begin() }

// EndEncoding stops it: what ails it ends with it.
func (c *Camera) EndEncoding() { c.session.end() }

// EncodingTime is how much time of a core of this phone encoding a picture takes.
func (c *Camera) EncodingTime() time.Duration { return c.session.cost() }

// films tells whether pictures are to come.
func (c *Camera) films() bool { return c.open && !c.hardware.lost }

// befallen: something may have happened to an open camera.
func (c *Camera) befallen() {
	if c.hardware.stalls {
		c.stalls, c.stallAt = true, c.e.Now()
	}
	if c.hardware.lost {
		c.timer.Clear()
	}
}

// mayStall draws when it will do so by itself, if ever.
func (c *Camera) mayStall() {
	after, will := c.hardware.after(c.o.Traits.Chip.Stalls)
	c.stalled, c.stalls, c.stallAt = false, will, c.e.Now()+after
}

func (c *Camera) report(t Trouble) {
	if f := c.o.OnTrouble; f != nil {
		f(t)
	}
}

// Restart makes the next picture a key frame; a recording begins anew, now or when the
// camera has opened.
func (c *Camera) Restart() {
	if c.reel == nil {
		c.enc.forced = true
	} else if c.films() {
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
// is faster than its own clock, a recording keeps its pace, and a software encoder has
// its own limit.
func (c *Camera) SetFPS(fps int) int {
	c.asked = fps
	fps = min(max(fps, 1), c.o.Traits.CameraFPS)
	if c.session.state == inSoftware {
		fps = min(fps, softwareFPS(c.o.Traits.CPU))
	}
	if c.enc == nil || fps == c.fps {
		return c.fps
	}
	if c.films() && c.count > 0 { // from the newest picture on
		c.origin += time.Duration(c.count-1) * time.Second / time.Duration(c.fps)
		c.count = 1
		c.timer.Set(max(c.e.Now(), c.origin+time.Second/time.Duration(fps)))
	}
	c.fps, c.enc.fps = fps, fps
	return fps
}

// Turn says how the phone is held: the pictures that follow are turned that many degrees
// clockwise from what it does when held upright, and metadata says so some time later. A
// recording is as it is.
func (c *Camera) Turn(degrees int) {
	if c.enc == nil {
		return
	}
	was := c.enc.turn
	if c.enc.turn = (c.o.Traits.Orientation + degrees) % 360; c.enc.turn != was && c.o.OnTurned != nil {
		c.turned.Set(c.e.Now() + c.o.Traits.Chip.RotationLag)
	}
}

// Config is the decoder configuration record of the stream.
func (c *Camera) Config() []byte {
	if c.reel != nil {
		return c.o.Clip.VideoConfig
	}
	return h264.Config()
}

// Encode gives the picture that OnPicture announces, without a payload if the encoder
// gives none. Only OnPicture may call it.
func (c *Camera) Encode() phone.Unit {
	works := c.session.works()
	if c.reel != nil {
		u := c.filmed
		u.Number = c.sent
		c.sent++
		if !works {
			u.Payload, u.Key = nil, false
		}
		return u
	}
	if c.stalls && c.e.Now() >= c.stallAt && c.count > 1 { // it has one to give again
		c.stalled = true
	}
	return c.enc.encode(c.e.Now(), c.stalled, works)
}

// truncate has the encoder leave out the second half of what it writes, or not.
func (c *Camera) truncate(on bool) {
	if c.enc != nil {
		c.enc.h264.SetTruncated(on)
	}
}

// corrupt has the encoder write what is wrong, or right.
func (c *Camera) corrupt(on bool) {
	if c.enc != nil {
		c.enc.h264.SetCorrupt(on)
	}
}

// limit has the camera be as slow as a software encoder, or as fast as it was asked to be.
func (c *Camera) limit(software bool) {
	if software || c.asked != c.fps {
		c.SetFPS(c.asked)
	}
}

func (c *Camera) roll(first time.Duration) {
	c.origin, c.count = first, 0
	if c.reel != nil {
		c.reel.Rewind()
		first += c.reel.Due()
	}
	c.timer.Set(first)
}

// HandleEvent implements engine.Actor: a picture is due, or word of how it is turned.
func (c *Camera) HandleEvent(op uint64) {
	if op == opTurned {
		if c.turned.Due() {
			c.o.OnTurned(c.enc.turn)
		}
		return
	}
	if !c.timer.Due() {
		return
	}
	c.count++
	if c.reel == nil {
		c.timer.Set(c.origin + time.Duration(c.count)*time.Second/time.Duration(c.fps))
	} else {
		u := c.reel.Take()
		c.filmed = phone.Unit{Payload: u.Data, Captured: c.e.Now(), Key: u.Key}
		c.timer.Set(c.origin + c.reel.Due())
	}
	c.o.OnPicture(c.e.Now())
}
