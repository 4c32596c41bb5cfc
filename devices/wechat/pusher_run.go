package wechat

import (
	"fmt"
	"time"

	"minilab/devices/phone/camera"
	"minilab/devices/phone/microphone"
	"minilab/simulator/engine"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// LivePusher is the live-pusher component. Camera and encoder start first, then the
// connection is made; what is captured before the server accepts the stream is only
// the preview.
type LivePusher struct {
	h       *Host
	o       PusherOptions
	params  pusherParams
	link    *link
	camera  *camera.Camera
	mic     *microphone.Microphone
	still   still
	music   music
	queue   sendQueue
	qos     qos
	size    size
	stats   pusherStats
	uneven  jitter
	gop     keyGap
	status  *engine.Alarm
	control *engine.Alarm

	started   bool // pushing, or trying to
	told      bool // started by the app and not stopped by it
	destroyed bool
	filmed    bool // a picture has come since the camera opened
	live      bool // the server accepted the stream at least once since Start
	paused    bool // by the page
	away      away
	epoch     time.Duration
	sentAt    time.Duration // when a message last left the queue, or it was empty
	headers   [2]bool       // sound and picture configuration sent on this connection

	dropText trace.TextID
}

// NewLivePusher makes the component; it does nothing before Start.
func (h *Host) NewLivePusher(o PusherOptions) (*LivePusher, error) {
	if err := o.validate(h); err != nil {
		return nil, fmt.Errorf("%s: %w", h.o.Name, err)
	}
	p := &LivePusher{h: h, o: o, params: *o.params}
	p.link = newLink(h, p, "push", trace.Nobody, p.params.Link)
	p.camera = camera.New(h.e, camera.Options{Name: h.o.Name + "/camera", UID: o.UID, Traits: h.o.Traits, Clip: o.Clip,
		Hardware: h.hardware, OnPicture: p.onPicture, OnTrouble: p.onTrouble})
	p.mic = microphone.New(h.e, h.microphone(microphone.Options{Name: h.o.Name + "/mic", UID: o.UID, Traits: h.o.Traits, Clip: o.Clip, OnSound: p.onSound}))
	p.status = h.proc.Alarm(p.onStatusDue)
	p.control = h.proc.Alarm(p.onControlDue)
	p.still.alarm = h.proc.Alarm(p.onStillDue)
	p.music.alarm, p.music.volume = h.proc.Alarm(p.onMusicDue), 1
	h.attach(p)
	p.turn()
	p.dropText = h.text("uplink-queue")
	if h.o.Log != nil {
		h.o.Log.Param(trace.Param{Name: h.o.Name + "/camera/start", Value: float64(p.camera.StartDelay()) / float64(time.Millisecond), Unit: "ms", Fidelity: "assumed"})
	}
	if o.AutoPush && o.URL != "" && !h.away() {
		h.proc.After(0, p.Start)
	}
	return p, nil
}

// Start begins to push; it does nothing while pushing. A push that the host has
// stopped in the background begins anew.
func (p *LivePusher) Start() {
	if p.destroyed || p.started && !p.away.held {
		return
	}
	p.halt()
	p.h.log(trace.PushStarted, trace.Nobody, "", p.o.URL, flag(p.o.EnableCamera), flag(!p.silent()))
	p.told = true
	if _, err := parseRTMP(p.o.URL); err != nil {
		p.code(codeBadAddress)
		return
	}
	p.started, p.live, p.paused = true, false, false
	p.away.call = p.h.life.interrupted
	p.h.tune(&p.o)
	p.stats, p.uneven, p.gop = pusherStats{}, jitter{}, keyGap{}
	p.adapt()
	p.code(codePushResolution)
	p.refused(p.o.EnableCamera, !p.silent())
	p.status.In(p.params.StatusInterval)
	p.control.In(p.qos.rule(p.h.Now()).Interval)
	p.filmed = false
	p.stand()
	if p.films() {
		p.lens()
		return
	}
	p.connect()
}

// uncappedKbps is what is sent where max-bitrate is ignored. Source: developers' reports,
// 700-800; fidelity: observed.
const uncappedKbps = 750

// adapt sets camera and encoder to what a push begins with.
func (p *LivePusher) adapt() {
	strategy := p.params.Strategy
	switch {
	case p.h.o.Defects.BitrateStays:
		strategy = adjustNone
	case strategy == "":
		strategy = modeStrategies()[p.o.Mode]
	}
	least, most := p.o.MinBitrateKbps, p.o.MaxBitrateKbps
	if p.h.system().MaxBitrateIgnored {
		most = max(most, uncappedKbps)
	}
	fps := p.camera.SetFPS(p.o.FPS)
	p.qos.begin(p.params.Strategies[strategy], least, most, fps, p.h.Now())
	p.camera.SetBitrate(p.qos.bps)
	p.size = p.o.sizeAt(p.qos.bps, size{})
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
	p.away.held = false
	p.camera.Close()
	p.camera.EndEncoding()
	p.mic.Close()
	p.link.stop()
	p.queue.clear()
	p.status.Clear()
	p.control.Clear()
	p.endStill()
	p.stopMusic()
	p.h.sound.music.follow()
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
	if !p.started {
		return
	}
	p.refused(on, false)
	p.stand()
	p.lens()
	if !p.films() && p.link.state == linkIdle {
		p.connect() // it was waiting for the first picture
	}
}

// SetMic is the attribute enable-mic, which has no effect where the base library
// doesn't know it.
func (p *LivePusher) SetMic(on bool) {
	if p.o.EnableMic != on && p.h.knows(livePusher, "enable-mic") {
		p.o.EnableMic = on
		p.micSwitched()
	}
}

// SetMuted is the attribute muted.
func (p *LivePusher) SetMuted(on bool) {
	if p.o.Muted != on {
		p.o.Muted = on
		p.micSwitched()
	}
}

func (p *LivePusher) micSwitched() {
	p.switched()
	if p.started {
		p.refused(false, !p.silent())
		p.voice()
	}
}

func (p *LivePusher) switched() {
	if p.told {
		p.h.log(trace.PushMedia, trace.Nobody, "", "", flag(p.o.EnableCamera && !p.paused), flag(!p.silent()))
	}
}

// films tells whether the camera is to run.
func (p *LivePusher) films() bool {
	return p.o.EnableCamera && !p.h.denied.camera && !p.paused && !p.h.away() && !p.h.covered() && !p.away.held
}

// lens opens or closes the camera as it is to be. Opened again, it is not reported.
func (p *LivePusher) lens() {
	if !p.started || !p.films() {
		p.camera.Close()
		return
	}
	p.camera.Restart()
	p.camera.Open()
}

// voice opens or closes the microphone as it is to be, once somebody is there to hear.
func (p *LivePusher) voice() {
	p.accompany()
	if p.started && p.live && p.speaks() {
		if p.mic.Open() && p.h.version.MicTold {
			p.code(codeMicStarted)
		}
	} else {
		p.mic.Close()
	}
}

// refused reports the devices that are wanted and that the user denies.
func (p *LivePusher) refused(camera, mic bool) {
	if camera && p.h.denied.camera {
		p.fault(errorCameraDenied)
	}
	if mic && p.h.denied.mic {
		p.fault(errorMicDenied)
	}
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
		p.tell(func() { f(c, codeMessages[c]) })
	}
	if p.h.system().CodesLeak {
		p.h.leak(c)
	}
}

