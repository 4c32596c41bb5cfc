package wechat

// Quirks are what single versions of WeChat do otherwise than documented, in their
// media components; none is set of a version that nobody has reported.
type Quirks struct {
	// NoSoundOnlyPush: a live-pusher with its camera off reports 1005 and nothing after.
	// Source: developers' reports of 7.0.5; fidelity: observed.
	NoSoundOnlyPush bool `yaml:"noSoundOnlyPush"`
	// BitrateCapIgnored: max-bitrate has no effect; 700-800 kbit/s are sent.
	// Source: developers' reports of iOS 7.0.9 and Android 8.0.30; fidelity: observed.
	BitrateCapIgnored bool `yaml:"bitrateCapIgnored"`
	// SilentAfterCall: after a phone call neither the live-pusher's nor the live-players'
	// sound comes back by itself.
	// Source: developers' reports of Android, 2021; fidelity: observed.
	SilentAfterCall bool `yaml:"silentAfterCall"`
	// FixedDevicePosition: device-position has no effect once the push runs.
	// Source: vendor's demo, of 7.0.9; fidelity: documented.
	FixedDevicePosition bool `yaml:"fixedDevicePosition"`
	// PusherCodesLeak: codes of the live-pusher reach the live-players' handlers too.
	// Source: developers' reports of Android 8.0.30; fidelity: observed.
	PusherCodesLeak bool `yaml:"pusherCodesLeak"`
}

// uncappedKbps is what is sent when the cap is ignored. Source: the reports, 700-800;
// fidelity: observed.
const uncappedKbps = 750
