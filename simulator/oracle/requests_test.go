package oracle

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// The number of the socket that the first attempt of a record opens.
const firstSocket = 150

// request is a call that sends a request, with the gateway's word for it and the
// answer: a time or a code of 0 is none.
type request struct {
	at           time.Duration
	name         string
	asked, ended time.Duration // after the call
	code, told   int64         // the gateway's, the page's
	more         []reply       // further answers
}

func (w *world) requests(r request) int64 {
	n := w.pageCalls(r.at, a, 1, r.name, "", 0, "")
	w.on(r.at, trace.SocketSent, a, "gateway", r.name, firstSocket, 90)
	if r.asked != 0 {
		w.on(r.at+r.asked, trace.ServerAsked, a, r.name, "s", n, 0, r.code)
	}
	if r.ended != 0 {
		w.ends(r.at+r.ended, a, r.name, n, r.told, "")
	}
	for _, m := range r.more {
		w.ends(r.at+m.at, a, r.name, n, m.code, m.reason)
	}
	return n
}

func TestBadArguments(t *testing.T) {
	for _, x := range []struct {
		id, method, bad, good, message string
	}{
		{"C01", "init", `""`, `"app"`, "Invalid appId"}, {"C01", "init", `"null"`, `"null "`, "Invalid appId"}, {"C01", "init", "7", `"7"`, "Invalid appId"},
		{"C01", "init", "null", "", "Invalid appId"},
		{"C22", "subscribe", `"7"`, "7", "Invalid uid type"}, {"C22", "subscribe", "0", "1", "Invalid uid type"}, {"C22", "subscribe", "null", "", "Invalid uid type"},
		{"C27", "mute", `7, "picture"`, `7, "audio"`, "Invalid target"}, {"C27", "unmute", `7, ""`, `7, "all"`, "Invalid target"}, {"C27", "mute", "7, null", "video", "Invalid target"},
	} {
		with := func(args string, code int64, reason string, sends bool) func(*tried, *world) {
			return func(tr *tried, w *world) {
				w.tries(tr)
				tr.name = ""
				n := w.pageCalls(20*time.Second, a, 1, x.method, args, 0, "")
				if sends {
					w.on(20*time.Second, trace.SocketSent, a, "gateway", x.method, firstSocket, 50)
				}
				w.ends(20*time.Second, a, x.method, n, code, reason)
			}
		}
		runChanged(t, x.id, []changed{
			{x.bad + " throws", with(x.bad, -1, x.method+" throws: "+x.message, false), Held},
			{x.bad + " sends", with(x.bad, -1, x.method+" throws: "+x.message, true), Violated},
			{x.bad + " fails otherwise", with(x.bad, 430, "no", true), Violated},
			{x.bad + " succeeds", with(x.bad, 200, "", true), Violated},
			{x.good + " succeeds", with(x.good, 200, "", true), NotRun},
		})
	}
	for _, x := range []struct{ id, method, args string }{{"C22", "subscribe", "0"}, {"C27", "mute", `7, "x"`}} {
		w := wired(t) // without a socket they throw anyway
		w.pageCalls(20*time.Second, a, 1, x.method, x.args, -1, "throws: Disconnected from server")
		expect(t, w.seal(), x.id, NotRun, "")
	}
	w := wired(t)
	w.pageCalls(20*time.Second, a, 1, "init", `""`, -1, "init throws: something else")
	expect(t, w.seal(), "C01", Violated, "Invalid appId")
}

func TestLiterals(t *testing.T) {
	for args, want := range map[string][]string{
		"": {""}, "7": {"7"}, `"a"`: {`"a"`}, `7, "x, y"`: {"7", `"x, y"`}, `"a, b", null, true`: {`"a, b"`, "null", "true"}, `"open, 2`: {`"open`, "2"}, ", ": {"", ""},
	} {
		if got := literals(args); !slices.Equal(got, want) {
			t.Errorf("%s: %q", args, got)
		}
	}
}

