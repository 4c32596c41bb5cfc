package gateway

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/trace"
)

// desk is a gateway on an engine of its own, without any network.
type desk struct {
	t *testing.T
	e *engine.Engine
	g *Gateway
}

func newDesk(t testing.TB, change func(*Options)) *desk {
	t.Helper()
	e := engine.New(1)
	o := DefaultOptions()
	if change != nil {
		change(&o)
	}
	g, err := New(o, e.Proc("gateway"), nil, func(uint32) trace.ActorID { return trace.Nobody })
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	r, err := channel.New(channel.DefaultOptions(), channel.Deps{
		Relay:    &relay.World{Now: e.Now, Options: relay.DefaultOptions()},
		Token:    func() string { n++; return fmt.Sprint("token", n) },
		Listener: g,
	})
	if err != nil {
		t.Fatal(err)
	}
	g.Serve(r)
	d := &desk{e: e, g: g}
	d.t, _ = t.(*testing.T)
	return d
}

// client is a WebSocket without network.
type client struct {
	d      *desk
	s      *Session
	uid    uint32
	next   int64
	got    []string
	closed string
}

func (c *client) Send(m []byte)       { c.got = append(c.got, string(m)) }
func (c *client) Close(reason string) { c.closed = reason }

func (d *desk) open(uid uint32) *client {
	c := &client{d: d, uid: uid, next: 3}
	c.s = d.g.Open(c, netip.Addr{})
	return c
}

func (d *desk) join(uid uint32, role string) *client {
	c := d.open(uid)
	if a := c.ask(fmt.Sprintf(`{"action":"join","role":%q,"uid":"%d","channel_name":"room","key_vos":"app"}`, role, uid)); a.Code != 200 {
		d.t.Fatalf("join: %+v", a)
	}
	return c
}

// ask sends a request as the SDK does and returns its answer.
func (c *client) ask(request string) answer {
	c.d.t.Helper()
	id := c.next
	c.next++
	n := len(c.got)
	c.s.Receive(true, fmt.Appendf(nil, `{"appId":"app","cname":"room","uid":"%d","sid":"S%d","sdkVersion":"1.1.0","seq":%d,"requestId":%d,"ts":1,"clientRequest":%s}`,
		c.uid, c.uid, id-1, id, request))
	var a answer
	if len(c.got) == n {
		c.d.t.Fatalf("no answer to %s", request)
	}
	if err := json.Unmarshal([]byte(c.got[n]), &a); err != nil || a.RequestID != id {
		c.d.t.Fatalf("answer %s to request %d: %v", c.got[n], id, err)
	}
	return a
}

func TestRequestsAndAnswers(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(7, "broadcaster")
	b := d.join(8, "audience")
	for _, c := range []struct {
		who     *client
		request string
		code    channel.Code
	}{
		{a, `{"action":"publish","uid":7}`, 200},
		{a, `{"action":"publish","uid":8}`, 434},
		{a, `{"action":"unpublish","uid":"x"}`, 430},
		{a, `{"action":"update_url","role":"publish","uid":7}`, 200},
		{b, `{"action":"publish","uid":8}`, 433},
		{b, `{"action":"unpublish","uid":8}`, 433},
		{b, `{"action":"mute","uid":7,"target":"audio"}`, 430},
		{b, `{"action":"subscribe","uid":7,"options":{"audio":true,"video":true}}`, 200},
		{b, `{"action":"subscribe","uid":"7"}`, 200},
		{b, `{"action":"subscribe"}`, 430},
		{b, `{"action":"mute","uid":7,"target":"all"}`, 200},
		{b, `{"action":"unmute","uid":7,"target":"video"}`, 200},
		{b, `{"action":"unmute","uid":7,"target":"smell"}`, 430},
		{b, `{"action":"unsubscribe","uid":[7]}`, 200},
		{b, `{"action":"unsubscribe","uid":{}}`, 430},
		{a, `{"action":"subscribe","uid":8}`, 432},
		{a, `{"action":"set_role","role":"nonsense"}`, 431},
		{a, `{"action":"set_role","role":"audience"}`, 200},
		{a, `{"action":"publish","uid":7}`, 433},
		{a, `{"action":"dance"}`, 401},
		{a, `{}`, 401},
		{a, `{"action":"ping"}`, 200},
		{a, `{"action":"join","role":"broadcaster","uid":"7","channel_name":"room"}`, 200},
		{a, `{"action":"join","role":"broadcaster","uid":"9","channel_name":"room"}`, 431},
		{a, `{"action":"leave","uid":7}`, 200},
		{a, `{"action":"leave","uid":7}`, 434},
		{a, `{"action":"set_role","role":"broadcaster"}`, 434},
	} {
		answer := c.who.ask(c.request)
		if answer.Code != c.code {
			t.Errorf("uid %d: %s: code %d (%s), want %d", c.who.uid, c.request, answer.Code, answer.Reason, c.code)
		}
		if (answer.Code == 200) != (answer.Reason == "") {
			t.Errorf("%s: code %d with reason %q", c.request, answer.Code, answer.Reason)
		}
	}
}

