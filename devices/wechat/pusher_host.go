package wechat

// away is what keeps a live-pusher from filming and being heard, of the host's doing.
type away struct {
	held bool // the host has stopped the push; only a new start goes on
	call bool // a call has the phone's sound
	over bool // the waiting image has been sent for as long as it may
}

// deaf tells whether no sound may be taken.
func (p *LivePusher) deaf() bool {
	return p.away.held || p.away.call || p.h.away() && (!p.h.life.sound || p.h.life.taken || p.o.BackgroundMute)
}

// hidden implements component: no camera films a page that isn't seen. What is sent
// instead is the waiting image, if there is one.
func (p *LivePusher) hidden() {
	p.away.over = false
	if !p.started {
		return
	}
	p.lens()
	p.h.hardware.LoseSessions(true)
	p.voice()
	p.stand()
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

// shown implements component. The waiting image is for the background alone: of a push
// that the host has stopped nothing is sent any more.
// Source: live-pusher documentation, waiting-image and 5000; fidelity: documented (the
// image), inferred (that nothing is sent).
func (p *LivePusher) shown() {
	if !p.started {
		return
	}
	p.stand()
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
	}
}

// covered: a call lies over the app, or does no more. Its camera is taken away meanwhile
// and its encoder's session lost, which the first picture meets that comes afterwards.
// Source: AVCaptureSession interruption reasons (no camera behind another app), live-pusher
// documentation (-1303 surfaces on return); that the waiting image stands for the camera
// as behind any other app; fidelity: documented, inferred (the image).
func (p *LivePusher) covered(on bool) {
	if !p.started {
		return
	}
	p.lens()
	if on {
		p.h.hardware.LoseSessions(false)
	}
	p.stand()
}

// turn tells the camera how the phone is held, seen from how the page wants it held.
func (p *LivePusher) turn() {
	degrees := p.h.turned
	if p.o.Orientation == orientationHorizontal {
		degrees += 270
	}
	p.camera.Turn(degrees % 360)
}
