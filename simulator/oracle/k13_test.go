package oracle

import (
	"fmt"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// away writes a call of a and b in which a is in the background from 20 s to 40 s; what
// happens around it is each case's. Without more, all is as before on its return.
type away struct {
	*world
	noPush   bool // nothing of a arrives after its return
	noPlayer bool // nothing of b is played after it
	noTile   bool
}

func (w *away) write() {
	const s = time.Second
	w.at(s).joined(a, "broadcaster")
	w.at(s).state(a, "joined", "")
	w.publishes(a)
	w.Add(trace.PushStarted, a, trace.Nobody, "", fmt.Sprintf("rtmp://server/live/%d", w.n), 1, 1)
	w.at(s).joined(b, "broadcaster")
	w.publishes(b)
	w.at(2 * s)
	w.Add(trace.PlayStarted, a, b, "", "old play")
	if !w.noTile {
		w.Add(trace.TileAdded, a, b, "", "")
	}
	w.Add(trace.ServerPlayOpened, a, b, "", "")
	w.arrives(b, 2*s, 80*s)
	w.arrives(a, 2*s, 22*s)
	w.hears(a, b, 2*s, 20*s, 1, -2000)
	w.at(20*s).host(a, "hide")
	w.at(25*s).host(a, "suspend")
	w.at(40*s).host(a, "resume")
	w.host(a, "show")
	if !w.noPush {
		w.arrives(a, 42*s, 80*s)
	}
	if !w.noPlayer {
		w.hears(a, b, 42*s, 80*s, 1, -2000)
	}
}

// duel has a join again at these seconds while its session lives.
func (w *away) duel(seconds ...time.Duration) {
	for _, at := range seconds {
		w.at(at * time.Second)
		w.Add(trace.ServerLeft, a, trace.Nobody, "kicked", "")
		w.joined(a, "broadcaster")
	}
}

// given answers a's call with a URL.
func (w *away) given(at time.Duration, of trace.ActorID, call, url string) {
	w.gives(at, a, w.asks(at, a, of, call, ""), url, 0)
}

func (w *world) state(who trace.ActorID, state, why string) {
	w.Add(trace.AppState, who, trace.Nobody, state, why)
}

func (w *world) host(who trace.ActorID, state string) {
	w.Add(trace.HostState, who, trace.Nobody, state, "")
}

func TestK13Classes(t *testing.T) {
	const s = time.Second
	over := func(w *away) { w.at(30 * s).left(a) }
	refused := func(w *away) {
		w.at(22 * s)
		w.Add(trace.HostTold, a, trace.Nobody, "start", "operateLivePusher:fail runningState=background")
	}
	cases := []struct {
		name    string
		do      func(w *away)
		want    string
		mention string
	}{
		{"all as before", func(w *away) {}, Absent, ""},
		{"rejoined", func(w *away) {
			over(w)
			w.at(40*s).state(a, "recovering", "error 904")
			w.at(42*s).joined(a, "broadcaster")
			w.at(42*s).state(a, "joined", "")
		}, Absent, ""},
		{"weak since its return, and it works", func(w *away) { w.troubles(41*s, a) }, Absent, ""},
		{"a dead player on a weak network", func(w *away) { w.noPlayer = true; w.troubles(50*s, a) }, NotRun, ""},
		{"a dead player, and no network at first", func(w *away) {
			w.noPlayer = true
			w.event(38*s, trace.OutageBegan, a, trace.Nobody, "")
			w.event(42*s, trace.OutageEnded, a, trace.Nobody, "")
		}, NotRun, ""},
		{"its push on a weak network", func(w *away) { w.noPush = true; w.troubles(41*s, a) }, NotRun, ""},
		{"its push, and too much waits for the link", func(w *away) {
			w.noPush = true
			w.Emit(trace.Event{At: 48 * s, Kind: trace.PusherStatus, Actor: a, Peer: trace.Nobody, V: [6]int64{300, 48, 20, 5, 90, uplinkPoor}})
		}, NotRun, ""},
		{"a dead player where the network was weak before", func(w *away) { w.noPlayer = true; w.troubles(12*s, a) }, Reproduced, "dead player"},
		{"a dead player where another's is weak", func(w *away) { w.noPlayer = true; w.troubles(50*s, b) }, Reproduced, "dead player"},
		{"half-open on a weak network", func(w *away) { over(w); w.troubles(50*s, a) }, Reproduced, "half-open"},
		{"a stale URL on a weak network", func(w *away) {
			w.noPlayer = true
			w.given(41*s, b, "subscribe", "new")
			w.troubles(50*s, a)
		}, Reproduced, "stale URL"},
		{"thrown out", func(w *away) {
			w.noPush, w.noPlayer = true, true
			over(w)
			w.at(49*s).state(a, "left", "push failed (-1307)")
		}, Reproduced, "thrown out"},
		{"left by its user", func(w *away) { w.at(49*s).state(a, "left", "") }, NotRun, ""},
		{"half-open", over, Reproduced, "half-open"},
		{"loses its session later, and rejoins", func(w *away) {
			w.at(49990 * time.Millisecond).left(a)
			w.at(50*s).state(a, "recovering", "error 904")
			w.at(51*s).joined(a, "broadcaster")
			w.at(51*s).state(a, "joined", "")
		}, Absent, ""},
		{"rejoins for ever", func(w *away) {
			over(w)
			w.at(40*s).state(a, "recovering", "error 904")
			w.noPush = true
		}, Reproduced, "own stream is not back"},
		{"own stream lost", func(w *away) { w.noPush = true }, Reproduced, "its own stream is not back after 20.000 s away"},
		{"own stream came, and went before 10 s were over", func(w *away) { w.noPush = true; w.arrives(a, 42*s, 49*s) }, Reproduced, "its own stream is not back"},
		{"own stream still there in the last 5 s of 15", func(w *away) { w.noPush = true; w.arrives(a, 42*s, 51*s) }, Absent, ""},
		{"own stream not wanted", func(w *away) {
			w.noPush = true
			w.at(45 * s)
			w.Add(trace.PushStopped, a, trace.Nobody, "", "")
		}, Absent, ""},
		{"own stream refused while away", func(w *away) {
			w.noPush = true
			refused(w)
		}, Reproduced, "told it to start while it was away"},
		{"own stream refused while away, and started afterwards", func(w *away) {
			refused(w)
			w.at(41 * s)
			w.Add(trace.PushStarted, a, trace.Nobody, "", "", 1, 1)
		}, Absent, ""},
		{"refused a new start, and the old one goes on", func(w *away) { refused(w) }, Absent, ""},
		{"dead player", func(w *away) { w.noPlayer = true }, Reproduced, "dead player after 20.000 s away: nothing of b"},
		{"player on a stale URL", func(w *away) {
			w.noPlayer = true
			w.given(41*s, b, "subscribe", "new")
		}, Reproduced, "stale URL after 20.000 s away: nothing of b"},
		{"player on the new URL", func(w *away) {
			w.noPlayer = true
			w.given(41*s, b, "subscribe", "new")
			w.Add(trace.PlayStarted, a, b, "", "new")
		}, Reproduced, "dead player"},
		{"player on the URL given first", func(w *away) {
			w.noPlayer = true
			w.given(10*s, b, "subscribe", "first")
			w.Add(trace.PlayStarted, a, b, "", "first")
		}, Reproduced, "dead player"},
		{"pusher on a stale URL", func(w *away) {
			w.noPush = true
			w.given(41*s, trace.Nobody, "publish", "new")
		}, Reproduced, "stale URL after 20.000 s away: its pusher"},
		{"pusher on the new URL", func(w *away) {
			w.noPush = true
			w.given(41*s, trace.Nobody, "updatePushUrl", "new")
			w.Add(trace.PushStarted, a, trace.Nobody, "", "new", 1, 1)
		}, Reproduced, "its own stream is not back after 20.000 s away"},
		{"new URLs in time", func(w *away) {
			w.given(41*s, b, "subscribe", "new")
			w.given(41*s, trace.Nobody, "publish", "new")
		}, Absent, ""},
		{"a push that is held, with a waiting image", func(w *away) { w.at(25 * s); w.code(a, 5000) }, Reproduced, "hasn't started it again"},
		{"a push that was held and is started again", func(w *away) {
			w.at(25 * s)
			w.code(a, 5000)
			w.at(40 * s)
			w.Add(trace.PushStopped, a, trace.Nobody, "", "")
			w.Add(trace.PushStarted, a, trace.Nobody, "", "rtmp://push", 1, 1)
		}, Absent, ""},
		{"a push that was held another time", func(w *away) { w.at(15 * s); w.code(a, 5000) }, Absent, ""},
		{"the tile is gone", func(w *away) {
			w.noPlayer = true
			w.at(41 * s)
			w.Add(trace.TileRemoved, a, b, "", "stream-removed")
		}, Absent, ""},
		{"muted", func(w *away) {
			w.noPlayer = true
			w.at(41 * s)
			w.Add(trace.ServerMuted, a, b, "audio", "")
			w.Add(trace.ServerMuted, a, b, "video", "")
		}, Absent, ""},
		{"two tiles", func(w *away) { w.at(41 * s); w.Add(trace.TileAdded, a, b, "", "") }, Reproduced, "double tile"},
		{"its sessions throw each other out", func(w *away) { w.noPush = true; w.duel(41, 43, 45) }, Reproduced, "duplicate session after 20.000 s away: its own sessions throw each other out, 3 times"},
		{"a new session throws out the lost one", func(w *away) { w.duel(41) }, Absent, ""},
		{"sessions thrown out before and after", func(w *away) { w.duel(10, 11, 41, 56, 57) }, Absent, ""},
		{"one after the other", func(w *away) {
			for _, at := range []time.Duration{41, 43} {
				w.at(at * s).left(a)
				w.at((at+1)*s).joined(a, "broadcaster")
			}
		}, Absent, ""},
		{"away again", func(w *away) { w.noPush = true; w.at(50*s).host(a, "hide") }, NotRun, ""},
		{"another fault", func(w *away) {
			w.noPush = true
			w.at(50 * s)
			w.Add(trace.FaultInjected, a, trace.Nobody, "outage", "")
		}, NotRun, ""},
		{"not in the channel", func(w *away) { w.noPush = true; w.at(15*s).state(a, "left", "") }, NotRun, ""},
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			w := &away{world: newWorld(t, 80*s)}
			x.do(w)
			w.write()
			expect(t, w.seal(), "K13", x.want, x.mention)
		})
	}
}

