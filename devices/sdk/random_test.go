package sdk_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
)

// wild is a client with a page that calls anything at any time, and a host and gateway
// that do anything that hosts and gateways may do.
type wild struct {
	*bench
	t       *rapid.T
	shared  bool
	calls   []*int                           // how often each was answered
	rests   []func() (over bool, timers int) // of all sessions so far
	between bool                             // no session since the last destroy or leave
}

// reply draws how the far side answers.
func (w *wild) reply(label string) sdktest.Reply {
	d := rapid.SampledFrom([]time.Duration{0, ms, 30 * ms, 30 * ms, 30 * ms, 300 * ms, 4 * time.Second, 12 * time.Second}).Draw(w.t, label)
	switch rapid.IntRange(0, 19).Draw(w.t, label+" how") {
	case 19:
		return sdktest.Reply{Never: true}
	case 18, 17:
		return sdktest.Reply{Delay: d, Err: sdktest.ErrDown}
	}
	return sdktest.Reply{Delay: d}
}

func newWild(t *testing.T, rt *rapid.T) *wild {
	w := &wild{t: rt, shared: rapid.Bool().Draw(rt, "shared"), between: true}
	w.bench = newBench(t, func(p *sdk.Profile) {
		flip := func(name string) bool { return rapid.Bool().Draw(rt, name) }
		p.SharedSession = w.shared
		p.SetRoleInChannel, p.LeaveCallbacks, p.Telemetry = flip("role in channel"), flip("leave calls back"), flip("telemetry")
		p.MuteLocal, p.MuteAudioEvent, p.JoinUID = true, flip("mute-audio"), flip("uid")
		p.GatewayFailover = rapid.SampledFrom([]string{"works", "answers-dropped", "hangs"}).Draw(rt, "failover")
		p.LookupTimeout = rapid.SampledFrom([]time.Duration{0, 10 * time.Second}).Draw(rt, "lookup time-out")
	})
	w.host.Lookup = func(string) sdktest.Reply {
		r := w.reply("lookup")
		r.Body = sdktest.GoodLookup("1.1.1.1", "1.1.1.2")
		return r
	}
	w.host.Open = func(string) sdktest.Reply { return w.reply("open") }
	w.host.Closing = func(string) sdktest.Reply { return w.reply("closing") }
	w.host.Collect = func() sdktest.Reply { return w.reply("collect") }
	w.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
		return rapid.SampledFrom([]int{200, 200, 200, 431, 503}).Draw(w.t, "code"), `{"url":"rtmp://x"}`, w.reply("answer")
	}
	return w
}

// done counts the callbacks of one call.
func (w *wild) done() sdk.Done {
	n := new(int)
	w.calls = append(w.calls, n)
	return func(sdk.Answer, *sdk.Failure) {
		if *n++; *n > 1 {
			w.t.Fatalf("call %d is answered twice", len(w.calls))
		}
	}
}

func (w *wild) enter(call func() error) {
	before := len(w.host.Posts)
	if call() == nil && len(w.host.Posts) > before {
		w.between = false
		w.rests = append(w.rests, sdk.Rest(w.c))
	}
}

// end marks that no session is there from now on.
func (w *wild) end() {
	w.between = true
	w.events = nil
}

func (w *wild) actions() map[string]func(*rapid.T) {
	call := func(f func(sdk.Done) error) func(*rapid.T) { return func(*rapid.T) { _ = f(w.done()) } }
	return map[string]func(*rapid.T){
		"init": call(func(d sdk.Done) error { return w.c.Init("app", d) }),
		"join": func(*rapid.T) { w.enter(func() error { return w.c.Join(nil, "ward", 42, w.done()) }) },
		"rejoin": func(*rapid.T) {
			w.enter(func() error { return w.c.Rejoin(nil, "ward", 42, []string{"7"}, w.done()) })
		},
		"leave": func(*rapid.T) {
			open := len(w.host.Sockets) > 0 && w.host.Last().Opened && !w.host.Last().Closed
			_ = w.c.Leave(w.done())
			if !w.c.Profile.LeaveCallbacks || !open {
				w.end()
			}
		},
		"destroy":   func(*rapid.T) { w.c.Destroy(w.done()); w.end() },
		"setRole":   call(func(d sdk.Done) error { return w.c.SetRole("audience", d) }),
		"publish":   call(func(d sdk.Done) error { return w.c.Publish(d) }),
		"subscribe": call(func(d sdk.Done) error { return w.c.Subscribe(7, d) }),
		"mute":      call(func(d sdk.Done) error { return w.c.Mute(7, "video", d) }),
		"muteLocal": call(func(d sdk.Done) error { return w.c.MuteLocal("all", d) }),
		"push": func(t *rapid.T) {
			if n := len(w.host.Sockets); n > 0 {
				s := w.host.Sockets[rapid.IntRange(0, n-1).Draw(t, "socket")]
				s.Push(rapid.SampledFrom([]string{
					`{"command":"serverStatus","serverStatus":{"action":"stream-added","uid":7}}`, `{"command":"serverStatus","code":501}`,
					`{"requestId":3,"code":200}`, `{"requestId":4,"code":433}`, `{"requestId":5,"code":200}`, "{",
				}).Draw(t, "frame"))
			}
		},
		"hang": func(t *rapid.T) {
			if n := len(w.host.Sockets); n > 0 {
				if s := w.host.Sockets[rapid.IntRange(0, n-1).Draw(t, "socket")]; s.Opened {
					s.Hang("gone")
				}
			}
		},
		"wait": func(t *rapid.T) {
			w.run(rapid.SampledFrom([]time.Duration{0, ms, 50 * ms, time.Second, 5 * time.Second, 11 * time.Second}).Draw(t, "for"))
		},
		"wait long": func(*rapid.T) { w.run(13 * time.Second) }, // longer than any answer takes
		"":          func(*rapid.T) { w.check() },
	}
}

// check holds after every step.
func (w *wild) check() {
	if w.between && len(w.events) > 0 {
		w.t.Fatalf("events without a session: %+v", w.events)
	}
	if w.shared {
		return
	}
	current := 0
	for i, rest := range w.rests {
		over, timers := rest()
		if over && timers > 0 {
			w.t.Fatalf("session %d is over and has %d timers", i, timers)
		}
		if !over {
			current++
		}
	}
	if current > 1 {
		w.t.Fatalf("%d sessions", current)
	}
}

// TestRandomPages: whatever page, host and gateway do, no call is answered twice,
// nothing panics, no event comes without a session, and at the end nothing is left.
func TestRandomPages(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWild(t, rt)
		w.must(w.c.Init("app", nil))
		w.enter(func() error { return w.c.Join(nil, "ward", 42, w.done()) })
		w.run(time.Second)
		rt.Repeat(w.actions())
		w.c.Destroy(nil)
		w.end()
		posts, messages, sockets := len(w.host.Posts), len(w.host.Messages), len(w.host.Sockets)
		w.run(time.Hour)
		w.check()
		if open := w.host.OpenSockets(); open > 0 {
			rt.Fatalf("%d sockets are open", open)
		}
		if now := fmt.Sprint(len(w.host.Posts), len(w.host.Messages), len(w.host.Sockets)); now != fmt.Sprint(posts, messages, sockets) {
			rt.Fatalf("after destroy: %s, before %d %d %d", now, posts, messages, sockets)
		}
	})
}
