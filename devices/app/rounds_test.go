package app

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
	"minilab/simulator/trace"
)

func span(from, to time.Duration) Value { return Value{From: from, To: to} }

func roundsOf(times int) map[string]Value {
	return map[string]Value{"times": {Count: times}, "stay": span(time.Second, 3*time.Second), "pause": span(0, 2*time.Second)}
}

// The same client joins in every round, and each stay and pause is in its span.
func TestJoinLeaveRounds(t *testing.T) {
	s := newStage(t, nil)
	s.do("join-leave", roundsOf(20))
	s.run(5 * time.Minute)
	if n := len(s.host.Sent("leave")); n != 20 || s.a.number != 1 || s.a.state != stateLeft || s.a.rounds != nil {
		t.Errorf("%d leaves, %d clients, state %s", n, s.a.number, s.a.state)
	}
	if s.host.OpenSockets() != 0 {
		t.Error("a socket is open at the end")
	}
	joins, leaves := s.host.Sent("join"), s.host.Sent("leave")
	stays := map[time.Duration]bool{}
	for i := range leaves {
		stay := leaves[i].At - joins[i].At
		stays[stay] = true
		if stay < time.Second || stay > 3*time.Second+100*time.Millisecond {
			t.Errorf("round %d: stayed %v", i, stay)
		}
		if i > 0 {
			if pause := joins[i].At - leaves[i-1].At; pause > 2*time.Second+100*time.Millisecond {
				t.Errorf("round %d: paused %v", i, pause)
			}
		}
	}
	if len(stays) < 15 {
		t.Errorf("%d different stays in 20 rounds", len(stays))
	}
}

// Where leave has callbacks, the next join waits for them.
func TestRoundsWaitForLeave(t *testing.T) {
	for _, waits := range []bool{false, true} {
		s := newStage(t, func(o *Options) { o.Profile.LeaveCallbacks = waits })
		s.host.Answer = func(m sdktest.Message) (int, string, sdktest.Reply) {
			return 200, `{"url":"rtmp://x"}`, sdktest.Reply{Delay: 3 * time.Second}
		}
		s.do("join-leave", map[string]Value{"times": {Count: 3}, "stay": span(0, 0), "pause": span(0, 0)})
		s.run(time.Minute)
		joins := s.host.Sent("join")
		if len(joins) != 3 {
			t.Fatalf("waits %v: %d joins", waits, len(joins))
		}
		// a round is 3 s for join's answer, and as long for that of leave
		if between := joins[1].At - joins[0].At; (between > 6*time.Second) != waits {
			t.Errorf("waits %v: %v between joins", waits, between)
		}
	}
}

// A join that fails ends its round; one that is never answered ends it after a while,
// and the client with it.
func TestRoundsGoOnAfterFailures(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Profile.LookupTimeout = 0 })
	good := s.host.Answer
	n := 0
	s.host.Answer = func(m sdktest.Message) (int, string, sdktest.Reply) {
		if m.Action == "join" {
			if n++; n == 1 {
				return 431, "{}", sdktest.Reply{}
			}
		}
		return good(m)
	}
	posts := 0
	s.host.Lookup = func(string) sdktest.Reply {
		posts++
		if posts > 4 && posts <= 8 {
			return sdktest.Reply{Never: true}
		}
		return sdktest.Reply{Delay: 30 * time.Millisecond, Body: sdktest.GoodLookup("edge.10.0.0.1")}
	}
	s.do("join-leave", roundsOf(3))
	s.run(5 * time.Minute)
	states := s.story(trace.AppState)
	s.want("states", states, []string{
		"app joining", "app idle join failed: 431", "app joining", "app idle gave up", "app joining", "app joined", "app left",
	})
	if s.a.number != 2 {
		t.Errorf("%d clients", s.a.number)
	}
}

