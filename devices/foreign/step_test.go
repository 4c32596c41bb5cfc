package foreign

import (
	"slices"
	"strings"
	"testing"
)

func TestBadOptionsAndSteps(t *testing.T) {
	w := newWorld(t, 1, speaker)
	good := w.members[0].o
	if err := good.Validate(); err != nil {
		t.Error(err)
	}
	for i, bad := range []func(*Options){
		func(o *Options) { o.Engine = nil }, func(o *Options) { o.Channel = nil }, func(o *Options) { o.Resolve = nil },
		func(o *Options) { o.Name = "" }, func(o *Options) { o.UID = 0 }, func(o *Options) { o.Origin = "mini-program" },
		func(o *Options) { o.Role = "host" }, func(o *Options) { o.Codec = "av1" }, func(o *Options) { o.Codec = VP8 },
		func(o *Options) { o.PathDelay = -1 }, func(o *Options) { o.Traits.CameraFPS = 0 },
	} {
		if _, err := New(as(good, bad)); err == nil {
			t.Errorf("bad options %d were taken", i)
		}
	}
	for _, c := range []struct {
		step string
		args map[string]string
		want string
	}{
		{"join", nil, ""}, {"setRole", map[string]string{"role": Audience}, ""},
		{"rejoin", nil, "no step"}, {"setRole", nil, "role is"}, {"mic", map[string]string{"switch": "up"}, "switch is"},
		{"join", map[string]string{"role": Audience}, "too many"}, {"mic", map[string]string{"switch": "on", "x": "y"}, "too many"},
	} {
		err := w.members[0].Do(c.step, c.args)
		if ok := err == nil; ok != (c.want == "") || !ok && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %v: %v", c.step, c.args, err)
		}
	}
	if names := Steps(); !slices.ContainsFunc(names, func(w Word) bool { return w.Name == "publish" }) {
		t.Error("no word publish")
	}
}
