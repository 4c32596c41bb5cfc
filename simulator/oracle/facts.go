package oracle

import (
	"sort"
	"time"

	"minilab/simulator/trace"
)

// span is a stretch of virtual time, end not included.
type span struct{ from, to time.Duration }

func (s span) length() time.Duration      { return s.to - s.from }
func (s span) holds(t time.Duration) bool { return s.from <= t && t < s.to }
func (s span) within(o span) bool         { return o.from <= s.from && s.to <= o.to }
func (s span) overlap(o span) (span, bool) {
	r := span{max(s.from, o.from), min(s.to, o.to)}
	return r, r.from < r.to
}

// pair names one member watching another.
type pair struct{ from, to trace.ActorID }

// facts is a record sorted for judging: what each member pushed, what each pair
// saw and heard, and when there was something to be seen or heard.
type facts struct {
	rec      *trace.Record
	end      time.Duration
	members  []trace.ActorID
	pairs    []pair // who ever played whom, sorted
	shown    map[pair][]trace.Event
	played   map[pair][]trace.Event
	captured map[trace.ActorID][]trace.Event
	mediaIn  map[trace.ActorID][]trace.Event

	playing map[pair][]span // the player was told to play
	camera  map[trace.ActorID][]span
	mic     map[trace.ActorID][]span
	muted   map[pair]map[string][]span // by medium, as the relay applied it
}

func gather(r *trace.Record) *facts {
	f := &facts{rec: r, end: r.Head.Length, shown: map[pair][]trace.Event{}, played: map[pair][]trace.Event{},
		captured: map[trace.ActorID][]trace.Event{}, mediaIn: map[trace.ActorID][]trace.Event{},
		muted: map[pair]map[string][]span{}}
	for i := range r.Head.Members {
		f.members = append(f.members, trace.ActorID(i))
	}
	playing, camera, mic := intervals[pair]{}, intervals[trace.ActorID]{}, intervals[trace.ActorID]{}
	muted := map[string]intervals[pair]{"audio": {}, "video": {}}
	for _, ev := range r.Events {
		if ev.At > f.end {
			f.end = ev.At
		}
		seen := pair{from: ev.Peer, to: ev.Actor}
		switch ev.Kind {
		case trace.FrameShown:
			f.shown[seen] = append(f.shown[seen], ev)
		case trace.AudioPlayed:
			f.played[seen] = append(f.played[seen], ev)
		case trace.FrameCaptured:
			f.captured[ev.Actor] = append(f.captured[ev.Actor], ev)
		case trace.MediaIn:
			f.mediaIn[ev.Actor] = append(f.mediaIn[ev.Actor], ev)
		case trace.PlayStarted:
			playing.set(seen, true, ev.At)
		case trace.PlayStopped:
			playing.set(seen, false, ev.At)
		case trace.PushStarted, trace.PushMedia:
			camera.set(ev.Actor, ev.V[0] == 1, ev.At)
			mic.set(ev.Actor, ev.V[1] == 1, ev.At)
		case trace.PushStopped:
			camera.set(ev.Actor, false, ev.At)
			mic.set(ev.Actor, false, ev.At)
		case trace.ServerMuted, trace.ServerUnmuted:
			muted[r.Text(ev.Text)].set(seen, ev.Kind == trace.ServerMuted, ev.At)
		}
	}
	f.playing, f.camera, f.mic = playing.close(f.end), camera.close(f.end), mic.close(f.end)
	for medium, m := range muted {
		for p, spans := range m.close(f.end) {
			if f.muted[p] == nil {
				f.muted[p] = map[string][]span{}
			}
			f.muted[p][medium] = spans
		}
	}
	for p := range f.playing {
		f.pairs = append(f.pairs, p)
	}
	sort.Slice(f.pairs, func(i, j int) bool {
		a, b := f.pairs[i], f.pairs[j]
		return a.from < b.from || a.from == b.from && a.to < b.to
	})
	return f
}

// name is the member's id in the scenario.
func (f *facts) name(a trace.ActorID) string { return f.rec.Actors[a] }

// visible is when there was a picture of p.from for p.to to see: its camera was
// pushed, p.to was playing it and had not muted it.
func (f *facts) visible(p pair) []span {
	return minus(cross(f.playing[p], f.camera[p.from]), f.muted[p]["video"])
}

// audible is the same for sound.
func (f *facts) audible(p pair) []span {
	return minus(cross(f.playing[p], f.mic[p.from]), f.muted[p]["audio"])
}

// events are those of one kind, in order.
func (f *facts) events(k trace.Kind) []trace.Event {
	var out []trace.Event
	for _, ev := range f.rec.Events {
		if ev.Kind == k {
			out = append(out, ev)
		}
	}
	return out
}

// intervals collects on and off into spans.
type intervals[K comparable] map[K][]span

const open = time.Duration(-1)

func (m intervals[K]) set(k K, on bool, at time.Duration) {
	s := m[k]
	isOn := len(s) > 0 && s[len(s)-1].to == open
	switch {
	case on && !isOn:
		m[k] = append(s, span{at, open})
	case !on && isOn:
		s[len(s)-1].to = at
	}
}

func (m intervals[K]) close(end time.Duration) map[K][]span {
	for k := range m {
		m.set(k, false, end)
	}
	return m
}

// cross is the time that lies in both lists.
func cross(a, b []span) []span {
	var out []span
	for _, x := range a {
		for _, y := range b {
			if z, ok := x.overlap(y); ok {
				out = append(out, z)
			}
		}
	}
	return out
}

// minus is the time of a outside all of b.
func minus(a, b []span) []span {
	out := a
	for _, y := range b {
		var next []span
		for _, x := range out {
			if _, ok := x.overlap(y); !ok {
				next = append(next, x)
				continue
			}
			if x.from < y.from {
				next = append(next, span{x.from, y.from})
			}
			if y.to < x.to {
				next = append(next, span{y.to, x.to})
			}
		}
		out = next
	}
	return out
}

func at(spans []span, t time.Duration) (span, bool) {
	for _, s := range spans {
		if s.holds(t) {
			return s, true
		}
	}
	return span{}, false
}

// union is the time that lies in either list; both are sorted.
func union(a, b []span) []span {
	all := append(append([]span{}, a...), b...)
	sort.Slice(all, func(i, j int) bool { return all[i].from < all[j].from })
	var out []span
	for _, s := range all {
		if n := len(out); n > 0 && s.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, s.to)
			continue
		}
		out = append(out, s)
	}
	return out
}
