package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

func TestC30(t *testing.T) {
	lost := func(x *tried) time.Duration { x.dials[0].closed = 10 * time.Second; return x.at + 10*time.Second }
	told := func(w *world, at time.Duration) { w.hearsOf(at, a, 1, "error", 904) }
	runChanged(t, "C30", []changed{
		{"stands", func(x *tried, w *world) {}, NotRun},
		{"as it wakes", func(x *tried, w *world) {
			at := lost(x)
			w.at(at-5*time.Second).host(a, "suspend")
			w.at(at).host(a, "resume")
		}, NotRun},
		{"told once", func(x *tried, w *world) { told(w, lost(x)) }, Held},
		{"never told", func(x *tried, w *world) { lost(x) }, Violated},
		{"told twice", func(x *tried, w *world) { at := lost(x); told(w, at); told(w, at) }, Violated},
		{"told twice, later", func(x *tried, w *world) { at := lost(x); told(w, at); told(w, at+20*time.Second) }, Violated},
		{"told late", func(x *tried, w *world) { told(w, lost(x)+time.Second) }, Violated},
		{"told another code", func(x *tried, w *world) { w.hearsOf(lost(x), a, 1, "error", 501) }, Violated},
		{"another client told", func(x *tried, w *world) { w.hearsOf(lost(x), a, 2, "error", 904) }, Violated},
		{"another member told", func(x *tried, w *world) { w.hearsOf(lost(x), b, 1, "error", 904) }, Violated},
		{"looks up by itself", func(x *tried, w *world) {
			told(w, lost(x))
			x.asks = append(x.asks, asked{host: "one", at: 12 * time.Second})
		}, Violated},
		{"dials by itself", func(x *tried, w *world) {
			told(w, lost(x))
			x.dials = append(x.dials, dialled{url: firstGateway, at: 12 * time.Second})
		}, Violated},
		{"the page comes back", func(x *tried, w *world) {
			at := lost(x)
			w.tries(x)
			told(w, at)
			w.pageCalls(at, a, 1, "destroy", "", 0, "")
			x.name, x.client, x.at, x.dials[0].closed = "rejoin", 2, at+time.Second, 0
		}, Held},
		{"the page has left", func(x *tried, w *world) {
			lost(x)
			w.pageCalls(19*time.Second, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"the page has destroyed it", func(x *tried, w *world) {
			lost(x)
			w.pageCalls(19*time.Second, a, 1, "destroy", "", 0, "")
		}, NotRun},
		{"before it had joined", func(x *tried, w *world) {
			x.reply = reply{}
			x.dials[0].closed = time.Second
			x.fails(time.Second, 904, "")
		}, NotRun},
		{"with the record's end", func(x *tried, w *world) { x.dials[0].closed = 50*time.Second - ms }, NotRun},
	})
}

func TestC31(t *testing.T) {
	reported := func(w *world, at time.Duration, code int64) { w.on(at, trace.ServerNotified, a, "error", "", code) }
	with := func(code int64, told ...time.Duration) func(*tried, *world) {
		return func(_ *tried, w *world) {
			reported(w, 20*time.Second, code)
			for _, at := range told {
				w.hearsOf(at, a, 1, "error", code)
			}
		}
	}
	const soon = 20*time.Second + 50*ms
	runChanged(t, "C31", []changed{
		{"nothing reported", func(x *tried, w *world) {}, NotRun},
		{"500 told", with(500, soon), Held},
		{"501 told", with(501, soon), Held},
		{"502 never told", with(502), Violated},
		{"502 told twice", with(502, soon, soon+ms), Violated},
		{"503 told", with(503, soon), Held},
		{"503 never told", with(503), Violated},
		{"430 is none of these", with(430), NotRun},
		{"another code told", func(x *tried, w *world) { reported(w, 20*time.Second, 500); w.hearsOf(soon, a, 1, "error", 501) }, Violated},
		{"another member told", func(x *tried, w *world) { reported(w, 20*time.Second, 500); w.hearsOf(soon, b, 1, "error", 500) }, Violated},
		{"the page left", func(x *tried, w *world) {
			with(500)(x, w)
			w.pageCalls(soon, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"its socket went", func(x *tried, w *world) { with(500)(x, w); x.dials[0].closed = 11 * time.Second }, NotRun},
		{"an outage", func(x *tried, w *world) {
			with(500)(x, w)
			w.on(19*time.Second, trace.OutageBegan, a, "", "")
			w.on(40*time.Second, trace.OutageEnded, a, "", "")
		}, NotRun},
		{"told twice in spite of an outage", func(x *tried, w *world) {
			with(500, soon, soon+time.Second)(x, w)
			w.on(22*time.Second, trace.OutageBegan, a, "", "")
		}, Violated},
		{"never told on a link that loses much", func(x *tried, w *world) {
			with(500)(x, w)
			w.on(time.Minute, trace.LinkTotals, a, "down", "", 100, 94, 6)
		}, NotRun},
		{"never told on a link that loses little", func(x *tried, w *world) {
			with(500)(x, w)
			w.on(time.Minute, trace.LinkTotals, a, "down", "", 100, 96, 4)
		}, Violated},
		{"never told to who did not get in", func(x *tried, w *world) {
			x.fails(8*time.Second, 903, "")
			with(500)(x, w)
		}, Violated},
		{"never told to who did not get in and had not given up", func(x *tried, w *world) {
			x.fails(15*time.Second, 903, "")
			with(500)(x, w)
		}, NotRun},
		{"twice in a row", func(x *tried, w *world) { with(500, soon)(x, w); reported(w, 21*time.Second, 500) }, NotRun},
		{"twice, far apart", func(x *tried, w *world) {
			with(500, soon, soon+10*time.Second)(x, w)
			reported(w, 30*time.Second, 500)
		}, Held},
		{"with the record's end", func(x *tried, w *world) { reported(w, 58*time.Second, 500) }, NotRun},
	})
	for want, told := range map[string]int{Held: 0, Violated: 1} { // a version that swallows 503
		w := newWorld(t, time.Minute)
		w.Param(trace.Param{Name: "sdk.raise503", Value: 0})
		w.tries(goodTry())
		reported(w, 20*time.Second, 503)
		for range told {
			w.hearsOf(soon, a, 1, "error", 503)
		}
		expect(t, w.seal(), "C31", want, "")
	}
	w := newWorld(t, time.Minute)
	w.tries(goodTry())
	reported(w, 20*time.Second, 503)
	expect(t, w.seal(), "C31", NotRun, "")
}

// leaves has a leave at 20 s, granted, its socket closed at some time.
func leaves(x *tried, w *world, closed time.Duration, answers ...reply) {
	if closed != 0 {
		x.dials[0].closed = closed - x.at
	}
	w.tries(x)
	x.name = ""
	n := w.pageCalls(20*time.Second, a, 1, "leave", "", 0, "")
	w.on(20*time.Second, trace.SocketSent, a, "gateway", "leave", firstSocket, 80)
	w.on(20*time.Second+50*ms, trace.ServerLeft, a, "leave", "")
	for _, r := range answers {
		w.ends(20*time.Second+r.at, a, "leave", n, r.code, r.reason)
	}
}

func TestC36(t *testing.T) {
	ok := reply{100 * ms, 200, ""}
	const soon = 20*time.Second + 150*ms
	announced := func(w *world, at time.Duration, what string) {
		w.Emit(trace.Event{At: at, Kind: trace.ServerAnnounced, Actor: b, Peer: a, Text: w.Text(what)})
	}
	other := func(w *world) { w.on(time.Second, trace.ServerJoined, b, "broadcaster", "t", 2) }
	runChanged(t, "C36", []changed{
		{"nobody leaves", func(x *tried, w *world) {}, NotRun},
		{"leaves", func(x *tried, w *world) { leaves(x, w, soon, ok) }, Held},
		{"leaves in silence", func(x *tried, w *world) { leaves(x, w, soon) }, Held},
		{"answered twice", func(x *tried, w *world) { leaves(x, w, soon, ok, ok) }, Violated},
		{"answered both ways", func(x *tried, w *world) { leaves(x, w, soon, ok, reply{time.Second, 903, ""}) }, Violated},
		{"fails though granted", func(x *tried, w *world) { leaves(x, w, soon, reply{100 * ms, 434, ""}) }, Violated},
		{"its answer came too late", func(x *tried, w *world) { leaves(x, w, soon, reply{10 * time.Second, 903, ""}) }, NotRun},
		{"its socket stays", func(x *tried, w *world) { leaves(x, w, 0, ok) }, Violated},
		{"its socket stays on a link that loses much", func(x *tried, w *world) {
			leaves(x, w, 0, ok)
			w.on(time.Minute, trace.LinkTotals, a, "up", "", 100, 90, 10)
		}, NotRun},
		{"leaves by a link that loses much", func(x *tried, w *world) {
			leaves(x, w, soon, ok)
			w.on(time.Minute, trace.LinkTotals, a, "up", "", 100, 90, 10)
		}, Held},
		{"its socket stays, in silence", func(x *tried, w *world) { leaves(x, w, 0) }, Violated},
		{"sends after it", func(x *tried, w *world) { leaves(x, w, 23*time.Second, ok) }, Violated}, // a ping at 22.2 s
		{"not granted", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.pageCalls(20*time.Second, a, 1, "leave", "", 0, "")
			w.on(21*time.Second, trace.ServerLeft, a, "closed", "")
		}, NotRun},
		{"without a socket", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.pageCalls(time.Second, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"another is told", func(x *tried, w *world) {
			other(w)
			announced(w, 12*time.Second, streamAdded)
			announced(w, 20*time.Second+50*ms, "stream-removed")
			leaves(x, w, soon, ok)
		}, Held},
		{"another was told before", func(x *tried, w *world) {
			other(w)
			announced(w, 12*time.Second, streamAdded)
			announced(w, 19*time.Second, "stream-removed")
			leaves(x, w, soon, ok)
		}, Held},
		{"another isn't told", func(x *tried, w *world) {
			other(w)
			announced(w, 12*time.Second, streamAdded)
			leaves(x, w, soon, ok)
		}, Violated},
		{"another never knew of it", func(x *tried, w *world) { other(w); leaves(x, w, soon, ok) }, Held},
		{"another has left too", func(x *tried, w *world) {
			other(w)
			announced(w, 12*time.Second, streamAdded)
			w.on(19*time.Second, trace.ServerLeft, b, "leave", "")
			leaves(x, w, soon, ok)
		}, Held},
		{"another comes later", func(x *tried, w *world) {
			announced(w, 12*time.Second, streamAdded) // to an earlier session
			w.on(15*time.Second, trace.ServerJoined, b, "broadcaster", "t", 2)
			leaves(x, w, soon, ok)
		}, Held},
	})
	for want, answers := range map[string][]reply{Held: {ok}, Violated: nil} { // a version whose leave has callbacks
		w, x := wired(t), goodTry()
		w.Param(trace.Param{Name: "sdk.leaveCallbacks", Value: 1})
		leaves(x, w, soon, answers...)
		expect(t, w.seal(), "C36", want, "")
	}
}

func TestC37(t *testing.T) {
	gone := func(x *tried, w *world, code int64) {
		x.dials[0].closed = 5 * time.Second
		w.pageCalls(20*time.Second, a, 1, "leave", "", code, "")
	}
	runChanged(t, "C37", []changed{
		{"with a socket", func(x *tried, w *world) { w.pageCalls(20*time.Second, a, 1, "leave", "", 0, "") }, NotRun},
		{"answered", func(x *tried, w *world) { gone(x, w, 200) }, Held},
		{"fails", func(x *tried, w *world) { gone(x, w, 904) }, Held},
		{"silence", func(x *tried, w *world) { gone(x, w, 0) }, Violated},
		{"silence, too short to say", func(x *tried, w *world) {
			x.at = 45 * time.Second
			x.dials[0].closed = time.Second
			w.pageCalls(55*time.Second, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"after a leave that failed with the socket", func(x *tried, w *world) {
			x.dials[0].closed = 5 * time.Second
			n := w.pageCalls(14*time.Second, a, 1, "leave", "", 0, "")
			w.ends(15*time.Second, a, "leave", n, 904, "")
			w.pageCalls(20*time.Second, a, 1, "leave", "", 0, "")
		}, Violated},
		{"after a leave", func(x *tried, w *world) {
			x.dials[0].closed = 5 * time.Second
			w.pageCalls(14*time.Second, a, 1, "leave", "", 200, "")
			w.pageCalls(20*time.Second, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"after a join that failed", func(x *tried, w *world) { x.reply.code = 431; x.fails(240*ms, 431, ""); gone(x, w, 0) }, NotRun},
		{"without a join", func(x *tried, w *world) { x.name = ""; w.pageCalls(20*time.Second, a, 1, "leave", "", 0, "") }, NotRun},
	})
}
