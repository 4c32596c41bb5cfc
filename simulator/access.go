package simulator

import "minilab/simulator/network"

// Access is the access link of a network of the catalogue, at its nominal values: not
// drawn within its spread.
func Access(name string) (*network.AccessOptions, error) {
	n, ok := findNetwork(name)
	if !ok {
		return nil, unknown("network", name, networkNames())
	}
	return accessOf(n)
}
