package oracle

import (
	"slices"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// The tests of the judges of joins begin with an attempt in which all is well, at 10 s
// of a minute, and change it. Times of an attempt count from its call.

// tried is an attempt as a record would have it.
type tried struct {
	who    trace.ActorID
	client int64
	name   string
	at     time.Duration
	asks   []asked
	dials  []dialled
	reply  reply
	done   []reply
	uid    int64 // told on success
	enters bool  // the gateway lets it in
}

type asked struct {
	host      string
	at, ended time.Duration // ended 0: never
	err       string
	status    int64
	gateways  string
	code      int64 // that the server says; 0: nothing
	refused   bool
}

type dialled struct {
	url                string
	at, opened, closed time.Duration // 0: never
	refused            string
	quiet              bool // join isn't sent when it opens
}

// reply is an answer with its time; without a code there is none.
type reply struct {
	at     time.Duration
	code   int64
	reason string
}

const (
	firstGateway  = "wss://miniapp.agoraio.cn/1-1-1-1/api"
	secondGateway = "wss://miniapp.agoraio.cn/2-2-2-2/api"
)

// goodTry is an attempt of a at 10 s in which all is well.
func goodTry() *tried {
	x := &tried{who: a, client: 1, name: "join", at: 10 * time.Second, uid: 1, enters: true,
		dials: []dialled{{url: firstGateway, at: 100 * ms, opened: 200 * ms}},
		reply: reply{220 * ms, 200, ""}, done: []reply{{240 * ms, 200, ""}}}
	for _, host := range []string{"one", "two", "three", "four"} {
		x.asks = append(x.asks, asked{host: host, ended: 100 * ms, status: 200, gateways: "1-1-1-1 2-2-2-2", code: 200})
	}
	return x
}

// fails ends the attempt with a code instead.
func (x *tried) fails(at time.Duration, code int64, reason string) {
	x.done, x.enters = []reply{{at, code, reason}}, false
}

// hangs leaves the attempt without an end.
func (x *tried) hangs() { x.done, x.enters = nil, false }

// dead has lookups fail at some time.
func (x *tried) dead(at time.Duration, which ...int) {
	for _, i := range which {
		x.asks[i].ended, x.asks[i].err, x.asks[i].status, x.asks[i].code = at, "request:fail", 0, 0
	}
}

// hushed has lookups never end.
func (x *tried) hushed(which ...int) {
	for _, i := range which {
		x.asks[i].ended, x.asks[i].code = 0, 0
	}
}

// noGateway: nothing is dialled.
func (x *tried) noGateway() { x.dials, x.reply = nil, reply{} }

// wired is a world of 60 s whose head says what the version can.
func wired(t *testing.T) *world {
	w := newWorld(t, time.Minute)
	for name, v := range map[string]float64{"lookup_domains": 4, "lookup_timeout": 10_000, "raise503": 1} {
		w.Param(trace.Param{Name: "sdk." + name, Value: v})
	}
	return w
}

func (w *world) on(at time.Duration, k trace.Kind, who trace.ActorID, text, note string, v ...int64) {
	ev := trace.Event{At: at, Kind: k, Actor: who, Peer: trace.Nobody, Text: w.Text(text), Note: w.Text(note)}
	copy(ev.V[:], v)
	w.Emit(ev)
}

// tries writes an attempt and gives the number of its call.
func (w *world) tries(x *tried) int64 {
	w.n++
	call := w.n
	w.on(x.at, trace.CallIssued, x.who, x.name, "", call, 0, x.client)
	for i, q := range x.asks {
		number := call*100 + int64(i)
		w.on(x.at+q.at, trace.RequestStarted, x.who, "lookup", q.host, number)
		if q.refused {
			w.on(x.at+q.at, trace.SocketRefused, x.who, "lookup", "domain", number)
		}
		if q.code != 0 {
			w.on(x.at+q.ended-min(q.ended, 20*ms), trace.ServerAsked, x.who, "lookup", q.host+" "+q.gateways, 0, 0, q.code)
		}
		if q.ended != 0 {
			w.on(x.at+q.ended, trace.RequestEnded, x.who, "lookup", q.err, number, q.status)
		}
	}
	for i, d := range x.dials {
		w.dial(x, d, call*100+50+int64(i))
	}
	if x.reply.code != 0 {
		w.on(x.at+x.reply.at, trace.ServerAsked, x.who, "join", "s", 3, 0, x.reply.code)
		if x.reply.code != 200 {
			w.on(x.at+x.reply.at, trace.ServerRefused, x.who, "join", x.reply.reason, x.reply.code)
		}
	}
	if x.enters {
		w.on(x.at+x.reply.at, trace.ServerJoined, x.who, "broadcaster", "s", int64(x.who)+1)
	}
	for _, r := range x.done {
		if r.code == 200 {
			w.on(x.at+r.at, trace.CallDone, x.who, x.name, r.reason, call, 1, 0, x.uid)
		} else {
			w.on(x.at+r.at, trace.CallDone, x.who, x.name, r.reason, call, 0, r.code, -1)
		}
	}
	return call
}

func (w *world) dial(x *tried, d dialled, number int64) {
	w.on(x.at+d.at, trace.SocketDialled, x.who, "gateway", d.url, number)
	if d.refused != "" {
		w.on(x.at+d.at, trace.SocketRefused, x.who, "gateway", d.refused, number)
	}
	if d.opened == 0 {
		return
	}
	w.on(x.at+d.opened, trace.SocketOpened, x.who, "gateway", d.url, number)
	if !d.quiet {
		w.on(x.at+d.opened, trace.SocketSent, x.who, "gateway", "join", number, 100)
	}
	end := time.Minute
	if d.closed != 0 {
		end = x.at + d.closed
		w.on(end, trace.SocketClosed, x.who, "gateway", "", number)
	}
	for at := x.at + d.opened + pingEvery; at < end; at += pingEvery {
		w.on(at, trace.SocketSent, x.who, "gateway", "ping", number, 50)
	}
}

// pageCalls writes a call of the page's client, answered at once with a code unless
// that is 0.
func (w *world) pageCalls(at time.Duration, who trace.ActorID, client int64, name, args string, code int64, reason string) int64 {
	w.n++
	w.on(at, trace.CallIssued, who, name, args, w.n, 0, client)
	if code != 0 {
		w.ends(at, who, name, w.n, code, reason)
	}
	return w.n
}

func (w *world) ends(at time.Duration, who trace.ActorID, name string, call, code int64, reason string) {
	if code == 200 {
		w.on(at, trace.CallDone, who, name, reason, call, 1, 0)
		return
	}
	w.on(at, trace.CallDone, who, name, reason, call, 0, code)
}

// told has the page hear of an event.
func (w *world) hearsOf(at time.Duration, who trace.ActorID, client int64, name string, code int64) {
	w.on(at, trace.ClientEvent, who, name, "", 0, code, 0, client)
}

// changed is a test of one judge: an attempt, and what else happens.
type changed struct {
	name string
	do   func(x *tried, w *world)
	want string
}

func runChanged(t *testing.T, id string, cases []changed) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w, x := wired(t), goodTry()
			c.do(x, w)
			if x.name != "" {
				w.tries(x)
			}
			expect(t, w.seal(), id, c.want, "")
		})
	}
}

