package simulator

import (
	"strings"
	"testing"
	"time"

	"minilab/devices/phone/fault"
	"minilab/fixtures"
)

const faulty = `name: bad-day
length: 30s
sdk: 1.1.3
members:
  doctor: {device: iphone-8-ios-11.4, network: good, role: broadcaster}
script:
  - {at: 1s, doctor: STEP}
`

func TestFaultsAreRead(t *testing.T) {
	second := time.Second
	for step, want := range map[string]fault.Fault{
		"{background: 20s}":                      {Kind: "background", Length: 20 * second},
		"{background: {how: capsule, for: 20s}}": {Kind: "background", Arg: "capsule", Length: 20 * second},
		"{lock: 20s}":                            {Kind: "lock", Length: 20 * second},
		"{phone-call: 15s}":                      {Kind: "phone-call", Length: 15 * second},
		"kill":                                   {Kind: "kill"},
		"memory-pressure":                        {Kind: "memory-pressure"},
		"{memory-pressure: critical}":            {Kind: "memory-pressure", Arg: "critical"},
		"{encoder: dies}":                        {Kind: "encoder", Arg: "dies"},
		"{encoder: {how: stalls, for: 3s}}":      {Kind: "encoder", Arg: "stalls", Length: 3 * second},
		"{camera: stalls}":                       {Kind: "camera", Arg: "stalls"},
		"{camera: {switch: lost, for: 3s}}":      {Kind: "camera", Arg: "lost", Length: 3 * second},
		"{rotate: 90}":                           {Kind: "rotate", Degrees: 90},
		"{rotate: 0}":                            {Kind: "rotate"},
		"{deny: mic}":                            {Kind: "deny", Arg: "mic"},
		"{play-bgm: 20s}":                        {Kind: "play-bgm", Length: 20 * second},
		"{play-bgm: {for: 20s, url: 'https://x/y.mp3'}}": {Kind: "play-bgm", Length: 20 * second, URL: "https://x/y.mp3"},
		"{play-bgm: {how: live-pusher, for: 20s}}":       {Kind: "play-bgm", Arg: "live-pusher", Length: 20 * second},
		"{route: headset}":                               {Kind: "route", Arg: "headset"},
	} {
		s, err := Parse("f.yaml", []byte(strings.Replace(faulty, "STEP", step, 1)))
		if err != nil {
			t.Errorf("%s: %v", step, err)
			continue
		}
		if got := s.Script[0].Action.Fault; got == nil || *got != want {
			t.Errorf("%s: %+v, want %+v", step, got, want)
		}
	}
}

