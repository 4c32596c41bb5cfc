package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// tiles is what a page has at a time: what it shows, and whose streams it has asked
// for with success and not dropped, shown or waiting for a place.
type tiles struct {
	shown, held map[trace.ActorID]bool
	ended       map[int64]bool // clients whose answers the page doesn't hear any more
	left        bool           // the page was left, and not joined since
}

func newTiles() tiles {
	return tiles{shown: map[trace.ActorID]bool{}, held: map[trace.ActorID]bool{}, ended: map[int64]bool{}}
}

// tilesAt follows a page up to a time, the events of that instant left out.
func (f *facts) tilesAt(who trace.ActorID, until time.Duration) tiles {
	t := newTiles()
	story := f.of[who].story
	calls := f.byNumber(who)
	for _, ev := range story[:since(story, until)] {
		t.event(f, ev, calls)
	}
	return t
}

// byNumber finds a member's calls.
func (f *facts) byNumber(who trace.ActorID) map[int64]*call {
	out := make(map[int64]*call, len(f.of[who].calls))
	for _, c := range f.of[who].calls {
		out[c.V[0]] = c
	}
	return out
}

func (t *tiles) event(f *facts, ev *trace.Event, calls map[int64]*call) {
	switch ev.Kind {
	case trace.TileAdded:
		t.shown[ev.Peer], t.held[ev.Peer] = true, true
	case trace.TileRemoved:
		delete(t.shown, ev.Peer)
		delete(t.held, ev.Peer)
	case trace.CallIssued:
		if f.text(ev.Text) == "destroy" {
			t.ended[ev.V[2]] = ev.V[2] != 0
		}
	case trace.AppState:
		if t.left = f.text(ev.Text) == "left"; t.left {
			clear(t.shown)
			clear(t.held)
		}
	case trace.ClientEvent:
		if f.text(ev.Text) == streamRemoved {
			delete(t.held, ev.Peer)
		}
	case trace.CallDone:
		c := calls[ev.V[0]]
		if c == nil || c.args != "" || ev.V[1] != 1 || t.left || t.ended[c.V[2]] {
			return // arguments in words are a script's own call, which makes no tile
		}
		switch c.name {
		case "subscribe":
			t.held[c.Peer] = true
		case "unsubscribe":
			delete(t.held, c.Peer)
		}
	}
}
