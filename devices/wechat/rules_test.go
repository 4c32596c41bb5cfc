package wechat

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gobwas/ws"

	"minilab/devices/phone"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// upgraded is a WebSocket server that does as frame says with each frame.
func upgraded(t *testing.T, frame func(s sockets.Socket, op ws.OpCode, payload []byte)) *onRequest {
	e := echo(t, same)
	e.more = func(s sockets.Socket, p []byte) {
		for len(p) > 0 {
			r := bytes.NewReader(p)
			head, err := ws.ReadHeader(r)
			if err != nil {
				t.Fatal(err)
			}
			begin := len(p) - r.Len()
			f := ws.UnmaskFrame(ws.Frame{Header: head, Payload: bytes.Clone(p[begin : begin+int(head.Length)])})
			p = p[begin+int(head.Length):]
			frame(s, head.OpCode, f.Payload)
		}
	}
	return e
}

// again makes the world's host anew with other options.
func (w *netWorld) again(t *testing.T, change func(*HostOptions)) {
	t.Helper()
	o := HostOptions{Engine: w.e, Log: w.log, Sockets: w.net, Name: "again", Traits: phone.DefaultTraits()}
	change(&o)
	var err error
	if w.host, err = NewHost(o); err != nil {
		t.Fatal(err)
	}
}

// seen lists the events of some kinds as words.
func (w *netWorld) seen(t *testing.T, kinds ...trace.Kind) []string {
	t.Helper()
	r, err := w.log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, ev := range r.Events {
		if slices.Contains(kinds, ev.Kind) {
			out = append(out, fmt.Sprintf("%v %s [%s] %d %d", ev.Kind, r.Texts[ev.Text], r.Texts[ev.Note], ev.V[0], ev.V[1]))
		}
	}
	return out
}

var netKinds = []trace.Kind{trace.RequestStarted, trace.RequestEnded, trace.SocketDialled, trace.SocketRefused,
	trace.SocketOpened, trace.SocketClosed, trace.SocketSent}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestClosedSocketWaitsForItsAnswer(t *testing.T) {
	const closeAt = time.Second
	for _, c := range []struct {
		name   string
		answer func(w *netWorld, s sockets.Socket, payload []byte) // to the close frame
		want   string
		least  time.Duration // from Close to OnClose
		most   time.Duration
	}{
		{"answered", func(_ *netWorld, s sockets.Socket, p []byte) {
			s.Send(ws.MustCompileFrame(ws.NewCloseFrame(p)))
		}, "open, close 1000", 40 * time.Millisecond, 41 * time.Millisecond},
		{"a message before the answer", func(_ *netWorld, s sockets.Socket, p []byte) {
			s.Send(ws.MustCompileFrame(ws.NewTextFrame([]byte("late"))))
			s.Send(ws.MustCompileFrame(ws.NewPingFrame(nil)))
			s.Send(ws.MustCompileFrame(ws.NewCloseFrame(p)))
			s.Send(ws.MustCompileFrame(ws.NewTextFrame([]byte("too late"))))
		}, "open, message late, close 1000", 40 * time.Millisecond, 41 * time.Millisecond},
		{"slowly", func(w *netWorld, s sockets.Socket, p []byte) {
			w.net.proc.After(3*time.Second, func() { s.Send(ws.MustCompileFrame(ws.NewCloseFrame(p))) })
		}, "open, close 1000", 3040 * time.Millisecond, 3041 * time.Millisecond},
		{"only the connection ends", func(_ *netWorld, s sockets.Socket, _ []byte) { s.Close() },
			"open, close 1006", 40 * time.Millisecond, 61 * time.Millisecond},
		{"never", func(*netWorld, sockets.Socket, []byte) {}, "open, close 1006", closeTimeout, closeTimeout},
	} {
		t.Run(c.name, func(t *testing.T) {
			var w *netWorld
			w = newNetWorld(t, func() sockets.Handler {
				return upgraded(t, func(s sockets.Socket, op ws.OpCode, p []byte) {
					if op != ws.OpClose {
						t.Errorf("frame %v after the close frame", op)
						return
					}
					c.answer(w, s, p)
				})
			})
			task := w.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/api"})
			var got []string
			watch(task, &got)
			told := time.Duration(-1)
			onClose := task.OnClose
			task.OnClose = func(code int, reason string) { told = w.e.Now(); onClose(code, reason) }
			w.net.proc.At(closeAt, func() {
				task.Close(1000, "bye")
				task.Close(1000, "again")
				if task.Send(nil) == nil {
					t.Error("a closing socket took a message")
				}
			})
			w.e.RunUntil(time.Minute)
			if s := strings.Join(got, ", "); s != c.want {
				t.Errorf("got %s, want %s", s, c.want)
			}
			if d := told - closeAt; d < c.least || d > c.most {
				t.Errorf("the close was told after %v, want %v", d, c.least)
			}
			if w.host.sockets != 0 {
				t.Errorf("%d sockets counted at the end", w.host.sockets)
			}
		})
	}
}

