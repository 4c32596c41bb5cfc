package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// again is a world in which a client left at 20 s, and joins again at 20.1 s as
// changed says; its old socket closes at some time.
func again(x *tried, w *world, change func(y *tried)) {
	leaves(x, w, 20*time.Second+200*ms)
	y := goodTry()
	y.at = 20*time.Second + 100*ms
	change(y)
	w.tries(y)
}

func TestC38(t *testing.T) {
	cases := []struct {
		name   string
		change func(y *tried)
		want   string
	}{
		{"works", func(y *tried) {}, Held},
		{"904 by the old socket", func(y *tried) { y.fails(100*ms, 904, "") }, Violated},
		{"904 by its own socket", func(y *tried) { y.dials[0].closed = 250 * ms; y.reply = reply{}; y.fails(250*ms, 904, "") }, NotRun},
		{"901 with its lookups under way", func(y *tried) { y.fails(50*ms, 901, ""); y.noGateway() }, Violated},
		{"901 of its own", func(y *tried) { y.dead(50*ms, 0, 1, 2, 3); y.noGateway(); y.fails(50*ms, 901, "") }, NotRun},
		{"905 before it dials", func(y *tried) { y.noGateway(); y.fails(150*ms, 905, "") }, Violated},
		{"905 too early", func(y *tried) { y.noneOpens(); y.dials = y.dials[:1]; y.fails(3*time.Second, 905, "") }, Violated},
		{"905 of its own", func(y *tried) { y.noneOpens() }, NotRun},
		{"905 for sockets that the host refuses", func(y *tried) {
			y.noneOpens()
			y.dials[0].refused, y.dials[1].refused = "limit", "limit"
		}, NotRun},
		{"903 too early", func(y *tried) { y.reply = reply{}; y.fails(5*time.Second, 903, "") }, Violated},
		{"903 though it was answered", func(y *tried) { y.fails(10_200*ms, 903, "") }, Violated},
		{"903 of its own", func(y *tried) { y.reply = reply{}; y.fails(10_200*ms, 903, "") }, NotRun},
		{"903 at a second gateway", func(y *tried) { y.secondTry(); y.fails(15_200*ms, 903, "") }, NotRun}, // C07's matter
		{"refused", func(y *tried) { y.reply.code = 431; y.fails(240*ms, 431, "") }, NotRun},
		{"refused by nobody", func(y *tried) { y.fails(240*ms, 431, "") }, Violated},
		{"hangs", func(y *tried) { y.hangs() }, Violated},
		{"hangs in its lookups", func(y *tried) { y.dead(50*ms, 0, 1, 2); y.hushed(3); y.noGateway(); y.hangs() }, NotRun}, // C05's
		{"hangs at a second gateway", func(y *tried) { y.secondTry(); y.hangs() }, NotRun},                                 // C07's
		{"hangs, too short to say", func(y *tried) { y.at = 35 * time.Second; y.hangs() }, NotRun},
		{"does nothing", func(y *tried) { y.asks = nil; y.noGateway(); y.hangs() }, Violated},
		{"succeeds without being let in", func(y *tried) { y.enters = false }, Violated},
		{"on another client", func(y *tried) { y.client = 2; y.fails(100*ms, 904, "") }, NotRun},
	}
	for _, c := range cases {
		runChanged(t, "C38", []changed{
			{c.name + ", after leave", func(x *tried, w *world) { again(x, w, c.change) }, c.want},
			{c.name + ", after a failure", func(x *tried, w *world) {
				x.dead(50*ms, 0, 1, 2, 3)
				x.noGateway()
				x.fails(50*ms, 901, "")
				w.tries(x)
				y := goodTry()
				y.at = 20 * time.Second
				c.change(y)
				w.tries(y)
				x.name = ""
			}, c.want},
		})
	}
	runChanged(t, "C38", []changed{
		{"the first join fails", func(x *tried, w *world) { x.fails(100*ms, 904, "") }, NotRun},
		{"a second join in the instant before the first fails", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2, 3)
			x.noGateway()
			x.fails(50*ms, 901, "")
			w.pageCalls(x.at+50*ms, a, 1, "join", "", 0, "")
			w.tries(x)
			x.name = ""
		}, NotRun},
		{"after destroy", func(x *tried, w *world) {
			w.tries(x)
			w.pageCalls(20*time.Second, a, 1, "destroy", "", 0, "")
			x.client, x.at = 2, 20*time.Second
			x.fails(100*ms, 904, "")
		}, NotRun},
		{"a hang that the page ends after a while", func(x *tried, w *world) {
			leaves(x, w, 20*time.Second+200*ms)
			y := goodTry()
			y.at = 21 * time.Second
			y.hangs()
			w.tries(y)
			w.pageCalls(55*time.Second, a, 1, "destroy", "", 0, "")
		}, Violated},
		{"joined, and told 904 while its socket stands", func(x *tried, w *world) {
			again(x, w, func(*tried) {})
			w.hearsOf(22*time.Second, a, 1, "error", 904)
		}, Violated},
		{"joined, and told 904 with its socket", func(x *tried, w *world) {
			again(x, w, func(y *tried) { y.dials[0].closed = 2 * time.Second })
			w.hearsOf(22_100*ms, a, 1, "error", 904)
		}, Held},
		{"joined, left, and then told 904", func(x *tried, w *world) {
			again(x, w, func(*tried) {})
			w.pageCalls(21*time.Second, a, 1, "leave", "", 0, "")
			w.hearsOf(22*time.Second, a, 1, "error", 904)
		}, Held},
	})
}

