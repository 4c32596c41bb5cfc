package flv

import (
	"testing"
	"time"
)

// A reel gives one medium of a clip, each round a clip's length after the one before.
func TestReelGoesRound(t *testing.T) {
	const ms = time.Millisecond
	c := &Clip{Length: 300 * ms, Units: []Unit{
		{Video: true, Key: true, Data: []byte("p0")}, {At: 10 * ms, Data: []byte("s0")}, {Video: true, At: 100 * ms, Data: []byte("p1")},
	}}
	r := c.Reel(true)
	for _, want := range []struct {
		due  time.Duration
		data string
	}{{0, "p0"}, {100 * ms, "p1"}, {300 * ms, "p0"}, {400 * ms, "p1"}} {
		if due := r.Due(); due != want.due {
			t.Errorf("%s is due at %v, want %v", want.data, due, want.due)
		}
		if u := r.Take(); string(u.Data) != want.data {
			t.Errorf("%s at %v, want %s", u.Data, want.due, want.data)
		}
	}
	r.Rewind()
	if due := r.Due(); due != 0 || string(r.Take().Data) != "p0" {
		t.Errorf("rewound, it begins at %v", due)
	}
	if c.Reel(false).Empty() || !(&Clip{Units: c.Units[:1]}).Reel(false).Empty() {
		t.Error("what is empty isn't, or the reverse")
	}
}
