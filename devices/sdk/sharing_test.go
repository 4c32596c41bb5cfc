package sdk_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
)

const ms = time.Millisecond

// outcome is what a page saw of its second join, in words: the callbacks of it and of
// what it called after, and the events from then on.
type outcome []string

// again joins a second time and notes what comes of it.
func (b *bench) again(o *outcome) {
	b.t.Helper()
	b.events = nil
	b.must(b.c.Join(nil, "ward", 42, o.of("join")))
}

func (o *outcome) of(call string) sdk.Done {
	return func(a sdk.Answer, f *sdk.Failure) {
		if f != nil {
			*o = append(*o, fmt.Sprint(call, " ", f.Code))
			return
		}
		*o = append(*o, call+" ok "+a.URL)
	}
}

// interleavings are those that session.acting tells of: what is left of the first
// session, and what it does to the second. Without a shared session all end well.
var interleavings = []struct {
	name         string
	play         func(b *bench, o *outcome)
	shared, safe outcome
}{
	{"close event during lookup", func(b *bench, o *outcome) {
		b.closing(20 * ms).joined()
		b.must(b.c.Leave(nil))
		b.again(o)
	}, outcome{"join 904"}, outcome{"join ok "}},

	{"close event during dialling", func(b *bench, o *outcome) {
		b.closing(50 * ms).joined()
		b.must(b.c.Leave(nil))
		b.again(o)
	}, outcome{"join 904"}, outcome{"join ok "}},

	{"close event before join's answer", func(b *bench, o *outcome) {
		b.closing(80 * ms).joined()
		b.must(b.c.Leave(nil))
		b.again(o)
	}, outcome{"join 904"}, outcome{"join ok "}},

	{"close event when joined", func(b *bench, o *outcome) {
		b.closing(100 * ms).joined()
		b.must(b.c.Leave(nil))
		b.again(o)
	}, outcome{"join ok ", "error 904"}, outcome{"join ok "}},

	{"close event of a refused join", func(b *bench, o *outcome) {
		b.must(b.c.Init("app", nil))
		b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 431, "{}", sdktest.Reply{} }
		b.must(b.c.Join(nil, "ward", 42, func(sdk.Answer, *sdk.Failure) {
			b.host.Answer = nil
			b.again(o)
		}))
	}, outcome{"join 904"}, outcome{"join ok "}},

	{"failed lookups", func(b *bench, o *outcome) {
		down := sdktest.Reply{Delay: 200 * ms, Err: sdktest.ErrDown}
		b.host.Lookup = lookups(good(10*ms), down, down, down)
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, nil))
		b.run(100 * ms)
		b.must(b.c.Leave(nil))
		fine := good(300*ms, "a.1.1.1.1")
		b.host.Lookup = lookups(sdktest.Reply{Err: sdktest.ErrDown}, fine, fine, fine)
		b.run(50 * ms) // the close event has come
		b.again(o)
	}, outcome{"join 901"}, outcome{"join ok "}},

	{"lookup timer, which no version is known to have had", func(b *bench, o *outcome) {
		b.host.Lookup = lookups(sdktest.Reply{Never: true})
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, nil))
		b.run(5 * time.Second)
		b.must(b.c.Leave(nil))
		b.host.Lookup = lookups(good(6*time.Second, "a.1.1.1.1"))
		b.again(o)
	}, outcome{"join ok "}, outcome{"join ok "}},

	{"open timer during dialling", func(b *bench, o *outcome) {
		b.leftWhileDialling()
		b.host.Open = func(string) sdktest.Reply { return sdktest.Reply{Delay: 4 * time.Second} }
		b.again(o)
	}, outcome{"join 905"}, outcome{"join ok "}},

	{"open timer during lookup", func(b *bench, o *outcome) {
		b.leftWhileDialling()
		b.host.Lookup = lookups(good(4*time.Second, "a.1.1.1.1"))
		b.again(o)
	}, outcome{"join 905"}, outcome{"join ok "}},

	{"timer of leave's request", func(b *bench, o *outcome) {
		b.closing(1 * ms).joined()
		b.must(b.c.Leave(nil)) // request 4
		b.run(9800 * ms)
		b.again(o)
		b.run(100 * ms)
		b.host.Answer = urls("new", 500*ms)
		b.must(b.c.Publish(o.of("publish"))) // request 4 again
	}, outcome{"join ok ", "publish 903"}, outcome{"join ok ", "publish ok new"}},

	{"timer of a join whose socket closed", func(b *bench, o *outcome) {
		b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 0, "", sdktest.Reply{Never: true} }
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, nil)) // its request leaves after 60 ms
		b.run(time.Second)
		b.host.Last().Hang("gone")
		b.host.Answer = nil
		b.run(8990 * ms)
		b.again(o)
	}, outcome{"join 903"}, outcome{"join ok "}},

	{"answer on the old socket", func(b *bench, o *outcome) {
		b.host.Closing = func(string) sdktest.Reply { return sdktest.Reply{Never: true} }
		b.joined()
		b.host.Answer = urls("old", 300*ms)
		b.must(b.c.Publish(nil)) // request 4
		b.must(b.c.Leave(nil))
		b.host.Answer = urls("new", 30*ms)
		b.again(o)
		b.run(95 * ms)
		b.host.Answer = urls("new", 500*ms)
		b.must(b.c.Publish(o.of("publish"))) // request 4 again
	}, outcome{"join ok ", "publish ok old"}, outcome{"join ok ", "publish ok new"}},
}

