package app

import (
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
	"minilab/simulator/trace"
)

func TestBroadcasterJoins(t *testing.T) {
	s := newStage(t, nil).joined()
	s.want("sent", s.sent(), []string{"join", "publish"})
	s.want("components", s.notes, []string{"122ms pusher camera true mic true", "122ms push rtmp://publish/2"})
	s.want("story", s.story(trace.CallIssued, trace.CallDone, trace.AppState, trace.TileAdded), []string{
		"app joining", "call setRole broadcaster", "call init", "answer init", "call join ward",
		"answer join", "app joined", "call publish", "answer publish rtmp://publish/2", "tile-added",
	})
}

func TestAudienceNeverPublishesByItself(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Role = sdk.Audience }).joined()
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	s.host.Last().Hang("gone") // not even in recovery
	s.run(10 * time.Second)
	s.want("sent", s.sent(), []string{"join", "subscribe", "join"})
	for _, m := range s.host.Sent("join") {
		if m.Client()["role"] != sdk.Audience {
			t.Errorf("joined as %v", m.Client()["role"])
		}
	}
	if strings.Contains(strings.Join(s.notes, "\n"), "push") {
		t.Errorf("a pusher: %v", s.notes)
	}
}

func TestC16AudienceStepPublishIsRefused(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Role = sdk.Audience }).joined()
	s.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
		return 433, `{"reason":"audience may not publish"}`, sdktest.Reply{}
	}
	s.do("publish")
	s.run(time.Second)
	s.want("components", s.notes, nil)
	rec, _ := s.log.Seal()
	last := rec.Events[len(rec.Events)-1]
	if last.Kind != trace.CallDone || last.V[1] != 0 || last.V[2] != 433 {
		t.Errorf("%+v", last)
	}
}

func TestStreamsComeAndGo(t *testing.T) {
	s := newStage(t, nil).joined()
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	s.host.Last().Status("stream-added", 7) // again: a new player
	s.run(time.Second)
	s.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":7,"url":"rtmp://new"}}`)
	s.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":42,"url":"rtmp://own"}}`)
	s.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":9,"url":"rtmp://unknown"}}`)
	s.run(time.Second)
	s.host.Last().Status("stream-removed", 7)
	s.host.Last().Status("stream-removed", 9)
	s.run(time.Second)
	s.want("components", s.notes[2:], []string{
		"1.031s player 7 rtmp://subscribe/3",
		"2.031s player 7 removed: new URL", "2.031s player 7 rtmp://subscribe/4",
		"3s player 7 removed: new URL", "3s player 7 rtmp://new",
		"4s player 7 removed: stream-removed",
	})
	s.want("tiles", s.story(trace.TileAdded, trace.TileRemoved), []string{"tile-added", "tile-added", "tile-removed  stream-removed"})
}

func TestRefusedSubscribeShowsNothing(t *testing.T) {
	s := newStage(t, nil).joined()
	s.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 432, `{}`, sdktest.Reply{} }
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	s.want("components", s.notes[2:], []string{})
}

func TestNoMoreTilesThanThePageHas(t *testing.T) {
	for _, limit := range []int{0, 3, 17} {
		s := newStage(t, func(o *Options) { o.MaxTiles = limit }).joined()
		if limit == 0 {
			limit = DefaultMaxTiles
		}
		for uid := range 18 {
			s.host.Last().Status("stream-added", uint32(100+uid))
		}
		s.run(time.Second)
		if s.a.shown() != limit || len(s.a.tiles) != 19 || len(s.host.Sent("subscribe")) != 18 {
			t.Errorf("limit %d: %d shown, %d tiles", limit, s.a.shown(), len(s.a.tiles))
		}
		s.host.Last().Status("stream-removed", 100)
		s.run(time.Second)
		if s.a.shown() != limit {
			t.Errorf("limit %d: %d shown after one left", limit, s.a.shown())
		}
		if next := s.a.tile(uint32(100 + limit - 1)); !next.shown {
			t.Errorf("limit %d: the next tile isn't shown", limit)
		}
	}
}

