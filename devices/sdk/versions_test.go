package sdk_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
	"minilab/fixtures"
)

// versions reads the profiles that ship.
func versions(t *testing.T) map[string]sdk.Profile {
	t.Helper()
	all := map[string]sdk.Profile{}
	for _, v := range fixtures.SDKs() {
		p := sdk.Common()
		if err := fixtures.SDKProfile(v.Name, &p); err != nil {
			t.Fatal(err)
		}
		p.Version = v.Name
		if err := p.Validate(); err != nil {
			t.Error(err)
		}
		if p.Defects != (sdk.Defects{}) {
			t.Errorf("%s has a planted defect", v.Name)
		}
		all[v.Name] = p
	}
	return all
}

// TestMethodsOfEachVersion calls all that not every version has.
func TestMethodsOfEachVersion(t *testing.T) {
	has := map[string]string{
		"1.1.0": "", "1.1.1": "setRole", "1.1.2": "setRole mute unmute", "1.1.3": "setRole mute unmute",
		"2.3.2": "setRole mute unmute send updatePushUrl update",
		"2.4.0": "setRole mute unmute send updatePushUrl update muteLocal unmuteLocal",
		"2.4.2": "setRole mute unmute send updatePushUrl update muteLocal unmuteLocal isConnected",
		"2.4.5": "setRole mute unmute send updatePushUrl update muteLocal unmuteLocal isConnected",
	}
	all := versions(t)
	if len(all) != len(has) {
		t.Errorf("%d versions", len(all))
	}
	for name, p := range all {
		b := newBench(t, func(q *sdk.Profile) { *q = p })
		if strings.HasPrefix(name, "1.1.0") || name == "1.1.1" {
			b.host.Lookup = func(string) sdktest.Reply {
				return good(30*ms, "1-2-3-4.agoraio.cn")
			}
		}
		b.joined()
		calls := map[string]error{
			"setRole": b.c.SetRole(sdk.Audience, nil), "mute": b.c.Mute(7, "all", nil), "unmute": b.c.Unmute(7, "all", nil),
			"muteLocal": b.c.MuteLocal("audio", nil), "unmuteLocal": b.c.UnmuteLocal("audio", nil),
			"send": b.c.Send(map[string]any{"action": "publish"}, nil), "updatePushUrl": b.c.UpdatePushURL(nil),
			"update": errors.Join(b.c.UpdatePusherStateChange(1008), b.c.UpdatePlayerStateChange(7, 2004), b.c.UpdatePusherNetStatus(), b.c.UpdatePlayerNetStatus(7)),
		}
		_, calls["isConnected"] = b.c.IsConnected()
		for method, err := range calls {
			want := strings.Contains(" "+has[name]+" ", " "+method+" ")
			if (err == nil) != want || err != nil && !strings.Contains(err.Error(), "is not a function") {
				t.Errorf("%s, %s: %v", name, method, err)
			}
		}
		b.run(time.Minute)
		if roles := len(b.host.Sent("set_role")); (roles == 1) != p.SetRoleInChannel || len(b.host.Reports) > 0 != p.Telemetry {
			t.Errorf("%s: %d set_role, %d reports", name, roles, len(b.host.Reports))
		}
	}
}

// TestFailoverOfEachVersion: the first gateway is silent, the second good (C07). What
// shipped versions make of it was seen when their files were run.
func TestFailoverOfEachVersion(t *testing.T) {
	for name, p := range versions(t) {
		b := newBench(t, func(q *sdk.Profile) { *q = p })
		b.host.Lookup = func(string) sdktest.Reply {
			return good(0, "1-1-1-1.agoraio.cn", "1-1-1-2.agoraio.cn")
		}
		b.host.Open = func(url string) sdktest.Reply {
			return sdktest.Reply{Delay: 30 * ms, Never: url == b.host.Sockets[0].URL}
		}
		if !p.LabelAddress {
			b.host.Lookup = func(string) sdktest.Reply { return good(0, "1.1.1.1", "1.1.1.2") }
		}
		var got []result
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
		b.run(time.Minute)
		switch p.GatewayFailover {
		case "works":
			if len(got) != 1 || got[0].f != nil || got[0].at != 5061*ms {
				t.Errorf("%s: %+v", name, got)
			}
		case "answers-dropped":
			if len(got) != 1 || got[0].f == nil || got[0].f.Code != 903 || got[0].at != 15030*ms {
				t.Errorf("%s: %+v", name, got)
			}
		case "hangs":
			b.host.Last().Hang("gone") // nor does its end end the wait
			b.run(time.Minute)
			if len(got) != 0 || len(b.host.Messages) != len(b.host.Sent("ping")) || !b.host.Last().Opened {
				t.Errorf("%s: %+v, sent %v", name, got, b.host.Messages)
			}
		}
		b.c.Destroy(nil)
		if b.host.OpenSockets() != 0 {
			t.Errorf("%s: a socket is left", name)
		}
	}
}

