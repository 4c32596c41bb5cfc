package wechat

import (
	"fmt"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/aac"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// LivePlayer is the live-player component.
type LivePlayer struct {
	h      *Host
	o      PlayerOptions
	params playerParams
	// The buffer: begin with, resume after loading with, catch up above.
	target, least, most time.Duration

	link    *link
	decoder *h264.Decoder
	soft    bool // the decoder runs on the CPU
	buffer  jitterBuffer
	play    playback
	screen  screen
	stats   playerStats
	uneven  jitter
	gop     keyGap
	size    size // that the publisher claims
	status  *engine.Alarm
	voice   *voice // nil without samples

	started   bool // playing, or trying to
	told      bool // told to play by the app and not stopped by it
	destroyed bool
	dry       bool // ran out of media and has not gone on
	paused    bool // by the page
	turned    int  // by the page, in full screen
	behind    bool // made for a page that wasn't on the screen
	call      bool // a call has the phone's sound
	texts     playerTexts
}

type playerTexts struct{ waitKey, late, undecodable trace.TextID }

// NewLivePlayer makes the component; it does nothing before Play.
func (h *Host) NewLivePlayer(o PlayerOptions) (*LivePlayer, error) {
	if err := o.validate(h); err != nil {
		return nil, fmt.Errorf("%s: %w", h.o.Name, err)
	}
	p := &LivePlayer{h: h, o: o, params: *o.params, behind: h.away()}
	p.target, p.least, p.most = p.params.RTCCache, p.params.RTCMin, p.params.RTCMax
	if p.o.Mode == ModeLive {
		least := time.Duration(p.o.MinCache * float64(time.Second))
		p.target, p.least, p.most = least, least, time.Duration(p.o.MaxCache*float64(time.Second))
	}
	p.link = newLink(h, p, "play", o.Peer, p.params.Link)
	p.status = h.proc.Alarm(p.onStatusDue)
	p.voice = h.newVoice(p.params.Levels)
	h.attach(p)
	h.reroute()
	p.texts = playerTexts{h.text("player-wait-key"), h.text("player-late"), h.text("undecodable")}
	if o.AutoPlay && o.Src != "" {
		h.proc.After(0, p.Play)
	}
	return p, nil
}

// Play begins to play; it does nothing while playing.
func (p *LivePlayer) Play() {
	if p.started || p.destroyed || p.idle() {
		return
	}
	p.h.log(trace.PlayStarted, p.o.Peer, "", p.o.Src)
	p.told = true
	a, err := parseRTMP(p.o.Src)
	if err != nil {
		p.code(codePlayGaveUp)
		return
	}
	p.started = true
	p.screen, p.dry = screen{}, false
	p.stats, p.uneven, p.gop, p.size = playerStats{}, jitter{}, keyGap{}, size{}
	p.paused, p.call = false, p.h.life.interrupted
	p.begin()
	p.status.In(p.params.StatusInterval)
	if p.h.o.Traits.OS == phone.IOS {
		p.decoderStarted()
	}
	p.h.mixer.add(p)
	if p.h.decoders.join(p); p.soft {
		p.h.noteLoads()
	}
	p.link.start(a)
}

// Stop ends playback; why goes into the trace.
func (p *LivePlayer) Stop(why string) {
	p.halt()
	if p.told {
		p.told = false
		p.h.log(trace.PlayStopped, p.o.Peer, "", why)
	}
}

// Destroy is what removing the component from the page, or a new key, does.
func (p *LivePlayer) Destroy() {
	p.Stop("destroyed")
	p.destroyed = true
	p.h.detach(p)
}

// halt stops sound, picture and connection.
func (p *LivePlayer) halt() {
	if !p.started {
		return
	}
	p.started = false
	p.link.stop()
	p.status.Clear()
	p.h.mixer.remove(p)
	p.h.decoders.leave(p)
	p.begin()
}

// begin makes a fresh start with an empty buffer; what was heard ends here.
func (p *LivePlayer) begin() {
	p.closeSpan(p.h.Now())
	p.setSpeed(p.h.Now(), 0)
	p.decoder = h264.NewDecoder(p.h.o.Memo)
	p.buffer.reset()
	p.voice.reset()
	p.play = playback{speed: normalSpeed}
	p.screen.begun, p.screen.waitsKey = false, false
}

// code reports a state code: to the trace now, to the page in an event of its own.
func (p *LivePlayer) code(c int) {
	p.h.log(trace.PlayerCode, p.o.Peer, "", codeMessages[c], int64(c))
	if f := p.o.OnStateChange; f != nil {
		p.tell(func() { f(c, codeMessages[c]) })
	}
}

// tell has the page hear of something, unless the component has gone by then.
func (p *LivePlayer) tell(f func()) {
	p.h.tell(func() {
		if !p.destroyed {
			f()
		}
	})
}

// linkConnected implements linkOwner.
func (p *LivePlayer) linkConnected() { p.code(codePlayConnected) }

// linkLive implements linkOwner: a new connection is a new stream.
func (p *LivePlayer) linkLive() { p.begin() }

// linkWritable implements linkOwner: a player sends nothing that would wait.
func (p *LivePlayer) linkWritable() {}

// linkMedia implements linkOwner.
func (p *LivePlayer) linkMedia(m rtmp.Message) {
	if f := p.h.o.Received; f != nil {
		f(p.h.o.Actor, p.o.Peer, m)
	}
	p.stats.bytes += len(m.Payload)
	switch m.Type {
	case rtmp.TypeAudio:
		p.onSound(m)
	case rtmp.TypeVideo:
		p.onPicture(m)
	case rtmp.TypeData:
		p.onData(m)
	}
}

// onData looks for what the publisher says of its pictures.
func (p *LivePlayer) onData(m rtmp.Message) {
	to, ok := claimedSize(m.Payload)
	if !ok || to == p.size {
		return
	}
	if p.size = to; p.screen.key {
		p.code(codePlayResolution)
	}
}

func (p *LivePlayer) onSound(m rtmp.Message) {
	tag, err := flv.ParseAudio(m.Payload)
	switch {
	case err != nil:
		return
	case tag.Kind == flv.Config:
		p.buffer.unit = aac.LengthOf(tag.Data)
		for _, rate := range p.params.Unheard {
			if p.buffer.unit == aac.SamplesPerUnit*time.Second/time.Duration(rate) {
				p.buffer.unit = 0
			}
		}
		return
	case p.buffer.unit == 0:
		return // nothing can be played before the configuration, or of what isn't heard
	}
	s := sound{uid: -1}
	if stamp, ok := aac.Read(tag.Data); ok {
		s.uid, s.level, s.seq = int64(stamp.UID), int32(stamp.LevelCentiDB), stamp.Seq
	}
	p.stats.audioBytes += len(tag.Data)
	p.buffer.addSound(m.Timestamp, s)
	p.uneven.add(p.h.Now() - p.buffer.soundsEnd)
	for p.paused && p.buffer.sounds.len() > pausedUnits {
		p.buffer.sounds.pop()
	}
	p.arrived()
}

// pausedUnits is how many units of sound a paused player keeps, to go on with: about as
// much as lies between two key frames. Fidelity: assumed.
const pausedUnits = 150

func (p *LivePlayer) onPicture(m rtmp.Message) {
	body := m.Payload
	if p.h.o.Defects.ShowsAnyCodec {
		body = flv.Relabel(body, codecAVC)
	}
	tag, err := flv.ParseVideo(body)
	if err != nil {
		return
	}
	if tag.Kind == flv.End {
		return
	}
	config := tag.Kind == flv.Config
	if p.paused && tag.Key {
		p.buffer.views.clear() // what comes after will do
	}
	if tag.Key && !config {
		p.gop.add(p.h.Now())
	}
	p.buffer.addView(m.Timestamp, view{data: tag.Data, config: config, key: tag.Key && !config})
	if !config {
		p.stats.videoBytes += len(tag.Data)
		p.arrived()
	}
}

// linkFailed implements linkOwner.
func (p *LivePlayer) linkFailed(f failure) (final bool) {
	switch f {
	case nameFailed:
		p.code(codeNameFailed)
	case connectFailed:
		p.code(codeConnectFailed)
	case handshakeFailed:
		p.code(codeHandshakeFailed)
	case broken:
		p.code(codeReadWriteFailed)
	}
	return false
}

// linkRetries implements linkOwner.
func (p *LivePlayer) linkRetries() { p.code(codePlayReconnect) }

// linkGaveUp implements linkOwner.
func (p *LivePlayer) linkGaveUp() {
	p.code(codePlayGaveUp)
	p.halt()
	if p.h.o.Defects.RestartsByItself {
		p.Play()
	}
}
