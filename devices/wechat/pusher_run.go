package wechat

import (
	"fmt"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/flv"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// LivePusher is the live-pusher component. Camera and encoder start first, then the
// connection is made; what is captured before the server accepts the stream is only
// the preview.
type LivePusher struct {
	h       *Host
	o       PusherOptions
	params  PusherParams
	link    *link
	camera  *phone.Camera
	mic     *phone.Microphone
	queue   sendQueue
	qos     qos
	stats   pusherStats
	status  *engine.Alarm
	control *engine.Alarm

	started   bool // pushing, or trying to
	told      bool // started by the app and not stopped by it
	destroyed bool
	filmed    bool // a picture has come since the camera opened
	live      bool // the server accepted the stream at least once since Start
	epoch     time.Duration
	sentAt    time.Duration // when a message last left the queue, or it was empty
	headers   [2]bool       // sound and picture configuration sent on this connection

	dropText trace.TextID
}

// NewLivePusher makes the component; it does nothing before Start.
func (h *Host) NewLivePusher(o PusherOptions) (*LivePusher, error) {
	if err := o.validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", h.o.Name, err)
	}
	p := &LivePusher{h: h, o: o, params: *o.Params}
	p.link = newLink(h, p, "push", trace.Nobody, p.params.Link)
	p.camera = phone.NewCamera(h.e, phone.CameraOptions{Name: h.o.Name + "/camera", UID: o.UID, Traits: h.o.Traits, Clip: o.Clip, OnPicture: p.onPicture})
	p.mic = phone.NewMicrophone(h.e, phone.MicrophoneOptions{Name: h.o.Name + "/mic", UID: o.UID, Traits: h.o.Traits, Clip: o.Clip, OnSound: p.onSound})
	p.status = h.proc.Alarm(p.onStatusDue)
	p.control = h.proc.Alarm(p.onControlDue)
	h.attach(p)
	p.dropText = h.text("uplink-queue")
	if h.o.Log != nil {
		h.o.Log.Param(trace.Param{Name: h.o.Name + "/camera/start", Value: float64(p.camera.StartDelay()) / float64(time.Millisecond), Unit: "ms", Fidelity: "assumed"})
	}
	return p, nil
}

// Start begins to push; it does nothing while pushing.
func (p *LivePusher) Start() {
	if p.started || p.destroyed {
		return
	}
	p.h.log(trace.PushStarted, trace.Nobody, "", p.o.URL, flag(p.o.EnableCamera), flag(p.o.EnableMic))
	p.told = true
	if _, err := parseRTMP(p.o.URL); err != nil {
		p.code(codeBadAddress)
		return
	}
	p.started, p.live = true, false
	p.stats = pusherStats{}
	p.qos.begin(p.o.MinBitrateKbps, p.o.MaxBitrateKbps, p.h.Now())
	p.camera.SetBitrate(p.qos.bps)
	p.code(codePushResolution)
	p.status.In(p.params.StatusInterval)
	p.control.In(p.params.QoSInterval)
	if p.o.EnableCamera {
		p.openCamera()
		return
	}
	p.connect()
}

// Stop ends the push; why goes into the trace.
func (p *LivePusher) Stop(why string) {
	if p.told {
		p.told = false
		p.h.log(trace.PushStopped, trace.Nobody, "", why)
	}
	p.halt()
}

// Destroy is what removing the component from the page does.
func (p *LivePusher) Destroy() {
	p.Stop("destroyed")
	p.destroyed = true
	p.h.detach(p)
}

// halt stops devices and connection.
func (p *LivePusher) halt() {
	p.started = false
	p.camera.Close()
	p.mic.Close()
	p.link.stop()
	p.queue.clear()
	p.status.Clear()
	p.control.Clear()
}

// SetURL changes the address; the next Start uses it.
func (p *LivePusher) SetURL(url string) { p.o.URL = url }

// SetCamera is the attribute enable-camera.
func (p *LivePusher) SetCamera(on bool) {
	if p.o.EnableCamera == on {
		return
	}
	p.o.EnableCamera = on
	p.switched()
	switch {
	case !p.started:
	case on:
		p.openCamera()
	default:
		p.camera.Close()
		if p.link.state == linkIdle {
			p.connect() // it was waiting for the first picture
		}
	}
}

// SetMic is the attribute enable-mic, or the reverse of muted.
func (p *LivePusher) SetMic(on bool) {
	if p.o.EnableMic == on {
		return
	}
	p.o.EnableMic = on
	p.switched()
	switch {
	case !p.started:
	case !on:
		p.mic.Close()
	case p.live:
		p.mic.Open()
	}
}

func (p *LivePusher) switched() {
	if p.told {
		p.h.log(trace.PushMedia, trace.Nobody, "", "", flag(p.o.EnableCamera), flag(p.o.EnableMic))
	}
}

