package wechat

import (
	"errors"
	"time"

	"minilab/devices/phone/microphone"
	pcm "minilab/devices/phone/sound"
	"minilab/simulator/media/aac"
	"minilab/simulator/trace"
)

// SoundOptions have a phone hear and play samples, beside the coded units that travel.
type SoundOptions struct {
	Tape  *pcm.Tape // of all phones of the world
	Voice string    // of the phone's owner: pcm.Tone or pcm.Talk
	UID   uint32    // whose frequency the voice has
	// Heard, if not nil, gets what the owner hears, sample number at on; it must not
	// keep the samples.
	Heard func(viewer trace.ActorID, at int64, samples []float64)
}

func (o *SoundOptions) validate() error {
	switch {
	case o.Tape == nil:
		return errors.New("sound: tape missing")
	case o.Voice != pcm.Tone && o.Voice != pcm.Talk:
		return errors.New("sound: a voice is a tone or talk")
	}
	return nil
}

// musicLevel is how loud background music is, in 1/100 dB. Fidelity: assumed.
const musicLevel = -1700

// speaking is the sound side of a host: the phone's audio device, and who holds it.
type speaking struct {
	device *pcm.Device // nil: there are stamps only
	meter  *pcm.Meter  // of all that is played
	route  string      // that the phone's owner has chosen; "": the page's
	music  backing
	// What music costs, and what voices and pictures on the page do, is in the trace's head.
	noted, loadsNoted bool
}

// beginSound sets up the phone's audio device.
func (h *Host) beginSound() error {
	h.sound.music.begin(h)
	o := h.o.Sound
	if o == nil || h.o.Traits.Thin { // what is sparse has no samples
		return nil
	}
	if err := o.validate(); err != nil {
		return err
	}
	device, err := pcm.NewDevice(pcm.DeviceOptions{
		Voice: pcm.NewVoice(o.Voice, aac.Tone(o.UID), h.o.Traits.MicLevelCentiDB, uint64(o.UID)),
		Music: pcm.NewMusic(musicLevel), Rand: h.e.Rand(h.o.Name + "/sound"),
	})
	if err != nil {
		return err
	}
	h.sound.device = device
	return nil
}

// listen begins to measure all that is played.
func (s *speaking) listen(h *Host) {
	if s.device != nil {
		s.meter = pcm.NewMeter(aac.Tone(h.o.Sound.UID), aac.Tone(h.o.Sound.UID))
	}
}

// microphone are the options of the phone's microphone.
func (h *Host) microphone(o microphone.Options) microphone.Options {
	if h.sound.device != nil {
		o.Device, o.Tape = h.sound.device, h.o.Sound.Tape
	}
	return o
}

// tune has the audio device do what a push that begins asks of it.
// Source: live-pusher documentation, enable-agc and enable-ans (LiteAV's own has noise
// suppressed below 32 kHz only; of the component nobody says so); fidelity: documented
// (that there is a gain and a suppressor), assumed (what they do).
func (h *Host) tune(o *PusherOptions) {
	if d := h.sound.device; d != nil {
		d.Improve(o.EnableAGC, o.EnableANS)
	}
	h.sound.music.follow()
}

// SetRoute sends sound to the speaker, the ear or a headset, whatever the page says.
func (h *Host) SetRoute(route string) {
	h.sound.route = route
	h.reroute()
}

// reroute sends sound where the phone's owner wants it, else where the players do.
func (h *Host) reroute() {
	if h.sound.device == nil {
		return
	}
	route := h.sound.route
	if route == "" {
		route = soundSpeaker
		for _, c := range h.components {
			if p, ok := c.(*LivePlayer); ok && p.o.SoundMode == soundEar {
				route = soundEar
			}
		}
	}
	h.sound.device.SetRoute(route)
}

// playSound has the audio device play a period of all players.
func (m *mixer) playSound(now time.Duration) {
	s := &m.h.sound
	at := pcm.At(now)
	s.device.Begin(at)
	for _, p := range m.players {
		p.voice.play(p)
	}
	heard := s.device.Play()
	for _, p := range m.players {
		p.voice.measure(p)
	}
	if s.meter.Add(heard, 0) {
		m.h.measured(trace.Nobody, s.meter.Second())
	}
	if f := m.h.o.Sound.Heard; f != nil {
		f(m.h.o.Actor, at, heard)
	}
}

