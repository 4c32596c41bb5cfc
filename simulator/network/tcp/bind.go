package tcp

import "minilab/simulator/network/packet"

// Bind gives a connection that has not been connected yet its local end.
func (c *Conn) Bind(local packet.Endpoint) { c.local = local }
