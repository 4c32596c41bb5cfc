package sdk_test

import (
	"reflect"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
)

func TestC36LeaveWithCallbacks(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.LeaveCallbacks = true }).joined()
	var got []result
	at := b.e.Now()
	b.must(b.c.Leave(b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].f != nil || got[0].at != at+31*time.Millisecond {
		t.Fatalf("%+v", got)
	}
	if s := b.host.Last(); !s.Closed || s.ClosedAt != at+30*time.Millisecond {
		t.Error("the socket isn't closed")
	}
	if last := b.host.Messages[len(b.host.Messages)-1]; last.Action != "leave" || last.Client()["uid"] != 42.0 {
		t.Errorf("after leave came %v", last)
	}
}

func TestC36UnansweredLeaveStaysConnected(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.LeaveCallbacks = true }).joined()
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 0, "", sdktest.Reply{Never: true} }
	var got []result
	at := b.e.Now()
	b.must(b.c.Leave(b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].at != at+10*time.Second || got[0].f == nil || got[0].f.Code != 903 || b.host.OpenSockets() != 1 {
		t.Errorf("%+v", got)
	}
}

func TestLeaveAndDestroyInSilence(t *testing.T) {
	no := func(sdk.Answer, *sdk.Failure) { t.Error("a callback came") }
	for _, leave := range []bool{true, false} {
		b := newBench(t, nil).joined()
		before := len(b.host.Messages)
		if leave {
			b.must(b.c.Leave(no))
		} else {
			b.c.Destroy(no)
		}
		s := b.host.Last()
		if !s.Closed {
			t.Error("the socket is open")
		}
		s.Status("stream-added", 7)
		b.run(time.Minute)
		if sent := len(b.host.Messages) - before; leave && sent != 1 || !leave && sent != 0 {
			t.Errorf("leave %v: %d messages", leave, sent)
		}
		if len(b.events) != 0 {
			t.Errorf("events after the end: %v", b.events)
		}
	}
}

func TestLeaveAndDestroyOfADeadSession(t *testing.T) {
	for _, always := range []bool{false, true} {
		for _, leave := range []bool{false, true} {
			b := newBench(t, func(p *sdk.Profile) { p.LeaveCallbacks, p.LeaveCallbacksClosed = true, always }).joined()
			b.host.Last().Hang("")
			var got []result
			if leave {
				b.must(b.c.Leave(b.into(&got)))
			} else {
				b.c.Destroy(b.into(&got))
			}
			b.run(time.Minute)
			if (len(got) == 1) != always {
				t.Errorf("always %v, leave %v: %+v", always, leave, got)
			}
		}
	}
}

// TestC38JoinLeaveJoin repeats the whole at once, also in the middle of a join and
// with answers of the old session still on their way.
func TestC38JoinLeaveJoin(t *testing.T) {
	b := newBench(t, nil)
	b.must(b.c.Init("app", nil))
	var got []result
	joins := 0
	for i := range 200 {
		b.must(b.c.Join(nil, "ward", 42, b.into(&got)))
		b.run(time.Duration(i) * time.Millisecond) // the join takes 91 ms
		if i >= 91 {
			joins++
		}
		b.must(b.c.Leave(nil))
		if n := b.host.OpenSockets(); n != 0 {
			t.Fatalf("round %d: %d sockets are left", i, n)
		}
	}
	before := b.e.Events()
	b.run(time.Hour)
	if len(got) < joins || len(got) > joins+1 { // the deferred callback of a join left within its 1 ms
		t.Errorf("%d joins succeeded, want %d", len(got), joins)
	}
	for _, r := range got {
		if r.f != nil {
			t.Errorf("%+v", r)
		}
	}
	if left := b.e.Events() - before; left > 10 {
		t.Errorf("%d events after the last leave", left)
	}
	sids := map[any]bool{}
	for _, p := range b.host.Posts {
		sids[p.Body["sid"]] = true
	}
	if len(sids) != 200 {
		t.Errorf("%d session ids", len(sids))
	}
}

func TestC39Pings(t *testing.T) {
	b := newBench(t, nil).joined()
	b.run(10 * time.Second)
	var at []time.Duration
	for _, m := range b.host.Sent("ping") {
		at = append(at, m.At)
	}
	want := []time.Duration{3060 * time.Millisecond, 6060 * time.Millisecond, 9060 * time.Millisecond}
	if !reflect.DeepEqual(at, want) {
		t.Errorf("%v, want %v", at, want)
	}
	if m := b.host.Sent("ping")[0]; m.ID != 4 || m.Body["cname"] != "ward" || m.Body["uid"] != "42" {
		t.Errorf("%v", m.Body)
	}
	b.must(b.c.Leave(nil))
	b.run(time.Minute)
	if n := len(b.host.Sent("ping")); n != 3 {
		t.Errorf("%d pings", n)
	}
}

