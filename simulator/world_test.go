package simulator

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/fixtures"
	"minilab/simulator/trace"
)

// small is a scenario of one or more members and a script.
func small(t *testing.T, top, cast, script string) *Scenario {
	t.Helper()
	s, err := Parse("small.yaml", []byte("name: small\nlength: 30s\nsdk: 1.1.3\n"+top+"members:\n"+cast+"script:\n"+script))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	annHere = "  ann: {device: iphone-8-ios-11.4, network: good, role: broadcaster}\n"
	bobHere = "  bob: {device: xiaomi-6-android-8, network: good, role: broadcaster}\n"
)

func run(t *testing.T, s *Scenario, seed uint64) *trace.Record {
	t.Helper()
	r, err := Run(context.Background(), Options{Scenario: s, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return r.Record
}

// story is a record's events of some kinds, without times.
func story(r *trace.Record, kinds ...trace.Kind) []string {
	var out []string
	for _, ev := range r.Events {
		if slices.Contains(kinds, ev.Kind) {
			out = append(out, strings.Join(strings.Fields(fmt.Sprintf("%s %s %s %s %s", ev.Kind, name(r, ev.Actor), name(r, ev.Peer), r.Text(ev.Text), r.Text(ev.Note))), " "))
		}
	}
	return out
}

func name(r *trace.Record, a trace.ActorID) string {
	if a == trace.Nobody {
		return ""
	}
	return r.Actors[a]
}

// views tells who showed whose pictures.
func views(r *trace.Record) []string {
	var out []string
	for _, ev := range r.Events {
		who := name(r, ev.Actor) + "<" + name(r, ev.Peer)
		if ev.Kind == trace.FrameShown && !slices.Contains(out, who) {
			out = append(out, who)
		}
	}
	slices.Sort(out)
	return out
}

func same(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\ngot  %s\nwant %s", what, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
	}
}

func TestLookupThreeDead(t *testing.T) {
	r := run(t, find(t, "lookup-three-dead"), 1)
	same(t, "shown", views(r), "doctor<patient", "patient<doctor")
	same(t, "dead", story(r, trace.RequestEnded)[:3],
		"response doctor lookup request:fail miniapp-1.agoraio.cn: name not found",
		"response doctor lookup request:fail connection refused",
		"response doctor lookup")
	r = run(t, find(t, "lookup-three-dead", "sdk=1.1.1"), 1)
	codes := map[int64]int{}
	for _, ev := range r.Events {
		if ev.Kind == trace.CallDone && r.Text(ev.Text) == "join" {
			codes[ev.V[2]]++
		}
	}
	if len(codes) != 1 || codes[901] != 2 || len(views(r)) != 0 {
		t.Errorf("codes %v, shown %v", codes, views(r))
	}
}

// A name that failed or led nowhere leads to its host again.
func TestADomainComesBack(t *testing.T) {
	s := small(t, "", annHere, `  - {at: 0s, server: {lookup: {domain: all, fault: dns}}}
  - {at: 0s, ann: join}
  - {at: 5s, server: {lookup: {domain: all, fault: refuse}}}
  - {at: 5s, ann: join}
  - {at: 10s, server: {lookup: {domain: miniapp-3.agoraio.cn, fault: none}}}
  - {at: 10s, ann: join}
`)
	r := run(t, s, 1)
	same(t, "story", story(r, trace.AppState, trace.FaultInjected, trace.ServerJoined)[:9],
		"fault server server lookup all dns", "app ann joining", "app ann idle join failed: 901 request:fail miniapp-4.agoraio.cn: name not found",
		"fault server server lookup all refuse", "app ann joining", "app ann idle join failed: 901 request:fail connection refused",
		"fault server server lookup miniapp-3.agoraio.cn none", "app ann joining", story(r, trace.ServerJoined)[0])
}

func TestServerSteps(t *testing.T) {
	s := small(t, "", annHere+bobHere, `  - {at: 0s, all: join}
  - {at: 8s, server: {close: ann}}
  - {at: 20s, id: late, server: {kick: bob}}
`)
	r := run(t, s, 1)
	uids := []uint32{r.Head.Members[0].UID, r.Head.Members[1].UID}
	same(t, "faults", story(r, trace.FaultInjected), fmt.Sprintf("fault server ann server close to %d", uids[0]), fmt.Sprintf("fault server bob server kick to %d", uids[1]))
	same(t, "left", story(r, trace.ServerLeft), "left ann dropped", "left bob kicked")
	if err := s.Override("without", "late"); err != nil {
		t.Fatal(err)
	}
	same(t, "left without the kick", story(run(t, s, 1), trace.ServerLeft), "left ann dropped")
}

// Members of two channels don't meet; members of all SDKs do, but for VP8, which nobody
// here can show.
func TestChannelsAndOrigins(t *testing.T) {
	cast := annHere + "  far: {device: xiaomi-6-android-8, network: good, role: broadcaster, channel: elsewhere}\n" +
		"  nat: {origin: native, role: broadcaster}\n  web: {origin: web, role: broadcaster, codec: vp8}\n"
	s := small(t, "channel: {profile: live}\n", cast, "  - {at: 0s, all: join}\n  - {at: 8s, nat: {setRole: audience}}\n  - {at: 20s, all: leave}\n")
	r := run(t, s, 1)
	same(t, "shown", views(r), "ann<nat", "nat<ann", "web<ann", "web<nat")
	if got := story(r, trace.ServerRole); len(got) != 1 || got[0] != "role nat audience" {
		t.Errorf("roles %v", got)
	}
	if m := r.Head.Members[2]; m.Origin != "native" || m.Device != "" {
		t.Errorf("head %+v", m)
	}
	if n := len(story(r, trace.ServerLeft)); n != 4 {
		t.Errorf("%d left", n)
	}
}

// The second session with a uid ends the first.
func TestSharedUID(t *testing.T) {
	s := small(t, "", annHere+"  two: {device: xiaomi-6-android-8, network: good, role: broadcaster, shares: ann}\n", "  - {at: 0s, ann: join}\n  - {at: 5s, two: join}\n  - {at: 6s, ann: destroy}\n")
	r := run(t, s, 1)
	if a, b := r.Head.Members[0].UID, r.Head.Members[1].UID; a != b {
		t.Errorf("uids %d and %d", a, b)
	}
	if left := story(r, trace.ServerLeft); len(left) == 0 || left[0] != "left ann kicked" {
		t.Errorf("left %v", left)
	}
}

// A page that uses another member's URLs, or its own after it left, shows and sends
// nothing.
func TestIntrusionsAreRefused(t *testing.T) {
	cast := annHere + bobHere + "  eve: {device: xiaomi-6-android-8, network: good, role: audience, channel: elsewhere}\n"
	s := small(t, "", cast, `  - {at: 0s, all: join}
  - {at: 8s, eve: {intrude: {uid: ann, url: play, of: bob}}}
  - {at: 8s, eve: {intrude: {uid: ann, url: push}}}
  - {at: 8s, eve: {intrude: {uid: ann, url: push, as: play}}}
  - {at: 9s, eve: {intrude: {uid: bob, url: push, when: old}}}
  - {at: 12s, ann: leave}
  - {at: 13s, ann: {intrude: {uid: ann, url: play}}}
`)
	r := run(t, s, 1)
	if n := len(story(r, trace.FaultInjected)); n != 4 {
		t.Errorf("%d intrusions", n)
	}
	same(t, "shown", views(r), "ann<bob", "bob<ann")
	same(t, "no such URL", story(r, trace.AppState)[6:7], "app eve joined intrude: there is no such URL")
	refused := map[string]bool{}
	for _, line := range story(r, trace.ServerMediaRefused) {
		refused[line] = true
	}
	if len(refused) < 4 {
		t.Errorf("refused: %v", refused)
	}
}

func TestSetupOfServerAndApp(t *testing.T) {
	s := small(t, "app: {without: [miniapp-1.agoraio.cn, miniapp-2.agoraio.cn]}\n", annHere, "  - {at: 0s, ann: join}\n")
	if got := story(run(t, s, 1), trace.SocketRefused); len(got) != 2 {
		t.Errorf("refused by the host: %v", got)
	}
	s = small(t, "app: {domains: []}\n", annHere, "  - {at: 0s, ann: join}\n")
	if got := story(run(t, s, 1), trace.SocketRefused); len(got) != 4 {
		t.Errorf("refused by the host: %v", got)
	}
	s = small(t, "server: {gateways: 4, url_life: 9s, token_life: 50s}\n", annHere, "  - {at: 0s, ann: join}\n")
	if o := s.serverOptions("publish"); len(o.Gateways) != 4 || o.Channel.URLLife != 9*time.Second || o.Gateway.TokenLife != 50*time.Second || o.Channel.Presence != "publish" {
		t.Errorf("options %+v", o)
	} else if err := o.Validate(); err != nil {
		t.Error(err)
	}
}

// A planted defect shows, and only where it is planted.
func TestMutants(t *testing.T) {
	s := find(t, "mute-video", "mutant=mute-ignores-video")
	muted := run(t, s, 1)
	if s.Key(1) != "mute-video@1+mutant=mute-ignores-video" {
		t.Errorf("key %s", s.Key(1))
	}
	if err := s.Override("mutant", "none"); err != nil {
		t.Fatal(err)
	}
	count := func(r *trace.Record) (n int) {
		for _, ev := range r.Events {
			if ev.Kind == trace.FrameShown && ev.Actor == 0 && ev.Peer == 1 {
				n++
			}
		}
		return n
	}
	if sound, broken := count(run(t, s, 1)), count(muted); broken < sound+100 {
		t.Errorf("%d pictures with the mutant, %d without", broken, sound)
	}
	for _, m := range fixtures.Mutants() {
		w := world{s: &Scenario{Mutant: m.Name}}
		if err := w.plant(); err != nil {
			t.Errorf("%v", err)
		} else if w.planted == (planted{}) {
			t.Errorf("%s plants nothing", m.Name)
		}
	}
}

// Rounds are drawn from the seed: the same again for the same, within their spans.
func TestRoundsAreDrawn(t *testing.T) {
	s := small(t, "", annHere, "  - {at: 0s, ann: {join-leave: {times: 5, stay: 1s..2s, pause: 100ms..900ms}}}\n")
	r := run(t, s, 7)
	var stays []time.Duration
	var began time.Duration
	for _, ev := range r.Events {
		switch {
		case ev.Kind == trace.AppState && r.Text(ev.Text) == "joined":
			began = ev.At
		case ev.Kind == trace.AppState && r.Text(ev.Text) == "left":
			stays = append(stays, ev.At-began)
		}
	}
	if len(stays) != 5 || slices.Min(stays) < time.Second || slices.Max(stays) > 2*time.Second || slices.Min(stays) == slices.Max(stays) {
		t.Errorf("stays %v", stays)
	}
	if again := run(t, s, 7); again.Digest != r.Digest {
		t.Error("the same seed, another record")
	}
	if other := run(t, s, 8); other.Digest == r.Digest {
		t.Error("another seed, the same record")
	}
}

func TestHeadSaysWhatTheVersionCan(t *testing.T) {
	for version, want := range map[string]string{"1.1.0": "1 0 0 0", "1.1.3": "4 1 1 0", "2.4.5": "4 1 1 1"} {
		r := run(t, find(t, "first-call", "length=1s", "sdk="+version), 1)
		got := map[string]float64{}
		for _, p := range r.Head.Params {
			got[p.Name] = p.Value
		}
		if have := fmt.Sprint(got["sdk.lookup_domains"], got["sdk.setRole"], got["sdk.mute"], got["sdk.muteLocal"]); have != want {
			t.Errorf("%s: %s, want %s", version, have, want)
		}
		if got["sdk.request_timeout"] != 10000 || got["sdk.ping_interval"] != 3000 || got["sdk.open_timeout"] != 5000 {
			t.Errorf("%s: %v", version, got)
		}
	}
}
