package app

import (
	"cmp"
	"fmt"

	"minilab/devices/phone/fault"
	"minilab/simulator/trace"
)

// What a host offers to faults, a small interface for each kind. Where a fault lasts,
// the page's phone ends it; a second of the same kind meanwhile begins it again, and it
// ends when the last of them does.
type (
	// away: the user leaves the mini-program by home, lock or capsule, and comes back.
	away interface {
		Hide(how string)
		Show()
	}
	// interrupted: a phone call begins, and ends.
	interrupted interface {
		Interrupt()
		EndInterruption()
	}
	// killed: the host is gone at once, until the user opens it anew.
	killed interface {
		Kill()
		Show()
	}
	// warned: the system warns of too little memory: moderate, low or critical.
	warned interface{ MemoryWarning(level string) }
	// encoding: the encoder dies, fails-to-start, stalls, corrupts or truncates; then works as it should.
	encoding interface {
		FailEncoder(how string)
		MendEncoder(how string)
	}
	// filming: the camera stalls or is lost; then works as it should.
	filming interface {
		FailCamera(how string)
		MendCamera(how string)
	}
	// turned: the phone is held so many degrees clockwise from upright.
	turned interface{ Rotate(degrees int) }
	// denied: camera or mic may not be used (on), or may again.
	denied interface{ Deny(device string, on bool) }
	// musical: background music plays by page or live-pusher, from a URL or any; then doesn't by that.
	musical interface {
		PlayBGM(by, url string)
		StopBGM(by string)
	}
	// routed: sound goes to speaker, ear or headset.
	routed interface{ SetRoute(route string) }
)

// effect is what a fault does to a host.
type effect struct {
	begin func()
	end   func() // nil: nothing ends
	// group names what several faults share: who is away by home and by lock is back
	// when both are over. "": the kind has it alone.
	group string
}

// effects are what each kind of fault does to a host that can suffer it.
var effects = map[string]func(host any, f fault.Fault) (e effect, there bool){
	"background": by(func(h away, f fault.Fault) effect { return leaves(h, cmp.Or(f.Arg, "home")) }),
	"lock":       by(func(h away, _ fault.Fault) effect { return leaves(h, "lock") }),
	"phone-call": by(func(h interrupted, _ fault.Fault) effect { return effect{begin: h.Interrupt, end: h.EndInterruption} }),
	"kill":       by(func(h killed, _ fault.Fault) effect { return effect{begin: h.Kill, end: h.Show} }),
	"memory-pressure": by(func(h warned, f fault.Fault) effect {
		return effect{begin: func() { h.MemoryWarning(cmp.Or(f.Arg, "moderate")) }}
	}),
	"encoder": by(func(h encoding, f fault.Fault) effect {
		return effect{begin: func() { h.FailEncoder(f.Arg) }, end: func() { h.MendEncoder(f.Arg) }, group: "encoder " + f.Arg}
	}),
	"camera": by(func(h filming, f fault.Fault) effect {
		return effect{begin: func() { h.FailCamera(f.Arg) }, end: func() { h.MendCamera(f.Arg) }, group: "camera " + f.Arg}
	}),
	"rotate": by(func(h turned, f fault.Fault) effect { return effect{begin: func() { h.Rotate(f.Degrees) }} }),
	"deny": by(func(h denied, f fault.Fault) effect {
		return effect{begin: func() { h.Deny(f.Arg, true) }, end: func() { h.Deny(f.Arg, false) }, group: "deny " + f.Arg}
	}),
	"play-bgm": by(func(h musical, f fault.Fault) effect {
		player := cmp.Or(f.Arg, fault.ByPage)
		return effect{begin: func() { h.PlayBGM(player, f.URL) }, end: func() { h.StopBGM(player) }, group: "play-bgm " + player}
	}),
	"route": by(func(h routed, f fault.Fault) effect { return effect{begin: func() { h.SetRoute(f.Arg) }} }),
}

// by makes an effect of one on hosts that have the methods of H.
func by[H any](of func(h H, f fault.Fault) effect) func(any, fault.Fault) (effect, bool) {
	return func(host any, f fault.Fault) (effect, bool) {
		h, there := host.(H)
		if !there {
			return effect{}, false
		}
		return of(h, f), true
	}
}

func leaves(h away, how string) effect {
	return effect{begin: func() { h.Hide(how) }, end: h.Show, group: "background"}
}

// Fault has the phone suffer something now. An error means that it makes no sense, or
// that this host can't suffer it.
func (a *App) Fault(f fault.Fault) error {
	if err := f.Validate(); err != nil {
		return fmt.Errorf("%s: %w", a.o.Name, err)
	}
	e, there := effects[f.Kind](a.host, f)
	if !there {
		return fmt.Errorf("%s: fault %s: this host can't suffer it", a.o.Name, f.Kind)
	}
	a.log(trace.FaultInjected, trace.Nobody, f.Kind, f.String(), int64(f.Length))
	e.begin()
	if f.Length == 0 || e.end == nil {
		return nil
	}
	group := cmp.Or(e.group, f.Kind)
	a.suffered[group]++
	a.user.After(f.Length, func() {
		a.suffered[group]--
		a.log(trace.FaultCleared, trace.Nobody, f.Kind, f.String())
		if a.suffered[group] == 0 {
			e.end()
		}
	})
	return nil
}

// NetworkChanged has the phone be in another kind of network: wifi, 2g, 3g, 4g, 5g,
// unknown or none. What it then tells the page, and when, is the host's affair.
func (a *App) NetworkChanged(kind string) {
	if h, there := a.host.(interface{ NetworkChanged(kind string) }); there {
		h.NetworkChanged(kind)
	}
}