func TestC40UnansweredRequest(t *testing.T) {
	b := newBench(t, nil).joined()
	b.host.Answer = func(m sdktest.Message) (int, string, sdktest.Reply) {
		if m.Action == "publish" {
			return 200, `{"url":"late"}`, sdktest.Reply{Delay: 10500 * time.Millisecond}
		}
		return 200, `{"url":"fine"}`, sdktest.Reply{Delay: 20 * time.Millisecond}
	}
	var publish, subscribe, second []result
	at := b.e.Now()
	b.must(b.c.Publish(b.into(&publish)))
	b.run(time.Second)
	b.must(b.c.Subscribe(7, b.into(&subscribe)))
	b.run(time.Minute)
	if len(publish) != 1 || publish[0].at != at+10*time.Second || publish[0].f == nil || publish[0].f.Code != 903 {
		t.Errorf("%+v", publish)
	}
	if len(subscribe) != 1 || subscribe[0].f != nil || subscribe[0].at != at+1021*time.Millisecond {
		t.Errorf("%+v", subscribe)
	}
	b.must(b.c.Subscribe(8, b.into(&second)))
	b.run(time.Minute)
	if len(second) != 1 || second[0].f != nil || len(b.events) != 0 || b.host.OpenSockets() != 1 {
		t.Errorf("%+v, events %v", second, b.events)
	}
}

func TestTwoRequestsTimeOutEachInItsTurn(t *testing.T) {
	b := newBench(t, nil).joined()
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 0, "", sdktest.Reply{Never: true} }
	var got []result
	at := b.e.Now()
	b.must(b.c.Publish(b.into(&got)))
	b.run(4 * time.Second)
	b.must(b.c.Subscribe(7, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 2 || got[0].at != at+10*time.Second || got[1].at != at+14*time.Second {
		t.Errorf("%+v", got)
	}
}

func TestC14SetRoleAfterJoin(t *testing.T) {
	b := newBench(t, nil).joined()
	b.must(b.c.SetRole(sdk.Audience, func(sdk.Answer, *sdk.Failure) { t.Error("setRole called back") }))
	b.run(time.Minute)
	if n := len(b.host.Sent("set_role")); n != 0 {
		t.Errorf("%d set_role", n)
	}
	b.must(b.c.Leave(nil))
	b.must(b.c.Join(nil, "ward", 42, nil))
	b.run(time.Second)
	if role := b.host.Sent("join")[1].Client()["role"]; role != sdk.Audience {
		t.Errorf("the next join has role %v", role)
	}
}

func TestC15SetRoleInChannel(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.SetRoleInChannel, p.SetRoleGivesURL = true, true }).joined()
	b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
		return 200, `{"update-url":"rtmp://new"}`, sdktest.Reply{}
	}
	var got []result
	b.must(b.c.SetRole(sdk.Audience, b.into(&got)))
	b.run(time.Minute)
	if len(got) != 1 || got[0].a.UpdateURL != "rtmp://new" || b.host.Sent("set_role")[0].Client()["role"] != sdk.Audience {
		t.Errorf("%+v", got)
	}
}

func TestMethodsThatAVersionLacks(t *testing.T) {
	b := newBench(t, func(p *sdk.Profile) { p.SetRole, p.Mute = false, false }).joined()
	b.throws(b.c.SetRole(sdk.Audience, nil), "is not a function")
	b.throws(b.c.Mute(7, "all", nil), "is not a function")
	b.throws(b.c.Unmute(7, "all", nil), "is not a function")
}

// TestSameSeedSameWords holds the whole conversation to one seed.
func TestSameSeedSameWords(t *testing.T) {
	talk := func() ([]sdktest.Post, []map[string]any) {
		b := newBench(t, nil).joined()
		b.must(b.c.Publish(nil))
		b.run(20 * time.Second)
		var bodies []map[string]any
		for _, m := range b.host.Messages {
			bodies = append(bodies, m.Body)
		}
		return b.host.Posts, bodies
	}
	posts, bodies := talk()
	again, bodiesAgain := talk()
	if !reflect.DeepEqual(posts, again) || !reflect.DeepEqual(bodies, bodiesAgain) {
		t.Error("two runs differ")
	}
}
