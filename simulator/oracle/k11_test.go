package oracle

import (
	"fmt"
	"testing"
	"time"

	"minilab/simulator/trace"
)

const (
	jetsam   = "memory"
	warnings = "two memory warnings"
)

// ending is a call of several on one phone, and how a's ends in it.
type ending struct {
	os          string
	streams     int
	long        time.Duration // that they are played
	state, note string
	more        func(w *world, end time.Duration) // what else happens, before or at the end
	k11a, k11b  string
}

// write has a join at 1 s and play others from 2 s on; its end comes when it has played
// them for so long.
func (x ending) write(t *testing.T) *trace.Record {
	const s = time.Second
	end := 2*s + x.long
	w := newWorld(t, end+time.Minute).cast(func(m []trace.Member) { m[a].OS = x.os })
	w.at(s).joined(a, "broadcaster")
	for i := range x.streams {
		w.at(2*s).plays(a, trace.ActorID(i+1))
	}
	if x.more != nil {
		x.more(w, end)
	}
	if x.state != "" {
		w.at(end).hostBecause(a, x.state, x.note)
	}
	w.at(end+time.Minute).joined(b, "broadcaster") // the record goes on
	return w.seal()
}

func (w *world) hostBecause(who trace.ActorID, state, why string) {
	w.Add(trace.HostState, who, trace.Nobody, state, why)
}

func TestK11Exits(t *testing.T) {
	const s = time.Second
	jetsams := ending{os: "iOS 12.1", streams: 2, long: longCall, state: "killed", note: jetsam, k11a: Absent, k11b: Reproduced}
	warned := ending{os: "iOS 12.1", streams: 2, long: longCall, state: "destroy", note: warnings, k11a: Reproduced, k11b: Absent}
	but := func(x ending, change func(*ending)) ending { change(&x); return x }
	neither := func(x ending, verdict string, change func(*ending)) ending {
		x.k11a, x.k11b = verdict, verdict
		change(&x)
		return x
	}
	ends := func(state, note string) func(*ending) { return func(x *ending) { x.state, x.note = state, note } }
	also := func(f func(w *world, end time.Duration)) func(*ending) { return func(x *ending) { x.more = f } }
	for name, x := range map[string]ending{
		"memory ends WeChat":                 jetsams,
		"two warnings end the mini-program":  warned,
		"nothing ends it":                    neither(jetsams, Absent, ends("", "")),
		"it is killed":                       neither(jetsams, Absent, ends("killed", "")),
		"it is destroyed for another reason": neither(warned, Absent, ends("destroy", "too long in the background")),
		"the page ends with WeChat's reason": neither(warned, Absent, ends("destroy", jetsam)),
		"WeChat ends with the page's reason": neither(warned, Absent, ends("killed", warnings)),
		"an older iPhone":                    but(jetsams, func(x *ending) { x.os = "iOS 11.4" }),
		"on Android":                         neither(jetsams, NotRun, func(x *ending) { x.os = "Android 8.0" }),
		"nobody knows on what":               neither(jetsams, NotRun, func(x *ending) { x.os = "" }),
		"in a call of two":                   neither(jetsams, NotRun, func(x *ending) { x.streams = 1 }),
		"warned in a call of two":            neither(warned, NotRun, func(x *ending) { x.streams = 1 }),
		"alone":                              neither(jetsams, NotRun, func(x *ending) { x.streams = 0 }),
		"a moment too early":                 neither(jetsams, NotRun, func(x *ending) { x.long-- }),
		"warned a moment too early":          neither(warned, NotRun, func(x *ending) { x.long-- }),
		"after a minute":                     neither(jetsams, NotRun, func(x *ending) { x.long = time.Minute }),
		"after an hour":                      but(jetsams, func(x *ending) { x.long = time.Hour }),
		"the others went, and it stayed long": neither(jetsams, NotRun, func(x *ending) {
			x.long = time.Hour
			x.more = func(w *world, _ time.Duration) { w.at(time.Minute).playsNo(a, c) }
		}),
		"one went after long": but(jetsams, func(x *ending) {
			x.long = time.Hour
			x.more = func(w *world, _ time.Duration) { w.at(2*s+longCall).playsNo(a, c) }
		}),
		"one went and came back": but(jetsams, func(x *ending) {
			x.long += time.Minute
			x.more = func(w *world, _ time.Duration) {
				w.at(time.Minute).playsNo(a, c)
				w.at(2*time.Minute).plays(a, c)
			}
		}),
		"another has its player anew all the time": but(jetsams, also(func(w *world, end time.Duration) {
			for at := 10 * s; at < end; at += 10 * s {
				w.at(at).plays(a, b)
			}
		})),
		"in the background": neither(jetsams, Absent, also(func(w *world, end time.Duration) { w.at(end-s).host(a, "hide") })),
		"back from the background": but(jetsams, also(func(w *world, end time.Duration) {
			w.at(end-2*s).host(a, "hide")
			w.at(end-s).host(a, "show")
		})),
		"warned, back from the background": but(warned, also(func(w *world, end time.Duration) {
			w.at(end-2*s).host(a, "hide")
			w.at(end-s).host(a, "show")
		})),
		"after it left": neither(jetsams, Absent, also(func(w *world, end time.Duration) { w.at(end - s).left(a) })),
		"another's is": neither(jetsams, Absent, func(x *ending) {
			x.state = ""
			x.more = func(w *world, end time.Duration) { w.at(end).hostBecause(b, "killed", jetsam) }
		}),
		"opened anew shortly before": neither(jetsams, Absent, func(x *ending) {
			x.long += time.Minute
			x.more = func(w *world, end time.Duration) {
				w.at(end-30*s).host(a, "killed")
				w.playsNo(a, b)
				w.playsNo(a, c)
				w.at(end-20*s).host(a, "show")
				w.at(end-20*s).joined(a, "broadcaster")
				w.plays(a, b)
				w.plays(a, c)
			}
		}),
	} {
		t.Run(name, func(t *testing.T) {
			r := x.write(t)
			for id, want := range map[string]string{"K11a": x.k11a, "K11b": x.k11b} {
				v := expect(t, r, id, want, "")
				if want == Reproduced && (len(v.Findings) != 1 || v.Findings[0].On != a || v.Findings[0].At != 2*s+x.long) {
					t.Errorf("%v", v.Findings)
				}
			}
		})
	}
}

