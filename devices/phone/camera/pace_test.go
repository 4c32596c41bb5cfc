package camera

import (
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/h264"
)

// filmChanging films like film and calls change once at an instant.
func filmChanging(at time.Duration, change func(*Camera), length time.Duration) (shown []h264.Frame, units []phone.Unit, when []time.Duration) {
	e := engine.New(1)
	d := h264.NewDecoder(nil)
	var c *Camera
	c = New(e, Options{Name: "a/camera", UID: 7, Traits: phone.DefaultTraits(), OnPicture: func(captured time.Duration) {
		u := c.Encode()
		f, err := d.Decode(u.Payload)
		if err != nil {
			panic(err)
		}
		shown, units, when = append(shown, f), append(units, u), append(when, captured)
	}})
	if err := d.Configure(c.Config()); err != nil {
		panic(err)
	}
	c.SetBitrate(400_000)
	c.Open()
	e.Proc("script").At(at, func() { change(c) })
	e.RunUntil(length)
	return shown, units, when
}

// Fewer pictures are as evenly apart, and take the same rate in all.
func TestSlowerCamera(t *testing.T) {
	_, units, when := filmChanging(10*time.Second, func(c *Camera) {
		if got := c.SetFPS(10); got != 10 {
			t.Errorf("%d pictures a second", got)
		}
	}, 41*time.Second)
	bytes, n := 0, 0
	for i := range units {
		switch {
		case when[i] < 11*time.Second:
			continue
		case when[i]-when[i-1] < 99*time.Millisecond || when[i]-when[i-1] > 101*time.Millisecond:
			t.Fatalf("pictures at %v and %v", when[i-1], when[i])
		}
		bytes, n = bytes+len(units[i].Payload), n+1
	}
	if bps := bytes * 8 / 30; n < 299 || n > 301 || bps < 380_000 || bps > 420_000 {
		t.Errorf("%d pictures, %d bit/s", n, bps)
	}
	if got := New(engine.New(1), Options{Name: "b", Traits: phone.DefaultTraits()}).SetFPS(30); got != 15 {
		t.Errorf("%d pictures a second of a camera of 15", got)
	}
}

// A turned phone's pictures are turned from then on, and not before.
func TestTurnedPhone(t *testing.T) {
	shown, _, when := filmChanging(5*time.Second, func(c *Camera) { c.Turn(270) }, 10*time.Second)
	for i, f := range shown {
		want := 0
		if when[i] >= 5*time.Second {
			want = 270
		}
		if !f.Reading.OK || f.Reading.Rotation != want {
			t.Fatalf("the picture at %v is turned by %d", when[i], f.Reading.Rotation)
		}
	}
}
