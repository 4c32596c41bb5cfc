package sdk_test

import (
	"reflect"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
)

// mediaCalls are the methods that need an open socket.
func mediaCalls(c *sdk.Client, done sdk.Done) map[string]func() error {
	return map[string]func() error{
		"publish":     func() error { return c.Publish(done) },
		"unpublish":   func() error { return c.Unpublish(done) },
		"subscribe":   func() error { return c.Subscribe(7, done) },
		"unsubscribe": func() error { return c.Unsubscribe(7, done) },
		"mute":        func() error { return c.Mute(7, "audio", done) },
		"unmute":      func() error { return c.Unmute(7, "all", done) },
	}
}

func TestRequestsOnTheWire(t *testing.T) {
	wants := map[string]map[string]any{
		"publish":     {"action": "publish", "uid": 42.0},
		"unpublish":   {"action": "unpublish", "uid": 42.0},
		"subscribe":   {"action": "subscribe", "uid": 7.0},
		"unsubscribe": {"action": "unsubscribe", "uid": []any{7.0}},
		"mute":        {"action": "mute", "uid": 7.0, "target": "audio"},
		"unmute":      {"action": "unmute", "uid": 7.0, "target": "all"},
	}
	for name, want := range wants {
		b := newBench(t, nil).joined()
		b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
			return 200, `{"url":"rtmp://media/live/x","rotation":90}`, sdktest.Reply{Delay: 40 * time.Millisecond}
		}
		var got []result
		at := b.e.Now()
		b.must(mediaCalls(b.c, b.into(&got))[name]())
		b.run(time.Minute)
		m := b.host.Sent(name)
		if len(m) != 1 || !reflect.DeepEqual(m[0].Client(), want) || m[0].ID != 4 || m[0].Body["seq"] != 3.0 {
			t.Errorf("%s: sent %+v", name, m)
		}
		if len(got) != 1 || got[0].f != nil || got[0].at != at+41*time.Millisecond || got[0].a.URL != "rtmp://media/live/x" || got[0].a.Rotation != 90 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestC22BadUIDsStayHome(t *testing.T) {
	b := newBench(t, nil).joined()
	for _, bad := range []any{"7", 0, nil, -1, float64(1 << 33)} {
		b.throws(b.c.Subscribe(bad, nil), "Invalid uid type")
		b.throws(b.c.Unsubscribe(bad, nil), "Invalid uid type")
		b.throws(b.c.Mute(bad, "all", nil), "Invalid uid type")
	}
	if len(b.host.Messages) != 1 {
		t.Errorf("sent %v", b.host.Messages)
	}
}

func TestC23MediaCallsNeedASocket(t *testing.T) {
	stages := map[string]func(*bench){
		"before init":  func(b *bench) {},
		"before open":  func(b *bench) { b.must(b.c.Init("app", nil)); b.must(b.c.Join(nil, "ward", 42, nil)) },
		"after close":  func(b *bench) { b.joined().host.Last().Hang("gone") },
		"after leave":  func(b *bench) { b.must(b.joined().c.Leave(nil)) },
		"after detroy": func(b *bench) { b.joined().c.Destroy(nil) },
	}
	for stage, prepare := range stages {
		b := newBench(t, nil)
		prepare(b)
		before := len(b.host.Messages)
		for name, call := range mediaCalls(b.c, func(sdk.Answer, *sdk.Failure) { t.Errorf("%s: a callback came", stage) }) {
			err := call()
			if throw, ok := err.(*sdk.ThrowError); !ok || throw.Message != "Disconnected from server" || throw.Method != name {
				t.Errorf("%s, %s: %v", stage, name, err)
			}
		}
		if len(b.host.Messages) != before {
			t.Errorf("%s: something was sent", stage)
		}
	}
}

func TestC26RefusalsPassThrough(t *testing.T) {
	b := newBench(t, nil).joined()
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
		return 430, `{"msg":"subscribe first"}`, sdktest.Reply{Delay: time.Millisecond}
	}
	var got []result
	b.must(b.c.Mute(7, "video", b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].f == nil || *got[0].f != (sdk.Failure{Code: 430, Reason: "subscribe first"}) {
		t.Errorf("%+v", got)
	}
}

func TestC27MuteTargets(t *testing.T) {
	b := newBench(t, nil).joined()
	for _, bad := range []string{"", "picture", "Audio"} {
		b.throws(b.c.Mute(7, bad, nil), "Invalid target")
		b.throws(b.c.Unmute(7, bad, nil), "Invalid target")
	}
	if len(b.host.Messages) != 1 {
		t.Error("something was sent")
	}
	for _, ok := range []string{"audio", "video", "all"} {
		b.must(b.c.Mute(7, ok, nil))
	}
}

func TestC30OneErrorWhenTheSocketCloses(t *testing.T) {
	b := newBench(t, nil).joined()
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 0, "", sdktest.Reply{Never: true} }
	var got []result
	b.must(b.c.Publish(b.into(&got)))
	var heard []sdk.Event
	b.c.On("error", func(e sdk.Event) { heard = append(heard, e) })
	b.host.Last().Hang("abnormal closure")
	b.run(time.Minute)
	want := sdk.Event{Name: "error", Code: 904, Reason: "abnormal closure"}
	if len(heard) != 1 || heard[0] != want || !reflect.DeepEqual(b.errorEvents(), []int{904}) {
		t.Errorf("%v", b.events)
	}
	if len(got) != 1 || got[0].f == nil || got[0].f.Code != 904 {
		t.Errorf("pending publish: %+v", got)
	}
	if len(b.host.Posts) != 4 || len(b.host.Sockets) != 1 {
		t.Error("the client reconnected by itself")
	}
}