func TestClosingSocketCounts(t *testing.T) {
	for _, planted := range []bool{false, true} {
		w := newNetWorld(t, func() sockets.Handler { return upgraded(t, func(sockets.Socket, ws.OpCode, []byte) {}) })
		w.again(t, func(o *HostOptions) { o.Defects.SocketLimitIgnored = planted })
		var got [4][]string
		var tasks [4]*SocketTask
		open := func(i int) {
			tasks[i] = w.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/api"})
			watch(tasks[i], &got[i])
			tasks[i].OnError = func(message string) { got[i] = append(got[i], message) }
		}
		open(0)
		open(1)
		w.net.proc.At(time.Second, func() { tasks[0].Close(1000, "") })
		w.net.proc.At(2*time.Second, func() { open(2) })
		w.net.proc.At(time.Second+closeTimeout+time.Millisecond, func() { open(3) })
		w.e.RunUntil(20 * time.Second)
		third := tooManySockets
		if planted {
			third = "open"
		}
		for i, want := range []string{"open, close 1006", "open", third, "open"} {
			if s := strings.Join(got[i], ", "); s != want {
				t.Errorf("planted %v, socket %d: got %s, want %s", planted, i, s, want)
			}
		}
		refused := w.seen(t, trace.SocketRefused)
		if planted {
			wantLines(t, refused)
		} else {
			wantLines(t, refused, "socket-refused gateway [limit] 3 0")
		}
	}
}

func TestLaterHostsAllowMoreSockets(t *testing.T) {
	w := newNetWorld(t, func() sockets.Handler { return echo(t, same) })
	w.again(t, func(o *HostOptions) { o.WebSockets = 5 })
	for range 6 {
		w.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/api"})
	}
	w.e.RunUntil(time.Second)
	wantLines(t, w.seen(t, trace.SocketRefused), "socket-refused gateway [limit] 6 0")
}