func TestAGoodJoinIsWhatAllJudgesWant(t *testing.T) {
	w := wired(t)
	w.tries(goodTry())
	for _, v := range Judge(w.seal()) {
		held := slices.Contains([]string{"C02", "C12", "C39"}, v.ID)
		if v.Verdict == Violated || held && v.Verdict != Held {
			t.Errorf("%s is %s: %v", v.ID, v.Verdict, v.Findings)
		}
	}
}

func TestC02(t *testing.T) {
	runChanged(t, "C02", []changed{
		{"four at once", func(x *tried, w *world) {}, Held},
		{"three", func(x *tried, w *world) { x.asks = x.asks[:3] }, Violated},
		{"one after the other", func(x *tried, w *world) { x.asks[2].at = 100 * ms }, Violated},
		{"one twice", func(x *tried, w *world) { x.asks = append(x.asks, x.asks[0]) }, Violated},
		{"one for another", func(x *tried, w *world) { x.asks[3].host = "one" }, Violated},
		{"some not let out", func(x *tried, w *world) { x.asks[3].refused = true }, Held},
		{"none asked at all", func(x *tried, w *world) { x.asks = nil; x.noGateway(); x.fails(5*time.Second, 901, "") }, Violated},
		{"a version with one", func(x *tried, w *world) {
			w.Param(trace.Param{Name: "sdk.lookup_domains", Value: 1}) // the first counts
		}, Held},
		{"arguments refused", func(x *tried, w *world) { x.asks = nil; x.noGateway(); x.fails(0, -1, "join throws") }, NotRun},
	})
	w := newWorld(t, time.Minute)
	w.tries(goodTry())
	expect(t, w.seal(), "C02", NotRun, "") // the head doesn't say how many
}

