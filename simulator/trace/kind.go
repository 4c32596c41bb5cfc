package trace

// Kind is the type of an event. Saved records hold its number: add new kinds at the
// end of their layer, and raise Version when a meaning changes.
//
// What V means stands at each kind. Times are nanoseconds of virtual time and
// durations nanoseconds, unless a field says otherwise; flags are 0 or 1.
type Kind uint16

// Layer app.
const (
	_ Kind = iota
	// CallIssued: the app called the SDK. Text the method, Peer the member it is
	// about (else Nobody), Note its arguments in words; V: 0 call number (unique in
	// the run), 1 uid it is about, 2 number of the page's client, from 1.
	CallIssued
	// CallDone: a callback of that call was called. Text the method, Note the
	// reason if it failed, else the URL that it gave; V: 0 call number, 1 ok flag,
	// 2 code (0 when ok, -1 when it threw), 3 uid that it gave (join, rejoin; -1: none),
	// 4 rotation that it gave, degrees.
	CallDone
	// ClientEvent: the SDK raised an event. Text its name (stream-added, error, ...),
	// Peer and V[0] the uid it is about, V[1] code, V[2] rotation, V[3] number of the
	// page's client; Note reason or URL.
	ClientEvent
	// AppState: Text one of idle, joining, joined, recovering, left; Note why.
	AppState
	// TileAdded: the page now shows a tile for Peer (own pusher: Peer == Actor).
	TileAdded
	// TileRemoved: the page dropped the tile of Peer.
	TileRemoved
	// TileStatus: a picture of the page lies over the tile of Peer from now on: Text error
	// (its player has given up), or loading (a new player has taken its place).
	TileStatus
)

// Layer host.
const (
	// HostState: Text one of show, hide (Note how: home, lock, capsule), suspend, resume,
	// destroy (Note why: "too long in the background", "two memory warnings") and killed,
	// which is the host's own end (Note memory: the system ended it for what it had, as
	// iOS's jetsam does; empty: anything else, such as its user).
	HostState Kind = iota + 100
	// SocketOpened: Text what for (lookup, telemetry, gateway, push, play), Note the
	// address; V[0] number of the request or socket (unique on the phone; push and
	// play have none). A gateway's is open when the upgrade to a WebSocket has been
	// answered; of one that never opens there is no SocketClosed either.
	SocketOpened
	// SocketClosed: Text what for, Note why (empty: in order); V[0] as in SocketOpened.
	SocketClosed
	// RequestStarted: wx.request was called. Text what for, Note the host asked; V[0]
	// its number.
	RequestStarted
	// RequestEnded: and called back. Text what for, Note the error (empty: answered);
	// V: 0 its number, 1 HTTP status.
	RequestEnded
	// SocketDialled: wx.connectSocket was called. Text what for, Note the URL; V[0] its number.
	SocketDialled
	// SocketRefused: the host opened no socket for it, nor sent a request. Text what
	// for, Note why (limit, domain, suspended); V[0] its number.
	SocketRefused
	// SocketSent: a WebSocket message was sent. Text what for, Note the action of a
	// gateway's request (join, publish, ping, ...); V: 0 the socket's number, 1 bytes.
	SocketSent
	// HostTold: wx told the page of an event that its base library has, when the page was
	// awake to be told; or, with a method's name, that it has failed. Text the name (onShow,
	// onHide, onMemoryWarning, onAudioInterruptionBegin, ...), Note what of; V[0] 1 if the
	// page listens to it.
	HostTold
	// HostInterrupted: a phone call has taken the phone's sound (V[0] 1), or is over (0).
	HostInterrupted
)

// Layer component.
const (
	// PusherCode: live-pusher reported a state code. V[0] code, Note message.
	PusherCode Kind = iota + 200
	// PlayerCode: the live-player for Peer reported a state code. V[0] code.
	PlayerCode
	// PusherStatus: netstatus of the live-pusher. V: 0 video kbit/s, 1 audio
	// kbit/s, 2 sent kbit/s, 3 fps, 4 video frames waiting to be sent, 5 netQualityLevel.
	PusherStatus
	// PlayerStatus: netstatus of the live-player for Peer. V: 0 video kbit/s,
	// 1 audio kbit/s, 2 received kbit/s, 3 fps, 4 buffered ms, 5 netQualityLevel.
	PlayerStatus
	// PushStarted: the live-pusher was told to start (its camera and microphone
	// state in V: 0 camera on, 1 microphone on). Note the URL.
	PushStarted
	// PushStopped: the live-pusher was told to stop, or destroyed. Note why.
	PushStopped
	// PushMedia: camera or microphone was switched. V: 0 camera on, 1 microphone on.
	PushMedia
	// PlayStarted: the live-player for Peer was told to play. Note the URL.
	PlayStarted
	// PlayStopped: the live-player for Peer was stopped or destroyed. Note why.
	PlayStopped
)

