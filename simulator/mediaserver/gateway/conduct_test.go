package gateway

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/rtmp"
)

// told are the statuses that a client was sent since the last call, as on the wire.
func (c *client) told() []string {
	var out []string
	for _, m := range c.got {
		if strings.Contains(m, `"serverStatus"`) {
			out = append(out, m)
		}
	}
	c.got = nil
	return out
}

type uncut struct{}

func (uncut) Cut(string) {}

// live has a member publish, so that the others hear of it.
func (c *client) live(t *testing.T) {
	t.Helper()
	p, err := c.d.g.registry.PushDirectly(c.s.member, uncut{})
	if err != nil {
		t.Fatal(err)
	}
	p.Media(rtmp.Message{Type: rtmp.TypeAudio, Payload: []byte{0xaf, 1, 0}})
}

func TestMuteLocalOnTheWire(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(7, "broadcaster"), d.join(8, "audience")
	a.live(t)
	b.told()
	for _, c := range []struct {
		request string
		code    channel.Code
		told    []string
	}{
		{`{"action":"mute_local","uid":7,"target":"all","mute":true}`, 200, []string{`"action":"audio-mute","uid":7,"mute":true`, `"action":"video-mute","uid":7,"mute":true`}},
		{`{"action":"mute_local","uid":7,"target":"video","mute":true}`, 200, nil},
		{`{"action":"mute_local","uid":7,"target":"audio","mute":false}`, 200, []string{`"action":"audio-mute","uid":7,"mute":false`}},
		{`{"action":"mute_local","uid":8,"target":"audio","mute":true}`, 434, nil},
		{`{"action":"mute_local","uid":7,"target":"smell","mute":true}`, 430, nil},
		{`{"action":"mute_local","uid":7,"target":"audio"}`, 430, nil},
		{`{"action":"mute_local","uid":7,"target":"audio","mute":"yes"}`, 401, nil},
	} {
		if got := a.ask(c.request); got.Code != c.code {
			t.Errorf("%s: %+v, want %d", c.request, got, c.code)
		}
		var want []string
		for _, s := range c.told {
			want = append(want, `{"command":"serverStatus","code":200,"serverStatus":{`+s+`}}`)
		}
		if got := b.told(); !slices.Equal(got, want) {
			t.Errorf("%s: told %s, want %s", c.request, got, want)
		}
		if got := a.told(); got != nil {
			t.Errorf("%s: the publisher itself is told %s", c.request, got)
		}
	}
}

// What later clients send is taken, whether or not anything follows from it.
func TestLaterClients(t *testing.T) {
	d := newDesk(t, func(o *Options) {})
	c := d.open(7)
	for _, r := range []struct {
		request string
		code    channel.Code
	}{
		{`{"action":"join","role":"audience","uid":"7","channel_name":"room","key_vocs":"app","key_vos":"app","clientType":"wechat","vid":12,"device":{"a":1},"os":"x","version":"2.6.4","audio_only":true,"uidType":0,"customAudioCodec":[]}`, 200},
		{`{"action":"set_role","role":"broadcaster","isAudioOnly":false}`, 200},
		{`{"action":"publish","uid":7,"extra":null}`, 200},
		{`{"action":"set_remote_stream_type","uid":8,"type":1}`, 200},
		{`{"action":"set_remote_stream_type","uid":"x"}`, 430},
		{`{"action":"update_key","key_vos":"fresh"}`, 200},
		{`{"action":"update_key"}`, 430},
		{`{"action":"start_channel_media_relay"}`, 401},
		{`{"action":"publish","uid":7}`, 200},
	} {
		if a := c.ask(r.request); a.Code != r.code {
			t.Errorf("%s: %+v, want %d", r.request, a, r.code)
		}
	}
	for version, code := range map[string]int{"1.1.0": 200, "1.0.0": 401, "2.6.4": 401, "": 200} {
		c := newDesk(t, nil).open(1)
		c.s.Receive(true, fmt.Appendf(nil, `{"requestId":1,"appId":"app","cname":"room","uid":"1","sdkVersion":%q,"clientRequest":{"action":"join"}}`, version))
		if want := fmt.Sprintf(`"code":%d`, code); !strings.Contains(c.got[0], want) {
			t.Errorf("protocol %q: %s, want %s", version, c.got[0], want)
		}
	}
}

func TestRequestsForAnother(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(7, "broadcaster"), d.join(8, "broadcaster")
	a.uid = 8 // a's socket, b's name
	for _, action := range []string{"publish", "unpublish", "leave", "set_role", "mute_local", "update_url", "update_key", "subscribe", "mute", "unsubscribe"} {
		if got := a.ask(`{"action":"` + action + `","role":"audience","target":"all","mute":true,"key_vos":"k"}`); got.Code != 434 {
			t.Errorf("%s in another's name: %+v", action, got)
		}
	}
	if got := a.ask(`{"action":"join","role":"broadcaster","uid":"8","channel_name":"room"}`); got.Code != 431 {
		t.Errorf("join in another's name: %+v", got)
	}
	if b.closed != "" || b.s.member == nil || a.s.member.Role != channel.Broadcaster {
		t.Error("something happened to one of them")
	}
}