func TestC03(t *testing.T) {
	runChanged(t, "C03", []changed{
		{"nothing failed", func(x *tried, w *world) {}, NotRun},
		{"three failed", func(x *tried, w *world) { x.dead(50*ms, 0, 1, 2) }, Held},
		{"three failed after the fourth", func(x *tried, w *world) { x.dead(150*ms, 0, 1, 2) }, Held},
		{"two said no", func(x *tried, w *world) {
			x.asks[0].code, x.asks[0].gateways = 500, ""
			x.asks[1].code, x.asks[1].gateways = 500, ""
		}, Held},
		{"three never ended", func(x *tried, w *world) { x.hushed(0, 1, 2) }, Held},
		{"a server error", func(x *tried, w *world) { x.asks[0].status, x.asks[0].code = 500, 0 }, Held},
		{"dialled before", func(x *tried, w *world) { x.dead(50*ms, 0, 1, 2); x.dials[0].at = 60 * ms }, Violated},
		{"two dialled", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.dials = append(x.dials, dialled{url: secondGateway, at: 110 * ms, opened: 210 * ms})
		}, Violated},
		{"the second after the first's time", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.dials = []dialled{{url: firstGateway, at: 100 * ms}, {url: secondGateway, at: 5100 * ms, opened: 5200 * ms}}
			x.reply.at, x.done[0].at = 5220*ms, 5240*ms
		}, Held},
		{"one failure was the end", func(x *tried, w *world) {
			x.dead(50*ms, 0)
			x.noGateway()
			x.fails(50*ms, 901, "")
		}, Violated},
		{"gave up though one had answered", func(x *tried, w *world) {
			x.dead(150*ms, 0, 1, 2)
			x.noGateway()
			x.fails(150*ms, 901, "")
		}, Violated},
		{"all failed", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2, 3)
			x.noGateway()
			x.fails(50*ms, 901, "")
		}, NotRun},
		{"a failure of another kind without reason", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.fails(300*ms, 905, "")
		}, Violated},
		{"never ended", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.noGateway()
			x.hangs()
		}, Violated},
		{"never ended, but left soon", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.hangs()
			w.pageCalls(20*time.Second, a, 1, "destroy", "", 0, "")
		}, NotRun},
		{"refused by the gateway", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.reply.code = 431
			x.fails(240*ms, 431, "")
		}, NotRun},
		{"one domain only", func(x *tried, w *world) { x.asks = x.asks[:1]; x.dead(50*ms, 0) }, NotRun},
	})
}

func TestC04(t *testing.T) {
	all := func(x *tried) { x.dead(50*ms, 0, 1); x.dead(300*ms, 2, 3); x.noGateway() }
	runChanged(t, "C04", []changed{
		{"success", func(x *tried, w *world) {}, NotRun},
		{"901 with the last", func(x *tried, w *world) { all(x); x.fails(300*ms, 901, "") }, Held},
		{"of one domain", func(x *tried, w *world) {
			x.asks = x.asks[:1]
			x.dead(50*ms, 0)
			x.noGateway()
			x.fails(50*ms, 901, "")
		}, Held},
		{"901 before the last", func(x *tried, w *world) { all(x); x.fails(50*ms, 901, "") }, Violated},
		{"the phone is killed meanwhile", func(x *tried, w *world) {
			all(x)
			x.hangs()
			w.on(x.at+100*ms, trace.HostState, a, "killed", "")
		}, NotRun},
		{"another code", func(x *tried, w *world) { all(x); x.fails(300*ms, 905, "") }, Violated},
		{"late", func(x *tried, w *world) { all(x); x.fails(time.Second, 901, "") }, Violated},
		{"twice", func(x *tried, w *world) { all(x); x.fails(300*ms, 901, ""); x.done = append(x.done, x.done[0]) }, Violated},
		{"success of all things", func(x *tried, w *world) { all(x); x.enters = false }, Violated},
		{"never", func(x *tried, w *world) { all(x); x.hangs() }, Violated},
		{"never, since the page left", func(x *tried, w *world) {
			all(x)
			x.hangs()
			w.pageCalls(x.at+200*ms, a, 1, "leave", "", 0, "")
		}, NotRun},
		{"one silent, at the time-out", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.hushed(3)
			x.noGateway()
			x.fails(10*time.Second, 901, "")
		}, Held},
		{"one late, after the time-out", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.asks[3].ended = 11 * time.Second
			x.noGateway()
			x.fails(10*time.Second, 901, "")
		}, Held},
		{"one silent, before the time-out", func(x *tried, w *world) {
			x.dead(50*ms, 0, 1, 2)
			x.hushed(3)
			x.noGateway()
			x.fails(5*time.Second, 901, "")
		}, Violated},
		{"though one had answered", func(x *tried, w *world) { x.dead(50*ms, 0, 1, 2); x.noGateway(); x.fails(200*ms, 901, "") }, Violated},
		{"by an answer that says no", func(x *tried, w *world) {
			for i := range x.asks {
				x.asks[i].code, x.asks[i].gateways = 500, ""
			}
			x.noGateway()
			x.fails(100*ms, 901, "")
		}, Held},
		{"another code by what is left of an older attempt", func(x *tried, w *world) {
			again(x, w, func(y *tried) { all(y); y.fails(320*ms, 905, "") })
		}, NotRun},
		{"the record ends first", func(x *tried, w *world) { x.at = time.Minute - 300*ms; all(x); x.hangs() }, NotRun},
	})
}