// closing sets how long after its close a socket's close event comes.
func (b *bench) closing(d time.Duration) *bench {
	b.host.Closing = func(string) sdktest.Reply { return sdktest.Reply{Delay: d} }
	return b
}

// leftWhileDialling leaves at 2 s while a gateway is dialled that doesn't open.
func (b *bench) leftWhileDialling() {
	b.t.Helper()
	b.host.Open = func(string) sdktest.Reply { return sdktest.Reply{Never: true} }
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, nil))
	b.run(2 * time.Second)
	b.must(b.c.Leave(nil))
	b.host.Open = nil
}

// urls has every request answered with a URL.
func urls(url string, after time.Duration) func(sdktest.Message) (int, string, sdktest.Reply) {
	return func(sdktest.Message) (int, string, sdktest.Reply) {
		return 200, fmt.Sprintf(`{"url":%q}`, url), sdktest.Reply{Delay: after}
	}
}

func TestC38EachInterleaving(t *testing.T) {
	for _, test := range interleavings {
		for shared, want := range map[bool]outcome{true: test.shared, false: test.safe} {
			b := newBench(t, func(p *sdk.Profile) { p.SharedSession = shared })
			var got outcome
			test.play(b, &got)
			b.run(time.Minute)
			for _, code := range b.errorEvents() {
				got = append(got, fmt.Sprint("error ", code))
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s, shared %v: %v, want %v", test.name, shared, got, want)
			}
		}
	}
}

func TestC38OldLookupChoosesTheGateway(t *testing.T) {
	for shared, want := range map[bool]string{true: "wss://miniapp.agoraio.cn/1-1-1-1/api", false: "wss://miniapp.agoraio.cn/2-2-2-2/api"} {
		b := newBench(t, func(p *sdk.Profile) { p.SharedSession = shared })
		b.host.Lookup = lookups(good(500*ms, "a.1.1.1.1"))
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, nil))
		b.run(10 * ms)
		b.must(b.c.Leave(nil))
		b.host.Lookup = lookups(good(time.Second, "a.2.2.2.2"))
		var o outcome
		b.again(&o)
		b.run(time.Minute)
		if len(b.host.Sockets) != 1 || b.host.Last().URL != want || !reflect.DeepEqual(o, outcome{"join ok "}) {
			t.Errorf("shared %v: %v, %d sockets, %s", shared, o, len(b.host.Sockets), b.host.Last().URL)
		}
	}
}

// TestC38Pauses: with a shared session a second join fails when it comes sooner after
// leave than the close event, and gets a 904 when it is joined by then. After that
// all is well. Without, no pause is too short.
func TestC38Pauses(t *testing.T) {
	for _, shared := range []bool{true, false} {
		for pause := time.Duration(0); pause < 400*ms; pause += 10 * ms {
			b := newBench(t, func(p *sdk.Profile) { p.SharedSession = shared }).closing(205 * ms).joined()
			b.must(b.c.Leave(nil))
			b.run(pause)
			var o outcome
			b.again(&o)
			b.run(time.Minute)
			failed, raised := len(o) == 1 && o[0] == "join 904", len(b.errorEvents()) == 1
			early := pause < 205*ms
			duringJoin := early && pause > 205*ms-91*ms
			if len(o) != 1 || failed != (shared && duringJoin) || raised != (shared && early && !duringJoin) {
				t.Errorf("shared %v, pause %v: %v, errors %v", shared, pause, o, b.errorEvents())
			}
			if b.c.Destroy(nil); b.host.OpenSockets() != 0 {
				t.Errorf("shared %v, pause %v: a socket is left", shared, pause)
			}
		}
	}
}

// TestC38JoinFailsJoinsUntilItSucceeds: a page that joins again as soon as a join has
// failed. The first two are refused. With a shared session the refusals' late close
// events fail further ones; in the end it is in the channel either way.
func TestC38JoinFailsJoinsUntilItSucceeds(t *testing.T) {
	for shared, want := range map[bool][]int{true: {431, 904, 431, 904, 0}, false: {431, 431, 0}} {
		b := newBench(t, func(p *sdk.Profile) { p.SharedSession = shared })
		refusals := 0
		b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
			if refusals++; refusals <= 2 {
				return 431, "{}", sdktest.Reply{Delay: 30 * ms}
			}
			return 200, "{}", sdktest.Reply{Delay: 30 * ms}
		}
		b.must(b.c.Init("app", nil))
		var codes []int
		var try func()
		try = func() {
			b.must(b.c.Join(nil, "ward", 42, func(_ sdk.Answer, f *sdk.Failure) {
				if f == nil {
					codes = append(codes, 0)
					return
				}
				codes = append(codes, f.Code)
				try()
			}))
		}
		try()
		b.run(time.Minute)
		if !reflect.DeepEqual(codes, want) || b.host.OpenSockets() != 1 {
			t.Errorf("shared %v: %v, %d sockets", shared, codes, b.host.OpenSockets())
		}
	}
}

// TestLostSessionIsToldOnce: an old close event has ended a session whose own socket
// stands. That one's close is no second loss, and a new Client is free of all this.
func TestLostSessionIsToldOnce(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.SharedSession = true }).closing(100 * ms).joined()
	b.must(b.c.Leave(nil))
	var o outcome
	b.again(&o)
	b.run(time.Second)
	b.host.Last().Status("stream-added", 7) // nobody listens to its socket any more
	b.host.Last().Hang("gone")
	b.run(time.Minute)
	if !reflect.DeepEqual(b.errorEvents(), []int{904}) || len(b.events) != 1 {
		t.Errorf("events %v", b.events)
	}
}
