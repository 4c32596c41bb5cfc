package sdk_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/devices/sdk"
	"minilab/devices/sdk/sdktest"
	"minilab/fixtures"
)

// trips are short talks that together take a client through all it does.
var trips = map[string]func(*trip){
	"good day": func(b *trip) {
		b.enter()
		b.host.Last().Status("stream-added", 7)
		b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) {
			return 200, `{"url":"rtmp://x","rotation":90}`, sdktest.Reply{Delay: 30 * ms}
		}
		b.call("subscribe", func(d sdk.Done) error { return b.c.Subscribe(7, d) })
		b.call("mute", func(d sdk.Done) error { return b.c.Mute(7, "video", d) })
		b.call("unmute", func(d sdk.Done) error { return b.c.Unmute(7, "video", d) })
		b.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"update-url","uid":7,"url":"rtmp://y"}}`)
		b.host.Last().Push(`{"command":"serverStatus","serverStatus":{"action":"audio-mute","uid":7,"mute":true}}`)
		b.host.Last().Status("stream-removed", 7)
		b.call("leave", b.c.Leave)
		b.run(10 * time.Second)
	},
	"roles": func(b *trip) {
		b.call("setRole", func(d sdk.Done) error { return b.c.SetRole(sdk.Audience, d) })
		b.enter()
		b.call("setRole", func(d sdk.Done) error { return b.c.SetRole(sdk.Broadcaster, d) })
	},
	"nonsense": func(b *trip) {
		for _, id := range []any{"", "null", nil} {
			b.call("init", func(d sdk.Done) error { return b.c.Init(id, d) })
		}
		b.call("publish", b.c.Publish)
		b.enter()
		b.call("subscribe", func(d sdk.Done) error { return b.c.Subscribe("7", d) })
		b.call("mute", func(d sdk.Done) error { return b.c.Mute(7, "picture", d) })
	},
	"in session": func(b *trip) {
		b.enter()
		b.call("join", func(d sdk.Done) error { return b.c.Join(nil, "ward", 42, d) })
		b.c.Destroy(nil)
	},
	"in session again": func(b *trip) {
		b.enter()
		b.call("rejoin", func(d sdk.Done) error { return b.c.Rejoin(nil, "ward", 42, []string{"7"}, d) })
		b.c.Destroy(nil)
	},
	"back": func(b *trip) {
		b.must(b.c.Init("app", nil))
		b.call("rejoin", func(d sdk.Done) error { return b.c.Rejoin(nil, "ward", 42, []string{"7"}, d) })
	},
	"refused": func(b *trip) {
		b.host.Answer = func(m sdktest.Message) (int, string, sdktest.Reply) {
			if m.Action == "join" {
				return 200, "{}", sdktest.Reply{}
			}
			return 432, "{}", sdktest.Reply{}
		}
		b.enter()
		b.call("subscribe", func(d sdk.Done) error { return b.c.Subscribe(7, d) })
	},
	"join refused": func(b *trip) {
		b.host.Answer = func(sdktest.Message) (int, string, sdktest.Reply) { return 431, "{}", sdktest.Reply{} }
		b.enter()
	},
	"late answers": func(b *trip) {
		b.enter()
		b.host.Answer = urls("late", 11*time.Second)
		b.call("subscribe", func(d sdk.Done) error { return b.c.Subscribe(7, d) })
		b.run(20 * time.Second)
	},
	"lookups": func(b *trip) {
		b.host.Lookup = lookups(sdktest.Reply{Err: sdktest.ErrDown}, good(50*ms, "1.1.1.1"), good(60*ms, "1.1.1.2"), good(70*ms, "1.1.1.3"))
		b.enter()
	},
	"no lookup": func(b *trip) {
		b.host.Lookup = lookups(sdktest.Reply{Err: sdktest.ErrDown})
		b.enter()
	},
	"silent lookup": func(b *trip) {
		b.host.Lookup = lookups(sdktest.Reply{Never: true})
		b.enter()
		b.run(20 * time.Second)
	},
	"second gateway": func(b *trip) {
		b.host.Lookup = lookups(good(0, "1.1.1.1", "1.1.1.2"))
		b.host.Open = func(string) sdktest.Reply { return sdktest.Reply{Never: len(b.host.Sockets) == 1} }
		b.enter()
		b.run(6 * time.Second)
	},
	"no gateway": func(b *trip) {
		b.host.Open = func(string) sdktest.Reply { return sdktest.Reply{Never: true} }
		b.enter()
		b.run(6 * time.Second)
	},
	"lost": func(b *trip) {
		b.enter()
		for _, code := range []int{500, 501, 502, 503} {
			b.host.Last().Fault(code)
		}
		b.host.Last().Hang("gone")
		b.call("leave", b.c.Leave)
	},
	"once more": func(b *trip) {
		b.closing(50 * ms)
		b.enter()
		b.must(b.c.Leave(nil))
		b.run(31 * ms) // where leave waits for an answer it has come
		b.call("join", func(d sdk.Done) error { return b.c.Join(nil, "ward", 42, d) })
	},
	"collector is down": func(b *trip) {
		b.host.Collect = func() sdktest.Reply { return sdktest.Reply{Err: sdktest.ErrDown} }
		b.enter()
	},
}

// trip notes all that a page and a network could see of a client.
type trip struct {
	*bench
	notes []string
}

func (b *trip) note(format string, a ...any) {
	b.notes = append(b.notes, fmt.Sprintf("%v ", b.e.Now())+fmt.Sprintf(format, a...))
}

func (b *trip) call(name string, f func(sdk.Done) error) {
	if err := f(func(a sdk.Answer, f *sdk.Failure) { b.note("%s: %+v %v", name, a, f) }); err != nil {
		b.note("%v", err)
	}
	b.run(time.Second)
}

func (b *trip) enter() {
	b.must(b.c.Init("app", nil))
	b.call("join", func(d sdk.Done) error { return b.c.Join(nil, "ward", 42, d) })
	b.run(7 * time.Second)
}

func travel(t *testing.T, way func(*trip), p sdk.Profile) []string {
	b := &trip{bench: newBench(t, func(q *sdk.Profile) { *q = p })}
	way(b)
	b.run(time.Minute)
	for _, p := range slices.Concat(b.host.Posts, b.host.Reports) {
		b.note("%v", p)
	}
	for _, s := range b.host.Sockets {
		b.note("%s %v %v", s.URL, s.DialedAt, s.ClosedAt)
	}
	for _, m := range b.host.Messages {
		b.note("%v %s %v", m.At, m.Action, m.Client())
	}
	b.note("%+v", b.events)
	return b.notes
}

// TestEachMutantShows: in the version that it is planted in, some trip goes
// differently. Every switch of Defects has a mutant.
func TestEachMutantShows(t *testing.T) {
	all := versions(t)
	usual := map[string][]string{} // by version and trip
	planted := map[string]bool{}
	for _, m := range fixtures.Mutants() {
		if !strings.HasPrefix(m.Name, "client-") {
			continue
		}
		p := all[m.SDK]
		if m.SDK == "" {
			p = all["1.1.3"]
		}
		var plant struct {
			Client sdk.Defects `yaml:"client"`
		}
		if err := fixtures.MutantPlant(m.Name, &plant); err != nil {
			t.Fatal(err)
		}
		spoilt := p
		spoilt.Defects = plant.Client
		shows := false
		for name, way := range trips {
			key := p.Version + " " + name
			if usual[key] == nil {
				usual[key] = travel(t, way, p)
			}
			shows = shows || !slices.Equal(travel(t, way, spoilt), usual[key])
		}
		if !shows {
			t.Errorf("%s changes nothing", m.Name)
		}
		for v, i := reflect.ValueOf(plant.Client), 0; i < v.NumField(); i++ {
			if v.Field(i).Bool() {
				planted[v.Type().Field(i).Name] = true
			}
		}
	}
	for d, i := reflect.TypeFor[sdk.Defects](), 0; i < d.NumField(); i++ {
		if name := d.Field(i).Name; !planted[name] {
			t.Errorf("no mutant plants %s", name)
		}
	}
}
