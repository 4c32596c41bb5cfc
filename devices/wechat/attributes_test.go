package wechat

import (
	"slices"
	"strings"
	"testing"

	"minilab/simulator/trace"
)

func TestAttributesThatCannotBe(t *testing.T) {
	ok := DefaultPusherAttributes()
	if err := ok.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*PusherAttributes){
		"mode": func(a *PusherAttributes) { a.Mode = "live" }, "orientation": func(a *PusherAttributes) { a.Orientation = "up" },
		"aspect": func(a *PusherAttributes) { a.Aspect = "1:1" }, "audio-quality": func(a *PusherAttributes) { a.AudioQuality = "medium" },
		"device-position": func(a *PusherAttributes) { a.DevicePosition = "left" }, "beauty": func(a *PusherAttributes) { a.Beauty = 10 },
		"fps": func(a *PusherAttributes) { a.FPS = 31 }, "bitrate": func(a *PusherAttributes) { a.MinBitrateKbps = 2000 },
		"video-width": func(a *PusherAttributes) { a.VideoWidth = 4000 }, "local-mirror": func(a *PusherAttributes) { a.LocalMirror = "on" },
	} {
		a := DefaultPusherAttributes()
		change(&a)
		if err := a.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, change := range map[string]func(*PlayerAttributes){
		"mode": func(a *PlayerAttributes) { a.Mode = "SD" }, "object-fit": func(a *PlayerAttributes) { a.ObjectFit = "cover" },
		"cache": func(a *PlayerAttributes) { a.MaxCache = 0.5 }, "sound-mode": func(a *PlayerAttributes) { a.SoundMode = "headset" },
	} {
		a := DefaultPlayerAttributes()
		if err := a.Validate(); err != nil {
			t.Fatal(err)
		}
		change(&a)
		if err := a.Validate(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("player %s: %v", name, err)
		}
	}
}

// To a base library, an attribute that it doesn't know isn't written.
func TestAttributesAreGated(t *testing.T) {
	lacks := func(names ...string) func(*HostOptions) {
		return func(o *HostOptions) {
			o.Knows = func(component, name string) bool { return !slices.Contains(names, component+"/"+name) }
		}
	}
	made := func(change func(*HostOptions)) (*LivePusher, *LivePlayer) {
		w := newWorld(t, 1, func(a, b *HostOptions, push *PusherOptions, play *PlayerOptions) {
			change(a)
			change(b)
			push.EnableMic, push.Mirror, push.VideoWidth = false, true, 180
			play.SoundMode = soundEar
		})
		return w.pusher, w.player
	}
	push, play := made(func(*HostOptions) {})
	if push.o.EnableMic || !push.o.Mirror || push.o.VideoWidth != 180 || play.o.SoundMode != soundEar {
		t.Errorf("a library that knows all: %+v, %+v", push.o.PusherAttributes, play.o.PlayerAttributes)
	}
	push, play = made(lacks("live-pusher/enable-mic", "live-pusher/video-width", "live-player/sound-mode"))
	if !push.o.EnableMic || !push.o.Mirror || push.o.VideoWidth != 360 || play.o.SoundMode != soundSpeaker {
		t.Errorf("a library that lacks three: %+v, %+v", push.o.PusherAttributes, play.o.PlayerAttributes)
	}
}

// Events that a base library doesn't have don't come.
func TestEventsAreGated(t *testing.T) {
	for _, known := range []bool{true, false} {
		statuses, errors := 0, 0
		w := newWorld(t, 1, func(a, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
			a.Knows = func(_, name string) bool { return known || name != "bindnetstatus" && name != "binderror" }
			push.OnNetStatus = func(NetStatus) { statuses++ }
			push.OnError = func(int, string) { errors++ }
		})
		w.a.Deny("camera", true)
		w.pusher.Start()
		r := w.run(10e9)
		if (statuses > 0) != known || (errors > 0) != known {
			t.Errorf("known %v: %d netstatus, %d errors", known, statuses, errors)
		}
		wantCodes(t, r, trace.PusherCode, "1005 10001 1001 1002")
	}
}