func TestC39(t *testing.T) {
	ping := func(w *world, at time.Duration) { w.on(at, trace.SocketSent, a, "gateway", "ping", firstSocket, 50) }
	quiet := func(x *tried) { x.dials[0].opened = 0 }
	by := func(x *tried, w *world, times ...time.Duration) { // a socket that pings at these times after its opening
		quiet(x)
		w.tries(x)
		x.name = ""
		w.on(10_200*ms, trace.SocketOpened, a, "gateway", "", firstSocket)
		for _, at := range times {
			ping(w, 10_200*ms+at)
		}
		w.on(20*time.Second, trace.SocketClosed, a, "gateway", "", firstSocket)
	}
	const s = time.Second
	runChanged(t, "C39", []changed{
		{"every three seconds", func(x *tried, w *world) {}, Held},
		{"the same by hand", func(x *tried, w *world) { by(x, w, 3*s, 6*s, 9*s) }, Held},
		{"nearly", func(x *tried, w *world) { by(x, w, 3*s+tick/2, 6*s-tick/2, 9*s) }, Held},
		{"in pairs", func(x *tried, w *world) { by(x, w, 3*s, 3*s, 6*s, 6*s, 9*s, 9*s) }, Held},
		{"none", func(x *tried, w *world) { by(x, w) }, Violated},
		{"one left out", func(x *tried, w *world) { by(x, w, 3*s, 9*s) }, Violated},
		{"one only", func(x *tried, w *world) { by(x, w, 3*s) }, Violated},
		{"too often", func(x *tried, w *world) { by(x, w, 1*s, 3*s, 6*s, 9*s) }, Violated},
		{"too slow", func(x *tried, w *world) { by(x, w, 4*s, 8*s) }, Violated},
		{"one after the other's time", func(x *tried, w *world) { by(x, w, 3*s, 6*s, 7500*ms, 9*s) }, Violated},
		{"closed too soon to say", func(x *tried, w *world) { x.dials[0].closed = 3 * s }, NotRun},
		{"never opened", func(x *tried, w *world) { quiet(x); x.hangs() }, NotRun},
		{"the page leaves", func(x *tried, w *world) {
			by(x, w, 3*s)
			w.pageCalls(15*s, a, 1, "leave", "", 0, "")
		}, Held},
		{"the page sleeps", func(x *tried, w *world) {
			by(x, w, 3*s)
			w.on(15*s, trace.HostState, a, "suspend", "")
		}, Held},
		{"the join failed", func(x *tried, w *world) { x.fails(240*ms, 431, ""); by(x, w) }, NotRun},
	})
}

