package sound

import (
	"math/rand/v2"
	"testing"
)

// hearing is a canceller in a room: what the far end says comes out of a speaker and back
// into the microphone, into which the near end talks as well.
type hearing struct {
	far, near *Voice
	path      *path
	played    ring
	canceller *echoCanceller
	late      int64 // by how many samples what it is told lies behind what is played
	at        int64
}

func newHearing(room uint64, near bool) *hearing {
	h := &hearing{
		far: NewVoice(Talk, tone(int(3+room)), -2000, 3+room), near: NewVoice(Talk, tone(30), silent, 0),
		path: newPath(rand.New(rand.NewPCG(room, 9))), played: newRing(ringLength), canceller: newEchoCanceller(),
	}
	if near {
		h.near = NewVoice(Talk, tone(30), -2000, 40+room)
	}
	return h
}

// run lets so many seconds pass. It returns the power of the echo, and of what stays of it
// before anything is suppressed.
func (h *hearing) run(seconds int) (echo, stays float64) {
	var far, near, back, reference, out [block]float64
	for end := h.at + int64(seconds)*Rate; h.at < end; h.at += block {
		h.far.Read(h.at, far[:])
		h.played.write(far[:])
		clear(back[:])
		h.path.add(&h.played, h.at, gainOf(coupling[speaker]), back[:])
		h.near.Read(h.at, near[:])
		mic := near
		for i, v := range back {
			mic[i] += v
		}
		h.played.read(h.at-pathDelayMin/2-h.late, reference[:])
		h.canceller.process(mic[:], reference[:], out[:])
		echo += energy(back[:])
		for i, v := range h.canceller.echo {
			stays += (back[i] - v) * (back[i] - v)
		}
	}
	return echo, stays
}

// reduction is by how much the filter makes the echo quieter in so many seconds.
func (h *hearing) reduction(seconds int) int {
	echo, stays := h.run(seconds)
	return Level(echo) - Level(stays)
}

func TestTheFilterLearnsARoomAndKeepsItWhileBothTalk(t *testing.T) {
	for room := range uint64(4) {
		alone, both := newHearing(room, false), newHearing(room, true)
		alone.run(3)
		both.run(6)
		if got := alone.reduction(3); got < 1500 {
			t.Errorf("room %d: the far end alone is reduced by %d/100 dB after 3 s", room, got)
		}
		for second := 6; second < 60; second += 6 {
			if got := both.reduction(6); got < 600 {
				t.Errorf("room %d: while both talk, the echo is reduced by %d/100 dB from %d s on", room, got, second)
			}
		}
	}
}

func TestTheFilterBeginsAnewWhenTheEchoLiesElsewhere(t *testing.T) {
	for room := range uint64(4) {
		for _, late := range []int64{160, -160} { // 10 ms, as a splice of the player leaves it
			h := newHearing(room, true)
			h.run(10)
			h.late = late
			if got := h.reduction(1); got > 600 {
				t.Errorf("room %d: reduced by %d/100 dB at once after a step of %d", room, got, late)
			}
			h.run(4)
			if got := h.reduction(5); got < 600 {
				t.Errorf("room %d: reduced by %d/100 dB 5 s after a step of %d", room, got, late)
			}
		}
	}
}

func TestTalkersDoNotRepeatThemselvesInStep(t *testing.T) {
	lengths := map[int]bool{}
	for uid := range uint64(20) {
		lengths[len(NewVoice(Talk, tone(int(uid)), -2000, uid).samples)] = true
	}
	if len(lengths) < 10 {
		t.Errorf("20 talkers have %d different lengths", len(lengths))
	}
}