// TestC05LookupThatNeverAnswers: three fail and one is silent.
func TestC05LookupThatNeverAnswers(t *testing.T) {
	for _, limit := range []time.Duration{0, 10 * time.Second} {
		b := newBench(t, func(p *sdk.Profile) { p.LookupTimeout = limit })
		down := sdktest.Reply{Delay: ms, Err: sdktest.ErrDown}
		b.host.Lookup = lookups(down, down, down, sdktest.Reply{Never: true})
		var got []result
		b.must(b.c.Init("app", nil))
		b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
		b.run(time.Hour)
		switch {
		case limit == 0 && len(got) != 0:
			t.Errorf("without a limit: %+v", got)
		case limit > 0 && (len(got) != 1 || got[0].at != limit || got[0].f == nil || got[0].f.Code != 901):
			t.Errorf("with a limit: %+v", got)
		}
	}
}

func TestJoinWithoutUID(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.JoinUID = false })
	var got []result
	b.must(b.c.Init("app", nil))
	b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].f != nil || got[0].a.UID != 0 || b.host.Sent("join")[0].Client()["uid"] != "42" {
		t.Errorf("%+v", got)
	}
}

func TestC28LocalMuteOnTheWire(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.MuteLocal = true })
	b.throws(b.c.MuteLocal("audio", nil), "Disconnected from server")
	b.joined()
	for _, bad := range []any{"", "picture", nil, 7} {
		b.throws(b.c.MuteLocal(bad, nil), "Invalid target")
		b.throws(b.c.UnmuteLocal(bad, nil), "Invalid target")
	}
	var got []result
	b.must(b.c.MuteLocal("audio", b.into(&got)))
	b.must(b.c.UnmuteLocal("all", b.into(&got)))
	b.run(time.Minute)
	var sent []map[string]any
	for _, m := range b.host.Sent("mute_local") {
		sent = append(sent, m.Client())
	}
	want := []map[string]any{
		{"action": "mute_local", "uid": 42.0, "target": "audio", "mute": true},
		{"action": "mute_local", "uid": 42.0, "target": "all", "mute": false},
	}
	if !reflect.DeepEqual(sent, want) || len(got) != 2 {
		t.Errorf("sent %v, answers %+v", sent, got)
	}
}

// TestC28MuteEvents: one status of the gateway has a name of its own for each version.
func TestC28MuteEvents(t *testing.T) {
	for _, test := range []struct {
		audio, video bool
		want         []sdk.Event
	}{
		{false, false, []sdk.Event{{Name: "audio-mute", UID: 7, Mute: true}, {Name: "audio-mute", UID: 7}, {Name: "video-mute", UID: 7, Mute: true}, {Name: "video-mute", UID: 7}}},
		{true, false, []sdk.Event{{Name: "mute-audio", UID: 7}, {Name: "unmute-audio", UID: 7}, {Name: "video-mute", UID: 7, Mute: true}, {Name: "video-mute", UID: 7}}},
		{true, true, []sdk.Event{{Name: "mute-audio", UID: 7}, {Name: "unmute-audio", UID: 7}, {Name: "mute-video", UID: 7}, {Name: "unmute-video", UID: 7}}},
	} {
		b := newBench(t, func(p *sdk.Profile) { p.MuteAudioEvent, p.MuteVideoEvent = test.audio, test.video }).joined()
		for _, status := range []string{`"audio-mute","uid":7,"mute":true`, `"audio-mute","uid":7,"mute":false`, `"video-mute","uid":7,"mute":true`, `"video-mute","uid":7`} {
			b.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":` + status + `}}`)
		}
		if !reflect.DeepEqual(b.events, test.want) {
			t.Errorf("%+v", b.events)
		}
	}
}

func TestRawRequests(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.RawRequests = true })
	b.throws(b.c.Send(map[string]any{"action": "x"}, nil), "Disconnected from server")
	b.joined()
	b.host.Answer = urls("rtmp://new", 30*ms)
	var got []result
	b.must(b.c.Send(map[string]any{"action": "anything", "n": 7}, b.into(&got)))
	b.must(b.c.UpdatePushURL(b.into(&got)))
	b.run(time.Minute)
	if m := b.host.Sent("anything"); len(m) != 1 || !reflect.DeepEqual(m[0].Client(), map[string]any{"action": "anything", "n": 7.0}) {
		t.Errorf("sent %v", m)
	}
	if m := b.host.Sent("update_url"); len(m) != 1 || !reflect.DeepEqual(m[0].Client(), map[string]any{"action": "update_url", "role": "publish", "uid": 42.0}) {
		t.Errorf("sent %v", m)
	}
	if len(got) != 2 || got[1].a.URL != "rtmp://new" {
		t.Errorf("%+v", got)
	}
	if b.c.Send(map[string]any{"action": func() {}}, nil) == nil {
		t.Error("sent what is not JSON")
	}
}