func TestAnswersAsOnTheWire(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(7, "broadcaster"), d.join(8, "broadcaster")
	a.got, b.got = nil, nil
	a.ask(`{"action":"publish","uid":7}`)
	b.ask(`{"action":"subscribe","uid":7}`)
	b.ask(`{"action":"mute","uid":9,"target":"audio"}`)
	b.s.Receive(true, []byte(`{"command":"ping","requestId":12,"appId":"app","cname":"room","uid":"8","sid":"S","ts":5}`))
	d.g.StreamAdded(b.s.member, 7)
	want := []string{
		`{"requestId":4,"code":200,"serverResponse":{"url":"rtmp://mini-app.broadcastapp.agoraio.cn/live/token1"}}`,
		`{"requestId":4,"code":200,"serverResponse":{"uid":7,"url":"rtmp://mini-app.broadcastapp.agoraio.cn/live/token2","rotation":0}}`,
		`{"requestId":5,"code":430,"reason":"not subscribed","serverResponse":{"reason":"not subscribed"}}`,
		`{"command":"pong","requestId":12,"code":200}`,
		`{"command":"serverStatus","code":200,"serverStatus":{"action":"stream-added","uid":7}}`,
	}
	if got := append(a.got, b.got...); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestMalformedMessagesGetACodedAnswer(t *testing.T) {
	for _, m := range []string{
		``, `null`, `[]`, `"x"`, `{`, `{"requestId":"x"}`, `{"requestId":1.5}`, `{"requestId":1e300}`,
		`{"requestId":5,"clientRequest":7}`, `{"requestId":5,"clientRequest":{"action":5}}`, `{"requestId":5,"appId":[]}`,
		`{"requestId":5,"uid":-1,"clientRequest":{}}`, `{"requestId":5,"uid":"4294967296","clientRequest":{}}`,
		`{"requestId":5,"clientRequest":{"action":"` + strings.Repeat("x", 1000) + `"}}`,
		strings.Repeat(`{"clientRequest":`, 20000),
	} {
		d := newDesk(t, nil)
		c := d.open(1)
		c.s.Receive(true, []byte(m))
		var a answer
		if len(c.got) != 1 || json.Unmarshal([]byte(c.got[0]), &a) != nil || a.Code != 401 || c.closed != "" {
			t.Errorf("%.40s: answered %.200q, closed %q", m, c.got, c.closed)
		}
		if strings.Contains(m, `"requestId":5`) && a.RequestID != 5 {
			t.Errorf("%.40s: answered to request %d", m, a.RequestID)
		}
		if a := c.ask(`{"action":"join","role":"audience","uid":"1","channel_name":"room"}`); a.Code != 200 {
			t.Errorf("%.40s: join after it: %+v", m, a)
		}
	}
	d := newDesk(t, nil)
	c := d.open(1)
	c.s.Receive(false, []byte{1, 2})
	if len(c.got) != 1 || !strings.Contains(c.got[0], `"code":401`) {
		t.Errorf("binary: %v", c.got)
	}
	for m, want := range map[string]string{
		`[]`:                        "bad request: no object but array",
		`{"clientRequest":7}`:       "bad request: clientRequest: no object but number",
		`{"appId":[]}`:              "bad request: appId is a array",
		`{"requestId":1,"uid":"x"}`: "bad request: no clientRequest",
	} {
		if _, err := parse([]byte(m)); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", m, err, want)
		}
	}
}

func TestJoinNeedsARoleAndAUid(t *testing.T) {
	for request, code := range map[string]channel.Code{
		`{"action":"join","role":"king","uid":"1","channel_name":"room"}`:                            431,
		`{"action":"join","role":"audience","uid":"12abc","channel_name":"room"}`:                    431,
		`{"action":"join","role":"audience","uid":"0","channel_name":"room"}`:                        431,
		`{"action":"join","uid":"1","channel_name":"room"}`:                                          200, // before setRole existed
		`{"action":"join","role":"audience","channel_name":"room"}`:                                  200, // uid of the envelope
		`{"action":"join","role":"audience","uid":1,"known_speakers":["3",4],"clientType":"wechat"}`: 200,
		`{"action":"join","role":"audience","uid":1,"known_speakers":"x"}`:                           431,
		`{"action":"publish","uid":1}`:                                                               434,
	} {
		if a := newDesk(t, nil).open(1).ask(request); a.Code != code {
			t.Errorf("%s: %+v, want %d", request, a, code)
		}
	}
}