func TestC23(t *testing.T) {
	publish := func(at time.Duration, code int64, reason string) func(*tried, *world) {
		return func(_ *tried, w *world) { w.pageCalls(at, a, 1, "publish", "", code, reason) }
	}
	runChanged(t, "C23", []changed{
		{"before join", publish(time.Second, -1, "publish throws: Disconnected from server"), Held},
		{"before the socket opens", publish(10_150*ms, -1, "publish throws: Disconnected from server"), Held},
		{"before join, it fails", publish(time.Second, 904, "closed"), Violated},
		{"before join, it succeeds", publish(time.Second, 200, ""), Violated},
		{"before join, silence", publish(time.Second, 0, ""), Violated},
		{"before join, a method that isn't there", publish(time.Second, -1, "publish is not a function"), NotRun},
		{"with a socket", publish(12*time.Second, 200, ""), NotRun},
		{"with a socket, thrown", publish(12*time.Second, -1, "publish throws: Disconnected from server"), NotRun},
		{"another method", func(_ *tried, w *world) { w.pageCalls(time.Second, a, 1, "setRole", audience, 0, "") }, NotRun},
		{"just after the close", func(x *tried, w *world) {
			x.dials[0].closed = 2 * time.Second
			publish(12*time.Second+tick/2, 904, "")(x, w)
		}, NotRun},
		{"after the close", func(x *tried, w *world) {
			x.dials[0].closed = 2 * time.Second
			publish(12*time.Second+2*tick, 904, "")(x, w)
		}, Violated},
		{"of another client", func(_ *tried, w *world) { w.pageCalls(12*time.Second, a, 2, "publish", "", 200, "") }, Violated},
		{"a record without sockets", func(x *tried, w *world) { x.dials = nil; publish(12*time.Second, 200, "")(x, w) }, NotRun},
		{"thrown, but something was sent", func(_ *tried, w *world) {
			n := w.pageCalls(time.Second, a, 1, "publish", "", 0, "")
			w.on(time.Second, trace.SocketSent, a, "gateway", "publish", 9, 9)
			w.ends(time.Second, a, "publish", n, -1, "publish throws: Disconnected from server")
		}, Violated},
	})
}

func TestC26(t *testing.T) {
	mute := func(w *world, name string, code int64) {
		w.now = 20 * time.Second
		n := w.issue(a, b, name, "audio")
		w.ends(w.now, a, name, n, code, "")
	}
	runChanged(t, "C26", []changed{
		{"430", func(x *tried, w *world) { w.tries(x); x.name = ""; mute(w, "mute", 430) }, Held},
		{"unmute, 430", func(x *tried, w *world) { w.tries(x); x.name = ""; mute(w, "unmute", 430) }, Held},
		{"success", func(x *tried, w *world) { w.tries(x); x.name = ""; mute(w, "mute", 200) }, Violated},
		{"another code", func(x *tried, w *world) { w.tries(x); x.name = ""; mute(w, "mute", 433) }, Violated},
		{"no answer", func(x *tried, w *world) { w.tries(x); x.name = ""; mute(w, "mute", 903) }, NotRun},
		{"thrown", func(x *tried, w *world) { w.tries(x); x.name = ""; mute(w, "mute", -1) }, NotRun},
		{"outside of the channel", func(x *tried, w *world) { mute(w, "mute", 434); x.name = "" }, NotRun},
		{"subscribed", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.now = 15 * time.Second
			w.issue(a, b, "subscribe", "")
			mute(w, "mute", 200)
		}, NotRun},
		{"subscribed to another", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.now = 15 * time.Second
			w.issue(a, c, "subscribe", "")
			mute(w, "mute", 200)
		}, Violated},
		{"subscribed in an earlier session", func(x *tried, w *world) {
			w.tries(x)
			w.now = 12 * time.Second
			w.issue(a, b, "subscribe", "")
			w.on(14*time.Second, trace.ServerLeft, a, "leave", "")
			x.at = 15 * time.Second
			w.tries(x)
			x.name = ""
			mute(w, "mute", 430)
		}, Held},
	})
}

