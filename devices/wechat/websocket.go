package wechat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/gobwas/ws"

	"minilab/simulator/engine"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/trace"
)

const (
	// socketTimeout ends a WebSocket that does not open.
	// Source: mini-program documentation, networkTimeout.connectSocket 60 s; fidelity: documented.
	socketTimeout = 60 * time.Second
	// maxMessageBytes bounds a received message.
	// Source: none published; fidelity: assumed.
	maxMessageBytes = 1 << 20
)

// SocketOptions are those of wx.connectSocket.
type SocketOptions struct {
	For     string // what the trace calls the connection, such as gateway
	URL     string // wss
	Timeout time.Duration
}

// SocketTask is a WebSocket. Its callbacks are set right after ConnectSocket; any of
// them may stay nil. A socket that never opened ends with OnError alone, an open one
// with OnClose alone (code 1006 when it broke).
type SocketTask struct {
	OnOpen    func()
	OnMessage func(data []byte)
	OnClose   func(code int, reason string)
	OnError   func(message string)

	h       *Host
	o       SocketOptions
	url     *url.URL
	key     string // of the handshake
	sock    engine.Socket
	got     []byte
	message []byte // of a fragmented message so far
	state   socketState
	opened  bool // as a connection, for the trace
	cancel  func()
}

type socketState uint8

const (
	socketConnecting socketState = iota
	socketUpgrading
	socketOpen
	socketEnded
)

// ErrSocketNotOpen says that a message cannot be sent.
var ErrSocketNotOpen = errors.New("sendSocketMessage:fail socket is not open")

// ConnectSocket is wx.connectSocket.
func (h *Host) ConnectSocket(o SocketOptions) *SocketTask {
	t := &SocketTask{h: h, o: o}
	if t.o.Timeout == 0 {
		t.o.Timeout = socketTimeout
	}
	u, port, err := parseSecure(o.URL, "wss")
	if err == nil && h.sockets >= h.o.WebSockets {
		err = fmt.Errorf("no more than %d sockets", h.o.WebSockets)
	}
	h.sockets++
	if err != nil {
		h.proc.After(0, func() { t.fail(err.Error()) })
		return t
	}
	t.url = u
	t.cancel = h.After(t.o.Timeout, func() { t.fail("timeout") })
	t.sock = tlsmodel.Dial(h.o.Sockets, u.Hostname(), port, socketIO{t})
	return t
}

// Send sends a text message.
func (t *SocketTask) Send(data []byte) error {
	if t.state != socketOpen {
		return ErrSocketNotOpen
	}
	t.write(ws.NewTextFrame(bytes.Clone(data)))
	return nil
}

// Close closes the socket; OnClose follows.
func (t *SocketTask) Close(code int, reason string) {
	switch t.state {
	case socketOpen:
		t.write(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(code), reason)))
		t.finish("", func() { t.closed(code, reason) })
	case socketConnecting, socketUpgrading:
		t.finish("closed", func() { t.closed(code, reason) })
	}
}

func (t *SocketTask) write(f ws.Frame) {
	var mask [4]byte
	binary.LittleEndian.PutUint32(mask[:], t.h.rand.Uint32())
	b, err := ws.CompileFrame(ws.MaskFrameInPlaceWith(f, mask))
	if err != nil {
		panic(fmt.Sprintf("wechat: a WebSocket frame cannot be written to memory: %v", err))
	}
	t.sock.Send(b)
}

// fail ends a socket that never opened.
func (t *SocketTask) fail(why string) {
	t.finish(why, func() {
		if t.OnError != nil {
			t.OnError("connectSocket:fail " + why)
		}
	})
}

func (t *SocketTask) closed(code int, reason string) {
	if t.OnClose != nil {
		t.OnClose(code, reason)
	}
}

// finish lets go of the connection and has the app told, in an event of its own.
func (t *SocketTask) finish(why string, tell func()) {
	if t.state == socketEnded {
		return
	}
	t.state = socketEnded
	t.h.sockets--
	if t.cancel != nil {
		t.cancel()
	}
	if t.sock != nil {
		t.sock.Close()
		t.sock = nil
	}
	if t.opened {
		t.h.log(trace.SocketClosed, trace.Nobody, t.o.For, why)
	}
	t.h.proc.After(0, tell)
}
