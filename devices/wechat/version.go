package wechat

import (
	"fmt"
	"slices"
	"time"

	"minilab/devices/phone"
)

// Version is what sets one version of WeChat apart from another: times and switches,
// read from its fixture, which names the source of each.
type Version struct {
	Name         string        `yaml:"-"`
	WebSockets   int           `yaml:"webSockets"`   // that may exist at once
	SuspendAfter time.Duration `yaml:"suspendAfter"` // from leaving the page until it sleeps
	DestroyAfter time.Duration `yaml:"destroyAfter"` // and until it is gone
	ImageLasts   time.Duration `yaml:"imageLasts"`   // how long a waiting image is pushed
	NetworkTold  time.Duration `yaml:"networkTold"`  // how late a change of network is told
	// NetworkBack is how long after a return from sleep calls to the network fail.
	NetworkBack time.Duration `yaml:"networkBack"`
	IOS         System        `yaml:"ios"`
	Android     System        `yaml:"android"`

	// MusicBehind: music that the page plays goes on when the page is left, though it
	// hasn't declared it.
	MusicBehind bool `yaml:"musicBehind"`
	// AudioOnlyUntold: a push without camera never reports that it began (1002).
	AudioOnlyUntold bool `yaml:"audioOnlyUntold"`
	// DevicePositionFixed: the attribute can't be changed while pushing.
	DevicePositionFixed bool `yaml:"devicePositionFixed"`
	// MutedSilence: a muted live-pusher sends silence, where it else sends no sound.
	// Source: LiteAV TXLivePusher documentation (silence) against the known issue of the
	// release notes, that who has sent no sound yet isn't noticed; fidelity: documented.
	MutedSilence bool `yaml:"mutedSilence"`
	// MicTold: a live-pusher tells when its microphone starts (2027).
	MicTold bool `yaml:"micTold"`
}

// System is what differs between the systems that a version runs on.
type System struct {
	// SoundBehind are the ways of leaving (home, lock, capsule) after which a page with
	// a pusher and a player goes on to hear and be heard, and doesn't sleep.
	SoundBehind []string `yaml:"soundBehind"`
	// SocketsDropped is how long after the page was left its WebSockets are closed.
	SocketsDropped time.Duration `yaml:"socketsDropped"`
	// DropTold is who then hears of it: task (SocketTask and wx), global (wx alone) or
	// nobody.
	DropTold string `yaml:"dropTold"`
	// CallRecovers: after a phone call the components have their sound back; else only
	// when they are started again.
	CallRecovers bool `yaml:"callRecovers"`
	// MaxBitrateIgnored: the pusher's attribute max-bitrate has no effect.
	MaxBitrateIgnored bool `yaml:"maxBitrateIgnored"`
	// CodesLeak: players hear the pusher's codes too.
	CodesLeak bool `yaml:"codesLeak"`
}

// Who hears of a WebSocket that was dropped.
const (
	toldTask   = "task"
	toldGlobal = "global"
	toldNobody = "nobody"
)

// Ways of leaving a page: the home button, the screen's lock, and the mini-program's
// own button, which leads back into WeChat.
const (
	byHome    = "home"
	byLock    = "lock"
	byCapsule = "capsule"
)

// DefaultVersion is a WeChat of 2018. Source: mini-program documentation of its time;
// fidelity: documented.
func DefaultVersion() Version {
	s := System{SocketsDropped: 10 * time.Second, DropTold: toldTask, CallRecovers: true}
	android := s
	android.CallRecovers = false
	return Version{
		Name: "generic", WebSockets: webSocketLimit, SuspendAfter: 5 * time.Second, DestroyAfter: 5 * time.Minute,
		ImageLasts: 3 * time.Minute, NetworkTold: time.Second, NetworkBack: 300 * time.Millisecond, IOS: s, Android: android,
	}
}

// Validate tells what makes no sense.
func (v *Version) Validate() error {
	if v.WebSockets < 1 {
		return fmt.Errorf("%d WebSockets: want 1 or more", v.WebSockets)
	}
	if v.SuspendAfter <= 0 || v.DestroyAfter <= v.SuspendAfter {
		return fmt.Errorf("sleeps after %v, is gone after %v: want 0 < sleeps < gone", v.SuspendAfter, v.DestroyAfter)
	}
	if v.ImageLasts < v.SuspendAfter || v.NetworkTold < 0 || v.NetworkBack < 0 {
		return fmt.Errorf("image of %v, network told after %v and back after %v", v.ImageLasts, v.NetworkTold, v.NetworkBack)
	}
	for _, s := range []*System{&v.IOS, &v.Android} {
		if !slices.Contains([]string{toldTask, toldGlobal, toldNobody}, s.DropTold) {
			return fmt.Errorf("a dropped socket is told to %q: want %s, %s or %s", s.DropTold, toldTask, toldGlobal, toldNobody)
		}
		if s.SocketsDropped < v.SuspendAfter {
			return fmt.Errorf("sockets dropped after %v, before the page sleeps", s.SocketsDropped)
		}
		for _, how := range s.SoundBehind {
			if how != byHome && how != byLock && how != byCapsule {
				return fmt.Errorf("unknown way of leaving %q", how)
			}
		}
	}
	return nil
}

// system is what the version does on this phone.
func (h *Host) system() *System {
	if h.iOS() {
		return &h.version.IOS
	}
	return &h.version.Android
}

func (h *Host) iOS() bool { return h.o.Traits.OS == phone.IOS }