func TestC40(t *testing.T) {
	with := func(list ...request) func(*tried, *world) {
		return func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			for _, r := range list {
				w.requests(r)
			}
		}
	}
	lost := request{at: 20 * time.Second, name: "publish", ended: 10 * time.Second, told: 903}
	change := func(f func(r *request)) request { r := lost; f(&r); return r }
	later := request{at: 40 * time.Second, name: "subscribe", asked: 50 * ms, ended: 100 * ms, code: 200, told: 200}
	runChanged(t, "C40", []changed{
		{"answered", with(later), NotRun},
		{"903 in time", with(lost), Held},
		{"and the next works", with(lost, later), Held},
		{"and the next is not told", with(lost, request{at: 40 * time.Second, name: "subscribe", asked: 50 * ms, code: 200}), Violated},
		{"and the next fails of itself", with(lost, request{at: 40 * time.Second, name: "subscribe", asked: 50 * ms, ended: 100 * ms, code: 432, told: 432}), Held},
		{"too early", with(change(func(r *request) { r.ended = 5 * time.Second })), Violated},
		{"too late", with(change(func(r *request) { r.ended = 12 * time.Second })), Violated},
		{"another code", with(change(func(r *request) { r.ended, r.told = 12*time.Second, 904 })), Violated},
		{"never", with(change(func(r *request) { r.ended = 0 })), Violated},
		{"a late answer counts too", with(change(func(r *request) { r.more = []reply{{12 * time.Second, 200, ""}} })), Violated},
		{"answered at the last moment", with(change(func(r *request) { r.told = 200 })), NotRun},
		{"answered twice in time", with(request{at: 20 * time.Second, name: "publish", ended: 100 * ms, told: 200, more: []reply{{200 * ms, 200, ""}}}), Violated},
		{"never, but left", func(x *tried, w *world) {
			with(change(func(r *request) { r.ended = 0 }))(x, w)
			w.pageCalls(25*time.Second, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"never, but its socket went", func(x *tried, w *world) {
			x.dials[0].closed = 15 * time.Second
			with(change(func(r *request) { r.ended = 0 }))(x, w)
		}, NotRun},
		{"never, and the record ends", with(request{at: 55 * time.Second, name: "publish"}), NotRun},
		{"its socket is closed for it", func(x *tried, w *world) {
			x.dials[0].closed = 20_500 * ms // at 30.5 s
			with(lost)(x, w)
		}, Violated},
		{"its phone is killed afterwards", func(x *tried, w *world) {
			x.dials[0].closed = 20_500 * ms
			with(lost)(x, w)
			w.on(30_500*ms, trace.HostState, a, "killed", "")
		}, Held},
		{"its socket is lost afterwards", func(x *tried, w *world) {
			x.dials[0].closed = 20_500 * ms
			with(lost)(x, w)
			w.hearsOf(30_500*ms, a, 1, "error", 904)
		}, Held},
		{"leave has no answer", with(request{at: 20 * time.Second, name: "leave"}), NotRun},
		{"nothing was sent", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.pageCalls(20*time.Second, a, 1, "setRole", audience, 0, "")
		}, NotRun},
	})
}

func TestC46(t *testing.T) {
	down := func(w *world) { w.on(5*time.Second, trace.RequestStarted, a, "telemetry", "collector", 9001) }
	runChanged(t, "C46", []changed{
		{"no report", func(x *tried, w *world) {}, NotRun},
		{"a report that is answered", func(x *tried, w *world) {
			down(w)
			w.on(5100*ms, trace.RequestEnded, a, "telemetry", "", 9001, 200)
		}, NotRun},
		{"a report without an answer", func(x *tried, w *world) { down(w) }, Held},
		{"a report that fails", func(x *tried, w *world) {
			down(w)
			w.on(5100*ms, trace.RequestEnded, a, "telemetry", "request:fail", 9001, 0)
		}, Held},
		{"a report that is answered with an error", func(x *tried, w *world) {
			down(w)
			w.on(5100*ms, trace.RequestEnded, a, "telemetry", "", 9001, 500)
		}, Held},
		{"another member's report", func(x *tried, w *world) { down(w); x.who = b }, NotRun},
		{"lookups wait", func(x *tried, w *world) {
			down(w)
			for i := range x.asks {
				x.asks[i].at = 50 * ms
			}
		}, Violated},
		{"lookups never leave", func(x *tried, w *world) { down(w); x.asks = nil; x.noGateway(); x.hangs() }, Violated},
		{"join fails for nothing", func(x *tried, w *world) { down(w); x.fails(300*ms, 901, "") }, Violated},
		{"join fails as refused", func(x *tried, w *world) { down(w); x.reply.code = 431; x.fails(300*ms, 431, "") }, NotRun},
		{"join hangs", func(x *tried, w *world) { down(w); x.hangs() }, Violated},
		{"join hangs too short to say", func(x *tried, w *world) { down(w); x.at = 50 * time.Second; x.hangs() }, NotRun},
		{"publish is told", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.on(15*time.Second, trace.RequestStarted, a, "telemetry", "collector", 9001)
			w.requests(request{at: 20 * time.Second, name: "publish", asked: 50 * ms, ended: 100 * ms, code: 200, told: 200})
		}, Held},
		{"publish is not told", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.on(15*time.Second, trace.RequestStarted, a, "telemetry", "collector", 9001)
			w.requests(request{at: 20 * time.Second, name: "publish", asked: 50 * ms, code: 200})
		}, Violated},
		{"publish is refused", func(x *tried, w *world) {
			w.tries(x)
			x.name = ""
			w.on(15*time.Second, trace.RequestStarted, a, "telemetry", "collector", 9001)
			w.requests(request{at: 20 * time.Second, name: "publish", asked: 50 * ms, ended: 100 * ms, code: 433, told: 433})
		}, NotRun},
	})
}

