package simulator

import (
	"fmt"

	"minilab/devices/app"
	"minilab/devices/sdk"
	"minilab/devices/wechat"
	"minilab/fixtures"
	"minilab/simulator/mediaserver"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/gateway"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/mediaserver/relay"
)

// noMutant plants nothing.
const noMutant = "none"

func mutantNames() []string {
	return append([]string{noMutant}, names(fixtures.Mutants(), func(m *fixtures.Mutant) string { return m.Name })...)
}

// planted are the defects of a mutant, by room.
type planted struct {
	Client  sdk.Defects     `yaml:"client"`
	App     app.Defects     `yaml:"app"`
	Host    wechat.Defects  `yaml:"host"`
	Channel channel.Defects `yaml:"channel"`
	Gateway gateway.Defects `yaml:"gateway"`
	Relay   relay.Defects   `yaml:"relay"`
	Lookup  lookup.Defects  `yaml:"lookup"`
}

// plant reads the scenario's mutant, if it has one.
func (w *world) plant() error {
	if w.s.Mutant == "" {
		return nil
	}
	if err := fixtures.MutantPlant(w.s.Mutant, &w.planted); err != nil {
		return fmt.Errorf("mutant %s: %w", w.s.Mutant, err)
	}
	w.profile.Defects = w.planted.Client
	return nil
}

// into sets the defects of the server's rooms.
func (p *planted) into(o *mediaserver.Options) {
	o.Channel.Defects, o.Gateway.Defects, o.Relay.Defects, o.LookupDefects = p.Channel, p.Gateway, p.Relay, p.Lookup
}
