package wechat

import (
	"errors"
	"time"

	"minilab/simulator/engine"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// linkParams are the connection rules that live-pusher and live-player share.
type linkParams struct {
	// RetryCount is how many reconnects are tried before giving up.
	// Source: LiteAV TXLivePushConfig and TXLivePlayConfig connectRetryCount 3; fidelity: documented.
	RetryCount int
	// RetryInterval is the wait before each of them.
	// Source: LiteAV connectRetryInterval 3 s; fidelity: documented.
	RetryInterval time.Duration
	// ConnectTimeout bounds opening the connection, and again the RTMP commands after.
	// Source: none published; fidelity: assumed.
	ConnectTimeout time.Duration
}

func defaultLinkParams() linkParams {
	return linkParams{RetryCount: 3, RetryInterval: 3 * time.Second, ConnectTimeout: 5 * time.Second}
}

func (p linkParams) validate() error {
	if p.RetryCount < 0 || p.RetryInterval <= 0 || p.ConnectTimeout <= 0 {
		return errors.New("link: retry count, interval and connect timeout must be positive")
	}
	return nil
}

// failure is how a connection attempt, or a connection, ended.
type failure uint8

const (
	nameFailed failure = iota
	connectFailed
	handshakeFailed
	refused      // the server said no to publish or play
	serverClosed // in order, while media was flowing
	broken       // read or write error
)

// linkOwner is what a link reports to.
type linkOwner interface {
	linkConnected()
	linkLive()                         // publish or play has been accepted
	linkWritable()                     // there is room to send again
	linkMedia(m rtmp.Message)          // audio, video and data messages
	linkFailed(f failure) (final bool) // reports its codes; final: no retry can cure it
	linkRetries()                      // a reconnect was started
	linkGaveUp()                       // the link is idle again
}

type linkState uint8

const (
	linkIdle linkState = iota
	linkDialling
	linkCommands
	linkFlowing
	linkWaiting
)

// link is an RTMP connection that is opened again when it is lost.
type link struct {
	h       *Host
	owner   linkOwner
	params  linkParams
	what    string // push or play
	peer    trace.ActorID
	publish bool
	addr    rtmpAddress
	state   linkState
	sock    sockets.Socket
	client  *rtmp.Client
	opened  bool
	tries   int           // reconnects since it last flowed well
	since   time.Duration // when it began to flow
	alarm   *engine.Alarm // connect timeout, or the wait before a reconnect
}

func newLink(h *Host, owner linkOwner, what string, peer trace.ActorID, p linkParams) *link {
	l := &link{h: h, owner: owner, what: what, peer: peer, publish: what == "push", params: p}
	l.alarm = h.proc.Alarm(l.onAlarm)
	return l
}

// start opens the link to an address.
func (l *link) start(a rtmpAddress) {
	l.addr = a
	l.tries = 0
	l.dial()
}

// stop closes it, in order.
func (l *link) stop() {
	l.drop("stopped")
	l.state = linkIdle
}

func (l *link) flowing() bool { return l.state == linkFlowing }

// send sends a message of a flowing link, whatever room there is.
func (l *link) send(m rtmp.Message) { l.client.Send(m) }

// room tells whether the socket takes more, with at most that much waiting in it.
func (l *link) room(backlogBytes int) bool {
	return l.state == linkFlowing && l.sock.Free() > 0 && l.sock.Unacked() < backlogBytes
}

func (l *link) dial() {
	l.state = linkDialling
	l.alarm.In(l.params.ConnectTimeout)
	l.sock = l.h.o.Sockets.Dial(l.addr.host, l.addr.port, linkIO{l})
	l.h.use(l)
}

// receive implements networkUser.
func (l *link) receive(on bool) {
	if l.sock != nil {
		l.sock.Receive(on)
	}
}

// vanish implements networkUser: it ends without a word to the server.
func (l *link) vanish() {
	l.client = nil
	if l.sock != nil {
		l.sock.Abort()
		l.sock = nil
	}
	l.close("gone")
}

// close implements networkUser.
func (l *link) close(why string) {
	l.drop(why)
	l.state = linkIdle
}

// drop lets go of the connection, whatever its state.
func (l *link) drop(why string) {
	l.alarm.Clear()
	if l.client != nil {
		l.client.Close()
		l.client = nil
	}
	if l.sock != nil {
		l.sock.Close()
		l.sock = nil
	}
	l.h.unuse(l)
	if l.opened {
		l.opened = false
		l.h.log(trace.SocketClosed, l.peer, l.what, why)
	}
}

func (l *link) onAlarm() {
	switch l.state {
	case linkDialling:
		l.fail(connectFailed, "connect timed out")
	case linkCommands:
		l.fail(handshakeFailed, "no answer")
	case linkWaiting:
		l.dial()
	}
}

// fail ends the connection and goes on to a reconnect or to giving up.
func (l *link) fail(f failure, why string) {
	if l.state == linkIdle || l.state == linkWaiting {
		return
	}
	if l.state == linkFlowing && l.h.Now()-l.since >= l.params.RetryInterval {
		l.tries = 0
	}
	l.drop(why)
	l.state = linkWaiting
	final := l.owner.linkFailed(f)
	switch {
	case l.state != linkWaiting: // the owner stopped it
	case final || l.tries >= l.params.RetryCount || l.h.o.Defects.NeverRetries:
		l.state = linkIdle
		l.owner.linkGaveUp()
	default:
		l.tries++
		l.alarm.In(l.params.RetryInterval)
		l.owner.linkRetries()
	}
}

// firstTry tells whether the connection that failed was the very first attempt.
func (l *link) firstTry() bool { return l.tries == 0 }

// linkIO is the network's side of a link.
type linkIO struct{ l *link }

// OnOpen implements sockets.Handler.
func (x linkIO) OnOpen(s sockets.Socket) { x.l.h.run(func() { x.open(s) }) }

// OnData implements sockets.Handler.
func (x linkIO) OnData(s sockets.Socket, p []byte) {
	if x.l.h.proc.Held() {
		x.l.h.run(func() { x.data(s, p) })
		return
	}
	x.data(s, p) // media comes often
}

// OnWritable implements sockets.Handler.
func (x linkIO) OnWritable(sockets.Socket) {
	if x.l.h.proc.Held() {
		x.l.h.run(x.writable)
		return
	}
	x.writable()
}

// OnClose implements sockets.Handler.
func (x linkIO) OnClose(s sockets.Socket, err error) { x.l.h.run(func() { x.ended(s, err) }) }

func (x linkIO) open(s sockets.Socket) {
	l := x.l
	if l.sock != s {
		return // given up while the process stood still
	}
	l.opened = true
	l.h.log(trace.SocketOpened, l.peer, l.what, s.Remote().String())
	l.state = linkCommands
	l.alarm.In(l.params.ConnectTimeout)
	l.owner.linkConnected()
	if l.state != linkCommands {
		return
	}
	l.client = rtmp.NewClient(rtmp.ClientOptions{
		App: l.addr.app, TCURL: l.addr.tcURL, StreamName: l.addr.stream, Publish: l.publish,
		OnStatus: l.onStatus, OnMedia: l.owner.linkMedia, Out: s.Send, Rand: l.h.rand,
	})
	l.client.Start()
}

func (x linkIO) data(s sockets.Socket, p []byte) {
	l := x.l
	if l.sock != s || l.client == nil {
		return
	}
	if err := l.client.Feed(p); err != nil && l.sock == s {
		x.broke(err)
	}
}

func (x linkIO) writable() {
	if x.l.state == linkFlowing {
		x.l.owner.linkWritable()
	}
}

func (x linkIO) ended(s sockets.Socket, err error) {
	l := x.l
	if l.sock != s {
		return
	}
	l.sock = nil
	l.h.unuse(l)
	switch {
	case errors.Is(err, sockets.ErrNameNotFound) || errors.Is(err, sockets.ErrNameTimeout) || errors.Is(err, sockets.ErrNameFailure):
		l.fail(nameFailed, err.Error())
	case l.state == linkDialling:
		l.fail(connectFailed, reason(err))
	case err == nil && l.state == linkFlowing:
		l.fail(serverClosed, "")
	default:
		x.broke(err)
	}
}

func (x linkIO) broke(err error) {
	switch {
	case errors.Is(err, rtmp.ErrRejected):
		x.l.fail(refused, reason(err))
	case x.l.state == linkCommands:
		x.l.fail(handshakeFailed, reason(err))
	default:
		x.l.fail(broken, reason(err))
	}
}

func reason(err error) string {
	if err == nil {
		return "closed by the server"
	}
	return err.Error()
}

// onStatus follows the answers of the server.
func (l *link) onStatus(code, description string) {
	l.h.log(trace.RTMPStatus, l.peer, code, description)
	switch code {
	case "NetStream.Publish.Start", "NetStream.Play.Start":
		if l.state == linkCommands {
			l.state = linkFlowing
			l.since = l.h.Now()
			l.alarm.Clear()
			l.owner.linkLive()
		}
	case "NetStream.Publish.BadName", "NetStream.Publish.Denied", "NetConnection.Connect.Rejected",
		"NetConnection.Connect.InvalidApp", "NetStream.Play.StreamNotFound", "NetStream.Play.Failed":
		if l.state == linkFlowing { // what was accepted has been revoked
			l.fail(serverClosed, code)
			return
		}
		l.fail(refused, code)
	case "NetStream.Play.UnpublishNotify", "NetStream.Play.Stop":
		l.fail(serverClosed, code)
	}
}
