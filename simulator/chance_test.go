package simulator

import (
	"context"
	"errors"
	"strings"
	"testing"
)

func chanceOf(t *testing.T, s *Scenario, name string) (value float64, there bool) {
	t.Helper()
	r, err := Run(context.Background(), Options{Scenario: s, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range r.Record.Head.Params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return 0, false
}

const chanced = `name: chanced
length: 2s
sdk: 1.1.3
members:
  a: {device: xiaomi-5s-android-7, network: good, role: broadcaster}
  b: {origin: native, role: broadcaster}
script:
  - {at: 0s, a: join}
`

// A run's chances are those that it sets, whatever the device and in whatever order; the
// others stay the device's.
func TestChances(t *testing.T) {
	for _, c := range []struct {
		sets  []string
		name  string
		value float64
		there bool
	}{
		{nil, "a/camera/stalls", 1, true},
		{[]string{"camera-stalls.a=1800"}, "a/camera/stalls", 1800, true},
		{[]string{"camera-stalls.a=0"}, "a/camera/stalls", 0, false},
		{[]string{"camera-stalls.a=1800", "device.a=iphone-8-ios-12.1"}, "a/camera/stalls", 1800, true},
		{[]string{"device.a=iphone-8-ios-12.1"}, "a/camera/stalls", 0, false},
		{[]string{"device.a=iphone-8-ios-12.1"}, "a/encoder/unrecovered", 0.05, true},
		{[]string{"encoder-unrecovered.a=100%", "encoder-silent.a=50%"}, "a/encoder/unrecovered", 1, true},
		{[]string{"encoder-unrecovered.a=100%", "encoder-silent.a=50%"}, "a/encoder/silent", 0.5, true},
		{[]string{"encoder-corrupt.a=off", "encoder-silent.a=50%"}, "a/encoder/silent", 0.5, true},
	} {
		s, err := Parse("chanced.yaml", []byte(chanced))
		if err != nil {
			t.Fatal(err)
		}
		for _, set := range c.sets {
			k, v, _ := strings.Cut(set, "=")
			if err := s.Override(k, v); err != nil {
				t.Fatal(err)
			}
		}
		if v, there := chanceOf(t, s, c.name); v != c.value || there != c.there {
			t.Errorf("%v: %s is %v, %v", c.sets, c.name, v, there)
		}
	}
}

func TestChancesThatMakeNoSense(t *testing.T) {
	for set, want := range map[string]string{
		"camera-stalls.a=often":      "no number of times an hour",
		"camera-stalls.a=-1":         "no number of times an hour",
		"camera-stalls.a=4000":       "write 0 to 3600",
		"camera-stalls.a=NaN":        "no number of times an hour",
		"encoder-silent.a=0.5":       "lacks its unit",
		"encoder-unrecovered.a=101%": "more than all",
		"encoder-corrupt.a=50%":      "switch position",
		"camera-stalls.c=1":          `unknown member "c"`,
		"camera-stalls.b=1":          "is a member of the native SDK",
		"camera-stall.a=1":           `did you mean "camera-stalls.a"?`,
	} {
		s, err := Parse("chanced.yaml", []byte(chanced))
		if err != nil {
			t.Fatal(err)
		}
		k, v, _ := strings.Cut(set, "=")
		var u *UsageError
		if err := s.Override(k, v); !errors.As(err, &u) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", set, err, want)
		}
	}
}
