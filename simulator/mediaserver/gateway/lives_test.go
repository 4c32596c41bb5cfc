package gateway

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"minilab/simulator/mediaserver/channel"
)

// bodies are requests as clients send them, and as they don't. %d is a uid.
var bodies = []string{
	`{"action":"join","role":"broadcaster","uid":"%d","channel_name":"room","key_vos":"k%[1]d"}`,
	`{"action":"join","role":"broadcaster","uid":"%d","known_speakers":["1","2",3],"key_vos":"app"}`,
	`{"action":"join","role":"audience","uid":%d}`, `{"action":"join","role":"king","uid":"%d"}`, `{"action":"join","uid":"12abc"}`,
	`{"action":"publish","uid":%d}`, `{"action":"publish","uid":%d}`, `{"action":"unpublish","uid":%d}`, `{"action":"update_url","role":"publish","uid":%d}`,
	`{"action":"subscribe","uid":%d}`, `{"action":"subscribe","uid":%d,"options":{"audio":true}}`, `{"action":"subscribe","uid":[]}`,
	`{"action":"unsubscribe","uid":[%d,%[1]d]}`, `{"action":"unsubscribe","uid":"x"}`,
	`{"action":"mute","uid":%d,"target":"all"}`, `{"action":"unmute","uid":%d,"target":"video"}`, `{"action":"mute","uid":%d,"target":7}`,
	`{"action":"mute_local","uid":%d,"target":"all","mute":true}`, `{"action":"mute_local","uid":%d,"target":"audio","mute":false}`,
	`{"action":"set_role","role":"audience"}`, `{"action":"set_role","role":"broadcaster"}`, `{"action":"set_role","role":{}}`,
	`{"action":"update_key","key_vos":"k%d"}`, `{"action":"set_remote_stream_type","uid":%d,"type":1}`,
	`{"action":"leave","uid":%d}`, `{"action":"ping"}`, `{"action":"dance"}`, `{}`, `7`, `null`,
}

// life is a gateway under some sockets that send what they like.
type life struct {
	d    *desk
	pick func(n int) int
	open []*client
	err  error
}

// step does one thing to one of the sockets, or to all.
func (l *life) step() {
	uid := 1 + l.pick(4)
	if len(l.open) == 0 || len(l.open) < 5 && l.pick(12) == 0 {
		c := &client{d: l.d, uid: uint32(uid)}
		c.s = l.d.g.Open(c, netip.AddrFrom4([4]byte{10, 0, 0, byte(uid)}))
		l.open = append(l.open, c)
	}
	c := l.open[l.pick(len(l.open))]
	switch l.pick(24) {
	case 0:
		c.s.Closed()
		l.open = slices.DeleteFunc(l.open, func(o *client) bool { return o == c })
		return
	case 1:
		l.d.e.RunUntil(l.d.e.Now() + time.Duration(l.pick(9000))*time.Millisecond)
		return
	case 2:
		l.d.g.Script(Rule{Action: []string{"join", "publish", "leave", "ping"}[l.pick(4)], UID: uint32(l.pick(3)),
			Fault: []Fault{Silent, Late, Refuse}[l.pick(3)], Delay: 12 * time.Second, Code: 500, Times: 1 + l.pick(3)})
		return
	case 3:
		if m := c.s.member; m != nil {
			l.d.g.ExpireToken(m)
		}
		return
	case 4:
		if m := c.s.member; m != nil {
			l.d.g.registry.Expel(m, "kicked")
		}
		return
	case 5:
		c.s.Receive(false, []byte{byte(l.pick(256))})
	case 6:
		c.s.Receive(true, []byte(`{"command":"ping","requestId":3}`))
	default:
		body := bodies[l.pick(len(bodies))]
		if body[0] == '{' && len(body) > 2 {
			body = fmt.Sprintf(body, uid)
		}
		text := fmt.Sprintf(`{"appId":"app","cname":"room","uid":"%d","sid":"S","sdkVersion":"1.1.0","requestId":3,"clientRequest":%s}`, c.uid, body)
		if l.pick(10) == 0 { // cut short, or with a hole
			at := l.pick(len(text))
			text = text[:at] + text[min(len(text), at+l.pick(40)):]
		}
		c.s.Receive(true, []byte(text))
	}
	l.check()
}

// check holds what is true whatever clients send.
func (l *life) check() {
	members := l.d.g.registry.Members()
	if len(members) != len(l.d.g.sessions) {
		l.err = fmt.Errorf("%d members, %d sessions", len(members), len(l.d.g.sessions))
	}
	type place struct {
		channel.Key
		uid uint32
	}
	seen := map[place]bool{}
	for _, m := range members {
		s := l.d.g.sessions[m]
		switch {
		case s == nil || s.member != m || s.ended:
			l.err = fmt.Errorf("member %d has no session in force", m.UID)
		case seen[place{m.Key, m.UID}]:
			l.err = fmt.Errorf("uid %d is twice in a channel", m.UID)
		case m.Role != channel.Broadcaster && m.Role != channel.Audience:
			l.err = fmt.Errorf("member %d is a %s", m.UID, m.Role)
		}
		seen[place{m.Key, m.UID}] = true
	}
	for _, c := range l.open {
		for _, text := range c.got {
			var a struct{ Code int }
			if err := json.Unmarshal([]byte(text), &a); err != nil || a.Code != 200 && (a.Code < 400 || a.Code > 500) {
				l.err = fmt.Errorf("a client was sent %s", text)
			}
		}
		c.got = c.got[:0]
	}
}

// end closes all sockets, and nothing may be left.
func (l *life) end() error {
	for _, c := range l.open {
		c.s.Closed()
	}
	if n := len(l.d.g.registry.Members()); l.err == nil && (n != 0 || len(l.d.g.sessions) != 0) {
		l.err = fmt.Errorf("%d members and %d sessions are left", n, len(l.d.g.sessions))
	}
	l.d.e.RunUntil(l.d.e.Now() + time.Minute) // alarms of the dead
	return l.err
}

func TestSessionsWhateverIsSent(t *testing.T) {
	for seed := range uint64(150) {
		l := &life{d: newDesk(t, func(o *Options) { o.TokenLife = time.Duration(seed%3) * time.Minute })}
		l.pick = rand.New(rand.NewPCG(seed, 3)).IntN
		for range 400 {
			l.step()
		}
		if err := l.end(); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

// FuzzSessions plays the lives that a fuzzer chooses, a byte a choice.
func FuzzSessions(f *testing.F) {
	for seed := range uint64(4) {
		b := make([]byte, 300)
		r := rand.New(rand.NewPCG(seed, 5))
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, choices []byte) {
		choices = choices[:min(len(choices), 2000)]
		l := &life{d: newDesk(t, nil)}
		l.pick = func(n int) int {
			if len(choices) == 0 {
				return 0
			}
			c := int(choices[0])
			choices = choices[1:]
			return c * n / 256
		}
		for len(choices) > 0 {
			l.step()
		}
		if err := l.end(); err != nil {
			t.Fatal(err)
		}
	})
}
