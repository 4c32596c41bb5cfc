package oracle

import (
	"slices"
	"time"

	"minilab/simulator/trace"
)

// View is how well one member saw and heard another. What could not be read is
// nil: a recording has no capture times, an audio call no pictures.
//
// Expected frames are those that From's camera captured from the first one that To
// was shown until a second before To stopped seeing From (inFlight below), for each
// time that To subscribed or unmuted; Frames counts those of them that were shown.
type View struct {
	From, To       trace.ActorID
	FirstFrame     *time.Duration // of the camera, since the start of the run
	Frames         int
	FramesExpected *int
	Black          *time.Duration // shown pictures at least 98 % black
	Garbled        *time.Duration // shown pictures whose checksum is wrong
	Rotated        *time.Duration // shown pictures that are not upright
	Freeze         FreezeByDefinition
	Delay          *Delay // capture to shown
	SpeedMax       *float64
	Fast           *time.Duration // played faster than FastSpeed for at least FastLength
	FastSince      []time.Duration
	AudioGap       *time.Duration // silences of at least AudioGapLeast
	LevelSpreadDB  *float64       // of a talker's tone: on samples against what was said, see gainSpread, else as stamped
	EchoDB         *float64       // loudest second of To's own voice in it, against From's; see EchoLeast
	Echo           *time.Duration // seconds of it above EchoLeast
}

// FreezeByDefinition are the three public definitions side by side; nil when no
// picture was shown.
type FreezeByDefinition struct{ WebRTC, SDK, Analytics *Freezes }

// Freezes counts stretches without a new picture; their whole intervals add up.
type Freezes struct {
	N     int
	Total time.Duration
	Since []time.Duration
}

// Delay is a distribution over the shown pictures, nearest rank.
type Delay struct{ P50, P95, Max time.Duration }

// inFlight is how long before the end of a view a frame must have been captured to
// count as expected: later ones may still be on their way.
// Source: a call's usual one-second bound on delay; fidelity: assumed.
const inFlight = time.Second

// Views measures every pair of members that ever played one another, sorted.
func Views(r *trace.Record) []View {
	f := gather(r)
	views := make([]View, 0, len(f.pairs))
	for _, p := range f.pairs {
		views = append(views, f.view(f.tracks[p]))
	}
	return views
}

func (f *facts) view(t *track) View {
	v := View{From: t.from, To: t.to}
	if len(t.shown) > 0 {
		if i := slices.IndexFunc(t.shown, filmed); i >= 0 {
			first := t.shown[i].At
			v.FirstFrame = &first
		}
		v.Freeze = f.freezes(t)
		f.countFrames(&v, t)
		readPictures(&v, t.shown, f.visible(t))
	}
	f.hear(&v, t)
	paceOf(&v, t)
	return v
}

// filmed tells a picture of the camera from an image in its place.
func filmed(ev *trace.Event) bool { return ev.V[3]&trace.ShownWaiting == 0 }

// countFrames compares what was captured with what was shown, by frame number, from
// the first picture on that a player showed, or showed after the video was unmuted.
// Pictures without a number of the publisher's can be counted only.
func (f *facts) countFrames(v *View, t *track) {
	numbers := make([]int64, 0, len(t.shown))
	for _, ev := range t.shown {
		if ev.V[0] >= 0 && ev.V[3]&trace.ShownForeign == 0 {
			numbers = append(numbers, ev.V[0])
		}
	}
	if len(numbers) == 0 {
		for _, ev := range t.shown {
			if filmed(ev) {
				v.Frames++
			}
		}
		return
	}
	slices.Sort(numbers)
	cameraOn := f.of[t.from].camera.spans
	expected := 0
	for _, w := range minus(minus(t.playing.spans, t.muted[video].spans), f.of[t.to].hidden.spans) {
		first, ok := firstNumber(in(t.shown, w))
		if !ok {
			continue
		}
		for _, on := range cross([]span{w}, cameraOn) {
			for _, c := range in(f.of[t.from].captured, span{on.from, on.to - inFlight}) {
				if c.V[0] < first {
					continue
				}
				expected++
				if _, seen := slices.BinarySearch(numbers, c.V[0]); seen {
					v.Frames++
				}
			}
		}
	}
	v.FramesExpected = &expected
}

func firstNumber(shown []*trace.Event) (int64, bool) {
	for _, ev := range shown {
		if ev.V[0] >= 0 && ev.V[3]&trace.ShownForeign == 0 {
			return ev.V[0], true
		}
	}
	return 0, false
}

// readPictures sums what the pictures themselves say, each for as long as it stood.
func readPictures(v *View, shown []*trace.Event, windows []span) {
	var black, garbled, rotated time.Duration
	var delays []time.Duration
	own := false
	for i, ev := range shown {
		if ev.V[3]&trace.ShownForeign != 0 {
			continue
		}
		own = true
		stood := stoodFor(shown, i, windows)
		if ev.V[3]&trace.ShownBlack != 0 {
			black += stood
		}
		if ev.V[3]&trace.ShownGarbled != 0 {
			garbled += stood
		}
		if ev.V[3]&trace.ShownRotated != 0 {
			rotated += stood
		}
		if ev.V[1] >= 0 && ev.V[3]&trace.ShownGarbled == 0 {
			delays = append(delays, ev.At-time.Duration(ev.V[1]))
		}
	}
	if own {
		v.Black, v.Garbled, v.Rotated = &black, &garbled, &rotated
	}
	if len(delays) > 0 {
		v.Delay = distribution(delays)
	}
}

// stoodFor is how long shown[i] was the newest picture while there was one to see.
func stoodFor(shown []*trace.Event, i int, windows []span) time.Duration {
	w, ok := at(windows, shown[i].At)
	if !ok {
		return 0
	}
	until := w.to
	if i+1 < len(shown) {
		until = min(until, shown[i+1].At)
	}
	return until - shown[i].At
}

func distribution(d []time.Duration) *Delay {
	slices.Sort(d)
	rank := func(percent int) time.Duration { return d[(len(d)*percent+99)/100-1] }
	return &Delay{P50: rank(50), P95: rank(95), Max: d[len(d)-1]}
}

// paceOf measures how fast media was played.
func paceOf(v *View, t *track) {
	var fast time.Duration
	top, any := 0.0, false
	for _, player := range t.playing.spans {
		all := paces(t, player)
		for _, p := range all {
			top, any = max(top, p.speed()), true
		}
		for _, r := range fastRuns(all) {
			fast += r.fast
			v.FastSince = append(v.FastSince, r.from)
		}
	}
	if any {
		v.Fast, v.SpeedMax = &fast, &top
	}
}
