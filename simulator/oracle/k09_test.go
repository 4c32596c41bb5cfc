package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestK9Cases(t *testing.T) {
	const s = time.Second
	sdkError := func(w *world, code int64) {
		w.Add(trace.ClientEvent, a, trace.Nobody, "error", "", 0, code, 0, 1)
	}
	timedOut := func(w *world, at time.Duration) { w.at(at); w.Add(trace.TCPTimeout, a, trace.Nobody, "", "") }
	cases := []struct {
		name    string
		do      func(w *world)
		want    string
		mention string
	}{
		{"quiet", func(w *world) { timedOut(w, 20*s) }, Absent, ""},
		{"904 after trouble", func(w *world) { timedOut(w, 20*s); w.at(30 * s); sdkError(w, 904) }, Reproduced, "error 904 after trouble of its network, and is not back"},
		{"905, no gateway", func(w *world) { timedOut(w, 20*s); w.at(30 * s); sdkError(w, 905) }, Reproduced, "error 905"},
		{"a request that is answered", func(w *world) { timedOut(w, 20*s); w.at(25*s).call(a, b, "subscribe", "", true, 904) }, Absent, ""},
		{"904 and back", func(w *world) {
			timedOut(w, 20*s)
			w.at(30 * s)
			sdkError(w, 904)
			w.at(32 * s).left(a)
			w.at(33*s).joined(a, "broadcaster")
		}, Reproduced, "is back after 3.000 s"},
		{"904 without trouble", func(w *world) { w.at(30 * s); sdkError(w, 904) }, Absent, ""},
		{"904 long after trouble", func(w *world) { timedOut(w, 20*s); w.at(65*s + 1); sdkError(w, 904) }, Absent, ""},
		{"904 of a socket that the server closed", func(w *world) {
			timedOut(w, 20*s)
			w.event(29*s, trace.ServerLeft, a, trace.Nobody, "dropped")
			w.at(30 * s)
			sdkError(w, 904)
		}, Absent, ""},
		{"a request fails with it", func(w *world) {
			timedOut(w, 20*s)
			w.event(29*s, trace.ServerLeft, a, trace.Nobody, "kicked")
			w.at(30*s).call(a, b, "subscribe", "", false, 904)
		}, Absent, ""},
		{"a request without answer meanwhile", func(w *world) {
			timedOut(w, 20*s)
			w.event(29*s, trace.ServerLeft, a, trace.Nobody, "dropped")
			w.at(30*s).call(a, b, "subscribe", "", false, 903)
		}, Reproduced, "subscribe fails with 903"},
		{"904 of a session that expired", func(w *world) {
			timedOut(w, 20*s)
			w.event(29*s, trace.ServerLeft, a, trace.Nobody, "expired")
			w.at(30 * s)
			sdkError(w, 904)
		}, Reproduced, "error 904"},
		{"904 of the session after it", func(w *world) {
			timedOut(w, 20*s)
			w.event(22*s, trace.ServerLeft, a, trace.Nobody, "dropped")
			w.at(25*s).joined(a, "broadcaster")
			w.at(30 * s)
			sdkError(w, 904)
		}, Reproduced, "error 904"},
		{"trouble of another", func(w *world) {
			w.at(20 * s)
			w.Add(trace.TCPTimeout, b, trace.Nobody, "", "")
			w.at(30 * s)
			sdkError(w, 904)
		}, Absent, ""},
		{"501 is the server's", func(w *world) { timedOut(w, 20*s); w.at(30 * s); sdkError(w, 501) }, Absent, ""},
		{"a request fails", func(w *world) { timedOut(w, 20*s); w.at(25*s).call(a, b, "subscribe", "", false, 903) }, Reproduced, "subscribe fails with 903"},
		{"a request is refused", func(w *world) { timedOut(w, 20*s); w.at(25*s).call(a, b, "subscribe", "", false, 431) }, Absent, ""},
		{"asleep", func(w *world) {
			timedOut(w, 20*s)
			w.at(22*s).host(a, "suspend")
			w.at(30 * s)
			sdkError(w, 904)
		}, Absent, ""},
		{"just back from the background", func(w *world) {
			timedOut(w, 20*s)
			w.at(22*s).host(a, "hide")
			w.at(30*s).host(a, "show")
			w.at(31 * s)
			sdkError(w, 904)
		}, Absent, ""},
		{"long back", func(w *world) {
			w.at(5*s).host(a, "hide")
			w.at(6*s).host(a, "show")
			timedOut(w, 40*s)
			w.at(45 * s)
			sdkError(w, 904)
		}, Reproduced, "error 904"},
		{"the link is down", func(w *world) {
			w.at(1 * s)
			w.Add(trace.OutageBegan, a, trace.Nobody, "", "")
			w.at(75 * s)
			w.Add(trace.PusherCode, a, trace.Nobody, "", "", codeGaveUp)
		}, Reproduced, "pusher gives up (-1307)"},
		{"its player gives up", func(w *world) {
			timedOut(w, 20*s)
			w.at(30 * s)
			w.Add(trace.PlayerCode, a, b, "", "", codePlayGaveUp)
		}, Reproduced, "player of b gives up (-2301) after trouble of its network, and is not back"},
		{"its player plays again", func(w *world) {
			timedOut(w, 20*s)
			w.at(30 * s)
			w.plays(a, b)
			w.Add(trace.PlayerCode, a, b, "", "", codePlayGaveUp)
			w.hears(a, b, 34*s, 35*s, 1, -2000)
		}, Reproduced, "is back after 5.000 s"},
		{"the publisher had gone", func(w *world) {
			timedOut(w, 20*s)
			w.at(25 * s)
			w.Add(trace.ServerPushClosed, b, trace.Nobody, "stopped", "")
			w.at(30 * s)
			w.Add(trace.PlayerCode, a, b, "", "", codePlayGaveUp)
		}, Absent, ""},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 80*s)
			w.at(s).joined(a, "broadcaster")
			w.at(s).joined(b, "broadcaster")
			w.Add(trace.ServerPushOpened, b, trace.Nobody, "", "")
			x.do(w)
			expect(t, w.seal(), "K9", x.want, x.mention)
		})
	}
}

