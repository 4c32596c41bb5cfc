package app

import (
	"time"

	"minilab/devices/wechat"
	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// rotatePause is how long the page waits before it turns a player, so that the picture
// has turned when it does. Source: vendor's demo, 1 s; fidelity: documented.
const rotatePause = time.Second

// listeners are what the page hears of its host. Source: vendor's demo, whose onHide is empty and
// which listens to none of the other events; fidelity: documented.
func (a *App) listeners(thread func() *engine.Proc) wechat.Page {
	return wechat.Page{OnShow: a.onShow, OnLaunch: func() { a.onLaunch(thread()) }}
}

// onShow is the page's return to the screen: players that aren't ok are told to play,
// since one that was added in the background never began. The pusher is left alone.
func (a *App) onShow() {
	if in := a.state == stateJoined || a.state == stateRecovering; in && a.page.keepsClients {
		a.forget()
		a.rejoin()
	}
	for _, t := range a.tiles {
		if t.player != nil && t.status != tileOK {
			t.player.play()
		}
	}
}

// onLaunch is a cold start: the user stands before the page on which a channel is
// chosen, and nothing is left of the one before, nor was it told.
func (a *App) onLaunch(thread *engine.Proc) {
	a.proc = thread
	a.anew()
	a.rounds, a.client, a.pusher, a.strays = nil, nil, nil, nil
	a.owned = false
	for _, t := range a.tiles {
		if t.shown {
			a.log(trace.TileRemoved, a.peer(t.uid), "", "cold start")
		}
	}
	a.tiles = nil
	a.become(stateIdle, "cold start")
}

// rotated turns a member's player, some time after the event. A live-player can lie or
// stand, so that 270 degrees come out upside down, and half a turn not at all; one
// that is made anew stands. Source: vendor's demo; fidelity: documented.
func (a *App) rotated(uid uint32, degrees int) {
	stay := a.stay
	a.proc.After(rotatePause, func() {
		if t := a.tile(uid); a.stay == stay && t != nil && t.player != nil {
			t.player.lie(degrees == 90 || degrees == 270)
		}
	})
}
