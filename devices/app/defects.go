package app

// Defects are mistakes planted in the page on purpose, to see that a suite notices
// them; all are off in every scenario that names no mutant. Each says which promises
// it must break.
type Defects struct {
	// NoRecovery: errors 501 and 904 are not acted on (C32).
	NoRecovery bool `yaml:"noRecovery"`
	// NoPause: recovery tries at once instead of after its pause (C32).
	NoPause bool `yaml:"noPause"`
	// KeepsOldClient: recovery makes a new client and doesn't destroy the old one (C32).
	KeepsOldClient bool `yaml:"keepsOldClient"`
	// ForgetsTiles: rejoin names no uids that the page knows (C32, C33).
	ForgetsTiles bool `yaml:"forgetsTiles"`
	// StaleTile: a stream that is removed keeps its tile (C33, C42).
	StaleTile bool `yaml:"staleTile"`
	// UpdateURLIgnored: a new URL of a shown stream is not played (C35).
	UpdateURLIgnored bool `yaml:"updateURLIgnored"`
	// NoTileLimit: every stream has a tile on the page (C42).
	NoTileLimit bool `yaml:"noTileLimit"`
	// PushFailureIgnored: the page stays when its push has failed for good (C45).
	PushFailureIgnored bool `yaml:"pushFailureIgnored"`
}
