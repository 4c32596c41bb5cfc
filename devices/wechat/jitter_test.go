package wechat

import (
	"testing"
	"time"
)

const ms = time.Millisecond

func TestMediaTimeUnwraps(t *testing.T) {
	b := jitterBuffer{unit: 20 * ms}
	for _, c := range []struct {
		stamp uint32
		want  time.Duration // since the first
	}{
		{0xfffffff0, 0}, {0xfffffff8, 8 * ms}, {4, 20 * ms}, {0xfffffffe, 14 * ms}, {24, 40 * ms},
		{5000, 5016 * ms}, // a hole
		{100, 5016 * ms},  // the publisher began anew
		{120, 5036 * ms}, {110, 5026 * ms},
	} {
		b.addView(c.stamp, view{})
		v := b.views.items[len(b.views.items)-1]
		if got := v.at - 0xfffffff0*ms; got != c.want {
			t.Errorf("%d: %v, want %v", c.stamp, got, c.want)
		}
	}
}

func TestSoundIsContiguousUpToRounding(t *testing.T) {
	b := jitterBuffer{unit: 21333333}
	for _, stamp := range []uint32{0, 21, 43, 64, 85, 107} {
		b.addSound(stamp, sound{})
	}
	b.addSound(150, sound{}) // the unit at 128 is missing
	for i := range 6 {
		if got := b.sounds.items[i].start; got != time.Duration(i)*b.unit {
			t.Errorf("unit %d starts at %v", i, got)
		}
	}
	if got := b.sounds.items[6].start; got != 150*ms {
		t.Errorf("the unit after the hole starts at %v", got)
	}
}

func TestFIFOKeepsOrder(t *testing.T) {
	var q fifo[int]
	next := 0
	for i := range 5000 {
		q.push(i)
		for q.len() > 300-i%7 {
			if got := q.pop(); got != next {
				t.Fatalf("got %d, want %d", got, next)
			}
			next++
		}
	}
	if cap(q.items) > 2000 {
		t.Errorf("room for %d items", cap(q.items))
	}
}
