package wechat

import "minilab/devices/phone/camera"

// troubles are the codes of what a camera and its encoder report.
// Source: live-pusher documentation, LiteAV's error table; fidelity: documented.
var troubles = map[camera.Trouble]int{
	camera.Refused:          codeCameraFailed,
	camera.EncoderRefused:   codeSoftwareEncoder,
	camera.EncoderFailed:    codeEncodeFailed,
	camera.EncoderRestarted: codeEncoderRestarted,
}

// onTrouble is called by the camera. A push without pictures goes on with its sound.
func (p *LivePusher) onTrouble(t camera.Trouble) {
	if t == camera.Refused || !p.h.o.Defects.EncoderUntold {
		p.code(troubles[t])
	}
	if t == camera.Refused && p.link.state == linkIdle {
		p.connect()
	}
}

// FailEncoder has the phone's video encoder fail: its session dies, stalls, corrupts or
// truncates, or none begins any more (fails-to-start).
func (h *Host) FailEncoder(how string) { h.hardware.FailEncoder(how) }

// MendEncoder ends that fault of it.
func (h *Host) MendEncoder(how string) { h.hardware.MendEncoder(how) }

// FailCamera has the phone's camera fail: it stalls or is lost.
func (h *Host) FailCamera(how string) { h.hardware.FailCamera(how) }

// MendCamera ends that fault of it.
func (h *Host) MendCamera(how string) { h.hardware.MendCamera(how) }
