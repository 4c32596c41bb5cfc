package oracle

import (
	"time"

	"minilab/simulator/trace"
)

// BlackLeast is how long a member must be heard and not be seen for a user to report it
// as black. An encoder that is begun anew is back in a second, and a key frame is 3 s
// apart from the next. Fidelity: assumed.
const BlackLeast = 3 * time.Second

// unencodedMost is what netstatus says of an encoder that gives nothing, in kbit/s.
// Source: netstatus counts whole kbit/s; fidelity: assumed.
const unencodedMost = 1

// K10: the user of an iPhone is heard and not seen, and it is its encoder (部分 iOS
// 手机偶现编码失败，远端黑屏). Of another system's it is no finding of this one. Its
// camera films, its app is on the screen and nobody muted anything; but netstatus says
// that nothing is encoded, or what is encoded can't be decoded or is black. A camera
// that films nothing, an image that stands for it and a lossy link are other things.
var _ = register(judge{id: "K10", look: func(f *facts) (found []Finding, applies bool) {
	for _, p := range f.pairs {
		if !f.iOS(p.from) {
			continue
		}
		t := f.tracks[p]
		windows := f.faceToFace(t)
		applies = applies || len(windows) > 0
		for _, w := range windows {
			for _, s := range unseen(t, w) {
				if why := f.blackBecause(t, s); why != "" && soundHeard(t, s) >= BlackLeast {
					found = append(found, f.find(p.to, s.from+BlackLeast, "sees no picture of %s for %s and hears it: %s", f.name(p.from), seconds(s.length()), why))
				}
			}
		}
	}
	return found, applies
}})

// faceToFace is when one could see the other and both had the app on the screen.
func (f *facts) faceToFace(t *track) []span {
	return minus(f.visible(t), f.of[t.from].hidden.spans) // visible leaves out when the viewer is away
}

// unseen are the stretches of a window, from BlackLeast on, without a picture that shows
// anything.
func unseen(t *track, w span) []span {
	var out []span
	from := w.from
	end := func(to time.Duration) {
		if to-from >= BlackLeast {
			out = append(out, span{from, to})
		}
	}
	for _, ev := range in(t.shown, w) {
		if ev.V[3]&trace.ShownBlack == 0 {
			end(ev.At)
			from = ev.At
		}
	}
	end(w.to)
	return out
}

// soundHeard is for how long sound was played in a span.
func soundHeard(t *track, s span) time.Duration {
	var sum time.Duration
	for _, ev := range t.played[since(t.played, s.from):] {
		if time.Duration(ev.V[0]) >= s.to {
			break
		}
		if o, ok := s.overlap(span{time.Duration(ev.V[0]), ev.At}); ok {
			sum += o.length()
		}
	}
	return sum
}

// blackBecause tells how the publisher's encoder leaves a stretch without pictures;
// empty: it doesn't.
func (f *facts) blackBecause(t *track, s span) string {
	m := f.of[t.from]
	var mute time.Duration
	for _, u := range cross(m.unencoded(), []span{s}) {
		if often(len(in(m.captured, u)), u) {
			mute += u.length()
		}
	}
	switch {
	case mute >= BlackLeast:
		return "its camera films, and netstatus says that no video is encoded"
	case often(len(in(t.undecoded, s)), s) && !relayDrops(t, s):
		return "what its encoder sends can't be decoded"
	}
	if blacks := blackPictures(t, s); len(blacks) > 0 {
		stood := span{blacks[0].At, blacks[len(blacks)-1].At}
		if stood.length() >= BlackLeast-frameMost && often(len(blacks), stood) {
			return "its pictures are black"
		}
	}
	return ""
}

// frameMost is the longest time between pictures of a camera that films.
// Source: LiteAV's least frame rate of a still image, 3 to 8 a second; fidelity: assumed.
const frameMost = time.Second / 3

// blackPictures are those of the camera, not an image in its place.
func blackPictures(t *track, s span) []*trace.Event {
	var out []*trace.Event
	for _, ev := range in(t.shown, s) {
		if ev.V[3]&(trace.ShownBlack|trace.ShownWaiting) == trace.ShownBlack {
			out = append(out, ev)
		}
	}
	return out
}

// unencoded are the times in which a member's netstatus tells of sound and of no video.
func (m *member) unencoded() []span {
	var out []span
	for i := 1; i < len(m.statuses); i++ {
		if ev := m.statuses[i]; ev.V[0] <= unencodedMost && ev.V[1] > 0 {
			out = union(out, []span{{m.statuses[i-1].At, ev.At}})
		}
	}
	return out
}

// often tells whether something came once a second and more.
func often(n int, s span) bool { return n > 0 && time.Duration(n)*time.Second >= s.length() }

func relayDrops(t *track, s span) bool {
	for _, ev := range in(t.relayed, s) {
		if ev.V[3] > 0 {
			return true
		}
	}
	return false
}