func TestSessionsExpireWithoutPing(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.SessionIdle = 10 * time.Second })
	quiet, alive := d.join(1, "broadcaster"), d.join(2, "broadcaster")
	stranger := d.open(3)
	d.g.registry.Publish(quiet.s.member)
	for range 10 {
		d.e.RunUntil(d.e.Now() + 3*time.Second)
		alive.s.Receive(true, []byte(`{"command":"ping","requestId":1}`))
	}
	if quiet.closed == "" || stranger.closed == "" || alive.closed != "" {
		t.Errorf("closed: quiet %q, stranger %q, alive %q", quiet.closed, stranger.closed, alive.closed)
	}
	if len(d.g.sessions) != 1 {
		t.Errorf("%d sessions left", len(d.g.sessions))
	}
	n := len(quiet.got)
	quiet.s.Receive(true, []byte(`{"command":"ping","requestId":1}`))
	if len(quiet.got) != n {
		t.Error("an expired session answers")
	}
}

func TestFloodIsRefusedThenClosed(t *testing.T) {
	d := newDesk(t, func(o *Options) { o.MaxRequests = 10 })
	c, other := d.join(1, "broadcaster"), d.join(2, "broadcaster")
	for range 50 {
		c.ask(`{"action":"publish","uid":1}`)
	}
	if a := c.ask(`{"action":"publish","uid":1}`); a.Code != 429 || c.closed != "" {
		t.Errorf("answer %+v, closed %q", a, c.closed)
	}
	d.e.RunUntil(d.e.Now() + time.Second)
	if a := c.ask(`{"action":"publish","uid":1}`); a.Code != 200 {
		t.Errorf("a second later: %+v", a)
	}
	for range 10_000 {
		c.s.Receive(true, []byte(`{"requestId":1,"clientRequest":{"action":"publish"}}`))
	}
	if c.closed == "" || len(c.got) > 300 {
		t.Errorf("closed %q after %d answers", c.closed, len(c.got))
	}
	if a := other.ask(`{"action":"publish","uid":2}`); a.Code != 200 {
		t.Errorf("another member: %+v", a)
	}
	binary := d.open(3)
	for range 10_000 {
		binary.s.Receive(false, []byte{1})
	}
	if binary.closed == "" || len(binary.got) > 300 {
		t.Errorf("binary messages: closed %q after %d answers", binary.closed, len(binary.got))
	}
}

func TestClosedSocketEndsTheSession(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(1, "broadcaster")
	a.s.Closed()
	a.s.Closed()
	if len(d.g.sessions) != 0 {
		t.Error("the session lives on")
	}
	first, second := d.join(2, "broadcaster"), d.join(2, "broadcaster")
	if first.closed != "kicked" || second.closed != "" {
		t.Errorf("closed: first %q, second %q", first.closed, second.closed)
	}
	first.s.Closed()
	if a := second.ask(`{"action":"publish","uid":2}`); a.Code != 200 {
		t.Errorf("the second session: %+v", a)
	}
}

// FuzzReceive: whatever comes, the session answers with a code or not at all, and
// does not keep more than its own room.
func FuzzReceive(f *testing.F) {
	for _, s := range []string{
		`{"appId":"app","cname":"room","uid":"7","sid":"S","requestId":3,"clientRequest":{"action":"join","role":"broadcaster","uid":"7","known_speakers":["1",2]}}`,
		`{"requestId":4,"clientRequest":{"action":"publish","uid":7}}`,
		`{"requestId":4,"clientRequest":{"action":"subscribe","uid":1}}`,
		`{"requestId":4,"clientRequest":{"action":"mute","uid":1,"target":"all"}}`,
		`{"requestId":4,"clientRequest":{"action":"unsubscribe","uid":[1]}}`,
		`{"requestId":4,"clientRequest":{"action":"set_role","role":"audience"}}`,
		`{"requestId":4,"clientRequest":{"action":"leave"}}`,
		`{"command":"ping","requestId":5}`, `{"requestId":1e9}`, `[`, `{"uid":{}}`,
	} {
		f.Add([]byte(s), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, joined bool) {
		d := newDesk(t, nil)
		d.join(1, "broadcaster")
		c := d.open(7)
		if joined {
			c = d.join(7, "broadcaster")
		}
		n := len(c.got)
		c.s.Receive(true, data)
		if len(c.got) == n {
			t.Fatalf("no answer to %q", data)
		}
		for _, m := range c.got[n:] {
			var a struct {
				Code int `json:"code"`
			}
			if err := json.Unmarshal([]byte(m), &a); err != nil || a.Code < 200 || a.Code > 434 {
				t.Fatalf("%q answered with %s", data, m)
			}
		}
		c.s.Closed()
		if len(d.g.sessions) > 1 {
			t.Fatalf("%d sessions left", len(d.g.sessions))
		}
	})
}
