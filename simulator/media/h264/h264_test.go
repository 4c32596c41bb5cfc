package h264

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"minilab/simulator/media/picture"
)

// stamp is the i-th picture of a member at 15 fps.
func stamp(uid uint32, i int) picture.Stamp {
	return picture.Stamp{UID: uid, Frame: uint32(i), Captured: (time.Duration(i) * time.Second / 15).Truncate(time.Millisecond)}
}

func configured(t testing.TB, m *Memo) *Decoder {
	t.Helper()
	d := NewDecoder(m)
	if err := d.Configure(Config()); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestDecodesWhatWasEncoded(t *testing.T) {
	for _, m := range []*Memo{nil, newMemo(4), NewMemo()} {
		e, d := NewEncoder(EncoderOptions{UID: 42}), configured(t, m)
		for i := range 200 {
			s := stamp(42, i)
			au, _ := e.Encode(s, i%45 == 0, 0)
			f, err := d.Decode(au)
			if err != nil {
				t.Fatal(err)
			}
			var want picture.Picture
			picture.Draw(&want, s)
			if *f.Picture != want || !f.Reading.OK || f.Reading.Stamp != s {
				t.Fatalf("frame %d decodes to another picture: %+v", i, f.Reading)
			}
			if f.Key != (i%45 == 0) || IsKey(au) != f.Key || f.Hash != Hash(au) || f.Foreign {
				t.Fatalf("frame %d: %v %v", i, f.Key, f.Hash)
			}
		}
	}
}

func TestSizes(t *testing.T) {
	e := NewEncoder(EncoderOptions{UID: 1})
	total := 0
	for i := range 15 * 60 {
		want := 0
		if i%3 == 0 {
			want = 2000 + i
		}
		au, real := e.Encode(stamp(1, i), i%45 == 0, want)
		total += real
		switch {
		case want >= real+fillerHead && len(au) != want:
			t.Fatalf("frame %d: wanted %d bytes, got %d (real %d)", i, want, len(au), real)
		case want < real+fillerHead && len(au) != real:
			t.Fatalf("frame %d: %d bytes, real %d", i, len(au), real)
		}
		if Hash(au) != Hash(au[:real]) {
			t.Fatal("filler changes the hash")
		}
	}
	if rate := total * 8 / 60; rate > 190_000 {
		t.Errorf("unpadded 15 fps with a 3 s GOP takes %d bit/s", rate)
	} else {
		t.Logf("unpadded 15 fps with a 3 s GOP: %d bit/s", rate)
	}
}

func TestGapNeedsKey(t *testing.T) {
	e, d := NewEncoder(EncoderOptions{UID: 1}), configured(t, nil)
	var err error
	for i := range 40 {
		au, _ := e.Encode(stamp(1, i), i == 0 || i == 30, 0)
		if i == 10 {
			continue
		}
		_, err = d.Decode(au)
		wantErr := i > 10 && i < 30
		if wantErr != errors.Is(err, ErrNeedKey) || !wantErr && err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
	fresh := configured(t, nil)
	au, _ := e.Encode(stamp(1, 41), false, 0)
	if _, err := fresh.Decode(au); !errors.Is(err, ErrNeedKey) {
		t.Errorf("a delta frame first: %v", err)
	}
	if _, err := NewDecoder(nil).Decode(au); !errors.Is(err, ErrNoConfig) {
		t.Errorf("without configuration: %v", err)
	}
	if err := d.Configure(Config()); err != nil {
		t.Error(err)
	}
	if _, err := d.Decode(au); errors.Is(err, ErrNeedKey) != (err != nil) {
		t.Error(err)
	}
}

func TestFrameNumbersWrap(t *testing.T) {
	e, d := NewEncoder(EncoderOptions{UID: 1}), configured(t, NewMemo())
	for i := range 1<<frameNumBits + 10 {
		au, _ := e.Encode(stamp(1, i), i == 0, 0)
		if _, err := d.Decode(au); err != nil {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
}

func TestCorruptIsGarbledUntilKey(t *testing.T) {
	for seed := range uint64(20) {
		e := NewEncoder(EncoderOptions{UID: 5, Rand: rand.New(rand.NewPCG(seed, 0))})
		d := configured(t, nil)
		for i := range 120 {
			switch i {
			case 20:
				e.SetCorrupt(true)
			case 70:
				e.SetCorrupt(false)
			}
			au, _ := e.Encode(stamp(5, i), i%30 == 0, 0)
			f, err := d.Decode(au)
			if err != nil {
				t.Fatal(err)
			}
			if garbled := i >= 20 && i < 90; f.Reading.OK == garbled {
				t.Fatalf("seed %d frame %d: OK is %v", seed, i, f.Reading.OK)
			}
		}
	}
}

func TestTruncatedIsMissingUntilKey(t *testing.T) {
	e, d := NewEncoder(EncoderOptions{UID: 5}), configured(t, nil)
	for i := range 120 {
		e.SetTruncated(i >= 20 && i < 70)
		au, _ := e.Encode(stamp(5, i), i%30 == 0, 0)
		f, err := d.Decode(au)
		if bad := i >= 20 && i < 90; (err != nil) != bad || !bad && !f.Reading.OK {
			t.Fatalf("frame %d: %v", i, err)
		}
	}
}

func TestCorruptIsTheSameForTheSameSeed(t *testing.T) {
	var runs [2][]byte
	for r := range runs {
		e := NewEncoder(EncoderOptions{UID: 5, Corrupt: true, Rand: rand.New(rand.NewPCG(9, 9))})
		for i := range 50 {
			au, _ := e.Encode(stamp(5, i), i == 0, 0)
			runs[r] = append(runs[r], au...)
		}
	}
	if !bytes.Equal(runs[0], runs[1]) {
		t.Error("two corrupt encoders with one seed differ")
	}
}

func TestMemoSharesAndComparesBytes(t *testing.T) {
	m := NewMemo()
	e := NewEncoder(EncoderOptions{UID: 1})
	a, b, alone := configured(t, m), configured(t, m), configured(t, nil)
	for i := range 30 {
		au, _ := e.Encode(stamp(1, i), i == 0, 1500)
		fa, _ := a.Decode(au)
		fb, _ := b.Decode(bytes.Clone(au))
		fc, _ := alone.Decode(au)
		if fa.Picture != fb.Picture {
			t.Fatal("two decoders decoded one access unit twice")
		}
		if *fa.Picture != *fc.Picture || fa.Reading != fc.Reading {
			t.Fatal("with and without memo differ")
		}
	}
	key := memoKey{hash: 7}
	m.add(key, &node{}, []byte("one"))
	if m.find(key, []byte("two")) != nil {
		t.Error("found other bytes under the same hash")
	}
	small := newMemo(8)
	d := configured(t, small)
	for i := range 100 {
		au, _ := e.Encode(stamp(1, i), i == 0, 0)
		if _, err := d.Decode(au); err != nil {
			t.Fatal(err)
		}
		if len(small.nodes) > 8 {
			t.Fatalf("%d pictures in a memo for 8", len(small.nodes))
		}
	}
}

func TestRejectsWhatIsOutsideTheSubset(t *testing.T) {
	e := NewEncoder(EncoderOptions{UID: 1})
	key, _ := e.Encode(stamp(1, 0), true, 0)
	delta, _ := e.Encode(stamp(1, 1), false, 0)
	bad := map[string][]byte{
		"empty":          {},
		"short length":   {0, 0},
		"length beyond":  {0, 0, 0, 9, 0x65},
		"zero length":    {0, 0, 0, 0, 0x65},
		"two slices":     append(bytes.Clone(key), key...),
		"cut":            append([]byte{0, 0, 0, 100}, key[4:104]...),
		"forbidden bit":  append([]byte{0, 0, 0, 1}, 0xe5),
		"no slice":       {0, 0, 0, 2, nalFiller, 0x80},
		"trailing bytes": append([]byte{0, 0, byte((len(delta) - 2) >> 8), byte(len(delta) - 2)}, append(bytes.Clone(delta[4:]), 0x80, 0x80)...),
	}
	for name, au := range bad {
		d := configured(t, nil)
		if _, err := d.Decode(key); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Decode(au); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := d.Decode(delta); !errors.Is(err, ErrNeedKey) {
			t.Errorf("%s: a delta frame after it gave %v", name, err)
		}
	}
}

func TestEscaping(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		src := make([]byte, rng.IntN(40)+1)
		for i := range src {
			src[i] = byte(rng.IntN(5))
		}
		src = append(src, 0x80)
		escaped := appendEscaped(nil, src)
		for _, code := range [][]byte{{0, 0, 0}, {0, 0, 1}, {0, 0, 2}} {
			if bytes.Contains(escaped, code) {
				t.Fatalf("% x escapes to % x", src, escaped)
			}
		}
		if back, _ := unescape(nil, escaped); !bytes.Equal(back, src) {
			t.Fatalf("% x comes back as % x", src, back)
		}
	}
}

func needFFmpeg(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s not installed: our pictures are not compared with its pictures", tool)
		}
	}
}

// annexB turns an access unit into start codes.
func annexB(dst, au []byte) []byte {
	for len(au) > 0 {
		nal, rest, _ := nextNAL(au, lengthSize)
		dst = append(append(dst, 0, 0, 0, 1), nal...)
		au = rest
	}
	return dst
}

func TestFFmpegShowsTheSamePictures(t *testing.T) {
	needFFmpeg(t)
	e := NewEncoder(EncoderOptions{UID: 1001, Rand: rand.New(rand.NewPCG(4, 4))})
	d := configured(t, nil)
	stream := append(append([]byte{0, 0, 0, 1}, spsNAL...), 0, 0, 0, 1)
	stream = append(stream, ppsNAL...)
	var want []byte
	garbled := 0
	for i := range 150 {
		s := stamp(1001, i)
		s.Black = i >= 130
		if i > 110 {
			s.Rotation = 90
		}
		e.SetCorrupt(i >= 50 && i < 80)
		au, _ := e.Encode(s, i%45 == 0, i%4*1500)
		f, err := d.Decode(au)
		if err != nil {
			t.Fatal(err)
		}
		if !f.Reading.OK {
			garbled++
		}
		stream = annexB(stream, au)
		want = append(append(append(want, f.Picture.Y[:]...), f.Picture.Cb[:]...), f.Picture.Cr[:]...)
	}
	cmd := exec.Command("ffmpeg", "-v", "error", "-xerror", "-f", "h264", "-i", "-", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-vsync", "passthrough", "-")
	cmd.Stdin = bytes.NewReader(stream)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	got, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("ffmpeg: %v\n%s", err, complaints.String())
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("ffmpeg's pictures differ (%d and %d bytes)", len(got), len(want))
	}
	if garbled != 40 {
		t.Errorf("%d garbled frames, want 40: from 50 to the key frame at 90", garbled)
	}
}

// edited applies edits of four bytes (where, twice; how; what) to a copy of a unit. The
// fuzzer is far quicker with a few edits than with 18 kB of samples.
func edited(au, edits []byte) []byte {
	out := bytes.Clone(au)
	for ; len(edits) >= 4 && len(out) > 0; edits = edits[4:] {
		at := (int(edits[0])<<8 | int(edits[1])) % len(out)
		switch edits[2] % 4 {
		case 0:
			out[at] = edits[3]
		case 1:
			out[at] ^= edits[3]
		case 2:
			out = out[:at]
		default:
			out = append(out[:at], append([]byte{edits[3]}, out[at:]...)...)
		}
	}
	return out
}

func FuzzDecode(f *testing.F) {
	e := NewEncoder(EncoderOptions{UID: 1})
	key, _ := e.Encode(stamp(1, 0), true, 0)
	delta, _ := e.Encode(stamp(1, 1), false, 0)
	skip := []byte{0, 0, 0, 8, 0x41, 0x9a, 0x00, 0x02, 0x14, 0x06, 0x30, 0x80} // roughly a slice of skipped blocks
	foreign := []byte{1, 66, 192, 30, 255, 225, 0, 10, 103, 66, 192, 30, 217, 1, 64, 123, 32, 0, 1, 0, 4, 104, 206, 6, 226}
	f.Add(Config(), skip, []byte{})
	f.Add(foreign, skip, []byte{0, 4, 0, 0x25})
	f.Add([]byte{}, []byte{0, 0, 0, 2, nalFiller, 0x80}, []byte{0, 9, 1, 0x40, 1, 0, 3, 0})
	f.Fuzz(func(t *testing.T, avcc, au, edits []byte) {
		d := NewDecoder(newMemo(2))
		if d.Configure(avcc) != nil {
			if err := d.Configure(Config()); err != nil {
				t.Fatal(err)
			}
		}
		for _, unit := range [][]byte{key, au, delta, edited(key, edits), edited(delta, edits)} {
			got, err := d.Decode(unit)
			if err == nil && (got.Picture == nil) != got.Foreign {
				t.Fatal("neither picture nor error")
			}
			IsKey(unit)
			if Hash(unit) != Hash(bytes.Clone(unit)) {
				t.Fatal("a hash changes")
			}
		}
	})
}

func BenchmarkEncodeKey(b *testing.B) {
	e := NewEncoder(EncoderOptions{UID: 1})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.Encode(stamp(1, i), true, 0)
	}
}

func BenchmarkEncodeDelta(b *testing.B) {
	e := NewEncoder(EncoderOptions{UID: 1})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e.Encode(stamp(1, i), false, 3000)
	}
}

func benchmarkDecode(b *testing.B, m *Memo, every int) {
	e, d := NewEncoder(EncoderOptions{UID: 1}), configured(b, m)
	var units [][]byte
	for i := range 45 {
		au, _ := e.Encode(stamp(1, i), i%every == 0, 3000)
		units = append(units, au)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := d.Decode(units[i%45]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkDecodeKey(b *testing.B)   { benchmarkDecode(b, nil, 1) }
func BenchmarkDecodeDelta(b *testing.B) { benchmarkDecode(b, nil, 45) }
func BenchmarkMemoDelta(b *testing.B)   { benchmarkDecode(b, NewMemo(), 45) }
func BenchmarkMemoKey(b *testing.B)     { benchmarkDecode(b, NewMemo(), 1) }
