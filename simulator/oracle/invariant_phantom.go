package oracle

import (
	"strconv"
	"strings"
	"time"

	"minilab/simulator/trace"
)

const streamRemoved = "stream-removed"

// noPhantom: no event of a stream that isn't there. The server tells a member of
// others' streams only: added when there is one, removed when the member had been
// told of it, or has come back and says that it knew it. A page hears what its
// server told, and nothing after it dropped its client.
var noPhantom = judge{id: "no-phantom", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	for id := range f.of {
		h := hearsay{f: f, who: trace.ActorID(id), told: map[trace.ActorID]bool{}, knew: map[trace.ActorID]bool{},
			due: map[heard]int{}, dropped: map[int64]bool{}}
		for _, ev := range f.events(h.who, trace.ServerJoined, trace.ServerAnnounced, trace.CallIssued, trace.ClientEvent) {
			h.event(ev)
		}
		found = append(found, h.found...)
		applies = applies || h.any
	}
	return found, applies
}}

// heard is one kind of news.
type heard struct {
	name  string
	about trace.ActorID
}

// hearsay follows what one member is told, by the server and by its SDK.
type hearsay struct {
	f       *facts
	who     trace.ActorID
	told    map[trace.ActorID]bool // streams that its session knows of
	knew    map[trace.ActorID]bool // what it said that it knew when it came back
	back    bool                   // it said so of somebody
	due     map[heard]int          // told by the server, not yet by the SDK
	dropped map[int64]bool         // clients that the page destroyed
	any     bool
	found   []Finding
}

func (h *hearsay) event(ev *trace.Event) {
	name := h.f.text(ev.Text)
	switch ev.Kind {
	case trace.ServerJoined:
		h.told = map[trace.ActorID]bool{}
		if ev.V[1] != 1 {
			h.knew, h.back = map[trace.ActorID]bool{}, false
		}
	case trace.CallIssued:
		switch name {
		case "join":
			delete(h.dropped, ev.V[2])
		case "rejoin":
			delete(h.dropped, ev.V[2])
			h.speakers(h.f.text(ev.Note))
		case "destroy":
			h.dropped[ev.V[2]] = ev.V[2] != 0
		}
	case trace.ServerAnnounced:
		h.any = true
		h.due[heard{name, ev.Peer}]++
		h.announced(name, ev)
	case trace.ClientEvent:
		if name == streamAdded || name == streamRemoved {
			h.any = true
			h.raised(name, ev)
		}
	}
}

// speakers reads the uids that a rejoin names.
func (h *hearsay) speakers(list string) {
	h.knew = map[trace.ActorID]bool{}
	for _, word := range strings.Fields(list) {
		h.back = true
		uid, err := strconv.ParseUint(word, 10, 32)
		if err != nil {
			continue
		}
		if who := h.f.byUID(uint32(uid)); who != trace.Nobody {
			h.knew[who] = true
		}
	}
}

func (h *hearsay) announced(name string, ev *trace.Event) {
	switch {
	case ev.Peer == h.who:
		h.say(ev.At, "the server told it %s of itself", name)
	case name == streamAdded:
		if h.f.cast(ev.Peer) && !touches(h.f.of[ev.Peer].granted.spans, ev.At) {
			h.say(ev.At, "the server told it of a stream of %s, which publishes none", h.f.name(ev.Peer))
		}
		h.told[ev.Peer] = true
	case name == streamRemoved:
		// One who is not in the channel any more may be named by nobody.
		if known := h.told[ev.Peer] || h.knew[ev.Peer] || !h.f.cast(ev.Peer) && h.back; !known {
			h.say(ev.At, "the server told it that %s's stream is gone, of which it had not been told", h.f.nameOr(ev.Peer))
		}
		if h.f.cast(ev.Peer) && h.f.goesOn(ev.Peer, ev.At) {
			h.say(ev.At, "the server told it that %s's stream is gone, which goes on", h.f.name(ev.Peer))
		}
		delete(h.told, ev.Peer)
	}
}

func (h *hearsay) raised(name string, ev *trace.Event) {
	if h.dropped[ev.V[3]] {
		h.say(ev.At, "a client that its page had destroyed raised %s", name)
	}
	if ev.Peer == h.who {
		h.say(ev.At, "its SDK raised %s of itself", name)
		return
	}
	for _, about := range []trace.ActorID{ev.Peer, trace.Nobody} {
		if k := (heard{name, about}); h.due[k] > 0 {
			h.due[k]--
			return
		}
	}
	h.say(ev.At, "its SDK raised %s of %s, which the server had not told", name, h.f.nameOr(ev.Peer))
}

func (h *hearsay) say(at time.Duration, format string, args ...any) {
	h.found = append(h.found, h.f.find(h.who, at, format, args...))
}

// goesOn tells whether a member's stream is there after a time too: granted, pushed,
// and somebody had been told of it (until then it may count as not there yet).
func (f *facts) goesOn(who trace.ActorID, t time.Duration) bool {
	m := f.of[who]
	granted, ok := at(m.granted.spans, t)
	pushed, open := at(m.pushes.spans, t)
	if !ok || !open || pushed.from >= t {
		return false
	}
	for _, v := range m.views {
		for _, ev := range in(v.announced, span{granted.from, t}) {
			if v.from == who && f.text(ev.Text) == streamAdded {
				return true
			}
		}
	}
	return false
}

// touches tells whether a time lies in a span, its ends included.
func touches(spans []span, t time.Duration) bool {
	for _, s := range spans {
		if s.from <= t && t <= s.to {
			return true
		}
	}
	return false
}

// byUID finds the member of a uid; trace.Nobody when there is none.
func (f *facts) byUID(uid uint32) trace.ActorID {
	for i, m := range f.rec.Head.Members {
		if m.UID == uid {
			return trace.ActorID(i)
		}
	}
	return trace.Nobody
}

// nameOr is a member's name, or a word for one who is not of the cast.
func (f *facts) nameOr(a trace.ActorID) string {
	if f.cast(a) {
		return f.name(a)
	}
	return "a stranger"
}
