package oracle

import (
	"slices"
	"strings"
	"time"

	"minilab/simulator/trace"
)

// rotations are the angles that a stream can be turned by, degrees.
// Source: the SDK's video-rotation event and demo; fidelity: documented.
var rotations = []int64{0, 90, 180, 270}

// C20: subscribe to a broadcaster succeeds with an RTMP URL and the stream's rotation,
// and a player on it gets media, of that member only.
var _ = register(judge{id: "C20", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for _, c := range f.calls {
		if c.name != "subscribe" || !f.cast(c.Peer) || c.Peer == c.Actor {
			continue
		}
		if c.fails > 0 && c.oks == 0 && c.code == codeNotBroadcaster && f.listed(c, broadcaster) {
			found = append(found, f.find(c.Actor, c.answered, "could not subscribe to %s (%d), which is a broadcaster", f.name(c.Peer), c.code))
		}
		if !c.ok() {
			continue
		}
		applies = true
		if !strings.HasPrefix(c.url, mediaScheme) {
			found = append(found, f.find(c.Actor, c.answered, "subscribed to %s and was given %q, no URL to play", f.name(c.Peer), c.url))
		}
		if turned, known := f.turned(c); !slices.Contains(rotations, c.rotation) || known && turned != c.rotation {
			found = append(found, f.find(c.Actor, c.answered, "subscribed to %s and was given a rotation of %d degrees", f.name(c.Peer), c.rotation))
		}
		t := f.track(pair{from: c.Peer, to: c.Actor})
		found = append(found, f.fed(t, c)...)
		found = append(found, f.strangersIn(t)...)
	}
	return found, applies || len(found) > 0
}})

// listed tells whether the gateway lists the member that a call is about in a role
// from the call to its answer. Nobody is listed as "".
func (f *facts) listed(c *call, role string) bool {
	asked := span{c.At, c.answered + 1}
	var here []span
	for _, s := range f.of[c.Peer].stays {
		is := f.asAudience(s)
		if role != audience {
			is = minus([]span{s.span}, is)
		}
		if role == "" {
			is = []span{s.span}
		}
		here = append(here, is...)
	}
	if role == "" {
		return len(cross(here, []span{asked})) == 0
	}
	return total(cross(here, []span{asked})) == asked.length()
}

// turned is the rotation of the stream that a call is about, as others were told of it
// in the publisher's session; not known if nobody was, or if it may have changed since.
func (f *facts) turned(c *call) (degrees int64, known bool) {
	for _, s := range f.of[c.Peer].stays {
		if !s.holds(c.At) {
			continue
		}
		for _, ev := range in(f.told, span{s.from, c.answered + newsLate}) {
			if ev.Peer != c.Peer || f.text(ev.Text) != "video-rotation" {
				continue
			}
			degrees, known = ev.V[2], ev.At < c.At
		}
	}
	return degrees, known
}

// starved tells whether a player's connection carries nothing of what comes in, of no
// medium. What waits for the network can't be held against the relay.
func (f *facts) starved(t *track, open span) bool {
	worst := unknown
	for medium := range mediums {
		switch f.flow(t, medium, open) {
		case flowing:
			return false
		case stopped:
			worst = stopped
		}
	}
	for _, ev := range t.relayed[since(t.relayed, open.from):] {
		if time.Duration(ev.V[0]) >= open.to {
			break
		}
		if ev.V[4] > 0 {
			return false
		}
	}
	return worst == stopped
}

// fed looks whether players on the URL of a subscription get media while it comes in.
func (f *facts) fed(t *track, c *call) []Finding {
	var found []Finding
	for _, o := range t.open.spans {
		if o.from >= c.answered && f.starved(t, o) && f.calm(t.to, o) {
			found = append(found, f.find(t.to, o.from+flowLeast, "plays %s and gets none of the media that comes", f.name(t.from)))
		}
	}
	started := f.playerOn(t, c.url, c.answered)
	if started == nil {
		return found
	}
	try := span{started.At, started.At + meetLate}
	s, plays := at(t.playing.spans, started.At)
	if !plays || s.to < try.to || !f.calm(t.to, try) || !f.stays(t.to, try) || total(cross(f.of[t.from].granted.spans, []span{try})) < meetLate {
		return found
	}
	if !slices.ContainsFunc(t.open.spans, func(o span) bool { _, in := o.overlap(try); return in }) {
		found = append(found, f.find(t.to, try.to, "was given a URL of %s, and its player is not let in", f.name(t.from)))
	}
	return found
}

// playerOn is when a player was started on a URL, at or after a time.
func (f *facts) playerOn(t *track, url string, after time.Duration) *trace.Event {
	story := f.of[t.to].story
	for _, ev := range story[since(story, after):] {
		if ev.Kind == trace.PlayStarted && ev.Peer == t.from && f.text(ev.Note) == url {
			return ev
		}
	}
	return nil
}

// strangersIn finds media of others in a tile.
func (f *facts) strangersIn(t *track) []Finding {
	want := int64(f.rec.Head.Members[t.from].UID)
	wrong, _ := f.ofAnother(t, t.shown, want, pictureOf, "shows a picture")
	sound, _ := f.ofAnother(t, t.played, want, soundOf, "plays sound")
	return append(wrong, sound...)
}
