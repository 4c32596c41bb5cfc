package mediaserver

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// envelope is a message with a request in it, in a uid's name.
func envelope(uid int, body string) []byte {
	return fmt.Appendf(nil, `{"appId":"app","cname":"room","uid":"%d","sid":"S","sdkVersion":"1.1.0","seq":2,"requestId":3,"ts":1,"clientRequest":%s}`, uid, body)
}

// Whatever one client's WebSocket carries, it gets an answer with a code or a close,
// and a call that goes on beside it doesn't notice.
func TestBadInputConcernsItsSenderOnly(t *testing.T) {
	text := func(s string) func(*member) error {
		return func(m *member) error { return m.ws.Write(context.Background(), websocket.MessageText, []byte(s)) }
	}
	named := func(uid int, body string) func(*member) error { return text(string(envelope(uid, body))) }
	for _, c := range []struct {
		name string
		join bool
		send func(*member) error
		code int // of the answer; 0: the socket is closed
	}{
		{"malformed JSON", true, text(`{"requestId":3,`), 401},
		{"no JSON", true, text("\x00\xff"), 401},
		{"an empty message", true, text(""), 401},
		{"a wrong type", true, text(`{"requestId":3,"clientRequest":{"action":5}}`), 401},
		{"nested without end", true, text(strings.Repeat(`{"clientRequest":`, 1500)), 401},
		{"an unknown action", true, named(3, `{"action":"dance"}`), 401},
		{"a request before join", false, named(3, `{"action":"publish","uid":3}`), 434},
		{"a leave before join", false, named(3, `{"action":"leave"}`), 434},
		{"a join without uid", false, named(0, `{"action":"join","role":"audience"}`), 431},
		{"a join with a bad role", false, named(3, `{"action":"join","role":"king","uid":"3"}`), 431},
		{"in another's name", true, named(1, `{"action":"unpublish","uid":1}`), 434},
		{"about another's stream", true, named(3, `{"action":"unpublish","uid":1}`), 434},
		{"a second login as another", true, named(3, `{"action":"join","role":"audience","uid":"1"}`), 431},
		{"a stale token", false, named(3, `{"action":"join","role":"audience","uid":"3","key_vos":"stale"}`), 431},
		{"a binary message", true, func(m *member) error {
			return m.ws.Write(context.Background(), websocket.MessageBinary, []byte{1, 2, 3})
		}, 401},
		{"an oversized message", true, text(strings.Repeat("x", 1<<20)), 0},
	} {
		var answer reply
		var err error
		var play *peer
		told := []string{}
		run(t, 60*time.Second, 3, nil, func(w *world) {
			w.member(1, 0, func(m *member) {
				m.join("broadcaster")
				u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
				m.port.Call(func() { w.dialRTMP(u, true).camera(500) })
				m.stay(50 * time.Second)
			})
			w.member(2, 0, func(m *member) {
				m.join("audience")
				m.await("stream-added 1")
				u := m.ask(`{"action":"subscribe","uid":1}`).ServerResponse.URL
				m.port.Call(func() { play = w.dialRTMP(u, false) })
				m.stay(50 * time.Second)
				told = m.told
			})
			w.member(3, 5*time.Second, func(m *member) {
				m.connect()
				if c.name == "a stale token" {
					m.ask(`{"action":"join","role":"audience","uid":"3","key_vos":"stale"}`)
					m.port.Call(func() { _ = w.s.Do(Command{Kind: "expire-token", To: 3}) })
					for range 12 {
						time.Sleep(3 * time.Second)
						if m.ws.Write(context.Background(), websocket.MessageText, []byte(`{"command":"ping","requestId":1}`)) != nil {
							break
						}
					}
					m.connect()
				}
				if c.join {
					m.ask(`{"action":"join","role":"audience","uid":"3"}`)
				}
				sent := c.send(m)
				for answer.Code == 0 || answer.Command != "" || c.code == 0 {
					if answer, err = m.read(context.Background()); err != nil {
						break
					}
				}
				if c.code != 0 && sent != nil {
					t.Errorf("%s: %v", c.name, sent)
				}
				m.ws.CloseNow()
			})
		})
		switch {
		case c.code == 0 && (err == nil || errors.Is(err, context.DeadlineExceeded)):
			t.Errorf("%s: the socket isn't closed", c.name)
		case c.code != 0 && (err != nil || answer.Code != c.code || answer.Reason == ""):
			t.Errorf("%s: %+v, %v, want code %d", c.name, answer, err, c.code)
		}
		if n := play.count(rtmp.TypeVideo); n < 600 || play.closed || !slices.Equal(told, []string{"stream-added 1"}) {
			t.Errorf("%s: beside it, %d frames came, closed %v, told %v", c.name, n, play.closed, told)
		}
	}
}

// upgrade asks the first gateway for a WebSocket.
func (w *world) upgrade() *raw {
	return w.rawTLS("GET " + lookup.GatewayPath(w.s.o.Gateways[0]) + " HTTP/1.1\r\nHost: " + lookup.GatewayDomain +
		"\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
}

// frames are n WebSocket messages with that text, masked with zeros.
func frames(text []byte, n int) []byte {
	one := append([]byte{0x81, 0x80 | 126, byte(len(text) >> 8), byte(len(text)), 0, 0, 0, 0}, text...)
	return bytes.Repeat(one, n)
}

// Ten thousand requests in a second: the first ones are granted, then the answer is
// 429, then the socket closes. Nothing of it stays, however often it comes, and a
// member beside it is answered as ever.
func TestFloods(t *testing.T) {
	flood := func(times int) uint64 {
		var w *world
		var floods []*raw
		r := run(t, time.Duration(times)*8*time.Second+10*time.Second, 2, nil, func(world *world) {
			w = world
			for i := range times {
				var c *raw
				at := time.Duration(1+8*i) * time.Second
				w.p.At(at, func() { c = w.upgrade(); floods = append(floods, c) })
				w.p.At(at+500*time.Millisecond, func() {
					c.sock.Send(frames(envelope(1, `{"action":"join","role":"broadcaster","uid":"1"}`), 1))
					c.sock.Send(frames(envelope(1, `{"action":"publish","uid":1}`), 10_000))
				})
			}
			w.member(2, 0, func(m *member) {
				m.join("broadcaster")
				for range 4 * times {
					time.Sleep(2 * time.Second)
					before := time.Now()
					if a := m.ask(`{"action":"publish","uid":2}`); a.Code != 200 || time.Since(before) > time.Second {
						t.Errorf("the member beside it: %+v after %v", a, time.Since(before))
					}
				}
			})
		})
		for _, c := range floods {
			busy := bytes.Count(c.got, []byte(`"code":429`))
			if granted := bytes.Count(c.got, []byte(`"code":200`)); !c.closed || granted > 500 || busy < 100 || busy > 1000 {
				t.Errorf("closed %v, %d granted, %d refused", c.closed, granted, busy)
			}
		}
		if asked := len(events(r, trace.ServerAsked)); asked > times*1500+100 {
			t.Errorf("%d requests in the record", asked)
		}
		if n := len(w.s.registry.Members()); n != 1 {
			t.Errorf("%d members are left", n)
		}
		floods, r = nil, nil
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		runtime.KeepAlive(w.s)
		runtime.KeepAlive(w.net)
		return m.HeapAlloc
	}
	few, many := flood(2), flood(12)
	if grown := int64(many) - int64(few); grown > 16<<20 { // the record among it
		t.Errorf("%d bytes more are held after ten more floods", grown)
	}
}
