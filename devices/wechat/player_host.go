package wechat

// hidden implements component: nothing is shown to nobody, nor is it heard unless the
// host lets the page go on.
func (p *LivePlayer) hidden(sound bool) {
	p.unseen = true
	if p.unheard = !sound || p.o.BackgroundMute; p.unheard {
		p.closeSpan(p.h.Now())
	}
}

// suspended implements component. Source of the code: developers' reports of iOS;
// fidelity: observed.
func (p *LivePlayer) suspended() {
	if p.started && p.h.iOS() {
		p.code(codePlaySuspended)
	}
}

// shown implements component. Time in which the whole process stood still is no time
// of playback: what the system held back meanwhile is skipped, as at the beginning.
// Source: live-player context documentation, resume goes on with the newest; fidelity:
// inferred.
func (p *LivePlayer) shown() {
	p.unseen, p.unheard = false, false
	if now := p.h.Now(); now-p.play.tick > mixerPeriod {
		p.play.tick, p.play.begunAt = now, now
	}
	p.screen.shownAt = 0
}

// interrupted implements component.
func (p *LivePlayer) interrupted(on bool) {
	p.closeSpan(p.h.Now())
	p.call = on
}
