package wechat

import (
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// inBackground is why a socket was dropped.
const inBackground = "dropped in the background"

// dropped: the page sleeps, and the host lets go of its WebSockets. Which of them hear
// of it, later, is a matter of the version.
func (t *SocketTask) dropped(told string) {
	if t.state == socketEnded || t.state == socketDead {
		return
	}
	if told == toldNobody {
		t.lose()
		return
	}
	open := t.state == socketOpen || t.state == socketClosing
	t.finish(inBackground, func() {
		switch {
		case told != toldTask:
		case open:
			t.closed(closeAbnormal, inBackground)
		default:
			t.broken(connectFail + inBackground)
		}
	})
	if open {
		t.h.raise("onSocketClose", "", t.h.page.OnSocketClose)
	}
}

// lose: the socket is gone, which its task doesn't know: it counts as open, and what is
// sent on it goes nowhere.
func (t *SocketTask) lose() {
	if t.cancel != nil {
		t.cancel()
	}
	t.state = socketDead
	t.letGo((sockets.Socket).Abort)
	if t.opened {
		t.opened = false
		t.log(trace.SocketClosed, inBackground)
	}
}

// receive implements networkUser.
func (t *SocketTask) receive(on bool) {
	if t.sock != nil {
		t.sock.Receive(on)
	}
}

// vanish implements networkUser.
func (t *SocketTask) vanish() {
	t.letGo((sockets.Socket).Abort)
	t.finish("gone", func() {})
}

// close implements networkUser.
func (t *SocketTask) close(why string) { t.finish(why, func() {}) }
