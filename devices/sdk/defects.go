package sdk

// Defects are mistakes planted on purpose, off in every profile: a suite that
// doesn't notice one tests nothing. Each line names the promises that it must break.
type Defects struct {
	InitAcceptsAnything  bool `yaml:"initAcceptsAnything"`  // C01: no app id is refused
	LookupsOneByOne      bool `yaml:"lookupsOneByOne"`      // C02: a domain is asked when the one before has answered
	FailsAtFirstLookup   bool `yaml:"failsAtFirstLookup"`   // C03, C04: one failed lookup is the end
	Never901             bool `yaml:"never901"`             // C04: when all lookups failed, nothing is said
	WaitsForLookups      bool `yaml:"waitsForLookups"`      // C05: the profile's time-out is not set
	EveryLookupDials     bool `yaml:"everyLookupDials"`     // C06: each good lookup's first gateway is dialled
	StaysAtFirstGateway  bool `yaml:"staysAtFirstGateway"`  // C07: a gateway that doesn't open is waited for
	Never905             bool `yaml:"never905"`             // C08: when no gateway opened, nothing is said
	RequestsNeverTimeOut bool `yaml:"requestsNeverTimeOut"` // C09, C40: an answer is waited for, for ever
	SocketLeftOpen       bool `yaml:"socketLeftOpen"`       // C09, C10: a join that failed keeps its socket
	JoinsTwice           bool `yaml:"joinsTwice"`           // C11: join in a session begins another
	JoinAnsweredTwice    bool `yaml:"joinAnsweredTwice"`    // C12: ok is called twice
	RoleNotSent          bool `yaml:"roleNotSent"`          // C13: join always asks for the default role
	SetRoleSentAnyway    bool `yaml:"setRoleSentAnyway"`    // C14: setRole acts in the channel, whatever the profile says
	SetRoleOnlyStored    bool `yaml:"setRoleOnlyStored"`    // C15: setRole never acts in the channel
	AudienceByDefault    bool `yaml:"audienceByDefault"`    // C18: who calls no setRole is audience
	DropsStreamAdded     bool `yaml:"dropsStreamAdded"`     // C19: the event isn't raised
	RotationLost         bool `yaml:"rotationLost"`         // C20: subscribe gives no rotation
	RefusalsAreSuccess   bool `yaml:"refusalsAreSuccess"`   // C16, C21, C26: a refused request succeeds
	TextIsUID            bool `yaml:"textIsUID"`            // C22: "7" is taken for 7
	CallsVanish          bool `yaml:"callsVanish"`          // C23: a call without socket does nothing, in silence
	MuteIsAll            bool `yaml:"muteIsAll"`            // C24: mute of one medium asks for both
	UnmuteNotSent        bool `yaml:"unmuteNotSent"`        // C25: unmute succeeds and asks nobody
	AnyTarget            bool `yaml:"anyTarget"`            // C27: mute sends whatever target it is given
	MuteStatusRaw        bool `yaml:"muteStatusRaw"`        // C28: mute-audio and mute-video are not translated
	ClosedTwice          bool `yaml:"closedTwice"`          // C30: two errors 904
	ReconnectsByItself   bool `yaml:"reconnectsByItself"`   // C30: a lost session is sought again
	Drops500             bool `yaml:"drops500"`             // C31: errors 500, 501 and 502 aren't raised
	SpeakersNotSent      bool `yaml:"speakersNotSent"`      // C32: rejoin without known_speakers
	DropsStreamRemoved   bool `yaml:"dropsStreamRemoved"`   // C33: the event isn't raised
	RejoinsInSession     bool `yaml:"rejoinsInSession"`     // C34: rejoin in a session begins another
	DropsUpdateURL       bool `yaml:"dropsUpdateURL"`       // C35: the event isn't raised
	PingsAfterLeave      bool `yaml:"pingsAfterLeave"`      // C36: leave forgets the socket and its ping
	AnswersClosedLeave   bool `yaml:"answersClosedLeave"`   // C37: leave calls back without a socket, as no shipped version does
	SharedSession        bool `yaml:"sharedSession"`        // C38: as Profile.SharedSession
	PingsOnce            bool `yaml:"pingsOnce"`            // C39: no ping after the first
	LateAnswerAccepted   bool `yaml:"lateAnswerAccepted"`   // C40: an answer after 903 counts too
	TelemetryBlocks      bool `yaml:"telemetryBlocks"`      // C46: join waits for the collector's answer
}

// swallows tells which events a defect keeps from the page.
func (d *Defects) swallows(e Event) bool {
	switch e.Name {
	case StreamAdded:
		return d.DropsStreamAdded
	case StreamRemoved:
		return d.DropsStreamRemoved
	case UpdateURL:
		return d.DropsUpdateURL
	case ErrorRaised:
		return d.Drops500 && e.Code >= 500 && e.Code < codeStopping
	}
	return false
}