// A return that nobody can judge to its end is none.
func TestK13NeedsTime(t *testing.T) {
	for length, want := range map[time.Duration]string{54 * time.Second: NotRun, 55 * time.Second: Reproduced} {
		w := &away{world: newWorld(t, length), noPush: true}
		w.at(time.Second)
		w.joined(a, "broadcaster")
		w.state(a, "joined", "")
		w.publishes(a)
		w.arrives(a, 2*time.Second, 20*time.Second)
		w.at(20*time.Second).host(a, "hide")
		w.at(40*time.Second).host(a, "show")
		w.at(length).host(b, "hide")
		expect(t, w.seal(), "K13", want, "")
	}
}

// Where the first join took long, a return may: a joins at 1 s and the first of all comes
// so late, b's picture or its own push; it comes back at 40 s with neither.
func TestK13TakesItsTime(t *testing.T) {
	const s = time.Second
	for _, x := range []struct {
		name             string
		join, play, push time.Duration // how long each takes
		length, back     time.Duration // of the run; when it works again
		want             string
	}{
		{"fast", s, s, s, 90 * s, 53 * s, Absent},
		{"fast, and it stays dead", s, s, s, 90 * s, 90 * s, Reproduced},
		{"fast, and it is late", s, s, s, 90 * s, 57 * s, Reproduced},
		{"a slow join", 9 * s, s, s, 90 * s, 57 * s, Absent},
		{"a slow join, and it is later than twice that", 9 * s, s, s, 90 * s, 62 * s, Reproduced},
		{"a slow player", s, 9 * s, s, 90 * s, 57 * s, Absent},
		{"a slow pusher", s, s, 9 * s, 90 * s, 57 * s, Absent},
		{"join and player are slow", 5 * s, 5 * s, s, 90 * s, 57 * s, Absent},
		{"too slow for the run", 9 * s, 9 * s, s, 70 * s, 70 * s, NotRun},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := newWorld(t, x.length)
			w.at(s).state(a, "joining", "")
			at := s + x.join
			w.at(at).joined(a, "broadcaster")
			w.state(a, "joined", "")
			w.publishes(a)
			w.arrives(a, at+x.push, 22*s)
			w.at(s).joined(b, "broadcaster")
			w.publishes(b)
			w.arrives(b, 2*s, x.length)
			w.at(at).Add(trace.PlayStarted, a, b, "", "url")
			w.Add(trace.TileAdded, a, b, "", "")
			w.hears(a, b, at+x.play, 20*s, 1, -2000)
			w.at(20*s).host(a, "hide")
			w.at(40*s).host(a, "show")
			w.hears(a, b, x.back, x.length, 1, -2000)
			w.arrives(a, x.back, x.length)
			w.at(x.length).host(b, "hide")
			expect(t, w.seal(), "K13", x.want, "")
		})
	}
}
