package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// TestK3Cases: b sees a from 1 s to 20 s, 10 pictures a second; those that lie in the
// spans, in seconds, are rotated.
func TestK3Cases(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		name    string
		rotated [][2]float64
		flags   int64
		want    string
	}{
		{"upright", nil, trace.ShownRotated, Absent},
		{"while the page turns", [][2]float64{{5, 6.5}}, trace.ShownRotated, Absent},
		{"until just before it counts", [][2]float64{{5, 6.85}}, trace.ShownRotated, Absent},
		{"for two seconds", [][2]float64{{5, 7}}, trace.ShownRotated, Reproduced},
		{"to the end", [][2]float64{{5, 30}}, trace.ShownRotated, Reproduced},
		{"again and again, shortly", [][2]float64{{5, 6}, {9, 10}, {13, 14}}, trace.ShownRotated, Absent},
		{"again and again, with little between", [][2]float64{{5, 6}, {7, 8.1}}, trace.ShownRotated, Reproduced},
		{"garbled: nobody can tell", [][2]float64{{5, 7}}, trace.ShownGarbled, NotRun},
		{"garbled for a moment", [][2]float64{{5, 6.9}}, trace.ShownGarbled, Absent},
		{"garbled for moments", [][2]float64{{5, 6}, {7, 8}}, trace.ShownGarbled, Absent},
		{"black, not rotated", [][2]float64{{5, 12}}, trace.ShownBlack, Absent},
		{"of a recording", [][2]float64{{0, 30}}, trace.ShownForeign | trace.ShownRotated, NotRun},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := goodCall(t)
			for i := range 190 {
				at := s + time.Duration(i)*s/10
				flags := int64(0)
				for _, r := range c.rotated {
					if at.Seconds() >= r[0] && at.Seconds() < r[1] {
						flags = c.flags
					}
				}
				w.show(b, a, int64(i), at-s/5, at, flags)
			}
			v := expect(t, endCall(w, 20*s), "K3", c.want, "")
			if c.want == Reproduced && (len(v.Findings) != 1 || v.Findings[0].On != b || v.Findings[0].At != 5*s) {
				t.Errorf("%v", v.Findings)
			}
		})
	}
}

// What nobody looks at isn't seen rotated: by a viewer who is away, or who muted it.
func TestK3WhileNobodyLooks(t *testing.T) {
	const s = time.Second
	for name, x := range map[string]struct {
		do   func(w *world)
		want string
	}{
		"looks":           {func(*world) {}, Reproduced},
		"is away":         {func(w *world) { w.event(5*s, trace.HostState, b, trace.Nobody, "hide") }, Absent},
		"another is away": {func(w *world) { w.event(5*s, trace.HostState, c, trace.Nobody, "hide") }, Reproduced},
		"muted it":        {func(w *world) { w.event(5*s, trace.ServerMuted, b, a, "video") }, Absent},
	} {
		t.Run(name, func(t *testing.T) {
			w := goodCall(t)
			x.do(w)
			for i := range 190 {
				at, flags := s+time.Duration(i)*s/10, int64(0)
				if at > 5*s {
					flags = trace.ShownRotated
				}
				w.show(b, a, int64(i), at-s/5, at, flags)
			}
			expect(t, endCall(w, 20*s), "K3", x.want, "")
		})
	}
}
