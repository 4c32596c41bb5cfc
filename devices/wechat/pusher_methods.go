package wechat

import (
	"fmt"
	"slices"

	"minilab/devices/phone"
	"minilab/simulator/trace"
)

// pusherMethods are those of a LivePusherContext. Source: LivePusherContext
// documentation; fidelity: documented.
var pusherMethods = []struct {
	name string
	// since is the name under which the base library's table has it; empty: any has it.
	since string
	do    func(p *LivePusher, value any) (failure string)
}{
	{"start", "", func(p *LivePusher, _ any) string { p.Start(); return "" }},
	{"stop", "", func(p *LivePusher, why any) string { note, _ := why.(string); p.Stop(note); return "" }},
	{"pause", "", func(p *LivePusher, _ any) string { return p.pause() }},
	{"resume", "", func(p *LivePusher, _ any) string { return p.resume() }},
	{"switchCamera", "", func(p *LivePusher, _ any) string { return p.switchCamera() }},
	{"playBGM", "playBGM", (*LivePusher).playMusic},
	{"stopBGM", "playBGM", func(p *LivePusher, _ any) string { p.stopMusic(); return "" }},
	{"pauseBGM", "playBGM", func(p *LivePusher, _ any) string { return p.pauseMusic(true) }},
	{"resumeBGM", "playBGM", func(p *LivePusher, _ any) string { return p.pauseMusic(false) }},
	{"setBGMVolume", "playBGM", (*LivePusher).setMusicVolume},
}

// codeDenied is the error of a context method while the page is in the background.
// Source: developers' reports; fidelity: observed.
const codeDenied = 102

// Operate calls a method of the pusher's context; value is what it takes, if anything:
// the URL of a music file, a volume from 0 to 1, why to stop (for the trace). done, which may be nil, hears how it
// ended in an event of its own: 0 is success, 102 that the page is in the background,
// -1 any other failure.
func (p *LivePusher) Operate(method string, value any, done func(code int, message string)) {
	code, message := p.operate(method, value)
	if code == 0 && done == nil {
		return
	}
	p.tell(func() {
		if code != 0 {
			p.h.log(trace.HostTold, trace.Nobody, method, message, flag(done != nil))
		}
		if done != nil {
			done(code, message)
		}
	})
}

func (p *LivePusher) operate(method string, value any) (code int, message string) {
	const name = "operateLivePusher"
	i := -1
	for k, m := range pusherMethods {
		if m.name == method && (m.since == "" || p.h.knows(livePusher, m.since)) {
			i = k
		}
	}
	switch {
	case p.h.away() && p.h.o.Traits.OS == phone.Android:
		return codeDenied, "operateXWebLivePusher:fail:access denied"
	case p.h.away():
		return codeDenied, name + ":fail runningState=background"
	case i < 0 || p.destroyed:
		return -1, name + ":fail no such method"
	}
	if failure := pusherMethods[i].do(p, value); failure != "" {
		return -1, name + ":fail " + failure
	}
	return 0, name + ":ok"
}

// pause sends the waiting image, or black, instead of the camera's picture; sound goes
// on. Source: LivePusherContext documentation, LiteAV (PAUSE_VIDEO by default);
// fidelity: documented.
func (p *LivePusher) pause() string {
	if !p.started {
		return "not started"
	}
	p.paused = true
	p.switched()
	p.lens()
	p.stand()
	return ""
}

func (p *LivePusher) resume() string {
	if !p.started || !p.paused {
		return "not paused"
	}
	p.paused = false
	p.switched()
	p.stand()
	p.lens()
	return ""
}

// switchCamera opens the other camera: for its start time there are no pictures.
func (p *LivePusher) switchCamera() string {
	if !p.started {
		return "not started"
	}
	positions := []string{"front", "back"}
	p.o.DevicePosition = positions[1-slices.Index(positions, p.o.DevicePosition)]
	p.camera.Close()
	p.lens()
	return ""
}

// SetDevicePosition is the attribute device-position.
func (p *LivePusher) SetDevicePosition(position string) error {
	if err := oneOf("device-position", position, "front", "back"); err != nil {
		return fmt.Errorf("live-pusher %w", err)
	}
	if position != p.o.DevicePosition && (!p.started || !p.h.version.DevicePositionFixed) {
		if p.o.DevicePosition = position; p.started {
			p.camera.Close()
			p.lens()
		}
	}
	return nil
}