// Layer media.
const (
	// FrameCaptured: the camera delivered a picture to the encoder. V: 0 frame
	// number, 1 key frame flag, 2 bytes of the access unit.
	FrameCaptured Kind = iota + 300
	// FrameDropped: an encoded frame went no further. Text where and why
	// (uplink-queue, relay-queue, relay-wait-key, relay-muted, relay-codec, player-wait-key, player-late,
	// undecodable). Actor who dropped it, Peer whose frame it was; V: 0 frame number
	// or -1 when not known, 1 for the relay: ActorID of the subscriber.
	FrameDropped
	// FrameShown: a picture was put on Actor's screen in the tile of Peer. All of V
	// is read from the decoded picture: 0 frame number, 1 capture time, 2 uid, 3 flags
	// (see Shown...). A picture that can't be read has -1 in 0, 1 and 2 and
	// ShownGarbled set; a picture that is not of our making (a recording) has -1 in
	// 1 and 2, its frame number counted by the player, and ShownForeign set.
	// V: 4 media timestamp (ms), 5 playback speed in 1/1000.
	FrameShown
	// AudioPlayed: Actor heard Peer's stream without interruption, at constant speed.
	// At is the end of the span. V: 0 its start, 1 media time covered (ns),
	// 2 speed in 1/1000, 3 uid read from the stamps (-1: none), 4 mean level in
	// 1/100 dB relative to full scale, 5 media timestamp at the start (ms).
	AudioPlayed
	// PlaybackSpeed: the player for Peer changed its speed. V: 0 speed in 1/1000,
	// 1 buffered ms.
	PlaybackSpeed
	// Buffering: the player for Peer ran dry (V[0] 1) or went on (V[0] 0).
	// V: 1 buffered ms.
	Buffering
	// FrameOversized: the encoder could not make the frames of a key interval as small
	// as their rate asks: the modelled bitrate is too low for the test picture. V: 0 number
	// of the key frame that ended it, 1 bytes that the model gave it, 2 bytes that it took.
	FrameOversized
	// AudioMeasured: what Actor heard of Peer's stream in a second, measured on the samples
	// that were played; where sound has no samples there is none. Levels are in 1/100 dB,
	// 0 a sine at full scale; AudioUnmeasured: nothing to measure. V: 0 start, 1 level of
	// everything, 2 and 3 least and greatest loudness of the talker's own frequency against
	// what the talker said, in blocks of 128 ms, 4 level of Actor's own frequency: its
	// echo, 5 level of background music. Peer Nobody: all that the phone played, with no
	// talker's frequency.
	AudioMeasured
)

// AudioUnmeasured is what AudioMeasured says of what there was not.
const AudioUnmeasured = -100000

// Flags of FrameShown.V[3].
const (
	ShownGarbled = 1 << iota // the picture's checksum is wrong
	ShownRotated             // its orientation marks are not upright
	ShownBlack               // at least 98 % of luma at or below 38
	ShownForeign             // a recording: not our picture, so nothing could be read
	ShownBroken              // a recording whose references are missing or whose bytes changed
	ShownWaiting             // an image that stands for the camera's picture: V 0 to 2 are -1
)

// Layer rtmp.
const (
	// RTMPStatus: a client received an onStatus or an answer. Text its code (such as
	// NetStream.Publish.Start), Note the command or description; Peer the publisher
	// for a play.
	RTMPStatus Kind = iota + 400
	// RTMPProtocolError: the server ended a connection for what it received. Note what.
	RTMPProtocolError
)

// Layer server. Actor is the member concerned, not the server.
const (
	// ServerJoined: the gateway admitted Actor. Text role, Note session; V: 0 uid, 1 rejoin flag.
	ServerJoined Kind = iota + 500
	// ServerLeft: Actor's session ended. Text why (leave, closed, expired,
	// kicked, and dropped: its WebSocket was closed by the server, for nothing that the
	// member or its network did).
	ServerLeft
	// ServerRole: the gateway set Actor's role. Text role.
	ServerRole
	// ServerPublish: the gateway granted Actor a publish URL. ServerUnpublish: took it back.
	ServerPublish
	ServerUnpublish
	// ServerRefused: the gateway refused a request. Text action, Note reason, V[0] code.
	ServerRefused
	// ServerAnnounced: the gateway told Actor about Peer (Nobody if that one is not in the
	// channel). Text stream-added or stream-removed; V[0] the uid told.
	ServerAnnounced
	// ServerPushOpened: Actor's RTMP publish was accepted. ServerPushClosed: it ended;
	// Text why (stopped, lost, replaced, revoked).
	ServerPushOpened
	ServerPushClosed
	// ServerPlayOpened: Actor's RTMP play of Peer was accepted. ServerPlayClosed: it ended.
	ServerPlayOpened
	ServerPlayClosed
	// MediaIn: what arrived from Actor's pusher in a span that begins with a message
	// and lasts at most one second; emitted when the span ends, so that silence is
	// what lies between the last message of one span and the first of the next.
	// V: 0 time of the first message, 1 bytes, 2 video messages, 3 audio messages,
	// 4 time of the last message. Metadata doesn't count.
	MediaIn
	// RelayOut: what was enqueued for subscriber Actor of publisher Peer's stream in a
	// span of at most one second. Flushed at every mute and unmute, so that no span
	// straddles one. V: 0 start of the span, 1 video messages, 2 audio messages,
	// 3 video messages dropped, 4 bytes waiting for the subscriber at the end.
	RelayOut
	// ServerMuted: subscriber Actor no longer gets Peer's medium. Text audio or video;
	// the instant is that of the answer. ServerUnmuted: the mute has ended, by an
	// unmute or with the subscription.
	ServerMuted
	ServerUnmuted
	// ServerAsked: the gateway took a request of Actor. Text action (ping for a
	// keepalive), Note the session; V: 0 request id, 1 uid it is about, 2 code of the
	// answer (0: it gave none). For a lookup, Note is the domain and then the gateways
	// that it named, as they stand in the path of their WebSockets (203-0-113-10).
	ServerAsked
	// ServerNotified: the gateway told Actor something other than stream-added and
	// stream-removed, about Peer. Text action (update-url, video-rotation, audio-mute,
	// error, ...), Note reason or URL; V: 0 code.
	ServerNotified
	// ServerLocalMuted: Actor said that it stops sending a medium, and the relay drops
	// it for all. Text audio or video. ServerLocalUnmuted: it goes on.
	ServerLocalMuted
	ServerLocalUnmuted
	// ServerMediaRefused: an RTMP publish or play was refused. Text push or play, Note
	// why; Actor whose URL it was, the server's name if nobody's; Peer whose stream.
	ServerMediaRefused
)

