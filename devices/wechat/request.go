package wechat

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/trace"
)

// requestTimeout ends a request that has no answer.
// Source: mini-program documentation, networkTimeout.request 60 s; fidelity: documented.
const requestTimeout = 60 * time.Second

// maxResponseBytes bounds what a request takes in.
// Source: none published; fidelity: assumed.
const maxResponseBytes = 1 << 20

// RequestOptions are those of wx.request. At most one of Success and Fail is called,
// in a later event than Request.
type RequestOptions struct {
	For     string // what the trace calls the connection, such as lookup
	URL     string // https
	Header  http.Header
	Body    []byte
	Timeout time.Duration // 0: requestTimeout
	// Success is called with any HTTP status, as in wx.
	Success func(status int, body []byte)
	Fail    func(message string)
}

// RequestTask is a POST on its way.
type RequestTask struct {
	h      *Host
	o      RequestOptions
	number int64
	status int // of the answer
	req    *http.Request
	sock   sockets.Socket
	got    []byte
	opened bool
	done   bool
	cancel func()
}

// Request is wx.request with method POST, over a connection of its own.
func (h *Host) Request(o RequestOptions) *RequestTask {
	t := &RequestTask{h: h, o: o, number: h.next()}
	if t.o.Timeout == 0 {
		t.o.Timeout = requestTimeout
	}
	u, port, err := parseSecure(o.URL, "https")
	asked := o.URL
	if err == nil {
		asked = u.Hostname()
	}
	h.log(trace.RequestStarted, trace.Nobody, o.For, asked, t.number)
	if err == nil && h.outside(asked) {
		h.log(trace.SocketRefused, trace.Nobody, o.For, refusedDomain, t.number)
		err = errors.New(notInList)
	}
	if err == nil && h.offline() {
		h.log(trace.SocketRefused, trace.Nobody, o.For, refusedSuspended, t.number)
		err = errors.New(suspendState)
	}
	if err == nil {
		t.req, err = http.NewRequest(http.MethodPost, o.URL, bytes.NewReader(o.Body))
	}
	if err != nil {
		h.proc.After(0, func() { t.fail(err.Error()) })
		return t
	}
	for k, v := range o.Header {
		t.req.Header[k] = v
	}
	if t.req.Header.Get("Content-Type") == "" {
		t.req.Header.Set("Content-Type", "application/json")
	}
	t.req.Header.Set("User-Agent", "MicroMessenger")
	t.req.Close = true
	t.cancel = h.After(t.o.Timeout, func() { t.end("timeout"); t.fail("timeout") })
	t.sock = tlsmodel.Dial(h.o.Sockets, u.Hostname(), port, requestIO{t})
	h.use(t)
	return t
}

// Abort ends the request: neither callback is called afterwards.
func (t *RequestTask) Abort() {
	if !t.done {
		t.end("aborted")
		t.finish("aborted")
	}
}

// requestIO is the network's side of a RequestTask.
type requestIO struct{ t *RequestTask }

// OnOpen implements sockets.Handler.
func (x requestIO) OnOpen(s sockets.Socket) { x.t.h.run(func() { x.t.onOpen(s) }) }

// OnData implements sockets.Handler.
func (x requestIO) OnData(_ sockets.Socket, p []byte) { x.t.h.run(func() { x.t.onData(p) }) }

// OnWritable implements sockets.Handler.
func (x requestIO) OnWritable(sockets.Socket) {}

// OnClose implements sockets.Handler.
func (x requestIO) OnClose(_ sockets.Socket, err error) { x.t.h.run(func() { x.t.onClose(err) }) }

func (t *RequestTask) onOpen(s sockets.Socket) {
	if t.sock == nil {
		return
	}
	t.opened = true
	t.h.log(trace.SocketOpened, trace.Nobody, t.o.For, t.req.URL.Host, t.number)
	var b bytes.Buffer
	if err := t.req.Write(&b); err != nil {
		t.end(err.Error())
		t.fail(err.Error())
		return
	}
	s.Send(b.Bytes())
}

func (t *RequestTask) onData(p []byte) {
	t.got = append(t.got, p...)
	t.parse(false)
}

func (t *RequestTask) onClose(err error) {
	t.sock = nil
	t.h.unuse(t)
	if err == nil {
		t.parse(true)
		err = io.ErrUnexpectedEOF
	}
	t.fail(err.Error())
}

// parse looks whether the response is complete; ended says that no more will come.
func (t *RequestTask) parse(ended bool) {
	if t.done {
		return
	}
	if len(t.got) > maxResponseBytes {
		t.end("response too long")
		t.fail("response too long")
		return
	}
	resp, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(t.got)), t.req)
	var body []byte
	if err == nil {
		if resp.ContentLength < 0 && len(resp.TransferEncoding) == 0 && !ended {
			return // only its end will tell
		}
		body, err = io.ReadAll(resp.Body)
	}
	switch {
	case err == nil:
		t.status = resp.StatusCode
		t.end("")
		t.finish("")
		if t.o.Success != nil {
			t.h.call(func() { t.o.Success(resp.StatusCode, body) })
		}
	case !ended && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)):
	default:
		t.end("bad response")
		t.fail(fmt.Sprintf("bad response: %v", err))
	}
}

// end lets go of the connection.
func (t *RequestTask) end(why string) {
	if t.cancel != nil {
		t.cancel()
	}
	if t.sock != nil {
		t.sock.Close()
		t.sock = nil
	}
	t.h.unuse(t)
	if t.opened {
		t.opened = false
		t.h.log(trace.SocketClosed, trace.Nobody, t.o.For, why, t.number)
	}
}

// finish notes that the request is over.
func (t *RequestTask) finish(why string) {
	t.done = true
	t.h.log(trace.RequestEnded, trace.Nobody, t.o.For, why, t.number, int64(t.status))
}

func (t *RequestTask) fail(why string) {
	if t.done {
		return
	}
	t.end(why)
	message := "request:fail " + why
	t.finish(message)
	if t.o.Fail != nil && !t.h.o.Defects.RequestFailureNotTold {
		t.h.call(func() { t.o.Fail(message) })
	}
}

// receive implements networkUser.
func (t *RequestTask) receive(on bool) { t.sock.Receive(on) }

// vanish implements networkUser.
func (t *RequestTask) vanish() {
	t.sock.Abort()
	t.sock = nil
	t.end("gone")
	t.finish("gone")
}

// close implements networkUser.
func (t *RequestTask) close(why string) {
	t.end(why)
	t.finish(why)
}
