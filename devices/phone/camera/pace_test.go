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

// A camera that is built in turned, and a phone that is held turned, add up.
func TestTurnedCamera(t *testing.T) {
	traits := phone.DefaultTraits()
	traits.Orientation = 90
	s := newStage(t, traits)
	s.at(3*time.Second, func() { s.camera.Turn(180) })
	s.at(6*time.Second, func() { s.camera.Turn(270) })
	s.run(9 * time.Second)
	for _, f := range s.films {
		want := 90
		switch {
		case f.at >= 6*time.Second:
			want = 0
		case f.at >= 3*time.Second:
			want = 270
		}
		if !f.frame.Reading.OK || f.frame.Reading.Rotation != want {
			t.Fatalf("the picture at %v is turned by %d, want %d", f.at, f.frame.Reading.Rotation, want)
		}
	}
	if len(s.films) < 100 {
		t.Errorf("%d pictures", len(s.films))
	}
}

// An encoder that gives nothing gives nothing of a recording either, and its pictures are
// numbered on meanwhile.
func TestARecordingNeedsAnEncoder(t *testing.T) {
	e := engine.New(1)
	traits := phone.DefaultTraits()
	h := NewHardware(e, "a", traits)
	var units []phone.Unit
	var c *Camera
	c = New(e, Options{Name: "a/camera", Traits: traits, Hardware: h, Clip: clip(), OnPicture: func(time.Duration) { units = append(units, c.Encode()) }})
	c.BeginEncoding()
	c.Open()
	e.RunUntil(2 * time.Second)
	before := len(units)
	h.FailEncoder("stalls")
	e.RunUntil(4 * time.Second)
	if before == 0 || len(units) < 2*before {
		t.Fatalf("%d pictures, %d before", len(units), before)
	}
	for i, u := range units {
		if comes := u.Payload != nil; comes != (i < before) || u.Key && !comes || u.Number != int64(i) {
			t.Fatalf("picture %d of %d: %d bytes, key %v, number %d", i, before, len(u.Payload), u.Key, u.Number)
		}
	}
}
