package wechat

// Quirks are what single versions of WeChat do otherwise than documented, in their
// media components; none is set of a version that nobody has reported.
type Quirks struct {
	// AudioOnlyUntold: a live-pusher with its camera off reports 1005 and never 1002.
	// Source: developers' reports of 7.0.5; fidelity: observed.
	AudioOnlyUntold bool `yaml:"audioOnlyUntold"`
	// MaxBitrateIgnored: max-bitrate has no effect.
	// Source: developers' reports of iOS 7.0.9 and Android 8.0.30; fidelity: observed.
	MaxBitrateIgnored bool `yaml:"maxBitrateIgnored"`
	// DevicePositionFixed: device-position has no effect once the push runs.
	// Source: vendor's demo, of 7.0.9; fidelity: documented.
	DevicePositionFixed bool `yaml:"devicePositionFixed"`
	// CodesLeak: codes of the live-pusher reach the live-players' handlers too.
	// Source: developers' reports of Android 8.0.30; fidelity: observed.
	CodesLeak bool `yaml:"codesLeak"`
	// MutedSilence: a muted live-pusher sends silence, where it else sends no sound.
	// Source: LiteAV TXLivePusher documentation (silence) against the known issue of the
	// release notes, that who has sent no sound yet isn't noticed; fidelity: documented.
	MutedSilence bool `yaml:"mutedSilence"`
}

// uncappedKbps is what is sent when the cap is ignored. Source: the reports, 700-800;
// fidelity: observed.
const uncappedKbps = 750

// silentKbps is the rate of muted sound. Source: LiteAV TXLivePusher documentation,
// about 5 kbit/s; fidelity: documented.
const silentKbps = 5
