package fault

import (
	"testing"
	"time"
)

func TestFaultsThatMakeSense(t *testing.T) {
	for _, f := range []Fault{
		{Kind: "background", Length: time.Second}, {Kind: "background", Arg: "lock", Length: time.Second}, {Kind: "kill"},
		{Kind: "memory-pressure"}, {Kind: "encoder", Arg: "dies"}, {Kind: "encoder", Arg: "stalls", Length: time.Second},
		{Kind: "rotate"}, {Kind: "rotate", Degrees: 270}, {Kind: "play-bgm", Length: time.Second, URL: "https://a/b.mp3"},
	} {
		if err := f.Validate(); err != nil {
			t.Errorf("%+v: %v", f, err)
		}
	}
	for _, f := range []Fault{
		{}, {Kind: "fire"}, {Kind: "background"}, {Kind: "background", Arg: "sofa", Length: time.Second}, {Kind: "rotate", Length: time.Second},
		{Kind: "encoder"}, {Kind: "encoder", Arg: "sings"}, {Kind: "rotate", Degrees: 45}, {Kind: "rotate", Degrees: 360},
		{Kind: "kill", Degrees: 90}, {Kind: "phone-call", Length: -1}, {Kind: "lock", Arg: "home", Length: time.Second}, {Kind: "kill", URL: "x"},
	} {
		if f.Validate() == nil {
			t.Errorf("%+v: accepted", f)
		}
	}
}

func TestFaultInWords(t *testing.T) {
	for want, f := range map[string]Fault{
		"lock 20s":    {Kind: "background", Arg: "lock", Length: 20 * time.Second},
		"90 degrees":  {Kind: "rotate", Degrees: 90},
		"":            {Kind: "kill"},
		"a.mp3 1m0s":  {Kind: "play-bgm", URL: "a.mp3", Length: time.Minute},
		"stalls 1.5s": {Kind: "camera", Arg: "stalls", Length: 1500 * time.Millisecond},
	} {
		if got := f.String(); got != want {
			t.Errorf("%+v: %q, want %q", f, got, want)
		}
	}
}
