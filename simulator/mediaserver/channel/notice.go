package channel

import (
	"fmt"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// Listener is told what a member must hear. It is called within the request that
// causes it, and must not begin or end a session from there.
type Listener interface {
	StreamAdded(to *Member, uid uint32)
	StreamRemoved(to *Member, uid uint32)
	Notify(to *Member, n Notice)
	// Left: the member's session is over for another reason than its own leave.
	Left(m *Member, why string)
}

// Notice is what else a member is told. Which fields count depends on Action.
type Notice struct {
	Action   Action
	UID      uint32 // whom it is about; 0: nobody
	URL      string // update-url
	Rotation int    // video-rotation: degrees clockwise
	Mute     bool   // audio-mute, video-mute
	Code     Code   // error: not 200
	Reason   string
}

// Action is what a notice is about.
type Action string

// Actions of notices. Source: shipped SDK files and typings, but for the last two:
// Native SDK, onUserJoined and onUserOffline, which members of other origins than
// mini-program get for each broadcaster, with or without a stream; fidelity: observed,
// documented.
const (
	UpdateURL  Action = "update-url"
	Rotation   Action = "video-rotation"
	AudioMute  Action = "audio-mute"
	VideoMute  Action = "video-mute"
	WillExpire Action = "key-will-expire"
	Expired    Action = "key-expired"
	Banned     Action = "client-is-banned-by-server"
	Failure    Action = "error" // a code and reason, of no action
	UserJoined Action = "user-joined"
	UserLeft   Action = "user-left"
)

// Notify tells a member.
func (r *Registry) Notify(m *Member, n Notice) {
	if m.gone {
		return
	}
	note := n.Reason
	if n.URL != "" {
		note = n.URL
	}
	r.log(trace.ServerNotified, m, m.channel.byUID[n.UID], string(n.Action), note, int64(n.Code))
	m.listener.Notify(m, n)
}

// viewersOf tells all who know of a member's stream.
func (r *Registry) viewersOf(m *Member, n Notice) {
	for _, other := range m.channel.members {
		if other.knows(m.UID) {
			r.Notify(other, n)
		}
	}
}

// Rotate says that a publisher's picture is turned by so many degrees clockwise, as
// subscribers are told now and with their subscription.
func (r *Registry) Rotate(m *Member, degrees int) error {
	if degrees < 0 || degrees >= 360 || degrees%90 != 0 {
		return fmt.Errorf("channel: rotation by %d degrees", degrees)
	}
	m.rotation = degrees
	r.viewersOf(m, Notice{Action: Rotation, UID: m.UID, Code: CodeOK, Rotation: degrees})
	return nil
}

// muteAction is the notice of a mute of each medium.
var muteAction = [...]Action{relay.Audio: AudioMute, relay.Video: VideoMute}

// MuteLocal says that a publisher stops (on) or resumes sending a medium, whatever its
// connection carries. The state is the session's: it outlasts the stream.
func (r *Registry) MuteLocal(m *Member, medium relay.Medium, on bool) {
	if m.silent[medium] == on {
		return
	}
	m.silent[medium] = on
	m.relay().Silence(medium, on)
	kind := trace.ServerLocalUnmuted
	if on {
		kind = trace.ServerLocalMuted
	}
	r.log(kind, m, nil, medium.String(), "")
	if !r.o.Defects.LocalMuteUntold {
		r.viewersOf(m, Notice{Action: muteAction[medium], UID: m.UID, Code: CodeOK, Mute: on})
	}
	if r.o.Defects.LocalMuteCutsPush && m.pushing != nil {
		m.pushing.end("revoked", true)
	}
}

// lateMutes tells who just learned of a stream what it doesn't carry.
func (r *Registry) lateMutes(to, publisher *Member) {
	for medium, on := range publisher.silent {
		if on && r.o.LateMutes {
			r.Notify(to, Notice{Action: muteAction[medium], UID: publisher.UID, Code: CodeOK, Mute: true})
		}
	}
}

// hosting tells members of other SDKs that a broadcaster has come or gone.
func (r *Registry) hosting(m *Member, action Action) {
	for _, other := range m.channel.members {
		if other != m && other.Origin != MiniProgram {
			r.Notify(other, Notice{Action: action, UID: m.UID, Code: CodeOK})
		}
	}
}

// counted is the defect of a server that tells changes in the audience.
func (r *Registry) counted(m *Member) {
	if !r.o.Defects.RoleChangesAnnounced {
		return
	}
	for _, other := range m.channel.members {
		if other != m {
			r.Notify(other, Notice{Action: "role-changed", UID: m.UID, Code: CodeOK})
		}
	}
}
