package mediaserver

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/coder/websocket"

	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// direct is the loop itself.
type direct struct{}

func (direct) Call(f func()) error { f(); return nil }

func (direct) Await(f func(func())) error { f(func() {}); return nil }

func TestWebAddresses(t *testing.T) {
	s, err := New(engine.New(1), nil, DefaultOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		method, url, body string
		status            int
	}{
		{"POST", "https://miniapp-1.agoraio.cn/appcenter/1-1-1/getWorkerManager/", `{"appId":"a"}`, 200},
		{"POST", "https://MINIAPP-4.agoraio.cn:443/appcenter/1-1-1/getWorkerManager/", `{"appId":"a"}`, 200},
		{"POST", "https://miniapp.agoraio.cn/appcenter/getWorkerManager", `{"appid":"a"}`, 200},
		{"GET", "https://miniapp-1.agoraio.cn/appcenter/1-1-1/getWorkerManager/", "", 405},
		{"POST", "https://miniapp-1.agoraio.cn/appcenter/1-1-1/getWorkerManager/", strings.Repeat("x", 1<<20), 413},
		{"POST", "https://miniapp-5.agoraio.cn/appcenter/1-1-1/getWorkerManager/", `{"appId":"a"}`, 404},
		{"GET", "https://miniapp.agoraio.cn/203-0-113-99/api", "", 404},
		{"GET", "https://miniapp-1.agoraio.cn/203-0-113-10/api", "", 404},
		{"GET", "https://miniapp.agoraio.cn/203-0-113-10/api", "", 426}, // no WebSocket
		{"POST", "https://uap-ap-web-2.agoraio.cn/api/v1", `{"service_name":"miniapp","json_body":"{\"appId\":\"a\"}"}`, 200},
		{"POST", "https://uap-ap-web-2.agora.io/api/v1", `{}`, 404}, // another country's
		{"POST", "https://uni-webcollector.agora.io/report", `[1,"x"]`, 200},
		{"POST", "https://rest-argus-ad.agoralab.co/any/path", `x`, 200},
		{"GET", "https://uni-webcollector.agora.io/report", "", 405},
		{"POST", "https://report-ad.agoralab.co/v1/report", strings.Repeat("x", 1<<20), 413},
		{"POST", "http://127.0.0.1:8080/appcenter/1-1-1/getWorkerManager/", `{"appId":"a"}`, 200},
		{"POST", "http://[::1]:8080/api/v1", `{"json_body":"{\"appId\":\"a\"}"}`, 200},
		{"POST", "http://localhost/v2/report", `{}`, 200},
		{"GET", "http://127.0.0.1/203-0-113-11/api", "", 426},
		{"POST", "http://127.0.0.1/any/path", "", 404},
	} {
		w := httptest.NewRecorder()
		s.web(func(*http.Request) asker { return direct{} }).ServeHTTP(w, httptest.NewRequest(c.method, c.url, strings.NewReader(c.body)))
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.url, w.Code, c.status)
		}
		if w.Code == http.StatusOK && !strings.Contains(c.url, "report") && !strings.Contains(c.url, "any") && !strings.Contains(strings.ReplaceAll(w.Body.String(), `\`, ""), `"servers":[{"address":`) {
			t.Errorf("%s: %s", c.url, w.Body)
		}
	}
}

// A body that breaks off isn't one that is too long.
func TestBodiesThatCannotBeRead(t *testing.T) {
	s, err := New(engine.New(1), nil, DefaultOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, url := range []string{"https://miniapp-1.agoraio.cn/appcenter/1-1-1/getWorkerManager/", "https://uni-webcollector.agora.io/report"} {
		w := httptest.NewRecorder()
		broken := io.MultiReader(strings.NewReader(`{"appId"`), iotest.ErrReader(io.ErrUnexpectedEOF))
		s.web(func(*http.Request) asker { return direct{} }).ServeHTTP(w, httptest.NewRequest("POST", url, broken))
		if w.Code != http.StatusBadRequest {
			t.Errorf("%s: %d", url, w.Code)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	for _, change := range []func(*Options){
		func(o *Options) { o.Channel.Profile = "party" },
		func(o *Options) { o.Channel.Presence = "" },
		func(o *Options) { o.Channel.Binding = "" },
		func(o *Options) { o.Channel.OldURLLife = -1 },
		func(o *Options) { o.Gateway.Expiry = "" },
		func(o *Options) { o.Gateway.TokenLife = -1 },
		func(o *Options) { o.Relay.QueueLength = 0 },
		func(o *Options) { o.Relay.Unmute = "now" },
		func(o *Options) { o.Gateway.SessionIdle = -1 },
		func(o *Options) { o.Gateways = nil },
		func(o *Options) { o.Limits.MaxMessageBytes = 0 },
		func(o *Options) { o.SpanLength = time.Minute },
	} {
		o := DefaultOptions()
		change(&o)
		if _, err := New(engine.New(1), nil, o, nil); err == nil {
			t.Errorf("accepted: %+v", o)
		}
	}
}

// stay keeps a session alive for that long, and notes what it is told.
func (m *member) stay(length time.Duration) {
	for range length / (3 * time.Second) {
		time.Sleep(3 * time.Second)
		m.ask(`{"action":"ping"}`)
	}
}

func TestLostSocketsEndSessions(t *testing.T) {
	var told []string
	var closed error
	r := run(t, 60*time.Second, 4, nil, func(w *world) {
		w.member(1, 0, func(m *member) { // goes without a word
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
			m.port.Call(func() { w.dialRTMP(u, true).camera(500) })
			time.Sleep(10 * time.Second)
			m.ws.CloseNow()
		})
		w.member(2, 0, func(m *member) { // stays connected and says nothing more
			m.join("broadcaster")
			u := m.ask(`{"action":"publish","uid":2}`).ServerResponse.URL
			m.port.Call(func() { w.dialRTMP(u, true).camera(500) })
			for closed == nil {
				_, closed = m.read(context.Background())
			}
		})
		w.member(3, 0, func(m *member) { // breaks the rules
			m.join("broadcaster")
			_ = m.ws.Write(context.Background(), websocket.MessageText, make([]byte, 1<<20))
			for {
				if _, err := m.read(context.Background()); err != nil {
					return
				}
			}
		})
		w.member(4, time.Second, func(m *member) {
			m.join("audience")
			m.stay(50 * time.Second)
			told = m.told
		})
	})
	if want := []string{"stream-added 1", "stream-added 2", "stream-removed 1", "stream-removed 2"}; !slices.Equal(told, want) {
		t.Errorf("member 4 was told %v", told)
	}
	if closed == nil || !strings.Contains(closed.Error(), "expired") {
		t.Errorf("member 2's socket: %v", closed)
	}
	left := map[string]time.Duration{}
	for _, ev := range r.Events {
		if ev.Kind == trace.ServerLeft {
			left[fmt.Sprintf("%s %s", r.Actors[ev.Actor], r.Text(ev.Text))] = ev.At
		}
	}
	for who, within := range map[string][2]time.Duration{
		"m1 closed": {10 * time.Second, 11 * time.Second}, "m2 expired": {20 * time.Second, 21 * time.Second}, "m3 closed": {0, time.Second},
	} {
		if at, ok := left[who]; !ok || at < within[0] || at > within[1] {
			t.Errorf("%s at %v (%v), want within %v; all: %v", who, at, ok, within, left)
		}
	}
}

func TestClientThatDoesNotReadIsDropped(t *testing.T) {
	r := run(t, 60*time.Second, 1, func(o *Options) { o.Gateway.MaxRequests = 1000; o.Gateway.MaxWaitingBytes = 64 << 10 }, func(w *world) {
		w.member(1, 0, func(m *member) {
			m.join("broadcaster")
			for { // asks and never reads: its own receive window fills, then the server's buffers
				err := m.ws.Write(context.Background(), websocket.MessageText, []byte(`{"requestId":1,"clientRequest":{"action":"publish","uid":1}}`))
				if err != nil {
					return
				}
				time.Sleep(2 * time.Millisecond)
			}
		})
	})
	if got := events(r, trace.ServerLeft); !slices.Equal(got, []string{"left m1 - closed"}) {
		t.Errorf("record: %v", got)
	}
}
