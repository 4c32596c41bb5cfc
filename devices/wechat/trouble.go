package wechat

import (
	"slices"
	"strconv"
	"time"

	"minilab/simulator/trace"
)

// Interrupt: a phone call takes the sound away. Source: wx.onAudioInterruptionBegin,
// live-pusher code 5001; fidelity: documented.
func (h *Host) Interrupt() {
	if h.life.interrupted {
		return
	}
	h.life.interrupted = true
	h.log(trace.HostInterrupted, trace.Nobody, "", "", 1)
	h.music()
	for _, c := range slices.Clone(h.components) {
		c.interrupted(true)
	}
	h.cover(true)
	h.raise("onAudioInterruptionBegin", "", with(h.page.OnAudioInterruption, true))
}

// cover has a call lie over the app where it does, or no more.
func (h *Host) cover(on bool) {
	for _, c := range h.components {
		if p, ok := c.(*LivePusher); ok && h.iOS() {
			p.covered(on)
		}
	}
}

// EndInterruption: the call is over. Where components don't recover by themselves they
// have no sound until they are started again. Source: a developer's report on Android,
// 2021; fidelity: observed.
func (h *Host) EndInterruption() {
	if !h.life.interrupted {
		return
	}
	h.life.interrupted = false
	h.log(trace.HostInterrupted, trace.Nobody, "", "", 0)
	h.music()
	h.cover(false)
	if h.system().CallRecovers {
		for _, c := range slices.Clone(h.components) {
			c.interrupted(false)
		}
	}
	h.raise("onAudioInterruptionEnd", "", with(h.page.OnAudioInterruption, false))
}

// Levels of Android's memory warnings. Source: wx.onMemoryWarning; fidelity: documented.
var memoryLevels = map[string]int{"moderate": 5, "low": 10, "critical": 15}

// twoWarnings is the time within which a second warning of memory has iOS end the
// mini-program. Source: mini-program documentation, how mini-programs run; fidelity:
// documented.
const twoWarnings = 5 * time.Second

// MemoryWarning: the system has too little memory: moderate, low or critical. iOS has
// no levels, but its second warning within 5 s ends the mini-program, with a prompt.
func (h *Host) MemoryWarning(level string) {
	l := &h.life
	if l.state == gone {
		return
	}
	number := memoryLevels[level]
	if h.iOS() {
		number = 0
		if l.warned && h.Now()-l.warnedAt <= twoWarnings {
			h.end("destroy", "two memory warnings")
			return
		}
		l.warned, l.warnedAt = true, h.Now()
	}
	h.raise("onMemoryWarning", strconv.Itoa(number), with(h.page.OnMemoryWarning, number))
}

// with is a listener with what it is told; nil where there is none.
func with[T any](f func(T), x T) func() {
	if f == nil {
		return nil
	}
	return func() { f(x) }
}

// NetworkChanged: the phone is in another kind of network, which the page hears of late.
func (h *Host) NetworkChanged(kind string) {
	h.life.system.After(h.version.NetworkTold, func() {
		h.raise("onNetworkStatusChange", kind, with(h.page.OnNetworkStatus, kind))
	})
}

// Kill ends the whole host, without a word to anybody.
func (h *Host) Kill() { h.end("killed", "") }

// end takes the mini-program away at once. Nobody on the phone closes its connections:
// the system resets them. Source: RFC 1122 4.2.2.13 (a connection that is closed with
// data unread is reset); fidelity: inferred.
func (h *Host) end(state, why string) {
	if h.life.state == gone {
		return
	}
	h.log(trace.HostState, trace.Nobody, state, why)
	h.js.End()
	for _, u := range slices.Clone(h.users) {
		u.vanish()
	}
	h.clear(why)
}

// destroy takes away a mini-program that was left for too long: its components and
// sockets are closed.
func (h *Host) destroy(why string) {
	h.log(trace.HostState, trace.Nobody, "destroy", why)
	h.js.End()
	h.thaw()
	for _, u := range slices.Clone(h.users) {
		u.close(why)
	}
	h.clear(why)
}

// clear removes what is left of the page.
func (h *Host) clear(why string) {
	l := &h.life
	l.stop()
	h.thaw()
	h.sound.music.on = false
	*l = lifecycle{state: gone, interrupted: l.interrupted, system: l.system, sleep: l.sleep, drop: l.drop, image: l.image, destroyed: l.destroyed, deafened: l.deafened}
	for _, c := range slices.Clone(h.components) {
		if r, ok := c.(interface {
			Stop(why string)
			Destroy()
		}); ok {
			r.Stop(why)
			r.Destroy()
		}
	}
	h.sound.music.decide()
}

// networkUser is a request, a WebSocket or a stream's connection.
type networkUser interface {
	receive(on bool)  // read, or leave what comes in the system's buffer
	vanish()          // end without a word to either side
	close(why string) // end in order, without a word to the page
}

// use notes that something has a connection; unuse that it has none any more.
func (h *Host) use(u networkUser) { h.users = append(h.users, u) }

func (h *Host) unuse(u networkUser) {
	if i := slices.Index(h.users, u); i >= 0 {
		h.users = slices.Delete(h.users, i, i+1)
	}
}

// suspendState is what calls to the network meet in a page that sleeps, or has only
// just woken. Source: a developer's report, who tries again 300 ms later; fidelity: observed.
const suspendState = "suspend state"

// offline tells whether calls to the network fail.
func (h *Host) offline() bool {
	l := &h.life
	return l.state == asleep || l.slept && h.Now()-l.backAt < h.version.NetworkBack && l.state == onScreen
}