func TestK9CountsAndMeasures(t *testing.T) {
	w := newWorld(t, 80*time.Second)
	w.at(time.Second).joined(a, "broadcaster")
	w.at(20 * time.Second)
	w.Add(trace.LinkChanged, a, trace.Nobody, "", "")
	w.at(22 * time.Second)
	w.Add(trace.ClientEvent, a, trace.Nobody, "error", "", 0, 904, 0, 1)
	w.at(23 * time.Second).left(a)
	w.at(26*time.Second).joined(a, "broadcaster")
	w.at(30 * time.Second)
	w.Add(trace.PusherCode, a, trace.Nobody, "", "", codeGaveUp)
	v := expect(t, w.seal(), "K9", Reproduced, "")
	want := []Measure{{"network_errors", 2}, {"network_errors_not_healed", 1}, {"network_recovery_longest_s", 4}}
	if len(v.Measures) != 3 || v.Measures[0] != want[0] || v.Measures[1] != want[1] || v.Measures[2] != want[2] {
		t.Errorf("%v", v.Measures)
	}
}

// The longest recovery is that, not the last one.
func TestK9LongestRecovery(t *testing.T) {
	w := newWorld(t, 80*time.Second)
	w.at(time.Second).joined(a, "broadcaster")
	w.at(20 * time.Second)
	w.Add(trace.LinkChanged, a, trace.Nobody, "", "")
	for _, lost := range []struct{ at, back time.Duration }{{22 * time.Second, 29 * time.Second}, {40 * time.Second, 42 * time.Second}} {
		w.at(lost.at)
		w.Add(trace.ClientEvent, a, trace.Nobody, "error", "", 0, 904, 0, 1)
		w.at(lost.at + time.Second).left(a)
		w.at(lost.back).joined(a, "broadcaster")
	}
	v := expect(t, w.seal(), "K9", Reproduced, "")
	if len(v.Measures) != 3 || v.Measures[1] != (Measure{"network_errors_not_healed", 0}) || v.Measures[2] != (Measure{"network_recovery_longest_s", 7}) {
		t.Errorf("%v", v.Measures)
	}
}
