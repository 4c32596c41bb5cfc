package foreign

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"minilab/devices/phone/sound"
	"minilab/simulator/rtmp"
	"minilab/simulator/trace"
)

var (
	speaker  = Options{Origin: Native, Role: Broadcaster, Camera: true, Mic: true}
	browser  = Options{Origin: Web, Role: Broadcaster, Camera: true, Mic: true, Codec: VP8}
	listener = Options{Origin: Native, Role: Audience, Camera: true, Mic: true}
)

func as(o Options, change func(*Options)) Options {
	change(&o)
	return o
}

// story is a member's states and what it sends and plays, in words.
func story(r *trace.Record, actor int) string {
	var out []string
	for _, ev := range r.Events {
		if int(ev.Actor) != actor {
			continue
		}
		switch ev.Kind {
		case trace.AppState:
			out = append(out, r.Text(ev.Text))
		case trace.PushStarted, trace.PushMedia:
			out = append(out, fmt.Sprintf("%v %d %d", ev.Kind, ev.V[0], ev.V[1]))
		case trace.PushStopped:
			out = append(out, fmt.Sprintf("%v (%s)", ev.Kind, r.Text(ev.Note)))
		case trace.PlayStarted:
			out = append(out, fmt.Sprintf("%v %d", ev.Kind, ev.Peer))
		case trace.PlayStopped:
			out = append(out, fmt.Sprintf("%v %d (%s)", ev.Kind, ev.Peer, r.Text(ev.Note)))
		}
	}
	return strings.Join(out, ", ")
}

func wantStory(t *testing.T, r *trace.Record, actor int, want string) {
	t.Helper()
	if got := story(r, actor); got != want {
		t.Errorf("member %d:\n got %s\nwant %s", actor, got, want)
	}
}

// checkSteady wants every captured picture shown once, in order, at an even pace and
// with the delay of path and playout, and sound without a gap.
func checkSteady(t *testing.T, r *trace.Record, from, to int) {
	t.Helper()
	captured, shown := pick(r, trace.FrameCaptured, from), pick(r, trace.FrameShown, to)
	if len(shown) == 0 || len(shown) < len(captured)-8 {
		t.Fatalf("%d captured, %d shown", len(captured), len(shown))
	}
	for i, ev := range shown {
		want := trace.Event{V: [6]int64{captured[0].V[0] + int64(i), int64(captured[i].At), int64(10 + from), 0}}
		want.V[1] = want.V[1] / 1e6 * 1e6 // a picture tells milliseconds
		if ev.V[0] != want.V[0] || ev.V[1]/1e6*1e6 != want.V[1] || ev.V[2] != want.V[2] || ev.V[3] != 0 {
			t.Fatalf("picture %d: %v, want %v", i, ev.V, want.V)
		}
		d, first := ev.At-captured[i].At, shown[0].At-captured[0].At
		if least := 2*defaultPathDelay + playout; d < least || d > least+ahead || d < first-tickPeriod || d > first+tickPeriod {
			t.Fatalf("picture %d shown %v after capture, the first %v", i, d, first)
		}
	}
	last := time.Duration(-1)
	var heard time.Duration
	for _, ev := range pick(r, trace.AudioPlayed, to) {
		if start := time.Duration(ev.V[0]); last >= 0 && start != last {
			t.Errorf("sound stood for %v", start-last)
		}
		if ev.V[1] != int64(ev.At)-ev.V[0] || ev.V[2] != 1000 || ev.V[3] != int64(10+from) || ev.V[4] != -2000 {
			t.Errorf("sound %v", ev.V)
		}
		last = ev.At
		heard += time.Duration(ev.V[1])
	}
	if last < r.Events[len(r.Events)-1].At-spanMost-tickPeriod || heard < last-2*time.Second {
		t.Errorf("sound was heard for %v until %v", heard, last)
	}
}

