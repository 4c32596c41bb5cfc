package wechat

import (
	"strings"
	"testing"
	"time"

	"minilab/simulator/trace"
)

// adapting runs a push by one strategy over an uplink that is thin from 20 s to 60 s.
func adapting(t *testing.T, strategy string, change func(*PusherOptions)) *trace.Record {
	t.Helper()
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
		p := defaultPusherParams()
		p.Strategy = strategy
		push.params, push.MaxBitrateKbps = &p, 800
		if change != nil {
			change(push)
		}
	})
	w.pusher.Start()
	w.at(20*time.Second, func() { w.netA.upBPS = 400_000 })
	w.at(60*time.Second, func() { w.netA.upBPS = 0 })
	return w.run(120 * time.Second)
}

// firstAt is when a code came first after a time; 0: never.
func firstAt(r *trace.Record, code int64, after time.Duration) time.Duration {
	for _, ev := range pick(r, trace.PusherCode) {
		if ev.V[0] == code && ev.At > after {
			return ev.At
		}
	}
	return 0
}

func TestStrategiesDiffer(t *testing.T) {
	realtime := adapting(t, adjustRealtime, nil)
	live := adapting(t, adjustLive, nil)
	none := adapting(t, adjustNone, nil)
	if fast, slow := firstAt(realtime, codePushBitrate, 20*time.Second), firstAt(live, codePushBitrate, 20*time.Second); fast == 0 || slow < fast+3*time.Second {
		t.Errorf("realtime adapts at %v, live at %v: want it slower", fast, slow)
	}
	if got := codes(none, trace.PusherCode); strings.Contains(got, "1006") || !strings.Contains(got, "1101") {
		t.Errorf("without a strategy: %s", got)
	}
	if at := firstAt(realtime, codePushResolution, 20*time.Second); at == 0 || at < firstAt(realtime, codePushBitrate, 20*time.Second) {
		t.Errorf("the size follows the bitrate at %v", at)
	}
	if dropped := len(pick(none, trace.FrameDropped)); dropped <= len(pick(realtime, trace.FrameDropped)) {
		t.Errorf("%d pictures dropped without a strategy: want more than with one", dropped)
	}
}

// The probe's half of the range is its beginning; after 30 s it changes little.
func TestProbe(t *testing.T) {
	r := adapting(t, adjustProbe, func(o *PusherOptions) { o.MaxBitrateKbps = 1000 })
	early, late := 0, 0
	for _, ev := range pick(r, trace.PusherCode) {
		switch {
		case ev.V[0] != codePushBitrate:
		case ev.At < 30*time.Second:
			early++
		default:
			late++
		}
	}
	if early < 4 || late > early {
		t.Errorf("%d changes in the first 30 s, %d later", early, late)
	}
	if first := pick(r, trace.PusherStatus)[1].V[0]; first > 800 {
		t.Errorf("begins with %d kbit/s of at most 1000", first)
	}
}

// Bitrate stays in its bounds, and where it can't go down any more the frame rate does.
func TestQoSBounds(t *testing.T) {
	p := defaultPusherParams()
	var q qos
	q.begin(p.Strategies[adjustRealtime], 200, 500, 15, 0)
	for i := range 20 {
		q.decide(2*time.Second, time.Duration(i)*time.Second)
	}
	if q.bps != 200_000 || q.fps != 10 {
		t.Errorf("%d bit/s, %d fps after 20 s of congestion", q.bps, q.fps)
	}
	for i := range 60 {
		q.decide(0, time.Duration(20+i)*time.Second)
	}
	if q.bps != 500_000 || q.fps != 15 {
		t.Errorf("%d bit/s, %d fps after a minute of calm", q.bps, q.fps)
	}
}

func TestSizeFollowsTheBitrate(t *testing.T) {
	a := DefaultPusherAttributes()
	for _, c := range []struct {
		mode, aspect string
		kbps         int64
		from, want   size
	}{
		{ModeRTC, aspectTall, 500, size{}, size{360, 640}},
		{ModeRTC, aspectTall, 2000, size{}, size{360, 640}},
		{"FHD", aspectTall, 2000, size{}, size{720, 1280}},
		{"HD", aspectTall, 1100, size{}, size{540, 960}},
		{ModeRTC, aspectWide, 500, size{}, size{360, 480}},
		{ModeRTC, aspectTall, 300, size{360, 640}, size{270, 480}},
		{ModeRTC, aspectTall, 200, size{270, 480}, size{192, 344}},
		{ModeRTC, aspectTall, 360, size{270, 480}, size{270, 480}}, // not back at once
		{ModeRTC, aspectTall, 410, size{270, 480}, size{360, 640}},
	} {
		a.Mode, a.Aspect = c.mode, c.aspect
		if got := a.sizeAt(c.kbps*1000, c.from); got != c.want {
			t.Errorf("%s %s at %d kbit/s from %v: %v, want %v", c.mode, c.aspect, c.kbps, c.from, got, c.want)
		}
	}
	a = DefaultPusherAttributes()
	a.Orientation = orientationHorizontal
	if got := a.sizeAt(500_000, size{}); got != (size{640, 360}) {
		t.Errorf("horizontal: %v", got)
	}
}

// Another size reaches the far end: its player reports 2009 once more, and nothing of
// the stream is lost by it.
func TestAnotherSizeIsTold(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	w.at(20*time.Second, func() { w.netA.upBPS = 330_000 })
	r := w.run(40 * time.Second)
	sent := strings.Count(codes(r, trace.PusherCode), "1005")
	seen := strings.Count(codes(r, trace.PlayerCode), "2009")
	if sent < 2 || seen < 2 || seen > sent {
		t.Errorf("%d sizes sent, %d told", sent, seen)
	}
	if got := codes(r, trace.PlayerCode); strings.Contains(got, "2107") {
		t.Errorf("player: %s", got)
	}
}

// Where a version ignores max-bitrate, more is sent.
func TestMaxBitrateIgnored(t *testing.T) {
	for _, ignored := range []bool{false, true} {
		w := newWorld(t, 1, func(a, _ *HostOptions, _ *PusherOptions, _ *PlayerOptions) {
			v := DefaultVersion()
			v.Android.MaxBitrateIgnored = ignored
			a.Version = &v
		})
		w.pusher.Start()
		all := pick(w.run(20*time.Second), trace.PusherStatus)
		if kbps := all[len(all)-1].V[0]; (kbps > 600) != ignored {
			t.Errorf("ignored %v: %d kbit/s", ignored, kbps)
		}
	}
}