func TestC41(t *testing.T) {
	three := func(x *tried, w *world, change func(all []*tried)) {
		var all []*tried
		for i := range 3 {
			y := goodTry()
			y.client, y.at = int64(i+1), x.at+time.Duration(i)*time.Second
			all = append(all, y)
		}
		all[2].dials[0].refused, all[2].dials[0].opened = "limit", 0
		all[2].hangs()
		change(all)
		for _, y := range all {
			w.tries(y)
		}
		x.name = ""
	}
	runChanged(t, "C41", []changed{
		{"one", func(x *tried, w *world) {}, NotRun},
		{"the third refused", func(x *tried, w *world) { three(x, w, func([]*tried) {}) }, Held},
		{"the third let", func(x *tried, w *world) {
			three(x, w, func(all []*tried) { all[2].dials[0].refused, all[2].dials[0].opened = "", 200*ms })
		}, Violated},
		{"the third let on a phone that may have five", func(x *tried, w *world) {
			three(x, w, func(all []*tried) { all[2].dials[0].refused, all[2].dials[0].opened = "", 200*ms })
			w.Param(trace.Param{Name: "a/websockets", Value: 5})
		}, NotRun},
		{"the third refused on a phone that may have five", func(x *tried, w *world) {
			three(x, w, func([]*tried) {})
			w.Param(trace.Param{Name: "a/websockets", Value: 5})
		}, Violated},
		{"another phone may have five", func(x *tried, w *world) {
			three(x, w, func([]*tried) {})
			w.Param(trace.Param{Name: "b/websockets", Value: 5})
		}, Held},
		{"the third let while two are being opened", func(x *tried, w *world) {
			three(x, w, func(all []*tried) {
				for _, y := range all {
					y.dials[0].opened, y.dials[0].refused = 0, ""
					y.hangs()
				}
			})
		}, Violated},
		{"the third let when one had closed", func(x *tried, w *world) {
			three(x, w, func(all []*tried) {
				all[0].dials[0].closed = time.Second
				all[2].dials[0].refused, all[2].dials[0].opened = "", 200*ms
			})
		}, NotRun},
		{"the third let long after two had not opened", func(x *tried, w *world) {
			three(x, w, func(all []*tried) {
				all[0].dials[0].opened, all[1].dials[0].opened = 0, 0
				all[2].at += 10 * time.Second
				all[2].dials[0].refused = ""
			})
		}, NotRun},
		{"the second refused", func(x *tried, w *world) {
			three(x, w, func(all []*tried) {
				all[1].dials[0].refused, all[1].dials[0].opened = "limit", 0
				all[2].at = 50 * time.Second
				all[2].dials[0].refused = ""
			})
		}, Violated},
		{"the third refused for its domain", func(x *tried, w *world) {
			three(x, w, func(all []*tried) { all[2].dials[0].refused = "domain" })
		}, NotRun},
		{"of three members", func(x *tried, w *world) {
			three(x, w, func(all []*tried) {
				all[0].who, all[1].who = b, c
				all[2].dials[0].refused, all[2].dials[0].opened = "", 200*ms
			})
		}, NotRun},
	})
}