func TestBothWays(t *testing.T) {
	w := newWorld(t, 1, speaker, as(browser, func(o *Options) { o.Codec = H264 }), listener)
	for i := range w.members {
		w.do(0, i, "join")
	}
	r := w.run(20 * time.Second)
	wantStory(t, r, 0, "joining, joined, push-started 1 1, play-started 1")
	wantStory(t, r, 1, "joining, joined, push-started 1 1, play-started 0")
	wantStory(t, r, 2, "joining, joined, play-started 0, play-started 1")
	checkSteady(t, r, 0, 1)
	checkSteady(t, r, 1, 0)
	for _, k := range []trace.Kind{trace.FrameOversized, trace.FrameDropped} {
		for i := range w.members {
			if n := len(pick(r, k, i)); n > 0 {
				t.Errorf("%d events of kind %v", n, k)
			}
		}
	}
	if n := len(pick(r, trace.FrameCaptured, 2)); n > 0 {
		t.Errorf("an audience filmed %d pictures", n)
	}
}

// TestOtherCodec has a browser send pictures that only browsers show.
func TestOtherCodec(t *testing.T) {
	w := newWorld(t, 1, browser, as(listener, func(o *Options) { o.Origin = Web }), listener)
	for i := range w.members {
		w.do(0, i, "join")
	}
	r := w.run(10 * time.Second)
	checkSteady(t, r, 0, 1)
	if n := len(pick(r, trace.FrameShown, 2)); n > 0 {
		t.Errorf("the other member showed %d pictures", n)
	}
	if len(pick(r, trace.AudioPlayed, 2)) == 0 {
		t.Error("the other member heard nothing")
	}
}

func TestRoles(t *testing.T) {
	w := newWorld(t, 1, listener, listener)
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	w.do(time.Second, 0, "publish") // refused
	w.do(2*time.Second, 0, "setRole", Broadcaster)
	w.do(4*time.Second, 0, "setRole", Broadcaster)
	w.do(6*time.Second, 0, "setRole", Audience)
	r := w.run(10 * time.Second)
	wantStory(t, r, 0, "joining, joined, push-started 1 1, push-stopped (audience)")
	wantStory(t, r, 1, "joining, joined, play-started 0, play-stopped 0 (stream-removed)")
	if c := pick(r, trace.FrameCaptured, 0); len(c) == 0 || c[0].At < 2*time.Second || c[len(c)-1].At > 6*time.Second {
		t.Errorf("%d pictures", len(c))
	}
	if s := pick(r, trace.FrameShown, 1); len(s) == 0 || s[len(s)-1].At > 6*time.Second+3*defaultPathDelay {
		t.Errorf("%d pictures shown", len(s))
	}
}

// TestRoleOnTheWay changes the role while the join is on its way.
func TestRoleOnTheWay(t *testing.T) {
	w := newWorld(t, 1, listener, speaker)
	w.do(0, 0, "join")
	w.do(time.Millisecond, 0, "setRole", Broadcaster)
	w.do(0, 1, "join")
	w.do(time.Millisecond, 1, "setRole", Audience)
	r := w.run(5 * time.Second)
	wantStory(t, r, 0, "joining, joined, push-started 1 1")
	wantStory(t, r, 1, "joining, joined, play-started 0")
}

func TestLeave(t *testing.T) {
	w := newWorld(t, 1, speaker, speaker)
	w.do(0, 1, "leave") // of nothing
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	w.do(3*time.Second, 0, "leave")
	w.do(3*time.Second, 0, "leave")
	w.do(5*time.Second, 0, "join")
	w.do(5*time.Second, 0, "leave") // before it is in
	w.do(7*time.Second, 0, "join")
	r := w.run(10 * time.Second)
	wantStory(t, r, 0, "joining, joined, push-started 1 1, play-started 1, push-stopped (left), play-stopped 1 (left), left, "+
		"joining, left, joining, joined, play-started 1, push-started 1 1")
	wantStory(t, r, 1, "joining, joined, push-started 1 1, play-started 0, play-stopped 0 (stream-removed), play-started 0")
	if w.c.left != 2 {
		t.Errorf("the channel was left %d times", w.c.left)
	}
	for _, k := range []trace.Kind{trace.FrameCaptured, trace.FrameShown, trace.AudioPlayed} {
		for _, ev := range pick(r, k, 0) {
			if ev.At > 3*time.Second && ev.At < 7*time.Second {
				t.Errorf("%v at %v", k, ev.At)
			}
		}
	}
	checkKeyFirst(t, r, 0)
}

