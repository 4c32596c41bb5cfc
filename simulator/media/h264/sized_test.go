package h264

import (
	"testing"

	"minilab/simulator/media/picture"
)

func TestSizedUnits(t *testing.T) {
	for _, size := range []int{0, 1, 5, 6, 7, 400, 20000} {
		au := Sized(size)
		if len(au) != max(size, 6) || !IsSized(au) || IsKey(au) {
			t.Errorf("%d: %d bytes, sized %v, key %v", size, len(au), IsSized(au), IsKey(au))
		}
	}
	e := NewEncoder(EncoderOptions{UID: 7})
	for i, key := range []bool{true, false, false} {
		au, _ := e.Encode(picture.Stamp{UID: 7, Frame: uint32(i)}, key, 30000)
		if IsSized(au) {
			t.Errorf("picture %d is taken for none", i)
		}
	}
	for _, au := range [][]byte{nil, {0}, {0, 0, 0, 1}} {
		if IsSized(au) {
			t.Errorf("%v is taken for a unit", au)
		}
	}
}

// A picture refers to the newest one that was one, whatever lies between.
func TestPicturesAcrossSizedUnits(t *testing.T) {
	e, d := NewEncoder(EncoderOptions{UID: 7}), NewDecoder(nil)
	if err := d.Configure(Config()); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		if i%5 != 0 {
			continue // sized, and not decoded
		}
		au, _ := e.Encode(picture.Stamp{UID: 7, Frame: uint32(i)}, i == 0, 3000)
		f, err := d.Decode(au)
		if err != nil || !f.Reading.OK || f.Reading.Stamp.Frame != uint32(i) {
			t.Fatalf("picture %d: %+v, %v", i, f.Reading, err)
		}
	}
}
