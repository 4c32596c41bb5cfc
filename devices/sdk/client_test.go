package sdk_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
	"minilab/simulator/engine"
)

// result is one call of a callback.
type result struct {
	at time.Duration
	a  sdk.Answer
	f  *sdk.Failure
}

type bench struct {
	t      *testing.T
	e      *engine.Engine
	host   *sdktest.Host
	c      *sdk.Client
	events []sdk.Event
}

func newBench(t *testing.T, change func(*sdk.Profile)) *bench {
	t.Helper()
	p := sdktest.Profile()
	if change != nil {
		change(&p)
	}
	e := engine.New(7)
	b := &bench{t: t, e: e, host: &sdktest.Host{Proc: e.Proc("host")}}
	c, err := sdk.New(sdk.Options{Profile: p, Proc: e.Proc("sdk"), Wx: b.host, Rand: e.Rand("sdk"),
		Observe: func(ev sdk.Event) { b.events = append(b.events, ev) }})
	if err != nil {
		t.Fatal(err)
	}
	b.c = c
	return b
}

func (b *bench) into(list *[]result) sdk.Done {
	return func(a sdk.Answer, f *sdk.Failure) { *list = append(*list, result{b.e.Now(), a, f}) }
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) throws(err error, what string) {
	b.t.Helper()
	var throw *sdk.ThrowError
	if !errors.As(err, &throw) || throw.Message != what {
		b.t.Errorf("got %v, want a throw of %q", err, what)
	}
}

func (b *bench) run(d time.Duration) { b.e.RunUntil(b.e.Now() + d) }

// joined brings the client into channel ward as uid 42.
func (b *bench) joined() *bench {
	b.t.Helper()
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join("token", "ward", 42, b.into(&got)))
	b.run(time.Second)
	if len(got) != 1 || got[0].f != nil {
		b.t.Fatalf("join: %+v", got)
	}
	return b
}

func (b *bench) errorEvents() []int {
	var codes []int
	for _, e := range b.events {
		if e.Name == sdk.ErrorRaised {
			codes = append(codes, e.Code)
		}
	}
	return codes
}

func TestC01InitRefusesBadAppID(t *testing.T) {
	b := newBench(t, nil)
	for _, bad := range []any{"", "null", nil, 7} {
		b.throws(b.c.Init(bad, nil), "Invalid appId")
	}
	called := false
	b.must(b.c.Init("app", func(_ sdk.Answer, f *sdk.Failure) { called = f == nil }))
	if !called {
		t.Error("init calls back at once")
	}
	b.run(time.Minute)
	if len(b.host.Posts)+len(b.host.Sockets) != 0 {
		t.Error("init asked someone")
	}
}

func TestC02LookupsLeaveTogether(t *testing.T) {
	for _, domains := range []int{1, 4} {
		b := newBench(t, func(p *sdk.Profile) { p.LookupDomains = p.LookupDomains[:domains] })
		b.run(5 * time.Second)
		b.joined()
		if len(b.host.Posts) != domains {
			t.Fatalf("%d lookups with %d domains", len(b.host.Posts), domains)
		}
		for i, p := range b.host.Posts {
			if p.At != 5*time.Second || p.Path != "/appcenter/1-1-1/getWorkerManager/" || p.Domain != sdktest.Profile().LookupDomains[i] {
				t.Errorf("lookup %d: %+v", i, p)
			}
		}
		want := map[string]any{"command": "convergeAllocateEdge", "appId": "app", "appid": "app", "token": "app", "cname": "ward", "uid": "42",
			"ts": float64(1_611_100_805), "version": "1.1.0", "seq": 0.0, "requestId": 1.0}
		body := b.host.Posts[0].Body
		sid, _ := body["sid"].(string)
		delete(body, "sid")
		if !reflect.DeepEqual(body, want) || len(sid) != 32 || strings.ToUpper(sid) != sid {
			t.Errorf("body %v, sid %q", body, sid)
		}
	}
}

func TestLookupOfTheSingleDomainForm(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) {
		p.LookupDomains, p.LookupPath, p.LookupCommand = []string{"miniapp.agoraio.cn"}, "/appcenter/getWorkerManager", ""
		p.LabelAddress = true
	})
	b.host.Lookup = func(string) sdktest.Reply {
		return sdktest.Reply{Delay: time.Millisecond, Body: `{"servers":[{"address":"1-2-3-4.agoraio.cn"}]}`}
	}
	b.joined()
	body := b.host.Posts[0].Body
	for _, key := range []string{"command", "appId", "cname"} {
		if _, there := body[key]; there {
			t.Errorf("the body has %s", key)
		}
	}
	if p := b.host.Posts[0]; p.Domain != "miniapp.agoraio.cn" || p.Path != "/appcenter/getWorkerManager" {
		t.Errorf("asked %s%s", p.Domain, p.Path)
	}
	if got := b.host.Last().URL; got != "wss://miniapp.agoraio.cn/1-2-3-4/api" {
		t.Error(got)
	}
}

// lookups scripts the four domains in order.
func lookups(replies ...sdktest.Reply) func(string) sdktest.Reply {
	i := 0
	return func(string) sdktest.Reply { i++; return replies[(i-1)%len(replies)] }
}

func good(after time.Duration, addresses ...string) sdktest.Reply {
	return sdktest.Reply{Delay: after, Body: sdktest.GoodLookup(addresses...)}
}

