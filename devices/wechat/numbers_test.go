package wechat

import (
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

// lastOfInterval has a server keep back the last pictures of each key interval of 45: the
// next one begins with a key frame, so nothing is missing but time.
func lastOfInterval(n int) func(rtmp.Message) bool {
	since := 0
	return func(m rtmp.Message) bool {
		if m.Type != rtmp.TypeVideo || len(m.Payload) < 2 || m.Payload[1] == 0 {
			return false // sound, or a configuration
		}
		if since++; m.Payload[0]>>4 == 1 {
			since = 0
		}
		return since >= 45-n
	}
}

// LiteAV's recommended videoBlockThreshold is 800 ms: pictures of 15 a second that are 733
// ms apart are no stutter, and 867 ms apart they are one each time.
func TestStutterIsAboveEightHundredMilliseconds(t *testing.T) {
	for _, c := range []struct {
		missing int
		want    string
	}{{10, playing7}, {12, playing7 + " 2105 2105 2105"}} {
		w := newWorld(t, 1, nil)
		w.server.lose = lastOfInterval(c.missing)
		w.pusher.Start()
		w.player.Play()
		r := w.run(11 * time.Second)
		if got := codes(r, trace.PlayerCode); got != c.want {
			t.Errorf("%d of 45 pictures missing: codes %s, want %s", c.missing, got, c.want)
		}
		if gaps, _ := heardGaps(r); len(gaps) > 0 {
			t.Errorf("%d of 45 pictures missing: gaps in the sound %v", c.missing, gaps)
		}
	}
}

// Arrival that takes nearly all of a buffer of 500 ms is told as unsteady, though nothing
// is missed by who watches; half of the buffer isn't.
func TestUnsteadyArrivalIsToldBeforeItIsSeen(t *testing.T) {
	for gap, want := range map[time.Duration]string{250 * time.Millisecond: playing7, 460 * time.Millisecond: playing7 + " 2104"} {
		w := newWorld(t, 1, nil)
		w.pusher.Start()
		w.player.Play()
		w.at(10*time.Second, func() { w.netB.outage(gap) })
		r := w.run(15 * time.Second)
		if got := codes(r, trace.PlayerCode); got != want {
			t.Errorf("a gap of %v: codes %s, want %s", gap, got, want)
		}
		if gaps, _ := heardGaps(r); len(gaps) > 0 {
			t.Errorf("a gap of %v: gaps in the sound %v", gap, gaps)
		}
	}
}

// A player slows down before it runs dry without being told to, and never while it has
// what it needs.
func TestAPlayerSlowsDownByItself(t *testing.T) {
	for gap, slows := range map[time.Duration]bool{2 * time.Second: true, 0: false} {
		w := newWorld(t, 1, nil)
		w.pusher.Start()
		w.player.Play()
		if gap > 0 {
			w.at(10*time.Second, func() { w.netB.outage(gap) })
		}
		slowed := time.Duration(0)
		for _, ev := range pick(w.run(12*time.Second), trace.PlaybackSpeed) {
			if ev.V[0] > 0 && ev.V[0] < 1000 && slowed == 0 {
				slowed = ev.At
			}
		}
		if (slowed > 10*time.Second && slowed < 11*time.Second) != slows {
			t.Errorf("a gap of %v: slows down at %v", gap, slowed)
		}
	}
}

// In a stall sound waits for 5 s and goes then from the oldest on; netstatus tells of what
// waits. The socket takes 64 kB first, which are some 11 s of sound.
func TestSoundWaitsForFiveSeconds(t *testing.T) {
	most, last := 0, 0
	w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, _ *PlayerOptions) {
		push.EnableCamera = false
		push.OnNetStatus = func(n NetStatus) { most, last = max(most, n.AudioCache), n.AudioCache }
	})
	w.pusher.Start()
	w.at(5*time.Second, func() { w.netA.outage(28 * time.Second) })
	w.e.RunUntil(32 * time.Second)
	if last < 4970 || most > 5030 {
		t.Errorf("%d ms of sound wait, %d at most: want the 5 s that are kept", last, most)
	}
	w.e.RunUntil(40 * time.Second)
	if last != 0 {
		t.Errorf("%d ms of sound wait on a free uplink", last)
	}
}

// gaveUp is when a component's code came last.
func gaveUp(r *trace.Record, k trace.Kind, code int64) (at time.Duration) {
	for _, ev := range pick(r, k) {
		if ev.V[0] == code {
			at = ev.At
		}
	}
	return at
}

// An attempt that nobody answers takes 5 s. With three retries, 3 s apart, a component gives
// up 4 times 5 s and 3 times 3 s after it began: 29 s.
func TestNobodyAnswers(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.netA.outage(time.Hour)
	w.netB.outage(time.Hour)
	w.pusher.Start()
	w.player.Play()
	r := w.run(time.Minute)
	camera := pick(r, trace.PusherCode)[1].At // it opens first
	if d := gaveUp(r, trace.PusherCode, -1307) - camera; d != 29*time.Second {
		t.Errorf("the pusher gives up after %v", d)
	}
	if at := gaveUp(r, trace.PlayerCode, -2301); at != 29*time.Second {
		t.Errorf("the player gives up at %v", at)
	}
	wantCodes(t, r, trace.PlayerCode, "3002 2103 3002 2103 3002 2103 3002 -2301")
}

