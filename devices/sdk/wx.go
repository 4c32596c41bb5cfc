package sdk

// Wx is the part of the WeChat host's API that the SDK uses. Callbacks come in
// later events, never from within the call.
type Wx interface {
	// Request is wx.request: POST body as JSON. done is called at most once, with
	// the HTTP status and body, or with an error and neither.
	Request(url string, body []byte, done func(status int, body []byte, err error))
	// ConnectSocket is wx.connectSocket.
	ConnectSocket(url string, h SocketEvents) SocketTask
}

// SocketTask is a WebSocket of the host. After Close none of its events come.
type SocketTask interface {
	Send(text []byte)
	Close()
}

// SocketEvents are what a SocketTask reports. Close comes at most once, whether the
// socket had opened or not.
type SocketEvents struct {
	Open    func()
	Message func(text []byte)
	Close   func(reason string)
}
