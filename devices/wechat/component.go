package wechat

import "slices"

// component is a live-pusher or live-player as its host sees it: what the host tells
// all of them, in the order in which they were made.
type component interface {
	// hidden: the page has left the screen.
	hidden()
	// suspended: the page sleeps, some time after hidden.
	suspended()
	// shown: the page is back on the screen.
	shown()
	// interrupted: something else has taken the phone's sound (on), or given it back.
	interrupted(on bool)
}

// attach has the host tell a component of all that befalls the page.
func (h *Host) attach(c component) { h.components = append(h.components, c) }

// detach ends that, when the component goes from the page.
func (h *Host) detach(c component) {
	h.components = slices.DeleteFunc(h.components, func(x component) bool { return x == c })
}

// tell has the page hear of something, in an event of its own, or when it is awake
// again; a page that is gone hears nothing.
func (h *Host) tell(f func()) {
	js := h.js
	h.proc.After(0, func() { js.Do(f) })
}

// run handles something that has come to the process: at once, or when the process,
// which the system has stopped, goes on.
func (h *Host) run(f func()) { h.proc.Do(f) }

// denied is what the user doesn't let the page use.
type denied struct{ camera, mic bool }

// Deny takes the page's permission to use the camera or the microphone (mic), or gives
// it back. A push under way loses the device; one that begins reports the error.
func (h *Host) Deny(device string, on bool) {
	switch device {
	case "camera":
		h.denied.camera = on
	case "mic":
		h.denied.mic = on
	}
	for _, c := range h.components {
		if p, ok := c.(*LivePusher); ok && p.started {
			p.refused(on && device == "camera" && p.o.EnableCamera, on && device == "mic" && !p.silent())
			p.lens()
			p.voice()
		}
	}
}

// Rotate says how the phone is held: so many degrees clockwise from upright.
func (h *Host) Rotate(degrees int) {
	h.turned = degrees
	for _, c := range h.components {
		if p, ok := c.(*LivePusher); ok {
			p.turn()
		}
	}
}

// leak has the live-players' handlers hear a code of the live-pusher.
func (h *Host) leak(code int) {
	for _, c := range h.components {
		if p, ok := c.(*LivePlayer); ok {
			p.code(code)
		}
	}
}
