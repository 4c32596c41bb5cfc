package relay

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"minilab/simulator/rtmp"
)

// TestWhateverHappens plays random lives of a stream and a subscriber and holds the
// relay's promises in each: nothing of a muted medium is sent or enqueued, video goes
// on only behind its predecessor or with a key frame, audio is never dropped within
// the bounds, the queue keeps them, and time never goes back.
func TestWhateverHappens(t *testing.T) {
	for seed := range uint64(400) {
		if err := life(t, rand.New(rand.NewPCG(seed, 1))); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func life(t *testing.T, r *rand.Rand) error {
	b := newBench(t, func(o *Options) {
		o.QueueLength = time.Duration(1+r.IntN(4)) * time.Second
		o.QueueBytes = 100_000
		o.GOPCache = r.IntN(2) == 0
	})
	b.now = time.Duration(r.IntN(1000)) * time.Hour
	b.log = nil
	b.s.w.Log = nil
	o := &outlet{free: 10_000}
	sub := b.s.Subscribe(View{Viewer: viewer}, o)
	muted, silent := [2]bool{}, [2]bool{}
	shut := func(m Medium) bool { return muted[m] || silent[m] }
	due, heard, checked := 0, 0, 0 // audio messages, messages looked at
	last := sent{}
	clock := map[uint8]uint32{}
	for range 1500 {
		switch r.IntN(60) {
		case 0:
			b.configs()
		case 1, 2:
			m := Medium(r.IntN(2))
			if m == Audio {
				due -= waiting(sub, Audio) // those are taken out, or stay out
			}
			if r.IntN(2) == 0 {
				silent[m] = !silent[m]
				b.s.Silence(m, silent[m])
			} else if muted[m] = !muted[m]; muted[m] {
				sub.Mute(m)
			} else {
				sub.Unmute(m)
			}
			if m == Audio {
				due += waiting(sub, Audio)
			}
		case 3:
			b.s.End()
			b.now += time.Duration(r.IntN(3000)) * time.Millisecond
			b.s.Begin()
		case 4, 5, 6, 7:
			o.free = r.IntN(20_000)
			sub.Drain()
		default:
			b.now += time.Duration(r.IntN(60)) * time.Millisecond
			b.video(r.IntN(30) == 0, 20+r.IntN(2000))
			b.audio()
			if !shut(Audio) {
				due++
			}
		}
		for ; checked < len(o.got); checked++ {
			s := o.got[checked]
			medium := Audio
			if s.typ == rtmp.TypeVideo {
				medium = Video
			}
			switch {
			case s.typ == rtmp.TypeData:
			case shut(medium):
				return fmt.Errorf("%v was sent while muted: %+v", medium, s)
			case s.typ == rtmp.TypeVideo && !s.conf:
				if s.n != last.n+1 && !s.key {
					return fmt.Errorf("frame %d behind %d is no key frame", s.n, last.n)
				}
				last = s
			case !s.conf:
				heard++
			}
			if s.ts < clock[s.typ] {
				return fmt.Errorf("time of type %d goes from %d to %d", s.typ, clock[s.typ], s.ts)
			}
			clock[s.typ] = s.ts
		}
		if sub.queueBytes > 100_000+2100 {
			return fmt.Errorf("%d bytes wait", sub.queueBytes)
		}
		for m := range muted {
			if n := waiting(sub, Medium(m)); shut(Medium(m)) && n > 0 {
				return fmt.Errorf("%d messages of %v wait while muted", n, Medium(m))
			}
		}
		if n := waiting(sub, Audio); heard+n != due {
			return fmt.Errorf("%d audio messages sent, %d wait, %d were due", heard, n, due)
		}
	}
	return nil
}

func waiting(sub *Subscriber, m Medium) int {
	n := 0
	for i := range sub.queue.len() {
		if u := sub.queue.at(i); u.medium == m && u.part != partConfig {
			n++
		}
	}
	return n
}
