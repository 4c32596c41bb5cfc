package wechat

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"minilab/devices/phone"
	"minilab/devices/phone/camera"
	"minilab/devices/phone/memory"
	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// HostOptions say on which phone a host runs, and who watches.
type HostOptions struct {
	Engine  *engine.Engine
	Log     *trace.Log // may be nil
	Sockets sockets.Stack
	Name    string // the member's id; names actors and random streams
	Actor   trace.ActorID
	Traits  phone.Traits
	Memo    *h264.Memo // decoded pictures shared by all phones of the world; may be nil
	// Version is the WeChat that the phone has; nil: DefaultVersion.
	Version *Version
	// WebSockets is how many WebSockets may exist at once, closing ones included; 0
	// means the version's.
	WebSockets int
	// Domains are the hosts that requests and WebSockets may go to, which an app's
	// owner has to register; nil allows any, as a host that is told not to check. At
	// WeChat requests and WebSockets have a list each. Source: mini-program
	// documentation, server domains; fidelity: documented.
	Domains []string
	// Knows tells what the base library has: an attribute, event or method of a
	// component; nil: all of them.
	Knows   func(component, name string) bool
	Defects Defects
	// MemoryParams are what WeChat takes of the phone's memory; nil: memory.DefaultParams.
	MemoryParams *memory.Params
	// Sound has the phone hear and play samples; nil: units of sound say themselves how
	// loud they are.
	Sound *SoundOptions
	// Picture and Received let reports see what a player showed and received; both may
	// be nil. shown is the FrameShown event of the picture, which is nil for recordings.
	Picture  func(viewer, publisher trace.ActorID, at time.Duration, p *picture.Picture, shown trace.Event)
	Received func(viewer, publisher trace.ActorID, m rtmp.Message)
}

// webSocketLimit is how many WebSockets a mini-program may have.
// Source: the vendor's notes and demo of 2018 speak of 2; fidelity: documented.
const webSocketLimit = 2

// Validate tells what is missing.
func (o HostOptions) Validate() error {
	switch {
	case o.Engine == nil:
		return errors.New("engine missing")
	case o.Sockets == nil:
		return errors.New("sockets missing")
	case o.Name == "":
		return errors.New("name missing")
	case o.WebSockets < 0:
		return fmt.Errorf("%d WebSockets: want 0 or more", o.WebSockets)
	}
	if err := o.Traits.Validate(); err != nil {
		return fmt.Errorf("traits: %w", err)
	}
	if o.Version != nil {
		if err := o.Version.Validate(); err != nil {
			return fmt.Errorf("WeChat %s: %w", o.Version.Name, err)
		}
	}
	return nil
}

// Host is the mini-program host of one phone.
type Host struct {
	o        HostOptions
	e        *engine.Engine
	proc     *engine.Proc
	rand     *rand.Rand // handshake and mask bytes: never reaches timing
	sockets  int        // WebSockets that are not closed
	number   int64      // of the newest request or WebSocket
	mixer    *mixer
	decoders decoders
	hardware *camera.Hardware
	version  Version
	js       *engine.Proc // the page's script; see Thread
	page     Page
	life     lifecycle
	memory   memoryWatch
	sound    speaking
	users    []networkUser // that have a connection, in the order in which they got it
	// components are those on the page, in the order in which they were made.
	components []component
	denied     denied // what the user doesn't let the page use
	turned     int    // how the phone is held, in degrees
}

// NewHost makes the host of one phone.
func NewHost(o HostOptions) (*Host, error) {
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("host of %s: %w", o.Name, err)
	}
	h := &Host{o: o, e: o.Engine, version: DefaultVersion(), proc: o.Engine.Proc(o.Name + "/host"), rand: o.Engine.Rand(o.Name + "/host")}
	if o.Version != nil {
		h.version = *o.Version
	}
	if o.WebSockets != 0 {
		h.version.WebSockets = o.WebSockets
	}
	h.mixer = newMixer(h)
	h.hardware = camera.NewHardware(h.e, o.Name, o.Traits)
	h.decoders = newDecoders(o.Traits.Decoders, o.Traits.CPU)
	h.js = h.e.Proc(o.Name + "/app")
	h.beginLife()
	h.beginMemory()
	if err := h.beginSound(); err != nil {
		return nil, fmt.Errorf("host of %s: %w", o.Name, err)
	}
	return h, nil
}

// After is wx's setTimeout: f runs once, d from now, unless cancel is called before.
func (h *Host) After(d time.Duration, f func()) (cancel func()) {
	cancelled := false
	h.proc.After(d, func() {
		if !cancelled {
			f()
		}
	})
	return func() { cancelled = true }
}

// Now is the phone's clock.
func (h *Host) Now() time.Duration { return h.e.Now() }

// next numbers a request or WebSocket.
func (h *Host) next() int64 {
	h.number++
	return h.number
}

// outside tells whether the app may not talk to a host.
func (h *Host) outside(domain string) bool {
	return h.o.Domains != nil && !h.o.Defects.DomainListIgnored && !slices.Contains(h.o.Domains, domain)
}

// notInList is what the app hears then. Source: developers' reports; fidelity: observed.
const notInList = "url not in domain list"

// Why SocketRefused says no.
const (
	refusedDomain    = "domain"
	refusedLimit     = "limit"
	refusedSuspended = "suspended"
)

// log adds an event of this phone.
func (h *Host) log(k trace.Kind, peer trace.ActorID, text, note string, v ...int64) {
	if h.o.Log != nil {
		h.o.Log.Add(k, h.o.Actor, peer, text, note, v...)
	}
}

// text gives the id of a string that hot events carry.
func (h *Host) text(s string) trace.TextID {
	if h.o.Log == nil {
		return 0
	}
	return h.o.Log.Text(s)
}

// emit adds an event without looking up texts.
func (h *Host) emit(ev trace.Event) {
	if h.o.Log != nil {
		ev.Actor = h.o.Actor
		h.o.Log.Emit(ev)
	}
}

func flag(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
