package network

import (
	"fmt"
	"net/netip"

	"minilab/simulator/network/packet"
	"minilab/simulator/trace"
)

// NameState is where a name of the name service leads.
type NameState int

const (
	// NameLeads: to its host, as it should.
	NameLeads NameState = iota
	// NameFails: nowhere; the name service says that it doesn't exist.
	NameFails
	// NameDead: to an address whose host refuses every connection.
	NameDead
)

// SetName has a name lead elsewhere from now on, or to its host again: what hosts
// remember of it is forgotten. Whoever is connected stays so.
func (n *Network) SetName(name string, s NameState) error {
	if _, known := n.names[name]; !known {
		return fmt.Errorf("network: no host is named %s", name)
	}
	for _, h := range n.hosts {
		delete(h.names, name)
	}
	switch s {
	case NameLeads:
		delete(n.astray, name)
		return nil
	case NameDead:
		n.addDead()
	case NameFails:
	default:
		return fmt.Errorf("network: no such state of a name: %d", s)
	}
	if n.astray == nil {
		n.astray = map[string]NameState{}
	}
	n.astray[name] = s
	return nil
}

// addDead adds the host where nobody listens, which no name leads to by itself.
func (n *Network) addDead() {
	if n.dead != nil {
		return
	}
	n.dead = newHost(n, HostOptions{Name: "dead", Actor: trace.Nobody})
	n.dead.addr = n.addAddr(n.nextFree(), n.dead)
	n.hosts = append(n.hosts, n.dead)
}

// resolveName is the address that the name service gives for a name.
func (n *Network) resolveName(name string) (netip.Addr, bool) {
	var at packet.Addr
	switch n.astray[name] {
	case NameFails:
		return netip.Addr{}, false
	case NameDead:
		at = n.dead.addr
	default:
		var known bool
		if at, known = n.names[name]; !known {
			return netip.Addr{}, false
		}
	}
	ip := n.addrs[at].ip
	return ip, ip.Is4()
}
