package app

import (
	"strings"
	"testing"
	"time"

	"minilab/devices/sdk/sdktest"
	"minilab/simulator/trace"
)

func TestC32RecoveryFromClose(t *testing.T) {
	for name, hit := range map[string]func(*stage){
		"904": func(s *stage) { s.host.Last().Hang("abnormal") },
		"501": func(s *stage) { s.host.Last().Fault(501) },
	} {
		s := newStage(t, nil).joined()
		first := s.host.Last()
		first.Status("stream-added", 7)
		s.run(time.Second)
		hit(s)
		if !first.Closed || s.a.state != stateRecovering {
			t.Fatalf("%s: the old client isn't destroyed", name)
		}
		s.run(time.Second + 100*time.Millisecond)
		first.Status("stream-removed", 7) // from the dead session: not heard
		if len(s.host.Sockets) != 2 || s.host.OpenSockets() != 1 || s.host.Last().DialedAt != 3*time.Second+30*time.Millisecond {
			t.Fatalf("%s: %d sockets, dialled at %v", name, len(s.host.Sockets), s.host.Last().DialedAt)
		}
		s.run(time.Second)
		s.host.Last().Status("stream-added", 7)
		s.run(time.Second)
		joins := s.host.Sent("join")
		known, _ := joins[1].Client()["known_speakers"].([]any)
		if len(joins) != 2 || len(known) != 2 || known[0] != "42" || known[1] != "7" {
			t.Errorf("%s: known speakers %v", name, known)
		}
		if joins[0].Body["sid"] == joins[1].Body["sid"] {
			t.Errorf("%s: the session id is the same", name)
		}
		s.want(name, s.notes[3:], []string{
			"3.122s push stopped: new URL", "3.122s push rtmp://publish/5",
			"4.131s player 7 removed: new URL", "4.131s player 7 rtmp://subscribe/6",
		})
		s.want(name, s.story(trace.AppState), []string{"app joining", "app joined", "app recovering error " + name, "app joined"})
	}
}

func TestOtherErrorsAreIgnored(t *testing.T) {
	s := newStage(t, nil).joined()
	for _, code := range []int{500, 502, 503} {
		s.host.Last().Fault(code)
	}
	s.run(time.Minute)
	if len(s.host.Sockets) != 1 || s.a.state != stateJoined {
		t.Error("the page did something")
	}
}

func TestRecoveryTriesForEver(t *testing.T) {
	s := newStage(t, nil).joined()
	good := s.host.Answer
	s.host.Lookup = func(string) sdktest.Reply { return sdktest.Reply{Delay: 500 * time.Millisecond, Err: sdktest.ErrDown} }
	s.host.Last().Hang("")
	s.run(15*time.Second + 100*time.Millisecond) // an attempt each 1.5 s
	if n := len(s.host.Posts); n != 4+4*10 {
		t.Fatalf("%d lookups", n)
	}
	// then publish is refused once
	s.host.Lookup = nil
	refusals := 0
	s.host.Answer = func(m sdktest.Message) (int, string, sdktest.Reply) {
		if m.Action == "publish" && refusals == 0 {
			refusals++
			return 502, "{}", sdktest.Reply{}
		}
		return good(m)
	}
	s.run(10 * time.Second)
	if refusals != 1 || s.a.state != stateJoined || len(s.host.Sent("publish")) != 3 || s.host.OpenSockets() != 1 {
		t.Errorf("state %s, %d publishes", s.a.state, len(s.host.Sent("publish")))
	}
}

func TestLeaveEndsARecovery(t *testing.T) {
	for _, after := range []time.Duration{500 * time.Millisecond, 1050 * time.Millisecond} {
		s := newStage(t, nil).joined()
		s.host.Last().Hang("")
		s.run(after)
		sent := len(s.host.Messages)
		s.do("leave")
		posts := len(s.host.Posts)
		s.run(time.Minute)
		if len(s.host.Posts) != posts || len(s.host.Messages) != sent || s.host.OpenSockets() != 0 || s.a.state != stateLeft || len(s.a.tiles) != 0 {
			t.Errorf("after %v: state %s, %d tiles", after, s.a.state, len(s.a.tiles))
		}
	}
}

func TestC34RejoinWithoutDestroyDoesNothing(t *testing.T) {
	s := newStage(t, nil).joined()
	s.do("rejoin")
	s.run(time.Minute)
	s.want("sent", s.sent(), []string{"join", "publish"})
	s.want("states", s.story(trace.AppState), []string{"app joining", "app joined"})
}

func TestThePushOfALostSessionMayFail(t *testing.T) {
	s := newStage(t, nil).joined()
	s.host.Last().Hang("")
	s.run(500 * time.Millisecond)
	s.code(-1307)
	s.run(600 * time.Millisecond) // the rejoin is answered, publish is not
	s.code(-1307)
	s.run(time.Minute)
	if s.a.state != stateJoined || !s.a.tile(42).shown {
		t.Fatalf("state %s", s.a.state)
	}
	s.code(-1307) // the new one
	if s.a.state != stateLeft {
		t.Errorf("state %s", s.a.state)
	}
}

func TestThePushGivenBackMayFail(t *testing.T) {
	for _, code := range []int{200, 434} {
		s := newStage(t, nil).joined()
		s.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
			return code, "{}", sdktest.Reply{Delay: time.Second}
		}
		s.do("unpublish")
		s.code(-1307)
		s.run(2 * time.Second)
		if s.a.state != stateJoined || (s.a.tile(42) == nil) != (code == 200) {
			t.Errorf("code %d: state %s", code, s.a.state)
		}
		s.code(-1307)
		if (s.a.state == stateLeft) != (code != 200) {
			t.Errorf("code %d: state %s afterwards", code, s.a.state)
		}
	}
}

// TestSameSeedSameRecord holds a stormy visit to one digest.
func TestSameSeedSameRecord(t *testing.T) {
	digest := func() string {
		s := newStage(t, nil).joined()
		s.host.Last().Status("stream-added", 7)
		s.run(time.Second)
		s.host.Last().Hang("")
		s.run(30 * time.Second)
		s.do("leave")
		s.run(time.Second)
		rec, err := s.log.Seal()
		if err != nil {
			t.Fatal(err)
		}
		return rec.Digest
	}
	if a, b := digest(), digest(); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

// A join in the pause takes the recovery's place; one while the rejoin is on its way
// is ignored by the SDK, and must not make the page forget what it waits for.
func TestJoinDuringARecovery(t *testing.T) {
	for _, step := range []string{"join", "rejoin"} {
		for after, calls := range map[time.Duration]int{500 * time.Millisecond: 1, 1050 * time.Millisecond: 2} {
			s := newStage(t, nil).joined()
			s.host.Last().Hang("")
			s.run(after)
			s.do(step)
			s.run(time.Minute)
			if s.a.state != stateJoined || len(s.host.Sent("publish")) != 2 || s.host.OpenSockets() != 1 {
				t.Errorf("%s after %v: state %s, %d publishes", step, after, s.a.state, len(s.host.Sent("publish")))
			}
			got := 0
			for _, call := range s.story(trace.CallIssued) {
				if strings.HasPrefix(call, "call join") || strings.HasPrefix(call, "call rejoin") {
					got++
				}
			}
			if got != 1+calls {
				t.Errorf("%s after %v: %d calls of join and rejoin, want %d", step, after, got, 1+calls)
			}
		}
	}
}
