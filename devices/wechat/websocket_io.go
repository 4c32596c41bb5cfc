package wechat

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/gobwas/ws"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// webSocketGUID goes into the handshake's answer. Source: RFC 6455 1.3; fidelity: documented.
const webSocketGUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

// socketIO is the network's side of a SocketTask.
type socketIO struct{ t *SocketTask }

// OnOpen implements sockets.Handler.
func (x socketIO) OnOpen(s sockets.Socket) { x.t.h.run(func() { x.open(s) }) }

// OnData implements sockets.Handler.
func (x socketIO) OnData(_ sockets.Socket, p []byte) { x.t.h.run(func() { x.data(p) }) }

// OnClose implements sockets.Handler.
func (x socketIO) OnClose(_ sockets.Socket, err error) { x.t.h.run(func() { x.ended(err) }) }

// open asks for the upgrade.
func (x socketIO) open(s sockets.Socket) {
	t := x.t
	if t.state != socketConnecting {
		return
	}
	t.state = socketUpgrading
	var nonce [16]byte
	for i := 0; i < len(nonce); i += 8 {
		binary.LittleEndian.PutUint64(nonce[i:], t.h.rand.Uint64())
	}
	t.key = base64.StdEncoding.EncodeToString(nonce[:])
	s.Send(fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
		t.url.RequestURI(), t.url.Host, t.key))
}

func (x socketIO) data(p []byte) {
	t := x.t
	t.got = append(t.got, p...)
	if t.state == socketUpgrading && !x.answered() {
		return
	}
	for t.state == socketOpen || t.state == socketClosing {
		n, err := x.frame()
		if err != nil {
			x.fail(closeProtocolError, err)
			return
		}
		if n == 0 {
			return
		}
		t.got = t.got[n:]
	}
}

// OnWritable implements sockets.Handler.
func (x socketIO) OnWritable(sockets.Socket) {}

func (x socketIO) ended(err error) {
	if x.t.state == socketDead {
		return
	}
	x.t.letGo(func(sockets.Socket) {})
	if err == nil {
		err = io.EOF
	}
	x.fail(closeAbnormal, err)
}

// answered handles the handshake's answer once it is complete.
func (x socketIO) answered() bool {
	t := x.t
	end := bytes.Index(t.got, []byte("\r\n\r\n"))
	if end < 0 {
		if len(t.got) > maxMessageBytes {
			t.fail("handshake too long")
		}
		return false
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(t.got[:end+4])), nil)
	sum := sha1.Sum([]byte(t.key + webSocketGUID))
	switch {
	case err != nil:
		t.fail(err.Error())
		return false
	case resp.StatusCode != http.StatusSwitchingProtocols:
		t.fail("handshake answered " + resp.Status)
		return false
	case resp.Header.Get("Sec-WebSocket-Accept") != base64.StdEncoding.EncodeToString(sum[:]):
		t.fail("handshake answered with a wrong key")
		return false
	}
	t.got = t.got[end+4:]
	t.state = socketOpen
	t.opened = true
	t.log(trace.SocketOpened, t.url.Host)
	t.cancel()
	if t.OnOpen != nil {
		t.h.call(t.OnOpen)
	}
	return true
}

// frame handles the first frame of what has arrived and returns its length, or 0
// when it isn't complete.
func (x socketIO) frame() (int, error) {
	t := x.t
	r := bytes.NewReader(t.got)
	head, err := ws.ReadHeader(r)
	switch {
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		return 0, nil
	case err != nil:
		return 0, err
	case head.Length > maxMessageBytes || len(t.message)+int(head.Length) > maxMessageBytes:
		return 0, errors.New("message too long")
	}
	state := ws.StateClientSide
	if t.message != nil {
		state = state.Set(ws.StateFragmented)
	}
	if err := ws.CheckHeader(head, state); err != nil {
		return 0, err
	}
	begin := len(t.got) - r.Len()
	end := begin + int(head.Length)
	if end > len(t.got) {
		return 0, nil
	}
	x.payload(head, bytes.Clone(t.got[begin:end]))
	return end, nil
}

func (x socketIO) payload(head ws.Header, p []byte) {
	t := x.t
	switch head.OpCode {
	case ws.OpPing:
		if t.state == socketOpen { // nothing follows a close frame
			t.write(ws.NewPongFrame(p))
		}
	case ws.OpPong:
	case ws.OpClose:
		x.endedByPeer(p)
	default:
		t.message = append(t.message, p...)
		if t.message == nil {
			t.message = []byte{}
		}
		if !head.Fin {
			return
		}
		whole := t.message
		t.message = nil
		if t.OnMessage != nil {
			t.h.call(func() { t.OnMessage(whole) })
		}
	}
}

// endedByPeer handles the far side's close frame, which answers ours or asks for ours.
func (x socketIO) endedByPeer(p []byte) {
	t := x.t
	code, reason := ws.ParseCloseFrameData(p)
	asked := t.state == socketOpen
	if asked {
		t.write(ws.NewCloseFrame(p))
	}
	t.finish("", func() {
		if !asked || !t.h.o.Defects.CloseNotTold {
			t.closed(int(code), reason)
		}
	})
}

// fail ends a socket that broke.
func (x socketIO) fail(code int, err error) {
	t := x.t
	switch t.state {
	case socketOpen:
		t.finish(err.Error(), func() {
			if !t.h.o.Defects.CloseNotTold {
				t.closed(code, err.Error())
			}
		})
	case socketClosing:
		t.finish(err.Error(), func() { t.closed(code, err.Error()) })
	default:
		t.fail(err.Error())
	}
}
