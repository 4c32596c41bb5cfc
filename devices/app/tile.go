package app

import (
	"slices"

	"minilab/simulator/trace"
)

// components makes the media components of a page.
type components interface {
	// pusher makes a stopped live-pusher; code gets its state codes.
	pusher(camera, mic bool, code func(int)) pusher
	// player makes a live-player of a member's stream and has it play; code gets its
	// state codes.
	player(uid uint32, url string, code func(int)) player
}

type pusher interface {
	// start, restart and switchCamera are methods of its context, which fail where the page
	// isn't on the screen.
	start(url string)
	// restart ends a push and begins another.
	restart(url, why string)
	// source sets the attribute url, which the next start uses.
	source(url string)
	// stop is what becomes of a push whose component is taken from the page.
	stop(why string)
	setCamera(on bool)
	setMic(on bool)
	// operate calls a method of its context: switchCamera, pause or resume.
	operate(method string)
}

type player interface {
	// play has it play again, if it doesn't.
	play()
	// source sets the attribute src, which the next play uses.
	source(url string)
	// lie turns its rendering, or turns it back.
	lie(horizontal bool)
	// remove takes the component from the page.
	remove(why string)
}

// State codes that the page acts on. Source: live-pusher and live-player documentation,
// vendor's demo; fidelity: documented.
const (
	codePushFailed = -1307 // the live-pusher's end after its retries
	codePushHeld   = 5000  // the host has stopped the push of a page that was left
	codePlaying    = 2004
	codePlayFailed = -2301 // the live-player's end after its retries
)

// tile is one place of the page: the own camera or another member's stream.
type tile struct {
	uid    uint32
	own    bool
	url    string
	shown  bool
	player player // of a shown tile that isn't the own
	status string // of the player: tileLoading, tileOK or tileError
}

// What a player's tile shows: over the player itself, while it isn't ok, lies a picture
// that says loading or error. Source: vendor's demo; fidelity: documented.
const (
	tileLoading = "loading"
	tileOK      = "ok"
	tileError   = "error"
)

// push puts the own stream on the page, or on a new URL.
func (a *App) push(url string) {
	a.owned = true
	if t := a.tile(a.o.UID); t != nil {
		t.url = url
		switch {
		case !t.shown:
		case a.page.sameKey:
			a.pusher.source(url)
		default:
			a.pusher.restart(url, "new URL")
		}
		return
	}
	a.tiles = slices.Insert(a.tiles, 0, &tile{uid: a.o.UID, own: true, url: url})
	a.layout()
}

// play puts a member's stream on the page.
func (a *App) play(uid uint32, url string) {
	if t := a.tile(uid); t != nil && !a.page.addsTiles {
		a.replay(t, url)
		return
	}
	a.tiles = append(a.tiles, &tile{uid: uid, url: url})
	a.layout()
}

// replay puts a tile on a new URL. It gets a new player: the demo changes its key, so
// that nothing of the old one stays.
func (a *App) replay(t *tile, url string) {
	t.url = url
	switch {
	case !t.shown:
	case a.page.sameKey:
		t.player.source(url)
	default:
		a.removePlayer(t, "new URL")
		a.addPlayer(t)
	}
}

// drop takes a member's tile from the page; the next that waited is shown.
func (a *App) drop(uid uint32, why string) {
	if t := a.tile(uid); t != nil {
		a.hide(t, why)
		a.tiles = slices.DeleteFunc(a.tiles, func(x *tile) bool { return x == t })
		a.layout()
	}
}

// dropAll empties the page.
func (a *App) dropAll(why string) {
	for _, t := range a.tiles {
		a.hide(t, why)
	}
	a.tiles = nil
	for _, s := range a.strays {
		s.end(why)
	}
	a.strays = nil
}

// layout shows the first tiles and holds the rest.
func (a *App) layout() {
	room := min(len(a.tiles), a.o.MaxTiles)
	if a.o.Defects.NoTileLimit {
		room = len(a.tiles)
	}
	for _, t := range a.tiles[room:] {
		a.hide(t, "held: no room on the page")
	}
	for _, t := range a.tiles[:room] {
		a.show(t)
	}
}

func (a *App) show(t *tile) {
	if t.shown {
		return
	}
	t.shown = true
	a.log(trace.TileAdded, a.peer(t.uid), "", "")
	if !t.own {
		a.addPlayer(t)
		return
	}
	if a.pusher == nil {
		a.pusher = a.parts.pusher(a.camera, a.mic, a.onPusherCode)
	}
	a.pusher.start(t.url)
}

func (a *App) hide(t *tile, why string) {
	if !t.shown {
		return
	}
	t.shown = false
	if t.own {
		a.pusher.stop(why)
	} else {
		a.removePlayer(t, why)
	}
	a.log(trace.TileRemoved, a.peer(t.uid), "", why)
}

func (a *App) addPlayer(t *tile) {
	if t.status == tileError {
		a.log(trace.TileStatus, a.peer(t.uid), tileLoading, "")
	}
	t.status = tileLoading
	var p player
	p = a.parts.player(t.uid, t.url, func(code int) {
		if t.player == p { // and no newer one
			a.onPlayerCode(t, code)
		}
	})
	t.player = p
}

func (a *App) removePlayer(t *tile, why string) {
	t.player.remove(why)
	t.player = nil
}

// onPlayerCode keeps the tile's status. A player that has given up leaves an error
// picture over its tile until its key changes, even if it plays again, and is not
// started by itself. Source: vendor's demo; fidelity: documented.
func (a *App) onPlayerCode(t *tile, code int) {
	switch {
	case code == codePlaying && t.status == tileLoading:
		t.status = tileOK
	case code == codePlayFailed && t.status != tileError:
		t.status = tileError
		a.log(trace.TileStatus, a.peer(t.uid), tileError, "")
	}
}

// onPusherCode: a push that has failed for good ends the visit, as in the demo. That
// the push to a URL of a lost session fails is what recovery is for.
func (a *App) onPusherCode(code int) {
	t := a.tile(a.o.UID)
	switch {
	case t == nil || !t.shown:
	case code == codePushFailed && a.owned && !a.o.Defects.PushFailureIgnored:
		a.leave("push failed (-1307)", nil)
	case code == codePushHeld && a.page.restarts:
		a.pusher.restart(t.url, "stopped by the host")
	}
}
