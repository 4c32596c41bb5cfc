package wechat

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/gobwas/ws"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/trace"
)

const (
	// socketTimeout ends a WebSocket that does not open.
	// Source: mini-program documentation, networkTimeout.connectSocket 60 s; fidelity: documented.
	socketTimeout = 60 * time.Second
	// closeTimeout is how long a socket that the app closed waits for the far side's
	// close frame. Source: none published; OkHttp, another client, waits 60 s;
	// fidelity: assumed.
	closeTimeout = 10 * time.Second
	// maxMessageBytes bounds a received message.
	// Source: none published; fidelity: assumed.
	maxMessageBytes = 1 << 20
)

// Codes that a socket ends with. Source: RFC 6455 7.4.1; fidelity: documented.
const (
	closeProtocolError = 1002
	closeAbnormal      = 1006 // no close frame came
)

// SocketOptions are those of wx.connectSocket.
type SocketOptions struct {
	For     string // what the trace calls the connection, such as gateway
	URL     string // wss
	Timeout time.Duration
}

// SocketTask is a WebSocket. Its callbacks are set right after ConnectSocket; any of
// them may stay nil. A socket that never opened ends with OnError alone, an open one
// with OnClose alone (code 1006 when it broke). Closed by the app, it goes on to
// deliver messages until the far side has answered the close frame, and only then
// comes OnClose: about a round trip later.
type SocketTask struct {
	OnOpen    func()
	OnMessage func(data []byte)
	OnClose   func(code int, reason string)
	OnError   func(message string)

	h       *Host
	o       SocketOptions
	number  int64
	url     *url.URL
	key     string // of the handshake
	sock    sockets.Socket
	got     []byte
	message []byte // of a fragmented message so far
	state   socketState
	counted bool // against the host's limit
	opened  bool // as a WebSocket, for the trace
	cancel  func()
}

type socketState uint8

const (
	socketConnecting socketState = iota
	socketUpgrading
	socketOpen
	socketClosing // our close frame is out
	socketDead    // the host let go of it, and nobody was told
	socketEnded
)

// ErrSocketNotOpen says that a message cannot be sent.
var ErrSocketNotOpen = errors.New("sendSocketMessage:fail socket is not open")

// tooManySockets is what the app hears when its limit is reached.
// Source: an issue of a vendor's demo, July 2018, its spelling included; fidelity: observed.
const tooManySockets = "createSocketTask:fail exceed max cocurrent count"

// ConnectSocket is wx.connectSocket.
func (h *Host) ConnectSocket(o SocketOptions) *SocketTask {
	t := &SocketTask{h: h, o: o, number: h.next()}
	if t.o.Timeout == 0 {
		t.o.Timeout = socketTimeout
	}
	t.log(trace.SocketDialled, o.URL)
	u, port, err := parseSecure(o.URL, "wss")
	switch {
	case err != nil:
		t.refuse("", connectFail+err.Error())
		return t
	case h.outside(u.Hostname()):
		t.refuse(refusedDomain, connectFail+notInList)
		return t
	case h.offline():
		t.refuse(refusedSuspended, connectFail+suspendState)
		return t
	case h.sockets >= h.version.WebSockets && !h.o.Defects.SocketLimitIgnored:
		t.refuse(refusedLimit, tooManySockets)
		return t
	}
	t.counted = true
	h.sockets++
	t.url = u
	t.cancel = h.After(t.o.Timeout, func() { t.fail("timeout") })
	t.sock = tlsmodel.Dial(h.o.Sockets, u.Hostname(), port, socketIO{t})
	h.use(t)
	return t
}

// refuse ends a socket before anything was sent; why, if not empty, is the host's rule.
func (t *SocketTask) refuse(why, message string) {
	if why != "" {
		t.log(trace.SocketRefused, why)
	}
	t.finish(why, func() { t.broken(message) })
}

// Send sends a text message.
func (t *SocketTask) Send(data []byte) error { return t.SendAs("", data) }

// SendAs is Send with a word for the trace that says what the message is, such as the
// action of a request.
func (t *SocketTask) SendAs(what string, data []byte) error {
	if t.state != socketOpen {
		return ErrSocketNotOpen
	}
	t.log(trace.SocketSent, what, int64(len(data)))
	t.write(ws.NewTextFrame(bytes.Clone(data)))
	return nil
}

// Close closes the socket; OnClose follows. Until then an open one counts against the
// host's limit: the vendor of a demo advises to wait for it before the next connect.
// Source: an issue of that demo, July 2018; fidelity: inferred.
func (t *SocketTask) Close(code int, reason string) {
	switch t.state {
	case socketOpen:
		t.write(ws.NewCloseFrame(ws.NewCloseFrameBody(ws.StatusCode(code), reason)))
		t.state = socketClosing
		const late = "close frame not answered"
		t.cancel = t.h.After(closeTimeout, func() {
			t.finish(late, func() { t.closed(closeAbnormal, late) })
		})
	case socketConnecting, socketUpgrading, socketDead:
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

// connectFail begins the message of a socket that could not be opened.
const connectFail = "connectSocket:fail "

// fail ends a socket that never opened.
func (t *SocketTask) fail(why string) {
	t.finish(why, func() { t.broken(connectFail + why) })
}

func (t *SocketTask) broken(message string) {
	if t.OnError != nil {
		t.OnError(message)
	}
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
	if t.counted {
		t.h.sockets--
	}
	if t.cancel != nil {
		t.cancel()
	}
	t.letGo((sockets.Socket).Close)
	if t.opened {
		t.opened = false
		t.log(trace.SocketClosed, why)
	}
	t.h.tell(tell)
}

// letGo gives up the connection.
func (t *SocketTask) letGo(how func(sockets.Socket)) {
	if t.sock != nil {
		how(t.sock)
		t.sock = nil
	}
	t.h.unuse(t)
}

// log adds an event of this socket.
func (t *SocketTask) log(k trace.Kind, note string, v ...int64) {
	t.h.log(k, trace.Nobody, t.o.For, note, append([]int64{t.number}, v...)...)
}
