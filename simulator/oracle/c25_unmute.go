package oracle

import (
	"slices"
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
				found = append(found, f.keyFirst(t, c)...)
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

// keySlack is how many pictures a player may leave out before the first that it shows,
// because they come too late for it. Fidelity: assumed.
const keySlack = 3

// keyFirst: the first picture after an unmute is the key frame that it resumes from,
// or soon after it. A picture that depends on others from the muted time was sent
// without them, unless the relay sent them again too. Judged where nothing is lost.
func (f *facts) keyFirst(t *track, c *call) []Finding {
	i := slices.IndexFunc(t.muted[video].spans, func(s span) bool { return s.to >= c.At && s.to <= c.answered })
	if i < 0 {
		return nil
	}
	s := t.muted[video].spans[i]
	after := span{s.to, s.to + muteResume}
	if !f.calm(t.to, after) || !f.calm(t.from, after) {
		return nil
	}
	for _, ev := range in(t.shown, after) {
		if ev.V[0] < 0 || ev.V[3]&trace.ShownForeign != 0 || time.Duration(ev.V[1]) <= s.from {
			continue // sent before the mute, or not to be told
		}
		key, known := f.of[t.from].keyBefore(ev.V[0])
		if missing := ev.V[0] - key; known && missing > keySlack && f.sentAgain(t, s.to) < float64(missing)/2 {
			return []Finding{f.find(t.to, ev.At, "unmuted %s's video, and it resumes %d pictures after a key frame", f.name(t.from), missing)}
		}
		return nil
	}
	return nil
}

// keyBefore is the number of the key frame that a picture depends on.
func (m *member) keyBefore(number int64) (key int64, known bool) {
	for _, ev := range m.captured {
		if ev.V[0] > number {
			break
		}
		if ev.V[1] == 1 {
			key, known = ev.V[0], true
		}
	}
	return key, known
}

// sentAgain is how many pictures more than had come in were enqueued right after a time.
func (f *facts) sentAgain(t *track, from time.Duration) float64 {
	i := since(t.relayed, from+1)
	if i == len(t.relayed) {
		return 0
	}
	ev := t.relayed[i]
	first := span{time.Duration(ev.V[0]), ev.At}
	return float64(ev.V[1]) - messages(f.of[t.from].mediaIn, video, []span{first})
}
