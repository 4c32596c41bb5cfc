package model

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"minilab/fixtures"
)

// sketch is a random scenario before it is written down.
type sketch struct {
	sdk, profile string
	cast         []part
	steps        []stroke
}

// part is a member of the cast.
type part struct {
	name, device, network, role string
	camera                      bool
	joins                       time.Duration // when it opens the page; negative: only if a step has it
}

// stroke is one step: how long after the one before, who, and what.
type stroke struct {
	pause     time.Duration
	who, what string
	fault     bool // it is no call of the page
}

// rest is how long a sketch goes on after its last step: longer than any time-out of
// the client and one more attempt.
const rest = 16 * time.Second

// opened is when the pages that open at first have mostly joined and subscribed.
const opened = 4 * time.Second

// byScript is the reason of a refusal that the script asked for.
const byScript = "by script"

var people = []string{"alice", "bob", "carol", "dave", "erin"}

// calm are networks on which every visit must succeed.
var calm = []string{"good", "wifi-home", "4g"}

// pauses between two steps, in ms: at once, within a round trip, after it.
var pauses = []int{1000, 100, 0, 300, 600, 2000, 3000}

// opening are times in ms at which a page opens; -1: only if a step has it.
var opening = []int{0, 100, 500, 1000, 2000, -1}

// drawSketch draws a sketch. Simple things stand first in each choice, because
// shrinking leads there.
func drawSketch(t *rapid.T) sketch {
	s := sketch{
		sdk:     rapid.SampledFrom(versions()).Draw(t, "sdk"),
		profile: rapid.SampledFrom([]string{"communication", "live"}).Draw(t, "profile"),
	}
	wild := rapid.Bool().Draw(t, "wild")
	for i := range rapid.IntRange(2, len(people)).Draw(t, "members") {
		s.cast = append(s.cast, part{
			name:    people[i],
			device:  rapid.SampledFrom([]string{"iphone-8-ios-11.4", "xiaomi-6-android-8", "huawei-p20-android-8.1"}).Draw(t, "device"),
			network: rapid.SampledFrom(networks(wild)).Draw(t, "network"),
			role:    rapid.SampledFrom([]string{"broadcaster", "broadcaster", "audience"}).Draw(t, "role"),
			camera:  rapid.Bool().Draw(t, "camera"),
			joins:   time.Duration(rapid.SampledFrom(opening).Draw(t, "joins")) * time.Millisecond,
		})
	}
	for range 3 { // one list of random length would be short most of the time
		s.steps = append(s.steps, rapid.SliceOfN(rapid.Custom(s.stroke), 0, 6).Draw(t, "steps")...)
	}
	return s
}

// versions are all, the newest of the notes' time first, and more often.
func versions() []string {
	out := []string{"1.1.3", "1.1.3", "1.1.3"}
	for _, s := range fixtures.SDKs() {
		out = append(out, s.Name)
	}
	return out
}

// networks are the calm ones, or all of the catalogue.
func networks(wild bool) []string {
	out := slices.Clone(calm)
	if wild {
		for _, n := range fixtures.Networks() {
			out = append(out, n.Name)
		}
	}
	return out
}

func (s *sketch) stroke(t *rapid.T) stroke {
	st := stroke{pause: time.Duration(rapid.SampledFrom(pauses).Draw(t, "pause")) * time.Millisecond}
	n := len(s.cast)
	who := rapid.IntRange(0, n-1).Draw(t, "who")
	st.who = s.cast[who].name
	if rapid.IntRange(0, 5).Draw(t, "kind") == 5 {
		st.fault = true
		s.mishap(t, &st)
		return st
	}
	// Most calls are about another member, few about oneself.
	about := s.cast[(who+1+rapid.IntRange(0, n-1).Draw(t, "about"))%n].name
	medium := rapid.SampledFrom([]string{"video", "audio", "all"}).Draw(t, "target")
	st.what = rapid.SampledFrom([]string{
		fmt.Sprintf("{mute: {uid: %s, target: %s}}", about, medium),
		fmt.Sprintf("{mute: {uid: %s, target: %s}}", about, medium),
		fmt.Sprintf("{unmute: {uid: %s, target: %s}}", about, medium),
		"leave", "join", "publish", "unpublish",
		fmt.Sprintf("{subscribe: %s}", about),
		fmt.Sprintf("{unsubscribe: %s}", about),
		"{setRole: audience}", "{setRole: broadcaster}",
		"up", "down", "rejoin", "destroy", "{mic: off}", "{mic: on}",
		fmt.Sprintf("{muteLocal: %s}", medium), fmt.Sprintf("{unmuteLocal: %s}", medium),
	}).Draw(t, "call")
	return st
}

