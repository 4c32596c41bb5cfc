package mediaserver

import (
	"errors"
	"net/netip"
	"time"

	gortmp "github.com/yutopp/go-rtmp"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// rtmpConn is one RTMP connection: the peer's socket on one side, a go-rtmp session
// on the other, the guard between them. It is the only writer to the socket and the
// only one that closes it.
type rtmpConn struct {
	s     *Server
	sock  sockets.Socket
	lib   sockets.Handler // go-rtmp's side; gets what the guard lets through
	pipe  libraryPipe
	guard *rtmp.Guard
	ended bool

	push   *channel.Push
	play   *channel.Play
	stream uint32        // the message stream that publishes or plays
	due    time.Duration // until then it must do either
}

func (s *Server) listenRTMP(stack sockets.Stack) error {
	l, err := engine.Listen(s.e, "rtmp", guarded{stack, s}, PortRTMP)
	if err != nil {
		return err
	}
	srv := gortmp.NewServer(&gortmp.ServerConfig{OnConnect: s.openSession})
	s.e.Seam().Port("rtmp/serve").Go(func() { _ = srv.Serve(l) }) // always ErrClosed, at the world's end
	s.e.OnEnd(func() { _ = srv.Close() })
	return nil
}

// guarded is a host's sockets with a guard between each accepted one and the library.
type guarded struct {
	sockets.Stack
	s *Server
}

// Listen implements sockets.Stack.
func (g guarded) Listen(port uint16, accept func(sockets.Socket) sockets.Handler) (func(), error) {
	return g.Stack.Listen(port, func(sock sockets.Socket) sockets.Handler {
		c := &rtmpConn{s: g.s, sock: sock}
		c.pipe.c = c
		c.guard = rtmp.NewGuard(rtmp.GuardOptions{
			Limits: g.s.o.Limits, ChunkSize: g.s.o.Relay.ChunkSize,
			ToLibrary: c.toLibrary,
			ToPeer:    sock.Send,
			OnMedia:   c.media, OnRest: c.rested, OnEgress: c.answered,
		})
		c.lib = accept(&c.pipe)
		g.s.conns[sock.Remote().String()] = c
		c.expect()
		return c
	})
}

// OnOpen implements sockets.Handler.
func (c *rtmpConn) OnOpen(sockets.Socket) { c.lib.OnOpen(&c.pipe) }

// maxOverrun is how far the answers to a peer that doesn't read may exceed its send
// buffer, besides one message of media. Source: none; fidelity: assumed.
const maxOverrun = 1 << 20

var errNotReading = errors.New("mediaserver: the peer asks and doesn't read")

// OnData implements sockets.Handler.
func (c *rtmpConn) OnData(_ sockets.Socket, p []byte) {
	if err := c.guard.FromPeer(p); err != nil {
		c.fail(err)
	} else if c.sock.Free() < -(maxOverrun + c.s.o.Limits.MaxMessageBytes) {
		c.fail(errNotReading)
	}
}

func (c *rtmpConn) toLibrary(p []byte) {
	if !c.ended {
		c.lib.OnData(&c.pipe, p)
	}
}

// OnWritable implements sockets.Handler. Answers go before media, which would
// fill the buffer again.
func (c *rtmpConn) OnWritable(sockets.Socket) {
	c.lib.OnWritable(&c.pipe)
	if c.play != nil {
		c.play.Writable()
	}
}

// OnClose implements sockets.Handler.
func (c *rtmpConn) OnClose(_ sockets.Socket, err error) {
	why := "stopped"
	if err != nil {
		why = "lost"
	}
	c.over(why)
	c.lib.OnClose(&c.pipe, err)
}

// over leaves the channel; the socket is the caller's to close.
func (c *rtmpConn) over(why string) {
	c.ended = true
	if peer := c.sock.Remote().String(); c.s.conns[peer] == c {
		delete(c.s.conns, peer)
	}
	c.leave(why)
}

func (c *rtmpConn) leave(why string) {
	if p := c.push; p != nil {
		c.push = nil
		p.Close(why)
	}
	if p := c.play; p != nil {
		c.play = nil
		p.Close(why)
	}
}

// shut ends the connection from our side.
func (c *rtmpConn) shut(why string) { c.end(why, c.sock.Close) }

func (c *rtmpConn) end(why string, sock func()) {
	if c.ended {
		return
	}
	c.over(why)
	sock()
	c.lib.OnClose(&c.pipe, nil)
}

// fail ends the connection for what the peer sent.
func (c *rtmpConn) fail(err error) {
	if c.ended {
		return
	}
	if c.s.log != nil {
		c.s.log.Add(trace.RTMPProtocolError, c.actor(), trace.Nobody, "", err.Error())
	}
	if errors.Is(err, errNotReading) {
		c.end("lost", c.sock.Abort) // or what it doesn't read would stay here
		return
	}
	c.shut("lost")
}

// actor is who the connection belongs to, for a record that is kept.
func (c *rtmpConn) actor() trace.ActorID {
	switch {
	case c.push != nil:
		return c.push.Actor()
	case c.play != nil:
		return c.play.Actor()
	}
	return c.s.log.Server() // nobody is known yet
}

// expect ends the connection if it neither publishes nor plays in time.
func (c *rtmpConn) expect() {
	c.due = c.s.proc.Now() + c.s.o.SetupTimeout
	c.s.proc.At(c.due, func() {
		if c.push == nil && c.play == nil && c.s.proc.Now() >= c.due {
			c.shut("lost")
		}
	})
}

// Cut implements channel.Cutter: the URL was revoked, or replaced by its next use.
func (c *rtmpConn) Cut(why string) {
	switch {
	case c.push != nil:
		c.guard.SendStatus(c.stream, "error", statusBadName, "The publish URL was "+why+".")
	case c.play != nil:
		c.guard.SendStatus(c.stream, "status", statusPlayStop, "The play URL was "+why+".")
	}
	c.push, c.play = nil, nil
	c.shut(why)
}

// Status codes that go-rtmp doesn't send. Source: Adobe Flash Media Server,
// NetStream.onStatus; fidelity: documented.
const (
	statusBadName         = "NetStream.Publish.BadName"
	statusPlayFailed      = "NetStream.Play.Failed"
	statusPlayStop        = "NetStream.Play.Stop"
	statusPlayStart       = "NetStream.Play.Start"
	statusPublishNotify   = "NetStream.Play.PublishNotify"
	statusUnpublishNotify = "NetStream.Play.UnpublishNotify"
)

// media takes what the peer publishes.
func (c *rtmpConn) media(m rtmp.Message) {
	if c.push != nil {
		c.push.Media(m)
	}
}

// rested hears that the peer stops in order. It may go on with another stream, if it
// does so soon.
func (c *rtmpConn) rested(stream uint32) {
	if stream == c.stream && (c.push != nil || c.play != nil) {
		c.leave("stopped")
		c.expect()
	}
}

// answered sees the library's answers: when it has said that a stream plays, the
// relay may send.
func (c *rtmpConn) answered(cmd rtmp.Command, _ uint32) {
	if _, code, _ := cmd.Status(); code == statusPlayStart && c.play != nil {
		c.play.Start(c)
	}
}

// Free implements relay.Outlet.
func (c *rtmpConn) Free() int { return c.sock.Free() }

// Send implements relay.Outlet.
func (c *rtmpConn) Send(m *rtmp.Chunked, timestamp uint32) {
	c.guard.SendMedia(m, timestamp)
}

// Announce implements relay.Outlet.
func (c *rtmpConn) Announce(live bool) {
	if c.sock.Free() < -maxOverrun {
		c.s.proc.After(0, func() { c.fail(errNotReading) }) // not while the stream tells all
		return
	}
	if live {
		c.guard.SendStatus(c.stream, "status", statusPublishNotify, "The stream has a publisher.")
	} else {
		c.guard.SendStatus(c.stream, "status", statusUnpublishNotify, "The stream has no publisher.")
	}
}

var errRefused = errors.New("refused")

// free tells whether the connection may publish or play on a stream: it does neither
// yet, and the peer hasn't taken back what it asked for.
func (c *rtmpConn) free(stream uint32) bool {
	return !c.ended && c.push == nil && c.play == nil && c.guard.Wants(stream)
}

// publish is the session's question whether it may; the guard then tells the peer
// why not, in words that go-rtmp doesn't have.
func (c *rtmpConn) publish(stream uint32, app, token string) error {
	if !c.free(stream) {
		return errRefused
	}
	c.stream = stream
	p, err := c.s.registry.OpenPush(app, token, c.sock.Remote().Addr(), c)
	if err != nil {
		c.guard.SendStatus(stream, "error", statusBadName, err.Error())
		return errRefused
	}
	c.push = p
	return nil
}

func (c *rtmpConn) subscribe(stream uint32, app, token string) error {
	if !c.free(stream) {
		return errRefused
	}
	c.stream = stream
	p, err := c.s.registry.OpenPlay(app, token, c.sock.Remote().Addr(), c)
	if err != nil {
		c.guard.SendStatus(stream, "error", statusPlayFailed, err.Error())
		return errRefused
	}
	c.play = p
	return nil
}

// libraryPipe is the socket that the library believes to have.
type libraryPipe struct{ c *rtmpConn }

// Send implements sockets.Socket: the library's bytes pass the guard.
func (p *libraryPipe) Send(b []byte) {
	if p.c.ended {
		return
	}
	if err := p.c.guard.FromLibrary(b); err != nil {
		p.c.fail(err)
	}
}

// Free implements sockets.Socket.
func (p *libraryPipe) Free() int { return p.c.sock.Free() }

// Unacked implements sockets.Socket.
func (p *libraryPipe) Unacked() int { return p.c.sock.Unacked() }

// Receive implements sockets.Socket: a peer that sends commands faster than the
// library takes them has to wait, with its media.
func (p *libraryPipe) Receive(on bool) {
	if !p.c.ended {
		p.c.sock.Receive(on)
	}
}

// Close implements sockets.Socket: the session has ended.
func (p *libraryPipe) Close() { p.end("stopped") }

// Abort implements sockets.Socket.
func (p *libraryPipe) Abort() { p.end("lost") }

func (p *libraryPipe) end(why string) {
	if !p.c.ended {
		p.c.over(why)
		p.c.sock.Close()
	}
}

func (p *libraryPipe) Local() netip.AddrPort  { return p.c.sock.Local() }
func (p *libraryPipe) Remote() netip.AddrPort { return p.c.sock.Remote() }
