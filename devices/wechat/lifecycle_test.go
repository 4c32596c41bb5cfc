package wechat

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine/sockets"
	"minilab/simulator/trace"
)

// spell is one stay away from a page: what its script was told, and when.
type spell struct {
	*netWorld
	t    *testing.T
	told []string
}

// newSpell is a phone of that system, whose server echoes; version may be nil.
func newSpell(t *testing.T, os phone.OS, version *Version) *spell {
	s := &spell{netWorld: newNetWorld(t, func() sockets.Handler { return echo(t, same) }), t: t}
	s.again(t, func(o *HostOptions) {
		o.Traits.OS, o.Version = os, version
	})
	s.listen()
	return s
}

func (s *spell) note(format string, args ...any) {
	s.told = append(s.told, fmt.Sprintf("%v ", s.e.Now().Round(10*time.Millisecond))+fmt.Sprintf(format, args...))
}

func (s *spell) listen() {
	s.host.Listen(Page{
		OnShow: func() { s.note("show") }, OnHide: func() { s.note("hide") }, OnLaunch: func() { s.note("launch") },
		OnAudioInterruption: func(b bool) { s.note("interrupted %v", b) },
		OnMemoryWarning:     func(level int) { s.note("memory %d", level) },
		OnNetworkStatus:     func(kind string) { s.note("network %s", kind) },
		OnSocketClose:       func() { s.note("socket closed") },
	})
}

// at plans what befalls the phone.
func (s *spell) at(at time.Duration, f func()) { s.net.proc.At(at, f) }

// away has the user leave at from and come back at to; 0: never.
func (s *spell) away(how string, from, to time.Duration) {
	s.at(from, func() { s.host.Hide(how) })
	if to > 0 {
		s.at(to, s.host.Show)
	}
}

func (s *spell) expect(want ...string) {
	s.t.Helper()
	if !slices.Equal(s.told, want) {
		s.t.Errorf("told\n %s\nwant\n %s", strings.Join(s.told, "\n "), strings.Join(want, "\n "))
	}
}

// states are the host's, as the trace has them.
func (s *spell) states() string {
	s.t.Helper()
	var out []string
	for _, line := range s.seen(s.t, trace.HostState) {
		out = append(out, strings.Fields(line)[1])
	}
	return strings.Join(out, " ")
}

func TestPageSleepsAndWakes(t *testing.T) {
	s := newSpell(t, phone.Android, nil)
	for _, at := range []time.Duration{1, 4, 8, 15, 31} {
		s.host.Thread().At(at*time.Second, func() { s.note("timer") })
	}
	s.away(byHome, 2*time.Second, 30*time.Second)
	s.e.RunUntil(40 * time.Second)
	s.expect("1s timer", "2s hide", "4s timer", "30s timer", "30s timer", "30s show", "31s timer")
	if got := s.states(); got != "hide suspend resume show" {
		t.Errorf("states: %s", got)
	}
}

func TestShortAbsenceIsNoSleep(t *testing.T) {
	s := newSpell(t, phone.IOS, nil)
	s.host.Thread().At(4*time.Second, func() { s.note("timer") })
	s.away(byLock, time.Second, 5*time.Second)
	s.e.RunUntil(10 * time.Minute)
	s.expect("1s hide", "4s timer", "5s show")
	if got := s.states(); got != "hide show" {
		t.Errorf("states: %s", got)
	}
}

// A page that converses goes on to hear and be heard, if version and system let it.
func TestSoundBehind(t *testing.T) {
	for _, x := range []struct {
		behind, pushes, plays bool
		states                string
	}{{true, true, true, "hide show"}, {false, true, true, "hide suspend resume show"}, {true, false, true, "hide suspend resume show"}, {true, true, false, "hide suspend resume show"}} {
		v := DefaultVersion()
		if x.behind {
			v.Android.SoundBehind = []string{byHome}
		}
		s := newSpell(t, phone.Android, &v)
		push, err := s.host.NewLivePusher(PusherOptions{URL: "rtmp://edge/live/s"})
		if err != nil {
			t.Fatal(err)
		}
		play, err := s.host.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s"})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []component{push, play} { // the page has them, whoever registers them
			if !slices.Contains(s.host.components, c) {
				s.host.attach(c)
			}
		}
		push.started, play.started = x.pushes, x.plays
		s.away(byHome, time.Second, 20*time.Second)
		s.e.RunUntil(time.Second)
		s.e.RunUntil(30 * time.Second)
		if got := s.states(); got != x.states {
			t.Errorf("%+v: %s", x, got)
		}
	}
}

