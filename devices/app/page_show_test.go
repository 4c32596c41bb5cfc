package app

import (
	"testing"
	"time"

	"minilab/simulator/trace"
)

// visited is a page in the channel with one other member's player.
func visited(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, nil).joined()
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	if len(s.playerCodes) != 1 {
		t.Fatalf("%d players", len(s.playerCodes))
	}
	s.notes = nil
	return s
}

func (s *stage) plays() (n int) {
	for _, note := range s.notes {
		if len(note) > 6 && note[len(note)-6:] == " plays" {
			n++
		}
	}
	return n
}

// Back on the screen, players that aren't ok are told to play; the others and the
// pusher are left alone.
func TestOnShowPlaysWhatIsNotOK(t *testing.T) {
	for name, c := range map[string]struct {
		codes []int
		want  int
	}{
		"loading": {nil, 1}, "ok": {[]int{codePlaying}, 0}, "failed": {[]int{codePlaying, codePlayFailed}, 1},
		// The status stays error until the key changes.
		"played again": {[]int{codePlaying, codePlayFailed, codePlaying}, 1}, "other codes": {[]int{2103, 2007}, 1},
	} {
		s := visited(t)
		for _, code := range c.codes {
			s.playerCodes[0](code)
		}
		s.a.onShow()
		if got := s.plays(); got != c.want || len(s.notes) != c.want {
			t.Errorf("%s: %q, want %d", name, s.notes, c.want)
		}
	}
}

// An error picture lies over a player that has given up, until a new one takes its place.
func TestErrorPicture(t *testing.T) {
	s := visited(t)
	s.playerCodes[0](codePlaying)
	s.playerCodes[0](codePlayFailed)
	s.playerCodes[0](codePlayFailed)
	s.host.Last().Status("stream-added", 7) // its stream comes anew
	s.run(time.Second)
	s.playerCodes[0](codePlayFailed) // of the player that is gone
	if len(s.playerCodes) != 2 {
		t.Fatalf("%d players", len(s.playerCodes))
	}
	s.want("covers", s.story(trace.TileStatus), []string{"tile-status error", "tile-status loading"})
}

// A turned stream turns its player a second later, once it is on the page; what is made
// anew stands upright.
func TestRotationTurnsThePlayer(t *testing.T) {
	for degrees, lies := range map[int]string{0: "false", 90: "true", 180: "false", 270: "true"} {
		s := visited(t)
		began := s.e.Now()
		s.a.rotated(7, degrees)
		s.a.rotated(8, degrees) // of whom there is no tile
		s.run(2 * time.Second)
		s.want("rotation", s.notes, []string{(began + time.Second).String() + " player 7 lies " + lies})
	}
	s := visited(t)
	s.a.rotated(7, 90)
	s.a.leave("", nil)
	s.run(2 * time.Second)
	for _, note := range s.notes {
		if note[len(note)-len("lies true"):] == "lies true" {
			t.Errorf("a page that was left turned: %q", s.notes)
		}
	}
}

// After a cold start nothing of the page before is left, and nobody was told.
func TestColdStart(t *testing.T) {
	s := visited(t)
	sent := len(s.host.Sent("leave")) + len(s.host.Sent("unpublish"))
	s.a.onLaunch(s.e.Proc("ann/app"))
	s.run(time.Minute)
	if got := len(s.host.Sent("leave")) + len(s.host.Sent("unpublish")); got != sent || len(s.notes) > 0 {
		t.Errorf("told: %d messages, %q", got-sent, s.notes)
	}
	if s.a.client != nil || s.a.pusher != nil || len(s.a.tiles) > 0 || s.a.state != stateIdle {
		t.Errorf("left over: %+v", s.a)
	}
	if err := s.a.Do(Step{Name: "join"}); err != nil {
		t.Fatal(err)
	}
	s.run(3 * time.Second)
	if s.a.state != stateJoined {
		t.Errorf("the new page is %s", s.a.state)
	}
}

// A page that sleeps does its steps when it wakes; one that is gone never does.
func TestStepsOfASleepingPage(t *testing.T) {
	s := newStage(t, nil)
	s.a.proc.Hold()
	if err := s.a.Do(Step{Name: "join"}); err != nil {
		t.Fatal(err)
	}
	s.run(time.Second)
	if len(s.host.Sockets) > 0 {
		t.Error("a sleeping page joined")
	}
	s.a.proc.Release()
	s.run(3 * time.Second)
	if s.a.state != stateJoined {
		t.Errorf("awake: %s", s.a.state)
	}
	s = newStage(t, nil)
	s.a.proc.End()
	if err := s.a.Do(Step{Name: "join"}); err != nil {
		t.Fatal(err)
	}
	s.run(3 * time.Second)
	if len(s.host.Sockets) > 0 {
		t.Error("a page that is gone joined")
	}
}
