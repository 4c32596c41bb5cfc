package tcp

import (
	"time"

	"minilab/simulator/engine/sockets"
	"minilab/simulator/network/packet"
)

func (c *Conn) setTimer(m timerMode, wait int64) {
	c.mode = m
	c.sendTimer.Set(c.after(time.Duration(wait)))
}

// rearmRTO sets the retransmission time-out, counted from now unless a probe or
// reordering timer stood in its place.
func (c *Conn) rearmRTO() {
	if c.mode == timeReorder || c.mode == timeProbe {
		c.rearmFromHead()
		return
	}
	if c.packetsOut == 0 {
		c.clearTimer()
		return
	}
	c.setTimer(timeRTO, c.rtt.rto)
}

// rearmFromHead sets the time-out counted from the first segment's transmission.
func (c *Conn) rearmFromHead() {
	if c.packetsOut == 0 {
		c.clearTimer()
		return
	}
	since := int64(c.e.Now()) - c.q.at(c.q.head).at
	c.setTimer(timeRTO, max(c.rtt.rto-since, 1))
}

func (c *Conn) clearTimer() {
	c.mode = timeIdle
	c.sendTimer.Clear()
}

func (c *Conn) onSendTimer() {
	switch m := c.mode; m {
	case timeRTO:
		c.onTimeout()
	case timeProbe:
		c.onProbe()
	case timeReorder:
		c.onReorder()
	case timeWindow:
		c.onWindowProbe()
	}
}

// onTimeout is the retransmission time-out.
func (c *Conn) onTimeout() {
	c.mode = timeIdle
	if c.packetsOut == 0 {
		return
	}
	if c.givenUp() {
		c.fail(sockets.ErrTimeout)
		return
	}
	rto := c.rtt.rto
	c.enterLoss()
	c.retries++
	c.retransmit(c.q.head)
	c.backoff++
	c.rtt.rto = min(rto*2, int64(c.os.MaxRTO))
	c.setTimer(timeRTO, c.rtt.rto)
	c.env.TimedOut(c, time.Duration(rto), c.backoff)
}

// givenUp tells whether retransmissions have gone unanswered for as long as the
// configured number of them would take from the least time-out on.
func (c *Conn) givenUp() bool {
	if c.retries == 0 || c.recovery.retransAt == 0 {
		return false
	}
	n := c.opt.Retries
	if c.appClosed {
		n = min(n, orphanRetries)
	}
	return time.Duration(stampMS(int64(c.e.Now()))-c.recovery.retransAt)*time.Millisecond >= retriesTake(n)
}

// retriesTake is the time of n retransmissions with doubling from the least time-out.
// Source: Linux tcp_model_timeout; fidelity: documented.
func retriesTake(n int) time.Duration {
	var sum time.Duration
	for i, rto := 0, DefaultMinRTO; i <= n; i++ {
		sum += rto
		rto = min(2*rto, maxRTO)
	}
	return sum
}

// onWindowProbe asks a peer whose window is closed.
func (c *Conn) onWindowProbe() {
	c.mode = timeIdle
	if c.packetsOut > 0 || c.unsent() == 0 {
		return
	}
	limit := c.opt.Retries
	if c.appClosed {
		limit = min(limit, orphanRetries)
	}
	if c.probes >= limit {
		c.fail(sockets.ErrTimeout)
		return
	}
	c.probes++
	if room := c.una + uint64(c.wnd) - c.nxt; c.una+uint64(c.wnd) > c.nxt { // some fits: send that
		c.sendNew(int64(c.e.Now()), min(int(room), c.unsent(), MSS-c.sackRoom()), false, false)
		c.rearmRTO()
		return
	}
	p := c.segment(packet.ACK, c.una-1, 0)
	c.env.Transmit(p)
	c.backoff++
	c.setTimer(timeWindow, c.probeWait())
}

func (c *Conn) probeWait() int64 {
	return min(max(c.rtt.rto, int64(DefaultMinRTO))<<min(c.backoff, 10), int64(c.os.MaxRTO))
}

// answeredProbe goes on after an acknowledgement while nothing is outstanding.
func (c *Conn) answeredProbe() {
	if c.mode != timeWindow {
		return
	}
	if n := min(c.unsent(), MSS); c.nxt+uint64(n) <= c.una+uint64(c.wnd) {
		c.backoff = 0
		c.clearTimer()
		return
	}
	c.setTimer(timeWindow, c.probeWait())
}
