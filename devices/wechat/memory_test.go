package wechat

import (
	"slices"
	"strings"
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/devices/phone/memory"
)

// leaking is a phone of 1 GB whose page has so many players that decode.
func leaking(t *testing.T, os phone.OS, limit int64, leak int64) *spell {
	t.Helper()
	s := &spell{netWorld: newNetWorld(t, nil), t: t}
	p := memory.DefaultParams()
	p.Leak = leak
	s.again(t, func(o *HostOptions) {
		o.Traits.OS = os
		o.Traits.Memory = memory.Traits{RAM: 1024e6, Others: 450e6, Limit: limit}
		o.MemoryParams = &p
	})
	s.listen()
	for range 6 {
		c, err := s.host.NewLivePlayer(PlayerOptions{Src: "rtmp://edge/live/s"})
		if err != nil {
			t.Fatal(err)
		}
		c.started, c.buffer.seen = true, true
	}
	return s
}

const leak = 150e6 // bytes for a decoder's hour

func TestMemoryEndsLongCalls(t *testing.T) {
	for _, x := range []struct {
		name   string
		os     phone.OS
		limit  int64
		leak   int64
		states string
		warned bool
	}{
		{"iOS, warned", phone.IOS, 645e6, leak, "destroy", true},
		{"iOS, above the app's limit", phone.IOS, 480e6, leak, "killed", false},
		{"iOS, nothing leaks", phone.IOS, 645e6, 0, "", false},
		{"Android", phone.Android, 0, leak, "", true},
	} {
		s := leaking(t, x.os, x.limit, x.leak)
		s.e.RunUntil(time.Hour)
		if got := s.states(); got != x.states {
			t.Errorf("%s: states %q, want %q", x.name, got, x.states)
		}
		warned := slices.ContainsFunc(s.told, func(line string) bool { return strings.Contains(line, "memory") })
		if warned != x.warned {
			t.Errorf("%s: told %v", x.name, s.told)
		}
	}
}

// Android names each level once.
func TestLevelsAreToldOnce(t *testing.T) {
	s := leaking(t, phone.Android, 0, leak)
	s.e.RunUntil(2 * time.Hour)
	var levels []string
	for _, line := range s.told {
		levels = append(levels, strings.Fields(line)[2])
	}
	if len(levels) < 3 || !slices.Contains(levels, "5") || !slices.Contains(levels, "10") || levels[len(levels)-1] != "15" {
		t.Errorf("told %v", levels)
	}
}

// A page that sleeps decodes nothing, so it leaks nothing.
func TestAsleepNothingLeaks(t *testing.T) {
	v := DefaultVersion()
	v.DestroyAfter = 24 * time.Hour
	s := leaking(t, phone.IOS, 645e6, leak)
	s.host.version = v
	s.away(byCapsule, time.Second, 0)
	s.e.RunUntil(3 * time.Hour)
	if got := s.states(); got != "hide suspend" {
		t.Errorf("states %q", got)
	}
}
