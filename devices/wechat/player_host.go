package wechat

// hidden implements component: nothing is shown to nobody, nor is it heard unless the
// host lets the page go on.
func (p *LivePlayer) hidden() {
	if p.unheard() {
		p.closeSpan(p.h.Now())
	}
}

// unheard tells whether the page isn't on the screen and may not be heard there.
func (p *LivePlayer) unheard() bool {
	return p.h.away() && (!p.h.life.sound || p.o.BackgroundMute)
}

// idle tells whether it can't begin to play: one that was made for a page that isn't on
// the screen begins nothing there, and has to be told again. Source: vendor's demo, whose
// onShow does; fidelity: documented.
func (p *LivePlayer) idle() bool { return p.behind && p.h.away() }

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
