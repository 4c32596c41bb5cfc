package camera

import (
	"testing"
	"time"

	"minilab/devices/phone"
	"minilab/simulator/engine"
	"minilab/simulator/media/flv"
	"minilab/simulator/media/h264"
)

func film(t *testing.T, seed uint64, traits phone.Traits, bps int64, length time.Duration) (units []phone.Unit, at []time.Duration) {
	t.Helper()
	e := engine.New(seed)
	var c *Camera
	c = New(e, Options{Name: "a/camera", UID: 7, Traits: traits, OnPicture: func(captured time.Duration) {
		units, at = append(units, c.Encode()), append(at, captured)
	}})
	c.SetBitrate(bps)
	c.Open()
	e.RunUntil(length)
	return units, at
}

func TestCameraKeepsItsClock(t *testing.T) {
	traits := phone.DefaultTraits()
	units, at := film(t, 1, traits, 400000, 31*time.Second)
	if at[0] < traits.CameraStartMin || at[0] > traits.CameraStartMax {
		t.Errorf("the first picture comes at %v", at[0])
	}
	for i := range at {
		if want := at[0] + time.Duration(i)*time.Second/15; at[i] != want {
			t.Fatalf("picture %d at %v, want %v", i, at[i], want)
		}
		if units[i].Key != (i%45 == 0) || units[i].Number != int64(i) {
			t.Fatalf("picture %d: key %v, number %d", i, units[i].Key, units[i].Number)
		}
	}
	if _, other := film(t, 2, traits, 400000, time.Second); other[0] == at[0] {
		t.Error("two seeds, one start delay")
	}
}

func TestEncoderHoldsItsRate(t *testing.T) {
	for _, c := range []struct {
		bps       int64
		oversized bool
	}{{500000, false}, {300000, false}, {200000, false}, {120000, true}} {
		units, _ := film(t, 1, phone.DefaultTraits(), c.bps, 61*time.Second)
		bytes, over := 0, false
		for i := range 900 {
			bytes += len(units[i].Payload)
			over = over || units[i].Oversized()
		}
		if over != c.oversized {
			t.Errorf("%d bit/s: oversized %v, want %v", c.bps, over, c.oversized)
		}
		if got := int64(bytes) * 8 / 60; !c.oversized && (got < c.bps*97/100 || got > c.bps*103/100) {
			t.Errorf("%d bit/s: sent %d", c.bps, got)
		}
	}
}

func TestCorruptEncoderIsReadAsGarbled(t *testing.T) {
	for _, corrupt := range []bool{false, true} {
		traits := phone.DefaultTraits()
		traits.Chip.Corrupt = corrupt
		units, _ := film(t, 1, traits, 400000, 10*time.Second)
		d := h264.NewDecoder(nil)
		if err := d.Configure(h264.Config()); err != nil {
			t.Fatal(err)
		}
		wrong := 0
		for _, u := range units {
			f, err := d.Decode(u.Payload)
			if err != nil {
				t.Fatalf("corrupt %v: %v: a corrupt stream must still be valid", corrupt, err)
			}
			if !f.Reading.OK {
				wrong++
			}
		}
		if !corrupt && wrong > 0 || corrupt && wrong < len(units)*9/10 {
			t.Errorf("corrupt %v: %d of %d pictures garbled", corrupt, wrong, len(units))
		}
	}
}

// clip is three pictures, 300 ms long.
func clip() *flv.Clip {
	ms := time.Millisecond
	return &flv.Clip{VideoConfig: []byte{1}, Length: 300 * ms, Units: []flv.Unit{
		{Video: true, Key: true, At: 0, Data: []byte("p0")},
		{Video: true, At: 100 * ms, Data: []byte("p1")},
		{Video: true, At: 200 * ms, Data: []byte("p2")},
	}}
}

func TestRecordingLoopsAndBeginsAnew(t *testing.T) {
	e := engine.New(1)
	var got []string
	var at []time.Duration
	var c *Camera
	c = New(e, Options{Name: "c", Traits: phone.DefaultTraits(), Clip: clip(), OnPicture: func(captured time.Duration) {
		u := c.Encode()
		got, at = append(got, string(u.Payload)), append(at, captured)
		if u.Number != int64(len(got)-1) || u.Key != (string(u.Payload) == "p0") {
			t.Errorf("%s: number %d, key %v", u.Payload, u.Number, u.Key)
		}
	}})
	c.Open()
	e.RunUntil(c.StartDelay() + 650*time.Millisecond)
	c.Restart()
	e.RunUntil(c.StartDelay() + 800*time.Millisecond)
	want := []string{"p0", "p1", "p2", "p0", "p1", "p2", "p0", "p0", "p1"}
	if len(got) != len(want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("got %v, want %v", got, want)
		}
	}
	if d := at[3] - at[0]; d != 300*time.Millisecond {
		t.Errorf("the second round begins after %v", d)
	}
	if at[7] != c.StartDelay()+650*time.Millisecond {
		t.Errorf("the rewound clip begins at %v", at[7])
	}
}

// A recording that is to begin anew before the camera has opened begins when it has.
func TestRestartDoesNotHastenTheCamera(t *testing.T) {
	e := engine.New(1)
	var at []time.Duration
	var c *Camera
	c = New(e, Options{Name: "c", Traits: phone.DefaultTraits(), Clip: clip(), OnPicture: func(captured time.Duration) {
		c.Encode()
		at = append(at, captured)
	}})
	c.Open()
	e.RunUntil(100 * time.Millisecond)
	c.Restart()
	e.RunUntil(time.Second)
	if at[0] != c.StartDelay() {
		t.Errorf("the first picture comes at %v, but the camera needs %v", at[0], c.StartDelay())
	}
}