func TestC45(t *testing.T) {
	const at = 30 * time.Second
	push := func(w *world) {
		w.on(10_240*ms, trace.AppState, a, "joined", "")
		w.pageCalls(11*time.Second, a, 1, "publish", "", 200, "rtmp://own")
		w.on(12*time.Second, trace.PushStarted, a, "", "rtmp://own", 1, 1)
		w.on(at, trace.PusherCode, a, "", "", codePushGaveUp)
	}
	leave := func(w *world) { w.pageCalls(at, a, 1, "leave", "", 0, "") }
	player := func(w *world) {
		w.Emit(trace.Event{At: at, Kind: trace.PlayerCode, Actor: a, Peer: b, V: [6]int64{codePlayGaveUp}})
	}
	runChanged(t, "C45", []changed{
		{"nothing gives up", func(x *tried, w *world) {}, NotRun},
		{"another code", func(x *tried, w *world) { w.on(at, trace.PusherCode, a, "", "", 1102) }, NotRun},
		{"the page leaves", func(x *tried, w *world) { push(w); leave(w) }, Held},
		{"the page starts it again", func(x *tried, w *world) {
			push(w)
			w.pageCalls(at+100*ms, a, 1, "publish", "", 200, "")
			w.on(at+200*ms, trace.PushStarted, a, "", "", 1, 1)
		}, Held},
		{"the page stays", func(x *tried, w *world) { push(w) }, Violated},
		{"the page sleeps, and leaves when it wakes", func(x *tried, w *world) {
			w.on(at-5*time.Second, trace.HostState, a, "suspend", "")
			push(w)
			w.on(at+5*time.Second, trace.HostState, a, "resume", "")
			w.pageCalls(at+5*time.Second, a, 1, "destroy", "", 0, "")
		}, Held},
		{"the page sleeps, and stays when it wakes", func(x *tried, w *world) {
			w.on(at-5*time.Second, trace.HostState, a, "suspend", "")
			push(w)
			w.on(at+5*time.Second, trace.HostState, a, "resume", "")
		}, Violated},
		{"the page sleeps, and wakes no more", func(x *tried, w *world) {
			w.on(at-5*time.Second, trace.HostState, a, "suspend", "")
			push(w)
			w.on(at+5*time.Second, trace.HostState, a, "killed", "")
		}, Held},
		{"the page sleeps, and is gone and begun anew when it would wake", func(x *tried, w *world) {
			w.on(at-5*time.Second, trace.HostState, a, "suspend", "")
			push(w)
			w.on(at+5*time.Second, trace.HostState, a, "destroy", "")
			w.on(at+5*time.Second, trace.HostState, a, "show", "cold start")
		}, Held},
		{"another pusher of the page", func(x *tried, w *world) {
			push(w)
			w.on(29*time.Second, trace.PushStarted, a, "", "rtmp://stolen", 1, 1)
		}, Held},
		{"the page stays, but was not in the channel", func(x *tried, w *world) {
			push(w)
			w.on(20*time.Second, trace.AppState, a, "recovering", "")
		}, Held},
		{"the page stays, but wanted no stream", func(x *tried, w *world) {
			push(w)
			w.pageCalls(20*time.Second, a, 1, "unpublish", "", 200, "")
		}, Held},
		{"the page wakes and starts it again", func(x *tried, w *world) {
			w.on(at-5*time.Second, trace.HostState, a, "suspend", "")
			push(w)
			w.on(at+500*ms, trace.HostState, a, "resume", "")
			w.on(at+500*ms, trace.PushStarted, a, "", "", 1, 1)
		}, Held},
		{"it starts again by itself, and then the page wakes", func(x *tried, w *world) {
			w.on(at-5*time.Second, trace.HostState, a, "suspend", "")
			push(w)
			w.on(at+400*ms, trace.PushStarted, a, "", "", 1, 1)
			w.on(at+500*ms, trace.HostState, a, "resume", "")
			w.pageCalls(at+500*ms, a, 1, "leave", "", 0, "")
		}, Violated},
		{"it starts again by itself", func(x *tried, w *world) {
			push(w)
			w.on(at, trace.PushStarted, a, "", "", 1, 1)
			leave(w)
		}, Violated},
		{"the SDK asks for something", func(x *tried, w *world) {
			push(w)
			w.on(at+10*ms, trace.SocketSent, a, "gateway", "update_url", firstSocket, 50)
			leave(w)
		}, Violated},
		{"the SDK looks up", func(x *tried, w *world) {
			push(w)
			w.on(at+10*ms, trace.RequestStarted, a, "lookup", "one", 999)
			leave(w)
		}, Violated},
		{"the SDK pings, and the page's leave is sent", func(x *tried, w *world) {
			push(w)
			leave(w)
			w.on(at, trace.SocketSent, a, "gateway", "leave", firstSocket, 50)
			w.on(at+10*ms, trace.SocketSent, a, "gateway", "ping", firstSocket, 50)
		}, Held},
		{"the page comes back at once", func(x *tried, w *world) {
			push(w)
			leave(w)
			y := goodTry()
			y.client, y.at = 2, at+500*ms
			w.tries(y)
		}, Held},
		{"another member's SDK does something", func(x *tried, w *world) {
			push(w)
			leave(w)
			w.on(at+10*ms, trace.SocketSent, b, "gateway", "publish", 7, 50)
		}, Held},
		{"a player, and nobody does anything", func(x *tried, w *world) { player(w) }, Held},
		{"a player that starts again", func(x *tried, w *world) {
			player(w)
			w.Emit(trace.Event{At: at, Kind: trace.PlayStarted, Actor: a, Peer: b})
		}, Violated},
		{"a player that the page starts again", func(x *tried, w *world) {
			player(w)
			w.hearsOf(at+10*ms, a, 1, "update-url", 0)
			w.Emit(trace.Event{At: at + 10*ms, Kind: trace.PlayStarted, Actor: a, Peer: b})
		}, Held},
		{"another player starts", func(x *tried, w *world) {
			player(w)
			w.Emit(trace.Event{At: at, Kind: trace.PlayStarted, Actor: a, Peer: c})
		}, Held},
		{"with the record's end", func(x *tried, w *world) {
			w.on(10_240*ms, trace.AppState, a, "joined", "")
			w.now = 11 * time.Second
			w.call(a, trace.Nobody, "publish", "", true, 0)
			w.on(time.Minute-500*ms, trace.PusherCode, a, "", "", codePushGaveUp)
		}, Held},
	})
}
