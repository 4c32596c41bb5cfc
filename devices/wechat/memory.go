package wechat

import (
	"time"

	"minilab/devices/phone/memory"
	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// memoryLook is how often the phone's memory is looked at. Fidelity: assumed.
const memoryLook = time.Second

// memoryWatch watches over what WeChat takes of the phone's.
type memoryWatch struct {
	*memory.Memory
	alarm *engine.Alarm
	level memory.Pressure // that Android warned of last
	noted bool
}

func (h *Host) beginMemory() {
	m := &h.memory
	p := memory.DefaultParams()
	if h.o.MemoryParams != nil {
		p = *h.o.MemoryParams
	}
	m.Memory, m.level = memory.New(h.o.Traits.Memory, p, h.Now()), memory.None
	if !m.Modelled() {
		return
	}
	if m.alarm == nil {
		m.alarm = h.life.system.Alarm(h.lookAtMemory)
	}
	m.alarm.In(memoryLook)
}

// weighs are the components whose memory counts.
func (h *Host) weighs() memory.Components {
	var c memory.Components
	for _, x := range h.components {
		switch x := x.(type) {
		case *LivePusher:
			if x.started {
				c.Pushers++
			}
		case *LivePlayer:
			if x.started {
				c.Players++
				c.Decoders += int(flag(x.buffer.seen))
				c.Voices += int(flag(x.buffer.heard))
			}
		}
	}
	return c
}

// levels are the words of memory.Pressure.
var levels = map[memory.Pressure]string{memory.Moderate: "moderate", memory.Low: "low", memory.Critical: "critical"}

// lookAtMemory acts upon what the phone's memory has come to. iOS warns each time that
// too little is free and ends the whole app above its limit; Android warns of a level
// once; what it ends when nothing is left isn't modelled.
func (h *Host) lookAtMemory() {
	m := &h.memory
	if h.life.state == gone {
		return
	}
	m.alarm.In(memoryLook)
	if h.life.state == asleep { // it leaks nothing, and is told nothing
		m.Look(h.Now(), memory.Components{})
		return
	}
	p := m.Look(h.Now(), h.weighs())
	if p != memory.None {
		h.noteMemory()
	}
	switch {
	case p == memory.LimitExceeded:
		h.end("killed", "memory")
	case p == memory.None:
		m.level = p
	case h.iOS():
		h.MemoryWarning(levels[p])
	case p > m.level:
		m.level = p
		h.MemoryWarning(levels[p])
	}
}

// noteMemory names the numbers behind what happens in the trace's head, once it does.
func (h *Host) noteMemory() {
	m := &h.memory
	if h.o.Log == nil || m.noted {
		return
	}
	m.noted = true
	t := h.o.Traits.Memory
	for _, x := range []struct {
		name     string
		bytes    int64
		fidelity string
	}{{"ram", t.RAM, "documented"}, {"others", t.Others, "assumed"}, {"limit", t.Limit, "observed"}, {"leak", m.Params().Leak, "assumed"}, {"used", m.Used(), "assumed"}} {
		h.o.Log.Param(trace.Param{Name: h.o.Name + "/memory/" + x.name, Value: float64(x.bytes) / 1e6, Unit: "MB", Fidelity: x.fidelity})
	}
}
