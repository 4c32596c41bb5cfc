package app

import (
	"slices"
	"testing"
	"time"

	"minilab/devices/phone/fault"
	"minilab/simulator/trace"
)

// victim is a host that can suffer everything and takes notes.
type victim struct{ s *stage }

func (v victim) Hide(how string)            { v.s.note("hide %s", how) }
func (v victim) Show()                      { v.s.note("show") }
func (v victim) Interrupt()                 { v.s.note("interrupt") }
func (v victim) EndInterruption()           { v.s.note("interruption ends") }
func (v victim) Kill()                      { v.s.note("kill") }
func (v victim) MemoryWarning(level string) { v.s.note("memory %s", level) }
func (v victim) FailEncoder(how string)     { v.s.note("encoder %s", how) }
func (v victim) MendEncoder(how string)     { v.s.note("encoder mended of %s", how) }
func (v victim) FailCamera(how string)      { v.s.note("camera %s", how) }
func (v victim) MendCamera(how string)      { v.s.note("camera mended of %s", how) }
func (v victim) Rotate(degrees int)         { v.s.note("turn %d", degrees) }
func (v victim) Deny(device string, on bool) {
	if on {
		v.s.note("deny %s", device)
	} else {
		v.s.note("allow %s", device)
	}
}
func (v victim) PlayBGM(by, url string)     { v.s.note("bgm %s %q", by, url) }
func (v victim) StopBGM(by string)          { v.s.note("bgm %s stops", by) }
func (v victim) SetRoute(route string)      { v.s.note("route %s", route) }
func (v victim) NetworkChanged(kind string) { v.s.note("network %s", kind) }

func TestEachFaultReachesTheHost(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		fault fault.Fault
		want  []string
	}{
		{fault.Fault{Kind: "background", Length: 2 * second}, []string{"0s hide home", "2s show"}},
		{fault.Fault{Kind: "background", Arg: "capsule", Length: second}, []string{"0s hide capsule", "1s show"}},
		{fault.Fault{Kind: "lock", Length: second}, []string{"0s hide lock", "1s show"}},
		{fault.Fault{Kind: "phone-call", Length: second}, []string{"0s interrupt", "1s interruption ends"}},
		{fault.Fault{Kind: "kill"}, []string{"0s kill"}},
		{fault.Fault{Kind: "kill", Length: second}, []string{"0s kill", "1s show"}},
		{fault.Fault{Kind: "memory-pressure"}, []string{"0s memory moderate"}},
		{fault.Fault{Kind: "memory-pressure", Arg: "critical"}, []string{"0s memory critical"}},
		{fault.Fault{Kind: "encoder", Arg: "dies"}, []string{"0s encoder dies"}},
		{fault.Fault{Kind: "encoder", Arg: "stalls", Length: second}, []string{"0s encoder stalls", "1s encoder mended of stalls"}},
		{fault.Fault{Kind: "camera", Arg: "stalls", Length: second}, []string{"0s camera stalls", "1s camera mended of stalls"}},
		{fault.Fault{Kind: "rotate", Degrees: 90}, []string{"0s turn 90"}},
		{fault.Fault{Kind: "deny", Arg: "mic", Length: second}, []string{"0s deny mic", "1s allow mic"}},
		{fault.Fault{Kind: "play-bgm", Length: second}, []string{`0s bgm page ""`, "1s bgm page stops"}},
		{fault.Fault{Kind: "route", Arg: "ear"}, []string{"0s route ear"}},
	} {
		s := newStage(t, nil)
		s.a.host = victim{s}
		if err := s.a.Fault(c.fault); err != nil {
			t.Errorf("%+v: %v", c.fault, err)
		}
		s.e.RunUntil(10 * second)
		if !slices.Equal(s.notes, c.want) {
			t.Errorf("%+v: %q, want %q", c.fault, s.notes, c.want)
		}
	}
	for _, k := range fault.Kinds() {
		if effects[k.Name] == nil {
			t.Errorf("%s has no effect", k.Name)
		}
	}
	if len(effects) != len(fault.Kinds()) {
		t.Errorf("%d effects of %d kinds", len(effects), len(fault.Kinds()))
	}
}

// Who is away for two reasons is back when both are over; other faults don't meddle.
func TestOverlappingFaultsEndOnce(t *testing.T) {
	s := newStage(t, nil)
	s.a.host = victim{s}
	at := func(d time.Duration, f fault.Fault) {
		s.e.Proc("script").At(d, func() {
			if err := s.a.Fault(f); err != nil {
				t.Error(err)
			}
		})
	}
	at(0, fault.Fault{Kind: "background", Length: 10 * time.Second})
	at(2*time.Second, fault.Fault{Kind: "lock", Length: 3 * time.Second})
	at(3*time.Second, fault.Fault{Kind: "phone-call", Length: time.Second})
	at(4*time.Second, fault.Fault{Kind: "deny", Arg: "mic", Length: 4 * time.Second})
	at(5*time.Second, fault.Fault{Kind: "deny", Arg: "camera", Length: time.Second})
	at(11*time.Second, fault.Fault{Kind: "camera", Arg: "lost", Length: 2 * time.Second})
	at(12*time.Second, fault.Fault{Kind: "camera", Arg: "stalls", Length: 4 * time.Second})
	at(20*time.Second, fault.Fault{Kind: "play-bgm", Arg: fault.ByPusher, Length: 9 * time.Second})
	at(21*time.Second, fault.Fault{Kind: "play-bgm", Length: 2 * time.Second})
	at(22*time.Second, fault.Fault{Kind: "play-bgm", Arg: fault.ByPage, Length: 3 * time.Second})
	s.e.RunUntil(time.Minute)
	want := []string{"0s hide home", "2s hide lock", "3s interrupt", "4s interruption ends", "4s deny mic", "5s deny camera", "6s allow camera", "8s allow mic", "10s show",
		"11s camera lost", "12s camera stalls", "13s camera mended of lost", "16s camera mended of stalls",
		`20s bgm live-pusher ""`, `21s bgm page ""`, `22s bgm page ""`, "25s bgm page stops", "29s bgm live-pusher stops"}
	slices.Sort(want)
	got := slices.Sorted(slices.Values(s.notes))
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant %q", got, want)
	}
}

func TestFaultsThatCannotBe(t *testing.T) {
	s := newStage(t, nil)
	s.a.host = struct{}{}
	if err := s.a.Fault(fault.Fault{Kind: "kill"}); err == nil {
		t.Error("a host that can't be killed was")
	}
	s.a.host = victim{s}
	if err := s.a.Fault(fault.Fault{Kind: "fire"}); err == nil {
		t.Error("a fault of no kind was taken")
	}
	if len(s.notes) > 0 {
		t.Errorf("notes %q", s.notes)
	}
	if got := count(s.log, trace.FaultInjected); got != 0 {
		t.Errorf("%d faults in the trace", got)
	}
}

func count(log *trace.Log, k trace.Kind) (n int) {
	record, err := log.Seal()
	if err != nil {
		panic(err)
	}
	for _, e := range record.Events {
		if e.Kind == k {
			n++
		}
	}
	return n
}
