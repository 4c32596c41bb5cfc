package probe

import (
	"context"
	"errors"
	"reflect"
	"runtime"
	"testing"
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network"
	"minilab/simulator/network/link"
)

// lossy is 2 Mbit/s, 50 kB of queue, 20 ms each way, loss in the direction of the data.
func lossy(loss float64) network.AccessOptions {
	l := network.LinkOptions{RateBPS: 2e6, QueueBytes: 50000, Delay: 20 * time.Millisecond}
	a := network.AccessOptions{Up: l, Down: l}
	a.Up.Loss.Rate = loss
	return a
}

func frames(a network.AccessOptions, length time.Duration) Options {
	return Options{Seed: 1, Access: a, Stream: Frames, KBPS: 500, FPS: 15, Length: length, Points: 20}
}

func run(t *testing.T, o Options) *Result {
	t.Helper()
	r, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Without loss a frame takes its serialisation and the delay, and nothing else.
func TestFramesOnAGoodLink(t *testing.T) {
	r := run(t, frames(lossy(0), 20*time.Second))
	if r.Due != 300 || len(r.Delays) != 300 || r.Retransmits != 0 || r.Timeouts != 0 || r.Ended != nil {
		t.Fatalf("%d of %d frames, %d retransmits, %d time-outs, ended %v", len(r.Delays), r.Due, r.Retransmits, r.Timeouts, r.Ended)
	}
	o := frames(lossy(0), 0)
	bits := 8 * (o.FrameBytes() + 3*52) // in three packets
	want := 20*time.Millisecond + time.Duration(bits)*time.Second/2e6
	if got := r.Delay(50); got.Round(time.Microsecond) != want.Round(time.Microsecond) || r.Delay(100) > want+time.Millisecond {
		t.Errorf("p50 %v, max %v, want %v", got, r.Delay(100), want)
	}
	if g := r.GoodputBPS; g < 499e3 || g > 505e3 {
		t.Errorf("goodput %.0f bit/s", g)
	}
}

// Losses are repaired: all frames arrive, some of them later, and the link says so too.
func TestFramesOnALossyLink(t *testing.T) {
	r := run(t, frames(lossy(0.02), time.Minute))
	if len(r.Delays) != 900 || r.Delay(95) < r.Delay(50)+40*time.Millisecond {
		t.Errorf("%d frames, p50 %v, p95 %v: a repair takes a round trip", len(r.Delays), r.Delay(50), r.Delay(95))
	}
	if int64(r.Retransmits) < r.Up.Lost || r.Up.Lost < 30 || r.Down.Lost != 0 {
		t.Errorf("%d retransmits of %d lost; %d lost on the way back", r.Retransmits, r.Up.Lost, r.Down.Lost)
	}
	dropped, bytes, count := 0, 0, 0
	for _, p := range r.Course {
		dropped += p.Dropped
		bytes += p.Bytes
		count += p.Frames
		if p.Window == 0 || p.Queue == 0 || p.Delay == 0 {
			t.Errorf("nothing seen at %v: %+v", p.At, p)
		}
	}
	if int64(dropped) != r.Up.Lost || count != 900 {
		t.Errorf("the course has %d losses of %d and %d frames", dropped, r.Up.Lost, count)
	}
	if o := frames(lossy(0), 0); bytes != 900*o.FrameBytes() {
		t.Errorf("the course has %d bytes", bytes)
	}
}

// A bulk stream fills the link, and its queue.
func TestBulkFillsTheLink(t *testing.T) {
	o := Options{Seed: 1, Access: lossy(0), Stream: Bulk, Length: 30 * time.Second, Points: 10}
	r := run(t, o)
	most := 2e6 * 1448 / 1500
	if r.GoodputBPS < 0.95*most || r.GoodputBPS > most {
		t.Errorf("goodput %.0f bit/s, at most %.0f are possible", r.GoodputBPS, most)
	}
	if r.Due != 0 || r.Delays != nil {
		t.Error("a bulk stream has no frames")
	}
	if q := r.Course[5].Queue; q < 150*time.Millisecond || q > 200*time.Millisecond {
		t.Errorf("longest wait %v in a queue of 200 ms", q)
	}
}

// An outage delays what is due in it until after its end; time-outs are counted.
func TestOutage(t *testing.T) {
	a := lossy(0)
	w := network.Outage{Start: 10 * time.Second, Length: 4 * time.Second}
	a.Up.Outages, a.Down.Outages = []network.Outage{w}, []network.Outage{w}
	r := run(t, frames(a, 30*time.Second))
	if r.Timeouts < 3 || r.Delay(100) < 4*time.Second || r.Delay(100) > 9*time.Second || r.Up.Blacked == 0 {
		t.Errorf("%d time-outs, max %v, %d packets lost in it", r.Timeouts, r.Delay(100), r.Up.Blacked)
	}
}

// Where nothing gets through, that is the result.
func TestNoConnection(t *testing.T) {
	r := run(t, frames(lossy(1), 10*time.Second))
	if r.Opened != 0 || !errors.Is(r.Ended, sockets.ErrConnectTimeout) || r.GoodputBPS != 0 || len(r.Delays) != 0 {
		t.Errorf("opened %v, ended %v, %v bit/s, %d frames", r.Opened, r.Ended, r.GoodputBPS, len(r.Delays))
	}
}

// Same seed, same result, on any number of processors, with or without a course and a
// tap; another seed, another result.
func TestSameSeedSameResult(t *testing.T) {
	for _, stream := range []Stream{Bulk, Frames} {
		o := frames(lossy(0.02), 20*time.Second)
		o.Stream = stream
		first := run(t, o)
		for _, procs := range []int{1, 2} {
			before := runtime.GOMAXPROCS(procs)
			if again := run(t, o); !reflect.DeepEqual(first, again) {
				t.Errorf("%s: another result with GOMAXPROCS %d", stream, procs)
			}
			runtime.GOMAXPROCS(before)
		}
		o.Points, o.Tap = 0, deaf{}
		bare := run(t, o)
		if bare.GoodputBPS != first.GoodputBPS || bare.Up != first.Up || !reflect.DeepEqual(bare.Delays, first.Delays) {
			t.Errorf("%s: looking changes the result", stream)
		}
		o.Seed = 2
		if other := run(t, o); other.Up == first.Up {
			t.Errorf("%s: seed 2 gives the result of seed 1", stream)
		}
	}
}

type deaf struct{}

func (deaf) Sent(network.Sight)                            {}
func (deaf) Ended(network.Sight, link.Fate, time.Duration) {}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, frames(lossy(0), time.Hour)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestValidate(t *testing.T) {
	for what, spoil := range map[string]func(o *Options){
		"no length":         func(o *Options) { o.Length = 0 },
		"an unknown stream": func(o *Options) { o.Stream = "steam" },
		"no frames":         func(o *Options) { o.FPS = 0 },
		"too many frames":   func(o *Options) { o.FPS = 5000 },
		"no bits":           func(o *Options) { o.KBPS = 0 },
		"an unknown cc":     func(o *Options) { o.CC = "bbr" },
		"loss over 1":       func(o *Options) { o.Access.Up.Loss.Rate = 2 },
		"a timeless bulk":   func(o *Options) { o.Stream, o.Access = Bulk, network.AccessOptions{} },
		"negative points":   func(o *Options) { o.Points = -1 },
	} {
		o := frames(lossy(0), time.Second)
		if err := o.Validate(); err != nil {
			t.Fatal(err)
		}
		spoil(&o)
		if o.Validate() == nil {
			t.Errorf("%s passes", what)
		}
	}
}
