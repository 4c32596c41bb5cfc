package wechat

import (
	"slices"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/trace"
)

func TestTwoWarningsEndAMiniProgramOnIOS(t *testing.T) {
	for _, x := range []struct {
		name string
		os   phone.OS
		gap  time.Duration
		told []string
		ends bool
	}{
		{"iOS, at once", phone.IOS, 5 * time.Second, []string{"1s memory 0"}, true},
		{"iOS, with time between", phone.IOS, 5*time.Second + 1, []string{"1s memory 0", "6s memory 0"}, false},
		{"Android", phone.Android, time.Second, []string{"1s memory 10", "2s memory 15"}, false},
	} {
		s := newSpell(t, x.os, nil)
		s.at(time.Second, func() { s.host.MemoryWarning("low") })
		s.at(time.Second+x.gap, func() { s.host.MemoryWarning("critical") })
		s.e.RunUntil(time.Minute)
		if !slices.Equal(s.told, x.told) || (s.states() == "destroy") != x.ends {
			t.Errorf("%s: told %v, states %q", x.name, s.told, s.states())
		}
	}
}

// witness is a component that only notes what it hears.
type witness struct{ heard []string }

func (w *witness) hidden()    { w.heard = append(w.heard, "hidden") }
func (w *witness) suspended() { w.heard = append(w.heard, "suspended") }
func (w *witness) shown()     { w.heard = append(w.heard, "shown") }
func (w *witness) interrupted(on bool) {
	w.heard = append(w.heard, map[bool]string{true: "call", false: "call over"}[on])
}

func TestCallInterruptsTheSound(t *testing.T) {
	for os, heard := range map[phone.OS][]string{phone.IOS: {"call", "call over"}, phone.Android: {"call"}} {
		s := newSpell(t, os, nil)
		w := &witness{}
		s.host.attach(w)
		s.at(time.Second, s.host.Interrupt)
		s.at(16*time.Second, s.host.EndInterruption)
		s.e.RunUntil(time.Minute)
		s.expect("1s interrupted true", "16s interrupted false")
		if !slices.Equal(w.heard, heard) {
			t.Errorf("%s: a component heard %v", os, w.heard)
		}
	}
}

// heardIn tells in which seconds b heard a.
func heardIn(t *testing.T, w *world) map[int]bool {
	t.Helper()
	r, err := w.log.Seal()
	if err != nil {
		t.Fatal(err)
	}
	seconds := map[int]bool{}
	for _, ev := range r.Events {
		if ev.Kind == trace.AudioPlayed && ev.Actor == 1 {
			for at := time.Duration(ev.V[0]); at < ev.At; at += 100 * time.Millisecond {
				seconds[int(at/time.Second)] = true
			}
		}
	}
	return seconds
}

// A phone that doesn't recover has its sound back when the components start again, and
// not in the middle of a call.
func TestSoundAfterACall(t *testing.T) {
	for os, silent := range map[phone.OS][]int{phone.IOS: {7, 8, 9}, phone.Android: {7, 8, 9, 12, 13, 14}} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) { a.Traits.OS = os })
		w.pusher.Start()
		w.player.Play()
		user := w.e.Proc("user")
		again := func() { w.pusher.Stop("again"); w.pusher.Start() }
		user.At(5*time.Second, w.a.Interrupt)
		user.At(7*time.Second, again)
		user.At(10*time.Second, w.a.EndInterruption)
		user.At(15*time.Second, again)
		w.e.RunUntil(25 * time.Second)
		heard := heardIn(t, w)
		for _, s := range silent {
			if heard[s] {
				t.Errorf("%s: heard at %d s", os, s)
			}
		}
		for _, s := range []int{3, 20, 23} {
			if !heard[s] {
				t.Errorf("%s: not heard at %d s", os, s)
			}
		}
		if os == phone.IOS && !heard[13] {
			t.Errorf("%s: not heard after the call", os)
		}
	}
}

// Where sound goes on behind the screen, some systems take the microphone after a while.
func TestMicrophoneBehindTheScreen(t *testing.T) {
	for limit, heardAt30 := range map[time.Duration]bool{0: true, 10 * time.Second: false} {
		v := DefaultVersion()
		v.Android.SoundBehind = []string{byHome}
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			a.Traits.MicBehind, a.Version = limit, &v
		})
		w.pusher.Start()
		w.player.Play()
		own, err := w.a.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s1"}) // a page that converses
		if err != nil {
			t.Fatal(err)
		}
		own.Play()
		user := w.e.Proc("user")
		user.At(10*time.Second, func() { w.a.Hide(byHome) })
		user.At(40*time.Second, w.a.Show)
		w.e.RunUntil(50 * time.Second)
		heard := heardIn(t, w)
		if !heard[15] || heard[30] != heardAt30 || !heard[45] {
			t.Errorf("limit %v: heard at 15 s %v, at 30 s %v, at 45 s %v", limit, heard[15], heard[30], heard[45])
		}
	}
}

func TestComponentsHearInOrder(t *testing.T) {
	s := newSpell(t, phone.IOS, nil)
	w := &witness{}
	s.host.attach(w)
	s.away(byHome, time.Second, 10*time.Second)
	s.away(byHome, 20*time.Second, 22*time.Second)
	s.e.RunUntil(time.Minute)
	if want := []string{"hidden", "suspended", "shown", "hidden", "shown"}; !slices.Equal(w.heard, want) {
		t.Errorf("heard %v", w.heard)
	}
}

// A base library that doesn't know an event has nobody hear of it.
func TestEventsOfTheBaseLibrary(t *testing.T) {
	s := newSpell(t, phone.Android, nil)
	s.host.o.Knows = func(_, name string) bool { return name != "onMemoryWarning" && name != "onAudioInterruptionBegin" }
	s.at(time.Second, func() { s.host.MemoryWarning("low"); s.host.Interrupt() })
	s.e.RunUntil(2 * time.Second)
	s.expect()
}

func TestNetworkIsToldLate(t *testing.T) {
	s := newSpell(t, phone.Android, nil)
	s.at(time.Second, func() { s.host.NetworkChanged("4g") })
	s.at(4*time.Second, func() { s.host.NetworkChanged("none") })
	s.away(byHome, 3500*time.Millisecond, 30*time.Second)
	s.at(14*time.Second, func() { s.host.NetworkChanged("wifi") })
	s.e.RunUntil(time.Minute)
	s.expect("2s network 4g", "3.5s hide", "5s network none", "30s network wifi", "30s show")
}
