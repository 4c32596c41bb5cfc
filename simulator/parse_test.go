package simulator

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
)

const good = `name: talk
title: {en: A talk, zh: 通话}
length: 30s
sdk: 1.1.3
channel: {profile: communication}
members:
  doctor:  {device: iphone-8-ios-11.4, network: good, role: broadcaster}
  patient: {device: xiaomi-6-android-8, network: {rate: 2M, delay: 50ms, up: {rate: 500k}}, role: audience, camera: off, mic: off}
script:
  - {at: 0s, all: join}
  - {at: 10s, id: quiet, doctor: {mute: {uid: patient, target: video}}}
  - {at: 5s, patient: {network: {to: 4g}}}
  - {at: 6s, patient: {network: {loss: 5%}}}
  - {at: 7s, id: tunnel, patient: {outage: 8s}}
expect:
  - {symptom: K8, on: patient, within: [7s, 20s]}
  - {absent: K5}
  - {first_frame: {from: doctor, to: patient, before: 6s}}
  - {freezes: 0}
  - {promise: C16}
`

func TestParse(t *testing.T) {
	s, err := Parse("talk.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if s.Name != "talk" || s.Length != 30*time.Second || len(s.Members) != 2 || len(s.Script) != 5 || len(s.Expect) != 5 {
		t.Fatalf("got %+v", s)
	}
	patient := s.Members[1]
	if patient.Network.Up.Rate != 500000 || patient.Network.Down.Rate != 2000000 || patient.Network.Up.Delay != 50*time.Millisecond || patient.Mic || patient.Camera != CameraOff {
		t.Errorf("patient %+v", patient)
	}
	if s.Script[1].At != 5*time.Second || s.Script[1].Action.Change.to.Name != "4g" || *s.Script[2].Action.Change.down.Loss != 0.05 {
		t.Errorf("script is not in the order of time, or its changes are wrong: %+v", s.Script)
	}
	if last := s.Script[4]; last.ID != "quiet" || last.Action.Args["uid"].Member != 1 || last.Action.Args["target"].Word != "video" {
		t.Errorf("last step %+v", last)
	}
	if e := s.Expect[0]; e.Symptom != "K8" || e.On != "patient" || e.From != 7*time.Second || e.Until != 20*time.Second {
		t.Errorf("expectation %+v", e)
	}
}

