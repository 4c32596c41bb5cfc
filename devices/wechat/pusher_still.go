package wechat

import (
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
)

// still is a picture that is sent again and again instead of the camera's: the waiting
// image in the background, or it or black during a pause.
type still struct {
	on      bool
	again   bool // the next one is a key frame
	black   bool
	encoder *h264.Encoder
	key     time.Duration // when the newest key frame was sent
	alarm   *engine.Alarm
}

// stillKey is the time between two key frames of a still image.
// Source: LiteAV TXLivePushConfig videoEncodeGop 3 s; fidelity: documented.
const stillKey = 3 * time.Second

// stand has the still image go out in the camera's stead, or not, as it is to be: in a
// pause; and the waiting image where the page isn't seen, for its time.
func (p *LivePusher) stand() {
	unseen := p.h.away() || p.h.covered() && !p.away.held
	wanted := p.paused && !p.away.held || unseen && p.o.EnableCamera && p.o.WaitingImage != ""
	switch {
	case !p.started || !wanted || p.h.away() && p.away.over:
		p.endStill()
	case !p.still.on:
		p.beginStill()
	}
}

// beginStill sends the waiting image until it is ended, or black if there is none or it
// can't be loaded.
func (p *LivePusher) beginStill() {
	s := &p.still
	s.on, s.again, s.black = true, true, p.o.WaitingImage == ""
	if _, ok := p.load(p.o.WaitingImage); !ok && !s.black {
		s.black = true
		p.fault(errorImage)
	}
	if s.encoder == nil {
		s.encoder = h264.NewEncoder(h264.EncoderOptions{})
	}
	s.alarm.In(0)
}

// endStill has the camera's pictures follow, if it runs; the next of them is a key frame.
func (p *LivePusher) endStill() {
	if p.still.on {
		p.still.on = false
		p.still.alarm.Clear()
		p.camera.Restart()
	}
}

// onStillDue sends the image once more. It is nobody's picture: its uid is 0.
func (p *LivePusher) onStillDue() {
	s, now := &p.still, p.h.Now()
	s.alarm.In(time.Second / time.Duration(p.params.ImageFPS[p.h.o.Traits.OS]))
	if !p.live {
		return
	}
	u := phone.Unit{Number: -1, Captured: now, Key: s.again || now-s.key >= stillKey}
	if s.again = false; u.Key {
		s.key = now
	}
	u.Payload, _ = s.encoder.Encode(picture.Stamp{Black: s.black}, u.Key, 0)
	p.sendPicture(u)
}

// imaging tells the host that the waiting image is being sent: what keeps its process
// going. imageOver says that its time is over; what stays is a stream of sound at most.
// Source: LiteAV TXLivePushConfig (services opened since 2018-09); fidelity: documented.
func (p *LivePusher) imaging() bool { return p.started && p.live && p.still.on }
func (p *LivePusher) imageOver() {
	p.away.over = true
	p.stand()
}
