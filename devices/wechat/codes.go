package wechat

// State codes of live-pusher and live-player that exist here.
// Source: WeChat live-pusher and live-player documentation, LiteAV
// TXLiveSDKEventDef.h; fidelity: documented.
const (
	codePushConnected    = 1001
	codePushBegan        = 1002
	codeCameraOpened     = 1003
	codePushResolution   = 1005
	codePushBitrate      = 1006
	codeFirstCapture     = 1007
	codeEncoderStarted   = 1008
	codeUplinkPoor       = 1101
	codePushReconnect    = 1102
	codeSoftwareEncoder  = 1103
	codeEncoderRestarted = 1104
	codeCameraFailed     = -1301
	codeEncodeFailed     = -1303
	codePushGaveUp       = -1307
	codeBadAddress       = -1313
	codeServerRefused    = -1326
	codePlayConnected    = 2001
	codeFirstIDR         = 2003
	codePlayBegan        = 2004
	codeLoading          = 2007
	codeDecoderStarted   = 2008
	codePlayResolution   = 2009
	codeFirstAudio       = 2026
	codeMicStarted       = 2027
	codeAudioRoute       = 2030
	codeFirstRendered    = 2032
	codeUndecodable      = 2101
	codePlayReconnect    = 2103
	codeUnsteady         = 2104
	codeStutter          = 2105
	codeSoftDecoder      = 2106
	codeFrameGap         = 2107
	codePlayGaveUp       = -2301
	codeNameFailed       = 3001
	codeConnectFailed    = 3002
	codeHandshakeFailed  = 3003
	codeServerClosed     = 3004
	codeReadWriteFailed  = 3005
	codeSendStalled      = 3008
	codeSuspended        = 5000
	codeInterrupted      = 5001
	codePlaySuspended    = 6000
)

// Errors of binderror. Source: live-pusher documentation; fidelity: documented.
const (
	errorCameraDenied = 10001
	errorMicDenied    = 10002
	errorMusic        = 10003
	errorImage        = 10004
)

var codeMessages = map[int]string{
	codePushConnected: "connected to server", codePushBegan: "push begins", codeCameraOpened: "camera opened",
	codePushResolution: "resolution changed", codePushBitrate: "bitrate changed", codeFirstCapture: "first picture captured",
	codeEncoderStarted: "encoder started", codeUplinkPoor: "uplink poor", codePushReconnect: "disconnected, reconnecting",
	codeSoftwareEncoder: "hardware encoder failed to start, software used", codeEncoderRestarted: "encoding failed, encoder restarted",
	codeCameraFailed: "camera failed to open", codeEncodeFailed: "encoding failed",
	codePushGaveUp: "disconnected, retries exhausted", codeBadAddress: "bad address", codeServerRefused: "server refused",
	codePlayConnected: "connected to server", codeFirstIDR: "first key frame", codePlayBegan: "playback begins",
	codeLoading: "loading", codeDecoderStarted: "decoder started", codePlayResolution: "resolution changed",
	codeFirstAudio: "first sound played", codeFirstRendered: "first picture rendered", codeUndecodable: "frame undecodable",
	codePlayReconnect: "disconnected, reconnecting", codeUnsteady: "unsteady arrival", codeStutter: "stutter",
	errorCameraDenied: "camera not authorised", errorMicDenied: "microphone not authorised",
	errorMusic: "background music not loaded", errorImage: "waiting image not loaded",
	codeMicStarted: "microphone started", codeAudioRoute: "audio route changed", codePlaySuspended: "suspended by the host", codeSuspended: "suspended by the host", codeInterrupted: "interrupted by a call",
	codeSoftDecoder: "hardware decoder not available, software used",
	codeFrameGap:    "frames missing", codePlayGaveUp: "disconnected, retries exhausted", codeNameFailed: "name not found",
	codeConnectFailed: "connect failed", codeHandshakeFailed: "handshake failed", codeServerClosed: "server closed the connection",
	codeReadWriteFailed: "read or write failed", codeSendStalled: "nothing sent for 30 s",
}
