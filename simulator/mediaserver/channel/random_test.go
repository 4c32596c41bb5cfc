package channel

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// crowd is a registry under random requests, and what its members believe.
type crowd struct {
	*desk
	rnd   *rand.Rand
	live  map[uint32]*Member
	known map[*Member]map[uint32]bool // what a session was told is there
	push  []*Push
	play  []*viewing
	urls  []string // all that were ever handed out
	err   error
}

func (c *crowd) failf(format string, a ...any) {
	if c.err == nil {
		c.err = fmt.Errorf(format, a...)
	}
}

// viewing is a playing connection and what it had got when it was last looked at.
type viewing struct {
	*Play
	out  *conn
	seen int
}

func (c *crowd) StreamAdded(to *Member, uid uint32) {
	if to.gone || c.known[to][uid] || uid == to.UID {
		c.failf("%d (gone %v) is told again of %d", to.UID, to.gone, uid)
	}
	c.known[to][uid] = true
}

func (c *crowd) StreamRemoved(to *Member, uid uint32) {
	if to.gone || !c.known[to][uid] {
		c.failf("%d (gone %v) is told that %d is away, which it never knew", to.UID, to.gone, uid)
	}
	delete(c.known[to], uid)
}

func (c *crowd) Notify(to *Member, n Notice) {
	own := n.UID == to.UID && n.Action == UpdateURL
	subscribed := n.Action == UpdateURL && to.subscription(n.UID) != nil
	if to.gone || !own && !subscribed && !c.known[to][n.UID] {
		c.failf("%d (gone %v) is told %+v of a stream that it doesn't know", to.UID, to.gone, n)
	}
	if n.URL != "" {
		c.urls = append(c.urls, n.URL)
	}
}

func (c *crowd) Left(m *Member, _ string) { delete(c.live, m.UID) }

// TestRegistryWhateverHappens holds the registry's promises in random lives: each
// change of presence is told once to each who is there, only broadcasters publish,
// URLs die with what they were granted for, and nothing is left of who has gone.
func TestRegistryWhateverHappens(t *testing.T) {
	for seed := range uint64(200) {
		c := &crowd{desk: newDesk(t, func(o *Options) {
			if seed%2 == 1 {
				o.Presence = OnPublish
			}
		}), rnd: rand.New(rand.NewPCG(seed, 7)), live: map[uint32]*Member{}, known: map[*Member]map[uint32]bool{}}
		c.r.d.Listener = c
		for range 600 {
			c.now += time.Duration(c.rnd.IntN(200)) * time.Millisecond
			c.step()
			c.check()
			if c.err != nil {
				t.Fatalf("seed %d: %v", seed, c.err)
			}
		}
		for uid := range uint32(6) {
			if m := c.live[uid]; m != nil {
				c.r.Leave(m, "leave")
				delete(c.live, uid)
			}
		}
		if c.check(); c.err != nil || len(c.r.rooms) != 0 || len(c.r.grants) != 0 {
			t.Fatalf("seed %d: %v; %d rooms and %d URLs left", seed, c.err, len(c.r.rooms), len(c.r.grants))
		}
	}
}

func (c *crowd) step() {
	uid := uint32(1 + c.rnd.IntN(3))
	m := c.live[uid]
	if m == nil || c.rnd.IntN(30) == 0 {
		c.join(uid)
		return
	}
	other := uint32(1 + c.rnd.IntN(4))
	switch c.rnd.IntN(15) {
	case 0:
		c.r.Leave(m, "leave")
		delete(c.live, uid)
	case 1:
		_ = c.r.SetRole(m, []Role{Broadcaster, Broadcaster, Audience}[c.rnd.IntN(3)])
	case 2:
		_ = c.r.Unpublish(m)
	case 3, 4:
		c.url(c.r.Publish(m))
	case 5:
		c.url(c.r.RenewPublish(m))
	case 6:
		url, _, err := c.r.Subscribe(m, other)
		c.url(url, err)
	case 7:
		c.r.Unsubscribe(m, []uint32{other, other})
	case 8:
		_ = c.r.Mute(m, other, relay.Medium(c.rnd.IntN(2)), c.rnd.IntN(2) == 0)
	case 9:
		c.r.MuteLocal(m, relay.Medium(c.rnd.IntN(2)), c.rnd.IntN(2) == 0)
	case 10:
		_ = c.r.Rotate(m, 90*c.rnd.IntN(4))
	case 11:
		_ = c.r.UpdateURL(m, other)
	default:
		c.connect()
	}
}

func (c *crowd) join(uid uint32) {
	m, err := c.r.Join(Login{Key: Key{"app", "room"}, UID: uid, Role: []Role{Broadcaster, Audience}[c.rnd.IntN(2)], Actor: trace.ActorID(uid - 1)})
	if err != nil {
		c.failf("join: %v", err)
		return
	}
	c.live[uid], c.known[m] = m, map[uint32]bool{}
	c.r.Welcome(m, nil)
}

func (c *crowd) url(url string, err error) {
	if err == nil {
		c.urls = append(c.urls, url)
	}
}

// connect uses any URL, old or new, for either purpose, or lets a connection speak or end.
func (c *crowd) connect() {
	if len(c.urls) == 0 {
		return
	}
	u := token(c.urls[c.rnd.IntN(len(c.urls))])
	switch c.rnd.IntN(6) {
	case 0, 1:
		if p, err := c.r.OpenPush(App, u, here, &conn{}); err == nil {
			c.push = append(c.push, p)
			if p.m.Role != Broadcaster || p.m.gone {
				c.failf("%d publishes as %s, gone %v", p.m.UID, p.m.Role, p.m.gone)
			}
		}
	case 2:
		out := &conn{}
		if p, err := c.r.OpenPlay(App, u, here, out); err == nil {
			c.play = append(c.play, &viewing{Play: p, out: out})
			p.Start(out)
		}
	case 3:
		if len(c.push) > 0 {
			c.push[c.rnd.IntN(len(c.push))].Close("lost")
		}
		if len(c.play) > 0 {
			c.play[c.rnd.IntN(len(c.play))].Close("lost")
		}
	default:
		for _, p := range c.push { // old ones too
			p.Media([]rtmp.Message{audio(), key()}[c.rnd.IntN(2)])
		}
	}
}

func (c *crowd) check() {
	urls := 0
	for _, m := range c.live {
		passes := []pass{m.push}
		for _, s := range m.subs {
			passes = append(passes, s.play)
		}
		for _, p := range passes {
			if p.now != nil {
				urls++
			}
			if p.old != nil {
				urls++
			}
		}
		if m.pushing != nil && (m.push.now == nil || m.Role != Broadcaster) {
			c.failf("%d has a publishing connection, but no right to it", m.UID)
		}
		for _, o := range c.live {
			if want := o != m && o.present; c.known[m][o.UID] != want {
				c.failf("%d knows of %d: %v, want %v", m.UID, o.UID, c.known[m][o.UID], want)
			}
		}
		if len(m.told) != len(c.known[m]) {
			c.failf("%d was told of %v and believes %v", m.UID, m.told, c.known[m])
		}
		for _, s := range m.viewers {
			if s.target != m || s.m.gone || c.live[s.m.UID] != s.m {
				c.failf("%d is viewed by one who has gone", m.UID)
			}
		}
	}
	for _, v := range c.play {
		if v.s.opened != v.Play && v.out.media != v.seen {
			c.failf("%d got media on a connection that had ended", v.s.m.UID)
		}
		v.seen = v.out.media
	}
	if urls != len(c.r.grants) {
		c.failf("%d URLs are in force, %d are needed", len(c.r.grants), urls)
	}
}
