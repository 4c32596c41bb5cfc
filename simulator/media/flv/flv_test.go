package flv

import (
	"bytes"
	"errors"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"minilab/simulator/media/aac"
	"minilab/simulator/media/h264"
	"minilab/simulator/media/picture"
)

// call makes an FLV of our own pictures and tones.
func call(t testing.TB, seconds int) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, true, true)
	if err != nil {
		t.Fatal(err)
	}
	write := func(kind uint8, at time.Duration, data []byte) {
		if err := w.Write(Tag{kind, uint32(at.Milliseconds()), data}); err != nil {
			t.Fatal(err)
		}
	}
	write(TypeVideo, 0, VideoConfig(h264.Config()))
	write(TypeAudio, 0, AudioConfig(aac.Config()))
	e := h264.NewEncoder(h264.EncoderOptions{UID: 7})
	seq := uint32(0)
	for i := range seconds * 15 {
		at := time.Duration(i) * time.Second / 15
		for ; aac.UnitTime(seq) <= at; seq++ {
			write(TypeAudio, aac.UnitTime(seq), AudioTag(aac.Encode(aac.Stamp{UID: 7, Seq: seq, LevelCentiDB: -2000}, 128)))
		}
		au, _ := e.Encode(picture.Stamp{Frame: uint32(i), Captured: at}, i%30 == 0, 2000)
		write(TypeVideo, at, VideoTag(i%30 == 0, au))
	}
	return out.Bytes()
}

func readAll(data []byte) ([]Tag, error) {
	r, err := NewReader(bytes.NewReader(data), Limits{})
	if err != nil {
		return nil, err
	}
	var tags []Tag
	for {
		tag, err := r.Next()
		if err == io.EOF {
			return tags, nil
		}
		if err != nil {
			return tags, err
		}
		tags = append(tags, tag)
	}
}

func TestReadsWhatWasWritten(t *testing.T) {
	want := []Tag{
		{TypeScript, 0, []byte{2, 0, 0}},
		{TypeVideo, 0xfffffe, VideoConfig(h264.Config())},
		{TypeAudio, 0xffffff, AudioTag([]byte{1, 2, 3})},
		{TypeVideo, 0x1000000, VideoTag(true, make([]byte, 200_000))},
		{TypeVideo, 0xffffffff, []byte{}},
	}
	var out bytes.Buffer
	w, _ := NewWriter(&out, true, true)
	for _, tag := range want {
		if err := w.Write(tag); err != nil {
			t.Fatal(err)
		}
	}
	got, err := readAll(out.Bytes())
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d tags, %v", len(got), err)
	}
	for i := range want {
		if got[i].Type != want[i].Type || got[i].Timestamp != want[i].Timestamp || !bytes.Equal(got[i].Data, want[i].Data) {
			t.Errorf("tag %d differs", i)
		}
	}
	if err := w.Write(Tag{Type: TypeVideo, Data: make([]byte, maxData+1)}); !errors.Is(err, errTooLarge) {
		t.Errorf("a tag of 16 MiB: %v", err)
	}
}

func TestErrorsSayWhere(t *testing.T) {
	good := call(t, 1)
	first := 13 + 11 + int(good[14])<<16 + int(good[15])<<8 + int(good[16]) // where the first trailer is
	edit := func(at int, b byte) []byte {
		out := bytes.Clone(good)
		out[at] = b
		return out
	}
	for name, c := range map[string]struct {
		data   []byte
		offset int64
		says   string
	}{
		"empty":          {nil, 0, "not an FLV"},
		"png":            {[]byte("\x89PNG\r\n\x1a\n and so on"), 0, "not an FLV"},
		"version":        {edit(3, 2), 3, "version 2"},
		"head size":      {edit(8, 1), 5, "head of 1"},
		"type":           {edit(13, 7), 13, "tag type 7"},
		"size":           {edit(14, 0xff), 14, "limit"},
		"stream id":      {edit(13+8, 1), 21, "stream id"},
		"trailer":        {edit(first+3, 1), int64(first), "trailer says"},
		"first trailer":  {edit(12, 1), 9, "trailer says"},
		"cut in a head":  {good[:13+5], 18, "tag's head"},
		"cut in a tag":   {good[:13+11+4], 28, "within a tag"},
		"cut in trailer": {good[:first+2], int64(first + 2), "trailer"},
	} {
		_, err := readAll(c.data)
		var format *FormatError
		if !errors.As(err, &format) || format.Offset != c.offset || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want byte %d: %s", name, err, c.offset, c.says)
		}
	}
	if tags, err := readAll(good[:len(good)-4]); err != nil || len(tags) < 60 {
		t.Errorf("without the last trailer: %d tags, %v", len(tags), err)
	}
	if _, err := NewReader(bytes.NewReader(good), Limits{MaxTagBytes: -1}); err == nil {
		t.Error("a negative limit was taken")
	}
	r, _ := NewReader(bytes.NewReader(good), Limits{MaxBytes: 100})
	var err error
	for err == nil {
		_, err = r.Next()
	}
	if err == io.EOF {
		t.Error("a file above its limit was read whole")
	}
}

