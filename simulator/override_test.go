package simulator

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestOverride(t *testing.T) {
	s, err := Parse("talk.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	for _, kv := range [][2]string{
		{"network", "4g"}, {"network.doctor", "high-delay"}, {"device.patient", "iphone-8-ios-12.0"}, {"mic.patient", "on"},
		{"at.quiet", "3s"}, {"without", "tunnel"}, {"profile", "live"}, {"length", "20s"},
	} {
		if err := s.Override(kv[0], kv[1]); err != nil {
			t.Fatal(err)
		}
	}
	d, p := s.Members[0], s.Members[1]
	if d.Network.Name != "high-delay" || p.Network.Name != "4g" || p.Device.Version != "12.0" || !p.Mic || s.Profile != Live || s.Length != 20*time.Second {
		t.Errorf("doctor %+v\npatient %+v", d, p)
	}
	if len(s.Script) != 4 || s.Script[1].ID != "quiet" {
		t.Errorf("script %+v", s.Script)
	}
	want := "talk@7+at.quiet=3s+device.patient=iphone-8-ios-12.0+length=20s+mic.patient=on+network=4g+network.doctor=high-delay+profile=live+without=tunnel"
	if got := s.Key(7); got != want {
		t.Errorf("key\n%s\nwant\n%s", got, want)
	}
}

func TestOverrideRefuses(t *testing.T) {
	for _, c := range []struct{ key, value, want string }{
		{"netwrok", "4g", `unknown setting "netwrok"; did you mean "network"?`},
		{"netwrok.doctor", "4g", `did you mean "network.doctor"?`},
		{"network", "5g", `unknown network "5g"; did you mean "4g"?`},
		{"device.doctro", "xiaomi-6-android-8", `unknown member "doctro"; did you mean "doctor"?`},
		{"device.doctor", "xiaomi-6", `unknown device "xiaomi-6"; did you mean "xiaomi-6-android-8"?`},
		{"without", "tunel", `unknown step "tunel"; did you mean "tunnel"?`},
		{"length", "20", `lacks its unit`},
		{"length", "0s", `must be more than nothing`},
		{"length", "25h", `is more than 24h`},
		{"without", "tunnel,tunel", `valid: tunnel, quiet`},
		{"network.doctor", "", `unknown network ""`},
		{"at.quiet", "40s", `but the scenario ends at 30s`},
		{"sdk", "1.1.33", `unknown SDK version "1.1.33"; did you mean "1.1.3"?`},
		{"mutant", "mute-ignores-vide", `unknown mutant "mute-ignores-vide"; did you mean "mute-ignores-video"?`},
		{"camera.doctor", "none.flv", `unknown camera "none.flv"`},
	} {
		s, err := Parse("talk.yaml", []byte(good))
		if err != nil {
			t.Fatal(err)
		}
		err = s.Override(c.key, c.value)
		var u *UsageError
		if !errors.As(err, &u) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s=%s: got %v, want %s", c.key, c.value, err, c.want)
		}
		if s.Key(1) != "talk@1" {
			t.Errorf("%s=%s: refused, but in the key", c.key, c.value)
		}
	}
}

// What is expected of the whole scenario is expected of a longer one wholly.
func TestALongerScenarioIsExpectedWholly(t *testing.T) {
	s := find(t, "first-call", "length=10m")
	for _, e := range s.Expect {
		want := 10 * time.Minute
		if e.FirstFrame {
			want = 5 * time.Second
		}
		if e.Until != want {
			t.Errorf("%+v: until %v, want %v", e, e.Until, want)
		}
	}
}
