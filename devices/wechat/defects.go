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
}
