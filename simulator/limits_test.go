package simulator

import (
	"strings"
	"testing"
	"time"

	"minilab/simulator/trace"
)

const limited = `name: limited
length: 14s
sdk: 1.1.3
members:
  anna: {device: iphone-8-ios-11.4, network: good, role: broadcaster, camera: off, mic: off, MEMBER}
  nat:  {origin: native, role: broadcaster, NATIVE}
script:
  - {at: 0s, server: {gateway: {number: all, fault: silent}}}
  - {at: 0s, anna: join}
  - {at: 200ms, anna: abandon}
  - {at: 200ms, anna: join}
  - {at: 400ms, anna: abandon}
  - {at: 400ms, anna: join}
`

// limit runs it with what its members say, and gives the head's parameters by name.
func limit(t *testing.T, text, member, native string) (*trace.Record, map[string]trace.Param) {
	t.Helper()
	s, err := Parse("limited.yaml", []byte(strings.NewReplacer(", MEMBER", member, ", NATIVE", native).Replace(text)))
	if err != nil {
		t.Fatal(err)
	}
	r := run(t, s, 1)
	params := map[string]trace.Param{}
	for _, p := range r.Head.Params {
		params[p.Name] = p
	}
	return r, params
}

// A mini-program has as many WebSockets as its WeChat allows, or as the scenario says,
// and the record's head says how many where it isn't the usual.
func TestWebSocketsThatAMemberMayHave(t *testing.T) {
	for member, want := range map[string]struct {
		limit    float64 // in the head; 0: not there
		fidelity string
		refused  int // of the three that it dials
	}{
		"":                               {0, "", 1},
		", websockets: 1":                {1, "assumed", 2},
		", websockets: 2":                {0, "", 1},
		", websockets: 3":                {3, "assumed", 0},
		", wechat: 7.0.8":                {5, "documented", 0},
		", wechat: 7.0.8, websockets: 2": {0, "", 1},
	} {
		r, params := limit(t, limited, member, "")
		refused, dialled := 0, 0
		for _, ev := range r.Events {
			if ev.At < time.Second {
				refused += one(ev.Kind == trace.SocketRefused)
				dialled += one(ev.Kind == trace.SocketDialled)
			}
		}
		if p := params["anna/websockets"]; p.Value != want.limit || p.Fidelity != want.fidelity || refused != want.refused {
			t.Errorf("%q: %+v in the head, %d of %d refused; want %+v", member, p, refused, dialled, want)
		}
	}
}

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

// What a native member sends is as much later as its path is longer.
func TestPathOfAMemberOfAnotherSDK(t *testing.T) {
	text := limited[:strings.Index(limited, "script:")] + "script:\n  - {at: 0s, all: join}\n"
	delay := func(native string) (mean time.Duration, params map[string]trace.Param) {
		r, params := limit(t, text, "", native)
		sum, n := time.Duration(0), 0
		for _, ev := range r.Events {
			if ev.Kind == trace.FrameShown && ev.Actor == 0 && ev.Peer == 1 && ev.At > 8*time.Second {
				sum, n = sum+ev.At-time.Duration(ev.V[1]), n+1
			}
		}
		if n < 60 {
			t.Fatalf("%q: %d pictures", native, n)
		}
		return sum / time.Duration(n), params
	}
	usual, params := delay("")
	if _, said := params["nat/path_delay"]; said {
		t.Errorf("the usual path is in the head: %+v", params["nat/path_delay"])
	}
	far, params := delay(", path_delay: 340ms")
	if p := params["nat/path_delay"]; p.Value != 340 || p.Unit != "ms" || p.Fidelity != "assumed" {
		t.Errorf("the far path is in the head as %+v", p)
	}
	if d := far - usual; d < 270*time.Millisecond || d > 330*time.Millisecond {
		t.Errorf("300 ms farther away, the delay is %v, not %v", far, usual)
	}
}

// Whatever a scenario can say of a member is explained.
func TestWordsOfTheCastAreExplained(t *testing.T) {
	for _, w := range MemberWords() {
		if w.Name == "" || len(w.Doc) < 10 {
			t.Errorf("%+v", w)
		}
	}
}