func TestSocketClosesBeforeJoinIsAnswered(t *testing.T) {
	b := newBench(t, nil)
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 0, "", sdktest.Reply{Never: true} }
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Second)
	b.host.Last().Hang("")
	b.run(time.Minute)
	if len(got) != 1 || got[0].f == nil || got[0].f.Code != 904 || len(b.events) != 0 {
		t.Errorf("%+v, events %v", got, b.events)
	}
}

func TestC31GatewayFaults(t *testing.T) {
	for _, raise := range []bool{true, false} {
		b := newBench(t, func(p *sdk.Profile) { p.Raise503 = raise }).joined()
		for _, code := range []int{500, 501, 502, 503} {
			b.host.Last().Fault(code)
		}
		want := []int{500, 501, 502, 503}
		if !raise {
			want = want[:3]
		}
		if !reflect.DeepEqual(b.errorEvents(), want) {
			t.Errorf("raise503 %v: %v", raise, b.errorEvents())
		}
	}
}

func TestEvents(t *testing.T) {
	b := newBench(t, nil).joined()
	s := b.host.Last()
	s.Status("stream-added", 7)
	s.Push(`{"command":"serverStatus","serverStatus":{"action":"stream-removed","uid":"7"}}`)
	s.Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":8,"url":"rtmp://u"}}`)
	s.Push(`{"command":"serverStatus","serverStatus":{"action":"video-rotation","uid":8,"rotation":270}}`)
	s.Push(`{"command":"serverStatus","serverStatus":{"action":"audio-mute","uid":8,"mute":true}}`)
	for _, noise := range []string{"", "{", "[]", "7", `{"requestId":99,"code":200}`, `{"requestId":"x"}`, `{"command":"serverStatus"}`, `{"command":"pong"}`} {
		s.Push(noise)
	}
	want := []sdk.Event{{Name: "stream-added", UID: 7}, {Name: "stream-removed", UID: 7}, {Name: "update-url", UID: 8, URL: "rtmp://u"},
		{Name: "video-rotation", UID: 8, Rotation: 270}, {Name: "audio-mute", UID: 8, Mute: true}}
	if !reflect.DeepEqual(b.events, want) {
		t.Errorf("%+v", b.events)
	}
}
