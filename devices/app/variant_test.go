package app

import (
	"strings"
	"testing"
	"time"
)

// pageIn is a page of some kind in the channel, with one other member's player.
func pageIn(t *testing.T, name string) *stage {
	t.Helper()
	s := newStage(t, func(o *Options) { o.Page = name }).joined()
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
	s.notes = nil
	return s
}

// comesBack has the session be lost, the page rejoin, and the stream that it knows be
// announced again.
func (s *stage) comesBack() {
	s.host.Last().Hang("abnormal")
	s.run(2 * time.Second)
	s.host.Last().Status("stream-added", 7)
	s.run(time.Second)
}

// told are the notes without their times.
func (s *stage) told() []string {
	out := make([]string, len(s.notes))
	for i, n := range s.notes {
		_, out[i], _ = strings.Cut(n, " ")
	}
	return out
}

// Each page makes something else of new URLs.
func TestNewURLsOfAnotherSession(t *testing.T) {
	anew := []string{"push stopped: new URL", "push rtmp://publish/5"}
	for name, want := range map[string][]string{
		"":              append(anew, "player 7 removed: new URL", "player 7 rtmp://subscribe/6"),
		"demo":          append(anew, "player 7 removed: new URL", "player 7 rtmp://subscribe/6"),
		"demo-2018":     {"push url rtmp://publish/5", "player 7 src rtmp://subscribe/6"},
		"adds-tiles":    append(anew, "player 7 rtmp://subscribe/6"),
		"restarts-push": append(anew, "player 7 removed: new URL", "player 7 rtmp://subscribe/6"),
	} {
		s := pageIn(t, name)
		s.comesBack()
		s.want(name, s.told(), want)
		if tiles := map[string]int{"adds-tiles": 3}[name]; len(s.a.tiles) != max(2, tiles) {
			t.Errorf("%s: %d tiles", name, len(s.a.tiles))
		}
	}
}

// A page that keeps its clients is thrown out by itself after each return; the others
// stay as they are.
func TestJoinsAtEachReturn(t *testing.T) {
	for name, want := range map[string]int{"demo": 1, "demo-2018": 1, "keeps-clients": 4} {
		s := pageIn(t, name)
		s.a.onShow()
		s.run(time.Second)
		for range 2 { // the gateway throws the session before out
			if n := len(s.host.Sockets); n > 1 {
				s.host.Sockets[n-2].Hang("kicked")
			}
			s.run(2 * time.Second)
		}
		if got := len(s.host.Sent("join")); got != want {
			t.Errorf("%s: %d joins, want %d", name, got, want)
		}
		if s.a.state != stateJoined {
			t.Errorf("%s: state %s", name, s.a.state)
		}
	}
	s := newStage(t, func(o *Options) { o.Page = "keeps-clients" })
	s.a.onShow()
	s.do("join")
	s.run(time.Second)
	s.do("leave")
	s.a.onShow()
	s.run(time.Minute)
	if got := len(s.host.Sent("join")); got != 1 {
		t.Errorf("outside the channel: %d joins, want 1", got)
	}
}

// Told that the host has stopped its push, only one of the pages does something.
func TestHeldPush(t *testing.T) {
	for _, name := range Pages() {
		s := pageIn(t, name)
		s.code(codePushHeld)
		var want []string
		if name == "restarts-push" {
			want = []string{"push stopped: stopped by the host", "push rtmp://publish/2"}
		}
		s.want(name, s.told(), append([]string{}, want...))
		s.do("unpublish")
		s.run(time.Second)
		s.notes = nil
		s.code(codePushHeld) // of a push that is over
		s.want(name, s.told(), []string{})
	}
}

func TestUnknownPage(t *testing.T) {
	newStage(t, func(o *Options) {
		bad := *o
		bad.Page = "demo-2017"
		if err := bad.Validate(); err == nil || !strings.Contains(err.Error(), "demo-2018") {
			t.Errorf("got %v", err)
		}
	})
}
