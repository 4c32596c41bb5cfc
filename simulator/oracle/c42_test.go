package oracle

import (
	"fmt"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// gallery is a page (member 0) and nine others, of whom it hears; sound tells that none
// sends pictures.
func gallery(t *testing.T, sound bool) *world {
	camera := "pattern"
	if sound {
		camera = "off"
	}
	w := newWorld(t, 40*time.Second).cast(func([]trace.Member) {})
	members := []trace.Member{}
	for i := range 10 {
		members = append(members, trace.Member{ID: fmt.Sprintf("m%d", i), UID: uint32(i) + 1, Camera: camera})
	}
	head := trace.Head{Version: trace.Version, Scenario: "by-hand", Key: "by-hand@1", SDK: "1.1.3", Length: 40 * time.Second, Members: members}
	w.Log = trace.NewLog(head, func() time.Duration { return w.now })
	w.event(time.Second, trace.TileAdded, 0, 0, "")
	return w
}

// knows has the page subscribe to a member; shows says whether it gets a tile.
func (w *world) knows(at time.Duration, who trace.ActorID, shows bool) {
	n := w.asks(at, 0, who, "subscribe", "")
	w.gives(at, 0, n, "rtmp://server/live/x", 0)
	if shows {
		w.event(at, trace.TileAdded, 0, who, "")
	}
}

func TestC42(t *testing.T) {
	const s = time.Second
	for _, x := range []struct {
		name  string
		sound bool
		do    func(w *world)
		want  string
		say   string
	}{
		{"seven fit", false, func(w *world) {
			for i := range 6 {
				w.knows(2*s, trace.ActorID(i+1), true)
			}
		}, NotRun, ""},
		{"two wait", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
		}, Held, ""},
		{"eight are shown", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 7)
			}
		}, Violated, "shows 8 pictures"},
		{"too few are shown", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 5)
			}
		}, Violated, "somebody waits"},
		{"sound only", true, func(w *world) {
			for i := range 9 {
				w.knows(2*s, trace.ActorID(i+1), true)
			}
		}, NotRun, ""},
		{"one goes and the next comes", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
			w.event(10*s, trace.ClientEvent, 0, 3, streamRemoved)
			w.event(10*s, trace.TileRemoved, 0, 3, "")
			w.event(10*s, trace.TileAdded, 0, 7, "")
		}, Held, ""},
		{"one goes and the place stays free", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
			w.event(10*s, trace.ClientEvent, 0, 3, streamRemoved)
			w.event(10*s, trace.TileRemoved, 0, 3, "")
		}, Violated, "somebody waits"},
		{"one goes and its tile stays", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
			w.event(10*s, trace.ClientEvent, 0, 3, streamRemoved)
		}, Violated, "somebody waits"},
		{"the next comes too late", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
			w.event(10*s, trace.ClientEvent, 0, 3, streamRemoved)
			w.event(10*s, trace.TileRemoved, 0, 3, "")
			w.event(12*s, trace.TileAdded, 0, 7, "")
		}, Violated, "somebody waits"},
		{"one who waits goes", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
			w.event(10*s, trace.ClientEvent, 0, 8, streamRemoved)
		}, Held, ""},
		{"unsubscribed, and the next comes", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
			n := w.asks(10*s, 0, 3, "unsubscribe", "")
			w.gives(10*s, 0, n, "", 0)
			w.event(10*s, trace.TileRemoved, 0, 3, "")
			w.event(10*s, trace.TileAdded, 0, 7, "")
		}, Held, ""},
		{"the page is left", false, func(w *world) {
			for i := range 8 {
				w.knows(2*s, trace.ActorID(i+1), i < 6)
			}
			for i := range 7 {
				w.event(10*s, trace.TileRemoved, 0, trace.ActorID(i), "leave")
			}
			w.event(10*s, trace.AppState, 0, trace.Nobody, "left")
		}, Held, ""},
		{"answers after it was left make no tile", false, func(w *world) {
			w.event(2*s, trace.AppState, 0, trace.Nobody, "left")
			for i := range 8 {
				w.knows(3*s, trace.ActorID(i+1), false)
			}
		}, NotRun, ""},
		{"a script's own subscribe makes no tile", false, func(w *world) {
			for i := range 9 {
				w.gives(3*s, 0, w.asks(3*s, 0, trace.ActorID(i+1), "subscribe", "7"), "rtmp://server/live/x", 0)
			}
		}, NotRun, ""},
		{"nor does an answer to a client that is gone", false, func(w *world) {
			for i := range 9 {
				n := w.asks(3*s, 0, trace.ActorID(i+1), "subscribe", "")
				if i == 0 {
					w.asks(3*s, 0, trace.Nobody, "destroy", "")
				}
				w.gives(4*s, 0, n, "rtmp://server/live/x", 0)
			}
		}, NotRun, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := gallery(t, x.sound)
			x.do(w)
			expect(t, w.seal(), "C42", x.want, x.say)
		})
	}
}

