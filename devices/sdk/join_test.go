package sdk_test

import (
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
)

func TestC11AndC34JoinWhileJoinedDoesNothing(t *testing.T) {
	b := newBench(t, nil).joined()
	var got []result
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.must(b.c.Rejoin(nil, "ward", 42, []string{"7"}, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 0 || len(b.host.Posts) != 4 || len(b.host.Sent("join")) != 1 {
		t.Errorf("%+v, %d lookups, %d joins", got, len(b.host.Posts), len(b.host.Sent("join")))
	}
	b.host.Last().Hang("") // a dead session is a session too
	b.must(b.c.Rejoin(nil, "ward", 42, nil, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 0 || len(b.host.Posts) != 4 {
		t.Error("rejoin without destroy had an effect")
	}
	b.c.Destroy(nil)
	b.must(b.c.Rejoin(nil, "ward", 42, nil, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].f != nil {
		t.Errorf("rejoin after destroy: %+v", got)
	}
}

func TestC12JoinAndRejoinGiveTheUID(t *testing.T) {
	for _, test := range []struct{ uid, want any }{
		{42, uint32(42)}, {"12abc", uint32(12)}, {uint32(math.MaxUint32), uint32(math.MaxUint32)},
		{0, nil}, {nil, nil}, {"", nil},
	} {
		for _, rejoin := range []bool{false, true} {
			b := newBench(t, nil)
			var got []result
			b.must(b.c.Init("app", nil))
			if rejoin {
				b.must(b.c.Rejoin(nil, "病房", test.uid, nil, b.into(&got)))
			} else {
				b.must(b.c.Join(nil, "病房", test.uid, b.into(&got)))
			}
			b.run(time.Minute)
			if len(got) != 1 || got[0].f != nil {
				t.Fatalf("uid %v: %+v", test.uid, got)
			}
			uid := got[0].a.UID
			if test.want != nil && uid != test.want || test.want == nil && (uid < 1 || uid > 10_000_000) {
				t.Errorf("uid %v became %d", test.uid, uid)
			}
			speakers, there := b.host.Sent("join")[0].Client()["known_speakers"]
			if list, _ := speakers.([]any); there != rejoin || len(list) != 0 {
				t.Errorf("known_speakers %v %v", speakers, there)
			}
		}
	}
}

func TestJoinRefusesBadArguments(t *testing.T) {
	b := newBench(t, nil)
	b.throws(b.c.Join(nil, "ward", 1, nil), "Client is not initialized")
	b.must(b.c.Init("app", nil))
	long := strings.Repeat("x", 128)
	for _, test := range []struct {
		token, channel, uid any
		want                string
	}{
		{"null", "ward", 1, "Invalid channelKey"}, {7, "ward", 1, "Invalid channelKey"},
		{nil, "", 1, "Invalid channel name"}, {nil, "null", 1, "Invalid channel name"}, {nil, 7, 1, "Invalid channel name"}, {nil, long + "x", 1, "Invalid channel name"},
		{nil, "ward", -1, "Invalid uid type"}, {nil, "ward", "abc", "Invalid uid type"}, {nil, "ward", "-3", "Invalid uid type"},
		{nil, "ward", float64(1 << 32), "Invalid uid type"}, {nil, "ward", math.NaN(), "Invalid uid type"}, {nil, "ward", true, "Invalid uid type"}, {nil, "ward", []int{}, "Invalid uid type"},
	} {
		b.throws(b.c.Join(test.token, test.channel, test.uid, nil), test.want)
	}
	b.run(time.Minute)
	if len(b.host.Posts) != 0 {
		t.Error("a refused join asked for gateways")
	}
	b.must(b.c.Join("token", long, 1, nil))
}

func TestJoinMessage(t *testing.T) {
	for _, role := range []string{"", sdk.Audience} {
		b := newBench(t, nil)
		if role == "" {
			role = sdk.Broadcaster // the default
		} else {
			b.must(b.c.SetRole(role, func(sdk.Answer, *sdk.Failure) { t.Error("setRole before join called back") }))
		}
		b.joined()
		m := b.host.Sent("join")[0]
		want := map[string]any{"action": "join", "role": role, "appId": "app", "key_vocs": "token", "key_vos": "token", "channel_name": "ward", "uid": "42"}
		if !reflect.DeepEqual(m.Client(), want) {
			t.Errorf("%v", m.Client())
		}
		for key, want := range map[string]any{"appId": "app", "cname": "ward", "uid": "42", "sdkVersion": "1.1.0", "seq": 2.0, "requestId": 3.0, "ts": 1_611_100_800_060.0, "sid": b.host.Posts[0].Body["sid"]} {
			if m.Body[key] != want {
				t.Errorf("%s is %v, want %v", key, m.Body[key], want)
			}
		}
	}
}

func TestProfilesValidate(t *testing.T) {
	if err := sdktest.Profile().Validate(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*sdk.Profile){
		"no domain": func(p *sdk.Profile) { p.LookupDomains = nil }, "no path": func(p *sdk.Profile) { p.LookupPath = "x" },
		"no ping": func(p *sdk.Profile) { p.PingInterval = 0 }, "role": func(p *sdk.Profile) { p.DefaultRole = "guest" },
		"setRole": func(p *sdk.Profile) { p.SetRole, p.SetRoleInChannel = false, true }, "callbacks": func(p *sdk.Profile) { p.LeaveCallbacksClosed = true },
	} {
		p := sdktest.Profile()
		spoil(&p)
		if p.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
