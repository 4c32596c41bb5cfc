package aac

import (
	"testing"
	"time"
)

func TestLengthOf(t *testing.T) {
	for _, c := range []struct {
		config []byte
		want   time.Duration
	}{
		{Config(), UnitLength},
		{[]byte{0x12, 0x10}, 1024 * time.Second / 44100},
		{[]byte{0x14, 0x08}, 64 * time.Millisecond}, // 16 kHz
		{nil, UnitLength},
		{[]byte{0x17, 0x80}, UnitLength},                                 // a rate written out, and cut off
		{[]byte{0x17, 0x80, 0x09, 0x60, 0x08}, 640 * time.Second / 3000}, // 4800 Hz
		{[]byte{0x17, 0x80, 0, 0, 0}, UnitLength},                        // no rate
	} {
		if got := LengthOf(c.config); got != c.want {
			t.Errorf("%x: %v, want %v", c.config, got, c.want)
		}
	}
}
