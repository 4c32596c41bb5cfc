package wechat

import (
	"fmt"
	"reflect"
	"slices"
)

// The components' names, as the table of what a base library knows has them.
const (
	livePusher = "live-pusher"
	livePlayer = "live-player"
)

// PusherAttributes are what a page's markup says to a live-pusher. Those without a
// comment are taken, and change nothing that is modelled.
// Source: live-pusher documentation; fidelity: documented.
type PusherAttributes struct {
	Mode         string `yaml:"mode"`          // which picks the strategy of adapting
	AutoPush     bool   `yaml:"autopush"`      // starts when it is there
	Muted        bool   `yaml:"muted"`         // no sound, or silence: see Version.MutedSilence
	EnableMic    bool   `yaml:"enable-mic"`    // off: as Muted
	EnableCamera bool   `yaml:"enable-camera"` // off: sound alone
	AutoFocus    bool   `yaml:"auto-focus"`
	Orientation  string `yaml:"orientation"` // how the phone must be held for an upright picture
	Aspect       string `yaml:"aspect"`      // of what is told as the picture's size
	Beauty       int    `yaml:"beauty"`
	Whiteness    int    `yaml:"whiteness"`
	// MinBitrateKbps and MaxBitrateKbps bound the video bitrate.
	MinBitrateKbps int    `yaml:"min-bitrate"`
	MaxBitrateKbps int    `yaml:"max-bitrate"`   // which some versions ignore
	AudioQuality   string `yaml:"audio-quality"` // high: 48 kHz, low: 16 kHz
	// WaitingImage is what is sent instead of the camera's picture in the background.
	WaitingImage     string `yaml:"waiting-image"`
	WaitingImageHash string `yaml:"waiting-image-hash"`
	Zoom             bool   `yaml:"zoom"`
	DevicePosition   string `yaml:"device-position"` // front or back: which camera opens
	BackgroundMute   bool   `yaml:"background-mute"` // no sound in the background
	Mirror           bool   `yaml:"mirror"`
	RemoteMirror     bool   `yaml:"remote-mirror"`
	LocalMirror      string `yaml:"local-mirror"`
	AudioReverbType  int    `yaml:"audio-reverb-type"`
	EnableAGC        bool   `yaml:"enable-agc"`        // a quiet talker is made louder; @remax/wechat has it on
	EnableANS        bool   `yaml:"enable-ans"`        // noise is suppressed
	AudioVolumeType  string `yaml:"audio-volume-type"` // of the two volumes that a phone has, which the call takes
	VideoWidth       int    `yaml:"video-width"`       // with video-height, instead of aspect
	VideoHeight      int    `yaml:"video-height"`      // with video-width
	BeautyStyle      string `yaml:"beauty-style"`
	Filter           string `yaml:"filter"`
	FPS              int    `yaml:"fps"` // at most; the camera may be slower
	Debug            bool   `yaml:"debug"`
}

// DefaultPusherAttributes are what is not written. Where the documentation has two
// values (audio-quality), the page's own is taken.
// Source: live-pusher documentation; fidelity: documented.
func DefaultPusherAttributes() PusherAttributes {
	return PusherAttributes{
		Mode: ModeRTC, EnableMic: true, EnableCamera: true, AutoFocus: true,
		Orientation: orientationVertical, Aspect: aspectTall, MinBitrateKbps: 200, MaxBitrateKbps: 1000,
		AudioQuality: qualityHigh, DevicePosition: "front", LocalMirror: "auto", AudioVolumeType: volumeAuto,
		VideoWidth: 360, VideoHeight: 640, BeautyStyle: "smooth", Filter: "standard", FPS: 15,
	}
}

// Values of attributes.
const (
	orientationVertical   = "vertical"
	orientationHorizontal = "horizontal"
	aspectTall            = "9:16"
	aspectWide            = "3:4"
	qualityHigh           = "high"
	qualityLow            = "low"
	fitContain            = "contain"
	fitFill               = "fillCrop"
	soundSpeaker          = "speaker"
	soundEar              = "ear"
	volumeAuto            = "auto"
	volumeMedia           = "media"
	volumeCall            = "voicecall"
)

// oneOf refuses a value that an attribute can't have.
func oneOf(name, value string, want ...string) error {
	if !slices.Contains(want, value) {
		return fmt.Errorf("%s %q: want one of %v", name, value, want)
	}
	return nil
}

