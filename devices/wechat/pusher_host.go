package wechat

// hidden implements component: no camera films a page that isn't seen.
func (p *LivePusher) hidden(sound bool) {
	if !p.started {
		return
	}
	p.camera.Close()
	if !sound {
		p.mic.Close()
	}
}

// suspended implements component: the host stops the push, and the page hears of it
// when it wakes.
func (p *LivePusher) suspended() {
	if !p.started {
		return
	}
	p.camera.Close()
	p.mic.Close()
	p.code(codeSuspended)
}

// shown implements component.
func (p *LivePusher) shown() {
	if p.started && p.o.EnableCamera {
		p.openCamera()
	}
}

// interrupted implements component.
func (p *LivePusher) interrupted(on bool) {
	switch {
	case !p.started:
	case on:
		p.mic.Close()
		p.code(codeInterrupted)
	case p.o.EnableMic:
		p.mic.Open()
	}
}