// measured reports what was heard in the second that has ended.
func (h *Host) measured(of trace.ActorID, x pcm.Measured) {
	h.emit(trace.Event{Kind: trace.AudioMeasured, Peer: of, V: [6]int64{
		int64(h.Now() + mixerPeriod - time.Second), int64(x.Level), int64(x.Least), int64(x.Most), int64(x.Echo), int64(x.Music)}})
}

// voice is the sound side of a player: nil without samples.
type voice struct {
	playout *pcm.Playout
	meter   *pcm.Meter // nil until it is known who is heard
	uid     int64      // who is

	planned       bool    // there is sound for the whole period that begins:
	offset, media int     // so many samples from the beginning of its run
	said          float64 // of what is played; below 0: not known
	out           []float64
	quiet         [pcm.Period]float64
	power         float64 // of what was played since the span began
	periods       int
}

// newVoice makes a player's sound side if the phone has samples.
func (h *Host) newVoice(leveller bool) *voice {
	if h.sound.device == nil {
		return nil
	}
	return &voice{playout: pcm.NewPlayout(leveller), uid: -1}
}

// reset forgets what was received.
func (v *voice) reset() {
	if v != nil {
		v.playout.Reset()
		v.planned = false
	}
}

// silentUnit is what is heard of a unit that has no samples.
var silentUnit [4096]int16

// take decodes a unit; follows tells whether it continues the one before.
func (v *voice) take(p *LivePlayer, s sound, follows bool) {
	if v == nil {
		return
	}
	samples, said := silentUnit[:samplesOf(s, p.buffer.unit)], 0.0
	if s.uid >= 0 && s.level > aac.Silence {
		if x, y := p.h.o.Sound.Tape.Find(uint32(s.uid), int64(s.seq)); len(x) == len(samples) {
			samples, said = x, y
		}
	}
	v.playout.Take(samples, said, follows)
	if s.uid >= 0 && s.uid != v.uid {
		v.uid = s.uid
		v.meter = pcm.NewMeter(aac.Tone(uint32(s.uid)), aac.Tone(p.h.o.Sound.UID))
	}
}

// samplesOf is how many samples a unit has. Three of a member's make a whole number:
// were each silent one rounded for itself, sound would come to lag behind its time.
func samplesOf(s sound, unit time.Duration) int {
	n := pcm.At(unit)
	if one := aac.UnitTime(1); s.uid >= 0 {
		n = pcm.UnitAt(int64(s.seq)+int64((unit+one/2)/one)) - pcm.UnitAt(int64(s.seq))
	}
	return min(int(n), len(silentUnit))
}

// plan has the period that begins play sound from so far into its run, at a speed.
func (v *voice) plan(from, length time.Duration) {
	if v != nil {
		v.planned, v.offset, v.media = true, int(pcm.At(from)), int(pcm.At(length))
	}
}

// play gives the period that begins to the audio device.
func (v *voice) play(p *LivePlayer) {
	var out, decoded []float64
	v.said = -1 // not known
	switch {
	case p.paused:
		v.playout.Reset()
	case v.planned:
		out, decoded = v.playout.Play(v.offset, v.media)
		v.said = v.playout.Said()
	default:
		out = v.playout.Conceal()
	}
	if p.hushed() {
		out, decoded = nil, nil
		v.said = -1
	}
	v.planned = false
	v.out = out
	p.h.sound.device.Add(out, decoded)
}

// measure tells what the phone's owner heard of the stream.
func (v *voice) measure(p *LivePlayer) {
	x := v.quiet[:]
	volume := p.h.sound.device.Volume()
	for i := range x {
		x[i] = 0
		if v.out != nil {
			x[i] = v.out[i] * volume
		}
	}
	v.power += pcm.Power(x)
	v.periods++
	if v.meter != nil && v.meter.Add(x, v.said) {
		p.h.measured(p.o.Peer, v.meter.Second())
	}
}

// level is that of what was heard since the span began, in 1/100 dB.
func (v *voice) level() int64 {
	if v == nil {
		return 0
	}
	level := pcm.Level(v.power / float64(max(1, v.periods)))
	v.power, v.periods = 0, 0
	return int64(level)
}