func TestDomains(t *testing.T) {
	for _, c := range []struct {
		name    string
		domains []string
		planted bool
		refused bool
	}{
		{"any", nil, false, false},
		{"listed", []string{"other", "gate"}, false, false},
		{"not listed", []string{"other", "gate.other", "ate"}, false, true},
		{"none listed", []string{}, false, true},
		{"not listed, planted", []string{"other"}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newNetWorld(t, func() sockets.Handler {
				e := echo(t, same)
				upgrade := e.answer
				e.answer = func(s sockets.Socket, r *http.Request, b []byte) {
					if r.Method == http.MethodPost {
						s.Send([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
						return
					}
					upgrade(s, r, b)
				}
				return e
			})
			w.again(t, func(o *HostOptions) { o.Domains, o.Defects.DomainListIgnored = c.domains, c.planted })
			var got []string
			w.host.Request(RequestOptions{For: "lookup", URL: "https://gate:8443/x",
				Success: func(status int, _ []byte) { got = append(got, fmt.Sprint(status)) },
				Fail:    func(message string) { got = append(got, message) }})
			task := w.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/api"})
			task.OnOpen = func() { got = append(got, "open") }
			task.OnError = func(message string) { got = append(got, message) }
			if len(got) > 0 {
				t.Error("a callback before the call returned")
			}
			w.e.RunUntil(0)
			if c.refused {
				wantLines(t, got, "request:fail url not in domain list", "connectSocket:fail url not in domain list")
			}
			w.e.RunUntil(5 * time.Second)
			if !c.refused {
				slices.Sort(got)
				wantLines(t, got, "200", "open")
				wantLines(t, w.seen(t, trace.SocketRefused))
				return
			}
			if len(w.net.pairs) > 0 {
				t.Errorf("%d connections were tried", len(w.net.pairs))
			}
			wantLines(t, w.seen(t, netKinds...),
				"request lookup [gate] 1 0", "socket-refused lookup [domain] 1 0",
				"socket-dialled gateway [wss://gate/api] 2 0", "socket-refused gateway [domain] 2 0",
				"response lookup [request:fail url not in domain list] 1 0")
			if w.host.sockets != 0 {
				t.Error("a refused socket is counted")
			}
		})
	}
}

func TestTraceOfTheNetwork(t *testing.T) {
	w := newNetWorld(t, func() sockets.Handler {
		e := echo(t, same)
		upgrade := e.answer
		e.answer = func(s sockets.Socket, r *http.Request, b []byte) {
			if r.Method == http.MethodPost {
				s.Send([]byte("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))
				return
			}
			upgrade(s, r, b)
		}
		return e
	})
	w.host.Request(RequestOptions{For: "lookup", URL: "https://gate/x"})
	var task *SocketTask
	w.net.proc.At(time.Second, func() {
		task = w.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/api"})
		task.OnOpen = func() {
			if err := task.SendAs("join", []byte("hello")); err != nil {
				t.Error(err)
			}
		}
	})
	w.net.proc.At(2*time.Second, func() { task.Close(1000, "") })
	w.net.proc.At(3*time.Second, func() { w.host.Request(RequestOptions{For: "lookup", URL: "nonsense"}) })
	w.net.proc.At(4*time.Second, func() {
		w.net.dialError = sockets.ErrRefused
		w.host.Request(RequestOptions{For: "lookup", URL: "https://gate/x"}).Abort()
	})
	w.e.RunUntil(10 * time.Second)
	wantLines(t, w.seen(t, netKinds...),
		"request lookup [gate] 1 0", "socket-opened lookup [gate] 1 0", "socket-closed lookup [] 1 0", "response lookup [] 1 404",
		"socket-dialled gateway [wss://gate/api] 2 0", "socket-opened gateway [gate] 2 0", "socket-sent gateway [join] 2 5", "socket-closed gateway [] 2 0",
		"request lookup [nonsense] 3 0", `response lookup [request:fail url "nonsense": want https] 3 0`,
		"request lookup [gate] 4 0", "response lookup [aborted] 4 0")
}

func TestPlantedSilence(t *testing.T) {
	for _, planted := range []bool{false, true} {
		w := newNetWorld(t, func() sockets.Handler { return echo(t, same) })
		w.again(t, func(o *HostOptions) { o.Defects = Defects{CloseNotTold: planted, RequestFailureNotTold: planted} })
		var got []string
		w.host.Request(RequestOptions{URL: "nonsense", Fail: func(string) { got = append(got, "fail") }})
		a := w.host.ConnectSocket(SocketOptions{URL: "wss://gate/api"})
		a.OnClose = func(int, string) { got = append(got, "closed by us") }
		b := w.host.ConnectSocket(SocketOptions{URL: "wss://gate/api"})
		b.OnClose = func(int, string) { got = append(got, "closed by them") }
		w.net.proc.At(time.Second, func() { a.Close(1000, "") })
		w.net.proc.At(2*time.Second, func() { w.net.cut(sockets.ErrReset) })
		w.e.RunUntil(30 * time.Second)
		want := []string{"fail", "closed by us", "closed by them"}
		if planted {
			want = []string{"closed by us"}
		}
		wantLines(t, got, want...)
	}
}