// mishap is something that befalls a member or the server.
func (s *sketch) mishap(t *rapid.T, st *stroke) {
	who := st.who
	action := rapid.SampledFrom([]string{"publish", "subscribe", "unsubscribe", "unpublish", "mute", "unmute", "leave"}).Draw(t, "action")
	number := rapid.IntRange(1, 3).Draw(t, "number")
	network := rapid.SampledFrom([]string{"4g", "good", "3g-lossy", "high-delay", "edge-lossy"}).Draw(t, "to")
	options := [][2]string{
		{"server", fmt.Sprintf("{close: %s}", who)},
		{"server", fmt.Sprintf("{kick: %s}", who)},
		{"server", fmt.Sprintf("{status: {to: %s, code: 501, reason: %s}}", who, byScript)},
		{"server", fmt.Sprintf("{answer: {action: %s, to: %s, fault: silent, times: %d}}", action, who, number)},
		{"server", fmt.Sprintf("{answer: {action: %s, to: %s, fault: refuse, code: 431, reason: %s, times: %d}}", action, who, byScript, number)},
		{"server", fmt.Sprintf("{answer: {action: %s, to: %s, fault: late, delay: %ds, times: 1}}", action, who, 4*number)},
		{"server", fmt.Sprintf("{lookup: {domain: miniapp-%d.agoraio.cn, fault: silent}}", number)},
		{"server", "{lookup: {domain: all, fault: none}}"},
		{"server", fmt.Sprintf("{gateway: {number: %d, fault: refuse}}", number%2+1)},
		{"server", "{gateway: {number: all, fault: none}}"},
		{"server", fmt.Sprintf("{rotation: {of: %s, degrees: %d}}", who, 90*number)},
		{who, fmt.Sprintf("{outage: %ds}", number)},
		{who, fmt.Sprintf("{network: {to: %s}}", network)},
		{who, fmt.Sprintf("{network: {to: %s, address: same}}", network)},
	}
	o := rapid.SampledFrom(options).Draw(t, "mishap")
	st.who, st.what = o[0], o[1]
}

// length is that of the scenario, to the second.
func (s *sketch) length() time.Duration {
	end := opened
	for _, st := range s.steps {
		end += st.pause
	}
	return (end + rest).Truncate(time.Second)
}

// text is the sketch as a scenario file.
func (s *sketch) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: model\ntitle: {en: A random sequence of calls, zh: 随机调用序列}\nsource: \"suites/model\"\nfidelity: assumed\n")
	fmt.Fprintf(&b, "length: %v\nsdk: %s\nchannel: {profile: %s}\nmembers:\n", s.length(), s.sdk, s.profile)
	for _, p := range s.cast {
		fmt.Fprintf(&b, "  %s: {device: %s, network: %s, role: %s, camera: %s}\n", p.name, p.device, p.network, p.role, map[bool]string{true: "pattern", false: "off"}[p.camera])
	}
	b.WriteString("script:\n")
	for _, p := range s.cast {
		if p.joins >= 0 {
			fmt.Fprintf(&b, "  - {at: %v, %s: join}\n", p.joins, p.name)
		}
	}
	at := opened
	for _, st := range s.steps {
		at += st.pause
		fmt.Fprintf(&b, "  - {at: %v, %s: %s}\n", at, st.who, st.what)
	}
	if len(s.steps) == 0 && !slices.ContainsFunc(s.cast, func(p part) bool { return p.joins >= 0 }) {
		fmt.Fprintf(&b, "  - {at: 0s, %s: join}\n", s.cast[0].name)
	}
	return b.String()
}

// smooth tells that nothing in the sketch is an excuse for a visit that fails.
func (s *sketch) smooth() bool {
	return !slices.ContainsFunc(s.steps, func(st stroke) bool { return st.fault }) &&
		!slices.ContainsFunc(s.cast, func(p part) bool { return !slices.Contains(calm, p.network) })
}

// visitor tells whether a member's last word about coming and going is to come.
func (s *sketch) visitor(name string) bool {
	in := false
	for _, p := range s.cast {
		in = in || p.name == name && p.joins >= 0
	}
	for _, st := range s.steps {
		if st.who == name {
			switch st.what {
			case "join", "rejoin":
				in = true
			case "leave", "destroy":
				in = false
			}
		}
	}
	return in
}
