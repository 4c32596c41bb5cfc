package memory

import (
	"fmt"
	"time"
)

// mb is a million bytes, as fixtures count.
const mb = 1000 * 1000

// Traits are a phone's RAM and who has it, in bytes.
type Traits struct {
	RAM    int64 // 0: not modelled
	Others int64 // what the system and other apps have
	// Limit is what one app may have before the system ends it (jetsam); 0: none.
	// Source: developers' measurements on iPhones (Stack Overflow 5887248); fidelity:
	// observed.
	Limit int64
}

// Validate tells what makes no sense.
func (t Traits) Validate() error {
	if t.RAM < 0 || t.Others < 0 || t.Limit < 0 || t.RAM > 0 && t.Others >= t.RAM {
		return fmt.Errorf("memory: %d bytes, of which others have %d, and a limit of %d", t.RAM, t.Others, t.Limit)
	}
	return nil
}

// Params are what WeChat with an open page takes. None of it is published, so all
// of it is assumed: chosen so that a call of two goes on for hours, and one of seven on
// an iPhone with 1 GB ends within a quarter of an hour.
type Params struct {
	Base    int64 // WeChat and the page without components
	Pusher  int64 // camera, preview and encoder
	Player  int64 // a player's buffers and its canvas on the page
	Decoder int64 // the surfaces of a decoder of pictures, in addition
	Voice   int64 // a stream that the mixer mixes, in addition
	// Leak is lost for each hour that a decoder runs, VoiceLeak for a stream mixed.
	Leak, VoiceLeak int64
	// Caches are what WeChat keeps for speed, gives up at a warning, and fills again at
	// CachesBack a second.
	Caches, CachesBack int64
	// Short is how little may be free before the system warns.
	Short int64
}

// DefaultParams are assumed; see Params.
func DefaultParams() Params {
	return Params{
		Base: 230 * mb, Pusher: 45 * mb, Player: 4 * mb, Decoder: 11 * mb, Voice: 1 * mb,
		Leak: 150 * mb, VoiceLeak: 4 * mb,
		Caches: 60 * mb, CachesBack: 2 * mb, Short: 60 * mb,
	}
}

// Components are what a page has on it.
type Components struct {
	Pushers  int // that run
	Players  int // that run
	Decoders int // of them, those that decode pictures
	Voices   int // of them, those with sound
}

// Pressure is what too little memory leads to.
type Pressure int

// The kinds of Pressure, the worst last.
const (
	None          Pressure = iota
	Moderate               // little memory is free
	Low                    // less than half of that
	Critical               // less than a quarter
	LimitExceeded          // the app has more than the system lets one have
)

// Memory follows what WeChat takes of a phone's memory.
type Memory struct {
	t      Traits
	p      Params
	at     time.Duration // when it was looked at last
	now    Components    // since then
	leaked float64
	caches float64
}

// New makes the memory of a phone that opens WeChat at a time.
func New(t Traits, p Params, at time.Duration) *Memory {
	return &Memory{t: t, p: p, at: at}
}

// Params are the numbers that it goes by.
func (m *Memory) Params() Params { return m.p }

// Modelled tells whether the phone has a memory at all.
func (m *Memory) Modelled() bool { return m.t.RAM > 0 }

// Used is what WeChat takes, in bytes.
func (m *Memory) Used() int64 {
	p, c := &m.p, m.now
	return p.Base + int64(c.Pushers)*p.Pusher + int64(c.Players)*p.Player + int64(c.Decoders)*p.Decoder +
		int64(c.Voices)*p.Voice + int64(m.leaked) + int64(m.caches)
}

// Free is what nobody has, in bytes.
func (m *Memory) Free() int64 { return m.t.RAM - m.t.Others - m.Used() }

// Look moves on to a time since when the page has had what it had before, and tells what
// follows from what it has now. At a warning WeChat gives up its caches.
func (m *Memory) Look(at time.Duration, c Components) Pressure {
	hours := (at - m.at).Hours()
	m.leaked += hours * (float64(m.now.Decoders)*float64(m.p.Leak) + float64(m.now.Voices)*float64(m.p.VoiceLeak))
	m.caches = min(float64(m.p.Caches), m.caches+(at-m.at).Seconds()*float64(m.p.CachesBack))
	m.at, m.now = at, c
	if m.t.Limit > 0 && m.Used() > m.t.Limit {
		return LimitExceeded
	}
	level := m.level()
	if level == None {
		return None
	}
	m.caches = 0
	return level
}

func (m *Memory) level() Pressure {
	switch free := m.Free(); {
	case free < m.p.Short/4:
		return Critical
	case free < m.p.Short/2:
		return Low
	case free < m.p.Short:
		return Moderate
	}
	return None
}
