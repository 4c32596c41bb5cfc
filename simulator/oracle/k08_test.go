package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// TestK8IsOfTheNetwork has a join and publish at 1 s, and its media arrive until 60 s and
// again from 70 s on: a silence that any of several things may bring about.
func TestK8IsOfTheNetwork(t *testing.T) {
	const s = time.Second
	trouble := func(at time.Duration) func(w *world) { return func(w *world) { w.troubles(at, a) } }
	down := func(from, to time.Duration) func(w *world) {
		return func(w *world) {
			w.event(from, trace.OutageBegan, a, trace.Nobody, "")
			w.event(to, trace.OutageEnded, a, trace.Nobody, "")
		}
	}
	all := func(do ...func(w *world)) func(w *world) {
		return func(w *world) {
			for _, f := range do {
				f(w)
			}
		}
	}
	leaves := func(at time.Duration, why string) func(w *world) {
		return func(w *world) { w.event(at, trace.ServerLeft, a, trace.Nobody, why) }
	}
	graded := func(at time.Duration, who trace.ActorID, grade int64) func(w *world) {
		return func(w *world) {
			w.event(at, trace.PusherStatus, who, trace.Nobody, "", 400, 48, 0, 15, 0, grade)
		}
	}
	for name, x := range map[string]struct {
		do   func(w *world)
		want string
	}{
		"the uplink is graded fair":      {graded(65*s, a, 3), Absent},
		"the uplink is graded poor":      {graded(65*s, a, 4), Reproduced},
		"the uplink is graded very poor": {graded(65*s, a, 5), Reproduced},
		"there is no connection":         {graded(65*s, a, 6), Absent},
		"graded poor before it":          {graded(59*s, a, 4), Absent},
		"graded poor after it":           {graded(71*s, a, 4), Absent},
		"another's is graded poor":       {graded(65*s, b, 4), Absent},
		"a fine network":                 {func(*world) {}, Absent},
		"trouble as it falls silent":     {trouble(20 * s), Reproduced},
		"trouble in the silence":         {trouble(29 * s), Reproduced},
		"trouble at its end":             {trouble(30 * s), Reproduced},
		"trouble after it":               {trouble(70*s + 1), Absent},
		"trouble long before":            {trouble(60*s - 20*ms - TroubleLasts - 1), Absent},
		"trouble of another":             {func(w *world) { w.troubles(60*s, b) }, Absent},
		"the link is down":               {down(60*s, 69*s), Reproduced},
		"the link changes":               {func(w *world) { w.event(60*s, trace.LinkChanged, a, trace.Nobody, "") }, Reproduced},
		"down until shortly before":      {down(2*s, 40*s), Reproduced},
		"down from the silence on":       {down(65*s, 90*s), Reproduced},
		"down after it":                  {down(70*s+1, 90*s), Absent},
		"down long before":               {down(2*s, 3*s), Absent},
		"nothing is encoded meanwhile":   {all(trouble(60*s), func(w *world) { w.netstatus(a, 58*s, 72*s, 0, 0) }), Absent},
		"only sound is encoded":          {all(trouble(60*s), func(w *world) { w.netstatus(a, 58*s, 72*s, 0, 48) }), Reproduced},
		"only pictures are encoded":      {all(trouble(60*s), func(w *world) { w.netstatus(a, 58*s, 72*s, 400, 0) }), Reproduced},
		"nothing is, for part of it": {all(trouble(60*s), func(w *world) {
			w.netstatus(a, 58*s, 64*s, 400, 48)
			w.netstatus(a, 66*s, 72*s, 0, 0)
		}), Reproduced},
		"nothing is, for most of it": {all(trouble(60*s), func(w *world) {
			w.netstatus(a, 58*s, 62*s, 400, 48)
			w.netstatus(a, 64*s, 72*s, 0, 0)
		}), Absent},
		"nothing is, for want of a connection": {all(trouble(60*s), func(w *world) {
			w.event(60*s, trace.ServerPushClosed, a, trace.Nobody, "stopped")
			w.netstatus(a, 58*s, 72*s, 0, 0)
		}), Reproduced},
		"the server drops it":                      {leaves(60*s, "dropped"), Absent},
		"the server drops it on a weak network":    {all(trouble(59*s), leaves(60*s, "dropped")), Absent},
		"it is kicked on a weak network":           {all(trouble(59*s), leaves(60*s, "kicked")), Absent},
		"its session expires":                      {all(trouble(60*s), leaves(61*s, "expired")), Reproduced},
		"its socket breaks":                        {all(trouble(60*s), leaves(61*s, "closed")), Reproduced},
		"dropped, back, and silent for little":     {all(trouble(59*s), leaves(60*s, "dropped"), func(w *world) { w.at(67*s).joined(a, "broadcaster") }), Absent},
		"dropped, back, and silent for long":       {all(trouble(59*s), leaves(60*s, "dropped"), func(w *world) { w.at(62*s).joined(a, "broadcaster") }), Reproduced},
		"another is dropped":                       {all(trouble(59*s), func(w *world) { w.event(60*s, trace.ServerLeft, b, trace.Nobody, "dropped") }), Reproduced},
		"the server drops it in a silence of long": {all(trouble(59*s), leaves(64*s, "dropped")), Reproduced},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 140*s)
			w.at(s).joined(a, "broadcaster")
			w.publishing(60*s, 70*s)
			w.arrives(a, 70*s, 120*s)
			w.at(120*s).issue(a, trace.Nobody, "leave", "")
			x.do(w)
			v := expect(t, w.seal(), "K8", x.want, "")
			if x.want == Reproduced && (len(v.Findings) != 1 || v.Findings[0].On != a) {
				t.Errorf("%v", v.Findings)
			}
		})
	}
}

