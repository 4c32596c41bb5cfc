package sdk

// Wx is the part of the WeChat host's API that the SDK uses. Callbacks come in
// later events, never from within the call.
type Wx interface {
	// Request is wx.request: POST body as JSON. purpose is what it is for, in words
	// for people: lookup or telemetry. done is called at most once, with the HTTP
	// status and body, or with an error and neither.
	Request(purpose, url string, body []byte, done func(status int, body []byte, err error))
	// ConnectSocket is wx.connectSocket.
	ConnectSocket(url string, h SocketEvents) SocketTask
}

// SocketTask is a WebSocket of the host.
type SocketTask interface {
	// Send sends a message. action says what it asks for, in a word for people.
	Send(action string, text []byte)
	// Close begins to close; one that has ended already stays so. Messages may still
	// come until the Close event, which comes later and once as for any other end:
	// after the far side's close frame, or with the connection. Open never comes after.
	Close()
}

// SocketEvents are what a SocketTask reports. Close comes at most once, whether the
// socket had opened or not, and nothing after it.
type SocketEvents struct {
	Open    func()
	Message func(text []byte)
	Close   func(reason string)
}
