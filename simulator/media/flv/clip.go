package flv

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"

	"minilab/simulator/media/h264"
)

// Clip is a recording that a camera can play: H.264 Baseline without B-frames and AAC.
// It loops. It must not be changed.
type Clip struct {
	VideoConfig []byte // AVCDecoderConfigurationRecord
	AudioConfig []byte // AudioSpecificConfig
	Width       int
	Height      int
	Interval    time.Duration // between pictures, the mean
	Length      time.Duration // after which it begins again
	Units       []Unit        // by time; the first picture is a key frame
}

// Unit is one access unit of a clip.
type Unit struct {
	Video bool
	Key   bool
	At    time.Duration
	Data  []byte
}

// errClip is what LoadClip says of files that are FLV but no clip.
var errClip = errors.New("not a clip that a camera can play")

func refuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errClip, fmt.Sprintf(format, args...))
}

// LoadClip reads a whole FLV file and checks that it can be played as a camera.
func LoadClip(data []byte) (*Clip, error) {
	r, err := NewReader(bytes.NewReader(data), Limits{})
	if err != nil {
		return nil, err
	}
	l := loader{}
	for {
		tag, err := r.Next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = l.add(tag)
		}
		if err != nil {
			return nil, err
		}
	}
	return l.finish()
}

// Unit is unit n of the endlessly repeated clip.
func (c *Clip) Unit(n int) Unit {
	u := c.Units[n%len(c.Units)]
	u.At += time.Duration(n/len(c.Units)) * c.Length
	return u
}

type loader struct {
	clip     Clip
	info     h264.Info
	pictures int
	firstAt  time.Duration // of the first picture
	videoAt  time.Duration // of the last picture
	audioAt  time.Duration
	audioLen time.Duration // of one unit
}

func (l *loader) add(tag Tag) error {
	at := time.Duration(tag.Timestamp) * time.Millisecond
	switch tag.Type {
	case TypeVideo:
		v, err := ParseVideo(tag.Data)
		if err != nil {
			return refuse("not H.264 Baseline + AAC: a video tag at %v is not H.264", at)
		}
		return l.video(v, at)
	case TypeAudio:
		a, err := ParseAudio(tag.Data)
		if err != nil {
			return refuse("not H.264 Baseline + AAC: an audio tag at %v is not AAC", at)
		}
		return l.audio(a, at)
	}
	return nil
}

func (l *loader) video(v Video, at time.Duration) error {
	switch v.Kind {
	case End:
		return nil
	case Config:
		if l.clip.VideoConfig != nil && !bytes.Equal(l.clip.VideoConfig, v.Data) {
			return refuse("the video configuration changes at %v", at)
		}
		info, err := h264.ParseConfig(v.Data)
		if err != nil {
			return refuse("not H.264 Baseline + AAC: %v", err)
		}
		if !info.Baseline() {
			return refuse("not H.264 Baseline + AAC: H.264 profile %d, want 66", info.Profile)
		}
		if info.LengthSize != 4 {
			return refuse("NAL unit lengths of %d bytes, want 4", info.LengthSize)
		}
		l.info = info
		l.clip.VideoConfig, l.clip.Width, l.clip.Height = v.Data, info.Width, info.Height
		return nil
	}
	if l.clip.VideoConfig == nil {
		return refuse("a picture at %v comes before the video configuration", at)
	}
	unit, err := l.info.Inspect(v.Data)
	if err != nil {
		return refuse("the picture at %v: %v", at, err)
	}
	switch {
	case unit.B || v.Composition != 0:
		return refuse("B-frames (at %v)", at)
	case l.pictures == 0 && !unit.Key:
		return refuse("the first picture is no key frame")
	case l.pictures > 0 && at <= l.videoAt:
		return refuse("two pictures at %v, or time goes back", at)
	case l.pictures == 0:
		l.firstAt = at
	}
	l.pictures++
	l.videoAt = at
	l.clip.Units = append(l.clip.Units, Unit{Video: true, Key: unit.Key, At: at, Data: v.Data})
	return nil
}

// sampleRates by the index in an AudioSpecificConfig. Source: ISO/IEC 14496-3, table 1.18.
var sampleRates = [...]int{96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350}

const (
	aacLC       = 2
	aacUnitSize = 1024
)

func (l *loader) audio(a Audio, at time.Duration) error {
	if a.Kind == Config {
		if len(a.Data) < 2 || a.Data[0]>>3 != aacLC {
			return refuse("not H.264 Baseline + AAC: the audio is not AAC-LC")
		}
		rate := int(a.Data[0]&7)<<1 | int(a.Data[1]>>7)
		if rate >= len(sampleRates) {
			return refuse("AAC with an unusual sample rate")
		}
		if l.clip.AudioConfig != nil && !bytes.Equal(l.clip.AudioConfig, a.Data) {
			return refuse("the audio configuration changes at %v", at)
		}
		l.audioLen = aacUnitSize * time.Second / time.Duration(sampleRates[rate])
		l.clip.AudioConfig = a.Data
		return nil
	}
	switch {
	case l.clip.AudioConfig == nil:
		return refuse("sound at %v comes before the audio configuration", at)
	case at < l.audioAt:
		return refuse("audio time goes back at %v", at)
	}
	l.audioAt = at
	l.clip.Units = append(l.clip.Units, Unit{At: at, Key: true, Data: a.Data})
	return nil
}

func (l *loader) finish() (*Clip, error) {
	c := &l.clip
	if c.VideoConfig == nil || c.AudioConfig == nil || l.pictures < 2 {
		return nil, refuse("not H.264 Baseline + AAC: it needs both, and at least two pictures")
	}
	c.Interval = (l.videoAt - l.firstAt) / time.Duration(l.pictures-1)
	c.Length = max(l.videoAt+c.Interval, l.audioAt+l.audioLen).Round(time.Millisecond)
	sort.SliceStable(c.Units, func(i, j int) bool { return c.Units[i].At < c.Units[j].At })
	begin := c.Units[0].At
	for i := range c.Units {
		c.Units[i].At -= begin
	}
	c.Length -= begin
	return c, nil
}