func TestAnswersBelongToTheMemberThatWasAskedFor(t *testing.T) {
	ask := func(w *world, uid int64, ended time.Duration) {
		w.n++
		w.on(20*time.Second, trace.CallIssued, a, "subscribe", "", w.n, uid, 1)
		w.on(20*time.Second, trace.SocketSent, a, "gateway", "subscribe", firstSocket, 90)
		if ended != 0 {
			w.ends(20*time.Second+ended, a, "subscribe", w.n, 200, "")
		}
	}
	for uid, want := range map[int64]string{2: Violated, 3: Held} { // who is granted, while only 3 is told
		w := wired(t)
		w.on(5*time.Second, trace.RequestStarted, a, "telemetry", "collector", 9001)
		w.tries(goodTry())
		ask(w, 2, 0)
		ask(w, 3, 100*ms)
		w.on(20*time.Second+50*ms, trace.ServerAsked, a, "subscribe", "s", 4, uid, 200)
		expect(t, w.seal(), "C46", want, "")
	}
}

func TestC48(t *testing.T) {
	out := func(x *tried, which ...int) {
		for _, i := range which {
			x.dead(0, i)
			x.asks[i].refused, x.asks[i].ended = true, ms
		}
	}
	runChanged(t, "C48", []changed{
		{"all listed", func(x *tried, w *world) {}, NotRun},
		{"three missing", func(x *tried, w *world) { out(x, 0, 1, 2) }, Held},
		{"three missing, and join fails", func(x *tried, w *world) { out(x, 0, 1, 2); x.fails(300*ms, 901, "") }, Violated},
		{"three missing, and join hangs", func(x *tried, w *world) { out(x, 0, 1, 2); x.hangs() }, Violated},
		{"three missing, and the fourth dead", func(x *tried, w *world) { out(x, 0, 1, 2); x.dead(50*ms, 3); x.noGateway(); x.fails(50*ms, 901, "") }, NotRun},
		{"three missing, and refused", func(x *tried, w *world) { out(x, 0, 1, 2); x.reply.code = 431; x.fails(240*ms, 431, "") }, NotRun},
		{"all missing", func(x *tried, w *world) { out(x, 0, 1, 2, 3); x.noGateway(); x.fails(ms, 901, "") }, Held},
		{"all missing, another code", func(x *tried, w *world) { out(x, 0, 1, 2, 3); x.noGateway(); x.fails(ms, 905, "") }, Violated},
		{"all missing, success", func(x *tried, w *world) { out(x, 0, 1, 2, 3) }, Violated},
		{"all missing, late", func(x *tried, w *world) { out(x, 0, 1, 2, 3); x.noGateway(); x.fails(10*time.Second, 901, "") }, Violated},
		{"all missing, hangs", func(x *tried, w *world) { out(x, 0, 1, 2, 3); x.noGateway(); x.hangs() }, Violated},
		{"all missing, and the record ends", func(x *tried, w *world) { x.at = time.Minute - 500*ms; out(x, 0, 1, 2, 3); x.noGateway(); x.hangs() }, NotRun},
	})
}
