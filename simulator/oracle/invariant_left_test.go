package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestNothingLeftAtTheServer(t *testing.T) {
	const s = time.Second
	no := trace.Nobody
	in := func(w *world, first, last time.Duration) {
		w.Emit(trace.Event{At: last + 1, Kind: trace.MediaIn, Actor: a, Peer: no, V: [6]int64{int64(first), 90, 5, 5, int64(last)}})
	}
	out := func(w *world, from, at time.Duration, video int64) {
		w.Emit(trace.Event{At: at, Kind: trace.RelayOut, Actor: b, Peer: a, V: [6]int64{int64(from), video}})
	}
	// a publishes and b plays it; a's session ends at 10 s.
	cases := []struct {
		name    string
		close   bool // push and play close with it
		do      func(w *world)
		want    string
		mention string
	}{
		{"all closed", true, func(w *world) {}, Held, ""},
		{"the last spans end later", true, func(w *world) { in(w, 9500*ms, 10*s); out(w, 9500*ms, 10500*ms, 5) }, Held, ""},
		{"push and play stand", false, func(w *world) {}, Violated, "its push still stands"},
		{"play stands", false, func(w *world) { w.event(10*s, trace.ServerPushClosed, a, no, "revoked") }, Violated, "b's play of a still stands"},
		{"media comes in", true, func(w *world) { in(w, 9900*ms, 10500*ms) }, Violated, "still takes in"},
		{"media goes out", true, func(w *world) { out(w, 10001*ms, 11*s, 5) }, Violated, "a is still relayed to b"},
		{"an empty span", true, func(w *world) { out(w, 10001*ms, 11*s, 0) }, Held, ""},
		{"it is there again", true, func(w *world) {
			w.event(11*s, trace.ServerJoined, a, no, "broadcaster")
			w.event(12*s, trace.ServerPushOpened, a, no, "")
			in(w, 12*s, 13*s)
			out(w, 12*s, 13*s, 5)
		}, Held, ""},
		{"it is there again, and the old push too", true, func(w *world) {
			in(w, 10500*ms, 10600*ms)
			w.event(11*s, trace.ServerJoined, a, no, "broadcaster")
		}, Violated, "still takes in"},
		{"again at the same instant", true, func(w *world) {
			w.event(10*s, trace.ServerJoined, a, no, "broadcaster")
			w.event(10*s, trace.ServerPushOpened, a, no, "")
			in(w, 10*s, 11*s)
			out(w, 10*s, 11*s, 5)
		}, Held, ""},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, 20*s)
			w.event(s, trace.ServerJoined, a, no, "broadcaster")
			w.event(s, trace.ServerJoined, b, no, "broadcaster")
			w.event(2*s, trace.ServerPushOpened, a, no, "")
			w.event(3*s, trace.ServerPlayOpened, b, a, "")
			if x.close {
				w.event(10*s, trace.ServerPushClosed, a, no, "revoked")
				w.event(10*s, trace.ServerPlayClosed, b, a, "revoked")
			}
			w.event(10*s, trace.ServerLeft, a, no, "leave")
			x.do(w)
			invariantIs(t, w.seal(), "nothing-left", x.want, x.mention)
		})
	}
	w := newWorld(t, 20*s)
	w.event(s, trace.ServerJoined, a, no, "broadcaster")
	w.event(2*s, trace.ServerPushOpened, a, no, "")
	invariantIs(t, w.seal(), "nothing-left", NotRun, "")
}

// phone is b's, on which client 1 joins at 1 s with socket 5.
type phoneStory struct{ *world }

func newPhone(t *testing.T, length time.Duration) phoneStory {
	w := newWorld(t, length)
	w.event(time.Second, trace.CallIssued, b, trace.Nobody, "join", 100, 0, 1)
	w.event(time.Second, trace.RequestStarted, b, trace.Nobody, "lookup", 4)
	w.event(1100*ms, trace.RequestEnded, b, trace.Nobody, "lookup", 4)
	w.event(1100*ms, trace.SocketDialled, b, trace.Nobody, "gateway", 5)
	w.event(1200*ms, trace.SocketOpened, b, trace.Nobody, "gateway", 5)
	w.event(1200*ms, trace.SocketSent, b, trace.Nobody, "gateway", 5)
	w.event(1300*ms, trace.ServerJoined, b, trace.Nobody, "broadcaster")
	w.event(1400*ms, trace.CallDone, b, trace.Nobody, "join", 100, 1)
	return phoneStory{w}
}

func (p phoneStory) calls(at time.Duration, name string, number, client int64) {
	p.event(at, trace.CallIssued, b, trace.Nobody, name, number, 0, client)
}

func (p phoneStory) done(at time.Duration, number, ok, code int64) {
	p.event(at, trace.CallDone, b, trace.Nobody, "", number, ok, code)
}

func (p phoneStory) closes(at time.Duration) {
	p.event(at, trace.SocketClosed, b, trace.Nobody, "gateway", 5)
	p.event(at, trace.ServerLeft, b, trace.Nobody, "leave")
}

func (p phoneStory) sends(at time.Duration) {
	p.at(at)
	p.Add(trace.SocketSent, b, trace.Nobody, "gateway", "ping", 5)
}

