package app

import (
	"slices"

	"minilab/devices/sdk"
	"minilab/simulator/trace"
)

// What a media URL is for, and which one a script means.
const (
	usePush = "push"
	usePlay = "play"
	whenNow = "now"
	whenOld = "old"
)

// given is a media URL that the SDK gave this page.
type given struct {
	use string
	of  uint32 // whose stream it is for
	url string
}

// keep remembers a URL that a method or event gave; what gives none is passed over.
func (a *App) keep(from string, uid uint32, url string) {
	g := given{use: usePlay, of: uid, url: url}
	switch {
	case url == "":
		return
	case from == sdk.UpdateURL && uid == a.o.UID || from != sdk.UpdateURL && uid == 0:
		g = given{use: usePush, of: a.o.UID, url: url}
	}
	if n := len(a.given); n == 0 || a.given[n-1] != g {
		a.given = append(a.given, g)
	}
}

// Given is the URL that the page was given last to push to (use push), or to play of's
// stream from (use play; of 0: anybody's), and whose stream it is for; old asks for the
// one before it that differs. It is "" if there is none.
func (a *App) Given(use string, of uint32, old bool) (url string, stream uint32) {
	var all []given
	for _, g := range a.given {
		asked := g.use == use && (of == 0 || use == usePush || g.of == of)
		if asked && !slices.ContainsFunc(all, func(x given) bool { return x.url == g.url }) {
			all = append(all, g)
		}
	}
	n := len(all) - 1
	if old {
		n--
	}
	if n < 0 {
		return "", 0
	}
	return all[n].url, all[n].of
}

// stray is a component that an intrusion started.
type stray struct {
	pusher pusher
	player player
}

func (s stray) end(why string) {
	if s.pusher != nil {
		s.pusher.stop(why)
	} else {
		s.player.remove(why)
	}
}

// intrude uses a URL that the whole page has no right to: a live-pusher or live-player
// besides those of the page's tiles, without a tile. as is what to do with it, "" what
// it is for.
func (a *App) intrude(whose Value, use string, of uint32, old bool, as string) {
	url, stream := "", uint32(0)
	switch {
	case whose.Actor == a.o.Actor:
		url, stream = a.Given(use, of, old)
	case a.o.Given != nil:
		url, stream = a.o.Given(whose.Actor, use, of, old)
	}
	if as == "" {
		as = use
	}
	if url == "" {
		a.become(a.state, "intrude: there is no such URL")
		return
	}
	a.log(trace.FaultInjected, whose.Actor, "intrude", url)
	if as == usePush {
		p := a.parts.pusher(a.camera, a.mic, func(int) {})
		p.start(url)
		a.strays = append(a.strays, stray{pusher: p})
		return
	}
	a.strays = append(a.strays, stray{player: a.parts.player(stream, url, func(int) {})})
}
