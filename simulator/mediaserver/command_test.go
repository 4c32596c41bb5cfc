package mediaserver

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// idle is a server that listens nowhere.
func idle(t *testing.T) *Server {
	t.Helper()
	s, err := New(engine.New(1), nil, DefaultOptions(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCommandsAreChecked(t *testing.T) {
	for _, c := range []Command{
		{}, {Kind: "dance"}, {Kind: "close"}, {Kind: "kick"}, {Kind: "status", To: 1}, {Kind: "update-url", To: 1}, {Kind: "rotation", Of: 1, Degrees: 45},
		{Kind: "expire-token"}, {Kind: "answer", Fault: "late", Action: "join"}, {Kind: "answer", Fault: "refuse", Action: "join"}, {Kind: "answer", Fault: "silent"},
		{Kind: "lookup", Fault: "none"}, {Kind: "lookup", Domain: "nowhere", Fault: "none"}, {Kind: "gateway", Fault: "late"}, {Kind: "gateway", Gateway: 9, Fault: "none"}, {Kind: "telemetry"},
	} {
		if err := idle(t).Do(c); err == nil {
			t.Errorf("%+v is obeyed", c)
		}
	}
	for _, c := range []Command{ // of somebody who isn't there
		{Kind: "close", To: 9}, {Kind: "kick", To: 9}, {Kind: "status", Code: 501}, {Kind: "update-url", To: 9, Of: 9}, {Kind: "rotation", Of: 9, Degrees: 90}, {Kind: "expire-token", To: 9},
		{Kind: "answer", Fault: "silent", Action: "join"}, {Kind: "lookup", Domain: "all", Fault: "silent"}, {Kind: "gateway", Fault: "silent"}, {Kind: "telemetry", Fault: "down"},
	} {
		if err := idle(t).Do(c); err != nil {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Commands reach the member that they name, on its socket, and no other.
func TestCommandsOnTheWire(t *testing.T) {
	for _, c := range []struct {
		command Command
		told    string // what member 2 is told: actions and codes
		closed  bool
		left    string
	}{
		{Command{Kind: "close", To: 2}, "", true, "dropped"},
		{Command{Kind: "kick", To: 2}, "client-is-banned-by-server 200", true, "kicked"},
		{Command{Kind: "status", To: 2, Code: 503, Reason: "process exits"}, " 503", false, ""},
		{Command{Kind: "expire-token", To: 2}, "key-will-expire 200", false, ""},
		{Command{Kind: "update-url", To: 2, Of: 1}, "update-url 200", false, ""},
		{Command{Kind: "update-url", To: 2, Of: 3}, "", false, ""}, // isn't subscribed
		{Command{Kind: "rotation", Of: 1, Degrees: 90}, "video-rotation 200", false, ""},
	} {
		var told, others []string
		var err error
		name := fmt.Sprintf("%+v", c.command)
		r := run(t, 20*time.Second, 3, nil, func(w *world) {
			w.member(1, 0, func(m *member) {
				m.join("broadcaster")
				u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
				m.port.Call(func() { w.dialRTMP(u, true).camera(100) })
				m.stay(12 * time.Second)
				others = append(others, m.told...)
			})
			w.member(2, time.Second, func(m *member) {
				m.join("audience")
				m.await("stream-added 1")
				m.ask(`{"action":"subscribe","uid":1}`)
				m.port.Call(func() {
					if err := w.s.Do(c.command); err != nil {
						t.Error(name, err)
					}
				})
				ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
				defer cancel()
				for {
					var got reply
					if got, err = m.read(ctx); err != nil {
						break
					}
					told = append(told, fmt.Sprint(got.ServerStatus.Action, " ", got.Code))
				}
				m.ws.CloseNow()
			})
		})
		closed := err != nil && strings.Contains(err.Error(), "close frame")
		if got := strings.Join(told, ", "); got != c.told || closed != c.closed {
			t.Errorf("%s: told %q, closed %v (%v); want %q, %v", name, got, closed, err, c.told, c.closed)
		}
		if len(others) != 0 {
			t.Errorf("%s: the other was told %v", name, others)
		}
		if c.left != "" && !slices.Contains(events(r, trace.ServerLeft), "left m2 - "+c.left) {
			t.Errorf("%s: %v", name, events(r, trace.ServerLeft))
		}
		if want := len(strings.Fields(c.told)); want > 0 != (len(events(r, trace.ServerNotified)) == 1) {
			t.Errorf("%s: the record has %v", name, events(r, trace.ServerNotified))
		}
	}
}

// foreign opens an RTMP connection from another phone.
func (w *world) foreign(address string, publish bool) *peer {
	w.net.client++
	defer func() { w.net.client-- }()
	return w.dialRTMP(address, publish)
}

// A media URL is of no use to another phone, nor to anybody after its end: no byte of
// media comes, and the thief's refusal is on the record.
func TestStolenURLs(t *testing.T) {
	for _, binding := range []channel.Binding{channel.BoundToAddress, channel.Bearer} {
		var thief, owner, late, pirate *peer
		r := run(t, 20*time.Second, 2, func(o *Options) { o.Channel.Binding = binding }, func(w *world) {
			w.member(1, 0, func(m *member) {
				m.join("broadcaster")
				u := m.ask(`{"action":"publish","uid":1}`).ServerResponse.URL
				m.port.Call(func() { w.dialRTMP(u, true).camera(100) })
				m.stay(6 * time.Second)
				m.port.Call(func() { pirate = w.foreign(u, true) })
				m.stay(9 * time.Second)
			})
			w.member(2, time.Second, func(m *member) {
				m.join("audience")
				m.await("stream-added 1")
				u := m.ask(`{"action":"subscribe","uid":1}`).ServerResponse.URL
				m.port.Call(func() { owner = w.dialRTMP(u, false) })
				time.Sleep(2 * time.Second)
				m.port.Call(func() { thief = w.foreign(u, false) })
				m.stay(3 * time.Second)
				m.ask(`{"action":"leave"}`)
				m.port.Call(func() { late = w.dialRTMP(u, false) })
				time.Sleep(3 * time.Second)
				m.ws.CloseNow()
			})
		})
		bound := binding == channel.BoundToAddress
		if got := thief.count(rtmp.TypeVideo) == 0 && len(thief.media) == 0; got != bound {
			t.Errorf("%s: the thief got %d messages: %v", binding, len(thief.media), thief.codes)
		}
		if n := owner.count(rtmp.TypeVideo); bound && n < 60 {
			t.Errorf("%s: the owner got %d frames", binding, n)
		}
		if len(late.media) != 0 || !slices.Contains(late.codes, "NetStream.Play.Failed") {
			t.Errorf("%s: after leave %d messages came: %v", binding, len(late.media), late.codes)
		}
		if slices.Contains(pirate.codes, "NetStream.Publish.BadName") != bound {
			t.Errorf("%s: who pushed to another's URL was told %v", binding, pirate.codes)
		}
		got := events(r, trace.ServerMediaRefused)
		slices.Sort(got)
		if want := []string{"media-refused m1 - push", "media-refused m2 m1 play", "media-refused server - play"}; bound && !slices.Equal(got, want) {
			t.Errorf("%s: the record has %v", binding, got)
		}
	}
}