func TestNothingLeftOnThePhone(t *testing.T) {
	const s = time.Second
	cases := []struct {
		name    string
		length  time.Duration
		do      func(p phoneStory)
		want    string
		mention string
	}{
		{"it stays", 60 * s, func(p phoneStory) { p.sends(30 * s) }, NotRun, ""},
		{"destroyed", 60 * s, func(p phoneStory) { p.calls(5*s, "destroy", 101, 1); p.closes(5 * s) }, Held, ""},
		{"left", 60 * s, func(p phoneStory) {
			p.calls(5*s, "leave", 101, 1)
			p.sends(5 * s)
			p.done(5100*ms, 101, 1, 0)
			p.closes(5100 * ms)
		}, Held, ""},
		{"a ping after destroy", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.sends(6 * s)
		}, Violated, "sent ping"},
		{"a ping after leave", 60 * s, func(p phoneStory) {
			p.calls(5*s, "leave", 101, 1)
			p.done(5100*ms, 101, 1, 0)
			p.closes(5100 * ms)
			p.sends(7 * s)
		}, Violated, "sent ping"},
		{"a ping after a leave that failed", 60 * s, func(p phoneStory) {
			p.calls(5*s, "leave", 101, 1)
			p.done(15*s, 101, 0, 903)
			p.sends(18 * s)
		}, Held, ""},
		{"a ping long after a silent leave", 60 * s, func(p phoneStory) {
			p.calls(5*s, "leave", 101, 1)
			p.closes(5100 * ms)
			p.sends(17 * s)
		}, Violated, "sent ping"},
		{"a ping soon after a silent leave: it may not have been heard", 60 * s, func(p phoneStory) {
			p.calls(5*s, "leave", 101, 1)
			p.closes(15 * s)
			p.sends(14 * s)
		}, Held, ""},
		{"left in silence at the end of the record", 10 * s, func(p phoneStory) { p.calls(5*s, "leave", 101, 1); p.sends(8 * s) }, Held, ""},
		{"left in silence, joined again", 60 * s, func(p phoneStory) {
			p.calls(5*s, "leave", 101, 1)
			p.closes(5100 * ms)
			p.calls(6*s, "join", 102, 1)
			p.sends(30 * s)
		}, Held, ""},
		{"a new lookup after destroy", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.event(8*s, trace.RequestStarted, b, trace.Nobody, "lookup", 9)
		}, Violated, "asked for gateways"},
		{"telemetry after destroy", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.event(8*s, trace.RequestStarted, b, trace.Nobody, "telemetry", 9)
		}, Held, ""},
		{"a dial after destroy", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.event(8*s, trace.SocketDialled, b, trace.Nobody, "gateway", 9)
			p.event(9*s, trace.SocketClosed, b, trace.Nobody, "gateway", 9)
		}, Violated, "dialled a gateway"},
		{"the next client dials", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.calls(6*s, "rejoin", 102, 2)
			p.event(6*s, trace.SocketDialled, b, trace.Nobody, "gateway", 9)
			p.sends(8 * s)
		}, Held, ""},
		{"one client of two is destroyed", 60 * s, func(p phoneStory) {
			p.calls(4*s, "join", 102, 2)
			p.calls(5*s, "destroy", 101, 1)
			p.sends(8 * s)
		}, Held, ""},
		{"its socket stays open", 60 * s, func(p phoneStory) { p.calls(5*s, "destroy", 101, 1) }, Violated, "still open"},
		{"its socket closes late", 60 * s, func(p phoneStory) { p.calls(5*s, "destroy", 101, 1); p.closes(14 * s) }, Held, ""},
		{"its socket stays open though another client came", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.calls(6*s, "rejoin", 102, 2)
		}, Violated, "still open"},
		{"the record ends first", 12 * s, func(p phoneStory) { p.calls(5*s, "destroy", 101, 1) }, Held, ""},
		{"the server never notices", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.event(5*s, trace.SocketClosed, b, trace.Nobody, "gateway", 5)
		}, Violated, "the gateway still has its session"},
		{"the server notices when the session idles", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.event(5*s, trace.SocketClosed, b, trace.Nobody, "gateway", 5)
			p.event(26*s, trace.ServerLeft, b, trace.Nobody, "expired")
		}, Held, ""},
		{"a late answer", 60 * s, func(p phoneStory) {
			p.calls(4*s, "publish", 102, 1)
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.done(14*s, 102, 0, 903)
		}, Violated, "publish was answered (fail 903) by a client that had ended"},
		{"an answer on its way to the page", 60 * s, func(p phoneStory) {
			p.calls(4*s, "publish", 102, 1)
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.done(5001*ms, 102, 1, 0)
		}, Held, ""},
		{"a call after destroy throws", 60 * s, func(p phoneStory) {
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.calls(7*s, "publish", 102, 1)
			p.done(7*s, 102, 0, -1)
		}, Held, ""},
		{"its player stays connected", 60 * s, func(p phoneStory) {
			p.event(3*s, trace.SocketOpened, b, a, "play")
			p.event(5*s, trace.AppState, b, trace.Nobody, "left")
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
		}, Violated, "its play connection is still open"},
		{"its player and pusher close", 60 * s, func(p phoneStory) {
			p.event(3*s, trace.SocketOpened, b, a, "play")
			p.event(3*s, trace.SocketOpened, b, trace.Nobody, "push")
			p.event(5*s, trace.AppState, b, trace.Nobody, "left")
			p.calls(5*s, "destroy", 101, 1)
			p.event(5*s, trace.SocketClosed, b, a, "play")
			p.event(5*s, trace.SocketClosed, b, trace.Nobody, "push")
			p.closes(5 * s)
		}, Held, ""},
		{"players go on through a recovery", 60 * s, func(p phoneStory) {
			p.event(3*s, trace.SocketOpened, b, a, "play")
			p.calls(5*s, "destroy", 101, 1)
			p.closes(5 * s)
			p.calls(6*s, "rejoin", 102, 2)
		}, Held, ""},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			p := newPhone(t, x.length)
			x.do(p)
			invariantIs(t, p.seal(), "nothing-left", x.want, x.mention)
		})
	}
}