func TestPingRequest(t *testing.T) {
	for _, more := range []bool{false, true} {
		b := newBench(t, func(p *sdk.Profile) { p.PingRequest = more }).joined()
		b.run(20 * time.Second)
		requests := 0
		for _, m := range b.host.Sent("ping") {
			if m.Client() != nil {
				requests++
			}
		}
		if pings := len(b.host.Sent("ping")) - requests; pings != 6 || (requests == pings) != more || len(b.events) != 0 {
			t.Errorf("request %v: %d pings, %d requests", more, pings, requests)
		}
	}
}

func TestIsConnected(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.Connected = true })
	is := func(want bool) {
		t.Helper()
		if got, err := b.c.IsConnected(); got != want || err != nil {
			t.Errorf("%v %v", got, err)
		}
	}
	is(false)
	b.joined()
	is(true)
	b.host.Last().Hang("gone")
	is(false)
}

// TestC46Telemetry: what becomes of the reports changes nothing else.
func TestC46Telemetry(t *testing.T) {
	var first []sdktest.Post
	for i, collect := range []func() sdktest.Reply{nil,
		func() sdktest.Reply { return sdktest.Reply{Never: true} },
		func() sdktest.Reply { return sdktest.Reply{Err: sdktest.ErrDown} },
		func() sdktest.Reply { return sdktest.Reply{Status: 500} },
	} {
		b := newBench(t, func(p *sdk.Profile) { p.Telemetry = true })
		b.host.Collect = collect
		b.joined()
		if got := b.host.Sent("join")[0].At; got != 60*ms {
			t.Errorf("join leaves at %v", got)
		}
		b.must(b.c.Publish(nil))
		b.must(b.c.UpdatePusherStateChange(1008))
		b.must(b.c.UpdatePusherStateChange(-1307))
		b.must(b.c.UpdatePusherStateChange(1002)) // neither good nor bad
		b.must(b.c.UpdatePlayerStateChange(7, 3001))
		b.run(time.Minute)
		if len(b.events) != 0 || b.host.OpenSockets() != 1 {
			t.Errorf("events %v", b.events)
		}
		if i == 0 {
			first = b.host.Reports
		} else if !reflect.DeepEqual(first, b.host.Reports) {
			t.Errorf("%v, want %v", b.host.Reports, first)
		}
	}
	var items []any
	for _, r := range first {
		if r.Domain != "uni-webcollector.agora.io" || r.Path != "/report" {
			t.Errorf("%+v", r)
		}
		items = append(items, r.Body["item"])
	}
	if want := []any{8000.0, 8001.0, 8002.0, 8003.0, 8010.0, 8010.0, 8011.0, 8004.0}; !reflect.DeepEqual(items, want) {
		t.Errorf("reported %v, want %v", items, want)
	}
}

func TestListenersComeAndGo(t *testing.T) {
	b := newBench(t, nil).joined()
	var heard []string
	hear := func(name string) func(sdk.Event) { return func(sdk.Event) { heard = append(heard, name) } }
	var offB func()
	b.c.On("stream-added", func(sdk.Event) { heard = append(heard, "a"); offB() })
	offB = b.c.On("stream-added", hear("b"))
	b.c.On("stream-added", hear("c"))
	b.c.On("stream-removed", hear("d"))
	b.host.Last().Status("stream-added", 7) // who is taken back meanwhile still hears this one
	b.host.Last().Status("stream-added", 7)
	b.c.Off("stream-added")
	b.host.Last().Status("stream-added", 7)
	b.host.Last().Status("stream-removed", 7)
	if got := strings.Join(heard, " "); got != "a b c a c d" {
		t.Error(got)
	}
}

// TestSetRoleTakesAnything, as shipped versions do.
func TestSetRoleTakesAnything(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.SetRoleInChannel = true })
	b.must(b.c.SetRole(7, nil))
	b.joined()
	b.must(b.c.SetRole("nonsense", nil))
	if join, set := b.host.Sent("join")[0].Client()["role"], b.host.Sent("set_role")[0].Client()["role"]; join != 7.0 || set != "nonsense" {
		t.Errorf("%v, %v", join, set)
	}
}
