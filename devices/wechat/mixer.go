package wechat

import (
	"slices"
	"time"

	"minilab/simulator/engine"
)

// mixerPeriod is how much sound the phone's audio device takes at once; all players
// of the phone move on, and show pictures, at this beat.
// Source: usual audio device buffers of 10-20 ms; fidelity: assumed.
const mixerPeriod = 20 * time.Millisecond

// sparsePeriod is that beat where media are sparse. Fidelity: assumed, for speed alone.
const sparsePeriod = 200 * time.Millisecond

// mixer is the clock of everything that a phone plays: one event for all players.
type mixer struct {
	h       *Host
	e       *engine.Engine
	timer   engine.Timer
	players []*LivePlayer // active ones, in the order in which they were started
}

func newMixer(h *Host) *mixer {
	m := &mixer{h: h, e: h.e}
	m.timer = h.e.NewTimer(h.e.Add(h.o.Name+"/mixer", m), 0)
	h.e.OnEnd(m.end)
	return m
}

// end tells what is being heard when the world ends.
func (m *mixer) end() {
	for _, p := range m.players {
		p.closeSpan(m.e.Now())
	}
}

// period is the beat.
func (m *mixer) period() time.Duration {
	if m.h.o.Traits.Thin {
		return sparsePeriod
	}
	return mixerPeriod
}

func (m *mixer) add(p *LivePlayer) {
	if slices.Contains(m.players, p) {
		return
	}
	m.players = append(m.players, p)
	m.wake()
}

// wake begins, or goes on after there was nothing to play or the process stood still.
func (m *mixer) wake() {
	if m.needed() && !m.timer.Armed() {
		m.timer.Set(m.e.Now() + m.period())
		m.h.sound.listen(m.h)
	}
}

// needed tells whether there is anything to play.
func (m *mixer) needed() bool {
	if len(m.players) > 0 {
		return true
	}
	p := m.h.pushing()
	return m.h.sound.device != nil && (m.h.sound.music.sounds || p != nil && p.music.sounds)
}

// voices are the streams whose sound is mixed.
func (m *mixer) voices() (n int) {
	for _, p := range m.players {
		n += int(flag(p.buffer.heard && p.play.phase == playing && !p.paused))
	}
	return n
}

func (m *mixer) remove(p *LivePlayer) {
	if i := slices.Index(m.players, p); i >= 0 {
		m.players = slices.Delete(m.players, i, i+1)
	}
}

// HandleEvent implements engine.Actor. A tick never changes the list: apps hear of
// codes in events of their own.
func (m *mixer) HandleEvent(uint64) {
	if !m.timer.Due() || !m.needed() || m.h.life.frozen {
		return
	}
	now := m.e.Now()
	m.timer.Set(now + m.period())
	m.h.bear(m.period(), now)
	for _, p := range m.players {
		p.tick(now)
	}
	if m.h.sound.device != nil {
		m.playSound(now)
	}
}
