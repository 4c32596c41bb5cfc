package engine

// letGo forgets what a connection holds once socket and library are both done with
// it: its port stays for as long as the world does.
func (c *Conn) letGo() {
	if !c.loop.ended {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.loop.accepted != nil && !c.loop.opened { // the library never knew of it
		c.loop = connLoop{ended: true}
		c.port.end = ended{}
	}
}

// ended is the end of a port whose connection is over.
type ended struct{}

func (ended) flush() bool     { return false }
func (ended) handOver() bool  { return false }
func (ended) expire(int) bool { return false }
func (ended) stop()           {}