func TestBodies(t *testing.T) {
	v, err := ParseVideo(VideoTag(true, []byte{9}))
	if err != nil || !v.Key || v.Kind != Media || v.Data[0] != 9 {
		t.Errorf("%+v %v", v, err)
	}
	v, err = ParseVideo([]byte{0x27, 1, 0xff, 0xff, 0xfe, 1})
	if err != nil || v.Key || v.Composition != -2 {
		t.Errorf("%+v %v", v, err)
	}
	if a, err := ParseAudio(AudioConfig(aac.Config())); err != nil || a.Kind != Config || !bytes.Equal(a.Data, aac.Config()) {
		t.Errorf("%+v %v", a, err)
	}
	for _, bad := range [][]byte{nil, {0x17}, {0x17, 1, 0, 0}} {
		if _, err := ParseVideo(bad); !errors.Is(err, errShort) {
			t.Errorf("% x: %v", bad, err)
		}
	}
	for _, bad := range [][]byte{{0x12, 0, 0, 0, 0}, {0x57, 0, 0, 0, 0}, {0x17, 3, 0, 0, 0}} {
		if _, err := ParseVideo(bad); !errors.Is(err, errCodec) {
			t.Errorf("% x: %v", bad, err)
		}
	}
	for _, bad := range [][]byte{{0x2f, 0}, {0xaf, 2}} {
		if _, err := ParseAudio(bad); !errors.Is(err, errCodec) {
			t.Errorf("% x: %v", bad, err)
		}
	}
}

func needFFmpeg(t *testing.T) {
	t.Helper()
	for _, tool := range []string{"ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s not installed: it does not referee our FLV", tool)
		}
	}
}

// run runs a tool on a file's bytes; any complaint fails the test.
func run(t *testing.T, data []byte, name string, args ...string) []byte {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stdin = bytes.NewReader(data)
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%s: %v\n%s", name, err, complaints.String())
	}
	return out
}

func TestFFprobeReadsOurFiles(t *testing.T) {
	needFFmpeg(t)
	data := call(t, 4)
	out := string(run(t, data, "ffprobe", "-v", "warning", "-count_frames", "-show_entries",
		"stream=codec_name,profile,width,height,has_b_frames,nb_read_frames,sample_rate,channels", "-of", "csv", "-f", "flv", "-"))
	for _, want := range []string{"stream,h264,Constrained Baseline,128,96,0,60", "stream,aac,LC,48000,1,185"} {
		if !strings.Contains(out, want) {
			t.Errorf("want %q in\n%s", want, out)
		}
	}
	got := run(t, data, "ffmpeg", "-v", "error", "-xerror", "-f", "flv", "-i", "-", "-an", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-vsync", "passthrough", "-")
	if want := ownPictures(t, data); !bytes.Equal(got, want) {
		t.Errorf("ffmpeg's pictures differ from ours (%d and %d bytes)", len(got), len(want))
	}
}

// ownPictures decodes an FLV's pictures with our decoder, as raw planes.
func ownPictures(t *testing.T, data []byte) (out []byte) {
	t.Helper()
	tags, err := readAll(data)
	if err != nil {
		t.Fatal(err)
	}
	d := h264.NewDecoder(nil)
	for _, tag := range tags {
		if tag.Type != TypeVideo {
			continue
		}
		v, err := ParseVideo(tag.Data)
		if err == nil && v.Kind == Config {
			err = d.Configure(v.Data)
		} else if err == nil {
			var f h264.Frame
			if f, err = d.Decode(v.Data); err == nil {
				out = append(append(append(out, f.Picture.Y[:]...), f.Picture.Cb[:]...), f.Picture.Cr[:]...)
			}
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func FuzzReader(f *testing.F) {
	var small bytes.Buffer
	w, _ := NewWriter(&small, true, true)
	for i, body := range [][]byte{
		VideoConfig(h264.Config()), AudioConfig(aac.Config()),
		VideoTag(true, []byte{0, 0, 0, 3, 0x65, 0x88, 0x80}), AudioTag([]byte{1, 2}), VideoTag(false, []byte{0, 0, 0, 3, 0x41, 0x9a, 0}),
	} {
		kind := uint8(TypeVideo)
		if i%2 == 1 {
			kind = TypeAudio
		}
		_ = w.Write(Tag{kind, uint32(i) * 20, body})
	}
	f.Add(small.Bytes())
	f.Add([]byte("FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		tags, err := readAll(data)
		for _, tag := range tags {
			_, _ = ParseVideo(tag.Data)
			_, _ = ParseAudio(tag.Data)
		}
		if err != nil {
			return
		}
		_, _ = LoadClip(data)
		var out bytes.Buffer
		w, _ := NewWriter(&out, true, true)
		for _, tag := range tags {
			if err := w.Write(tag); err != nil {
				t.Fatal(err)
			}
		}
		again, err := readAll(out.Bytes())
		if err != nil || len(again) != len(tags) {
			t.Fatalf("%d tags written, %d read, %v", len(tags), len(again), err)
		}
	})
}

// lobby is the shipped clip.
var lobby = filepath.Join("..", "..", "..", "fixtures", "clips", "lobby.flv")

func BenchmarkReader(b *testing.B) {
	data := call(b, 4)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := readAll(data); err != nil {
			b.Fatal(err)
		}
	}
}