func TestTheOwnTileComesFirst(t *testing.T) {
	s := newStage(t, func(o *Options) { o.MaxTiles, o.Role = 2, sdk.Audience }).joined()
	s.host.Last().Status("stream-added", 7)
	s.host.Last().Status("stream-added", 8)
	s.run(time.Second)
	s.do("publish")
	s.run(time.Second)
	if !s.a.tile(42).shown || !s.a.tile(7).shown || s.a.tile(8).shown {
		t.Errorf("%v", s.notes)
	}
	s.do("unpublish")
	s.run(time.Second)
	if s.a.tile(42) != nil || !s.a.tile(8).shown {
		t.Errorf("%v", s.notes)
	}
}

func TestLeaveClosesThePage(t *testing.T) {
	s := newStage(t, nil).joined()
	s.host.Last().Status("stream-added", 7)
	s.host.Last().Status("stream-added", 8)
	s.run(30 * time.Millisecond) // the answers are there, their callbacks are not
	s.do("leave")
	s.run(time.Minute)
	s.want("sent", s.sent(), []string{"join", "publish", "subscribe", "subscribe", "unpublish", "leave"})
	s.want("components", s.notes[2:], []string{"1.03s push stopped: leave"})
	s.want("states", s.story(trace.AppState), []string{"app joining", "app joined", "app left"})
	if s.host.OpenSockets() != 0 || len(s.a.tiles) != 0 {
		t.Error("something is left")
	}
	s.do("join")
	s.run(time.Second)
	if s.a.state != stateJoined {
		t.Error("the second join failed")
	}
}

func TestC45FailedPush(t *testing.T) {
	s := newStage(t, nil).joined()
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	before := len(s.host.Messages)
	s.code(1101)
	if len(s.host.Messages) != before || s.a.state != stateJoined {
		t.Fatal("a code that means nothing had an effect")
	}
	s.code(-1307)
	s.run(time.Second)
	s.want("sent", s.sent(), []string{"join", "publish", "subscribe", "unpublish", "leave"})
	s.want("components", s.notes[3:], []string{"2s push stopped: leave", "2s player 7 removed: leave"})
	if s.a.state != stateLeft {
		t.Errorf("state %s", s.a.state)
	}
}

func TestC10FailedJoinCanBeTriedAgain(t *testing.T) {
	s := newStage(t, nil)
	s.host.Lookup = func(string) sdktest.Reply { return sdktest.Reply{Delay: time.Second, Err: sdktest.ErrDown} }
	s.do("join")
	s.run(5 * time.Second)
	if s.a.state != stateIdle {
		t.Fatalf("state %s", s.a.state)
	}
	s.host.Lookup = nil
	s.do("join")
	s.run(time.Second)
	s.want("states", s.story(trace.AppState), []string{"app joining", "app idle join failed: 901 request:fail", "app joining", "app joined"})
}

func TestC11SecondJoinIsIgnored(t *testing.T) {
	s := newStage(t, nil).joined()
	s.do("join")
	s.run(time.Minute)
	s.want("sent", s.sent(), []string{"join", "publish"})
	s.want("states", s.story(trace.AppState), []string{"app joining", "app joined"})
}

func TestMediaSwitches(t *testing.T) {
	s := newStage(t, func(o *Options) { o.Camera, o.Mic = false, true })
	s.do("mic", "switch=off")
	s.do("switchCamera") // there is no live-pusher yet
	s.joined()
	s.do("camera", "switch=on")
	s.do("mic", "switch=on")
	s.do("switchCamera")
	s.do("pause")
	s.do("resume")
	s.want("components", s.notes, []string{"122ms pusher camera false mic false", "122ms push rtmp://publish/2", "1s camera true", "1s mic true", "1s switchCamera", "1s pause", "1s resume"})
}

