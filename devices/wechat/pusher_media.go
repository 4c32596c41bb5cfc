package wechat

import (
	"time"

	"minilab/devices/phone"
	"minilab/simulator/media/aac"
	"minilab/simulator/media/flv"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// onPicture is called by the camera.
func (p *LivePusher) onPicture(captured time.Duration) {
	if !p.filmed {
		p.filmed = true
		p.code(codeCameraOpened)
		p.code(codeFirstCapture)
		p.camera.BeginEncoding()
		p.code(codeEncoderStarted)
		if p.link.state == linkIdle {
			p.connect()
		}
	}
	if !p.live || p.still.on {
		return
	}
	u := p.camera.Encode()
	if !u.Sized {
		p.h.emit(trace.Event{Kind: trace.FrameCaptured, Peer: trace.Nobody, V: [6]int64{u.Number, flag(u.Key), int64(len(u.Payload))}})
	}
	if u.Payload == nil {
		return // the encoder gives nothing
	}
	p.h.decoders.spend(p.camera.EncodingTime(), p.h.Now())
	if u.Oversized() {
		p.h.emit(trace.Event{Kind: trace.FrameOversized, Peer: trace.Nobody, V: [6]int64{u.Number, int64(u.Modelled), int64(u.Taken)}})
	}
	p.sendPicture(u)
}

// sendPicture queues an encoded picture.
func (p *LivePusher) sendPicture(u phone.Unit) {
	p.stats.captured(len(u.Payload))
	if u.Key {
		p.gop.add(p.h.Now())
	}
	if !p.link.flowing() {
		p.dropped(u.Number)
		return
	}
	p.queue.addVideo(queued{at: p.h.Now(), number: u.Number, key: u.Key, message: rtmp.Message{
		Type: rtmp.TypeVideo, Timestamp: p.timestamp(), Payload: flv.VideoTag(u.Key, u.Payload)}},
		p.params.VideoQueue, p.dropped)
	p.flush()
}

// onSound is called by the microphone.
func (p *LivePusher) onSound(u phone.Unit) {
	if p.silent() {
		u.Payload = silence(u.Payload)
	}
	if p.o.AudioQuality == qualityLow && u.Number%lowShare != 0 {
		return // a unit of 16 kHz is as long as three of 48 kHz
	}
	p.stats.audioBytes += len(u.Payload)
	if !p.link.flowing() {
		return
	}
	p.queue.addAudio(queued{at: p.h.Now(), message: rtmp.Message{
		Type: rtmp.TypeAudio, Timestamp: p.timestamp(), Payload: flv.AudioTag(u.Payload)}},
		p.params.AudioQueue)
	p.flush()
}

// lowShare is how many units of high audio-quality take the time of one of low.
const lowShare = 3

// lowRate is the sample rate of low audio-quality, as an index of an AudioSpecificConfig.
// Source: live-pusher documentation, 16 kHz; ISO/IEC 14496-3, table 1.18; fidelity: documented.
const lowRate = 8

// soundConfig is the decoder configuration of the sound sent.
func (p *LivePusher) soundConfig() []byte {
	c := p.mic.Config()
	if p.o.AudioQuality == qualityLow && len(c) >= 2 {
		c = []byte{c[0]&^0x07 | lowRate>>1, c[1]&0x7f | lowRate<<7&0x80}
	}
	return c
}

// silentKbps is the rate of muted sound. Source: LiteAV TXLivePusher documentation,
// about 5 kbit/s; fidelity: documented.
const silentKbps = 5

// speaks tells whether the microphone is to run; silent, whether what it hears is not
// to be heard.
func (p *LivePusher) speaks() bool {
	return (!p.silent() || p.h.version.MutedSilence) && !p.h.denied.mic && !p.deaf()
}
func (p *LivePusher) silent() bool { return !p.o.EnableMic || p.o.Muted }

// silence is a unit that says nothing, at the rate of muted sound; its stamp, which is
// how sound is told from other sound, needs more bytes than that rate has.
func silence(unit []byte) []byte {
	s, ok := aac.Read(unit)
	if !ok {
		return unit
	}
	s.LevelCentiDB = aac.Silence
	return aac.Encode(s, silentKbps*1000/8*aac.SamplesPerUnit/aac.SampleRate)
}

// timestamp is that of a message made now: sound is stamped with its end, so that the
// stream's timestamps never go back.
func (p *LivePusher) timestamp() uint32 {
	return uint32((p.h.Now() - p.epoch + time.Millisecond/2) / time.Millisecond)
}

// dropped reports a picture of the camera's that goes no further.
func (p *LivePusher) dropped(number int64) {
	if number >= 0 {
		p.h.emit(trace.Event{Kind: trace.FrameDropped, Peer: p.h.o.Actor, Text: p.dropText, V: [6]int64{number}})
	}
}

// flush hands over what the socket has room for.
func (p *LivePusher) flush() {
	now := p.h.Now()
	for p.queue.len() > 0 && p.link.room(p.params.SocketBacklog) {
		q := p.queue.pop()
		m := q.message
		p.uneven.add(now - q.at)
		p.header(m)
		p.stats.sentBytes += len(m.Payload)
		p.sentAt = now
		p.link.send(m)
	}
	if p.queue.len() == 0 {
		p.sentAt = now
	}
}

// header sends a medium's decoder configuration before its first message.
func (p *LivePusher) header(m rtmp.Message) {
	video := m.Type == rtmp.TypeVideo
	i := flag(video)
	if p.headers[i] {
		return
	}
	p.headers[i] = true
	if video {
		m.Payload = flv.VideoConfig(p.camera.Config())
	} else {
		m.Payload = flv.AudioConfig(p.soundConfig())
	}
	p.link.send(m)
}

// onControlDue reconsiders the bitrate and looks whether anything is sent at all.
func (p *LivePusher) onControlDue() {
	p.control.In(p.qos.rule(p.h.Now()).Interval)
	if !p.link.flowing() {
		return
	}
	now := p.h.Now()
	if p.queue.len() > 0 && now-p.sentAt > p.params.SendStall {
		p.code(codeSendStalled)
		p.link.fail(broken, "nothing sent")
		return
	}
	was, wasFPS := p.qos.bps, p.qos.fps
	queue := p.queue.span(now)
	if p.qos.warns(&p.params, queue, now) {
		p.code(codeUplinkPoor)
	}
	if p.qos.decide(queue, now); p.qos.fps != wasFPS {
		p.camera.SetFPS(p.qos.fps)
	}
	if p.qos.bps != was && p.camera.SetBitrate(p.qos.bps) {
		p.code(codePushBitrate)
		p.resize()
	}
}

// resize has the picture's size follow the bitrate. Another size begins with a key frame.
func (p *LivePusher) resize() {
	to := p.o.sizeAt(p.qos.bps, p.size)
	if to == p.size || !p.qos.rule(p.h.Now()).Resolution {
		return
	}
	p.size = to
	p.code(codePushResolution)
	p.camera.Restart()
	p.link.send(p.metadata())
}
