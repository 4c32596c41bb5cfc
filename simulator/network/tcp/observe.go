package tcp

// Window is the congestion window, in bytes.
func (c *Conn) Window() int { return c.cwnd * MSS }