func TestScriptedAnswers(t *testing.T) {
	d := newDesk(t, nil)
	a := d.join(7, "broadcaster")
	d.g.Script(Rule{Action: "publish", Fault: Refuse, Code: 500, Reason: "internal error", Times: 2})
	d.g.Script(Rule{Action: "publish", UID: 8, Fault: Refuse, Code: 502})
	for i, want := range []channel.Code{500, 500, 200} {
		if got := a.ask(`{"action":"publish","uid":7}`); got.Code != want || want == 500 && got.Reason != "internal error" {
			t.Errorf("publish %d: %+v, want %d", i+1, got, want)
		}
	}
	n := len(a.got)
	d.g.Script(Rule{Action: "set_role", UID: 7, Fault: Silent, Times: 1})
	send := func(c *client, body string) {
		c.s.Receive(true, fmt.Appendf(nil, `{"requestId":50,"appId":"app","cname":"room","uid":"%d","clientRequest":%s}`, c.uid, body))
	}
	if send(a, `{"action":"set_role","role":"audience"}`); len(a.got) != n || a.s.member.Role != channel.Broadcaster {
		t.Error("a silent gateway answers or acts")
	}
	d.g.Script(Rule{Action: "ping", Fault: Silent})
	if a.s.Receive(true, []byte(`{"command":"ping","requestId":1}`)); len(a.got) != n {
		t.Error("a silent gateway answers a ping")
	}
	d.g.Script(Rule{Action: "join", UID: 9, Fault: Late, Delay: 12 * time.Second})
	a.live(t)
	late := d.open(9)
	send(late, `{"action":"join","uid":"9"}`)
	if len(late.got) != 0 || late.s.member == nil {
		t.Errorf("a late answer: %s; in the channel %v", late.got, late.s.member != nil)
	}
	d.e.RunUntil(d.e.Now() + 12*time.Second)
	if len(late.got) != 2 || !strings.Contains(late.got[0], `"code":200`) || !strings.Contains(late.got[1], "stream-added") {
		t.Errorf("then %s", late.got)
	}
	gone := d.open(9)
	send(gone, `{"action":"join","uid":"9"}`)
	gone.s.Closed()
	d.e.RunUntil(d.e.Now() + 13*time.Second)
	if len(gone.got) != 0 {
		t.Errorf("a socket that is gone is sent %s", gone.got)
	}
}

func TestTokens(t *testing.T) {
	words := func(c *client) string {
		var out []string
		for _, m := range c.told() {
			_, rest, _ := strings.Cut(m, `"action":"`)
			action, _, _ := strings.Cut(rest, `"`)
			out = append(out, action)
		}
		return strings.Join(out, " ")
	}
	join := func(d *desk, uid uint32, key string) (*client, channel.Code) {
		c := d.open(uid)
		return c, c.ask(fmt.Sprintf(`{"action":"join","uid":"%d","key_vos":%q}`, uid, key)).Code
	}
	pings := func(d *desk, long time.Duration, who ...*client) {
		for end := d.e.Now() + long; d.e.Now() < end; {
			d.e.RunUntil(d.e.Now() + time.Second)
			for _, c := range who {
				c.s.Receive(true, []byte(`{"command":"ping","requestId":1}`))
			}
		}
	}
	for _, expiry := range []Expiry{ExpiryEnds, ExpiryTells} {
		d := newDesk(t, func(o *Options) { o.TokenLife, o.Expiry = time.Minute, expiry })
		stays, _ := join(d, 1, "old")
		renews, _ := join(d, 2, "mine")
		pings(d, 31*time.Second, stays, renews)
		if a, b := words(stays), words(renews); a != "key-will-expire" || b != a {
			t.Errorf("30 s ahead: %q, %q", a, b)
		}
		if a := renews.ask(`{"action":"update_key","key_vos":"next"}`); a.Code != 200 {
			t.Errorf("renewal: %+v", a)
		}
		pings(d, 30*time.Second, stays, renews)
		if a, b := words(stays), words(renews); a != "key-expired" || b != "key-will-expire" {
			t.Errorf("at the end: %q, %q", a, b)
		}
		if (stays.closed != "") != (expiry == ExpiryEnds) || renews.closed != "" {
			t.Errorf("%s: closed %q, %q", expiry, stays.closed, renews.closed)
		}
		if _, code := join(d, 3, "old"); code != 431 {
			t.Errorf("a join with the stale token: %d", code)
		}
		if a := renews.ask(`{"action":"update_key","key_vos":"old"}`); a.Code != 431 {
			t.Errorf("a renewal with the stale token: %+v", a)
		}
		if _, code := join(d, 3, "next"); code != 200 {
			t.Errorf("a join with a good one: %d", code)
		}
	}
	d := newDesk(t, nil)
	c, _ := join(d, 1, "app")
	d.g.ExpireToken(c.s.member)
	pings(d, 31*time.Second, c)
	if w := words(c); w != "key-will-expire key-expired" || c.closed == "" {
		t.Errorf("by script: %q, closed %q", w, c.closed)
	}
	if _, code := join(d, 1, "app"); code != 200 {
		t.Errorf("the App ID is no token, and yet: %d", code)
	}
	for i := range 2 * maxStale {
		c, _ := join(d, 10, fmt.Sprint("key", i))
		c.s.warned = true
		c.s.tokenDue()
	}
	if len(d.g.stale) != maxStale {
		t.Errorf("%d stale keys are kept", len(d.g.stale))
	}
}