func TestJoinUntil(t *testing.T) {
	s := newStage(t, nil)
	s.host.Lookup = func(string) sdktest.Reply {
		if len(s.host.Posts) > 12 {
			return sdktest.Reply{Delay: time.Second, Body: sdktest.GoodLookup("edge.10.0.0.1")}
		}
		return sdktest.Reply{Delay: time.Second, Err: sdktest.ErrDown}
	}
	s.do("join-until", map[string]Value{"pause": span(0, time.Second)})
	s.run(time.Minute)
	if s.a.state != stateJoined || len(s.host.Posts) != 16 || s.a.number != 1 || s.a.rounds != nil {
		t.Errorf("state %s, %d lookups, %d clients", s.a.state, len(s.host.Posts), s.a.number)
	}
}

// Another step of coming or going ends the rounds.
func TestAStepEndsTheRounds(t *testing.T) {
	for _, step := range []string{"leave", "destroy", "abandon", "join"} {
		s := newStage(t, nil)
		s.do("join-leave", roundsOf(50))
		s.run(10 * time.Second)
		s.do(step)
		s.run(time.Second)
		before := len(s.host.Sent("join"))
		s.run(time.Minute)
		if after := len(s.host.Sent("join")); after != before {
			t.Errorf("%s: %d joins more", step, after-before)
		}
	}
}

func TestRawCalls(t *testing.T) {
	s := newStage(t, nil).joined()
	for _, args := range [][]any{{"7"}, {0.0}, {7.0}, {nil}, {true}} {
		s.do("call", map[string]Value{"method": {Word: "subscribe"}, "args": {List: args}})
	}
	s.do("call", map[string]Value{"method": {Word: "init"}, "args": {List: []any{}}})
	s.do("call", map[string]Value{"method": {Word: "mute"}, "args": {List: []any{7.0, "left"}}})
	s.run(time.Second)
	s.want("answers", s.story(trace.CallIssued, trace.CallDone)[7:], []string{
		`call subscribe "7"`, "answer subscribe subscribe throws: Invalid uid type", "call subscribe 0", "answer subscribe subscribe throws: Invalid uid type",
		"call subscribe 7", "call subscribe null", "answer subscribe subscribe throws: Invalid uid type", "call subscribe true", "answer subscribe subscribe throws: Invalid uid type",
		"call init", "answer init init throws: Invalid appId", `call mute 7, "left"`, "answer mute mute throws: Invalid target",
		"answer subscribe rtmp://subscribe/3",
	})
	if len(s.host.Sent("subscribe")) != 1 || len(s.a.tiles) != 1 {
		t.Error("a raw call did more than call")
	}
	for _, m := range methods {
		s := newStage(t, nil).joined()
		s.do("call", map[string]Value{"method": {Word: m.name}, "args": {List: []any{}}})
	}
}

// A client that is abandoned lives on beside the next.
func TestAbandon(t *testing.T) {
	s := newStage(t, nil).joined()
	s.do("abandon")
	s.do("join")
	s.run(time.Second)
	if s.host.OpenSockets() != 2 || s.a.number != 2 || s.a.state != stateJoined {
		t.Errorf("%d sockets, %d clients, state %s", s.host.OpenSockets(), s.a.number, s.a.state)
	}
	s.host.Sockets[0].Status("stream-added", 7) // nobody listens any more
	s.run(time.Second)
	if len(s.host.Sent("subscribe")) != 0 {
		t.Error("the old client's events are heard")
	}
}

func TestUpAndDown(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Profile.SetRoleInChannel = true }).joined()
	s.do("down")
	s.run(time.Second)
	if s.a.tile(42) != nil || s.a.role != sdk.Audience {
		t.Error("down left a pusher")
	}
	s.do("up")
	s.run(time.Second)
	s.want("sent", s.sent(), []string{"join", "publish", "unpublish", "set_role", "set_role", "publish"})
	if s.a.tile(42) == nil {
		t.Error("up has no pusher")
	}
}