// What is under way when the page falls asleep fails, and it hears of it on its return.
func TestRequestsAreInterrupted(t *testing.T) {
	s := &spell{netWorld: newNetWorld(t, func() sockets.Handler {
		return &onRequest{answer: func(sockets.Socket, *http.Request, []byte) {}}
	}), t: t}
	s.listen()
	s.at(3*time.Second, func() {
		s.host.Request(RequestOptions{URL: "https://gate/x", Fail: func(m string) { s.note("%s", m) }})
	})
	s.away(byHome, time.Second, 20*time.Second)
	s.e.RunUntil(40 * time.Second)
	s.expect("1s hide", "20s request:fail interrupted", "20s show")
	if len(s.host.users) > 0 {
		t.Errorf("%d connections left", len(s.host.users))
	}
}

// open gives the phone a WebSocket.
func (s *spell) open() *SocketTask {
	task := s.host.ConnectSocket(SocketOptions{For: "gateway", URL: "wss://gate/x"})
	task.OnOpen = func() { s.note("open") }
	task.OnClose = func(code int, _ string) { s.note("close %d", code) }
	task.OnError = func(m string) { s.note("%s", m) }
	task.OnMessage = func(p []byte) { s.note("message %s", p) }
	return task
}

func TestSocketsAreDropped(t *testing.T) {
	for told, want := range map[string][]string{
		toldTask:   {"160ms open", "1s hide", "20s close 1006", "20s socket closed", "20s show"},
		toldGlobal: {"160ms open", "1s hide", "20s socket closed", "20s show"},
		toldNobody: {"160ms open", "1s hide", "20s show"},
	} {
		v := DefaultVersion()
		v.Android.DropTold = told
		s := newSpell(t, phone.Android, &v)
		task := s.open()
		s.away(byHome, time.Second, 20*time.Second)
		s.at(10*time.Second, func() {
			if len(s.host.users) != 1 {
				t.Errorf("%s: dropped too early", told)
			}
		})
		s.e.RunUntil(25 * time.Second)
		for i := range s.told {
			s.told[i] = strings.Replace(s.told[i], "160ms open", "160ms open", 1)
		}
		s.expect(want...)
		if err := task.Send([]byte("x")); err == nil {
			t.Errorf("%s: a dropped socket sends", told)
		}
		s.told = nil
		task.Close(1000, "")
		s.e.RunUntil(30 * time.Second)
		if told == toldNobody {
			s.expect("25s close 1000")
		}
		if s.host.sockets != 0 {
			t.Errorf("%s: %d sockets counted", told, s.host.sockets)
		}
		if !s.net.pairs[0][0].closed {
			t.Errorf("%s: the connection stands", told)
		}
	}
}

// Right after it woke a page has no network yet.
func TestNetworkComesBackLate(t *testing.T) {
	s := newSpell(t, phone.Android, nil)
	s.away(byHome, time.Second, 20*time.Second)
	for _, late := range []time.Duration{200, 400} {
		s.at(20*time.Second+late*time.Millisecond, func() { s.open() })
	}
	s.at(20100*time.Millisecond, func() {
		s.host.Request(RequestOptions{URL: "https://gate/x", Fail: func(m string) { s.note("%s", m) }})
	})
	s.e.RunUntil(30 * time.Second)
	s.expect("1s hide", "20s show", "20.1s request:fail suspend state", "20.2s connectSocket:fail suspend state", "20.56s open")
}