// publishing has a publish at 1 s, and its media arrive until one time and from another.
func (w *world) publishing(until, again time.Duration) {
	w.issue(a, trace.Nobody, "publish", "")
	w.Add(trace.ServerPushOpened, a, trace.Nobody, "", "")
	w.starts(a)
	w.arrives(a, 2*time.Second, until)
	w.arrives(a, again, again+time.Second)
}

// TestK8LossIsOfTheNetwork: the connection of a push ends at 60 s, its media being there
// nearly all the time.
func TestK8LossIsOfTheNetwork(t *testing.T) {
	const s = time.Second
	for name, x := range map[string]struct {
		trouble time.Duration // 0: none
		left    string        // the session ends with it; empty: it doesn't
		more    func(w *world)
		want    string
		n       int
	}{
		"a fine network":                {want: Absent},
		"a weak one":                    {trouble: 59 * s, want: Reproduced, n: 1},
		"one that was weak long before": {trouble: 60*s - TroubleLasts - 1, want: Absent},
		"one that is weak later":        {trouble: 60*s + 1, want: Absent},
		"of a page that is just back":   {trouble: 59 * s, want: Absent, more: func(w *world) { w.at(50*s).host(a, "hide"); w.at(55*s).host(a, "show") }},
		"of a page that is long back":   {trouble: 59 * s, want: Reproduced, n: 1, more: func(w *world) { w.at(20*s).host(a, "hide"); w.at(25*s).host(a, "show") }},
		"with the session, dropped":     {trouble: 59 * s, left: "dropped", want: Absent},
		"with the session, kicked":      {trouble: 59 * s, left: "kicked", want: Absent},
		"with the session, expired":     {trouble: 59 * s, left: "expired", want: Reproduced, n: 1},
		"with the session, closed":      {trouble: 59 * s, left: "closed", want: Reproduced, n: 1},
		"dropped, and its pusher says so later": {trouble: 59 * s, left: "dropped", want: Absent,
			more: func(w *world) { w.at(61*s).joined(a, "broadcaster"); w.at(62*s).code(a, 1102) }},
		"for no reason, and its pusher says so when there is trouble": {trouble: 61 * s, want: Absent,
			more: func(w *world) { w.at(62*s).code(a, 1102) }},
		"dropped, and lost once more when media had come again": {trouble: 59 * s, left: "dropped", want: Reproduced, n: 1,
			more: func(w *world) { w.at(61*s).joined(a, "broadcaster"); w.at(80*s).code(a, 1102) }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 100*s)
			w.at(s).joined(a, "broadcaster")
			w.publishing(59900*ms, 62500*ms)
			w.arrives(a, 63500*ms, 99*s)
			if x.trouble != 0 {
				w.troubles(x.trouble, a)
			}
			w.at(60*s).closed(a, "revoked")
			if x.left != "" {
				w.event(60*s, trace.ServerLeft, a, trace.Nobody, x.left)
			}
			if x.more != nil {
				x.more(w)
			}
			v := expect(t, w.seal(), "K8", x.want, "")
			if len(v.Findings) != x.n || x.n > 0 && v.Findings[0].Text != "a: the connection of its pusher is lost" {
				t.Errorf("%v", v.Findings)
			}
		})
	}
}

// What is missing after a return is K13's for as long as that page may take: a's push took
// 9 s at first, and 18 s after its return is still silent.
func TestK8LeavesAReturnItsTime(t *testing.T) {
	const s = time.Second
	for first, want := range map[time.Duration]string{9 * s: Absent, s: Reproduced} {
		w := newWorld(t, 80*s)
		w.at(s).joined(a, "broadcaster")
		w.publishes(a)
		w.arrives(a, s+first, 20*s)
		w.at(20*s).host(a, "hide")
		w.at(40*s).host(a, "show")
		w.arrives(a, 41*s, 51*s)
		w.troubles(52*s, a)
		w.arrives(a, 59*s, 80*s)
		expect(t, endCall(w, 80*s), "K8", want, "")
	}
}
