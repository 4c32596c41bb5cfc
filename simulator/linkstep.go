package simulator

import (
	"minilab/fixtures"
	"minilab/fixtures/yamlfile"
)

// rawNetwork is a name from the catalogue or an inline link: {up: {...}, down: {...}}
// or values for both directions at once.
type rawNetwork struct {
	at     yamlfile.Node
	name   string
	inline *pathValues
}

// pathValues are the values of both directions; up and down go before the others.
type pathValues struct {
	To      yamlfile.Value[string] `yaml:"to"`
	Address yamlfile.Value[string] `yaml:"address"` // one of addresses
	linkChange
	Up     *linkChange       `yaml:"up"`
	Down   *linkChange       `yaml:"down"`
	NAT    *fixtures.NAT     `yaml:"nat"`
	Lookup *fixtures.Lookup  `yaml:"lookup"`
	Cross  *[]fixtures.Cross `yaml:"cross"`
}

// Who goes to another network has another address there, unless it is the same network
// that is another now.
const (
	newAddress  = "new"
	sameAddress = "same"
)

// UnmarshalNode implements yamlfile.Unmarshaler.
func (r *rawNetwork) UnmarshalNode(n yamlfile.Node) {
	r.at = n
	if n.IsMap() {
		r.inline = &pathValues{}
		n.Decode(r.inline)
		return
	}
	n.Decode(&r.name)
}

// network is what a member of the cast is connected by.
func (r *rawNetwork) network() fixtures.Network {
	if r.inline != nil {
		c := r.inline.change()
		inline := c.apply(fixtures.Network{Name: "inline"})
		inline.Fidelity.All = "assumed"
		valid := append(fixtures.LinkFields(), "up", "down", "nat", "lookup", "cross")
		if r.inline.To.At.Known() {
			r.inline.To.At.FailWord("field", "to", valid)
		}
		if r.inline.Address.At.Known() {
			r.inline.Address.At.FailWord("field", "address", valid)
		}
		return inline
	}
	if r.name == "" {
		return fixtures.Network{}
	}
	n, ok := findNetwork(r.name)
	if !ok {
		r.at.FailWord("network", r.name, networkNames())
	}
	return n
}

// change turns values into what changes in each direction.
func (v *pathValues) change() networkChange {
	c := networkChange{up: v.linkChange, down: v.linkChange, nat: v.NAT, lookup: v.Lookup, cross: v.Cross}
	for _, d := range []struct {
		to   *linkChange
		from *linkChange
	}{{&c.up, v.Up}, {&c.down, v.Down}} {
		if d.from == nil {
			continue
		}
		*d.to = d.from.Over(*d.to)
	}
	if v.To.At.Known() && oneOf(v.To, "network", networkNames()) {
		n, _ := findNetwork(v.To.V)
		c.to = &n
	}
	known := v.Address.At.Known() && oneOf(v.Address, "address", []string{newAddress, sameAddress})
	c.address = c.to != nil && !known || v.Address.V == newAddress
	return c
}
