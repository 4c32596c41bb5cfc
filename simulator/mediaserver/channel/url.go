package channel

import (
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
}

func (r *Registry) grant(m *Member, sub *subscription) *grant {
	token := r.d.Token()
	g := &grant{token: token, url: "rtmp://" + r.o.Host + "/" + App + "/" + token, m: m, sub: sub, issued: r.d.Relay.Now()}
	r.grants[token] = g
	return g
}

func (r *Registry) revoke(g *grant) {
	delete(r.grants, g.token)
}

func (r *Registry) find(app, token string) *grant {
	g := r.grants[token]
	if g == nil || app != App || r.expired(g) {
		return nil
	}
	return g
}

func (r *Registry) expired(g *grant) bool { return r.d.Relay.Now()-g.issued > r.o.URLLife }

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

// replaced is why a connection ended whose URL was used again.
const replaced = "replaced"

// Push is an RTMP connection that publishes a member's stream.
type Push struct {
	r    *Registry
	m    *Member
	conn Cutter
}

// OpenPush lets a connection publish with a URL's token. The same member's
// connection from before is replaced. Refused is whoever holds no publish URL in
// force, or may not publish whatever URL it holds.
func (r *Registry) OpenPush(app, token string, conn Cutter) (*Push, error) {
	g := r.find(app, token)
	if g == nil || g.sub != nil {
		return nil, r.refuseMedia("push", g, refuse(CodeBadRequest, "no such publish URL, or it has expired"))
	}
	if err := mayPublish(g.m); err != nil {
		return nil, r.refuseMedia("push", g, err)
	}
	if old := g.m.pushing; old != nil {
		old.end(replaced, true)
	}
	p := &Push{r: r, m: g.m, conn: conn}
	g.m.pushing = p
	r.log(trace.ServerPushOpened, g.m, nil, "", "")
	g.m.relay().Begin()
	return p, nil
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

// OpenPlay lets a connection play with a URL's token. The connection that used the
// same URL before is replaced.
func (r *Registry) OpenPlay(app, token string, conn Cutter) (*Play, error) {
	g := r.find(app, token)
	if g == nil || g.sub == nil {
		return nil, r.refuseMedia("play", g, refuse(CodeBadRequest, "no such play URL, or it has expired"))
	}
	if old := g.sub.opened; old != nil {
		old.end(replaced, true)
	}
	p := &Play{r: r, s: g.sub, conn: conn}
	g.sub.opened = p
	r.log(trace.ServerPlayOpened, g.m, g.sub.target, "", "")
	return p, nil
}

// Actor is the trace's name of the member that plays.
func (p *Play) Actor() trace.ActorID { return p.s.m.Actor }

// Start begins to send; to be called when the player has been told that it plays.
func (p *Play) Start(out relay.Outlet) {
	if p.s.opened == p && p.sub == nil {
		p.sub = p.s.target.relay().Subscribe(p.s.m.Actor, out, p.s.muted)
	}
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