func TestC03OneGoodLookupIsEnough(t *testing.T) {
	b := newBench(t, nil)
	b.host.Lookup = lookups(
		sdktest.Reply{Delay: 10 * time.Millisecond, Err: sdktest.ErrDown},
		sdktest.Reply{Delay: 20 * time.Millisecond, Status: 502, Body: "x"},
		sdktest.Reply{Delay: 30 * time.Millisecond, Body: `{"code":500,"reason":"internal error"}`},
		good(800*time.Millisecond, "edge.ap.10.0.0.4"))
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].f != nil || got[0].at != 861*time.Millisecond {
		t.Fatalf("%+v", got) // 800 lookup, 30 open, 30 join, 1 deferral
	}
	if len(b.host.Sockets) != 1 || b.host.Last().DialedAt != 800*time.Millisecond || b.host.Last().URL != "wss://miniapp.agoraio.cn/10-0-0-4/api" {
		t.Errorf("%+v", b.host.Last())
	}
}

func TestC04AllLookupsFail(t *testing.T) {
	b := newBench(t, nil)
	b.host.Lookup = lookups(
		sdktest.Reply{Delay: 900 * time.Millisecond, Err: errors.New("the last one")},
		sdktest.Reply{Delay: 20 * time.Millisecond, Body: `{"error":"no channel"}`},
		sdktest.Reply{Delay: 30 * time.Millisecond, Body: `{"code":200,"servers":[]}`},
		sdktest.Reply{Delay: 40 * time.Millisecond, Body: `<html>`})
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].at != 900*time.Millisecond || got[0].f == nil || *got[0].f != (sdk.Failure{Code: 901, Reason: "the last one"}) {
		t.Fatalf("%+v", got)
	}
	if len(b.host.Sockets) != 0 {
		t.Error("a socket was opened")
	}
}

func TestC06OnlyTheFirstLookupAnswerCounts(t *testing.T) {
	b := newBench(t, nil)
	b.host.Lookup = lookups(good(300*time.Millisecond, "a.1.1.1.1"), good(50*time.Millisecond, "a.2.2.2.2", "a.2.2.2.3"), good(51*time.Millisecond, "a.3.3.3.3"),
		sdktest.Reply{Delay: 60 * time.Millisecond, Err: sdktest.ErrDown})
	b.host.Open = func(string) sdktest.Reply { return sdktest.Reply{Never: true} }
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	var urls []string
	for _, s := range b.host.Sockets {
		urls = append(urls, s.URL)
	}
	if want := []string{"wss://miniapp.agoraio.cn/2-2-2-2/api", "wss://miniapp.agoraio.cn/2-2-2-3/api"}; !reflect.DeepEqual(urls, want) {
		t.Errorf("dialled %v, want %v", urls, want)
	}
}

func TestC07SecondGatewayAfterFiveSeconds(t *testing.T) {
	for name, first := range map[string]sdktest.Reply{
		"silent": {Never: true}, "refuses": {Delay: time.Millisecond, Err: sdktest.ErrDown}, "too late": {Delay: 5100 * time.Millisecond},
	} {
		b := newBench(t, nil)
		b.host.Lookup = lookups(good(50*time.Millisecond, "a.1.1.1.1", "a.1.1.1.2"))
		b.host.Open = func(url string) sdktest.Reply {
			if strings.Contains(url, "1-1-1-1") {
				return first
			}
			return sdktest.Reply{Delay: 30 * time.Millisecond}
		}
		var got []result
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
		b.run(time.Minute)
		if len(got) != 1 || got[0].f != nil || got[0].at != 5111*time.Millisecond {
			t.Errorf("%s: %+v", name, got)
		}
		if b.host.OpenSockets() != 1 {
			t.Errorf("%s: %d sockets are open", name, b.host.OpenSockets())
		}
	}
}

func TestC08NoGatewayOpens(t *testing.T) {
	b := newBench(t, nil)
	b.host.Lookup = lookups(good(11*time.Millisecond, "a.1.1.1.1", "a.1.1.1.2"))
	b.host.Open = func(string) sdktest.Reply { return sdktest.Reply{Never: true} }
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].at != 10011*time.Millisecond || got[0].f == nil || got[0].f.Code != 905 {
		t.Fatalf("%+v", got)
	}
	if b.host.OpenSockets() != 0 {
		t.Error("a socket is left")
	}
}

func TestC09JoinUnanswered(t *testing.T) {
	b := newBench(t, nil)
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
		return 200, "{}", sdktest.Reply{Delay: 11 * time.Second}
	}
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	sent := b.host.Sent("join")[0].At
	if len(got) != 1 || got[0].at != sent+10*time.Second || got[0].f == nil || got[0].f.Code != 903 {
		t.Fatalf("%+v", got)
	}
	if s := b.host.Last(); !s.Closed || s.ClosedAt != got[0].at {
		t.Error("the socket isn't closed")
	}
	if b.e.Now()-sent > 11*time.Second && len(b.events) != 0 {
		t.Errorf("events %v", b.events)
	}
}

func TestC10RefusedJoinCanBeTriedAgain(t *testing.T) {
	b := newBench(t, nil)
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
		return 431, `{"reason":"bad role"}`, sdktest.Reply{Delay: time.Millisecond}
	}
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].f == nil || *got[0].f != (sdk.Failure{Code: 431, Reason: "bad role"}) || b.host.OpenSockets() != 0 {
		t.Fatalf("%+v", got)
	}
	b.host.Answer = nil
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 2 || got[1].f != nil || len(b.host.Posts) != 8 || len(b.host.Sockets) != 2 {
		t.Fatalf("%+v, %d lookups, %d sockets", got, len(b.host.Posts), len(b.host.Sockets))
	}
}