func TestLocalMutesAndNewPushURL(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Profile.MuteLocal, o.Profile.RawRequests = true, true }).joined()
	s.do("muteLocal", "target=audio")
	s.do("unmuteLocal", "target=audio")
	s.do("updatePushUrl")
	s.run(time.Second)
	s.want("sent", s.sent()[2:], []string{"mute_local", "mute_local", "update_url"})
	s.want("components", s.notes[2:], []string{"1.031s push stopped: new URL", "1.031s push rtmp://update_url/5"})
}

func TestIntrusions(t *testing.T) {
	s := newStage(t, nil).joined()
	s.a.o.Given = func(member trace.ActorID, use string, of uint32, old bool) (string, uint32) {
		return fmt.Sprintf("rtmp://%d/%s/%d/%v", member, use, of, old), 9
	}
	bob := Value{UID: 7, Actor: 1}
	s.do("intrude", map[string]Value{"uid": bob, "url": {Word: "push"}})
	s.do("intrude", map[string]Value{"uid": bob, "url": {Word: "push"}, "as": {Word: "play"}})
	s.do("intrude", map[string]Value{"uid": bob, "url": {Word: "play"}, "of": {UID: 5}, "when": {Word: "old"}})
	s.do("intrude", map[string]Value{"uid": {UID: 42, Actor: 0}, "url": {Word: "push"}, "when": {Word: "old"}}) // there is none
	s.want("components", s.notes[2:], []string{
		"1s pusher camera true mic true", "1s push rtmp://1/push/0/false", "1s player 9 rtmp://1/push/0/false", "1s player 9 rtmp://1/play/5/true",
	})
	s.do("leave")
	s.want("components", s.notes[6:], []string{"1s push stopped: leave", "1s push stopped: leave", "1s player 9 removed: leave", "1s player 9 removed: leave"})
}

func TestURLsThatWereGiven(t *testing.T) {
	s := newStage(t, nil).joined()
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	s.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":7,"url":"rtmp://new"}}`)
	s.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":42,"url":"rtmp://own"}}`)
	s.run(time.Second)
	for _, c := range []struct {
		use  string
		of   uint32
		old  bool
		want string
	}{
		{usePush, 0, false, "rtmp://own 42"}, {usePush, 0, true, "rtmp://publish/2 42"}, {usePlay, 7, false, "rtmp://new 7"},
		{usePlay, 0, true, "rtmp://subscribe/3 7"}, {usePlay, 9, false, " 0"},
	} {
		url, stream := s.a.Given(c.use, c.of, c.old)
		if got := fmt.Sprint(url, " ", stream); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// Every planted mistake changes what the page does where it must.
func TestDefects(t *testing.T) {
	visit := func(d Defects) []string {
		s := newStage(t, func(o *Options) { o.Defects, o.MaxTiles = d, 2 }).joined()
		for _, uid := range []uint32{7, 8} {
			s.host.Last().Status("stream-added", uid)
		}
		s.run(time.Second)
		s.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":7,"url":"rtmp://new"}}`)
		s.host.Last().Status("stream-removed", 7)
		s.run(time.Second)
		s.host.Last().Fault(501)
		s.run(10 * time.Second)
		s.code(codePushFailed)
		story := s.story(trace.CallIssued, trace.AppState, trace.TileAdded, trace.TileRemoved)
		for _, m := range s.host.Sent("join") {
			story = append(story, fmt.Sprint(m.At, m.Client()["known_speakers"]))
		}
		return append(story, s.notes...)
	}
	seen := [][]string{visit(Defects{})}
	for i, d := range []Defects{
		{NoRecovery: true}, {NoPause: true}, {KeepsOldClient: true}, {ForgetsTiles: true}, {StaleTile: true},
		{UpdateURLIgnored: true}, {NoTileLimit: true}, {PushFailureIgnored: true},
	} {
		got := visit(d)
		if slices.ContainsFunc(seen, func(x []string) bool { return slices.Equal(x, got) }) {
			t.Errorf("defect %d changes nothing, or what another one does", i)
		}
		seen = append(seen, got)
	}
}
