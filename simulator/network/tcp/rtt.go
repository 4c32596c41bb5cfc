package tcp

import "time"

// rttState estimates the round trip and the time-out as RFC 6298 in the form that
// Linux gave it: the variance term, not the sum, has the floor, and a falling RTT
// doesn't raise the variance. Times in ns.
type rttState struct {
	rto       int64
	smooth    int64 // 8 times the smoothed RTT; 0: no sample yet
	dev       int64 // 4 times the mean deviation
	devMax    int64 // largest of dev in this window
	variance  int64
	windowEnd uint64
	least     int64 // least RTT of the last minRTTWindow; 0: none
	leastAt   int64
}

// minRTTWindow is how long a least RTT counts.
// Source: Linux tcp_min_rtt_wlen 300 s; fidelity: documented.
const minRTTWindow = 300 * time.Second

func (c *Conn) srtt() int64 { return c.rtt.smooth >> 3 }

// sampleRTT takes a measurement of the oldest acknowledged segment and one of the
// newest.
func (c *Conn) sampleRTT(oldest, newest int64) {
	r := &c.rtt
	now := int64(c.e.Now())
	newest = max(newest, 1)
	if r.least == 0 || newest <= r.least || now-r.leastAt > int64(minRTTWindow) {
		r.least, r.leastAt = newest, now
	}
	m := max(oldest, 1)
	floor := int64(c.opt.MinRTO)
	if r.smooth == 0 {
		r.smooth = m << 3
		r.dev = m << 1
		r.variance = max(r.dev, floor)
		r.devMax = r.variance
		r.windowEnd = c.nxt
	} else {
		m -= r.smooth >> 3
		r.smooth = max(r.smooth+m, 1)
		if m < 0 {
			if m = -m - r.dev>>2; m > 0 {
				m >>= 3
			}
		} else {
			m -= r.dev >> 2
		}
		r.dev += m
		if r.dev > r.devMax {
			r.devMax = r.dev
			r.variance = max(r.variance, r.devMax)
		}
		if c.una > r.windowEnd {
			if r.devMax < r.variance {
				r.variance -= (r.variance - r.devMax) >> 2
			}
			r.windowEnd = c.nxt
			r.devMax = floor
		}
	}
	r.rto = min(c.ticks.up(r.smooth>>3+r.variance), int64(c.os.MaxRTO))
	c.backoff = 0
}
