package camera

import (
	"math/rand/v2"
	"slices"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
)

// What may befall an encoder and a camera, as faults name it.
const (
	encoderDies     = "dies"
	encoderRefuses  = "fails-to-start"
	encoderSilent   = "stalls"
	encoderCorrupts = "corrupts"
	encoderCuts     = "truncates"
	cameraStalls    = "stalls"
	cameraLost      = "lost"
)

// Trouble is what a camera, or the encoder behind it, reports.
type Trouble int

// The troubles there are. What is not among them nobody is told.
const (
	Refused          Trouble = iota + 1 // it can't be opened: something else has it
	EncoderRefused                      // the hardware didn't begin; the software does its work
	EncoderFailed                       // a picture could not be encoded
	EncoderRestarted                    // and the encoder was begun anew
)

// Hardware is the camera and the encoder of one phone as its system keeps them: what
// befalls them outlasts the components that use them.
type Hardware struct {
	traits  phone.Traits
	rand    *rand.Rand
	encoder string // the fault that the next session will have
	camera  string // the fault that the camera has
	users   []*Camera
}

// NewHardware makes that of a phone; name names its random stream.
func NewHardware(e *engine.Engine, name string, t phone.Traits) *Hardware {
	return &Hardware{traits: t, rand: e.Rand(name + "/hardware")}
}

// FailEncoder: the encoder's session dies, stalls, corrupts or truncates, now or, if there
// is none, when one begins; or no session of the hardware begins any more (fails-to-start).
func (h *Hardware) FailEncoder(how string) {
	h.encoder = how
	if how == encoderRefuses {
		return
	}
	for _, c := range h.users {
		if c.session.suffer(how) {
			h.encoder = ""
		}
	}
}

// MendEncoder ends what FailEncoder began.
func (h *Hardware) MendEncoder() {
	h.encoder = ""
	for _, c := range h.users {
		c.session.mend()
	}
}

// LoseSessions: the app has left the screen, or something covers it (behind is false).
// Where the system takes the encoder's sessions then, the next picture meets that. Only
// behind another app can the loss be one that no other session makes good.
// Source: an encoder stays dead after a session was asked for in the background (a
// developer's report); fidelity: inferred.
func (h *Hardware) LoseSessions(behind bool) {
	for _, c := range h.users {
		if h.traits.Chip.SessionLost && c.session.state == inHardware {
			c.session.lose(behind && h.hit(h.traits.Chip.Unrecovered))
		}
	}
}

// FailCamera: the camera stalls, until it is opened anew, or is lost to something else.
func (h *Hardware) FailCamera(how string) {
	h.camera = how
	for _, c := range h.users {
		if c.open {
			c.befallen()
		}
	}
}

// MendCamera ends what FailCamera began.
func (h *Hardware) MendCamera() {
	was := h.camera
	h.camera = ""
	for _, c := range h.users {
		if !c.open {
			continue
		}
		if c.mayStall(); was == cameraLost {
			c.roll(c.e.Now() + c.delay)
		}
	}
}

// hit draws whether something of that share happens. Nothing is drawn for none.
func (h *Hardware) hit(share float64) bool { return share > 0 && h.rand.Float64() < share }

// after draws the time until something happens that does so often an hour; false: never.
func (h *Hardware) after(perHour float64) (time.Duration, bool) {
	if perHour <= 0 {
		return 0, false
	}
	return time.Duration(h.rand.ExpFloat64() / perHour * float64(time.Hour)), true
}

func (h *Hardware) use(c *Camera) {
	if !slices.Contains(h.users, c) {
		h.users = append(h.users, c)
	}
}

// letGo forgets a camera that is closed and encodes nothing.
func (h *Hardware) letGo(c *Camera) {
	if !c.open && c.session.state == noSession {
		h.users = slices.DeleteFunc(h.users, func(x *Camera) bool { return x == c })
	}
}
