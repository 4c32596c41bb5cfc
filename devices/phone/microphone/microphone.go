package microphone

import (
	"time"

	"minilab/devices/phone"
	"minilab/devices/phone/sound"
	"minilab/simulator/engine"
	"minilab/simulator/media/aac"
	"minilab/simulator/media/flv"
)

// voiceBPS is the sound's bit rate.
// Source: usual for AAC-LC voice, 48 kHz mono; LiteAV publishes none; fidelity: assumed.
const voiceBPS = 48000

// sparseUnits is how many units of sound are one where media are sparse. Fidelity:
// assumed, for speed alone.
const sparseUnits = 10

// sparseConfig tells decoders that a unit lasts so long: its rate is 4800 Hz, mono.
var sparseConfig = []byte{0x17, 0x80, 0x09, 0x60, 0x08}

// Options say what a microphone hears.
type Options struct {
	Name   string // names the microphone's actor
	UID    uint32
	Traits phone.Traits
	Clip   *flv.Clip // a recording to send instead; may be nil
	// Device gives the samples that lie on Tape beside the units; nil: there are none, and
	// units say themselves how loud they are.
	Device *sound.Device
	Tape   *sound.Tape
	// OnSound gets each unit when its last sample has been captured; Captured is the
	// time of its first.
	OnSound func(u phone.Unit)
}

// Microphone delivers encoded sound between Open and Close, a unit each 21.3 ms.
type Microphone struct {
	e      *engine.Engine
	o      Options
	timer  engine.Timer
	open   bool
	origin time.Duration
	count  uint32 // units since it opened
	seq    uint32 // units ever
	first  uint32 // of them since it opened
	reel   *flv.Reel
}

// New makes a closed microphone.
func New(e *engine.Engine, o Options) *Microphone {
	m := &Microphone{e: e, o: o}
	m.timer = e.NewTimer(e.Add(o.Name, m), 0)
	if o.Clip != nil {
		m.reel = o.Clip.Reel(false)
	}
	return m
}

// Open switches the microphone on, and tells whether it was off.
func (m *Microphone) Open() (begins bool) {
	if m.open {
		return false
	}
	m.open = true
	m.roll()
	return true
}

// Restart has a recording begin anew, now.
func (m *Microphone) Restart() {
	if m.open && m.reel != nil {
		m.roll()
	}
}

// Close switches it off.
func (m *Microphone) Close() {
	m.open = false
	m.timer.Clear()
}

// Config is the decoder configuration of the stream.
func (m *Microphone) Config() []byte {
	if m.reel != nil {
		return m.o.Clip.AudioConfig
	}
	if m.o.Traits.Thin {
		return sparseConfig
	}
	return aac.Config()
}

// units is how many units of sound this phone makes one of.
func (m *Microphone) units() uint32 {
	if m.o.Traits.Thin {
		return sparseUnits
	}
	return 1
}

func (m *Microphone) roll() {
	m.origin, m.count, m.first = m.e.Now(), 0, m.seq
	if m.reel == nil {
		m.timer.Set(m.origin + aac.UnitTime(m.units()))
		return
	}
	if m.reel.Empty() {
		return
	}
	m.reel.Rewind()
	m.timer.Set(m.origin + m.reel.Due())
}

// HandleEvent implements engine.Actor: a unit of sound is complete.
func (m *Microphone) HandleEvent(uint64) {
	if !m.timer.Due() {
		return
	}
	if m.reel != nil {
		u := m.reel.Take()
		m.timer.Set(m.origin + m.reel.Due())
		m.o.OnSound(phone.Unit{Payload: u.Data, Captured: m.e.Now()})
		return
	}
	units := m.units()
	start := m.origin + aac.UnitTime(m.count)
	m.count += units
	m.timer.Set(m.origin + aac.UnitTime(m.count+units))
	s := aac.Stamp{UID: m.o.UID, Seq: m.seq, Captured: start, LevelCentiDB: m.o.Traits.MicLevelCentiDB}
	if m.o.Device != nil {
		s.LevelCentiDB = m.record()
	}
	size := int(units) * voiceBPS / 8 * aac.SamplesPerUnit / aac.SampleRate
	u := phone.Unit{Payload: aac.Encode(s, size), Captured: start, Number: int64(m.seq)}
	m.seq++
	m.o.OnSound(u)
}

// record puts the samples of the unit that is complete on the tape and gives their level.
func (m *Microphone) record() int {
	samples, said := m.o.Tape.Record(m.o.UID, int64(m.seq))
	at := sound.At(m.origin) + sound.UnitAt(int64(m.seq)) - sound.UnitAt(int64(m.first))
	*said = m.o.Device.Capture(at, samples)
	return min(0, sound.LevelOf(samples))
}