// Both components report each 2 s, of the 1 to 2 s that are documented.
func TestStatusEachTwoSeconds(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.player.Play()
	r := w.run(21 * time.Second)
	for _, k := range []trace.Kind{trace.PusherStatus, trace.PlayerStatus} {
		for i, ev := range pick(r, k) {
			if ev.At != time.Duration(i+1)*2*time.Second {
				t.Errorf("%v %d at %v", k, i, ev.At)
			}
		}
		if n := len(pick(r, k)); n != 10 {
			t.Errorf("%v: %d in 21 s", k, n)
		}
	}
}

// levelsIn are the quality levels that netstatus tells of in a stretch of time.
func levelsIn(r *trace.Record, k trace.Kind, from, to time.Duration) map[int64]bool {
	seen := map[int64]bool{}
	for _, ev := range pick(r, k) {
		if ev.At > from && ev.At <= to {
			seen[ev.V[5]] = true
		}
	}
	return seen
}

// netQualityLevel goes from 1, best, to 5, very poor, as the uplink comes to a stand, and
// is 6, unavailable, while there is no connection.
func TestQualityOfTheUplink(t *testing.T) {
	w := newWorld(t, 1, nil)
	w.pusher.Start()
	w.at(20*time.Second, func() { w.netA.upBPS = 400_000 })
	w.at(40*time.Second, func() { w.netA.upBPS = 0 })
	w.at(60*time.Second, func() { w.netA.outage(10 * time.Second) })
	w.at(90*time.Second, func() { w.netA.dialError = sockets.ErrConnectTimeout; w.netA.cut(sockets.ErrTimeout) })
	r := w.run(98 * time.Second)
	for _, c := range []struct {
		from, to time.Duration
		any      []int64 // at least one of them is told
		none     []int64 // none of them is
	}{
		{2 * time.Second, 20 * time.Second, []int64{1}, []int64{2, 3, 4, 5, 6}},
		{20 * time.Second, 40 * time.Second, []int64{2, 3, 4}, []int64{5, 6}},
		{64 * time.Second, 69 * time.Second, []int64{5}, []int64{1, 6}},
		{80 * time.Second, 89 * time.Second, []int64{1}, []int64{4, 5, 6}},
		{90 * time.Second, 98 * time.Second, []int64{6}, []int64{1, 2, 3, 4, 5}},
	} {
		seen := levelsIn(r, trace.PusherStatus, c.from, c.to)
		found := false
		for _, q := range c.any {
			found = found || seen[q]
		}
		for _, q := range c.none {
			if seen[q] {
				t.Errorf("%v to %v: level %d among %v", c.from, c.to, q, seen)
			}
		}
		if !found {
			t.Errorf("%v to %v: levels %v, want one of %v", c.from, c.to, seen, c.any)
		}
	}
}

// netJitter is next to 0 where all comes evenly and grows where it doesn't: at a pusher whose
// socket takes nothing now and then, and at each player behind that.
func TestNetJitter(t *testing.T) {
	for _, c := range []struct{ up, down bool }{{false, false}, {true, false}, {false, true}} {
		pushed, played := 0, 0
		w := newWorld(t, 1, func(_, _ *HostOptions, push *PusherOptions, play *PlayerOptions) {
			push.OnNetStatus = func(n NetStatus) { pushed = max(pushed, n.NetJitter) }
			play.OnNetStatus = func(n NetStatus) { played = max(played, n.NetJitter) }
		})
		w.pusher.Start()
		w.player.Play()
		for at := 9300 * time.Millisecond; at < 30*time.Second; at += 2500 * time.Millisecond {
			if c.up {
				w.at(at, func() { w.netA.outage(2 * time.Second) })
			}
			if c.down {
				w.at(at, func() { w.netB.outage(2 * time.Second) })
			}
		}
		w.run(30 * time.Second)
		if (pushed > 3) != c.up {
			t.Errorf("%+v: the pusher's jitter is %d", c, pushed)
		}
		if (played > 3) != (c.up || c.down) {
			t.Errorf("%+v: the player's jitter is %d", c, played)
		}
	}
}

// RFC 3550, 6.4.1: of each change of the delay a sixteenth, less a sixteenth of what it was.
func TestJitterIsThatOfRTP(t *testing.T) {
	var j jitter
	for i, c := range []struct {
		delay time.Duration
		want  float64
	}{{50 * ms, 0}, {210 * ms, 10}, {210 * ms, 9.375}, {50 * ms, 18.7890625}} {
		if j.add(c.delay); j.value != c.want {
			t.Errorf("after delay %d: %v, want %v", i, j.value, c.want)
		}
	}
}

// The two intervals of netstatus are how far pictures are ahead of sound in milliseconds,
// as they arrive and as they are played: below 0 where pictures stay away, above it where
// sound does.
func TestPicturesAndSoundApart(t *testing.T) {
	for lost, sign := range map[uint8]int{rtmp.TypeVideo: -1, rtmp.TypeAudio: 1} {
		var played NetStatus
		w := newWorld(t, 1, func(_, _ *HostOptions, _ *PusherOptions, play *PlayerOptions) {
			play.OnNetStatus = func(n NetStatus) { played = n }
		})
		w.pusher.Start()
		w.player.Play()
		w.server.lose = func(m rtmp.Message) bool { return m.Type == lost && w.e.Now() > 18500*time.Millisecond }
		w.run(20 * time.Second)
		if apart := played.AVRecvInterval * sign; apart < 1300 || apart > 1700 {
			t.Errorf("%d lost for 1.5 s: %d ms apart on arrival", lost, played.AVRecvInterval)
		}
		if lost == rtmp.TypeVideo && (played.AVPlayInterval > -800 || played.AVPlayInterval < -1300) {
			t.Errorf("pictures lost for 1.5 s, 500 ms of them buffered: %d ms apart as played", played.AVPlayInterval)
		}
	}
}