// The rest of what the server tells unasked, as on the wire.
func TestNoticesOnTheWire(t *testing.T) {
	d := newDesk(t, nil)
	a, b := d.join(7, "broadcaster"), d.join(8, "audience")
	a.live(t)
	b.ask(`{"action":"subscribe","uid":7}`)
	b.told()
	r := d.g.registry
	_ = r.Rotate(a.s.member, 0)
	_ = r.UpdateURL(b.s.member, 7)
	r.Notify(b.s.member, channel.Notice{Action: channel.Failure, Code: 501, Reason: "service lost"})
	r.Notify(b.s.member, channel.Notice{Action: channel.Banned, UID: 8, Code: 200})
	want := []string{
		`{"command":"serverStatus","code":200,"serverStatus":{"action":"video-rotation","uid":7,"rotation":0}}`,
		`{"command":"serverStatus","code":200,"serverStatus":{"action":"update-url","uid":7,"url":"rtmp://mini-app.broadcastapp.agoraio.cn/live/token3"}}`,
		`{"command":"serverStatus","code":501,"reason":"service lost"}`,
		`{"command":"serverStatus","code":200,"serverStatus":{"action":"client-is-banned-by-server","uid":8}}`,
	}
	if got := b.told(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	r.Expel(b.s.member, "kicked")
	if b.closed != "kicked" || b.s.member != nil {
		t.Errorf("closed %q", b.closed)
	}
}

func TestSessionsBringTheirAddress(t *testing.T) {
	d := newDesk(t, nil)
	c := &client{d: d, uid: 7, next: 3}
	c.s = d.g.Open(c, netip.MustParseAddr("10.0.0.1"))
	c.ask(`{"action":"join","uid":"7"}`)
	url := c.ask(`{"action":"publish","uid":7}`).Response.URL
	token := url[strings.LastIndexByte(url, '/')+1:]
	if _, err := d.g.registry.OpenPush(channel.App, token, netip.MustParseAddr("10.0.0.2"), uncut{}); err == nil {
		t.Error("its URL works elsewhere")
	}
	if _, err := d.g.registry.OpenPush(channel.App, token, netip.MustParseAddr("10.0.0.1"), uncut{}); err != nil {
		t.Error(err)
	}
}

func TestDefectsShow(t *testing.T) {
	for name, c := range map[string]struct {
		plant       func(*Defects)
		story       func(*desk) string
		right, with string
	}{
		"codesLost": {func(f *Defects) { f.CodesLost = true }, func(d *desk) string {
			return fmt.Sprint(d.join(7, "audience").ask(`{"action":"publish","uid":7}`).Code)
		}, "433", "500"},
		"mutesBeforeSubscribe": {func(f *Defects) { f.MutesBeforeSubscribe = true }, func(d *desk) string {
			d.join(8, "broadcaster")
			return fmt.Sprint(d.join(7, "audience").ask(`{"action":"mute","uid":8,"target":"all"}`).Code)
		}, "430", "200"},
		"repeatsErrors": {func(f *Defects) { f.RepeatsErrors = true }, func(d *desk) string {
			c := d.join(7, "audience")
			d.g.registry.Notify(c.s.member, channel.Notice{Action: channel.Failure, Code: 500})
			return fmt.Sprint(len(c.told()))
		}, "1", "2"},
		"leaveUnanswered": {func(f *Defects) { f.LeaveUnanswered = true }, func(d *desk) string {
			c := d.join(7, "audience")
			n := len(c.got)
			c.s.Receive(true, []byte(`{"requestId":5,"uid":"7","clientRequest":{"action":"leave"}}`))
			return fmt.Sprint(len(c.got)-n, c.s.member == nil)
		}, "1 true", "0 true"},
	} {
		if got := c.story(newDesk(t, nil)); got != c.right {
			t.Errorf("%s: without it %q, want %q", name, got, c.right)
		}
		if got := c.story(newDesk(t, func(o *Options) { c.plant(&o.Defects) })); got != c.with {
			t.Errorf("%s: with it %q, want %q", name, got, c.with)
		}
	}
}