// The page's own camera step is none of the phone's faults.
func TestThePagesCameraIsNoFault(t *testing.T) {
	for _, position := range []string{"on", "off"} {
		s, err := Parse("f.yaml", []byte(strings.Replace(faulty, "STEP", "{camera: "+position+"}", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if a := s.Script[0].Action; a.Fault != nil || a.Args["switch"].Word != position {
			t.Errorf("%+v", a)
		}
	}
}

func TestFaultsThatMakeNoSense(t *testing.T) {
	for step, want := range map[string]string{
		"{backgruond: 20s}": `did you mean "background"`,
		"background":        "background needs a value",
		"{background: 0s}": `background for no time at all
   7 |   - {at: 1s, doctor: {background: 0s}}
     |                                   ^^
     write how long it lasts, as in {background: 8s}`,
		"{background: home}":                 `write a time with its unit: 80ms, 1.5s, 2m, or all by name: {background: {how: home, for: 8s}}`,
		"{background: [home]}":               "such as 8s, or all by name",
		"{background: 99h}":                  "no scenario is longer: write less",
		"{kill: 0s}":                         "write how long it lasts, as in {kill: 8s}; one that is for good has no length",
		"{deny: {how: mic, for: 0s}}":        "deny for no time at all",
		"{play-bgm: 'https://x/y.mp3'}":      "or all by name: {play-bgm: {how: page, for: 8s, url: https://example.com/song.mp3}}",
		"{play-bgm: {url: 'https://x/y'}}":   "play-bgm lacks for",
		"{rotate: -90}":                      `"-90" is no quarter turn`,
		"{rotate: -450}":                     "0, 90, 180 or 270: degrees clockwise from upright; -450 is 270",
		"{rotate: left}":                     `"left" is no quarter turn`,
		"rotate":                             "as in {rotate: 90}",
		"{outage: 0s}":                       "write how long it lasts, as in {outage: 8s}",
		"{network: 4g}":                      "as in {network: {to: 4g}}",
		"{background: {how: sofa, for: 2s}}": "unknown how",
		"{background: {how: lock}}":          "background lacks for",
		"{kill: lots}":                       "lots",
		"{rotate: 45}":                       `"45" is no quarter turn`,
		"{encoder: sings}":                   "valid: dies, fails-to-start, stalls, corrupts, truncates",
		"{camera: films}":                    "valid: on, off, stalls, lost",
		"{camera: {switch: on, for: 3s}}":    "camera on takes no time",
		"{camera: {for: 3s}}":                "camera lacks switch",
	} {
		_, err := Parse("f.yaml", []byte(strings.Replace(faulty, "STEP", step, 1)))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", step, err, want)
		}
	}
}

// Whoever reads the catalogue finds each fault that a script can write, and no other.
func TestEachFaultIsInTheCatalogue(t *testing.T) {
	known := map[string]bool{}
	for _, f := range fixtures.Faults() {
		known[f.Name] = true
	}
	words := []string{faultOutage, faultNetwork, stepServer}
	for _, w := range FaultWords() {
		words = append(words, w.Name)
	}
	for _, w := range words {
		if !known[w] {
			t.Errorf("fixtures/faults/%s.yaml is missing", w)
		}
		delete(known, w)
	}
	for name := range known {
		t.Errorf("no script can write %s", name)
	}
}

func TestWhatPhonesCallNetworks(t *testing.T) {
	for name, want := range map[string]string{"wifi-home": "wifi", "4g": "4g", "ge-5g-light": "5g", "loadero-hspa": "3g", "edge-lossy": "2g", "no-connectivity": "none", "lift": "unknown", "wifi-to-4g": "wifi"} {
		if got := networkKind(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

const equipped = `name: equipped
length: 30s
sdk: 1.1.3
OPTIONS
members:
  doctor: {device: iphone-8-ios-11.4, network: good, role: broadcaster, MEMBER}
script:
  - {at: 1s, doctor: join}
`

func equip(options, member string) (*Scenario, error) {
	text := strings.Replace(equipped, "OPTIONS", options, 1)
	return Parse("f.yaml", []byte(strings.Replace(text, ", MEMBER", member, 1)))
}

func TestSoundAndPicturesAreAsCloseAsAsked(t *testing.T) {
	s, err := equip("audio: samples", "")
	if err != nil || s.Audio != audioSamples || s.Media != mediaFull {
		t.Errorf("samples: %+v, %v", s, err)
	}
	if s, err = equip("media: sparse", ""); err != nil || s.Audio != audioStamps || s.Media != mediaSparse {
		t.Errorf("sparse: %+v, %v", s, err)
	}
	if _, err := equip("audio: samples\nmedia: sparse", ""); err == nil || !strings.Contains(err.Error(), "has no samples") {
		t.Errorf("both: %v", err)
	}
	if s, err = equip("", ""); err != nil || s.Audio != audioStamps || s.Media != mediaFull {
		t.Errorf("unsaid: %+v, %v", s, err)
	}
	for _, c := range []struct{ key, value string }{{"media", "sparse"}, {"wechat.doctor", "7.0.8"}} {
		if err := s.Override(c.key, c.value); err != nil {
			t.Error(err)
		}
		if err := s.Override(c.key, "sometimes"); err == nil {
			t.Errorf("%s=sometimes was taken", c.key)
		}
	}
	if err := s.Override("audio", audioSamples); err == nil {
		t.Error("sparse sound got samples")
	}
	if s.Media != mediaSparse || s.Members[0].WeChat != "7.0.8" {
		t.Errorf("overridden: %+v", s)
	}
}

func TestMarkupOfAMember(t *testing.T) {
	s, err := equip("", ", wechat: 7.0.8, pusher: {min-bitrate: 300, mode: HD}, player: {mode: live, max-cache: 2.5}")
	if err != nil {
		t.Fatal(err)
	}
	m := s.Members[0]
	if m.WeChat != "7.0.8" || m.Pusher.MinBitrateKbps != 300 || m.Pusher.MaxBitrateKbps != 500 || m.Pusher.Mode != "HD" || !m.Pusher.BackgroundMute {
		t.Errorf("pusher %+v", m.Pusher)
	}
	if m.Player.Mode != "live" || m.Player.MaxCache != 2.5 || m.Player.MinCache != 0.1 || m.Player.ObjectFit != "fillCrop" {
		t.Errorf("player %+v", m.Player)
	}
	for member, want := range map[string]string{
		", wechat: 7.0.88":              `did you mean "7.0.8"?`,
		", pusher: {min-bitrat: 3}":     `did you mean "min-bitrate"?`,
		", pusher: {min-bitrate: 800}":  "want 0 < min <= max",
		", pusher: {enable-mic: false}": "enable-mic is what the page itself sets",
		", player: {mode: RCT}":         "live-player mode",
	} {
		if _, err := equip("", member); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", member, err, want)
		}
	}
	if _, err := equip("media: spare", ""); err == nil || !strings.Contains(err.Error(), `did you mean "sparse"?`) {
		t.Errorf("media: %v", err)
	}
}
