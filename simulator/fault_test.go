package simulator

import (
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
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
	for step, want := range map[string]phone.Fault{
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
		"{route: headset}": {Kind: "route", Arg: "headset"},
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
		"{backgruond: 20s}":                  `did you mean "background"`,
		"background":                         "background needs a value",
		"{background: 0s}":                   "want more than nothing",
		"{background: {how: sofa, for: 2s}}": "unknown how",
		"{background: {how: lock}}":          "background lacks for",
		"{kill: 3s}":                         "kill takes no value",
		"{rotate: 45}":                       "want 0, 90, 180 or 270",
		"{encoder: sings}":                   "valid: dies, fails-to-start, stalls, corrupts",
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
