package sdk_test

import (
	"encoding/json"
	"testing"
	"time"

	"minilab/devices/sdk/sdktest"
)

// FuzzGatewayFrame: whatever a gateway sends, the client lives on, answers its page
// at most once, and can still be left.
func FuzzGatewayFrame(f *testing.F) {
	for _, seed := range []string{
		`{"requestId":4,"code":200,"serverResponse":{"url":"rtmp://x"}}`, `{"requestId":4,"code":433,"reason":"no"}`, `{"requestId":4,"code":200,"serverResponse":[1]}`,
		`{"command":"serverStatus","code":501}`, `{"command":"serverStatus","serverStatus":{"action":"stream-added","uid":"7"}}`,
		`{"command":"serverStatus","serverStatus":{"action":"stream-added","uid":{}}}`, `{"requestId":1e99,"code":200}`, "", "null", "[[[[",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, frame []byte) {
		b := newBench(t, nil).joined()
		b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 0, "", sdktest.Reply{Never: true} }
		var got []result
		b.must(b.c.Publish(b.into(&got)))
		b.host.Last().Push(string(frame))
		b.host.Last().Push(string(frame))
		b.run(20 * time.Second)
		if len(got) != 1 {
			t.Errorf("%d answers after %q", len(got), frame)
		}
		if len(b.events) > 2 || len(b.events) > 0 && !json.Valid(frame) {
			t.Errorf("events %v after %q", b.events, frame)
		}
		b.must(b.c.Leave(nil))
		if b.host.OpenSockets() != 0 {
			t.Error("a socket is left")
		}
	})
}

// FuzzLookupAnswer: whatever a lookup answers, join ends once, with ok or a code.
func FuzzLookupAnswer(f *testing.F) {
	for _, seed := range []string{
		`{"code":200,"servers":[{"address":"1.2.3.4"}]}`, `{"code":200,"servers":[{"address":"."},{"address":"x"}]}`, `{"servers":null}`,
		`{"code":"200"}`, `{"error":{"x":1}}`, `{"error":null,"servers":[{"address":"a"}]}`, `{"error":""}`, "", "null",
	} {
		f.Add(200, []byte(seed))
	}
	f.Add(502, []byte("bad gateway"))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		b := newBench(t, nil)
		b.host.Lookup = func(string) sdktest.Reply {
			return sdktest.Reply{Delay: time.Millisecond, Status: status, Body: string(body)}
		}
		var got []result
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
		b.run(time.Second)
		if len(got) != 1 || got[0].f != nil && (got[0].f.Code != 901 || got[0].f.Reason == "") {
			t.Errorf("%+v after %q", got, body)
		}
	})
}
