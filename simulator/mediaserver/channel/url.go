package channel

import (
	"net/netip"
	"slices"
	"time"

	"minilab/simulator/mediaserver/relay"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// App is the RTMP application of every media URL.
const App = "live"

// grant is a media URL in force: opaque to who holds it, bound here to a member's
// session and to one use.
type grant struct {
	token  string
	url    string
	m      *Member
	sub    *subscription // of a play URL; nil for a publish URL
	issued time.Duration
	until  time.Duration // it was replaced and is good until then; 0: it wasn't
}

// pass is what stands for one use: the URL in force and the one before it.
type pass struct{ now, old *grant }

func (r *Registry) grant(m *Member, sub *subscription) *grant {
	token := r.d.Token()
	g := &grant{token: token, url: "rtmp://" + r.o.Host + "/" + App + "/" + token, m: m, sub: sub, issued: r.d.Relay.Now()}
	r.grants[token] = g
	return g
}

// renew puts a new URL in force; the one before stays good for a while.
func (r *Registry) renew(p *pass, fresh *grant) {
	r.forget(p.old)
	p.old, p.now = p.now, fresh
	if p.old != nil {
		p.old.until = r.d.Relay.Now() + r.o.OldURLLife
	}
}

// used says that a URL opened a connection: the one before it is done with.
func (r *Registry) used(p *pass, g *grant) {
	if g == p.now {
		r.forget(p.old)
		p.old = nil
	}
}

// revoke takes back all URLs for a use.
func (r *Registry) revoke(p *pass) {
	r.forget(p.now)
	r.forget(p.old)
	*p = pass{}
}

func (r *Registry) forget(g *grant) {
	if g != nil && !r.o.Defects.URLsSurviveLeave {
		delete(r.grants, g.token)
	}
}

func (r *Registry) find(app, token string) *grant {
	g := r.grants[token]
	if g == nil || app != App || r.expired(g) {
		return nil
	}
	return g
}

func (r *Registry) expired(g *grant) bool {
	now := r.d.Relay.Now()
	return now-g.issued > r.o.URLLife || g.until != 0 && now > g.until
}

// elsewhere tells whether a URL is used from another address than its member's. A
// computer's addresses of itself count as one.
func (r *Registry) elsewhere(m *Member, from netip.Addr) bool {
	if r.o.Binding != BoundToAddress || r.o.Defects.URLsUnbound || !m.addr.IsValid() {
		return false
	}
	from = from.Unmap()
	return from != m.addr && !(r.own(from) && r.own(m.addr))
}

func (r *Registry) own(a netip.Addr) bool { return a.IsLoopback() || slices.Contains(r.o.Own, a) }

// refuseMedia records that a connection's push or play was refused; g is nil when its
// URL is nobody's.
func (r *Registry) refuseMedia(use string, g *grant, why error) error {
	who := r.d.Relay.Server
	var peer *Member
	if g != nil {
		who = g.m.Actor
		if g.sub != nil {
			peer = g.sub.target
		}
	}
	r.logAs(trace.ServerMediaRefused, who, peer, use, why.Error())
	return why
}

// Cutter is a connection that can be ended.
type Cutter interface {
	Cut(why string)
}

// replaced is why a connection ended whose URL was used again.
const replaced = "replaced"

// Push is an RTMP connection that publishes a member's stream.
type Push struct {
	r    *Registry
	m    *Member
	conn Cutter
}

// noURL refuses a URL that is nobody's, or for something else.
func noURL(use string) error {
	return refuse(CodeBadRequest, "no such "+use+" URL, or it has expired")
}

var errElsewhere = refuse(CodeBadRequest, "the URL is another session's")

// OpenPush lets a connection from an address publish with a URL's token. The same
// member's connection from before is replaced. Refused is whoever holds no publish
// URL in force, or may not publish whatever URL it holds.
func (r *Registry) OpenPush(app, token string, from netip.Addr, conn Cutter) (*Push, error) {
	g := r.find(app, token)
	switch {
	case g == nil || g.sub != nil:
		return nil, r.refuseMedia("push", g, noURL("publish"))
	case r.elsewhere(g.m, from):
		return nil, r.refuseMedia("push", g, errElsewhere)
	}
	if err := mayPublish(g.m); err != nil {
		return nil, r.refuseMedia("push", g, err)
	}
	r.used(&g.m.push, g)
	return r.push(g.m, conn), nil
}

// PushDirectly begins a member's stream without URL and RTMP, for members of other
// origins: it grants and opens in one.
func (r *Registry) PushDirectly(m *Member, conn Cutter) (*Push, error) {
	if m.gone {
		return nil, errLeft
	}
	if _, err := r.Publish(m); err != nil {
		return nil, err
	}
	return r.push(m, conn), nil
}

func (r *Registry) push(m *Member, conn Cutter) *Push {
	if old := m.pushing; old != nil {
		old.end(replaced, true)
	}
	p := &Push{r: r, m: m, conn: conn}
	m.pushing = p
	r.log(trace.ServerPushOpened, m, nil, "", "")
	m.relay().Begin()
	return p
}

// Actor is the trace's name of the member that publishes.
func (p *Push) Actor() trace.ActorID { return p.m.Actor }

// Media takes one message of the publisher's.
func (p *Push) Media(m rtmp.Message) {
	if p.m.pushing != p {
		return
	}
	if p.m.relay().Media(m) && !p.m.present {
		p.r.appear(p.m)
	}
}

// Close says that the connection is over. Why is stopped or lost.
func (p *Push) Close(why string) { p.end(why, false) }

func (p *Push) end(why string, cut bool) {
	if p.m.pushing != p {
		return
	}
	p.m.pushing = nil
	if why != replaced {
		p.m.relay().End()
	}
	p.r.log(trace.ServerPushClosed, p.m, nil, why, "")
	if cut {
		p.conn.Cut(why)
	}
}

// Play is an RTMP connection that plays another member's stream.
type Play struct {
	r    *Registry
	s    *subscription
	conn Cutter
	sub  *relay.Subscriber
}

// OpenPlay lets a connection from an address play with a URL's token. The connection
// that used the same URL before is replaced.
func (r *Registry) OpenPlay(app, token string, from netip.Addr, conn Cutter) (*Play, error) {
	g := r.find(app, token)
	switch {
	case g != nil && g.sub == nil && r.o.Defects.URLsServeBoth:
		return r.play(&subscription{m: g.m, target: g.m}, conn), nil
	case g == nil || g.sub == nil:
		return nil, r.refuseMedia("play", g, noURL("play"))
	case r.elsewhere(g.m, from):
		return nil, r.refuseMedia("play", g, errElsewhere)
	}
	r.used(&g.sub.play, g)
	return r.play(g.sub, conn), nil
}

// PlayDirectly plays another member's stream without URL and RTMP, for members of
// other origins: it subscribes and opens in one.
func (r *Registry) PlayDirectly(m *Member, uid uint32, conn Cutter) (*Play, error) {
	if m.gone {
		return nil, errLeft
	}
	s, err := r.subscribe(m, uid)
	if err != nil {
		return nil, err
	}
	return r.play(s, conn), nil
}

func (r *Registry) play(s *subscription, conn Cutter) *Play {
	if old := s.opened; old != nil {
		old.end(replaced, true)
	}
	p := &Play{r: r, s: s, conn: conn}
	s.opened = p
	r.log(trace.ServerPlayOpened, s.m, s.target, "", "")
	return p
}

// Actor is the trace's name of the member that plays.
func (p *Play) Actor() trace.ActorID { return p.s.m.Actor }

// Start begins to send; to be called when the player has been told that it plays.
func (p *Play) Start(out relay.Outlet) {
	if p.s.opened != p || p.sub != nil {
		return
	}
	target := p.s.target
	if p.r.o.Defects.WrongStream {
		target = p.s.m.channel.another(p.s)
	}
	blind := target.Codec != H264 && p.s.m.Origin == MiniProgram && !p.r.o.Defects.PassesVP8
	p.sub = target.relay().Subscribe(relay.View{Viewer: p.s.m.Actor, Muted: p.s.muted, Blind: blind}, out)
}

// another is a publisher that a subscription isn't of, if there is one.
func (c *room) another(s *subscription) *Member {
	for _, m := range c.members {
		if m != s.m && m != s.target && m.pushing != nil {
			return m
		}
	}
	return s.target
}

// Writable says that the connection has room again.
func (p *Play) Writable() {
	if p.sub != nil {
		p.sub.Drain()
	}
}

// Close says that the connection is over. Why is stopped or lost.
func (p *Play) Close(why string) { p.end(why, false) }

func (p *Play) end(why string, cut bool) {
	if p.s.opened != p {
		return
	}
	p.s.opened = nil
	if p.sub != nil {
		p.sub.Close()
		p.sub = nil
	}
	p.r.log(trace.ServerPlayClosed, p.s.m, p.s.target, why, "")
	if cut {
		p.conn.Cut(why)
	}
}
