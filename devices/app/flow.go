package app

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"minilab/devices/sdk"
)

// recoverPause is the wait between the loss of a session and the attempt to be back,
// and between attempts. Source: vendor's demo, 1 s; fidelity: documented.
const recoverPause = time.Second

// codeProcessLost: the gateway lost the process that served us. Source: vendor's demo; fidelity: documented.
const codeProcessLost = 501

// listen registers the page's listeners, before anything else is done with a client.
func (a *App) listen(c *sdk.Client) {
	current := func(f func(sdk.Event)) func(sdk.Event) {
		return func(e sdk.Event) {
			if (a.client == c || a.page.keepsClients) && a.state != stateLeft {
				f(e)
			}
		}
	}
	c.On(sdk.StreamAdded, current(func(e sdk.Event) { a.subscribe(e.UID) }))
	c.On(sdk.StreamRemoved, current(func(e sdk.Event) {
		if !a.o.Defects.StaleTile {
			a.drop(e.UID, sdk.StreamRemoved)
		}
	}))
	c.On(sdk.UpdateURL, current(func(e sdk.Event) {
		if t := a.tile(e.UID); t != nil && !t.own && !a.o.Defects.UpdateURLIgnored {
			a.replay(t, e.URL)
		}
	}))
	c.On(sdk.VideoRotation, current(func(e sdk.Event) { a.rotated(e.UID, e.Rotation) }))
	c.On(sdk.ErrorRaised, current(func(e sdk.Event) {
		lost := e.Code == codeProcessLost || e.Code == sdk.CodeClosed
		if lost && !a.o.Defects.NoRecovery {
			a.recover(fmt.Sprintf("error %d", e.Code))
		}
	}))
}

// join is the demo's way into the channel: listeners, role, app id, join, publish.
// A client that is there is used again, so that a script can join, leave and join.
// answered, if not nil, hears how it ended.
func (a *App) join(answered func(*sdk.Failure)) {
	switch {
	case a.state == stateJoined: // the SDK ignores a second join; the page's state stays
	case a.state == stateRecovering && !a.pause: // also while a rejoin is on its way
	default:
		a.insteadOfPause()
		a.become(stateJoining, "")
	}
	c := a.prepare()
	a.call("join", 0, a.o.Channel, func(done sdk.Done) error { return c.Join(a.token(), a.o.Channel, a.o.UID, done) },
		func(_ sdk.Answer, f *sdk.Failure) {
			if f != nil {
				a.become(stateIdle, fmt.Sprintf("join failed: %v", f))
			} else {
				a.become(stateJoined, "")
				if a.role == sdk.Broadcaster {
					a.publish(nil)
				}
			}
			if answered != nil {
				answered(f)
			}
		})
}

// prepare does what comes before join and rejoin.
func (a *App) prepare() *sdk.Client {
	c := a.ready()
	if a.o.Profile.SetRole {
		a.setRole(a.role)
	}
	a.call("init", 0, "", func(done sdk.Done) error { return c.Init(a.o.AppID, done) }, nil)
	return c
}

func (a *App) token() any {
	if a.o.Token == "" {
		return nil
	}
	return a.o.Token
}

// rejoin is the demo's way back: the same with rejoin and the uids of all tiles, the
// own included. It tries for ever.
func (a *App) rejoin() {
	a.insteadOfPause()
	if a.state != stateJoined {
		a.become(stateRecovering, "")
	}
	speakers := make([]string, 0, len(a.tiles))
	for _, t := range a.tiles {
		if a.o.Defects.ForgetsTiles {
			break
		}
		speakers = append(speakers, strconv.FormatUint(uint64(t.uid), 10))
	}
	c := a.prepare()
	again := func(f *sdk.Failure) { a.recover(fmt.Sprintf("rejoin failed: %v", f)) }
	a.call("rejoin", 0, strings.Join(speakers, " "),
		func(done sdk.Done) error { return c.Rejoin(a.token(), a.o.Channel, a.o.UID, speakers, done) },
		func(_ sdk.Answer, f *sdk.Failure) {
			if f != nil {
				again(f)
				return
			}
			a.become(stateJoined, "")
			if a.role == sdk.Broadcaster {
				a.publish(again)
			}
		})
}

// recover gives up the session and comes back with a new client. The tiles stay.
func (a *App) recover(why string) {
	a.become(stateRecovering, why)
	pause := recoverPause
	if a.o.Defects.NoPause {
		pause = 0
	}
	if a.o.Defects.KeepsOldClient || a.page.keepsClients {
		a.forget()
	} else {
		a.destroy()
	}
	a.pause = true
	stay := a.stay
	a.proc.After(pause, func() {
		if a.stay == stay {
			a.pause = false
			a.rejoin()
		}
	})
}

// anew begins the page anew: nothing that was asked for before acts any more.
func (a *App) anew() {
	a.stay++
	a.pause = false
}

// insteadOfPause ends the wait of a recovery, for what is done in its place.
func (a *App) insteadOfPause() {
	if a.pause {
		a.anew()
	}
}