// checkKeyFirst wants the first picture after each beginning to be a key frame.
func checkKeyFirst(t *testing.T, r *trace.Record, actor int) {
	t.Helper()
	first := false
	for _, ev := range r.Events {
		if int(ev.Actor) != actor {
			continue
		}
		switch {
		case ev.Kind == trace.PushStarted, ev.Kind == trace.PushMedia && ev.V[0] == 1:
			first = true
		case ev.Kind == trace.FrameCaptured && first:
			if ev.V[1] != 1 {
				t.Errorf("the picture at %v is no key frame", ev.At)
			}
			first = false
		}
	}
}

func TestPublishAndSwitches(t *testing.T) {
	w := newWorld(t, 1, as(speaker, func(o *Options) { o.Camera = false }), listener)
	w.do(0, 0, "mic", "off")
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	w.do(2*time.Second, 0, "mic", "on")
	w.do(4*time.Second, 0, "camera", "on")
	w.do(6*time.Second, 0, "camera", "off")
	w.do(8*time.Second, 0, "camera", "on")
	w.do(10*time.Second, 0, "unpublish")
	w.do(11*time.Second, 0, "publish")
	w.do(11*time.Second, 0, "publish")
	w.do(13*time.Second, 0, "unpublish")
	w.do(14*time.Second, 0, "publish")
	w.do(14*time.Second, 0, "unpublish")
	r := w.run(16 * time.Second)
	wantStory(t, r, 0, "joining, joined, push-started 0 0, push-media 0 1, push-media 1 1, push-media 0 1, push-media 1 1, "+
		"push-stopped (unpublished), push-started 1 1, push-stopped (unpublished)")
	wantStory(t, r, 1, "joining, joined, play-started 0, play-stopped 0 (stream-removed), play-started 0, play-stopped 0 (stream-removed)")
	checkKeyFirst(t, r, 0)
	for _, ev := range pick(r, trace.FrameShown, 1) {
		if at := ev.At; at < 4*time.Second || at > 6500*time.Millisecond && at < 8*time.Second {
			t.Errorf("a picture at %v", at)
		}
	}
	if first := pick(r, trace.AudioPlayed, 1)[0]; first.V[0] < int64(2*time.Second) {
		t.Errorf("sound at %v", time.Duration(first.V[0]))
	}
	if len(pick(r, trace.FrameDropped, 1)) > 0 {
		t.Error("pictures were dropped")
	}
}

func TestTheChannelEndsIt(t *testing.T) {
	w := newWorld(t, 1, speaker, speaker)
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	w.script.At(3*time.Second, func() { w.c.seats[0].events.FeedEnded("replaced") })
	w.script.At(5*time.Second, func() { w.c.seats[1].events.Ended("kicked") })
	w.script.At(6*time.Second, func() { w.c.full = true })
	w.do(7*time.Second, 1, "join")
	r := w.run(8 * time.Second)
	wantStory(t, r, 0, "joining, joined, push-started 1 1, play-started 1, push-stopped (replaced)")
	wantStory(t, r, 1, "joining, joined, push-started 1 1, play-started 0, play-stopped 0 (stream-removed), push-stopped (kicked), left, joining, idle")
	if w.c.left != 0 {
		t.Error("who was kicked left too")
	}
}

// TestLate has the channel keep everything back for a while: the viewer waits, and is
// at the live edge some time after.
func TestLate(t *testing.T) {
	w := newWorld(t, 1, speaker, listener)
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	w.script.At(5*time.Second, func() { w.c.stop(2 * time.Second) })
	r := w.run(16 * time.Second)
	for _, ev := range pick(r, trace.FrameShown, 1) {
		delay := ev.At - time.Duration(ev.V[1])
		if most := 2*defaultPathDelay + playout + ahead + 2*tickPeriod; delay > most && (ev.At < 7*time.Second || ev.At > 7*time.Second+burst+patience+200*time.Millisecond) {
			t.Errorf("picture shown at %v, %v after capture", ev.At, delay)
		}
		if ev.At > 5300*time.Millisecond && ev.At < 7*time.Second {
			t.Errorf("a picture at %v, while nothing comes", ev.At)
		}
	}
	var silence time.Duration
	last := time.Duration(0)
	for _, ev := range pick(r, trace.AudioPlayed, 1) {
		if last > 0 {
			silence += time.Duration(ev.V[0]) - last
		}
		last = ev.At
	}
	if silence < 1800*time.Millisecond || silence > 2500*time.Millisecond {
		t.Errorf("%v of silence", silence)
	}
}

