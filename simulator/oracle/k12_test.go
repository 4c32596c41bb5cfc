package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// stands shows a viewer one picture of a publisher's again and again. One that has an
// image in its place, or is garbled, has no number.
func (w *world) stands(viewer, publisher trace.ActorID, from, to time.Duration, flags int64) {
	v := [6]int64{160, int64(9 * time.Second), int64(publisher) + 1, flags, 0, 1000}
	if flags&(trace.ShownGarbled|trace.ShownWaiting|trace.ShownForeign) != 0 {
		v[0], v[1], v[2] = -1, -1, -1
	}
	for at := from; at < to; at += frameGap {
		v[4] = at.Milliseconds()
		w.Emit(trace.Event{At: at, Kind: trace.FrameShown, Actor: viewer, Peer: publisher, V: v})
	}
}

// TestK12Cases: a publishes at 1 s, b sees and hears it from 2 s on, and from 10 s to 20 s
// sees one picture.
func TestK12Cases(t *testing.T) {
	const s = time.Second
	stuck := func(flags int64) func(w *world) {
		return func(w *world) { w.stands(b, a, 10*s, 20*s, flags) }
	}
	while := func(at time.Duration, k trace.Kind, who, about trace.ActorID, text string) func(w *world) {
		return func(w *world) { stuck(0)(w); w.event(at, k, who, about, text) }
	}
	for name, x := range map[string]struct {
		do     func(w *world)
		silent time.Duration // b hears nothing from then on; 0: it does
		want   string
	}{
		"stuck":                      {do: stuck(0), want: Reproduced},
		"stuck and turned":           {do: stuck(trace.ShownRotated), want: Reproduced},
		"nothing is shown: a freeze": {do: func(*world) {}, want: Absent},
		"for a moment":               {do: func(w *world) { w.stands(b, a, 10*s, 13*s, 0) }, want: Absent},
		"for long enough":            {do: func(w *world) { w.stands(b, a, 10*s, 13*s+frameGap, 0) }, want: Reproduced},
		"now and then":               {do: func(w *world) { w.stands(b, a, 11*s, 11*s+1, 0); w.stands(b, a, 19*s, 19*s+1, 0) }, want: Absent},
		"and black: K10":             {do: stuck(trace.ShownBlack), want: Absent},
		"garbled: nobody can tell":   {do: stuck(trace.ShownGarbled), want: NotRun},
		"garbled for a moment":       {do: func(w *world) { w.stands(b, a, 17*s+frameGap, 20*s, trace.ShownGarbled) }, want: Absent},
		"garbled for long enough":    {do: func(w *world) { w.stands(b, a, 17*s, 20*s, trace.ShownGarbled) }, want: NotRun},
		"garbled while the publisher is away": {do: func(w *world) {
			w.stands(b, a, 10*s, 20*s, trace.ShownGarbled)
			w.event(10*s, trace.HostState, a, trace.Nobody, "hide")
		}, want: Absent},
		"another is garbled, and this one stuck": {do: func(w *world) { stuck(0)(w); w.at(2*s).plays(c, a); w.stands(c, a, 10*s, 20*s, trace.ShownGarbled) }, want: Reproduced},
		"another is garbled":                     {do: func(w *world) { w.at(2*s).plays(c, a); w.stands(c, a, 10*s, 20*s, trace.ShownGarbled) }, want: NotRun},
		"an image that stands for it":            {do: stuck(trace.ShownWaiting), want: Absent},
		"a recording":                            {do: stuck(trace.ShownForeign), want: NotRun},
		"the publisher is away":                  {do: while(10*s, trace.HostState, a, trace.Nobody, "hide"), want: Absent},
		"the viewer is away":                     {do: while(10*s, trace.HostState, b, trace.Nobody, "hide"), want: Absent},
		"back after that": {do: func(w *world) {
			while(3*s, trace.HostState, a, trace.Nobody, "hide")(w)
			w.event(4*s, trace.HostState, a, trace.Nobody, "show")
		}, want: Reproduced},
		"muted":                 {do: while(10*s, trace.ServerMuted, b, a, "video"), want: Absent},
		"camera switched off":   {do: func(w *world) { stuck(0)(w); w.at(10*s).switches(a, 0, 1) }, want: Absent},
		"the sound stands too":  {do: stuck(0), silent: 10 * s, want: Absent},
		"the sound is muted":    {do: while(10*s, trace.ServerMuted, b, a, "audio"), silent: 10 * s, want: Reproduced},
		"the microphone is off": {do: func(w *world) { stuck(0)(w); w.at(10*s).switches(a, 1, 0) }, silent: 10 * s, want: Reproduced},
		"time stamps stand": {do: func(w *world) {
			for at := 10 * s; at < 20*s; at += frameGap {
				w.show(b, a, 160, 9*s, at, 0)
			}
		}, want: Absent},
		"the same number, another day": {do: func(w *world) {
			for at := 10 * s; at < 20*s; at += frameGap {
				w.show(b, a, 160, at, at, 0)
			}
		}, want: Absent},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 30*s)
			w.at(s).publishes(a)
			w.at(2*s).plays(b, a)
			w.shows(b, a, frames{from: 2 * s, to: 9 * s, latency: 0})
			w.shows(b, a, frames{from: 20 * s, to: 30 * s, latency: 0})
			if x.silent == 0 {
				x.silent = 30 * s
			}
			w.hears(b, a, 2*s, x.silent, 1, -2000)
			x.do(w)
			v := expect(t, w.seal(), "K12", x.want, "")
			for _, f := range v.Findings {
				if f.On != b || f.At != 13*s {
					t.Errorf("%v at %v", f.On, f.At)
				}
			}
		})
	}
}

func TestK12NeedsPicturesWithNumbers(t *testing.T) {
	w := newWorld(t, 30*time.Second)
	w.at(time.Second).publishes(a)
	w.at(2*time.Second).plays(b, a)
	w.stands(b, a, 3*time.Second, 20*time.Second, trace.ShownForeign)
	expect(t, w.seal(), "K12", NotRun, "")
}
