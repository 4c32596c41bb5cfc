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
	refuses bool     // no session of the encoder's hardware begins
	waiting []string // faults that the next session will have
	lost    bool     // something else has the camera
	stalls  bool     // the camera gives the same picture again and again, or will
	users   []*Camera
}

// NewHardware makes that of a phone; name names its random stream.
func NewHardware(e *engine.Engine, name string, t phone.Traits) *Hardware {
	return &Hardware{traits: t, rand: e.Rand(name + "/hardware")}
}

// FailEncoder: the encoder's session dies, stalls, corrupts or truncates, or no session of
// the hardware begins any more (fails-to-start). Where there is no session none can die;
// the other faults befall the next one.
func (h *Hardware) FailEncoder(how string) {
	if how == encoderRefuses {
		h.refuses = true
		return
	}
	befell := how == encoderDies
	for _, c := range h.users {
		befell = c.session.suffer(how) || befell
	}
	if !befell && !slices.Contains(h.waiting, how) {
		h.waiting = append(h.waiting, how)
	}
}

// MendEncoder ends what FailEncoder began: that fault, and no other.
func (h *Hardware) MendEncoder(how string) {
	if how == encoderRefuses {
		h.refuses = false
		return
	}
	h.waiting = slices.DeleteFunc(h.waiting, func(x string) bool { return x == how })
	for _, c := range h.users {
		c.session.mend(how)
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

// FailCamera: the camera stalls, until it is opened anew, or is lost to something else,
// which opens it for itself.
func (h *Hardware) FailCamera(how string) {
	switch how {
	case cameraLost:
		h.lost, h.stalls = true, false
	case cameraStalls:
		h.stalls = true
	}
	for _, c := range h.users {
		if c.open {
			c.befallen()
		}
	}
}

// MendCamera ends what FailCamera began: that fault, and no other. A camera that
// something else had films from then on, and stalls if it does by then.
func (h *Hardware) MendCamera(how string) {
	returns := how == cameraLost && h.lost
	switch how {
	case cameraLost:
		h.lost = false
	case cameraStalls:
		h.stalls = false
	}
	for _, c := range h.users {
		if !c.open {
			continue
		}
		if c.mayStall(); h.stalls {
			c.befallen()
		}
		if returns {
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
