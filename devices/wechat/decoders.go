package wechat

import (
	"slices"
	"time"
)

// softDecode is what one picture costs a core of speed 1, decoded in software.
// Source: usual of FFmpeg on phones of that time at 360x640; fidelity: assumed.
const softDecode = 6 * time.Millisecond

// behindMost is how late a picture may be shown for want of time before all up to the
// next key frame are left out. Fidelity: assumed.
const behindMost = time.Second

// decoders are the phone's means to decode pictures, shared by all its players: so many
// streams by the hardware, those that begin later by the CPU, which has one core for it.
type decoders struct {
	hardware int
	cost     time.Duration // of a picture in software
	users    []*LivePlayer // of the hardware
	others   []*LivePlayer // of the CPU
	free     time.Duration // when the core has done what it was given
}

func newDecoders(hardware int, cpu float64) decoders {
	return decoders{hardware: hardware, cost: time.Duration(float64(softDecode) / cpu)}
}

// join gives a player its decoder, until leave.
func (d *decoders) join(p *LivePlayer) {
	if p.soft = len(d.users) >= d.hardware; p.soft {
		d.others = append(d.others, p)
	} else {
		d.users = append(d.users, p)
	}
}

func (d *decoders) leave(p *LivePlayer) {
	is := func(x *LivePlayer) bool { return x == p }
	d.users, d.others = slices.DeleteFunc(d.users, is), slices.DeleteFunc(d.others, is)
}

// take spends the core's time on a player's next picture, if it has any left in this
// period and nobody else's picture has been waiting for longer.
func (d *decoders) take(p *LivePlayer, now time.Duration) bool {
	if d.free >= now+mixerPeriod {
		return false
	}
	late := p.late()
	for _, x := range d.others {
		if x.late() > late {
			return false
		}
	}
	d.free = max(d.free, now) + d.cost
	return true
}

// spend takes of the core's time for something else.
func (d *decoders) spend(t, now time.Duration) { d.free = max(d.free, now) + t }

// late is for how long a player's next picture has been due; negative: it isn't.
func (p *LivePlayer) late() time.Duration {
	if p.play.phase != playing || p.buffer.views.len() == 0 {
		return -1
	}
	return p.play.head - p.buffer.views.front().at
}

// fallBehind gives up on pictures that wait for too long, up to a key frame.
func (p *LivePlayer) fallBehind() {
	v := &p.buffer.views
	if p.late() < behindMost {
		return
	}
	key := slices.IndexFunc(v.items[v.head+1:], func(x view) bool { return x.key })
	for ; key >= 0; key-- {
		if !v.pop().config {
			p.h.emit(p.lost(p.texts.late))
		}
	}
}
