package wechat

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"minilab/devices/phone"
)

// What the documentation lists for each component's bindnetstatus.
// Source: live-pusher and live-player documentation; fidelity: documented.
var (
	statusOfBoth   = []string{"VideoBitrate", "AudioBitrate", "VideoFPS", "VideoGOP", "NetSpeed", "NetJitter", "NetQualityLevel", "VideoWidth", "VideoHeight", "VideoCache", "AudioCache"}
	statusOfPlayer = []string{"VDecCacheSize", "VSumCacheSize", "AVPlayInterval", "AVRecvInterval", "AudioCacheThreshold"}
)

// In a call whose network is busy now and then, each field that the documentation lists
// says something at some time, and there is no other.
func TestEachFieldOfNetStatusIsAssigned(t *testing.T) {
	pushed, played := map[string]bool{}, map[string]bool{}
	told := func(to map[string]bool) func(NetStatus) {
		return func(n NetStatus) {
			v := reflect.ValueOf(n)
			for i := range v.NumField() {
				if !v.Field(i).IsZero() {
					to[v.Type().Field(i).Name] = true
				}
			}
		}
	}
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, play *PlayerOptions) {
		push.OnNetStatus, play.OnNetStatus = told(pushed), told(played)
	})
	w.pusher.Start()
	w.player.Play()
	w.at(10*time.Second, func() { w.netA.upBPS = 200_000 })
	w.at(17*time.Second, func() { w.netA.upBPS = 0 })
	w.run(30 * time.Second)
	all := reflect.TypeFor[NetStatus]()
	for i := range all.NumField() {
		name := all.Field(i).Name
		both, player := slices.Contains(statusOfBoth, name), slices.Contains(statusOfPlayer, name)
		if !both && !player {
			t.Errorf("%s isn't in the documentation", name)
		}
		if pushed[name] != both || played[name] != (both || player) {
			t.Errorf("%s: live-pusher %v, live-player %v; in the documentation %v, %v", name, pushed[name], played[name], both, both || player)
		}
	}
	if documented := len(statusOfBoth) + len(statusOfPlayer); documented != all.NumField() {
		t.Errorf("%d fields, %d are in the documentation", all.NumField(), documented)
	}
}

// Only Android's hardware decoder holds pictures, some of those that wait.
func TestWhatTheDecoderHolds(t *testing.T) {
	for _, c := range []struct {
		os       phone.OS
		decoders int
		holds    bool
	}{{phone.Android, 1, true}, {phone.Android, 0, false}, {phone.IOS, 1, false}} {
		var last NetStatus
		w := newWorld(t, 1, func(_, b *HostOptions, _ *PusherOptions, play *PlayerOptions) {
			b.Traits.OS, b.Traits.Decoders = c.os, c.decoders
			play.OnNetStatus = func(n NetStatus) { last = n }
		})
		w.pusher.Start()
		w.player.Play()
		w.run(20 * time.Second)
		if n := last.VDecCacheSize; n > 0 != c.holds || n > last.VSumCacheSize {
			t.Errorf("%+v: %d of %d", c, n, last.VSumCacheSize)
		}
	}
}