// Each bad input gives its place and, where there is one, the nearest valid word.
func TestBadInput(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "song.flv"), []byte("ID3 not a video"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, old, new, want string }{
		{"unknown field", "length:", "lenght:", `:3:1: unknown field "lenght"; did you mean "length"?`},
		{"duplicate field", "sdk: 1.1.3", "length: 3s", `:4:1: "length" stands twice in this map; the first is in line 3`},
		{"unknown device", "iphone-8-ios-11.4", "iphone-8-ios-11.5", `:7:21: unknown device "iphone-8-ios-11.5"; did you mean "iphone-8-ios-11.4"?`},
		{"unknown network", "network: good", "network: godo", `:7:49: unknown network "godo"; did you mean "good"?`},
		{"unknown role", "role: audience", "role: audiance", `:8:99: unknown role "audiance"; did you mean "audience"?`},
		{"unknown time unit", "length: 30s", "length: 30sec", `:3:9: time "30sec" has the unknown unit "sec"`},
		{"no time unit", "length: 30s", "length: 30", `:3:9: time "30" lacks its unit`},
		{"negative rate", "rate: 2M", "rate: -2M", `:8:57: rate "-2M" is negative`},
		{"unknown rate unit", "rate: 2M", "rate: 2Mbps", `:8:57: rate "2Mbps" has the unknown unit "Mbps"`},
		{"share without unit", "loss: 5%", "loss: 5", `:13:40: share "5" lacks its unit %`},
		{"absent member", "patient: {outage", "pateint: {outage", `:14:26: unknown member "pateint"; did you mean "patient"?`},
		{"absent target", "uid: patient", "uid: nurse", `:11:47: unknown member "nurse"`},
		{"unknown step", "all: join", "all: jion", `:10:19: unknown step "jion"; did you mean "join"?`},
		{"unknown fault", "{outage: 8s}", "{outtage: 8s}", `:14:36: unknown step "outtage"; did you mean "outage"?`},
		{"step without value", "{outage: 8s}", "outage", `:14:35: outage needs a value`},
		{"value for a bare word", "all: join", "all: {join: now}", `:10:20: join takes no value`},
		{"two things in a step", "{outage: 8s}", "{outage: 8s, mic: on}", `:14:35: a step does one thing, and here are 2`},
		{"step beyond the end", "at: 10s", "at: 31s", `:11:10: the step is at 31s, but the scenario ends at 30s`},
		{"step without time", "{at: 0s, all: join}", "{all: join}", `:10:5: this step has no time`},
		{"step of nobody", "{at: 0s, all: join}", "{at: 0s}", `:10:5: this step says nobody's name`},
		{"long name", "  doctor:  {", "  d" + strings.Repeat("o", 40) + ":  {", `:7:3: a member can't be called "doooo`},
		{"id that a flag can't name", "id: tunnel", "id: a+b", `:14:18: the id "a+b" is no plain word`},
		{"id twice", "id: tunnel", "id: quiet", `:14:18: another step has the id "quiet"`},
		{"missing clip", "camera: off", "camera: loby.flv", `unknown camera "loby.flv"`},
		{"clip that isn't FLV", "camera: off", "camera: song.flv", `:8:117: clip "song.flv" can't be used`},
		{"unknown SDK", "sdk: 1.1.3", "sdk: 1.1.33", `:4:6: unknown SDK version "1.1.33"; did you mean "1.1.3"?`},
		{"unknown profile", "profile: communication", "profile: comunication", `:5:20: unknown channel profile "comunication"; did you mean "communication"?`},
		{"switch", "mic: off", "mic: of", `:8:127: unknown switch position "of"; did you mean "off"?`},
		{"unknown issue", "symptom: K8", "symptom: K88", `:16:15: unknown issue "K88"; did you mean "K8"?`},
		{"window backwards", "[7s, 20s]", "[20s, 7s]", `:16:40: within begins at 20s, after its end at 7s`},
		{"window beyond the end", "[7s, 20s]", "[7s, 20m]", `:16:40: 20m0s is after the end of the scenario`},
		{"two expectations in one", "{freezes: 0}", "{freezes: 0, absent: K5}", `:19:5: this expects 2 things, but should expect one`},
		{"reserved name", "  doctor:  {", "  all:  {", `:7:3: a member can't be called "all"`},
		{"wrong type", "sdk: 1.1.3", "sdk: [1.1.3]", `:4:6: this is a list, but it should be text`},
		{"no role", ", role: broadcaster", "", `:7:12: lacks role`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(good, c.old) {
				t.Fatalf("the good scenario lacks %q", c.old)
			}
			file := filepath.Join(dir, "talk.yaml")
			_, err := Parse(file, []byte(strings.Replace(good, c.old, c.new, 1)))
			var es yamlfile.Errors
			if !errors.As(err, &es) {
				t.Fatalf("want positioned errors, got %v", err)
			}
			if !strings.Contains(err.Error(), c.want) {
				t.Errorf("got\n%v\nwant\n%s", err, c.want)
			}
		})
	}
}

func TestEmptyCast(t *testing.T) {
	_, err := Parse("x.yaml", []byte("name: x\nlength: 1s\nsdk: 1.1.3\nmembers: {}\nscript: []\n"))
	if err == nil || !strings.Contains(err.Error(), "x.yaml:4:10: the cast is empty") {
		t.Errorf("got %v", err)
	}
}

func TestAllMistakesInOneGo(t *testing.T) {
	_, err := Parse("x.yaml", []byte(strings.NewReplacer("broadcaster", "boss", "30s", "30", "K8", "K0").Replace(good)))
	var es yamlfile.Errors
	if !errors.As(err, &es) || len(es) < 3 {
		t.Errorf("got %v", err)
	}
}

func TestShippedScenarios(t *testing.T) {
	for _, name := range fixtures.Scenarios() {
		s, err := Find(name)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if s.Name != name {
			t.Errorf("%s calls itself %s", s.File, s.Name)
		}
		if s.Title.EN == "" || s.Title.ZH == "" || s.Source == "" || s.Fidelity.All == "" {
			t.Errorf("%s lacks title, source or fidelity", s.File)
		}
	}
	for _, i := range fixtures.Issues() {
		for _, r := range i.Recipes() {
			s, err := Variant(r)
			if err != nil {
				t.Errorf("%s: %v", i.ID, err)
			} else if r.On != "" && s.member(r.On) < 0 {
				t.Errorf("%s: %s has no member %s", i.ID, s.Name, r.On)
			}
		}
	}
}

func TestFind(t *testing.T) {
	_, err := Find("weak-cal")
	var u *UsageError
	if !errors.As(err, &u) || u.Nearest != "weak-call" {
		t.Errorf("got %v", err)
	}
	if _, err := Find("./no-such-file.yaml"); !errors.As(err, &u) {
		t.Errorf("got %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	for _, name := range fixtures.Scenarios() {
		_, src, err := fixtures.Scenario(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		s, err := Parse("x.yaml", src)
		var es yamlfile.Errors
		if err != nil && !errors.As(err, &es) {
			t.Fatalf("no place: %v", err)
		}
		if err == nil && (len(s.Members) == 0 || s.Length <= 0 || s.Name == "") {
			t.Fatalf("accepted: %+v", s)
		}
	})
}
