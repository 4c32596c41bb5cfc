package simulator

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"minilab/devices/app"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/mediaserver"
)

// wide is a scenario that says all that can be said beyond a plain call.
const wide = `name: wide
length: 30s
sdk: 2.4.5
server: {gateways: 3, token_life: 60s, url_life: 20s, presence: publish, overflow: all}
app: {without: [miniapp-1.agoraio.cn], tiles: 5, page: demo-2018}
members:
  ann: {device: iphone-8-ios-11.4, network: good, role: broadcaster}
  bob: {device: xiaomi-6-android-8, network: good, role: audience, shares: ann, channel: elsewhere}
  nat: {origin: native, role: broadcaster, camera: off}
  web: {origin: web, role: broadcaster, codec: vp8, uid: 77}
script:
  - {at: 0s, all: join}
  - {at: 1s, ann: {join-leave: {times: 3, stay: 1s..2s, pause: 500ms}}}
  - {at: 2s, bob: {join-until: {pause: 0s..1s}}}
  - {at: 3s, ann: {call: {method: subscribe, args: ["7", 7, 1.5, true, null]}}}
  - {at: 4s, bob: {intrude: {uid: ann, url: play, of: web, when: old, as: push}}}
  - {at: 5s, web: {mic: off}}
  - {at: 6s, server: {lookup: {domain: miniapp-2.agoraio.cn, fault: slow, delay: 3s, gateways: [2, 3]}}}
  - {at: 7s, server: {gateway: {number: 3, fault: silent}}}
  - {at: 8s, server: {answer: {action: join, to: ann, fault: refuse, code: 431, reason: no, times: 1}}}
  - {at: 9s, id: shut, server: {close: ann}}
  - {at: 10s, server: {status: {to: all, code: 501}}}
  - {at: 11s, server: {rotation: {of: web, degrees: 90}}}
  - {at: 12s, server: {telemetry: down}}
  - {at: 13s, ann: {muteLocal: {target: audio}}}
`

func TestTheWholeLanguage(t *testing.T) {
	s, err := Parse("wide.yaml", []byte(wide))
	if err != nil {
		t.Fatal(err)
	}
	if bob, nat, web := s.Members[1], s.Members[2], s.Members[3]; bob.Shares != "ann" || bob.Channel != "elsewhere" || nat.Origin != "native" || web.Codec != "vp8" || web.UID != 77 {
		t.Errorf("cast %+v", s.Members)
	}
	if s.Server != (serverSetup{3, time.Minute, 20 * time.Second, "publish", "all"}) || s.App.Tiles != 5 || s.App.Page != "demo-2018" {
		t.Errorf("server %+v, app %+v", s.Server, s.App)
	}
	rounds := s.Script[1].Action.Args
	if rounds["times"].Count != 3 || rounds["stay"].From != time.Second || rounds["stay"].To != 2*time.Second || rounds["pause"].To != 500*time.Millisecond {
		t.Errorf("rounds %+v", rounds)
	}
	if got := fmt.Sprint(s.Script[3].Action.Args["args"].List); got != "[7 7 1.5 true <nil>]" {
		t.Errorf("arguments %s", got)
	}
	if _, text := s.Script[3].Action.Args["args"].List[0].(string); !text {
		t.Error(`"7" is no text`)
	}
	uid := func(m int) uint32 { return uint32(100 + m) }
	for i, want := range map[int]mediaserver.Command{
		6:  {Kind: "lookup", Domain: "miniapp-2.agoraio.cn", Fault: "slow", Delay: 3 * time.Second, Gateways: []int{2, 3}},
		7:  {Kind: "gateway", Gateway: 3, Fault: "silent"},
		8:  {Kind: "answer", Action: "join", To: 100, Fault: "refuse", Code: 431, Reason: "no", Times: 1},
		9:  {Kind: "close", To: 100},
		10: {Kind: "status", Code: 501},
		11: {Kind: "rotation", Of: 103, Degrees: 90},
		12: {Kind: "telemetry", Fault: "down"},
	} {
		if got := s.Script[i].Action.command(uid); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("step %d: %+v, want %+v", i, got, want)
		}
		if err := s.Script[i].Action.command(uid).Validate(); err != nil {
			t.Error(err)
		}
	}
}

