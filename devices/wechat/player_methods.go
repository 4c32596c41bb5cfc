package wechat

import "fmt"

// Operate calls a method of the player's context; value is what it takes, if anything:
// the direction of a full screen, in degrees counter-clockwise. done, which may be nil,
// hears how it ended in an event of its own: 0 is success, -1 a failure.
// Source: LivePlayerContext documentation; fidelity: documented.
func (p *LivePlayer) Operate(method string, value any, done func(code int, message string)) {
	code, message := 0, "operateLivePlayer:ok"
	if failure := p.operate(method, value); failure != "" {
		code, message = -1, "operateLivePlayer:fail "+failure
	}
	if done != nil {
		p.tell(func() { done(code, message) })
	}
}

func (p *LivePlayer) operate(method string, value any) (failure string) {
	if p.destroyed {
		return "no such player"
	}
	switch method {
	case "play":
		p.Play()
	case "stop":
		p.Stop("")
	case "mute": // and the other way round
		p.SetMuted(!p.o.Muted)
	case "pause":
		return p.pause()
	case "resume":
		return p.resume()
	case "requestFullScreen":
		direction, _ := value.(int)
		if direction != 0 && direction != 90 && direction != -90 {
			return "direction must be 0, 90 or -90"
		}
		p.turned = (360 - direction) % 360
	case "exitFullScreen":
		p.turned = 0
	default:
		return "no such method"
	}
	return ""
}

// pause freezes the picture and is silent; the stream is still received.
func (p *LivePlayer) pause() string {
	if !p.started {
		return "not playing"
	}
	p.closeSpan(p.h.Now())
	p.setSpeed(p.h.Now(), 0)
	p.paused = true
	return ""
}

// resume goes on with the newest there is: what came meanwhile is left out.
func (p *LivePlayer) resume() string {
	if !p.paused {
		return "not paused"
	}
	p.paused = false
	p.play = playback{speed: normalSpeed, firstAt: p.play.firstAt, arrivedAt: p.play.arrivedAt, markAt: p.h.Now(), mark: p.buffer.newest()}
	p.screen.shownAt = 0
	return ""
}

// SetSrc changes the address; the next Play uses it.
func (p *LivePlayer) SetSrc(url string) { p.o.Src = url }

// SetMuted is the attribute muted.
func (p *LivePlayer) SetMuted(on bool) {
	p.closeSpan(p.h.Now())
	p.o.Muted = on
}

// SetOrientation is the attribute orientation: vertical or horizontal.
func (p *LivePlayer) SetOrientation(to string) error {
	if err := oneOf("orientation", to, orientationVertical, orientationHorizontal); err != nil {
		return fmt.Errorf("live-player %w", err)
	}
	p.o.Orientation = to
	return nil
}

// SetSoundMode is the attribute sound-mode: speaker or ear.
func (p *LivePlayer) SetSoundMode(to string) error {
	if err := oneOf("sound-mode", to, soundSpeaker, soundEar); err != nil {
		return fmt.Errorf("live-player %w", err)
	}
	if p.o.SoundMode != to {
		p.o.SoundMode = to
		p.h.reroute()
		p.code(codeAudioRoute)
	}
	return nil
}
