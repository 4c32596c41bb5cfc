package simulator

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"minilab/devices/app"
	"minilab/devices/sdk"
	"minilab/fixtures/yamlfile"
	"minilab/simulator/mediaserver"
	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/mediaserver/relay"
)

// serverSetup is what a scenario says of the server; zero is the server's own.
type serverSetup struct {
	Gateways  int // how many
	TokenLife time.Duration
	URLLife   time.Duration
	Presence  string // "": as the SDK's version has it
	Overflow  string // "": as the relay has it
}

// appSetup is what a scenario says of the mini-program; zero is the usual.
type appSetup struct {
	Domains []string // that requests may go to; nil: all that the SDK needs, but ...
	Without []string // ... for these
	Tiles   int
	Page    string // which page, one of app.Pages; "": the usual
}

// maxGateways bounds how many gateways a scenario has. Source: none; fidelity: assumed.
const maxGateways = 16

// overflows are what the relay can do when too much waits for a viewer.
var overflows = []string{string(relay.OverflowToKey), string(relay.OverflowAll)}

type rawServer struct {
	Gateways  yamlfile.Value[int]           `yaml:"gateways"`
	TokenLife yamlfile.Value[time.Duration] `yaml:"token_life"`
	URLLife   yamlfile.Value[time.Duration] `yaml:"url_life"`
	Presence  yamlfile.Value[string]        `yaml:"presence"`
	Overflow  yamlfile.Value[string]        `yaml:"overflow"`
}

func (r *rawServer) setup() serverSetup {
	for _, life := range []yamlfile.Value[time.Duration]{r.TokenLife, r.URLLife} {
		if life.OK && life.At.Known() && life.V <= 0 {
			life.At.Fail(fmt.Sprintf("a life of %v is none", life.V), "write more than nothing, or leave it out: as the server has it")
		}
	}
	if r.Gateways.OK && r.Gateways.At.Known() && (r.Gateways.V < 1 || r.Gateways.V > maxGateways) {
		r.Gateways.At.Fail(fmt.Sprintf("%d gateways", r.Gateways.V), fmt.Sprintf("write 1 to %d", maxGateways))
		r.Gateways.V = 1
	}
	if r.Presence.At.Known() {
		oneOf(r.Presence, "presence", []string{string(channel.OnFirstMedia), string(channel.OnPublish)})
	}
	oneOf(r.Overflow, "overflow", overflows)
	return serverSetup{Gateways: r.Gateways.V, TokenLife: r.TokenLife.V, URLLife: r.URLLife.V, Presence: r.Presence.V, Overflow: r.Overflow.V}
}

// gateways is how many there are.
func (s serverSetup) gateways() int {
	if s.Gateways == 0 {
		return len(mediaserver.DefaultOptions().Gateways)
	}
	return s.Gateways
}

// options are the server's, with what the scenario and the SDK's version say of them.
func (s *Scenario) serverOptions(presence string) mediaserver.Options {
	opt := mediaserver.DefaultOptions()
	opt.Channel.Profile = channel.Profile(s.Profile)
	opt.Channel.Presence = channel.Presence(presence)
	if s.Server.Presence != "" {
		opt.Channel.Presence = channel.Presence(s.Server.Presence)
	}
	if s.Server.Overflow != "" {
		opt.Relay.Overflow = relay.Overflow(s.Server.Overflow)
	}
	opt.Channel.MaxMembers = max(opt.Channel.MaxMembers, len(s.Members))
	if s.Server.URLLife > 0 {
		opt.Channel.URLLife = s.Server.URLLife
	}
	opt.Gateway.TokenLife = s.Server.TokenLife
	if n := s.Server.gateways(); n <= len(opt.Gateways) {
		opt.Gateways = opt.Gateways[:n]
	} else {
		for len(opt.Gateways) < n {
			opt.Gateways = append(opt.Gateways, next(opt.Gateways))
		}
	}
	return opt
}

func next(all []netip.Addr) netip.Addr { return all[len(all)-1].Next() }

type rawApp struct {
	Domains *[]yamlfile.Value[string] `yaml:"domains"`
	Without []yamlfile.Value[string]  `yaml:"without"`
	Tiles   yamlfile.Value[int]       `yaml:"tiles"`
	Page    yamlfile.Value[string]    `yaml:"page"`
}

func (r *rawApp) setup() appSetup {
	s := appSetup{Without: refs(r.Without, "domain", lookup.Names()), Tiles: r.Tiles.V}
	if oneOf(r.Page, "page", app.Pages()) {
		s.Page = r.Page.V
	}
	if r.Domains != nil {
		s.Domains = append([]string{}, refs(*r.Domains, "domain", lookup.Names())...)
		if len(r.Without) > 0 {
			r.Without[0].At.Fail("domains and without together say it twice", "write one of them")
		}
	}
	if r.Tiles.OK && r.Tiles.At.Known() && r.Tiles.V < 1 {
		r.Tiles.At.Fail(fmt.Sprintf("%d tiles", r.Tiles.V), "a page shows at least one")
	}
	return s
}

// domains are those that the mini-program may send requests to.
func (s appSetup) domains(p *sdk.Profile) []string {
	if s.Domains != nil {
		return s.Domains
	}
	all := append(slices.Clone(p.LookupDomains), p.GatewayDomain)
	all = append(all, lookup.TelemetryDomains[:]...)
	return slices.DeleteFunc(all, func(d string) bool { return slices.Contains(s.Without, d) })
}