// TestJitter holds everything up again and again: the viewer takes a delay that
// makes it see and hear all of it.
func TestJitter(t *testing.T) {
	w := newWorld(t, 1, speaker, listener)
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	for at := 2 * time.Second; at < 20*time.Second; at += 3 * time.Second {
		w.script.At(at, func() { w.c.stop(400 * time.Millisecond) })
	}
	r := w.run(20 * time.Second)
	gaps, last := 0, time.Duration(0)
	for _, ev := range pick(r, trace.AudioPlayed, 1) {
		if last > 0 && time.Duration(ev.V[0]) != last {
			gaps++
		}
		last = ev.At
	}
	if gaps != 1 {
		t.Errorf("%d gaps in the sound: want the first alone", gaps)
	}
	if dropped := len(pick(r, trace.FrameDropped, 1)); dropped > 0 {
		t.Errorf("%d pictures dropped", dropped)
	}
}

// TestBacklog joins long after the last key frame: what came since then comes at once,
// and is skipped.
func TestBacklog(t *testing.T) {
	w := newWorld(t, 1, speaker, listener)
	w.do(0, 0, "join")
	w.do(3*time.Second, 1, "join")
	r := w.run(8 * time.Second)
	shown := pick(r, trace.FrameShown, 1)
	if len(shown) < 60 {
		t.Fatalf("%d pictures", len(shown))
	}
	if first := shown[0]; first.At > 3600*time.Millisecond {
		t.Errorf("the first picture is shown at %v", first.At)
	}
	for _, ev := range shown[1:] {
		if delay := ev.At - time.Duration(ev.V[1]); delay > 2*defaultPathDelay+playout+ahead+2*tickPeriod {
			t.Errorf("picture shown at %v, %v after capture", ev.At, delay)
		}
	}
	if len(pick(r, trace.FrameDropped, 1)) > 0 {
		t.Error("a backlog that is skipped counts as dropped")
	}
}

// TestLost loses a picture: what refers to it can't be shown.
func TestLost(t *testing.T) {
	w := newWorld(t, 1, speaker, listener)
	n := 0
	w.c.lose = func(m rtmp.Message) bool {
		if m.Type == rtmp.TypeVideo {
			n++
		}
		return n == 50 && m.Type == rtmp.TypeVideo
	}
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	r := w.run(10 * time.Second)
	if n := len(pick(r, trace.FrameDropped, 1)); n == 0 || n > 45 {
		t.Errorf("%d pictures dropped", n)
	}
	shown := pick(r, trace.FrameShown, 1)
	if last := shown[len(shown)-1]; last.At < 9500*time.Millisecond {
		t.Errorf("the last picture is shown at %v", last.At)
	}
}

func TestSameSeedSameDigest(t *testing.T) {
	digest := func(seed uint64) string {
		w := newWorld(t, seed, speaker, browser, listener)
		for i := range w.members {
			w.do(0, i, "join")
		}
		w.do(3*time.Second, 2, "setRole", Broadcaster)
		return w.run(6 * time.Second).Digest
	}
	first := digest(1)
	if first != digest(1) {
		t.Error("the same seed gave two digests")
	}
	if first == digest(2) {
		t.Error("two seeds gave one digest")
	}
}

func TestOnSamplesItSpeaksWithItsOwnVoice(t *testing.T) {
	tape := sound.NewTape()
	talks := as(speaker, func(o *Options) { o.Tape, o.Voice = tape, sound.Tone })
	w := newWorld(t, 1, talks, listener)
	w.do(0, 0, "join")
	w.do(0, 1, "join")
	w.run(5 * time.Second)
	last, said := tape.Find(10, 100)
	if got := sound.LevelOf(last); got < -2010 || got > -1990 || said < 0.099 || said > 0.101 {
		t.Errorf("it speaks at %d, and said %g", got, said)
	}
	if x, _ := tape.Find(11, 100); x != nil {
		t.Error("who doesn't publish is on the tape")
	}
	for _, voice := range []string{"", "song"} {
		o := as(w.members[0].o, func(o *Options) { o.Tape, o.Voice = tape, voice })
		if o.Validate() == nil {
			t.Errorf("a voice %q", voice)
		}
	}
}