// iOS stops the whole process: nothing is read until it goes on.
func TestProcessStandsStill(t *testing.T) {
	for _, x := range []struct {
		how   string
		os    phone.OS
		still bool
	}{{byHome, phone.IOS, true}, {byLock, phone.IOS, true}, {byCapsule, phone.IOS, false}, {byHome, phone.Android, false}} {
		s := newSpell(t, x.os, nil)
		ticks := 0
		alarm := s.host.proc.Alarm(func() { ticks++ })
		s.at(8*time.Second, func() { alarm.In(time.Second) })
		s.away(x.how, time.Second, 20*time.Second)
		s.e.RunUntil(19 * time.Second)
		if still := ticks == 0; still != x.still || s.host.life.frozen != x.still {
			t.Errorf("%s by %s: stands still %v", x.os, x.how, still)
		}
		s.e.RunUntil(30 * time.Second)
		if ticks != 1 || s.host.life.frozen {
			t.Errorf("%s by %s: an alarm rang %d times", x.os, x.how, ticks)
		}
	}
}

func TestPageIsDestroyed(t *testing.T) {
	s := newSpell(t, phone.Android, nil)
	s.open()
	first := s.host.Thread()
	first.At(7*time.Minute, func() { s.note("timer of the page before") })
	s.away(byHome, time.Second, 6*time.Minute)
	s.e.RunUntil(10 * time.Minute)
	s.expect("160ms open", "1s hide", "6m0s launch")
	if s.host.Thread() == first || !first.Ended() {
		t.Error("the page goes on in the old thread")
	}
	if got := s.states(); got != "hide suspend destroy show" {
		t.Errorf("states: %s", got)
	}
	if s.host.sockets != 0 || len(s.host.users) > 0 {
		t.Errorf("%d sockets, %d connections left", s.host.sockets, len(s.host.users))
	}
}

func TestKilled(t *testing.T) {
	s := newSpell(t, phone.IOS, nil)
	s.open()
	s.host.Thread().At(4*time.Second, func() { s.note("timer") })
	s.at(2*time.Second, s.host.Kill)
	s.at(3*time.Second, s.host.Kill)
	s.at(3*time.Second, func() { s.host.NetworkChanged("4g"); s.host.MemoryWarning("low"); s.host.Interrupt() })
	s.e.RunUntil(time.Minute)
	s.expect("160ms open")
	if got := s.states(); got != "killed" {
		t.Errorf("states: %s", got)
	}
	if len(s.host.users) > 0 || s.host.sockets != 0 {
		t.Error("a connection is left")
	}
}

// The limit of WebSockets is the version's.
func TestSocketLimitOfTheVersion(t *testing.T) {
	for _, limit := range []int{2, 5} {
		v := DefaultVersion()
		v.WebSockets = limit
		s := newSpell(t, phone.Android, &v)
		for range limit + 1 {
			s.open()
		}
		s.e.RunUntil(time.Second)
		open := 0
		for _, line := range s.told {
			if strings.HasSuffix(line, "open") {
				open++
			}
		}
		if refused := len(s.told) - open; open != limit || refused != 1 {
			t.Errorf("limit %d: %v", limit, s.told)
		}
	}
}

func TestVersionsThatMakeNoSense(t *testing.T) {
	for name, change := range map[string]func(*Version){
		"no sockets":       func(v *Version) { v.WebSockets = 0 },
		"gone before":      func(v *Version) { v.DestroyAfter = v.SuspendAfter },
		"dropped awake":    func(v *Version) { v.IOS.SocketsDropped = time.Second },
		"told to whom":     func(v *Version) { v.Android.DropTold = "everybody" },
		"unknown way":      func(v *Version) { v.IOS.SoundBehind = []string{"taxi"} },
		"image of no time": func(v *Version) { v.ImageLasts = 0 },
	} {
		v := DefaultVersion()
		change(&v)
		if v.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if v := DefaultVersion(); v.Validate() != nil {
		t.Error(v.Validate())
	}
}
