package flv

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"minilab/simulator/media/h264"
)

func loadLobby(t testing.TB) *Clip {
	t.Helper()
	data, err := os.ReadFile(lobby)
	if err != nil {
		t.Fatal(err)
	}
	c, err := LoadClip(data)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLoadsTheShippedClip(t *testing.T) {
	c := loadLobby(t)
	if c.Width != 320 || c.Height != 240 || c.Length < 8*time.Second || c.Length > 8100*time.Millisecond {
		t.Errorf("%dx%d, %v", c.Width, c.Height, c.Length)
	}
	pictures, keys := 0, 0
	for _, u := range c.Units {
		if u.Video {
			pictures++
		}
		if u.Video && u.Key {
			keys++
		}
	}
	if pictures != 120 || keys != 4 {
		t.Errorf("%d pictures, %d key frames", pictures, keys)
	}
	last := time.Duration(-1)
	lastPicture := -c.Interval
	for n := range 3 * len(c.Units) {
		u := c.Unit(n)
		if u.At < last {
			t.Fatalf("unit %d at %v, after %v", n, u.At, last)
		}
		last = u.At
		if u.Video {
			if gap := u.At - lastPicture; n > 5 && gap > 2*c.Interval {
				t.Errorf("unit %d: %v without a picture", n, gap)
			}
			lastPicture = u.At
		}
	}
}

func TestForeignStreamIsFollowed(t *testing.T) {
	c := loadLobby(t)
	var pictures [][]byte
	for _, u := range c.Units {
		if u.Video {
			pictures = append(pictures, u.Data)
		}
	}
	decoder := func() *h264.Decoder {
		d := h264.NewDecoder(h264.NewMemo())
		if err := d.Configure(c.VideoConfig); err != nil {
			t.Fatal(err)
		}
		return d
	}
	d := decoder()
	for round := range 2 { // it loops
		for i, au := range pictures {
			f, err := d.Decode(au)
			if err != nil || !f.Foreign || f.Picture != nil || f.Broken || f.Key != (i%30 == 0) || f.Hash != h264.Hash(au) {
				t.Fatalf("round %d picture %d: %+v %v", round, i, f, err)
			}
		}
	}
	for lost := 1; lost < 30; lost++ {
		d := decoder()
		for i, au := range pictures[:60] {
			if i == lost {
				continue
			}
			f, err := d.Decode(au)
			if err != nil || f.Broken != (i > lost && i < 30) {
				t.Fatalf("lost %d, picture %d: broken %v, %v", lost, i, f.Broken, err)
			}
		}
	}
	if _, err := decoder().Decode(pictures[1]); !errors.Is(err, h264.ErrNeedKey) {
		t.Errorf("a delta picture first: %v", err)
	}
	own := h264.NewDecoder(nil)
	_ = own.Configure(h264.Config())
	if _, err := own.Decode(pictures[0]); err == nil {
		t.Error("a foreign picture was decoded under our configuration")
	}
}

// file writes an FLV from tags.
func file(t *testing.T, tags ...Tag) []byte {
	t.Helper()
	var out bytes.Buffer
	w, _ := NewWriter(&out, true, true)
	for _, tag := range tags {
		if err := w.Write(tag); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func TestRefusesWhatIsNoClip(t *testing.T) {
	good, err := readAll(call(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	with := func(change func(tags []Tag) []Tag) []byte {
		tags := append([]Tag{}, good...)
		for i := range tags {
			tags[i].Data = bytes.Clone(tags[i].Data)
		}
		return file(t, change(tags)...)
	}
	lastVideo := len(good) - 1
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"not flv":     {[]byte("RIFF....WAVEfmt "), "not an FLV"},
		"empty flv":   {file(t), "it needs both"},
		"no audio":    {file(t, good[0], good[3]), "it needs both"},
		"b-frames":    {with(func(g []Tag) []Tag { g[lastVideo].Data[4] = 40; return g }), "B-frames"},
		"profile":     {with(func(g []Tag) []Tag { g[0].Data[5+9] = 100; return g }), "not H.264 Baseline + AAC"},
		"video codec": {with(func(g []Tag) []Tag { g[0].Data[0] = 0x12; return g }), "not H.264 Baseline + AAC"},
		"audio codec": {with(func(g []Tag) []Tag { g[1].Data[0] = 0x2f; return g }), "not H.264 Baseline + AAC"},
		"aac profile": {with(func(g []Tag) []Tag { g[1].Data[2] = 0x2a; return g }), "not H.264 Baseline + AAC"},
		"nal length":  {with(func(g []Tag) []Tag { g[0].Data[5+4] = 0xfd; return g }), "lengths of 2 bytes"},
		"no key":      {with(func(g []Tag) []Tag { g[3].Data = good[lastVideo].Data; return g }), "no key frame"},
		"time back":   {with(func(g []Tag) []Tag { g[lastVideo].Timestamp = 0; return g }), "time goes back"},
		"no config":   {with(func(g []Tag) []Tag { return g[1:] }), "before the video configuration"},
	} {
		_, err := LoadClip(c.data)
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if _, err := LoadClip(call(t, 1)); err != nil {
		t.Errorf("our own call is refused: %v", err)
	}
}

func TestRefusesRealBFrames(t *testing.T) {
	needFFmpeg(t)
	path := filepath.Join(t.TempDir(), "b.flv")
	for profile, says := range map[string]string{"main": "profile 77", "high": "profile 100"} {
		run(t, nil, "ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=15", "-f", "lavfi", "-i", "sine",
			"-t", "1", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-profile:v", profile, "-bf", "2", "-c:a", "aac", "-f", "flv", path)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := LoadClip(data); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", profile, err)
		}
	}
}

func TestShippedClipIsCleanToFFmpeg(t *testing.T) {
	needFFmpeg(t)
	data, err := os.ReadFile(lobby)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 500_000 {
		t.Errorf("the clip has %d bytes", len(data))
	}
	run(t, data, "ffmpeg", "-v", "error", "-xerror", "-f", "flv", "-i", "-", "-f", "null", "-")
}

// TestLoopedClipDecodesAlike: a clip played twice through our writer shows ffmpeg the
// clip's pictures twice, sample for sample.
func TestLoopedClipDecodesAlike(t *testing.T) {
	needFFmpeg(t)
	c := loadLobby(t)
	raw := []string{"-v", "error", "-xerror", "-f", "flv", "-i", "-", "-an", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-vsync", "passthrough", "-"}
	once, err := os.ReadFile(lobby)
	if err != nil {
		t.Fatal(err)
	}
	want := run(t, once, "ffmpeg", raw...)
	tags := []Tag{{TypeVideo, 0, VideoConfig(c.VideoConfig)}, {TypeAudio, 0, AudioConfig(c.AudioConfig)}}
	for n := range 2 * len(c.Units) {
		u := c.Unit(n)
		tag := Tag{TypeAudio, uint32(u.At.Milliseconds()), AudioTag(u.Data)}
		if u.Video {
			tag.Type, tag.Data = TypeVideo, VideoTag(u.Key, u.Data)
		}
		tags = append(tags, tag)
	}
	got := run(t, file(t, tags...), "ffmpeg", raw...)
	if len(want) == 0 || !bytes.Equal(got, append(want, want...)) {
		t.Errorf("%d bytes of pictures once, %d when played twice, or they differ", len(want), len(got))
	}
}
