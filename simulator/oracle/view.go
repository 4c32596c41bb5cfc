package oracle

import (
	"sort"
	"time"

	"minilab/simulator/trace"
)

// View is how well one member saw and heard another. What could not be read is
// nil: a recording has no capture times, an audio call no pictures.
//
// Expected frames are those that From's camera captured from the first one that To
// was shown until a second before To stopped seeing From (inFlight below); Frames
// counts those of them that were shown.
type View struct {
	From, To       trace.ActorID
	FirstFrame     *time.Duration // since the start of the run
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
	LevelSpreadDB  *float64
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

// AudioGapLeast is the shortest silence that counts as a gap.
// Source: Agora Analytics, audio freeze; fidelity: documented.
const AudioGapLeast = 200 * time.Millisecond

// Views measures every pair of members that ever played one another, sorted.
func Views(r *trace.Record) []View {
	f := gather(r)
	views := make([]View, 0, len(f.pairs))
	for _, p := range f.pairs {
		views = append(views, f.view(p))
	}
	return views
}

func (f *facts) view(p pair) View {
	v := View{From: p.from, To: p.to}
	shown := f.shown[p]
	if len(shown) > 0 {
		first := shown[0].At
		v.FirstFrame = &first
		windows := f.visible(p)
		v.Freeze = freezes(shown, windows)
		f.countFrames(&v, p)
		readPictures(&v, shown, windows)
	}
	f.hear(&v, p)
	return v
}

// countFrames compares what was captured with what was shown, by frame number.
func (f *facts) countFrames(v *View, p pair) {
	seen := map[int64]bool{}
	for _, ev := range f.shown[p] {
		if ev.V[0] >= 0 {
			seen[ev.V[0]] = true
		}
	}
	first, found := int64(-1), false
	for _, ev := range f.shown[p] {
		if ev.V[0] >= 0 {
			first, found = ev.V[0], true
			break
		}
	}
	if !found {
		v.Frames = len(f.shown[p])
		return
	}
	expected := 0
	for _, w := range f.visible(p) {
		for _, c := range f.captured[p.from] {
			if c.V[0] >= first && w.holds(c.At) && c.At < w.to-inFlight {
				expected++
				if seen[c.V[0]] {
					v.Frames++
				}
			}
		}
	}
	v.FramesExpected = &expected
}

// readPictures sums what the pictures themselves say, each for as long as it stood.
func readPictures(v *View, shown []trace.Event, windows []span) {
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
func stoodFor(shown []trace.Event, i int, windows []span) time.Duration {
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
	sort.Slice(d, func(i, j int) bool { return d[i] < d[j] })
	rank := func(percent int) time.Duration { return d[(len(d)*percent+99)/100-1] }
	return &Delay{P50: rank(50), P95: rank(95), Max: d[len(d)-1]}
}

// hear measures gaps, levels and speed of what was played.
func (f *facts) hear(v *View, p pair) {
	played := f.played[p]
	if len(played) > 0 {
		var gap time.Duration
		for _, w := range f.audible(p) {
			gap += silence(played, w)
		}
		v.AudioGap = &gap
		least, most := played[0].V[4], played[0].V[4]
		for _, ev := range played {
			least, most = min(least, ev.V[4]), max(most, ev.V[4])
		}
		spread := float64(most-least) / 100
		v.LevelSpreadDB = &spread
	}
	pace := paces(played, f.shown[p])
	if len(pace) == 0 {
		return
	}
	fast := fastRuns(pace)
	var total time.Duration
	for _, s := range fast {
		total += s.length()
		v.FastSince = append(v.FastSince, s.from)
	}
	top := 0.0
	for _, s := range pace {
		top = max(top, s.speed())
	}
	v.Fast, v.SpeedMax = &total, &top
}

// silence adds up the gaps of a window, from the first sound heard in it.
func silence(played []trace.Event, w span) time.Duration {
	var total, heardTo time.Duration
	began := false
	gap := func(from, to time.Duration) {
		if began && to-from >= AudioGapLeast {
			total += to - from
		}
	}
	for _, ev := range played {
		s, ok := span{time.Duration(ev.V[0]), ev.At}.overlap(w)
		if !ok {
			continue
		}
		gap(heardTo, s.from)
		heardTo, began = s.to, true
	}
	gap(heardTo, w.to)
	return total
}
