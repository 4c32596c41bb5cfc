package oracle

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// secondTry: the first gateway doesn't open, the second does and lets it in.
func (x *tried) secondTry() {
	x.dials = []dialled{{url: firstGateway, at: 100 * ms}, {url: secondGateway, at: 5100 * ms, opened: 5200 * ms}}
	x.reply.at, x.done[0].at = 5220*ms, 5240*ms
}

// noneOpens: both gateways are tried and fail.
func (x *tried) noneOpens() {
	x.dials = []dialled{{url: firstGateway, at: 100 * ms}, {url: secondGateway, at: 5100 * ms}}
	x.reply = reply{}
	x.fails(10_100*ms, 905, "")
}

func TestC07(t *testing.T) {
	runChanged(t, "C07", []changed{
		{"the first opens", func(x *tried, w *world) {}, NotRun},
		{"the second opens", func(x *tried, w *world) { x.secondTry() }, Held},
		{"the second, within its own times", func(x *tried, w *world) {
			x.secondTry()
			x.dials[1].opened, x.reply.at, x.done[0].at = 7*time.Second, 8*time.Second, 9*time.Second
		}, Held},
		{"too slow", func(x *tried, w *world) { x.secondTry(); x.done[0].at = 8 * time.Second }, Violated},
		{"903", func(x *tried, w *world) { x.secondTry(); x.fails(15_200*ms, 903, "") }, Violated},
		{"903 without an answer", func(x *tried, w *world) { x.secondTry(); x.reply = reply{}; x.fails(15_200*ms, 903, "") }, NotRun},
		{"hangs", func(x *tried, w *world) { x.secondTry(); x.dials[1].quiet = true; x.reply = reply{}; x.hangs() }, Violated},
		{"hangs, but the page leaves", func(x *tried, w *world) {
			x.secondTry()
			x.hangs()
			w.pageCalls(x.at+5300*ms, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"refused there", func(x *tried, w *world) { x.secondTry(); x.reply.code = 431; x.fails(5240*ms, 431, "") }, NotRun},
		{"closed there", func(x *tried, w *world) {
			x.secondTry()
			x.reply = reply{}
			x.dials[1].closed = 5300 * ms
			x.fails(5300*ms, 904, "")
		}, NotRun},
		{"904 though it stands", func(x *tried, w *world) { x.secondTry(); x.fails(5300*ms, 904, "") }, Violated},
		{"none opens", func(x *tried, w *world) { x.noneOpens() }, NotRun},
		{"the second isn't tried", func(x *tried, w *world) { x.noneOpens(); x.dials = x.dials[:1]; x.fails(5100*ms, 905, "") }, Violated},
		{"the second isn't tried, in silence", func(x *tried, w *world) { x.noneOpens(); x.dials = x.dials[:1]; x.hangs() }, Violated},
		{"there is but one", func(x *tried, w *world) {
			x.noneOpens()
			x.dials = x.dials[:1]
			x.asks[0].gateways = "1-1-1-1"
			x.fails(5100*ms, 905, "")
		}, NotRun},
		{"the host refused the first", func(x *tried, w *world) { x.secondTry(); x.dials[0].refused = "limit" }, NotRun},
		{"an outage held the answer", func(x *tried, w *world) {
			x.secondTry()
			w.on(x.at+5210*ms, trace.OutageBegan, a, "", "")
			w.on(x.at+9*time.Second, trace.OutageEnded, a, "", "")
			x.done[0].at = 9500 * ms
		}, NotRun},
	})
}

func TestC08(t *testing.T) {
	runChanged(t, "C08", []changed{
		{"the first opens", func(x *tried, w *world) {}, NotRun},
		{"the second opens", func(x *tried, w *world) { x.secondTry() }, NotRun},
		{"none opens", func(x *tried, w *world) { x.noneOpens() }, Held},
		{"of one", func(x *tried, w *world) {
			x.noneOpens()
			x.dials = x.dials[:1]
			x.asks[0].gateways = "1-1-1-1"
			x.fails(5100*ms, 905, "")
		}, Held},
		{"too early", func(x *tried, w *world) { x.noneOpens(); x.fails(7*time.Second, 905, "") }, Violated},
		{"too late", func(x *tried, w *world) { x.noneOpens(); x.fails(15*time.Second, 905, "") }, Violated},
		{"another code", func(x *tried, w *world) { x.noneOpens(); x.fails(10_100*ms, 901, "") }, Violated},
		{"twice", func(x *tried, w *world) { x.noneOpens(); x.done = append(x.done, x.done[0]) }, Violated},
		{"never", func(x *tried, w *world) { x.noneOpens(); x.hangs() }, Violated},
		{"never, but left", func(x *tried, w *world) {
			x.noneOpens()
			x.hangs()
			w.pageCalls(x.at+8*time.Second, a, 1, "destroy", "", 0, "")
		}, NotRun},
		{"the record ends", func(x *tried, w *world) { x.at = 52 * time.Second; x.noneOpens(); x.hangs() }, NotRun},
		{"refused by the host", func(x *tried, w *world) { x.noneOpens(); x.dials[1].refused = "limit" }, NotRun},
		{"905 before it was dialled", func(x *tried, w *world) { x.noneOpens(); x.fails(50*ms, 905, "") }, NotRun},
		{"torn down by something else", func(x *tried, w *world) { x.noneOpens(); x.dials = x.dials[:1]; x.fails(300*ms, 904, "") }, NotRun},
	})
}

func TestC09(t *testing.T) {
	silent := func(x *tried) {
		x.reply = reply{}
		x.dials[0].closed = 10_300 * ms
		x.fails(10_200*ms, 903, "")
	}
	runChanged(t, "C09", []changed{
		{"answered", func(x *tried, w *world) {}, NotRun},
		{"refused", func(x *tried, w *world) { x.reply.code = 431; x.fails(240*ms, 431, "") }, NotRun},
		{"903 in time", func(x *tried, w *world) { silent(x) }, Held},
		{"too early", func(x *tried, w *world) { silent(x); x.fails(5*time.Second, 903, "") }, Violated},
		{"too late", func(x *tried, w *world) { silent(x); x.fails(12*time.Second, 903, "") }, Violated},
		{"another code", func(x *tried, w *world) { silent(x); x.fails(10_200*ms, 905, "") }, Violated},
		{"twice", func(x *tried, w *world) { silent(x); x.done = append(x.done, x.done[0]) }, Violated},
		{"never", func(x *tried, w *world) { silent(x); x.hangs(); x.dials[0].closed = 0 }, Violated},
		{"never, but left", func(x *tried, w *world) {
			silent(x)
			x.hangs()
			x.dials[0].closed = 0
			w.pageCalls(x.at+3*time.Second, a, 1, "destroy", "", 0, "")
		}, NotRun},
		{"its socket stays", func(x *tried, w *world) { silent(x); x.dials[0].closed = 0 }, Violated},
		{"its socket goes late", func(x *tried, w *world) { silent(x); x.dials[0].closed = 14 * time.Second }, Held},
		{"its socket stays until the record ends", func(x *tried, w *world) { x.at = 47 * time.Second; silent(x); x.dials[0].closed = 0 }, NotRun},
		{"closed by the far side", func(x *tried, w *world) {
			silent(x)
			x.dials[0].closed = 3 * time.Second
			x.fails(3*time.Second, 904, "")
		}, NotRun},
		{"the record ends", func(x *tried, w *world) { x.at = 55 * time.Second; silent(x); x.dials[0].closed = 0; x.hangs() }, NotRun},
		{"after another gateway", func(x *tried, w *world) { x.secondTry(); x.reply = reply{}; x.hangs() }, NotRun},
	})
}

func TestC10(t *testing.T) {
	refused := func(x *tried) {
		x.reply.code, x.reply.reason = 431, "login failed"
		x.dials[0].closed = 300 * ms
		x.fails(240*ms, 431, "login failed")
	}
	again := func(w *world, change func(x *tried)) {
		x := goodTry()
		x.at = 20 * time.Second
		change(x)
		w.tries(x)
	}
	runChanged(t, "C10", []changed{
		{"granted", func(x *tried, w *world) {}, NotRun},
		{"refused", func(x *tried, w *world) { refused(x) }, Held},
		{"another code", func(x *tried, w *world) { refused(x); x.done[0].code = 430 }, Violated},
		{"another reason", func(x *tried, w *world) { refused(x); x.done[0].reason = "" }, Violated},
		{"twice", func(x *tried, w *world) { refused(x); x.done = append(x.done, x.done[0]) }, Violated},
		{"success", func(x *tried, w *world) { refused(x); x.done[0] = reply{240 * ms, 200, ""} }, Violated},
		{"never told", func(x *tried, w *world) { refused(x); x.hangs() }, Violated},
		{"timed out though it was answered", func(x *tried, w *world) { refused(x); x.fails(4*time.Second, 903, "") }, Violated},
		{"the answer came too late", func(x *tried, w *world) { refused(x); x.fails(10_200*ms, 903, "") }, NotRun},
		{"the page left", func(x *tried, w *world) {
			refused(x)
			x.hangs()
			w.pageCalls(x.at+230*ms, a, 1, "destroy", "", 0, "")
		}, NotRun},
		{"its socket stays", func(x *tried, w *world) { refused(x); x.dials[0].closed = 0 }, Violated},
		{"the next attempt is whole", func(x *tried, w *world) {
			refused(x)
			w.tries(x)
			x.name = ""
			again(w, func(*tried) {})
		}, Held},
		{"the next attempt does nothing", func(x *tried, w *world) {
			refused(x)
			w.tries(x)
			x.name = ""
			again(w, func(y *tried) { y.asks = nil; y.noGateway(); y.hangs() })
		}, Violated},
		{"the next attempt asks one domain", func(x *tried, w *world) {
			refused(x)
			w.tries(x)
			x.name = ""
			again(w, func(y *tried) { y.asks = y.asks[:1] })
		}, Violated},
		{"another client's attempt", func(x *tried, w *world) {
			refused(x)
			w.tries(x)
			x.name = ""
			again(w, func(y *tried) { y.client = 2; y.asks = y.asks[:1] })
		}, Held},
	})
}

func TestC11AndC34(t *testing.T) {
	for id, name := range map[string]string{"C11": "join", "C34": "rejoin"} {
		second := func(w *world, change func(y *tried)) {
			w.tries(goodTry())
			y := &tried{who: a, client: 1, name: name, at: 20 * time.Second}
			change(y)
			w.tries(y)
		}
		runChanged(t, id, []changed{
			{"once", func(x *tried, w *world) {}, NotRun},
			{"ignored", func(x *tried, w *world) { second(w, func(*tried) {}); x.name = "" }, Held},
			{"looks up again", func(x *tried, w *world) {
				second(w, func(y *tried) { y.asks = goodTry().asks[:1] })
				x.name = ""
			}, Violated},
			{"enters again", func(x *tried, w *world) {
				second(w, func(y *tried) { y.enters, y.reply.at = true, 100*ms })
				x.name = ""
			}, Violated},
			{"another member enters", func(x *tried, w *world) {
				second(w, func(*tried) {})
				x.name, x.who, x.at = "join", b, 30*time.Second
			}, Held},
			{"after leave", func(x *tried, w *world) {
				w.tries(goodTry())
				w.pageCalls(15*time.Second, a, 1, "leave", "", 200, "")
				x.at, x.name = 20*time.Second, name
			}, NotRun},
			{"after a leave that failed", func(x *tried, w *world) {
				w.tries(goodTry())
				n := w.pageCalls(12*time.Second, a, 1, "leave", "", 0, "")
				w.ends(22*time.Second, a, "leave", n, 903, "")
				x.at, x.name = 30*time.Second, name
				x.asks, x.dials, x.reply = nil, nil, reply{}
				x.hangs()
			}, Held},
			{"while a leave is on its way", func(x *tried, w *world) {
				w.tries(goodTry())
				n := w.pageCalls(12*time.Second, a, 1, "leave", "", 0, "")
				w.ends(22*time.Second, a, "leave", n, 903, "")
				x.at, x.name = 20*time.Second, name
			}, NotRun},
			{"after destroy", func(x *tried, w *world) {
				w.tries(goodTry())
				w.pageCalls(15*time.Second, a, 1, "destroy", "", 0, "")
				x.at, x.name = 20*time.Second, name
			}, NotRun},
			{"on another client", func(x *tried, w *world) {
				w.tries(goodTry())
				x.at, x.name, x.client = 20*time.Second, name, 2
			}, NotRun},
			{"on a dead session", func(x *tried, w *world) {
				y := goodTry()
				y.dials[0].closed = 5 * time.Second
				w.tries(y)
				x.at, x.name = 20*time.Second, name
				x.asks, x.dials, x.reply = nil, nil, reply{}
				x.hangs()
			}, Held},
		})
	}
}

func TestC12(t *testing.T) {
	runChanged(t, "C12", []changed{
		{"the uid, once", func(x *tried, w *world) {}, Held},
		{"by rejoin", func(x *tried, w *world) { x.name = "rejoin" }, Held},
		{"none", func(x *tried, w *world) { x.uid = -1 }, Violated},
		{"another's", func(x *tried, w *world) { x.uid = 2 }, Violated},
		{"twice", func(x *tried, w *world) { x.done = append(x.done, reply{300 * ms, 200, ""}) }, Violated},
		{"and then a failure", func(x *tried, w *world) { x.done = append(x.done, reply{300 * ms, 903, ""}) }, Violated},
		{"a failure", func(x *tried, w *world) { x.reply.code = 431; x.fails(240*ms, 431, "") }, NotRun},
		{"never", func(x *tried, w *world) { x.hangs() }, NotRun},
		{"not let in", func(x *tried, w *world) { x.enters, x.uid = false, -1 }, Held}, // C13's matter
	})
}
