package sdk

import "minilab/simulator/engine"

// Rest tells of the session that a Client has now, later too: whether it has been
// given up, and how many of its timers are armed.
func Rest(c *Client) func() (over bool, armed int) {
	s := c.session
	return func() (bool, int) {
		if s == nil {
			return true, 0
		}
		n := 0
		for _, timer := range []*engine.Alarm{s.lookupTimer, s.openTimer, s.pingTimer, s.requestTimer} {
			if timer.Armed() {
				n++
			}
		}
		return s.over, n
	}
}