// fault reports an error as binderror does; in the trace it looks like a state code.
func (p *LivePusher) fault(c int) {
	p.h.log(trace.PusherCode, trace.Nobody, "error", codeMessages[c], int64(c))
	if f := p.o.OnError; f != nil && p.h.knows(livePusher, "binderror") {
		p.tell(func() { f(c, codeMessages[c]) })
	}
}

// tell has the page hear of something, unless the component has gone by then.
func (p *LivePusher) tell(f func()) {
	p.h.tell(func() {
		if !p.destroyed {
			f()
		}
	})
}

// linkConnected implements linkOwner.
func (p *LivePusher) linkConnected() {
	if !p.untold() {
		p.code(codePushConnected)
	}
}

// untold: a push of sound alone says nothing after its first code.
func (p *LivePusher) untold() bool { return p.h.version.AudioOnlyUntold && !p.o.EnableCamera }

// linkLive implements linkOwner.
func (p *LivePusher) linkLive() {
	if !p.untold() {
		p.code(codePushBegan)
	}
	if !p.live {
		p.live = true
		p.epoch = p.h.Now()
	}
	p.headers = [2]bool{}
	p.sentAt, p.qos.calmSince = p.h.Now(), p.h.Now()
	p.link.send(p.metadata())
	p.camera.Restart()
	p.mic.Restart()
	p.voice()
	p.still.again = true
}

// linkWritable implements linkOwner.
func (p *LivePusher) linkWritable() { p.flush() }

// linkMedia implements linkOwner: a server sends no media to a pusher.
func (p *LivePusher) linkMedia(rtmp.Message) {}

// linkFailed implements linkOwner.
func (p *LivePusher) linkFailed(f failure) (final bool) {
	waiting := p.queue.len() > 0
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
		// Reading and writing fail each for itself; what waits is being written.
		// Source: a public log of a weak link has it twice; fidelity: inferred.
		p.code(codeReadWriteFailed)
		if waiting {
			p.code(codeReadWriteFailed)
		}
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
