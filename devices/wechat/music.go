package wechat

import (
	"time"

	"minilab/devices/phone/fault"
	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// backing is music that the page plays beside the call, with an audio player of its
// own. The call wants the phone's audio device set up for calls, the music for media;
// each sets it up anew when it finds that the other has had its way.
type backing struct {
	h      *Host
	on     bool // the page has it play
	sounds bool // and it does
	media  bool // the device is set up for media
	turn   *engine.Alarm
	ready  *engine.Alarm // the device is set up
	busy   bool          // it is being set up
}

// Source of the two volumes and of the trouble: release notes, and developers' reports
// of music that goes to the earpiece, of voices that change their loudness and of
// stalls; how often each side has its way isn't published. Fidelity: assumed.
const (
	setupTime   = 260 * time.Millisecond // an audio device needs to be set up anew
	callInsists = 4 * time.Second        // until a call wants the device back
	musicGoesOn = 3 * time.Second        // until music, at its next buffer, does
)

func (b *backing) begin(h *Host) {
	b.h = h
	b.turn = h.proc.Alarm(b.flip)
	b.ready = h.proc.Alarm(b.setUp)
}

// PlayBGM has the page play background music, any or from a URL: with an audio player of
// its own, or (by fault.ByPusher) through its live-pusher, if that is started and the base
// library has playBGM.
func (h *Host) PlayBGM(by, url string) {
	if by != fault.ByPusher {
		h.sound.music.on = true
		h.music()
		return
	}
	if url == "" {
		url = anyMusic
	}
	if p := h.pushing(); p != nil {
		p.Operate("playBGM", url, nil)
	}
}

// anyMusic is a file that is there.
const anyMusic = "music.mp3"

// StopBGM ends what plays by that, and nothing that plays by the other.
func (h *Host) StopBGM(by string) {
	if by != fault.ByPusher {
		h.sound.music.on = false
		h.music()
		return
	}
	if p := h.pushing(); p != nil && p.music.url != "" {
		p.Operate("stopBGM", nil, nil)
	}
}

// music has the page's music sound if it may, and a page that was left go on with it or
// rest without it.
func (h *Host) music() {
	if h.sound.music.decide() {
		h.rest()
	}
}

// decide has the music sound if it may. A call of the phone takes it away; so does
// leaving the page, unless the page goes on to be heard, or this WeChat lets music that
// was never declared go on. It is back when the page is.
// Source: wx.onAudioInterruptionBegin (all sound of a mini-program is paused), background
// audio must be declared from 6.7.2 on, which the demo doesn't; fidelity: documented
// (that it is back by itself: assumed).
func (b *backing) decide() (changed bool) {
	l := &b.h.life
	seen := l.state == onScreen || l.state == behind && (l.sound || b.h.version.MusicBehind)
	sounds := b.on && seen && !l.interrupted
	if sounds == b.sounds {
		return false
	}
	b.sounds = sounds
	if d := b.h.sound.device; d != nil {
		d.PlayMusic(sounds)
	}
	if b.set(sounds || b.h.callIsMedia()); !sounds {
		b.turn.Clear()
	}
	b.h.mixer.wake()
	return true
}

// set begins to set up the device for media or for calls.
func (b *backing) set(media bool) {
	if b.media == media {
		return
	}
	b.media, b.busy = media, true
	if d := b.h.sound.device; d != nil {
		d.Pause(true)
	}
	for _, c := range b.h.components {
		if p, ok := c.(*LivePlayer); ok {
			p.closeSpan(b.h.Now())
		}
	}
	b.ready.In(setupTime)
	if media {
		b.turn.In(callInsists)
	} else {
		b.turn.In(musicGoesOn)
	}
}

// callIsMedia tells whether the call wants the device set up for media, as music does.
// Source: live-pusher documentation, audio-volume-type; TRTC documentation of the two
// volumes (a call that has begun takes the volume of calls unless told otherwise);
// fidelity: documented. That the volume of calls brings the phone's own echo canceller is
// not modelled: nobody says what it does to an echo, and the release notes know of echo in
// calls that had it; the software's own runs with both.
func (h *Host) callIsMedia() bool {
	p := h.pushing()
	return p != nil && p.o.AudioVolumeType == volumeMedia
}

// follow has the device be set up as a push that begins or ends wants it. Nothing sounds
// yet, or any more, that would stall; while music does, the device is its.
func (b *backing) follow() {
	if b.sounds {
		return
	}
	if b.media = b.h.callIsMedia(); !b.busy {
		b.setUp()
	}
}

// setUp: the device plays and captures again.
func (b *backing) setUp() {
	b.busy = false
	if d := b.h.sound.device; d != nil {
		d.SetMedia(b.media)
		d.Pause(false)
	}
}

// flip: the other side finds that the device isn't set up as it needs it. Without a
// call nobody minds, nor does one that takes the volume of media.
func (b *backing) flip() {
	if p := b.h.pushing(); b.media && (p == nil || p.deaf() || b.h.callIsMedia()) {
		b.turn.In(callInsists)
		return
	}
	b.set(!b.media)
}

// pushing is the live-pusher of the page that is started; nil: none.
func (h *Host) pushing() *LivePusher {
	for _, c := range h.components {
		if p, ok := c.(*LivePusher); ok && p.started {
			return p
		}
	}
	return nil
}

// bear takes of the phone's core what playing music and mixing voices costs in a period.
func (h *Host) bear(period, now time.Duration) {
	load := float64(h.mixer.voices()) * h.o.Traits.VoiceLoad
	p := h.pushing()
	if h.sound.music.sounds || p != nil && p.music.sounds {
		h.noteMusic()
		load += h.o.Traits.MusicLoad
	}
	h.decoders.spend(time.Duration(float64(period)*load/h.o.Traits.CPU), now)
}

// noteLoads names in the trace's head what else takes of the core that decodes, once any
// stream is decoded there.
func (h *Host) noteLoads() {
	if t := &h.o.Traits; h.o.Log != nil && !h.sound.loadsNoted {
		h.sound.loadsNoted = true
		h.o.Log.Param(trace.Param{Name: h.o.Name + "/mixer/load", Value: t.VoiceLoad / t.CPU, Unit: "core", Fidelity: "assumed"})
		h.o.Log.Param(trace.Param{Name: h.o.Name + "/canvas/cost", Value: t.CanvasCost.Seconds() * 1000 / t.CPU, Unit: "ms", Fidelity: "assumed"})
	}
}

// noteMusic names the load in the trace's head, once there is any.
func (h *Host) noteMusic() {
	if h.o.Log != nil && !h.sound.noted {
		h.sound.noted = true
		h.o.Log.Param(trace.Param{Name: h.o.Name + "/music/load", Value: h.o.Traits.MusicLoad / h.o.Traits.CPU, Unit: "core", Fidelity: "assumed"})
	}
}
