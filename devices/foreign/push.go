package foreign

import (
	"time"

	"minilab/devices/phone"
	"minilab/devices/phone/sound"
	"minilab/simulator/media/aac"
	"minilab/simulator/media/flv"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// push is a member's stream while it is published.
type push struct {
	s       *session
	feed    Feed
	epoch   time.Duration
	headers [2]bool // the decoder configurations of sound and pictures that were sent
}

// talker makes the device that the member speaks into. It plays nothing, so that
// nothing of it comes back: what these SDKs do about echo is not modelled.
func (m *Member) talker() (*sound.Device, error) {
	voice := sound.NewVoice(m.o.Voice, aac.Tone(m.o.UID), m.o.Traits.MicLevelCentiDB, uint64(m.o.UID))
	return sound.NewDevice(sound.DeviceOptions{Voice: voice, Rand: m.e.Rand(m.o.Name + "/sound")})
}

// publish asks for a feed and films and speaks into it once it is there.
func (m *Member) publish() {
	if m.state != stateJoined || m.push != nil {
		return
	}
	s := m.session
	m.asked++
	asked := m.asked
	s.up(func(seat Seat) {
		feed, err := seat.Publish()
		if err != nil {
			return // for the world to log: an SDK's error is nothing that media shows
		}
		s.down(func() {
			if m.asked != asked { // asked for again, or not wanted any more
				s.up(func(Seat) { feed.Close() })
				return
			}
			m.begin(&push{s: s, feed: feed, epoch: m.e.Now()})
		})
	})
}

func (m *Member) begin(p *push) {
	m.push = p
	m.log(trace.PushStarted, trace.Nobody, "", "", flag(m.camera), flag(m.mic))
	m.devices()
	m.lens.Restart()
	m.ear.Restart()
}

// unpublish ends the stream.
func (m *Member) unpublish(why string) {
	m.asked++
	p := m.push
	if p == nil {
		return
	}
	m.push = nil
	m.devices()
	m.log(trace.PushStopped, trace.Nobody, "", why)
	p.s.up(func(Seat) { p.feed.Close() })
}

// switched is called when camera or microphone was switched.
func (m *Member) switched() {
	if m.push != nil {
		m.log(trace.PushMedia, trace.Nobody, "", "", flag(m.camera), flag(m.mic))
		m.devices()
	}
}

// devices opens and closes camera and microphone as they are wanted.
func (m *Member) devices() {
	if m.push != nil && m.camera {
		m.lens.Open()
	} else {
		m.lens.Close()
		m.lens.Restart() // so that it begins with a key frame when it comes back
	}
	if m.push != nil && m.mic {
		m.ear.Open()
	} else {
		m.ear.Close()
	}
}

// onPicture is called by the camera.
func (m *Member) onPicture(time.Duration) {
	u := m.lens.Encode()
	m.emit(trace.Event{Kind: trace.FrameCaptured, Peer: trace.Nobody, V: [6]int64{u.Number, flag(u.Key), int64(len(u.Payload))}})
	if u.Oversized() {
		m.emit(trace.Event{Kind: trace.FrameOversized, Peer: trace.Nobody, V: [6]int64{u.Number, int64(u.Modelled), int64(u.Taken)}})
	}
	p := m.push
	if !p.headers[1] {
		p.headers[1] = true
		m.sendVideo(flv.VideoConfig(m.lens.Config()))
	}
	m.sendVideo(flv.VideoTag(u.Key, u.Payload))
}

// onSound is called by the microphone.
func (m *Member) onSound(u phone.Unit) {
	p := m.push
	if !p.headers[0] {
		p.headers[0] = true
		m.send(rtmp.TypeAudio, flv.AudioConfig(m.ear.Config()))
	}
	m.send(rtmp.TypeAudio, flv.AudioTag(u.Payload))
}

func (m *Member) sendVideo(body []byte) {
	if m.o.Codec == VP8 {
		body = flv.Relabel(body, codecVP8)
	}
	m.send(rtmp.TypeVideo, body)
}

// send sends a message into the feed, stamped with the time at which it was made.
func (m *Member) send(kind uint8, body []byte) {
	p := m.push
	stamp := uint32((m.e.Now() - p.epoch + time.Millisecond/2) / time.Millisecond)
	p.s.up(func(Seat) { p.feed.Media(rtmp.Message{Type: kind, Timestamp: stamp, Payload: body}) })
}
