package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// C51: a media URL is good for who was given it, for what it was given for, in that
// session and until it expires; anybody else, or later, gets no media byte by it.
var _ = register(judge{id: "C51", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	urls := f.urls()
	for _, ev := range f.story {
		if ev.Kind != trace.PlayStarted && ev.Kind != trace.PushStarted || !f.cast(ev.Actor) {
			continue
		}
		u := urls[f.text(ev.Note)]
		if u == nil {
			continue
		}
		wrong := f.wronglyUsed(u, ev)
		if wrong == "" {
			continue
		}
		use := f.useOf(ev)
		applies = applies || f.refusedMedia(u, use)
		for _, what := range f.gained(u, use, urls) {
			found = append(found, f.find(ev.Actor, use.from, "used %s's URL to %s, %s, and %s", f.name(u.owner), u.use, wrong, what))
		}
	}
	return found, applies || len(found) > 0
}})

// mediaURL is a URL as it was given.
type mediaURL struct {
	url   string
	owner trace.ActorID
	use   string // push or play
	of    trace.ActorID
	given time.Duration
	until time.Duration // end of the session that it was given in
}

// strayUse is a component that was started on a URL: a span of it.
type strayUse struct {
	span
	who  trace.ActorID
	peer trace.ActorID // whose tile; of a push nobody
	push bool
}

// urls are all media URLs that pages were given.
func (f *facts) urls() map[string]*mediaURL {
	out := map[string]*mediaURL{}
	keep := func(u mediaURL) {
		if out[u.url] != nil || u.url == "" {
			return
		}
		for _, s := range f.of[u.owner].stays {
			if s.holds(u.given) {
				u.until = s.to
				if !s.over {
					u.until = never
				}
			}
		}
		out[u.url] = &u
	}
	for _, c := range f.calls {
		switch c.name {
		case "publish", "updatePushUrl":
			keep(mediaURL{url: c.url, owner: c.Actor, use: "push", of: c.Actor, given: c.answered})
		case "subscribe":
			keep(mediaURL{url: c.url, owner: c.Actor, use: "play", of: c.Peer, given: c.answered})
		}
	}
	for _, ev := range f.told {
		if f.text(ev.Text) != updateURL {
			continue
		}
		use := "play"
		if ev.Peer == ev.Actor {
			use = "push"
		}
		keep(mediaURL{url: f.text(ev.Note), owner: ev.Actor, use: use, of: ev.Peer, given: ev.At})
	}
	return out
}

// wronglyUsed says what is wrong with starting a component on a URL; "" if nothing is.
func (f *facts) wronglyUsed(u *mediaURL, ev *trace.Event) string {
	life := time.Duration(f.param("mediaserver.url_life", 0) * float64(time.Second))
	switch {
	case ev.Actor != u.owner:
		return "which was not given to it"
	case (ev.Kind == trace.PushStarted) != (u.use == "push"):
		return "for what it was not given for"
	case ev.At >= u.until:
		return "after its session"
	case life > 0 && ev.At > u.given+life:
		return "after it had expired"
	}
	return ""
}

// useOf is how long a component was on a URL: until a stop, or the end.
func (f *facts) useOf(ev *trace.Event) strayUse {
	use := strayUse{span: span{ev.At, f.end + 1}, who: ev.Actor, peer: ev.Peer, push: ev.Kind == trace.PushStarted}
	stop := trace.PlayStopped
	if use.push {
		stop = trace.PushStopped
	}
	story := f.of[ev.Actor].story
	for _, other := range story[since(story, ev.At):] {
		if other.Kind == stop && other.Peer == ev.Peer && other.At > ev.At {
			use.to = other.At
			break
		}
	}
	return use
}

// refusedMedia tells whether the server turned a use away.
func (f *facts) refusedMedia(u *mediaURL, use strayUse) bool {
	want := "play"
	if use.push {
		want = "push"
	}
	return slices.ContainsFunc(in(f.story, use.span), func(ev *trace.Event) bool {
		return ev.Kind == trace.ServerMediaRefused && f.text(ev.Text) == want && (ev.Actor == u.owner || !f.cast(ev.Actor))
	})
}

// gained are the marks of media that a wrong use brought.
func (f *facts) gained(u *mediaURL, use strayUse, urls map[string]*mediaURL) []string {
	var out []string
	if use.push {
		if f.letIn(u.owner, trace.ServerPushOpened, trace.PushStarted, trace.Nobody, use) {
			out = append(out, "its push was let in")
		}
		if f.pushedAs(u.owner, use) {
			out = append(out, "its pictures are shown as "+f.name(u.owner)+"'s")
		}
		return out
	}
	if f.letIn(u.owner, trace.ServerPlayOpened, trace.PlayStarted, u.of, use) {
		out = append(out, "its player was let in")
	}
	if !f.cast(use.peer) || f.playsRightly(use, urls) {
		return out
	}
	t := f.track(pair{from: use.peer, to: use.who})
	if t != nil && len(in(t.shown, use.span))+len(in(t.played, use.span)) > 0 {
		out = append(out, "saw or heard "+f.name(use.peer))
	}
	return out
}

// letIn tells whether the server opened more connections for an owner than the owner's
// own components were started, one of them in that time. On a network that is steady
// none of them needs two.
func (f *facts) letIn(owner trace.ActorID, opened, started trace.Kind, about trace.ActorID, use strayUse) bool {
	opens, starts := 0, 0
	for _, ev := range f.of[owner].story {
		if about != trace.Nobody && ev.Peer != about || ev.At >= use.to {
			continue
		}
		switch {
		case ev.Kind == started && !(owner == use.who && ev.At == use.from):
			starts++
		case ev.Kind == opened:
			opens++
			if opens > starts && use.holds(ev.At) && f.steady(owner, span{0, ev.At}) {
				return true
			}
		}
	}
	return false
}

// pushedAs tells whether somebody saw the intruder's pictures in the owner's tile.
func (f *facts) pushedAs(owner trace.ActorID, use strayUse) bool {
	uid := int64(f.rec.Head.Members[use.who].UID)
	if owner == use.who || uid == 0 {
		return false
	}
	for _, t := range f.of[owner].views {
		if t.from != owner {
			continue
		}
		for _, ev := range in(t.shown, use.span) {
			if got, readable := pictureOf(ev); readable && got == uid {
				return true
			}
		}
	}
	return false
}

// playsRightly tells whether the same page plays the same member by a URL of its own,
// or has done so until shortly before, so that what it sees says nothing.
func (f *facts) playsRightly(use strayUse, urls map[string]*mediaURL) bool {
	story := f.of[use.who].story
	playing := false
	for _, ev := range story {
		if ev.Peer != use.peer || ev.At >= use.to {
			continue
		}
		switch ev.Kind {
		case trace.PlayStarted:
			u := urls[f.text(ev.Note)]
			if right := u == nil || f.wronglyUsed(u, ev) == ""; right {
				playing = true
			}
		case trace.PlayStopped:
			if ev.At < use.from {
				playing = false
			}
		}
	}
	return playing
}
