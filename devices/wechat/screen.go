package wechat

import (
	"errors"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/media/h264"
	"minilab/simulator/trace"
)

// screen is a player's tile.
type screen struct {
	decoding bool          // 2008 was reported
	key      bool          // 2003 was reported
	rendered bool          // 2032 was reported
	heard    bool          // 2026 was reported
	begun    bool          // a picture of this connection was decoded
	waitsKey bool          // a reference is missing
	garbage  bool          // frames can't be decoded
	shownAt  time.Duration // the newest picture; 0: none yet
	media    time.Duration // its media time
	foreign  int64         // pictures shown of a recording
}

// show decodes every picture that is due and puts the last of them on the screen.
func (p *LivePlayer) show(now time.Duration) {
	var frame h264.Frame
	var at time.Duration
	have := false
	for p.buffer.views.len() > 0 && p.buffer.views.front().at <= p.play.head {
		if p.soft && !p.buffer.views.front().config && !p.h.decoders.take(p, now) {
			p.fallBehind()
			break
		}
		v := p.buffer.views.pop()
		if v.config {
			_ = p.decoder.Configure(v.data) // a bad one shows as 2101 at the pictures that follow
			continue
		}
		if h264.IsSized(v.data) {
			p.sized(now)
			continue
		}
		f, err := p.decoder.Decode(v.data)
		if err != nil {
			p.undecoded(err)
			continue
		}
		if have && at >= p.play.skipped {
			p.dropped(frame, p.texts.late)
		}
		p.screen.begun, p.screen.waitsKey, p.screen.garbage = true, false, false
		frame, at, have = f, v.at, true
	}
	if have && !p.h.away() {
		p.put(frame, at, now)
	}
}

// sized takes what has the size of a picture, and is none: it counts as shown where one
// has been.
func (p *LivePlayer) sized(now time.Duration) {
	if p.screen.shownAt != 0 && !p.screen.waitsKey && !p.h.away() {
		p.screen.shownAt = now
		p.stats.shown++
		p.draw(now)
	}
}

// draw takes of the phone's core what a picture on the page costs.
func (p *LivePlayer) draw(now time.Duration) {
	t := &p.h.o.Traits
	p.h.decoders.spend(time.Duration(float64(t.CanvasCost)/t.CPU), now)
}

// undecoded reports the first frame of a row that can't be decoded.
func (p *LivePlayer) undecoded(err error) {
	s := &p.screen
	if errors.Is(err, h264.ErrNeedKey) {
		// What follows a picture that couldn't be decoded isn't missing.
		if s.begun && !s.waitsKey && !s.garbage {
			s.waitsKey = true
			p.code(codeFrameGap)
		}
		p.dropped(h264.Frame{Foreign: true}, p.texts.waitKey)
		return
	}
	if !s.garbage {
		s.garbage = true
		p.code(codeUndecodable)
	}
	p.dropped(h264.Frame{Foreign: true}, p.texts.undecodable)
}

func (p *LivePlayer) dropped(f h264.Frame, why trace.TextID) {
	number := int64(-1)
	if !f.Foreign && f.Reading.OK {
		number = int64(f.Reading.Stamp.Frame)
	}
	ev := p.lost(why)
	ev.V[0] = number
	p.h.emit(ev)
}

// lost is a picture of unknown number that isn't shown.
func (p *LivePlayer) lost(why trace.TextID) trace.Event {
	return trace.Event{Kind: trace.FrameDropped, Peer: p.o.Peer, Text: why, V: [6]int64{-1}}
}

// put shows a picture. What the trace says of it was read from its samples.
func (p *LivePlayer) put(f h264.Frame, at, now time.Duration) {
	s := &p.screen
	p.draw(now)
	p.decoderStarted()
	if !s.key {
		s.key = true
		p.code(codePlayResolution)
		p.code(codeFirstIDR)
	}
	if s.shownAt != 0 && now-s.shownAt > p.params.Stutter {
		p.code(codeStutter)
	}
	ev := trace.Event{At: now, Kind: trace.FrameShown, Actor: p.h.o.Actor, Peer: p.o.Peer,
		V: [6]int64{4: at.Milliseconds(), 5: p.play.speed}}
	ev.V[0], ev.V[1], ev.V[2], ev.V[3] = phone.Seen(f, p.turn(), s.foreign)
	if f.Foreign {
		s.foreign++
	}
	p.h.emit(ev)
	s.shownAt, s.media = now, at
	p.stats.shown++
	if !s.rendered {
		s.rendered = true
		if p.h.o.Traits.OS == phone.Android {
			p.code(codeFirstRendered)
		}
	}
	if p.h.o.Picture != nil {
		p.h.o.Picture(p.h.o.Actor, p.o.Peer, now, f.Picture, ev)
	}
}

// decoderStarted reports the decoder: at once on iOS, at the first picture on Android.
func (p *LivePlayer) decoderStarted() {
	if !p.screen.decoding {
		p.screen.decoding = true
		p.code(codeDecoderStarted)
		if p.soft {
			p.code(codeSoftDecoder)
		}
	}
}

// turn is how far what is decoded is turned before it is shown, in degrees clockwise:
// horizontal makes a picture upright that was turned by 90; one turned by 270 stands on
// its head then. Source: vendor's demo, which sets horizontal for both, and its FAQ;
// fidelity: documented.
func (p *LivePlayer) turn() int {
	if p.o.Orientation == orientationHorizontal {
		return (270 + p.turned) % 360
	}
	return p.turned
}

// fit is which part of a picture of that size is seen in a box, and which part of the
// box it fills, as shares: contain leaves bars, fillCrop cuts edges off.
func (p *LivePlayer) fit(picture, box size) (seen, filled float64) {
	if p.turn()%180 != 0 {
		picture.width, picture.height = picture.height, picture.width
	}
	wide := float64(picture.width) * float64(box.height) / float64(picture.height) / float64(box.width)
	if wide > 1 {
		wide = 1 / wide
	}
	if p.o.ObjectFit == fitFill {
		return wide, 1
	}
	return 1, wide
}
