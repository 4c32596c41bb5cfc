package wechat

import (
	"bufio"
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/engine/tlsmodel"
	"minilab/simulator/trace"
)

// onRequest is a server that hands each complete head with its body to answer, once,
// and later bytes to more.
type onRequest struct {
	got    []byte
	begun  bool
	answer func(s sockets.Socket, r *http.Request, body []byte)
	more   func(s sockets.Socket, p []byte)
}

func (x *onRequest) OnOpen(sockets.Socket)         {}
func (x *onRequest) OnWritable(sockets.Socket)     {}
func (x *onRequest) OnClose(sockets.Socket, error) {}
func (x *onRequest) OnData(s sockets.Socket, p []byte) {
	if x.begun {
		x.more(s, p)
		return
	}
	x.got = append(x.got, p...)
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(x.got)))
	if err != nil {
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	x.begun = true
	x.answer(s, r, body)
}

type netWorld struct {
	e    *engine.Engine
	log  *trace.Log
	net  *fakeNet
	host *Host
}

func newNetWorld(t *testing.T, server func() sockets.Handler) *netWorld {
	t.Helper()
	w := &netWorld{e: engine.New(1)}
	w.log = trace.NewLog(trace.Head{Members: []trace.Member{{ID: "a"}}}, w.e.Now)
	w.net = newFakeNet(w.e)
	w.net.accept = tlsmodel.Accept(func(sockets.Socket) sockets.Handler { return server() })
	var err error
	w.host, err = NewHost(HostOptions{Engine: w.e, Log: w.log, Sockets: w.net, Name: "a", Traits: phone.DefaultTraits()})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestRequest(t *testing.T) {
	long := strings.Repeat("x", 40000)
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	for _, c := range []struct {
		name   string
		url    string
		answer func(s sockets.Socket)
		status int
		want   string // body, or what Fail says
	}{
		{"answered", "https://gate/x?a=1", func(s sockets.Socket) {
			s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"))
		}, 200, "hello"},
		{"in pieces", "https://gate/x?a=1", func(s sockets.Socket) {
			all := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(long), long)
			for len(all) > 0 {
				n := min(len(all), 999)
				s.Send([]byte(all[:n]))
				all = all[n:]
			}
		}, 200, long},
		{"chunked", "https://gate/x?a=1", func(s sockets.Socket) { s.Send([]byte(chunked)) }, 200, "hello"},
		{"until the end", "https://gate/x?a=1", func(s sockets.Socket) {
			s.Send([]byte("HTTP/1.0 404 Not Found\r\n\r\nhel"))
			s.Send([]byte("lo"))
			s.Close()
		}, 404, "hello"},
		{"cut short", "https://gate/x?a=1", func(s sockets.Socket) {
			s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello"))
			s.Close()
		}, 0, "request:fail"},
		{"nonsense", "https://gate/x?a=1", func(s sockets.Socket) { s.Send([]byte("SSH-2.0\r\n\r\n")) }, 0, "request:fail bad response"},
		{"never", "https://gate/x?a=1", func(sockets.Socket) {}, 0, "request:fail timeout"},
		{"not https", "http://gate/x", nil, 0, "request:fail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newNetWorld(t, func() sockets.Handler {
				return &onRequest{answer: func(s sockets.Socket, r *http.Request, body []byte) {
					if r.Method != "POST" || r.Host != "gate" || r.URL.RequestURI() != "/x?a=1" || string(body) != `{"a":1}` {
						t.Errorf("got %s %s %s %q", r.Method, r.Host, r.URL, body)
					}
					c.answer(s)
				}}
			})
			var ok, fail int
			w.host.Request(RequestOptions{For: "lookup", URL: c.url, Body: []byte(`{"a":1}`),
				Success: func(status int, body []byte) {
					ok++
					if status != c.status || string(body) != c.want {
						t.Errorf("status %d, body of %d bytes %.20q", status, len(body), body)
					}
				},
				Fail: func(message string) {
					fail++
					if !strings.HasPrefix(message, c.want) {
						t.Errorf("failed: %s", message)
					}
				}})
			if ok+fail != 0 {
				t.Error("a callback before Request returned")
			}
			w.e.RunUntil(2 * time.Minute)
			if wantOK := c.status != 0; ok+fail != 1 || (ok == 1) != wantOK {
				t.Errorf("%d successes, %d failures", ok, fail)
			}
			r, err := w.log.Seal()
			if err != nil {
				t.Fatal(err)
			}
			if opened, closed := len(pick(r, trace.SocketOpened)), len(pick(r, trace.SocketClosed)); opened != closed {
				t.Errorf("%d sockets opened, %d closed", opened, closed)
			}
		})
	}
}

func TestAbortedRequestSaysNothing(t *testing.T) {
	w := newNetWorld(t, func() sockets.Handler {
		return &onRequest{answer: func(s sockets.Socket, _ *http.Request, _ []byte) {
			s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
		}}
	})
	task := w.host.Request(RequestOptions{URL: "https://gate/",
		Success: func(int, []byte) { t.Error("success") }, Fail: func(string) { t.Error("fail") }})
	w.net.proc.At(100*time.Millisecond, task.Abort)
	w.e.RunUntil(2 * time.Minute)
}