func TestSingleCalls(t *testing.T) {
	s := newStage(t, nil)
	s.do("setRole", "role=audience")
	s.joined()
	s.do("mute", 7, "target=video")
	s.do("unmute", 7, "target=all")
	s.do("subscribe", 7)
	s.run(time.Second)
	s.do("unsubscribe", 7)
	s.run(time.Second)
	s.do("setRole", "role=broadcaster") // too late, but for the next time
	s.do("destroy")
	s.do("mute", 7, "target=audio") // on a new client: thrown
	s.do("rejoin")
	s.run(time.Second)
	s.want("sent", s.sent(), []string{"join", "mute", "unmute", "subscribe", "unsubscribe", "join", "publish"})
	joins := s.host.Sent("join")
	if joins[0].Client()["role"] != sdk.Audience || joins[1].Client()["role"] != sdk.Broadcaster {
		t.Error("roles of the joins")
	}
	story := s.story(trace.CallIssued, trace.CallDone)
	if !slices.Contains(story, "answer mute mute throws: Disconnected from server") || !slices.Contains(story, "call mute video") {
		t.Errorf("%s", strings.Join(story, "\n"))
	}
}

func TestCallsAreNumberedAndAnsweredOnce(t *testing.T) {
	s := newStage(t, nil).joined()
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	s.host.Last().Hang("")
	s.run(5 * time.Second)
	s.do("leave")
	s.run(time.Second)
	rec, err := s.log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	answers := map[int64]int{}
	for _, ev := range rec.Events {
		switch ev.Kind {
		case trace.CallIssued:
			if _, twice := answers[ev.V[0]]; twice {
				t.Errorf("call number %d twice", ev.V[0])
			}
			answers[ev.V[0]] = 0
			if rec.Text(ev.Text) == "subscribe" && (ev.Peer != 1 || ev.V[1] != 7) {
				t.Errorf("%+v", ev)
			}
		case trace.CallDone:
			if answers[ev.V[0]]++; answers[ev.V[0]] > 1 {
				t.Errorf("call number %d has more than one answer", ev.V[0])
			}
		}
	}
	if len(answers) < 8 {
		t.Errorf("%d calls", len(answers))
	}
}

func TestStepsAndTheirErrors(t *testing.T) {
	s := newStage(t, nil)
	for _, test := range []struct {
		step Step
		want string
	}{
		{Step{Name: "jion"}, `ann: unknown step "jion": want one of join, leave, rejoin, join-leave, join-until, setRole, publish, unpublish, subscribe, unsubscribe, mute, unmute, muteLocal, unmuteLocal, updatePushUrl, destroy, mic, camera, switchCamera, pause, resume, up, down, call, abandon, intrude`},
		{Step{Name: "mute", Args: map[string]Value{"uid": {UID: 7}}}, "ann: step mute: lacks target"},
		{Step{Name: "mute", Args: map[string]Value{"target": {Word: "all"}}}, "ann: step mute: lacks uid"},
		{Step{Name: "mic", Args: map[string]Value{"switch": {Word: "of"}}}, `ann: step mic: switch is "of": want one of on, off`},
		{Step{Name: "join", Args: map[string]Value{"uid": {UID: 7}}}, "ann: step join: 1 arguments too many"},
		{Step{Name: "join", Args: map[string]Value{"x": {Word: "y"}}}, "ann: step join: 1 arguments too many"},
	} {
		if err := s.a.Do(test.step); err == nil || err.Error() != test.want {
			t.Errorf("%v: %v", test.step, err)
		}
	}
	seen := map[string]bool{}
	for _, w := range Steps() {
		if seen[w.Name] || w.Doc == "" || w.do == nil || strings.Contains(w.Doc, "\n") {
			t.Errorf("word %q", w.Name)
		}
		seen[w.Name] = true
	}
	if len(s.host.Posts) != 0 {
		t.Error("a refused step did something")
	}
}