func (p *LivePusher) openCamera() {
	p.filmed = false
	p.camera.Restart()
	p.camera.Open()
}

func (p *LivePusher) connect() {
	a, err := parseRTMP(p.o.URL)
	if err != nil {
		p.code(codeBadAddress)
		return
	}
	p.link.start(a)
}

// code reports a state code: to the trace now, to the page in an event of its own.
func (p *LivePusher) code(c int) {
	p.h.log(trace.PusherCode, trace.Nobody, "", codeMessages[c], int64(c))
	if f := p.o.OnStateChange; f != nil {
		p.h.tell(func() {
			if !p.destroyed {
				f(c, codeMessages[c])
			}
		})
	}
}

// onPicture is called by the camera.
func (p *LivePusher) onPicture(captured time.Duration) {
	if !p.filmed {
		p.filmed = true
		p.code(codeCameraOpened)
		p.code(codeFirstCapture)
		p.code(codeEncoderStarted)
		if p.link.state == linkIdle {
			p.connect()
		}
	}
	if !p.live {
		return
	}
	u := p.camera.Encode()
	p.h.emit(trace.Event{Kind: trace.FrameCaptured, Peer: trace.Nobody, V: [6]int64{u.Number, flag(u.Key), int64(len(u.Payload))}})
	if u.Oversized() {
		p.h.emit(trace.Event{Kind: trace.FrameOversized, Peer: trace.Nobody, V: [6]int64{u.Number, int64(u.Modelled), int64(u.Taken)}})
	}
	p.stats.captured(len(u.Payload))
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
	p.stats.audioBytes += len(u.Payload)
	if !p.link.flowing() {
		return
	}
	p.queue.addAudio(queued{at: p.h.Now(), message: rtmp.Message{
		Type: rtmp.TypeAudio, Timestamp: p.timestamp(), Payload: flv.AudioTag(u.Payload)}},
		p.params.AudioQueue)
	p.flush()
}

// timestamp is that of a message made now: sound is stamped with its end, so that the
// stream's timestamps never go back.
func (p *LivePusher) timestamp() uint32 {
	return uint32((p.h.Now() - p.epoch + time.Millisecond/2) / time.Millisecond)
}

func (p *LivePusher) dropped(number int64) {
	p.h.emit(trace.Event{Kind: trace.FrameDropped, Peer: p.h.o.Actor, Text: p.dropText, V: [6]int64{number}})
}

// flush hands over what the socket has room for.
func (p *LivePusher) flush() {
	for p.queue.len() > 0 && p.link.room(p.params.SocketBacklog) {
		m := p.queue.pop().message
		p.header(m)
		p.stats.sentBytes += len(m.Payload)
		p.sentAt = p.h.Now()
		p.link.send(m)
	}
	if p.queue.len() == 0 {
		p.sentAt = p.h.Now()
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
		m.Payload = flv.AudioConfig(p.mic.Config())
	}
	p.link.send(m)
}

// linkConnected implements linkOwner.
func (p *LivePusher) linkConnected() { p.code(codePushConnected) }

// linkLive implements linkOwner.
func (p *LivePusher) linkLive() {
	p.code(codePushBegan)
	if !p.live {
		p.live = true
		p.epoch = p.h.Now()
	}
	p.headers = [2]bool{}
	p.sentAt, p.qos.calmSince = p.h.Now(), p.h.Now()
	p.link.send(p.metadata())
	p.camera.Restart()
	p.mic.Restart()
	if p.o.EnableMic {
		p.mic.Open()
	}
}

// linkWritable implements linkOwner.
func (p *LivePusher) linkWritable() { p.flush() }

// linkMedia implements linkOwner: a server sends no media to a pusher.
func (p *LivePusher) linkMedia(rtmp.Message) {}

// linkFailed implements linkOwner.
func (p *LivePusher) linkFailed(f failure) (final bool) {
	p.queue.drop(p.dropped)
	switch f {
	case nameFailed:
		p.code(codeNameFailed)
	case connectFailed:
		p.code(codeConnectFailed)
	case handshakeFailed:
		p.code(codeHandshakeFailed)
	case refused:
		// A refusal of the first attempt is final; while reconnecting, the server may
		// still hold the connection that was lost.
		// Source: live-pusher documentation and a public log of a weak link; fidelity: inferred.
		if p.link.firstTry() {
			p.code(codeServerClosed)
			return true
		}
		p.code(codeServerRefused)
	case serverClosed:
		p.code(codeServerClosed)
	case broken:
		p.code(codeReadWriteFailed)
	}
	return false
}

// linkRetries implements linkOwner.
func (p *LivePusher) linkRetries() { p.code(codePushReconnect) }

// linkGaveUp implements linkOwner.
func (p *LivePusher) linkGaveUp() {
	p.code(codePushGaveUp)
	p.halt()
	if p.h.o.Defects.RestartsByItself {
		p.Start()
	}
}
