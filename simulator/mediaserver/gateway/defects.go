package gateway

// Defects are planted mistakes, all off in a gateway that is right. Each names the
// promises that it must break.
type Defects struct {
	// CodesLost answers every refusal with 500 (C10, C16, C21, C26).
	CodesLost bool `yaml:"codesLost"`
	// MutesBeforeSubscribe grants mute and unmute of who isn't subscribed (C26).
	MutesBeforeSubscribe bool `yaml:"mutesBeforeSubscribe"`
	// RepeatsErrors tells each error twice (C31).
	RepeatsErrors bool `yaml:"repeatsErrors"`
	// LeaveUnanswered obeys a leave and doesn't answer (C36).
	LeaveUnanswered bool `yaml:"leaveUnanswered"`
}
