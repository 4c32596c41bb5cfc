package wechat

// away is what keeps a live-pusher from filming and being heard, of the host's doing.
type away struct {
	hidden bool // the page is not on the screen
	held   bool // the host has stopped the push; only a new start goes on
	quiet  bool // no sound may be taken of a page that isn't seen
	call   bool // nor during a call
}

// deaf tells whether no sound may be taken.
func (a *away) deaf() bool { return a.held || a.quiet || a.call }

// hidden implements component: no camera films a page that isn't seen. What is sent
// instead is the waiting image, if there is one.
func (p *LivePusher) hidden(sound bool) {
	p.away.hidden = true
	p.away.quiet = !sound || p.o.BackgroundMute
	if !p.started {
		return
	}
	p.lens()
	p.h.hardware.LoseSessions(true)
	p.voice()
	if p.o.EnableCamera && p.o.WaitingImage != "" {
		p.beginStill()
	}
}

// suspended implements component: the host stops the push, and the page hears of it
// when it wakes. The connection stays, and the waiting image for its time.
func (p *LivePusher) suspended() {
	if !p.started || p.away.held {
		return
	}
	p.away.held = true
	p.lens()
	p.voice()
	if !p.h.o.Defects.SuspensionUntold {
		p.code(codeSuspended)
	}
}

// shown implements component.
func (p *LivePusher) shown() {
	p.away.hidden, p.away.quiet = false, false
	if !p.started || p.away.held {
		return
	}
	if !p.paused {
		p.endStill()
	}
	p.lens()
	p.voice()
}

// interrupted implements component.
func (p *LivePusher) interrupted(on bool) {
	p.away.call = on
	if !p.started {
		return
	}
	p.voice()
	if on {
		p.code(codeInterrupted)
		p.h.hardware.LoseSessions(false) // the call covers the app
	}
}

// turn tells the camera how the phone is held, seen from how the page wants it held.
func (p *LivePusher) turn() {
	degrees := p.h.turned
	if p.o.Orientation == orientationHorizontal {
		degrees += 270
	}
	p.camera.Turn(degrees % 360)
}
