package camera

import (
	"slices"
	"time"
)

const (
	// restartTime is the time from a failed picture to another session.
	// Source: none; fidelity: assumed.
	restartTime = 300 * time.Millisecond
	// softwarePicture is what one picture costs the software encoder, of a core of an
	// iPhone 6. Source: none, a 360x640 picture at a call's settings; fidelity: assumed.
	softwarePicture = 50 * time.Millisecond
	// softwareShare is how much of a core it may have beside the rest of a call.
	// Fidelity: assumed.
	softwareShare = 0.8
	// hardwarePicture is what feeding it to the hardware costs. Fidelity: assumed.
	hardwarePicture = 2 * time.Millisecond
)

type sessionState uint8

const (
	noSession  sessionState = iota
	inHardware              // as it should be
	inSoftware              // the hardware didn't begin
	silent                  // gives nothing and says nothing
	lost                    // each picture fails; another session is on its way
	dead                    // each picture fails, for good
)

// session is a video encoder at work: that of the hardware, or the software in its place.
type session struct {
	c     *Camera
	state sessionState
	fault bool          // silent, lost, dead: by a fault, which may end; else by itself
	fatal bool          // lost: no other session will work
	told  bool          // lost: it has been reported
	again time.Duration // lost: when another is begun
}

// begin starts an encoder if there is none.
func (s *session) begin() {
	if s.state != noSession {
		return
	}
	h := s.c.hardware
	h.use(s.c)
	switch {
	case h.refuses:
		s.refused()
		return
	case h.hit(h.traits.Chip.Silent):
		s.enter(silent)
	default:
		s.enter(inHardware)
	}
	s.suffersWaiting()
}

// suffersWaiting has a session of the hardware that begins suffer what was to befall it.
func (s *session) suffersWaiting() {
	h := s.c.hardware
	h.waiting = slices.DeleteFunc(h.waiting, s.suffer)
}

func (s *session) end() {
	s.state = noSession
	s.c.hardware.letGo(s.c)
}

// enter goes on in a state in which pictures come out, or could; the first is a key frame.
func (s *session) enter(state sessionState) {
	if s.state != noSession || s.c.reel == nil {
		s.c.Restart()
	}
	s.state, s.fault, s.fatal, s.told = state, false, false, false
	s.c.corrupt(state != inSoftware && s.c.o.Traits.Chip.Corrupt)
	s.c.truncate(false)
	s.c.limit(state == inSoftware)
}

func (s *session) refused() {
	s.enter(inSoftware)
	s.c.report(EncoderRefused)
}

// suffer has a fault befall a session of the hardware. What befalls a silent one is seen
// when it gives pictures again, if it lasts until then.
func (s *session) suffer(how string) bool {
	if !s.held() || how == encoderDies && s.state == silent {
		return false
	}
	switch how {
	case encoderDies:
		// Where the session belongs to a service of the system that others depend on, what
		// kills it keeps others from working; elsewhere another one does.
		// Source: VideoToolbox sessions that stay invalid after a malfunction (developers'
		// reports on iOS 8 to 12); fidelity: inferred.
		s.lose(s.c.hardware.traits.Chip.SessionLost)
		s.fault = true
	case encoderSilent:
		if s.state == inHardware {
			s.state, s.fault = silent, true
		}
	case encoderCorrupts:
		s.c.corrupt(true)
	case encoderCuts:
		// Source: pictures of hardware encoders of which the lower half is missing at the
		// other side, without a word at this one (a developer's report); fidelity: inferred.
		s.c.truncate(true)
	}
	return true
}

// held tells whether it is one of the hardware, whether or not it gives pictures.
func (s *session) held() bool { return s.state == inHardware || s.state == silent }

func (s *session) lose(fatal bool) {
	s.state, s.fault, s.fatal, s.told = lost, false, fatal, false
}

// mend ends what a fault did to it, and nothing else that is wrong with it.
func (s *session) mend(how string) {
	switch {
	case how == encoderDies && s.fault && (s.state == lost || s.state == dead):
		s.state, s.fatal, s.again = lost, false, s.c.e.Now()
	case how == encoderSilent && s.fault && s.state == silent:
		s.state, s.fault = inHardware, false
		s.c.Restart()
	case how == encoderCorrupts && s.held():
		s.c.corrupt(s.c.o.Traits.Chip.Corrupt)
	case how == encoderCuts && s.held():
		s.c.truncate(false)
	}
}

// works tells whether the picture of this instant comes out, and does what the encoder's
// user does about one that doesn't: try another session. Source: live-pusher
// documentation: encoding may fail on iOS on return from another app, and comes back by
// itself (-1303); the encoder is restarted inside (1104); LiteAV's error table;
// fidelity: documented (the codes), inferred (their order).
func (s *session) works() bool {
	s.begin()
	switch s.state {
	case inHardware, inSoftware:
		return true
	case lost:
		s.restart()
		return s.state == inHardware || s.state == inSoftware
	}
	return false
}

func (s *session) restart() {
	now := s.c.e.Now()
	if !s.told {
		s.told, s.again = true, now+restartTime
		// Elsewhere than on iOS a failure is only told with its cure.
		if s.c.hardware.traits.Chip.SessionLost {
			s.c.report(EncoderFailed)
		}
	}
	switch {
	case now < s.again:
	case s.fatal:
		s.state = dead
	case s.c.hardware.refuses:
		s.refused()
	default:
		s.enter(inHardware)
		s.c.report(EncoderRestarted)
		s.suffersWaiting()
	}
}

// cost is the time of a core of this phone that a picture takes.
func (s *session) cost() time.Duration {
	cost := hardwarePicture
	if s.state == inSoftware {
		cost = softwarePicture
	}
	return time.Duration(float64(cost) / s.c.o.Traits.CPU)
}

// softwareFPS is how many pictures a second a phone's software encoder can do.
func softwareFPS(cpu float64) int {
	return max(1, int(softwareShare*cpu/softwarePicture.Seconds()))
}
