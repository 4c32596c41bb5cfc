package picture

import (
	"image/png"
	"math/bits"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

func TestReadsWhatWasDrawn(t *testing.T) {
	for _, rotation := range []int{0, 90, 180, 270} {
		for _, black := range []bool{false, true} {
			for _, uid := range []uint32{0, 7, 1001, 4294967295} {
				s := Stamp{UID: uid, Frame: 0xfffffff0, Captured: 3723456 * time.Millisecond, Rotation: rotation, Black: black}
				var p Picture
				Draw(&p, s)
				r := Read(&p)
				if !r.OK || !r.Readable || r.Stamp != s || r.Rotation != rotation || r.Black != black {
					t.Errorf("drew %+v, read %+v", s, r)
				}
				for i, v := range p.Y {
					if v < 16 || v > 235 {
						t.Fatalf("%+v: luma %d at %d is out of range", s, v, i)
					}
				}
			}
		}
	}
}

func TestEverySampleIsUnderTheChecksum(t *testing.T) {
	for _, rotation := range []int{0, 90, 180, 270} {
		var p Picture
		Draw(&p, Stamp{UID: 12, Frame: 99, Captured: time.Second, Rotation: rotation})
		x0, y0, w, h := crcCells(turn(rotation))
		for i := range p.Y {
			x, y := i%Width, i/Width
			if x >= x0 && x < x0+w && y >= y0 && y < y0+h {
				continue
			}
			p.Y[i]++
			if i%7 == 0 && Read(&p).OK {
				t.Fatalf("rotation %d: luma %d changed and the checksum still fits", rotation, i)
			}
			p.Y[i]--
		}
		for i := range p.Cb {
			p.Cb[i]++
			if i%7 == 0 && Read(&p).OK {
				t.Fatalf("Cb %d changed and the checksum still fits", i)
			}
			p.Cb[i]--
			p.Cr[i]--
			if i%7 == 0 && Read(&p).OK {
				t.Fatalf("Cr %d changed and the checksum still fits", i)
			}
			p.Cr[i]++
		}
		if !Read(&p).OK {
			t.Fatal("the untouched picture's checksum does not fit")
		}
	}
}

func TestPainterEqualsDraw(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var painter Painter
	var before Picture
	s := Stamp{UID: 3}
	for i := range 400 {
		s.Frame++
		s.Captured += 67 * time.Millisecond
		whole := i == 0
		if rng.IntN(40) == 0 {
			s.Rotation, whole = (s.Rotation+90)%360, true
		}
		if rng.IntN(40) == 0 {
			s.Black, whole = !s.Black, true
		}
		got, changed := painter.Paint(s)
		var want Picture
		Draw(&want, s)
		if *got != want {
			t.Fatalf("frame %d: the painter's picture differs from Draw", i)
		}
		if whole != (changed == All) {
			t.Errorf("frame %d: whole %v, changed %x", i, whole, changed)
		}
		checkChanged(t, i, &before, got, changed)
		before = *got
	}
}

// checkChanged: what is not reported as changed is the same as before.
func checkChanged(t *testing.T, frame int, before, now *Picture, changed uint64) {
	t.Helper()
	for i := range now.Y {
		mb := i/Width/Block*Cols + i%Width/Block
		if now.Y[i] != before.Y[i] && changed>>mb&1 == 0 {
			t.Fatalf("frame %d: macroblock %d changed unreported", frame, mb)
		}
	}
}

func TestOrdinaryFramesChangeFewBlocks(t *testing.T) {
	var painter Painter
	painter.Paint(Stamp{UID: 1})
	total := 0
	for i := 1; i < 900; i++ {
		s := Stamp{UID: 1, Frame: uint32(i), Captured: time.Duration(i) * time.Second / 15}
		_, changed := painter.Paint(s)
		n := bits.OnesCount64(changed)
		total += n
		second := s.Seconds() != int(time.Duration(i-1)*time.Second/15/time.Second)
		if !second && n > 3 || n > 8 {
			t.Errorf("frame %d changes %d macroblocks", i, n)
		}
	}
	if mean := float64(total) / 899; mean > 2.4 {
		t.Errorf("%.2f macroblocks a frame", mean)
	}
}

func TestForeignPicturesAreNotOK(t *testing.T) {
	var p Picture
	if r := Read(&p); r.OK || r.Readable || !r.Black {
		t.Errorf("all zero: %+v", r)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		for i := range p.Y {
			p.Y[i] = byte(rng.Uint32())
		}
		if r := Read(&p); r.OK || r.Readable || r.Black {
			t.Errorf("noise: %+v", r)
		}
	}
	for _, share := range []struct {
		bright int
		black  bool
	}{{0, true}, {brightAllowed, true}, {brightAllowed + 1, false}} {
		for i := range p.Y {
			p.Y[i] = 38
			if i < share.bright {
				p.Y[i] = 39
			}
		}
		if Read(&p).Black != share.black {
			t.Errorf("%d samples above 38: black is %v", share.bright, !share.black)
		}
	}
}

func TestColoursDiffer(t *testing.T) {
	seen := map[any]uint32{}
	for uid := uint32(1); uid <= 18; uid++ {
		if other, ok := seen[Colour(uid)]; ok {
			t.Errorf("uids %d and %d have one colour", uid, other)
		}
		seen[Colour(uid)] = uid
	}
}

// TestWritePNG writes a picture to look at when MINILAB_PNG names a file.
func TestWritePNG(t *testing.T) {
	path := os.Getenv("MINILAB_PNG")
	if path == "" {
		t.Skip("set MINILAB_PNG to a file to look at a picture")
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var p Picture
	rotation := 0
	if os.Getenv("MINILAB_TURN") != "" {
		rotation = 90
	}
	Draw(&p, Stamp{UID: 1001, Frame: 77, Captured: 65 * time.Second, Rotation: rotation})
	if err := png.Encode(f, p.Image()); err != nil {
		t.Fatal(err)
	}
}

func BenchmarkPaint(b *testing.B) {
	var painter Painter
	for i := 0; b.Loop(); i++ {
		painter.Paint(Stamp{UID: 7, Frame: uint32(i), Captured: time.Duration(i) * 66 * time.Millisecond})
	}
}

func BenchmarkRead(b *testing.B) {
	var p Picture
	Draw(&p, Stamp{UID: 7})
	for b.Loop() {
		Read(&p)
	}
}