// choir is a call without pictures of so many, all of whom hear each other.
func choir(t *testing.T, n int, deaf func(to, from int) float64) *world {
	const s = time.Second
	w := newWorld(t, 30*s)
	members := []trace.Member{}
	for i := range n {
		members = append(members, trace.Member{ID: fmt.Sprintf("v%d", i), UID: uint32(i) + 1, Camera: "off", Mic: true})
	}
	head := trace.Head{Version: trace.Version, Scenario: "by-hand", Key: "by-hand@1", SDK: "1.1.3", Length: 30 * s, Members: members}
	w.Log = trace.NewLog(head, func() time.Duration { return w.now })
	for i := range n {
		who := trace.ActorID(i)
		w.at(s).enters(who, broadcaster)
		w.event(2*s, trace.PushStarted, who, trace.Nobody, "", 0, 1)
		w.event(2*s, trace.ServerPublish, who, trace.Nobody, "")
		w.event(2*s, trace.ServerPushOpened, who, trace.Nobody, "")
		for j := range n {
			from := trace.ActorID(j)
			if i == j {
				continue
			}
			w.at(3*s).plays(who, from)
			w.event(3*s, trace.ServerPlayOpened, who, from, "")
			part := 1.0
			if deaf != nil {
				part = 1 - deaf(i, j)
			}
			if heard := time.Duration(part * float64(27*s)); heard > 0 {
				w.hears(who, from, 3*s, 3*s+heard, 1, -2000)
			}
		}
	}
	return w
}

func TestC43(t *testing.T) {
	some := func(share float64) func(to, from int) float64 {
		return func(to, from int) float64 {
			if to == 1 && from == 0 {
				return share
			}
			return 0
		}
	}
	for _, x := range []struct {
		name string
		n    int
		deaf func(to, from int) float64
		more func(w *world)
		want string
		say  string
	}{
		{"alone", 1, nil, nil, NotRun, ""},
		{"two", 2, nil, nil, Held, ""},
		{"eight", 8, nil, nil, Held, ""},
		{"a gap of a tenth among eight", 8, some(0.1), nil, Violated, "v1: misses"},
		{"a gap of a tenth among nine: reported only", 9, some(0.1), nil, Held, ""},
		{"seventeen", 17, nil, nil, Held, ""},
		{"one hears nothing among nine", 9, some(1), nil, Violated, "v1: hears nothing of v0"},
		{"eighteen, and one hears nothing", 18, some(1), nil, NotRun, ""},
		{"a gap on a bad network", 2, some(0.1), func(w *world) { w.troubles(15*time.Second, 1) }, NotRun, ""},
		{"a gap while it was away", 2, some(1), func(w *world) { w.event(3500*ms, trace.ServerPlayClosed, 1, 0, "lost") }, Held, ""},
		{"a gap while the other's push was away", 2, some(1), func(w *world) { w.event(3500*ms, trace.ServerPushClosed, 0, trace.Nobody, "lost") }, Held, ""},
		{"a gap while it had muted the other", 2, some(1), func(w *world) { w.event(3500*ms, trace.ServerMuted, 1, 0, "audio") }, Held, ""},
		{"a gap while the other had muted itself", 2, some(1), func(w *world) { w.event(3500*ms, trace.ServerLocalMuted, 0, trace.Nobody, "audio") }, Held, ""},
		{"a camera", 2, some(1), func(w *world) { w.event(4*time.Second, trace.PushMedia, 0, trace.Nobody, "", 1, 1) }, NotRun, ""},
		{"a gap where the link loses packets", 2, some(0.1), func(w *world) { w.event(30*time.Second, trace.LinkTotals, 1, trace.Nobody, "down", 900, 899, 1) }, NotRun, ""},
		{"a gap where it lost none", 2, some(0.1), func(w *world) { w.event(30*time.Second, trace.LinkTotals, 1, trace.Nobody, "down", 900, 900) }, Violated, "misses"},
		{"a gap where packets come unevenly", 2, some(0.1), func(w *world) { w.Param(trace.Param{Name: "v1/down/jitter", Value: 100}) }, NotRun, ""},
		{"join is refused to one of few", 3, nil, func(w *world) { w.at(500*ms).call(2, trace.Nobody, "join", "", false, 431) }, Held, ""},
		{"join is refused", 6, nil, func(w *world) { w.at(500*ms).call(2, trace.Nobody, "join", "", false, 431) }, Violated, "join failed with 431"},
		{"join finds no server: the network's fault", 6, nil, func(w *world) { w.at(500*ms).call(2, trace.Nobody, "join", "", false, 901) }, Held, ""},
		{"subscribe is refused", 6, nil, func(w *world) { w.at(5*time.Second).call(2, 0, "subscribe", "", false, 431) }, Violated, "subscribe failed with 431"},
		{"a script's wrong subscribe", 6, nil, func(w *world) { w.at(5*time.Second).call(2, 0, "subscribe", "7", false, 431) }, Held, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := choir(t, x.n, x.deaf)
			if x.more != nil {
				x.more(w)
			}
			expect(t, w.seal(), "C43", x.want, x.say)
		})
	}
	v := verdict(t, choir(t, 18, some(0.5)).seal(), "C43")
	if len(v.Measures) != 2 || v.Measures[0] != (Measure{"speakers", 18}) || v.Measures[1].Value < 0.4 || v.Measures[1].Value > 0.7 {
		t.Errorf("%v", v.Measures)
	}
}

