package lookup

// Defects are mistakes planted on purpose, to see that they are noticed. All off: none.
type Defects struct {
	// OnlyFirst has the domains after the first answer with an error, as if only one
	// of them knew the gateways. Breaks C03.
	OnlyFirst bool `yaml:"onlyFirst"`
	// NoSpare has every domain name the first gateway only. Breaks C07.
	NoSpare bool `yaml:"noSpare"`
}