func between(name string, value, least, most int) error {
	if value < least || value > most {
		return fmt.Errorf("%s %d: want %d to %d", name, value, least, most)
	}
	return nil
}

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// Validate tells what an attribute can't be.
func (a *PusherAttributes) Validate() error {
	if a.MinBitrateKbps <= 0 || a.MaxBitrateKbps < a.MinBitrateKbps {
		return fmt.Errorf("live-pusher bitrate %d to %d kbit/s: want 0 < min <= max", a.MinBitrateKbps, a.MaxBitrateKbps)
	}
	if err := firstError(
		oneOf("mode", a.Mode, ModeRTC, "SD", "HD", "FHD", "QVGA", "HVGA"),
		oneOf("orientation", a.Orientation, orientationVertical, orientationHorizontal),
		oneOf("aspect", a.Aspect, aspectTall, aspectWide),
		oneOf("audio-quality", a.AudioQuality, qualityHigh, qualityLow),
		oneOf("device-position", a.DevicePosition, "front", "back"),
		oneOf("local-mirror", a.LocalMirror, "auto", "enable", "disable"),
		oneOf("audio-volume-type", a.AudioVolumeType, volumeAuto, volumeMedia, volumeCall),
		oneOf("beauty-style", a.BeautyStyle, "smooth", "nature"),
		between("beauty", a.Beauty, 0, 9), between("whiteness", a.Whiteness, 0, 9),
		between("audio-reverb-type", a.AudioReverbType, 0, 7), between("fps", a.FPS, 1, 30),
		between("video-width", a.VideoWidth, 1, 1920), between("video-height", a.VideoHeight, 1, 1920),
	); err != nil {
		return fmt.Errorf("live-pusher %w", err)
	}
	return nil
}

// PlayerAttributes are what a page's markup says to a live-player. Those without a comment
// are taken, and change nothing that is modelled.
// Source: live-player documentation; fidelity: documented.
type PlayerAttributes struct {
	Mode        string `yaml:"mode"`        // which buffer it keeps
	AutoPlay    bool   `yaml:"autoplay"`    // plays when it is there
	Muted       bool   `yaml:"muted"`       // the stream is still received
	Orientation string `yaml:"orientation"` // turns what it shows
	ObjectFit   string `yaml:"object-fit"`  // shows all of it, or fills its box
	// BackgroundMute silences it in the background; later libraries always do.
	BackgroundMute        bool    `yaml:"background-mute"`
	MinCache              float64 `yaml:"min-cache"`  // seconds; without effect in RTC mode
	MaxCache              float64 `yaml:"max-cache"`  // seconds, beyond which it plays faster
	SoundMode             string  `yaml:"sound-mode"` // speaker or ear
	AutoPauseIfNavigate   bool    `yaml:"auto-pause-if-navigate"`
	AutoPauseIfOpenNative bool    `yaml:"auto-pause-if-open-native"`
}

// DefaultPlayerAttributes are what is not written.
// Source: live-player documentation; fidelity: documented.
func DefaultPlayerAttributes() PlayerAttributes {
	return PlayerAttributes{
		Mode: ModeLive, Orientation: orientationVertical, ObjectFit: fitContain, MinCache: 1, MaxCache: 3,
		SoundMode: soundSpeaker, AutoPauseIfNavigate: true, AutoPauseIfOpenNative: true,
	}
}

// Validate tells what an attribute can't be.
func (a *PlayerAttributes) Validate() error {
	if a.MinCache <= 0 || a.MaxCache < a.MinCache {
		return fmt.Errorf("live-player cache %v to %v s: want 0 < min <= max", a.MinCache, a.MaxCache)
	}
	if err := firstError(
		oneOf("mode", a.Mode, ModeLive, ModeRTC),
		oneOf("orientation", a.Orientation, orientationVertical, orientationHorizontal),
		oneOf("object-fit", a.ObjectFit, fitContain, fitFill),
		oneOf("sound-mode", a.SoundMode, soundSpeaker, soundEar),
	); err != nil {
		return fmt.Errorf("live-player %w", err)
	}
	return nil
}

// gate undoes the attributes that the host's base library doesn't know: to it they
// are not written. all and initial point to structs of attributes, of one type.
func (h *Host) gate(component string, all, initial any) {
	to, from := reflect.ValueOf(all).Elem(), reflect.ValueOf(initial).Elem()
	for i := range to.NumField() {
		if name := to.Type().Field(i).Tag.Get("yaml"); !h.knows(component, name) {
			to.Field(i).Set(from.Field(i))
		}
	}
}

// knows tells whether the base library has an attribute, event or method.
func (h *Host) knows(component, name string) bool {
	return h.o.Knows == nil || h.o.Knows(component, name)
}