// echo is a WebSocket server that sends messages back, in two fragments with a ping
// between them.
func echo(t *testing.T, key func(string) string) *onRequest {
	return &onRequest{
		answer: func(s sockets.Socket, r *http.Request, _ []byte) {
			sum := sha1.Sum([]byte(key(r.Header.Get("Sec-WebSocket-Key")) + webSocketGUID))
			s.Send(fmt.Appendf(nil, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
				base64.StdEncoding.EncodeToString(sum[:])))
		},
		more: func(s sockets.Socket, p []byte) {
			r := bytes.NewReader(p)
			head, err := ws.ReadHeader(r)
			if err != nil || !head.Masked || int64(r.Len()) != head.Length {
				t.Errorf("frame: %v, %+v, %d bytes", err, head, r.Len())
				return
			}
			f := ws.UnmaskFrame(ws.Frame{Header: head, Payload: bytes.Clone(p[len(p)-r.Len():])})
			switch head.OpCode {
			case ws.OpText:
				half := len(f.Payload) / 2
				s.Send(ws.MustCompileFrame(ws.NewFrame(ws.OpText, false, f.Payload[:half])))
				s.Send(ws.MustCompileFrame(ws.NewPingFrame([]byte("p"))))
				s.Send(ws.MustCompileFrame(ws.NewFrame(ws.OpContinuation, true, f.Payload[half:])))
			case ws.OpPong:
				if string(f.Payload) != "p" {
					t.Errorf("pong %q", f.Payload)
				}
			case ws.OpClose:
				s.Send(ws.MustCompileFrame(ws.NewCloseFrame(f.Payload)))
				s.Close()
			}
		},
	}
}

func same(key string) string { return key }

func watch(task *SocketTask, got *[]string) {
	note := func(format string, args ...any) { *got = append(*got, fmt.Sprintf(format, args...)) }
	task.OnOpen = func() { note("open") }
	task.OnMessage = func(p []byte) { note("message %s", p) }
	task.OnClose = func(code int, reason string) { note("close %d", code) }
	task.OnError = func(message string) { note("error") }
}

func TestWebSocket(t *testing.T) {
	for _, c := range []struct {
		name   string
		key    func(string) string
		script func(w *netWorld, task *SocketTask)
		want   string
	}{
		{"echo and close", same, func(w *netWorld, task *SocketTask) {
			w.net.proc.At(time.Second, func() {
				if err := task.Send([]byte("hello")); err != nil {
					t.Error(err)
				}
			})
			w.net.proc.At(2*time.Second, func() { task.Close(1000, "bye") })
		}, "open, message hello, close 1000"},
		{"broken", same, func(w *netWorld, task *SocketTask) {
			w.net.proc.At(time.Second, func() { w.net.cut(sockets.ErrReset) })
		}, "open, close 1006"},
		{"wrong key", func(key string) string { return key + "x" }, func(*netWorld, *SocketTask) {}, "error"},
		{"refused", same, func(w *netWorld, _ *SocketTask) { w.net.dialError = sockets.ErrRefused }, "error"},
		{"closed while opening", same, func(w *netWorld, task *SocketTask) { task.Close(1000, "") }, "close 1000"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newNetWorld(t, func() sockets.Handler { return echo(t, c.key) })
			if c.name == "refused" {
				w.net.dialError = sockets.ErrRefused
			}
			task := w.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/api"})
			var got []string
			watch(task, &got)
			if err := task.Send(nil); !errors.Is(err, ErrSocketNotOpen) {
				t.Errorf("sending before it is open: %v", err)
			}
			c.script(w, task)
			w.e.RunUntil(2 * time.Minute)
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
			if w.host.sockets != 0 {
				t.Errorf("%d sockets counted at the end", w.host.sockets)
			}
		})
	}
}

func TestWebSocketLimit(t *testing.T) {
	w := newNetWorld(t, func() sockets.Handler { return echo(t, same) })
	var got [4][]string
	var tasks [4]*SocketTask
	open := func(i int) {
		tasks[i] = w.host.ConnectSocket(SocketOptions{URL: "wss://gate/api"})
		watch(tasks[i], &got[i])
	}
	open(0)
	open(1)
	open(2)
	w.net.proc.At(time.Second, func() { tasks[0].Close(1000, "") })
	w.net.proc.At(2*time.Second, func() { open(3) })
	w.e.RunUntil(3 * time.Second)
	for i, want := range []string{"open, close 1000", "open", "error", "open"} {
		if s := strings.Join(got[i], ", "); s != want {
			t.Errorf("socket %d: got %s, want %s", i, s, want)
		}
	}
}

func TestTimersCanBeCancelled(t *testing.T) {
	w := newNetWorld(t, nil)
	var fired []time.Duration
	w.host.After(time.Second, func() { fired = append(fired, w.host.Now()) })
	cancel := w.host.After(2*time.Second, func() { t.Error("a cancelled timer fired") })
	cancel()
	w.e.RunUntil(5 * time.Second)
	if len(fired) != 1 || fired[0] != time.Second {
		t.Errorf("fired at %v", fired)
	}
}
