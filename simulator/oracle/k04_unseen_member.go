package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// UnseenLeast is how long a later member may take to learn of one who publishes.
// Source: a few round trips of the slowest network in the catalogue; fidelity: assumed.
const UnseenLeast = 2 * time.Second

// K4: a member who entered with the microphone off is not noticed by those who come
// later, until it speaks (纯音频场景下，后加入的用户可能无法感知频道内你的存在): it has
// published, nothing has come from its pusher, and a later joiner isn't told of it. Who
// has been killed is a member for as long as the server waits, with nobody there to be
// noticed, or to notice.
var _ = register(judge{id: "K4", look: func(f *facts) (found []Finding, applies bool) {
	for a, publisher := range f.of {
		for _, published := range minus(publisher.granted.spans, publisher.gone.spans) {
			for b, joiner := range f.of {
				for _, stay := range joiner.stays {
					if a == b || stay.from <= published.from || stay.from >= published.to {
						continue
					}
					applies = true
					if unseen, ok := f.unseen(pair{from: trace.ActorID(a), to: trace.ActorID(b)}, stay, published); ok {
						found = append(found, unseen)
					}
				}
			}
		}
	}
	return found, applies
}})

func (f *facts) unseen(p pair, stay *stay, published span) (Finding, bool) {
	publisher := f.of[p.from]
	early := span{stay.from, stay.from + UnseenLeast}
	if publisher.firstMedia(published) <= stay.from || len(cross(publisher.sending(), []span{early})) > 0 {
		return Finding{}, false
	}
	until := min(stay.to, published.to)
	for _, s := range minus([]span{{stay.from, until}}, f.of[p.to].gone.spans) {
		until = s.to
		break
	}
	told := until
	if t := f.tracks[p]; t != nil {
		if stay.back && f.knew(t, stay.from, published) {
			return Finding{}, false
		}
		for _, ev := range in(t.announced, span{stay.from, until}) {
			if f.text(ev.Text) == streamAdded {
				told = ev.At
				break
			}
		}
	}
	if told-stay.from <= UnseenLeast {
		return Finding{}, false
	}
	what := "never told of it while it is there"
	if told < until {
		what = "not told of it until " + seconds(told)
	}
	return f.find(p.to, early.to, "joined at %s, after %s had published without sending, and is %s", seconds(stay.from), f.name(p.from), what), true
}

// knew tells whether one who comes back had been told of a stream before and not of
// its end: it isn't told again.
func (f *facts) knew(t *track, back time.Duration, published span) bool {
	for _, ev := range slices.Backward(in(t.announced, span{published.from, back})) {
		return f.text(ev.Text) == streamAdded
	}
	return false
}

// firstMedia is when the first media of a publisher arrived in a stretch; its end
// when none did.
func (m *member) firstMedia(s span) time.Duration {
	for _, ev := range m.mediaIn[since(m.mediaIn, s.from):] {
		if t := time.Duration(ev.V[0]); s.holds(t) {
			return t
		}
	}
	return s.to
}