// Each mistake is told with its place, and the nearest word or how it is done.
func TestBadLanguage(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"times: 3", "times: three", `:13:40: "three" is no count`},
		{"stay: 1s..2s", "stay: 2s..1s", `:13:49: the span ends at 1s, before it begins at 2s`},
		{"stay: 1s..2s", "stay: 1..2s", `:13:49: time "1" lacks its unit`},
		{", pause: 500ms", "", `:13:32: join-leave lacks pause`},
		{"{call: {method: subscribe, args: [\"7\", 7, 1.5, true, null]}}", "{call: subscribe}", `:15:26: call takes more than one value, each by its name`},
		{"{mic: off}", "{mic: {switch: on, switch: off}}", `"switch" stands twice in this map; the first is in line 17
  17 |   - {at: 5s, web: {mic: {switch: on, switch: off}}}
     |                                      ^^^^^^
     keep one of them`},
		{"method: subscribe", "method: subscrib", `:15:35: unknown method "subscrib"; did you mean "subscribe"?`},
		{"null]", "[null]]", `:15:72: a list or map can't be an argument`},
		{"url: play", "url: plya", `:16:45: unknown url "plya"; did you mean "play"?`},
		{"of: web", "of: wbe", `:16:55: unknown member "wbe"; did you mean "web"?`},
		{"{mic: off}", "{outage: 3s}", `:17:20: web is a web member, which has no step "outage"`},
		{"domain: miniapp-2.", "domain: miniap-2.", `:18:40: unknown domain "miniap-2.agoraio.cn"; did you mean "miniapp-2.agoraio.cn"?`},
		{"fault: slow", "fault: slwo", `unknown fault "slwo"; did you mean "slow"?`},
		{"fault: slow, delay: 3s", "fault: slow", `lookup: slow needs a delay`},
		{"domain: miniapp-2.agoraio.cn, fault: slow, delay: 3s", "domain: miniapp.agoraio.cn, fault: dns", `dns can't be meant for lookups alone`},
		{"gateways: [2, 3]", "gateways: [2, 4]", `4 is no gateway's number`},
		{"gateways: [2, 3]", "gateways: [two]", `two is no gateway's number`},
		{"number: 3", "number: 4", `:19:41: there is no gateway 4`},
		{"fault: refuse, code: 431", "fault: refuse", `answer: refuse needs a code`},
		{"close: ann", "close: any", `:21:40: unknown member "any"; did you mean "ann"?`},
		{"{close: ann}", "close", `:21:32: close needs a value`},
		{"{close: ann}", "{clsoe: ann}", `:21:33: unknown step of the server "clsoe"; did you mean "close"?`},
		{"{close: ann}", "{close: ann, kick: bob}", `:21:32: a step does one thing, and here are 2`},
		{"code: 501", "reason: x", `status lacks code`},
		{"degrees: 90", "degrees: 45", `:23:53: "45" is no quarter turn`},
		{"telemetry: down", "telemetry: dwon", `unknown fault "dwon"; did you mean "down"?`},
		{"server: {telemetry: down}", "sevrer: {telemetry: down}", `unknown member "sevrer"; did you mean "server"?`},
		{"all: join", "all: abandon", `nat is a native member, which has no step "abandon"`}, // not every member can
		{"{mic: off}", "{camera: stalls}", `:17:28: unknown switch "stalls"`},
		{"{mic: off}", "{camera: {switch: off, for: 3s}}", `unknown argument "for"`},
		{"at: 13s", "at: 33s", `the step is at 33s, but the scenario ends at 30s`},
		{"gateways: 3", "gateways: 0", `0 gateways`},
		{"url_life: 20s", "url_life: 0s", `a life of 0s is none`},
		{"presence: publish", "presence: published", `unknown presence "published"; did you mean "publish"?`},
		{"without: [miniapp-1.", "without: [miniap-1.", `unknown domain "miniap-1.agoraio.cn"`},
		{"app: {without", "app: {domains: [], without", `domains and without together say it twice`},
		{"overflow: all", "overflow: al", `unknown overflow "al"; did you mean "all"?`},
		{"page: demo-2018", "page: demo-2081", `unknown page "demo-2081"; did you mean "demo-2018"?`},
		{"tiles: 5", "tiles: 0", `a page shows at least one`},
		{"shares: ann", "shares: web", `"web" is no member named before`},
		{"shares: ann", "shares: ann, uid: 4", `bob has the uid of ann already`},
		{"channel: elsewhere", `channel: ""`, `a channel's name can't be empty`},
		{"origin: native", "origin: natvie", `unknown origin "natvie"; did you mean "native"?`},
		{"origin: native, ", "", `:9:8: lacks device`},
		{"network: good, role: broadcaster", "role: broadcaster", `:7:8: lacks network`},
		{"origin: native, ", "origin: native, device: iphone-8-ios-11.4, ", `a member of another SDK has no device here`},
		{"origin: native, ", "origin: native, network: good, ", `a member of another SDK has no network here`},
		{"origin: native, ", "origin: native, codec: vp8, ", `a native member sends H.264`},
		{"codec: vp8", "codec: vp9", `unknown codec "vp9"; did you mean "vp8"?`},
		{"origin: native, ", "origin: native, websockets: 2, ", `a member of another SDK has no WeChat`},
		{"origin: native, ", "origin: native, path_delay: 0s, ", `:9:37: a path delay of 0s`},
		{"origin: native, ", "origin: native, path_delay: 2m, ", `write more than nothing, and up to 1m0s`},
		{"origin: native, ", "origin: native, path_delay: -1s, ", `time "-1s" is negative`},
		{"role: audience, ", "role: audience, path_delay: 80ms, ", `a mini-program's delay is its network's`},
		{"role: audience, ", "role: audience, websockets: 0, ", `0 WebSockets`},
		{"role: audience, ", "role: audience, websockets: many, ", `:8:80: this is text, but it should be a whole number`},
		{"role: audience, ", "role: audience, codec: h264, ", `a mini-program always sends H.264`},
	} {
		t.Run(c.new, func(t *testing.T) {
			if !strings.Contains(wide, c.old) {
				t.Fatalf("the good scenario lacks %q", c.old)
			}
			_, err := Parse(filepath.Join(t.TempDir(), "wide.yaml"), []byte(strings.Replace(wide, c.old, c.new, 1)))
			var es yamlfile.Errors
			if !errors.As(err, &es) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
			for _, e := range es {
				if e.Line == 0 || e.Remedy == "" && e.Nearest == "" && !strings.HasPrefix(e.Problem, "this is") {
					t.Errorf("neither a remedy nor what was meant: %v", e)
				}
			}
		})
	}
}

// Every word has an example, and the example is right.
func TestExamplesAreRight(t *testing.T) {
	p := &parser{Scenario: &Scenario{Length: time.Minute, Members: []Member{{ID: "ann"}}}}
	check := func(member string, words []app.Word) {
		for _, w := range words {
			if len(w.Args) == 0 {
				continue
			}
			step := member + ": " + p.example(w)
			src := "name: x\nlength: 60s\nsdk: 1.1.3\nmembers:\n  ann: {device: iphone-8-ios-11.4, network: good, role: audience}\n  nat: {origin: native, role: audience}\nscript:\n  - {at: 1s, " + step + "}\n"
			_, err := Parse("x.yaml", []byte(src))
			// What a fault besides its words needs is not in the example.
			if err != nil && !strings.Contains(err.Error(), "needs a") {
				t.Errorf("%s: %v", step, err)
			}
		}
	}
	check("ann", pageWords())
	check("nat", foreignWords())
	check("all", foreignWords())
	check(stepServer, ServerWords())
}