// Layer network.
const (
	// LinkChanged: a link of Actor changed by script. Note how.
	LinkChanged Kind = iota + 600
	// OutageBegan and OutageEnded: no packet passes Actor's link in between.
	OutageBegan
	OutageEnded
	// TCPTimeout: a retransmission time-out of a connection of Actor. Note peer address;
	// V: 0 RTO, 1 back-off count.
	TCPTimeout
	// TCPRecovery: Actor's side entered loss recovery. V: 0 segments retransmitted so far.
	TCPRecovery
	// LinkTotals: at the end of the run, for each direction of Actor's link. Text up or
	// down; V: 0 packets sent, 1 delivered, 2 lost at random, 3 dropped by the queue,
	// 4 lost in outages, 5 bytes delivered.
	LinkTotals
)

// Layer fault.
const (
	// FaultInjected: the script did something to Actor. Text what, Note details;
	// V: 0 length (0: until cleared).
	FaultInjected Kind = iota + 700
	// FaultCleared: and undid it.
	FaultCleared
)

// Layer tells who reports events of this kind.
func (k Kind) Layer() Layer {
	if k < 100 {
		return LayerApp
	}
	return Layer(k / 100)
}

var kindNames = map[Kind]string{
	CallIssued: "call", CallDone: "answer", ClientEvent: "event", AppState: "app", TileAdded: "tile-added", TileRemoved: "tile-removed", TileStatus: "tile-status",
	HostState: "host", SocketOpened: "socket-opened", SocketClosed: "socket-closed",
	RequestStarted: "request", RequestEnded: "response", SocketDialled: "socket-dialled", SocketRefused: "socket-refused", SocketSent: "socket-sent", HostTold: "host-told", HostInterrupted: "interrupted",
	PusherCode: "pusher-code", PlayerCode: "player-code", PusherStatus: "pusher-status", PlayerStatus: "player-status",
	PushStarted: "push-started", PushStopped: "push-stopped", PushMedia: "push-media", PlayStarted: "play-started", PlayStopped: "play-stopped",
	FrameCaptured: "captured", FrameDropped: "dropped", FrameShown: "shown", AudioPlayed: "played", PlaybackSpeed: "speed", Buffering: "buffering", FrameOversized: "oversized", AudioMeasured: "measured",
	RTMPStatus: "rtmp-status", RTMPProtocolError: "rtmp-error",
	ServerJoined: "joined", ServerLeft: "left", ServerRole: "role", ServerPublish: "publish", ServerUnpublish: "unpublish", ServerRefused: "refused",
	ServerAnnounced: "announced", ServerPushOpened: "push-opened", ServerPushClosed: "push-closed", ServerPlayOpened: "play-opened", ServerPlayClosed: "play-closed",
	MediaIn: "media-in", RelayOut: "relay-out", ServerMuted: "muted", ServerUnmuted: "unmuted",
	ServerAsked: "asked", ServerNotified: "notified", ServerLocalMuted: "local-muted", ServerLocalUnmuted: "local-unmuted", ServerMediaRefused: "media-refused",
	LinkChanged: "link-changed", OutageBegan: "outage-began", OutageEnded: "outage-ended", TCPTimeout: "tcp-timeout", TCPRecovery: "tcp-recovery",
	LinkTotals:    "link-totals",
	FaultInjected: "fault", FaultCleared: "fault-cleared",
}

func (k Kind) String() string { return kindNames[k] }
