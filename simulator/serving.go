package simulator

import (
	"fmt"

	"minilab/simulator/mediaserver"
	"minilab/simulator/mediaserver/lookup"
	"minilab/simulator/network"
	"minilab/simulator/trace"
)

func (w *world) addServer() error {
	opt := w.s.serverOptions(w.sdk.Presence)
	opt.Channel.RoleURL = w.profile.SetRoleGivesURL
	w.planted.into(&opt)
	server, err := mediaserver.New(w.e, w.log, opt, w.actors)
	if err != nil {
		return err
	}
	host, err := w.network.AddHost(network.HostOptions{Name: "server", Actor: trace.Nobody, Names: mediaserver.Domains()})
	if err != nil {
		return err
	}
	w.server = server
	return server.Listen(host)
}

// serve has the server do or suffer something now.
func (w *world) serve(a Action) {
	c := a.command(func(member int) uint32 { return w.drawn[member].uid })
	w.log.Add(trace.FaultInjected, w.log.Server(), w.about(a), a.Word, describe(c), 0)
	if err := w.obey(c); err != nil {
		panic(fmt.Errorf("server step: %w", err)) // Parse has asked the server's own Validate
	}
}

// about is the member that a server step is about, if there is one.
func (w *world) about(a Action) trace.ActorID {
	for _, name := range []string{"to", "of"} {
		if arg, there := a.Args[name]; there && arg.Member >= 0 {
			return trace.ActorID(arg.Member)
		}
	}
	return trace.Nobody
}

// obey sends a command where it belongs: names that fail or lead nowhere are the
// network's affair, all else the server's.
func (w *world) obey(c mediaserver.Command) error {
	if c.Kind != "lookup" {
		return w.server.Do(c)
	}
	domains := []string{c.Domain}
	if c.Domain == everyone {
		domains = lookupDomains()
	}
	for _, domain := range domains {
		one, state := c, network.NameLeads
		one.Domain = domain
		switch inNetwork := c.Fault == faultDNS || c.Fault == faultRefuse; {
		case inNetwork && domain == lookup.GatewayDomain:
			// Its name carries the gateways' WebSockets as well, so only its lookup fails.
			one.Fault = faultError
		case inNetwork:
			one.Fault = "none"
			state = network.NameDead
			if c.Fault == faultDNS {
				state = network.NameFails
			}
		}
		if err := w.network.SetName(domain, state); err != nil {
			return err
		}
		if err := w.server.Do(one); err != nil {
			return err
		}
	}
	return nil
}

// describe is a command in words: its kind, then what it names.
func describe(c mediaserver.Command) string {
	s := c.Kind
	add := func(there bool, format string, v any) {
		if there {
			s += " " + fmt.Sprintf(format, v)
		}
	}
	add(c.Domain != "", "%s", c.Domain)
	add(c.Kind == "gateway" && c.Gateway == 0, "%s", everyone)
	add(c.Gateway != 0, "%d", c.Gateway)
	add(c.Action != "", "%s", c.Action)
	add(c.To != 0, "to %d", c.To)
	add(c.Of != 0, "of %d", c.Of)
	add(c.Fault != "", "%s", c.Fault)
	add(c.Code != 0, "code %d", c.Code)
	add(c.Reason != "", "%q", c.Reason)
	add(c.Delay != 0, "delay %v", c.Delay)
	add(c.Times != 0, "times %d", c.Times)
	add(c.Kind == "rotation", "%d degrees", c.Degrees)
	add(len(c.Gateways) > 0, "gateways %v", c.Gateways)
	return s
}
