package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// UnseenLeast is how long a later member may take to learn of one who publishes.
// Source: a few round trips of the slowest network in the catalogue; fidelity: assumed.
const UnseenLeast = 2 * time.Second

// K4: a member who entered with the microphone off is not noticed by those who come
// later, until it speaks (纯音频场景下，后加入的用户可能无法感知频道内你的存在): it has
// published, nothing has come from its pusher, and a later joiner isn't told of it.
var _ = register(judge{id: "K4", look: func(f *facts) (found []Finding, applies bool) {
	joined := f.membership()
	for _, a := range f.members {
		for _, published := range f.granted(a) {
			for _, b := range f.members {
				for _, stay := range joined[b] {
					if a == b || stay.from <= published.from || stay.from >= published.to {
						continue
					}
					applies = true
					if unseen, ok := f.unseen(a, b, stay, published); ok {
						found = append(found, unseen)
					}
				}
			}
		}
	}
	return found, applies
}})

func (f *facts) unseen(a, b trace.ActorID, stay, published span) (Finding, bool) {
	sending := union(f.camera[a], f.mic[a])
	if f.firstMedia(a, published) <= stay.from || len(cross(sending, []span{{stay.from, stay.from + UnseenLeast}})) > 0 {
		return Finding{}, false
	}
	until := min(stay.to, published.to)
	told := until
	for _, ev := range f.events(trace.ServerAnnounced) {
		if ev.Actor == b && ev.Peer == a && f.rec.Text(ev.Text) == "stream-added" && ev.At >= stay.from {
			told = min(told, ev.At)
			break
		}
	}
	if told-stay.from <= UnseenLeast {
		return Finding{}, false
	}
	what := "never told of it while it is there"
	if told < until {
		what = "not told of it until " + seconds(told)
	}
	return f.find(b, stay.from+UnseenLeast, "joined at %s, after %s had published without sending, and is %s", seconds(stay.from), f.name(a), what), true
}

// firstMedia is when the first media of a publisher arrived in a stretch; its end
// when none did.
func (f *facts) firstMedia(a trace.ActorID, in span) time.Duration {
	for _, ev := range f.mediaIn[a] {
		if t := time.Duration(ev.V[0]); ev.V[2]+ev.V[3] > 0 && in.holds(t) {
			return t
		}
	}
	return in.to
}

// membership is when each member was in the channel, as the gateway saw it.
func (f *facts) membership() map[trace.ActorID][]span {
	in := intervals[trace.ActorID]{}
	for _, ev := range f.rec.Events {
		switch ev.Kind {
		case trace.ServerJoined:
			in.set(ev.Actor, true, ev.At)
		case trace.ServerLeft:
			in.set(ev.Actor, false, ev.At)
		}
	}
	return in.close(f.end)
}

// granted is when a member held a publish URL.
func (f *facts) granted(a trace.ActorID) []span {
	held := intervals[trace.ActorID]{}
	for _, ev := range f.rec.Events {
		if ev.Actor != a {
			continue
		}
		switch ev.Kind {
		case trace.ServerPublish:
			held.set(a, true, ev.At)
		case trace.ServerUnpublish, trace.ServerLeft:
			held.set(a, false, ev.At)
		}
	}
	return held.close(f.end)[a]
}