// forget lets go of the client without a word to it, and gives what it was.
func (a *App) forget() *sdk.Client {
	a.anew()
	a.owned = false
	c := a.client
	a.client = nil
	return c
}

func (a *App) destroy() {
	if c := a.forget(); c != nil {
		a.call("destroy", 0, "", func(done sdk.Done) error { c.Destroy(done); return nil }, nil)
	}
}

// leave closes the page as the demo's onUnload does: what was published is taken
// back, the channel left, then the components go with the page. left, if not nil,
// hears how the call of leave ended.
func (a *App) leave(why string, left func(*sdk.Failure)) {
	a.anew()
	if c := a.client; c != nil {
		if a.tile(a.o.UID) != nil {
			a.call("unpublish", 0, "", c.Unpublish, nil)
		}
		var then func(sdk.Answer, *sdk.Failure)
		if left != nil {
			then = func(_ sdk.Answer, f *sdk.Failure) { left(f) }
		}
		a.call("leave", 0, "", c.Leave, then)
	}
	a.dropAll("leave")
	a.become(stateLeft, why)
}

func (a *App) setRole(role string) {
	c := a.ready()
	a.role = role
	a.call("setRole", 0, role, func(done sdk.Done) error { return c.SetRole(role, done) }, nil)
}

// publish asks for a URL and pushes to it; failed, if not nil, hears why not.
func (a *App) publish(failed func(*sdk.Failure)) {
	c := a.ready()
	a.call("publish", 0, "", c.Publish, func(answer sdk.Answer, f *sdk.Failure) {
		switch {
		case f == nil:
			a.push(answer.URL)
		case failed != nil:
			failed(f)
		}
	})
}

func (a *App) unpublish() {
	c := a.ready()
	owned := a.owned
	a.owned = false
	a.call("unpublish", 0, "", c.Unpublish, func(_ sdk.Answer, f *sdk.Failure) {
		if f == nil {
			a.drop(a.o.UID, "unpublish")
			return
		}
		a.owned = owned
	})
}

// up makes an audience a broadcaster. Source: vendor's demo of 2019, which doesn't wait
// for setRole's answer; fidelity: documented.
func (a *App) up() {
	a.setRole(sdk.Broadcaster)
	a.publish(nil)
}

// down makes a broadcaster an audience. Source: as up; fidelity: documented.
func (a *App) down() {
	a.owned = false
	c := a.ready()
	a.call("unpublish", 0, "", c.Unpublish, nil)
	a.setRole(sdk.Audience)
	a.drop(a.o.UID, "down")
}

// abandon forgets the client and leaves it as it is, socket and all.
func (a *App) abandon() {
	a.rounds = nil
	a.forget()
	a.become(stateIdle, "abandoned")
}

// subscribe asks for a member's URL and plays it; on failure the page does nothing.
func (a *App) subscribe(uid uint32) {
	c := a.ready()
	a.call("subscribe", uid, "", func(done sdk.Done) error { return c.Subscribe(uid, done) },
		func(answer sdk.Answer, f *sdk.Failure) {
			if f == nil {
				a.play(uid, answer.URL)
			}
		})
}

func (a *App) unsubscribe(uid uint32) {
	c := a.ready()
	a.call("unsubscribe", uid, "", func(done sdk.Done) error { return c.Unsubscribe(uid, done) },
		func(_ sdk.Answer, f *sdk.Failure) {
			if f == nil {
				a.drop(uid, "unsubscribe")
			}
		})
}

func (a *App) mute(uid uint32, target string) {
	c := a.ready()
	a.call("mute", uid, target, func(done sdk.Done) error { return c.Mute(uid, target, done) }, nil)
}

func (a *App) unmute(uid uint32, target string) {
	c := a.ready()
	a.call("unmute", uid, target, func(done sdk.Done) error { return c.Unmute(uid, target, done) }, nil)
}

func (a *App) muteLocal(target string) {
	c := a.ready()
	a.call("muteLocal", 0, target, func(done sdk.Done) error { return c.MuteLocal(target, done) }, nil)
}

func (a *App) unmuteLocal(target string) {
	c := a.ready()
	a.call("unmuteLocal", 0, target, func(done sdk.Done) error { return c.UnmuteLocal(target, done) }, nil)
}

// updatePushURL asks for another URL in the place of the one pushed to.
func (a *App) updatePushURL() {
	c := a.ready()
	a.call("updatePushUrl", 0, "", c.UpdatePushURL, func(answer sdk.Answer, f *sdk.Failure) {
		if f == nil && answer.URL != "" {
			a.push(answer.URL)
		}
	})
}

func (a *App) setCamera(on bool) {
	a.camera = on
	if a.pusher != nil {
		a.pusher.setCamera(on)
	}
}

// operate is nothing on a page whose live-pusher hasn't begun.
func (a *App) operate(method string) {
	if a.pusher != nil {
		a.pusher.operate(method)
	}
}

func (a *App) setMic(on bool) {
	a.mic = on
	if a.pusher != nil {
		a.pusher.setMic(on)
	}
}