// playsNo has a player of a member end.
func (w *world) playsNo(viewer, publisher trace.ActorID) {
	w.Add(trace.PlayStopped, viewer, publisher, "", "stream-removed")
}

func TestK11Says(t *testing.T) {
	r := ending{os: "iOS 12.1", streams: 2, long: 2 * longCall, state: "destroy", note: warnings}.write(t)
	want := "a: the mini-program quits by itself after 601.000 s in the channel, 600.000 s of it playing 2 streams or more, and now 2"
	if v := expect(t, r, "K11a", Reproduced, ""); v.Findings[0].Text != want {
		t.Errorf("%q, want %q", v.Findings[0].Text, want)
	}
}

// Who never entered the channel has no call to lose.
func TestK11NeedsACall(t *testing.T) {
	w := newWorld(t, time.Hour).cast(func(m []trace.Member) { m[a].OS = "iOS 12.1" })
	w.at(time.Second).plays(a, b)
	w.plays(a, c)
	w.at(30*time.Minute).hostBecause(a, "killed", jetsam)
	expect(t, w.seal(), "K11b", NotRun, "")
}

// The time with so many of the spans is right wherever they begin and end.
func TestDeep(t *testing.T) {
	at := func(pairs ...time.Duration) (out []edge) {
		for i := 0; i < len(pairs); i += 2 {
			out = append(out, edge{pairs[i], 1}, edge{pairs[i+1], -1})
		}
		return out
	}
	for _, x := range []struct {
		edges []edge
		least int
		want  []span
	}{
		{nil, 1, nil},
		{at(1, 5), 1, []span{{1, 5}}},
		{at(1, 5), 2, nil},
		{at(1, 5, 3, 9), 2, []span{{3, 5}}},
		{at(3, 9, 1, 5), 2, []span{{3, 5}}},
		{at(1, 5, 5, 9), 1, []span{{1, 9}}},
		{at(1, 5, 5, 9), 2, nil},
		{at(1, 9, 2, 4, 6, 8), 2, []span{{2, 4}, {6, 8}}},
		{at(1, 9, 2, 4, 4, 8), 2, []span{{2, 8}}},
		{at(1, 9, 1, 9, 3, 5), 3, []span{{3, 5}}},
	} {
		if got := deep(x.edges, x.least); fmt.Sprint(got) != fmt.Sprint(x.want) {
			t.Errorf("%v, %d deep: %v, want %v", x.edges, x.least, got, x.want)
		}
	}
}
