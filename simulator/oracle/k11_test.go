package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestK11Exits(t *testing.T) {
	const s = time.Second
	cases := []struct {
		name       string
		do         func(w *world)
		k11a, k11b string
	}{
		{"an ordinary call", func(w *world) {}, Absent, Absent},
		{"the page is ended", func(w *world) { w.at(20*s).host(a, "destroy") }, Reproduced, Absent},
		{"the host ends", func(w *world) { w.at(20*s).host(a, "killed") }, Absent, Reproduced},
		{"in the background", func(w *world) { w.at(10*s).host(a, "hide"); w.at(20*s).host(a, "destroy") }, Absent, Absent},
		{"back from the background", func(w *world) {
			w.at(10*s).host(a, "hide")
			w.at(12*s).host(a, "show")
			w.at(20*s).host(a, "destroy")
		}, Reproduced, Absent},
		{"after it left", func(w *world) { w.at(10 * s).left(a); w.at(20*s).host(a, "killed") }, Absent, Absent},
		{"with its leave", func(w *world) {
			w.at(20 * s)
			w.Add(trace.CallIssued, a, trace.Nobody, "leave", "", 9, 0, 1)
			w.host(a, "destroy")
		}, Absent, Absent},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 30*s)
			w.at(s).joined(a, "broadcaster")
			w.plays(a, b)
			w.at(s).joined(b, "broadcaster")
			x.do(w)
			r := w.seal()
			expect(t, r, "K11b", x.k11b, "")
			v := expect(t, r, "K11a", x.k11a, "")
			if x.k11a == Reproduced && v.Findings[0].Text != "a: the mini-program quits by itself after 19.000 s in the channel, playing 1 streams" {
				t.Errorf("%v", v.Findings)
			}
		})
	}
}

func TestK11NeedsACall(t *testing.T) {
	w := newWorld(t, time.Minute)
	w.at(time.Second).host(a, "killed")
	expect(t, w.seal(), "K11b", NotRun, "")
}
