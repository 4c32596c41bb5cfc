package channel

import (
	"net/netip"
	"slices"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// Role of a member.
type Role string

// A broadcaster may publish, an audience may not.
const (
	Broadcaster Role = "broadcaster"
	Audience    Role = "audience"
)

// Origin is the kind of SDK that a member uses.
type Origin string

// Members of other origins than MiniProgram exist at channel level only: they use no
// gateway and no RTMP.
const (
	MiniProgram Origin = "mini-program"
	Native      Origin = "native"
	Web         Origin = "web"
)

// Codec is what a publisher's video is coded with.
type Codec string

// Mini-program members can decode H.264 only: of a stream with other video they get
// the sound. Source: the vendor's FAQ; fidelity: documented.
const (
	H264 Codec = "h264"
	VP8  Codec = "vp8"
)

// Key names a channel.
type Key struct{ AppID, Name string }

// Member is one session of a user in a channel.
type Member struct {
	UID    uint32
	Role   Role
	Origin Origin
	SID    string
	Actor  trace.ActorID
	Key    Key
	Codec  Codec

	r        *Registry
	listener Listener
	addr     netip.Addr // from which alone its URLs may be used; the zero one: any
	channel  *room
	gone     bool          // the session is over
	stream   *relay.Stream // made when someone first needs it
	push     pass          // the publish URL in force
	pushing  *Push         // the connection that publishes
	present  bool          // the others have been told of the stream
	rotation int           // degrees
	silent   [2]bool       // by relay.Audio, relay.Video: it said that it doesn't send it
	subs     []*subscription
	viewers  []*subscription // of others to this member's stream
	told     []uint32        // streams that this member has been told of
}

// room is one channel. Members stand in the order in which they joined, so that
// whatever goes to all of them goes in that order.
type room struct {
	key     Key
	members []*Member
	byUID   map[uint32]*Member
}

// subscription is what one member has of another's stream.
type subscription struct {
	m      *Member
	target *Member
	play   pass
	muted  [2]bool // by relay.Audio, relay.Video
	opened *Play
}

func (m *Member) subscription(uid uint32) *subscription {
	for _, s := range m.subs {
		if s.target.UID == uid {
			return s
		}
	}
	return nil
}

func (m *Member) relay() *relay.Stream {
	if m.stream == nil {
		m.stream = relay.NewStream(m.r.d.Relay, m.Actor)
	}
	return m.stream
}

func (m *Member) knows(uid uint32) bool { return slices.Contains(m.told, uid) }

func (m *Member) tell(other *Member) {
	flaws := m.r.o.Defects
	switch {
	case m == other && !flaws.PublishAnnouncedToSelf, m.knows(other.UID):
		return
	case flaws.NativeInvisible && other.Origin != MiniProgram:
		return
	}
	m.told = append(m.told, other.UID)
	m.r.log(trace.ServerAnnounced, m, other, "stream-added", "", int64(other.UID))
	m.listener.StreamAdded(m, other.UID)
	m.r.lateMutes(m, other)
}

// untell says that a uid has no stream any more; who it was is nil when unknown.
func (m *Member) untell(uid uint32, who *Member) {
	if m.r.o.Defects.StreamRemovedNotSent {
		return
	}
	m.r.log(trace.ServerAnnounced, m, who, "stream-removed", "", int64(uid))
	m.listener.StreamRemoved(m, uid)
}

// Refusal is a request that was answered with an error code.
type Refusal struct {
	Code   Code
	Reason string
}

func (r *Refusal) Error() string { return r.Reason }

// Code is how a request was answered.
type Code int

// CodeOK is the code of what is no refusal. Source: shipped SDK files; fidelity: observed.
const CodeOK Code = 200

// Codes of refusals. Source: the vendor's table of mini-program error codes of
// 2020-02-21; fidelity: documented.
const (
	CodeBadRequest     Code = 401 // also: the service is not enabled for the App ID
	CodeTooFrequent    Code = 429
	CodeNotSubscribed  Code = 430 // mute or unmute before subscribe; bad arguments
	CodeLoginFailed    Code = 431 // bad role or uid; a second login with another uid
	CodeNotBroadcaster Code = 432 // subscribe to one who is not a broadcaster
	CodeAudience       Code = 433 // an audience may not publish or unpublish
	CodeNotLoggedIn    Code = 434 // before login; a uid that isn't one's own
)

var errLeft = refuse(CodeNotLoggedIn, "not logged in")

func refuse(code Code, reason string) *Refusal { return &Refusal{Code: code, Reason: reason} }