// throng is a channel of so many by hand: all but three only sit there.
func throng(t *testing.T, n, turnedAway int) *world {
	const s = time.Second
	w := newWorld(t, 40*s)
	members := []trace.Member{{ID: "a", UID: 1}, {ID: "b", UID: 2}, {ID: "c", UID: 3}}
	for i := 3; i < n; i++ {
		members = append(members, trace.Member{ID: fmt.Sprintf("seat%d", i), UID: uint32(i) + 1})
	}
	head := trace.Head{Version: trace.Version, Scenario: "by-hand", Key: "by-hand@1", SDK: "1.1.3", Length: 40 * s, Members: members}
	w.Log = trace.NewLog(head, func() time.Duration { return w.now })
	for i := range n {
		who, role := trace.ActorID(i), audience
		if i < 3 {
			role = broadcaster
		}
		if i >= n-turnedAway {
			w.at(s).call(who, trace.Nobody, "join", "", false, 431)
			continue
		}
		w.at(s).enters(who, role)
	}
	return w
}

func TestC44(t *testing.T) {
	const s = time.Second
	sub := func(w *world) { w.subscribes(10*s, 5, a) }
	stream := func(w *world, told int) {
		w.streams(a, 5*s, 8*s)
		for i := 1; i < told; i++ {
			w.told(5200*ms, trace.ActorID(i), a, streamAdded)
		}
	}
	for _, x := range []struct {
		name    string
		n, away int
		do      func(w *world)
		want    string
		say     string
	}{
		{"a small channel", 40, 0, sub, NotRun, ""},
		{"a large one", 160, 0, sub, Held, ""},
		{"nobody subscribes", 160, 0, func(*world) {}, NotRun, ""},
		{"it lets no more in", 160, 60, sub, Violated, "join failed with 431 in a large channel"},
		{"all are told", 160, 0, func(w *world) { sub(w); stream(w, 160) }, Held, ""},
		{"some aren't told", 160, 0, func(w *world) { sub(w); stream(w, 100) }, Violated, "seat100: was in the channel"},
		{"subscribe fails", 160, 0, func(w *world) { sub(w); w.at(11*s).call(6, a, "subscribe", "", false, 500) }, Violated, "subscribe failed with 500"},
		{"subscribe times out", 160, 0, func(w *world) { sub(w); w.at(11*s).call(6, a, "subscribe", "", false, 903) }, Held, ""},
		{"join is never answered", 160, 0, func(w *world) {
			sub(w)
			w.asks(11*s, 6, trace.Nobody, "leave", "")
			w.at(12 * s).left(6)
			w.asks(13*s, 6, trace.Nobody, "join", "")
		}, Violated, "cannot get into"},
		{"join is never answered, on a bad network", 160, 0, func(w *world) {
			sub(w)
			w.asks(11*s, 6, trace.Nobody, "leave", "")
			w.at(12 * s).left(6)
			w.asks(13*s, 6, trace.Nobody, "join", "")
			w.troubles(14*s, 6)
		}, Held, ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			w := throng(t, x.n, x.away)
			x.do(w)
			expect(t, w.seal(), "C44", x.want, x.say)
		})
	}
	if v := verdict(t, throng(t, 170, 0).seal(), "C44"); len(v.Measures) != 1 || v.Measures[0] != (Measure{"members", 170}) {
		t.Errorf("%v", v.Measures)
	}
}
