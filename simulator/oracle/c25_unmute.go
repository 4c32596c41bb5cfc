package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// muteResume is how soon after unmute the medium must be back on a network that
// carries it: a whole GOP, the player's buffer and a round trip.
// Fidelity: assumed; GOP 3 s is documented for LiteAV.
const muteResume = 5 * time.Second

// C25: mute(uid, "audio") is the mirror of C24, "all" is both at once; after unmute
// the medium is back on the same URL without a new subscribe, pictures whole.
var _ = register(judge{id: "C25", promise: true, look: func(f *facts) (found []Finding, applies bool) {
	found, applies = f.judgeMutes(audio)
	resumed, unmutes := f.judgeUnmutes()
	return append(found, resumed...), applies || unmutes
}})

// judgeUnmutes looks at every successful unmute: what was muted is enqueued again,
// a picture is shown whole, and the app did not subscribe again for it. An unmute of
// what nobody sends is no evidence.
func (f *facts) judgeUnmutes() (found []Finding, applies bool) {
	for _, c := range f.calls {
		t := f.track(pair{from: c.Peer, to: c.Actor})
		if c.name != "unmute" || !c.ok() || t == nil {
			continue
		}
		after := span{c.answered, c.answered + muteResume}
		for medium, on := range muteTargets(c.args) {
			if !on {
				continue
			}
			if s, ok := t.mutedBy(c, medium); ok && s.from < c.At && s.to > c.answered {
				found = append(found, f.find(t.to, c.answered, "unmuted %s's %s with success, and the relay knows nothing of it", f.name(t.from), mediums[medium]))
				continue
			}
			switch f.resumes(t, medium, after) {
			case flowing:
				applies = true
			case stopped:
				found = append(found, f.find(t.to, after.to, "unmuted %s's %s and still gets none of it", f.name(t.from), mediums[medium]))
			}
			if medium == video {
				found = append(found, f.wholeAgain(t, after)...)
			}
		}
		if again, ok := f.subscribedAgain(t, after); ok {
			found = append(found, f.find(t.to, again, "had to subscribe to %s again after unmute", f.name(t.from)))
		}
	}
	return found, applies || len(found) > 0
}

// resumes tells whether a medium is enqueued again, where it was due for the whole
// time and had room: what waits for the network can't be held against the relay.
func (f *facts) resumes(t *track, medium int, after span) flow {
	due := f.due(t, medium, after)
	if total(due) < muteResume || messages(f.of[t.from].mediaIn, medium, due) < flowFewest {
		return unknown
	}
	state := stopped
	for i := since(t.relayed, after.from+1); i < len(t.relayed); i++ {
		ev := t.relayed[i]
		switch {
		case time.Duration(ev.V[0]) >= after.to:
			return state
		case relayed(ev, medium) > 0:
			return flowing
		case ev.V[4] > 0:
			state = unknown
		}
	}
	return state
}

// subscribedAgain is when the app subscribed once more, unless it had been told that
// the stream is new.
func (f *facts) subscribedAgain(t *track, after span) (time.Duration, bool) {
	for _, c := range f.calls {
		if c.name != "subscribe" || c.Actor != t.to || c.Peer != t.from || !after.holds(c.At) {
			continue
		}
		return c.At, len(in(t.announced, span{after.from, c.At + 1})) == 0
	}
	return 0, false
}

// wholeAgain: the first picture after an unmute decodes from a key frame, so it is
// not garbled unless the stream is: the picture before was, or those after stay so.
func (f *facts) wholeAgain(t *track, after span) []Finding {
	i := since(t.shown, after.from)
	if i == len(t.shown) || t.shown[i].At >= after.to || !garbled(t.shown[i]) {
		return nil
	}
	clean := i > 0 && !garbled(t.shown[i-1])
	if i == 0 {
		for _, ev := range in(t.shown, after) {
			clean = clean || !garbled(ev)
		}
	}
	if !clean {
		return nil
	}
	return []Finding{f.find(t.to, t.shown[i].At, "unmuted %s's video and sees it garbled", f.name(t.from))}
}

func garbled(ev *trace.Event) bool { return ev.V[3]&trace.ShownGarbled != 0 }
