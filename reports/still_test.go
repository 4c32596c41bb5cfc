package reports

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"minilab/simulator/media/picture"
)

func drawn(uid, frame uint32) *picture.Picture {
	p := &picture.Picture{}
	picture.Draw(p, picture.Stamp{UID: uid, Frame: frame, Captured: time.Duration(frame) * 66 * time.Millisecond})
	return p
}

func noise(seed uint64) *picture.Picture {
	rng := rand.New(rand.NewPCG(seed, 0))
	p := &picture.Picture{}
	for _, plane := range [][]byte{p.Y[:], p.Cb[:], p.Cr[:]} {
		for i := range plane {
			plane[i] = byte(rng.Uint32())
		}
	}
	return p
}

func TestStillsComeBackExactly(t *testing.T) {
	for name, p := range map[string]*picture.Picture{"drawn": drawn(1001, 77), "noise": noise(1), "zero": {}} {
		file := EncodeStill(p)
		back, err := DecodeStill(file)
		if err != nil || *back != *p {
			t.Errorf("%s: other samples came back (%v)", name, err)
		}
		img, err := png.Decode(bytes.NewReader(file))
		if err != nil || img.Bounds() != image.Rect(0, 0, picture.Width, picture.Height) {
			t.Errorf("%s: no viewer would show it: %v", name, err)
		}
		t.Logf("%s: %d bytes", name, len(file))
	}
}

// What is seen is what the samples say: the limited range of video, stretched.
func TestStillsShowTheSamples(t *testing.T) {
	for _, c := range []struct{ y, cb, cr, r, g, b int }{
		{16, 128, 128, 0, 0, 0}, {235, 128, 128, 255, 255, 255}, {0, 128, 128, 0, 0, 0},
		{81, 90, 240, 255, 0, 0}, {41, 240, 110, 0, 0, 255}, {145, 54, 34, 0, 255, 0},
	} {
		got := rgb(c.y, c.cb, c.cr)
		for _, pair := range [][2]int{{int(got.R), c.r}, {int(got.G), c.g}, {int(got.B), c.b}} {
			if d := pair[0] - pair[1]; d < -2 || d > 2 {
				t.Errorf("YCbCr %d %d %d is shown as %v, want about %d %d %d", c.y, c.cb, c.cr, got, c.r, c.g, c.b)
			}
		}
	}
}

func TestDamagedStillsAreRefused(t *testing.T) {
	good := EncodeStill(drawn(7, 7))
	for i := 0; i < len(good)-endLength; i += 13 {
		bad := bytes.Clone(good)
		bad[i] ^= 0x10
		if _, err := DecodeStill(bad); err == nil {
			t.Errorf("byte %d of %d changed and nobody noticed", i, len(good))
		}
	}
	for n := 0; n < len(good)-endLength; n += 11 {
		if _, err := DecodeStill(good[:n]); err == nil {
			t.Errorf("cut after %d of %d bytes and nobody noticed", n, len(good))
		}
	}
	var plain bytes.Buffer
	if err := png.Encode(&plain, visible(drawn(7, 7))); err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeStill(plain.Bytes()); err == nil || !strings.Contains(err.Error(), planesChunk) {
		t.Errorf("an ordinary PNG: %v", err)
	}
}

func FuzzDecodeStill(f *testing.F) {
	f.Add(EncodeStill(drawn(1, 2)))
	f.Add([]byte(signature))
	f.Add(appendChunk([]byte(signature), planesChunk, []byte{0x78, 0x9c}))
	f.Fuzz(func(t *testing.T, file []byte) {
		p, err := DecodeStill(file)
		if (p == nil) == (err == nil) {
			t.Fatal("neither a picture nor an error, or both")
		}
		if p == nil {
			return
		}
		if back, err := DecodeStill(EncodeStill(p)); err != nil || *back != *p {
			t.Fatalf("what was read can't be written: %v", err)
		}
	})
}
