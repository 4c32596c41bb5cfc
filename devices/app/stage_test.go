package app

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
	"minilab/simulator/engine"
	"minilab/simulator/trace"
)

// stage is a page over a scripted host with components that only take notes.
type stage struct {
	t    *testing.T
	e    *engine.Engine
	host *sdktest.Host
	log  *trace.Log
	a    *App
	// notes are what the components were told, with the time.
	notes []string
	code  func(int) // the pusher's
	// playerCodes are the players', in the order in which they were made.
	playerCodes []func(int)
	urls        int
}

func (s *stage) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf("%v ", s.e.Now())+fmt.Sprintf(format, args...))
}

type fakePusher struct{ s *stage }

func (p fakePusher) start(url string) { p.s.note("push %s", url) }
func (p fakePusher) restart(url, why string) {
	p.stop(why)
	p.start(url)
}
func (p fakePusher) source(url string) { p.s.note("push url %s", url) }
func (p fakePusher) stop(why string)   { p.s.note("push stopped: %s", why) }
func (p fakePusher) setCamera(on bool) { p.s.note("camera %v", on) }
func (p fakePusher) setMic(on bool)    { p.s.note("mic %v", on) }
func (p fakePusher) operate(m string)  { p.s.note("%s", m) }

type fakePlayer struct {
	s      *stage
	uid    uint32
	number int
}

func (p fakePlayer) play()               { p.s.note("player %d plays", p.uid) }
func (p fakePlayer) source(url string)   { p.s.note("player %d src %s", p.uid, url) }
func (p fakePlayer) lie(horizontal bool) { p.s.note("player %d lies %v", p.uid, horizontal) }
func (p fakePlayer) remove(why string)   { p.s.note("player %d removed: %s", p.uid, why) }

func (s *stage) pusher(camera, mic bool, code func(int)) pusher {
	s.note("pusher camera %v mic %v", camera, mic)
	s.code = code
	return fakePusher{s}
}

func (s *stage) player(uid uint32, url string, code func(int)) player {
	s.note("player %d %s", uid, url)
	s.playerCodes = append(s.playerCodes, code)
	return fakePlayer{s, uid, len(s.playerCodes)}
}

func newStage(t *testing.T, change func(*Options)) *stage {
	t.Helper()
	e := engine.New(7)
	s := &stage{t: t, e: e, host: &sdktest.Host{Proc: e.Proc("host")}}
	s.log = trace.NewLog(trace.Head{Members: []trace.Member{{ID: "ann"}, {ID: "bob"}}}, e.Now)
	o := Options{Engine: e, Log: s.log, Name: "ann", Actor: 0, UID: 42, AppID: "app", Channel: "ward", Role: sdk.Broadcaster,
		Profile: sdktest.Profile(), Camera: true, Mic: true,
		Resolve: func(uid uint32) trace.ActorID {
			switch uid {
			case 42:
				return 0
			case 7:
				return 1
			}
			return trace.Nobody
		}}
	if change != nil {
		change(&o)
	}
	if err := o.Validate(); err != nil {
		t.Fatal(err)
	}
	// publish and subscribe get a new URL each time
	s.host.Answer = func(m sdktest.Message) (int, string, sdktest.Reply) {
		s.urls++
		return 200, fmt.Sprintf(`{"url":"rtmp://%s/%d","rotation":0}`, m.Action, s.urls), sdktest.Reply{Delay: 30 * time.Millisecond}
	}
	s.a = newApp(o, o.Engine.Proc(o.Name+"/app"), s.host, s)
	return s
}

func (s *stage) do(name string, args ...any) {
	s.t.Helper()
	step := Step{Name: name, Args: map[string]Value{}}
	for _, a := range args {
		switch v := a.(type) {
		case int:
			step.Args[ArgUID] = Value{UID: uint32(v)}
		case string:
			key, value, _ := strings.Cut(v, "=")
			step.Args[key] = Value{Word: value}
		case map[string]Value:
			step.Args = v
		}
	}
	if err := s.a.Do(step); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) run(d time.Duration) { s.e.RunUntil(s.e.Now() + d) }

// joined is the page in the channel, a second after its first step.
func (s *stage) joined() *stage {
	s.t.Helper()
	s.do("join")
	s.run(time.Second)
	if s.a.state != stateJoined {
		s.t.Fatalf("state %s", s.a.state)
	}
	return s
}

// sent lists the requests' actions.
func (s *stage) sent() []string {
	var list []string
	for _, m := range s.host.Messages {
		if m.Action != "ping" {
			list = append(list, m.Action)
		}
	}
	return list
}

// story is the trace in words, times left out.
func (s *stage) story(kinds ...trace.Kind) []string {
	s.t.Helper()
	rec, err := s.log.Seal()
	if err != nil {
		s.t.Fatal(err)
	}
	var list []string
	for _, ev := range rec.Events {
		if slices.Contains(kinds, ev.Kind) {
			list = append(list, strings.TrimRight(fmt.Sprintf("%s %s %s", ev.Kind, rec.Text(ev.Text), rec.Text(ev.Note)), " "))
		}
	}
	return list
}

func (s *stage) want(what string, got, want []string) {
	s.t.Helper()
	if !reflect.DeepEqual(got, want) {
		s.t.Errorf("%s:\ngot  %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}
