package mediaserver

import (
	"fmt"
	"slices"
	"time"

	"minilab/simulator/mediaserver/channel"
	"minilab/simulator/mediaserver/gateway"
	"minilab/simulator/mediaserver/lookup"
)

// Command is one thing that a script has the server do or suffer. Which fields count
// depends on Kind; the others must be zero.
type Command struct {
	// Kind is lookup, gateway, answer, close, kick, status, update-url, rotation,
	// expire-token or telemetry.
	Kind string
	// To is the uid of the member that it happens to, 0: all.
	To uint32
	// Of is the uid whose stream it is about (update-url, rotation).
	Of uint32
	// Domain is the lookup domain, "all": each of them.
	Domain string
	// Gateway is a gateway's number, from 1; 0: all.
	Gateway int
	// Action is the request that is answered otherwise, such as join.
	Action string
	// Fault is refuse, dns, silent, slow, error or none (lookup), silent, refuse or none
	// (gateway), silent, late or refuse (answer), down or up (telemetry).
	Fault string
	// Code and Reason are those of the answer or status.
	Code   int
	Reason string
	// Delay of a slow lookup or a late answer.
	Delay time.Duration
	// Times is how many requests are answered so; 0: all that come.
	Times int
	// Degrees of a rotation, clockwise: 0, 90, 180 or 270.
	Degrees int
	// Gateways are the numbers of those that a lookup domain answers with; none: all.
	Gateways []int
}

// faultsOf are the faults that a kind of command can have; kinds without faults have none.
var faultsOf = map[string][]string{
	"lookup":       {"refuse", "dns", "silent", "slow", "error", "none"},
	"gateway":      {"silent", "refuse", "none"},
	"answer":       {string(gateway.Silent), string(gateway.Late), string(gateway.Refuse)},
	"telemetry":    {"down", "up"},
	"close":        nil,
	"kick":         nil,
	"status":       nil,
	"update-url":   nil,
	"rotation":     nil,
	"expire-token": nil,
}

// Validate tells what is missing or makes no sense.
func (c Command) Validate() error {
	faults, known := faultsOf[c.Kind]
	switch {
	case !known:
		return fmt.Errorf("unknown command %q", c.Kind)
	case faults != nil && !slices.Contains(faults, c.Fault):
		return fmt.Errorf("%s: fault %q: want one of %v", c.Kind, c.Fault, faults)
	case c.Kind == "lookup" && c.Domain == "":
		return fmt.Errorf("lookup: domain missing")
	case c.Kind == "answer" && c.Action == "":
		return fmt.Errorf("answer: action missing")
	case (c.Fault == "slow" || c.Fault == "late") && c.Delay <= 0:
		return fmt.Errorf("%s: %s needs a delay", c.Kind, c.Fault)
	case c.Delay < 0 || c.Times < 0 || c.Gateway < 0:
		return fmt.Errorf("%s: a number is negative", c.Kind)
	case c.Kind == "answer" && c.Fault == "refuse" && c.Code == 0:
		return fmt.Errorf("answer: refuse needs a code")
	case c.Kind == "status" && c.Code == 0:
		return fmt.Errorf("status: code missing")
	case (c.Kind == "close" || c.Kind == "kick" || c.Kind == "update-url" || c.Kind == "expire-token") && c.To == 0:
		return fmt.Errorf("%s: nobody named", c.Kind)
	case (c.Kind == "update-url" || c.Kind == "rotation") && c.Of == 0:
		return fmt.Errorf("%s: of missing", c.Kind)
	case c.Degrees < 0 || c.Degrees >= 360 || c.Degrees%90 != 0:
		return fmt.Errorf("%s: %d degrees: want 0, 90, 180 or 270", c.Kind, c.Degrees)
	}
	return nil
}

// Do obeys a command now. Its error tells that the command makes no sense; one about a
// member that isn't there, or has no such stream, has no effect.
func (s *Server) Do(c Command) error {
	if err := c.Validate(); err != nil {
		return fmt.Errorf("mediaserver: %w", err)
	}
	switch c.Kind {
	case "lookup":
		return s.setLookup(c.Domain, lookup.Fault{Kind: c.Fault, Delay: c.Delay, Code: c.Code, Reason: c.Reason, Gateways: c.Gateways})
	case "gateway":
		return s.setGateway(c.Gateway, c.Fault)
	case "telemetry":
		s.setTelemetry(c.Fault == "down")
	case "answer":
		s.gateway.Script(gateway.Rule{
			Action: c.Action, UID: c.To, Fault: gateway.Fault(c.Fault), Delay: c.Delay, Code: channel.Code(c.Code), Reason: c.Reason, Times: c.Times,
		})
	case "rotation":
		s.each(c.Of, func(m *channel.Member) { _ = s.registry.Rotate(m, c.Degrees) }) // Validate has looked at them
	default:
		s.each(c.To, func(m *channel.Member) { s.suffer(m, c) })
	}
	return nil
}

// each calls f with the members of a uid, in whatever channels, or with all for 0.
func (s *Server) each(uid uint32, f func(*channel.Member)) {
	for _, m := range s.registry.Members() {
		if uid == 0 || m.UID == uid {
			f(m)
		}
	}
}

// suffer has a command happen to a member.
func (s *Server) suffer(m *channel.Member, c Command) {
	switch c.Kind {
	case "close":
		s.registry.Expel(m, "dropped")
	case "kick":
		s.registry.Notify(m, channel.Notice{Action: channel.Banned, UID: m.UID, Code: channel.CodeOK})
		s.registry.Expel(m, "kicked")
	case "status":
		s.registry.Notify(m, channel.Notice{Action: channel.Failure, Code: channel.Code(c.Code), Reason: c.Reason})
	case "update-url":
		_ = s.registry.UpdateURL(m, c.Of) // who has no URL for that stream gets none
	case "expire-token":
		s.gateway.ExpireToken(m)
	}
}
