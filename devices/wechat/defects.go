package wechat

// Defects are planted faults of a host, all off in every honest run: they show that
// the promise that each names can be seen to break.
type Defects struct {
	// DomainListIgnored sends requests to any host (C48).
	DomainListIgnored bool `yaml:"domainListIgnored"`
	// SocketLimitIgnored opens any number of WebSockets (C41).
	SocketLimitIgnored bool `yaml:"socketLimitIgnored"`
	// CloseNotTold keeps it from the app that the far side closed a WebSocket or that
	// it broke (C30).
	CloseNotTold bool `yaml:"closeNotTold"`
	// RequestFailureNotTold never calls a request's fail (C04, C48).
	RequestFailureNotTold bool `yaml:"requestFailureNotTold"`
	// RestartsByItself has live-pusher and live-player start again after they gave up
	// (C45).
	RestartsByItself bool `yaml:"restartsByItself"`
	// ShowsAnyCodec has the live-player decode pictures whatever codec they claim (C50).
	ShowsAnyCodec bool `yaml:"showsAnyCodec"`

	// These break no promise of the SDK, but rows of state codes.

	// SuspensionUntold stops the push of a page that sleeps without a code (5000).
	SuspensionUntold bool `yaml:"suspensionUntold"`
	// LoadingUntold has a live-player run dry without a code (2007).
	LoadingUntold bool `yaml:"loadingUntold"`
	// EncoderUntold says nothing of what befalls the video encoder (1103, 1104, -1303).
	EncoderUntold bool `yaml:"encoderUntold"`
	// BitrateStays has a live-pusher never adapt to its uplink (1006).
	BitrateStays bool `yaml:"bitrateStays"`
	// NeverRetries has both components give up at the first loss (1102, 2103).
	NeverRetries bool `yaml:"neverRetries"`
}
